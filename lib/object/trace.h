/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where a verifier's log of level 1 ends: the instruction that was refused. Pure. */
#ifndef KVET_OBJECT_TRACE_H
#define KVET_OBJECT_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kvet_trace_end {
	uint32_t index;
	char instruction[200];
	char state[400]; /* registers, as the verifier wrote them last */
};

/* Returns false if the log has no instruction. */
bool kvet_trace_end_read(const char *log, struct kvet_trace_end *end);

/* The number in "processed N insns", or 0. */
uint32_t kvet_trace_processed(const char *log);

#endif
