/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Finds out when a map of the clocks is out of date. */
#include <kvet/clock.h>

#include "core/time.h"

int64_t kvet_clock_map_drift(const struct kvet_clock_map *map, uint64_t mono_ns, uint64_t boot_ns,
			     uint64_t slack_ns)
{
	const struct kvet_clock_interval *known = &map->offset[KVET_CLOCK_BOOTTIME];
	int64_t slack = slack_ns > INT64_MAX ? INT64_MAX : (int64_t)slack_ns, low, high;
	int64_t offset = (int64_t)(boot_ns - mono_ns);

	if (__builtin_sub_overflow(known->low_ns, slack, &low))
		low = INT64_MIN;
	if (__builtin_add_overflow(known->high_ns, slack, &high))
		high = INT64_MAX;
	if (offset > high)
		return offset - known->high_ns;
	return offset < low ? offset - known->low_ns : 0;
}

/* By how much a - b grew from one map to the other. */
static struct kvet_clock_interval gained(const struct kvet_clock_map *before,
					 const struct kvet_clock_map *after, enum kvet_clock_id a,
					 enum kvet_clock_id b)
{
	struct kvet_clock_interval old =
		kvet_clock_interval_subtract(&before->offset[a], &before->offset[b]);
	struct kvet_clock_interval new =
		kvet_clock_interval_subtract(&after->offset[a], &after->offset[b]);

	return kvet_clock_interval_subtract(&new, &old);
}

static bool holds(const struct kvet_clock_interval *interval, int64_t value_ns)
{
	return interval->low_ns <= value_ns && value_ns <= interval->high_ns;
}

void kvet_clock_map_compare(const struct kvet_clock_map *before, const struct kvet_clock_map *after,
			    struct kvet_clock_change *change)
{
	const struct kvet_clock_namespace *from = &before->ns, *to = &after->ns;
	/* REALTIME and TAI go on during a suspend, as BOOTTIME does: only a comparison with
	 * BOOTTIME shows a step. */
	struct kvet_clock_interval tai = gained(before, after, KVET_CLOCK_TAI, KVET_CLOCK_BOOTTIME);
	struct kvet_clock_change found = {
		.slept_ns = gained(before, after, KVET_CLOCK_BOOTTIME, KVET_CLOCK_MONOTONIC),
		.stepped_ns = gained(before, after, KVET_CLOCK_REALTIME, KVET_CLOCK_BOOTTIME),
		.retold_ns = gained(before, after, KVET_CLOCK_TAI, KVET_CLOCK_REALTIME),
		.moved = from->inside != to->inside || from->monotonic_ns != to->monotonic_ns ||
			 from->boottime_ns != to->boottime_ns,
	};

	found.slept = !holds(&found.slept_ns, 0);
	found.stepped = !holds(&found.stepped_ns, 0);
	found.retold = !holds(&found.retold_ns, 0);
	found.leapt = found.stepped && holds(&tai, 0) &&
		      (holds(&found.stepped_ns, NS_PER_S) || holds(&found.stepped_ns, -NS_PER_S));
	if (found.leapt)
		found.stepped = found.retold = false;
	*change = found;
}
