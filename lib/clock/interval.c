/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The arithmetic of offset intervals, and the verdict on one. A value out of the range of int64_t
 * becomes its nearest end. */
#include <kvet/clock.h>

#include "core/time.h"

struct kvet_clock_interval kvet_clock_interval_all(void)
{
	return (struct kvet_clock_interval){ .low_ns = INT64_MIN, .high_ns = INT64_MAX };
}

struct kvet_clock_interval kvet_clock_interval_point(int64_t value_ns)
{
	return (struct kvet_clock_interval){ .low_ns = value_ns, .high_ns = value_ns };
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

bool kvet_clock_interval_narrow(struct kvet_clock_interval *interval, int64_t low_ns,
				int64_t high_ns)
{
	if (low_ns < interval->low_ns)
		low_ns = interval->low_ns;
	if (high_ns > interval->high_ns)
		high_ns = interval->high_ns;
	if (low_ns > high_ns)
		return false;
	interval->low_ns = low_ns;
	interval->high_ns = high_ns;
	return true;
}

bool kvet_clock_interval_add(struct kvet_clock_interval *interval,
			     const struct kvet_clock_sample *sample)
{
	/* MONOTONIC at the moment of the other reading was between its own two. */
	if (!kvet_clock_interval_narrow(interval, difference(sample->clock_ns, sample->after_ns),
					difference(sample->clock_ns, sample->before_ns)))
		return false;
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

int64_t kvet_clock_interval_middle(const struct kvet_clock_interval *interval)
{
	uint64_t width = (uint64_t)interval->high_ns - (uint64_t)interval->low_ns;

	return (int64_t)((uint64_t)interval->low_ns + width / 2);
}

uint64_t kvet_clock_interval_uncertainty(const struct kvet_clock_interval *interval)
{
	return (uint64_t)interval->high_ns - (uint64_t)kvet_clock_interval_middle(interval);
}

/* change / elapsed in parts per billion, rounded down. */
static int64_t parts(int64_t change_ns, uint64_t elapsed_ns)
{
	__int128 scaled = (__int128)change_ns * NS_PER_S, elapsed = (__int128)elapsed_ns;
	__int128 result = scaled / elapsed - (scaled % elapsed < 0);

	return result > INT64_MAX ? INT64_MAX : result < INT64_MIN ? INT64_MIN : (int64_t)result;
}

bool kvet_clock_rate(const struct kvet_clock_interval *start, const struct kvet_clock_interval *end,
		     uint64_t elapsed_ns, int64_t *low_ppb, int64_t *high_ppb)
{
	struct kvet_clock_interval change = kvet_clock_interval_subtract(end, start);

	if (!elapsed_ns)
		return false;
	*low_ppb = parts(change.low_ns, elapsed_ns);
	/* Rounding up is rounding the negative down. */
	*high_ppb = -parts(subtract(0, change.high_ns), elapsed_ns);
	return true;
}

/* The absolute value; -INT64_MIN does not fit into int64_t. */
static uint64_t magnitude(int64_t value)
{
	return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

enum kvet_verdict kvet_clock_judge(const struct kvet_clock_interval *interval, uint64_t limit_ns)
{
	uint64_t low = magnitude(interval->low_ns), high = magnitude(interval->high_ns);
	uint64_t largest = low > high ? low : high;
	uint64_t smallest = low < high ? low : high;

	if (interval->low_ns <= 0 && interval->high_ns >= 0)
		smallest = 0;
	if (largest <= limit_ns)
		return KVET_YES;
	return smallest > limit_ns ? KVET_NO : KVET_UNDETERMINED;
}
