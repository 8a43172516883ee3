/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The arithmetic of offset intervals. What leaves the range of int64_t stays at its end. */
#include <kvet/clock.h>

struct kvet_clock_interval kvet_clock_interval_all(void)
{
	return (struct kvet_clock_interval){ .low_ns = INT64_MIN, .high_ns = INT64_MAX };
}

/* a - b of two clock readings. */
static int64_t difference(uint64_t a, uint64_t b)
{
	int64_t result;

	if (__builtin_sub_overflow(a, b, &result))
		return a > b ? INT64_MAX : INT64_MIN;
	return result;
}

/* a - b of two offsets. */
static int64_t subtract(int64_t a, int64_t b)
{
	int64_t result;

	if (__builtin_sub_overflow(a, b, &result))
		return b < 0 ? INT64_MAX : INT64_MIN;
	return result;
}

bool kvet_clock_interval_add(struct kvet_clock_interval *interval,
			     const struct kvet_clock_sample *sample)
{
	/* MONOTONIC at the moment of the BOOTTIME reading was between its two readings. */
	int64_t low = difference(sample->boot_ns, sample->mono_after_ns);
	int64_t high = difference(sample->boot_ns, sample->mono_before_ns);

	if (low < interval->low_ns)
		low = interval->low_ns;
	if (high > interval->high_ns)
		high = interval->high_ns;
	if (low > high)
		return false;
	interval->low_ns = low;
	interval->high_ns = high;
	interval->samples++;
	return true;
}

struct kvet_clock_interval kvet_clock_interval_subtract(const struct kvet_clock_interval *a,
							const struct kvet_clock_interval *b)
{
	return (struct kvet_clock_interval){
		.low_ns = subtract(a->low_ns, b->high_ns),
		.high_ns = subtract(a->high_ns, b->low_ns),
		.samples = a->samples < b->samples ? a->samples : b->samples,
	};
}

bool kvet_clock_interval_overlap(const struct kvet_clock_interval *a,
				 const struct kvet_clock_interval *b)
{
	return a->low_ns <= b->high_ns && b->low_ns <= a->high_ns;
}
