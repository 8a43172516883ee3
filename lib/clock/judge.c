/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The verdict on an interval of offsets. */
#include <kvet/clock.h>

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
