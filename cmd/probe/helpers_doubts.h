/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Why answers are undetermined: each cause once, with the number of answers like it. */
#ifndef CMD_PROBE_HELPERS_DOUBTS_H
#define CMD_PROBE_HELPERS_DOUBTS_H

#include <kvet/probe.h>

#include "command.h"

struct doubts {
	struct doubt *items;
	size_t count;
};

/* 0 or -ENOMEM. */
int doubts_init(struct doubts *doubts);
void doubts_deinit(struct doubts *doubts);

void doubts_note(struct doubts *doubts, struct context *context,
		 const struct kvet_probe_answer *answer);

/* Reports them all. */
void doubts_put(const struct doubts *doubts, struct context *context);

#endif
