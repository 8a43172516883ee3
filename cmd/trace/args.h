/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The options of `trace`. */
#ifndef CMD_TRACE_OPTIONS_H
#define CMD_TRACE_OPTIONS_H

#include <kvet/trace.h>

#include "command.h"
#include "plan.h"

struct trace_args {
	bool all;
	struct option_number nth;
	bool partial_ok;
	bool wait;
	bool plan;
	bool offsets;
	bool fields;
	const char *range;
	const char *file;
	bool returns;
	bool stack;
	bool user_stack;
	bool args;
	bool strings;
	struct option_list prints;
	struct option_list wheres;
	bool failed;
	bool regs;
	bool tree; /* makes the probes return probes, too */
	struct option_list among;
	bool count_only;
	const char *top;
	bool folded;
	struct option_number rows;
	bool self;
	bool histogram;
	struct option_number pid, tid, cpu, pidns;
	const char *uid;
	const char *comm;
	const char *cgroup;
	struct option_number min_duration;
	struct option_number maxactive;
	struct option_number sample, rate;
	struct option_number interval;
	struct option_number count;
	struct option_number duration;
	struct option_number timeout;
	bool fail_on_loss;
	struct option_number buffer;
	const char *backend;
	bool cleanup;
	const char *const *command; /* NULL: none */
};

extern const struct option_spec trace_options[];

/* Parses --range. Returns STATUS_YES, or the status to return. */
enum status trace_options_range(struct context *context, const struct trace_args *args,
				struct trace_range *range);

/* Makes the session's options from the command's. */
void trace_options_session(const struct trace_args *args, struct kvet_trace_options *out);

#endif
