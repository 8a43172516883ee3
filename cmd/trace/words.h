/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What --print and --where ask, at the sites of a plan. */
#ifndef CMD_TRACE_WORDS_H
#define CMD_TRACE_WORDS_H

#include "conditions.h"
#include "plan.h"
#include "prints.h"
#include "values.h"

/* Resolves all of them. Reports what is wrong, and returns the status: undetermined, with a record
 * for each site, if they ask for what is known of no function. */
enum status trace_words_resolve(struct context *context, const struct trace_plan *plan,
				const struct trace_prototypes *prototypes,
				struct trace_prints *prints, struct trace_conditions *conditions);

#endif
