/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Wall-clock times of a trace's events, even if the clock is set during the trace. */
#ifndef CMD_TRACE_WALL_H
#define CMD_TRACE_WALL_H

#include <kvet/clock.h>

#include "command.h"

struct trace_wall {
	struct kvet_clock_watch *watch; /* NULL: no wall-clock times; the reason was reported */
	struct kvet_clock_map map;
};

void trace_wall_open(struct trace_wall *wall, struct context *context);
void trace_wall_close(struct trace_wall *wall);

/* A descriptor to poll: when it is readable, call trace_wall_renew(). -1: none. */
int trace_wall_fd(const struct trace_wall *wall);
void trace_wall_renew(struct trace_wall *wall);

/* Converts a stamp of CLOCK_BOOTTIME to wall-clock time; false: not known. */
bool trace_wall_time(const struct trace_wall *wall, uint64_t boot_ns, uint64_t *wall_ns);

#endif
