/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Wall-clock times of a trace's events, though somebody sets the clock meanwhile. */
#ifndef CMD_TRACE_WALL_H
#define CMD_TRACE_WALL_H

#include <kvet/clock.h>

#include "command.h"

struct trace_wall {
	struct kvet_clock_watch *watch; /* NULL: there are no wall times, and why was said */
	struct kvet_clock_map map;
};

void trace_wall_open(struct trace_wall *wall, struct context *context);
void trace_wall_close(struct trace_wall *wall);

/* To be polled: trace_wall_renew() when it is readable; -1: nothing to poll. */
int trace_wall_fd(const struct trace_wall *wall);
void trace_wall_renew(struct trace_wall *wall);

/* Which wall-clock time a stamp of CLOCK_BOOTTIME is; false: not known. */
bool trace_wall_time(const struct trace_wall *wall, uint64_t boot_ns, uint64_t *wall_ns);

#endif
