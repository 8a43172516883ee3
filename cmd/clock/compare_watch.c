/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet clock compare --watch: shows changes of the clocks as they happen. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#include "compare.h"
#include "effect.h"
#include "core/time.h"

#define INTERVAL_DEFAULT_NS NS_PER_S
#define TREND_LENGTH        20

enum {
	BOOT,
	WALL,
	LOW,
	HIGH,
	EVENT,
	CHANGE_LOW,
	CHANGE_HIGH,
	ABOUT,
	TREND,
	FIELD_COUNT
};

static const struct field fields[] = {
	[BOOT] = { "boot_ns", FIELD_TIME, "BOOTTIME of the comparison, as BPF sees it", 0 },
	[WALL] = { "wall", FIELD_STRING, "REALTIME of the comparison, RFC 3339 in UTC",
		   FIELD_DETAIL },
	[LOW] = { "low_ns", FIELD_DURATION, "the kernel's BOOTTIME - MONOTONIC is at least this",
		  FIELD_LEAVES(2) },
	[HIGH] = { "high_ns", FIELD_DURATION, "the kernel's BOOTTIME - MONOTONIC is at most this",
		   FIELD_LEAVES(1) },
	[EVENT] = { "event", FIELD_STRING,
		    "suspend, step (of REALTIME), leap, tai, namespace, or absent", 0 },
	[CHANGE_LOW] = { "change_low_ns", FIELD_DURATION,
			 "time suspended, or REALTIME or TAI set ahead, by at least this",
			 FIELD_LEAVES(4) },
	[CHANGE_HIGH] = { "change_high_ns", FIELD_DURATION, "the same, at most this",
			  FIELD_LEAVES(3) },
	[ABOUT] = { "about", FIELD_STRING, "the same in readable units", FIELD_TEXT },
	[TREND] = { "trend", FIELD_SERIES, "the last 20 values of BOOTTIME - MONOTONIC", 0 },
};

const struct schema clock_watch_schema = SCHEMA("tick", fields);

struct watch {
	struct context *context;
	struct kvet_clock_watch *clocks;
	uint64_t interval_ns;
	uint64_t end_ns; /* of MONOTONIC; 0: none */
	int64_t trend[TREND_LENGTH];
	size_t trend_count;
	int64_t suspends;
};

static uint64_t now(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ns_of(&ts);
}

/* --- one comparison -------------------------------------------------------------------------- */

static void add_to_trend(struct watch *watch, int64_t offset_ns)
{
	if (watch->trend_count == TREND_LENGTH)
		memmove(watch->trend, watch->trend + 1, (TREND_LENGTH - 1) * sizeof(*watch->trend));
	else
		watch->trend_count++;
	watch->trend[watch->trend_count - 1] = offset_ns;
}

static void put_tick(struct watch *watch, const struct kvet_clock_map *map, const char *event,
		     const struct kvet_clock_interval *change)
{
	const struct kvet_clock_interval *offset = &map->offset[KVET_CLOCK_BOOTTIME];
	uint64_t realtime_ns = now(CLOCK_REALTIME);
	char wall[KVET_CLOCK_WALL_SIZE], about[HUMAN_SIZE];
	struct kvet_clock_stamp boot;
	struct value values[FIELD_COUNT] = {
		[WALL] = value_string(kvet_clock_wall_format(realtime_ns, wall)),
		[LOW] = value_integer(offset->low_ns),
		[HIGH] = value_integer(offset->high_ns),
		[EVENT] = value_string(event),
		[TREND] = value_series(watch->trend, watch->trend_count),
	};

	if (!kvet_clock_map_convert(map, KVET_CLOCK_REALTIME, realtime_ns, KVET_CLOCK_BOOTTIME,
				    &boot, NULL))
		values[BOOT] = value_time(boot.ns);
	if (change) {
		values[CHANGE_LOW] = value_integer(change->low_ns);
		values[CHANGE_HIGH] = value_integer(change->high_ns);
		values[ABOUT] = value_string(clock_about(change, about));
	}
	output_record(watch->context->output, &clock_watch_schema, values);
}

/* A line for each event, or one line if nothing happened. */
static void put_change(struct watch *watch, const struct kvet_clock_map *map,
		       const struct kvet_clock_change *change)
{
	add_to_trend(watch, kvet_clock_interval_middle(&map->offset[KVET_CLOCK_BOOTTIME]));
	if (change->slept)
		put_tick(watch, map, "suspend", &change->slept_ns);
	if (change->stepped)
		put_tick(watch, map, "step", &change->stepped_ns);
	if (change->leapt)
		put_tick(watch, map, "leap", &change->stepped_ns);
	if (change->retold)
		put_tick(watch, map, "tai", &change->retold_ns);
	if (change->moved)
		put_tick(watch, map, "namespace", NULL);
	if (!change->slept && !change->stepped && !change->leapt && !change->retold &&
	    !change->moved)
		put_tick(watch, map, NULL, NULL);
	watch->suspends += change->slept;
}

/* --- until somebody ends it ------------------------------------------------------------------ */

static bool is_over(const struct watch *watch)
{
	return context_stopped(watch->context) || output_failure(watch->context->output) ||
	       (watch->end_ns && now(CLOCK_MONOTONIC) >= watch->end_ns);
}

/* Waits until the next comparison is due: after the interval, or as soon as the kernel reports a
 * change. Returns false if the watch is to end. */
static bool wait_for_next(const struct watch *watch)
{
	struct pollfd fds[1 + CONTEXT_POLLS] = { { .fd = kvet_clock_watch_fd(watch->clocks),
						   .events = POLLIN } };
	uint64_t wait_ns = watch->interval_ns, mono_ns = now(CLOCK_MONOTONIC);
	struct timespec left;

	if (watch->end_ns && watch->end_ns < mono_ns + wait_ns)
		wait_ns = watch->end_ns > mono_ns ? watch->end_ns - mono_ns : 0;
	left = timespec_of(wait_ns);
	context_polls(watch->context, fds + 1);
	return ppoll(fds, sizeof(fds) / sizeof(*fds), &left, NULL) <= 0 ||
	       !context_polled_end(watch->context, fds + 1);
}

static enum status follow(struct watch *watch)
{
	struct kvet_clock_change change;
	struct kvet_clock_map map;
	struct kvet_cause err;

	while (!is_over(watch)) {
		if (kvet_clock_watch_next(watch->clocks, &map, &change, &err)) {
			context_error(watch->context, &err);
			return STATUS_ERROR;
		}
		put_change(watch, &map, &change);
		if (is_over(watch) || !wait_for_next(watch))
			break;
	}
	return STATUS_YES;
}

enum status clock_watch(struct context *context, const struct clock_compare_args *args,
			int64_t *suspends)
{
	struct watch watch = {
		.context = context,
		.interval_ns = args->interval.given ? args->interval.value : INTERVAL_DEFAULT_NS,
	};
	struct kvet_cause err;
	enum status status;

	output_live(context->output);
	context_hold(context);
	if (kvet_clock_watch_open(&watch.clocks, &context->host, &err)) {
		context_error(context, &err);
		return STATUS_ERROR;
	}
	if (args->duration.given &&
	    __builtin_add_overflow(now(CLOCK_MONOTONIC), args->duration.value, &watch.end_ns))
		watch.end_ns = UINT64_MAX;
	status = follow(&watch);
	kvet_clock_watch_close(watch.clocks);
	*suspends = watch.suspends;
	return status;
}
