/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdio.h>

#include "words.h"

/* Without a function whose arguments are known there is nothing to read. */
enum status trace_words_resolve(struct context *context, const struct trace_plan *plan,
				const struct trace_prototypes *prototypes,
				struct trace_prints *prints, struct trace_conditions *conditions)
{
	bool typed = trace_conditions_typed(conditions);
	struct kvet_cause cause = { .source = "BTF" };
	enum status status = STATUS_YES;
	size_t known = 0;

	for (size_t i = 0; i < plan->roots && prototypes->sites; i++)
		known += prototypes->sites[i].known;
	if ((prints->count || typed) && !known && plan->site_count) {
		snprintf(cause.evidence, sizeof(cause.evidence),
			 "%s: the arguments of no function are known",
			 prints->count ? "--print" : "--where");
		return trace_plan_put_unarmed(plan, context, false, KVET_UNDETERMINED, &cause);
	}
	if (prints->count)
		status = trace_prints_resolve(prints, context, plan, prototypes);
	if (status == STATUS_YES && conditions->count)
		status = trace_conditions_resolve(conditions, context, plan, prototypes);
	return status;
}
