/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The process, thread, CPU or user that `trace` follows: whether it exists, and when it ends. */
#ifndef CMD_TRACE_TARGET_H
#define CMD_TRACE_TARGET_H

#include <kvet/trace.h>

#include "command.h"

/* Reports a filter that nothing can pass, because the trace would be empty without a reason, and
 * returns the status. uid is a number or the name of a user in /etc/passwd, and goes into the
 * options; NULL: none. */
enum status trace_target_check(struct context *context, const char *uid,
			       struct kvet_trace_options *options);

/* Puts the PID namespace of this process into the options, or reports why it cannot. */
enum status trace_target_pidns(struct context *context, uint32_t pid,
			       struct kvet_trace_options *options);

/* Converts the process and thread numbers in the options from kvet's PID namespace to the kernel's,
 * and notes that; reports if that is impossible, and returns the status. */
enum status trace_target_translate(struct context *context, struct kvet_trace_options *options);

/* The thread that is followed, or the process if no thread is. */
struct trace_target {
	bool thread;
	uint32_t number; /* in kvet's PID namespace; 0: none is followed */
	int fd;          /* becomes readable when it ends; -1: no such descriptor */
};

/* Opens the target that the options name, before trace_target_translate() changes them. The caller
 * closes it. */
void trace_target_open(struct trace_target *target, const struct kvet_trace_options *options);
void trace_target_close(struct trace_target *target);

/* Whether the target has ended. Without a descriptor (for a thread that is not the first of its
 * process, before Linux 6.9), this is to be called every TRACE_TARGET_LOOK_MS. */
bool trace_target_ended(const struct trace_target *target);
#define TRACE_TARGET_LOOK_MS 200

#endif
