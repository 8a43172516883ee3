/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whom `trace` is to follow: whether there is such a process, thread, CPU or user. */
#ifndef CMD_TRACE_TARGET_H
#define CMD_TRACE_TARGET_H

#include <kvet/trace.h>

#include "command.h"

/* A filter that nothing can pass would match nothing, in silence: reports it, and returns the
 * status. uid is a number or the name of a user of /etc/passwd, and goes into the options; NULL:
 * none. */
enum status trace_target_check(struct context *context, const char *uid,
			       struct kvet_trace_options *options);

/* Makes the kernel's numbers of the process and the thread in the options, which are those of
 * kvet's PID namespace, and says so; reports where that cannot be done, and returns the status. */
enum status trace_target_translate(struct context *context, struct kvet_trace_options *options);

/* The thread that is followed, or else the process. */
struct trace_target {
	bool thread;
	uint32_t number; /* as the user knows it; 0: nobody is followed */
	int fd;          /* becomes readable when it ends; -1: the kernel has none */
};

/* Whom a session is about to follow. The options are those of trace_target_check(), before they are
 * translated. To be closed. */
void trace_target_open(struct trace_target *target, const struct kvet_trace_options *options);
void trace_target_close(struct trace_target *target);

/* Whether it has ended, and with it what there was to trace. Where there is no descriptor (of a
 * thread that is not the first of its process, before Linux 6.9), it is asked every
 * TRACE_TARGET_LOOK_MS. */
bool trace_target_ended(const struct trace_target *target);
#define TRACE_TARGET_LOOK_MS 200

#endif
