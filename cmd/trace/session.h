/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From a plan to its records: armed, followed until something ends it, accounted for. */
#ifndef CMD_TRACE_SESSION_H
#define CMD_TRACE_SESSION_H

#include "args.h"
#include "plan.h"

/* wanted is completed by what the arguments of the sites are. */
enum status trace_session(struct context *context, const struct trace_args *args,
			  struct trace_plan *plan, struct kvet_trace_options *wanted);

#endif
