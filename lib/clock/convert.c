/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Converting time stamps. */
#include <errno.h>
#include <inttypes.h>

#include "clock/history.h"
#include "core/fail.h"

static const char source[] = "clock map";

static int convert(const struct kvet_clock_map *map, enum kvet_clock_id from, uint64_t ns,
		   enum kvet_clock_id to, struct kvet_clock_stamp *stamp, struct kvet_cause *err)
{
	struct kvet_clock_interval apart = { 0 };
	uint64_t uncertainty_ns;
	int64_t result;

	if (from != to)
		apart = kvet_clock_interval_subtract(&map->offset[to], &map->offset[from]);
	uncertainty_ns = kvet_clock_interval_uncertainty(&apart);
	/* A time that may have been the other clock's zero is taken as zero. */
	if (ns > INT64_MAX ||
	    __builtin_add_overflow((int64_t)ns, kvet_clock_interval_middle(&apart), &result) ||
	    (result < 0 && 0 - (uint64_t)result > uncertainty_ns))
		return kvet_reject(err, ERANGE, source,
				   "%" PRIu64 " ns of %s is outside the range of %s", ns,
				   kvet_clock_name(from), kvet_clock_name(to));
	*stamp = (struct kvet_clock_stamp){
		.ns = result > 0 ? (uint64_t)result : 0,
		.uncertainty_ns = uncertainty_ns,
	};
	return 0;
}

/* BOOTTIME - MONOTONIC at the moment of the stamp. */
static int offset_then(const struct kvet_clock_history *history, const struct kvet_clock_map *map,
		       enum kvet_clock_id from, uint64_t ns, struct kvet_clock_interval *then,
		       struct kvet_cause *err)
{
	bool mono = from == KVET_CLOCK_MONOTONIC;
	enum kvet_clock_id clock = mono ? from : KVET_CLOCK_BOOTTIME;
	struct kvet_clock_stamp at;
	int ret = convert(map, from, ns, clock, &at, err);

	if (!ret)
		*then = kvet_clock_history_at(history, &map->offset[KVET_CLOCK_BOOTTIME], clock,
					      (int64_t)(at.ns - at.uncertainty_ns),
					      (int64_t)(at.ns + at.uncertainty_ns));
	return ret;
}

/* The map as it was at the moment when BOOTTIME - MONOTONIC was most_ns. */
static void turn_back(struct kvet_clock_map *map, int64_t most_ns)
{
	const struct kvet_clock_interval now = map->offset[KVET_CLOCK_BOOTTIME];
	const struct kvet_clock_interval less = kvet_clock_interval_point(-most_ns);

	for (int i = 0; i < KVET_CLOCK_COUNT; i++) {
		struct kvet_clock_interval *offset = &map->offset[i];

		if (!kvet_clock_counts_sleep((enum kvet_clock_id)i))
			continue;
		*offset = kvet_clock_interval_subtract(offset, &now);
		*offset = kvet_clock_interval_subtract(offset, &less);
	}
	map->offset[KVET_CLOCK_BOOTTIME] = kvet_clock_interval_point(most_ns);
}

int kvet_clock_history_convert(const struct kvet_clock_history *history,
			       const struct kvet_clock_map *map, enum kvet_clock_id from,
			       uint64_t ns, enum kvet_clock_id to, struct kvet_clock_stamp *stamp,
			       struct kvet_cause *err)
{
	const struct kvet_clock_interval *total = &map->offset[KVET_CLOCK_BOOTTIME];
	struct kvet_clock_interval then = *total;
	struct kvet_clock_map own = *map;
	int64_t most_ns = total->low_ns;
	int ret = 0;

	if (!kvet_clock_is_fixed(from) || !kvet_clock_is_fixed(to))
		return kvet_reject(err, EINVAL, source, "%s has no fixed offset from other clocks",
				   kvet_clock_name(kvet_clock_is_fixed(from) ? to : from));
	if (kvet_clock_counts_sleep(from) != kvet_clock_counts_sleep(to))
		ret = offset_then(history, map, from, ns, &then, err);
	/* If the offset may have been the current one, that is the most likely: stamps are seldom
	 * old. */
	if (!ret && then.high_ns < total->low_ns) {
		most_ns = then.high_ns;
		turn_back(&own, most_ns);
	}
	if (!ret)
		ret = convert(&own, from, ns, to, stamp, err);
	if (ret || then.low_ns >= most_ns)
		return ret;
	stamp->slept_ns = (uint64_t)(most_ns - then.low_ns);
	stamp->uncertainty_ns += stamp->slept_ns;
	return 0;
}

int kvet_clock_map_convert(const struct kvet_clock_map *map, enum kvet_clock_id from, uint64_t ns,
			   enum kvet_clock_id to, struct kvet_clock_stamp *stamp,
			   struct kvet_cause *err)
{
	return kvet_clock_history_convert(NULL, map, from, ns, to, stamp, err);
}
