/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers_doubts.h"

/* With more kinds than this, the rest is reported one by one. */
#define DOUBTS_MOST 64

struct doubt {
	enum kvet_probe_reason reason;
	struct kvet_cause cause;
	size_t count;
};

int doubts_init(struct doubts *doubts)
{
	doubts->items = calloc(DOUBTS_MOST, sizeof(*doubts->items));
	doubts->count = 0;
	return doubts->items ? 0 : -ENOMEM;
}

void doubts_deinit(struct doubts *doubts)
{
	free(doubts->items);
	doubts->items = NULL;
}

/* Two causes are alike if the refusal and its remedy are the same. The verifier message is not
 * compared: it names the helper, and would make each a kind of its own. */
static bool is_like(const struct doubt *doubt, const struct kvet_probe_answer *answer)
{
	return doubt->reason == answer->reason && doubt->cause.errnum == answer->cause.errnum &&
	       !strcmp(doubt->cause.remedy, answer->cause.remedy);
}

void doubts_note(struct doubts *doubts, struct context *context,
		 const struct kvet_probe_answer *answer)
{
	struct doubt *doubt = doubts->items, *end = doubts->items + doubts->count;

	while (doubt < end && !is_like(doubt, answer))
		doubt++;
	if (doubt == doubts->items + DOUBTS_MOST) {
		context_error(context, &answer->cause);
		return;
	}
	if (doubt == end) {
		*doubt = (struct doubt){ answer->reason, answer->cause, 0 };
		doubts->count++;
	}
	doubt->count++;
}

void doubts_put(const struct doubts *doubts, struct context *context)
{
	for (size_t i = 0; i < doubts->count; i++) {
		struct kvet_cause cause = doubts->items[i].cause;
		size_t used = strlen(cause.evidence);

		if (doubts->items[i].count > 1)
			snprintf(cause.evidence + used, sizeof(cause.evidence) - used,
				 "; and %zu more answers like this one",
				 doubts->items[i].count - 1);
		context_error(context, &cause);
	}
}
