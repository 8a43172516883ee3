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

/* A descriptor that becomes readable when the process that is followed ends; -1: there is none, or
 * the kernel has none (before 5.3). */
int trace_target_open(const struct kvet_trace_options *options);

#endif
