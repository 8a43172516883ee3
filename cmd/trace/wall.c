/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "wall.h"

void trace_wall_open(struct trace_wall *wall, struct context *context)
{
	struct kvet_clock_change change;
	struct kvet_cause err;

	*wall = (struct trace_wall){ 0 };
	if (!kvet_clock_watch_open(&wall->watch, &context->host, &err) &&
	    !kvet_clock_watch_next(wall->watch, &wall->map, &change, &err))
		return;
	trace_wall_close(wall);
	context_note(context, "events have no wall-clock time: %s: %s", err.source, err.evidence);
}

void trace_wall_close(struct trace_wall *wall)
{
	kvet_clock_watch_close(wall->watch);
	wall->watch = NULL;
}

int trace_wall_fd(const struct trace_wall *wall)
{
	return wall->watch ? kvet_clock_watch_fd(wall->watch) : -1;
}

/* If the clocks cannot be read now, the last map is kept. */
void trace_wall_renew(struct trace_wall *wall)
{
	struct kvet_clock_change change;
	struct kvet_clock_map map;

	if (!kvet_clock_watch_next(wall->watch, &map, &change, NULL))
		wall->map = map;
}

/* BOOTTIME and REALTIME both include the time of a suspend: only setting the clock changes their
 * offset. */
bool trace_wall_time(const struct trace_wall *wall, uint64_t boot_ns, uint64_t *wall_ns)
{
	struct kvet_clock_stamp stamp;

	if (!wall->watch || kvet_clock_map_convert(&wall->map, KVET_CLOCK_BOOTTIME, boot_ns,
						   KVET_CLOCK_REALTIME, &stamp, NULL))
		return false;
	*wall_ns = stamp.ns;
	return true;
}
