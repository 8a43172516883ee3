/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A session, from a plan to its records. */
#ifndef CMD_TRACE_SESSION_H
#define CMD_TRACE_SESSION_H

#include "args.h"
#include "conditions.h"
#include "plan.h"

/* Arms the plan's sites, follows them until something ends the session, and writes the records.
 * Completes wanted with the sites' string arguments, expressions and terms. */
enum status trace_session(struct context *context, const struct trace_args *args,
			  struct trace_plan *plan, struct trace_conditions *conditions,
			  struct kvet_trace_options *wanted);

#endif
