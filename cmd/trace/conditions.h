/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The conditions of --where and --failed: parsed, and resolved for each site. */
#ifndef CMD_TRACE_CONDITIONS_H
#define CMD_TRACE_CONDITIONS_H

#include <kvet/trace.h>

#include "args.h"
#include "command.h"
#include "plan.h"
#include "values.h"

/* Start from all zeros. */
struct trace_conditions {
	const char *texts[KVET_TRACE_CONDITIONS];
	struct kvet_condition items[KVET_TRACE_CONDITIONS];
	size_t count;
	struct kvet_condition_term *terms; /* for each site, one for each condition */
};

/* Parses those of the command line. Reports one that is wrong, with a caret at its place, or that
 * requires --return, and returns the status. */
enum status trace_conditions_parse(struct trace_conditions *conditions, struct context *context,
				   const struct trace_args *args);

/* Whether one depends on the types of a function. */
bool trace_conditions_typed(const struct trace_conditions *conditions);

/* The same, as part of the session's options. */
void trace_conditions_want(const struct trace_conditions *conditions,
			   struct kvet_trace_options *wanted);

/* Resolves each at each site. Reports one that is wrong at all of them. Those whose function is not
 * known never hold there, which is noted. */
enum status trace_conditions_resolve(struct trace_conditions *conditions, struct context *context,
				     const struct trace_plan *plan,
				     const struct trace_prototypes *prototypes);
void trace_conditions_deinit(struct trace_conditions *conditions);

#endif
