/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Telling when a map of the clocks has gone stale. */
#include <kvet/clock.h>

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

void kvet_clock_map_compare(const struct kvet_clock_map *before, const struct kvet_clock_map *after,
			    struct kvet_clock_change *change)
{
	const struct kvet_clock_interval *boot[] = { &before->offset[KVET_CLOCK_BOOTTIME],
						     &after->offset[KVET_CLOCK_BOOTTIME] };
	const struct kvet_clock_namespace *from = &before->ns, *to = &after->ns;
	/* REALTIME goes on while the machine sleeps, as BOOTTIME does: only against that does a
	 * step show. */
	struct kvet_clock_interval wall[] = {
		kvet_clock_interval_subtract(&before->offset[KVET_CLOCK_REALTIME], boot[0]),
		kvet_clock_interval_subtract(&after->offset[KVET_CLOCK_REALTIME], boot[1]),
	};
	struct kvet_clock_change found = {
		.slept = !kvet_clock_interval_overlap(boot[0], boot[1]),
		.stepped = !kvet_clock_interval_overlap(&wall[0], &wall[1]),
		.moved = from->inside != to->inside || from->monotonic_ns != to->monotonic_ns ||
			 from->boottime_ns != to->boottime_ns,
	};

	found.slept_ns = kvet_clock_interval_subtract(boot[1], boot[0]);
	found.stepped_ns = kvet_clock_interval_subtract(&wall[1], &wall[0]);
	*change = found;
}
