/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * BOOTTIME - MONOTONIC grows with each suspend and is constant in between. The start of a task
 * shows the value at that time or a little more: the kernel may have been preempted between its two
 * readings. Before any start, the value was not greater than what that start or a later one shows.
 */
#include <stdlib.h>

#include "clock/history.h"
#include "core/fail.h"

/* The longest time expected between the two readings of a start; only two starts in a row that took
 * longer would mislead. */
#define SLACK_NS 1000000

struct point {
	int64_t mono_ns;
	int64_t boot_ns;
	int64_t most_ns; /* BOOTTIME - MONOTONIC was at most this at that time */
};

struct kvet_clock_history {
	size_t count;
	struct point points[]; /* by mono_ns */
};

static int by_mono(const void *a, const void *b)
{
	int64_t left = ((const struct point *)a)->mono_ns;
	int64_t right = ((const struct point *)b)->mono_ns;

	return (left > right) - (left < right);
}

int kvet_clock_history_of(const struct kvet_clock_start *starts, size_t count,
			  struct kvet_clock_history **out, struct kvet_cause *err)
{
	struct kvet_clock_history *history =
		malloc(sizeof(*history) + count * sizeof(*history->points));
	int64_t most_ns = INT64_MAX;

	if (!history)
		return kvet_fail_memory(err);
	history->count = count;
	for (size_t i = 0; i < count; i++)
		history->points[i] = (struct point){ .mono_ns = (int64_t)starts[i].mono_ns,
						     .boot_ns = (int64_t)starts[i].boot_ns };
	qsort(history->points, count, sizeof(*history->points), by_mono);
	for (size_t i = count; i > 0; i--) {
		struct point *point = &history->points[i - 1];

		if (point->boot_ns - point->mono_ns < most_ns)
			most_ns = point->boot_ns - point->mono_ns;
		point->most_ns = most_ns;
	}
	*out = history;
	return 0;
}

struct kvet_clock_interval kvet_clock_history_at(const struct kvet_clock_history *history,
						 const struct kvet_clock_interval *total,
						 enum kvet_clock_id clock, int64_t low_ns,
						 int64_t high_ns)
{
	struct kvet_clock_interval result = { .low_ns = 0, .high_ns = total->high_ns };
	const struct point *last = NULL, *before_last = NULL;

	/* MONOTONIC is never negative. */
	if (clock == KVET_CLOCK_BOOTTIME && high_ns < result.high_ns)
		result.high_ns = high_ns;
	for (size_t i = 0; history && i < history->count; i++) {
		const struct point *point = &history->points[i];
		int64_t at_ns = clock == KVET_CLOCK_BOOTTIME ? point->boot_ns : point->mono_ns;

		if (at_ns <= low_ns) {
			before_last = last;
			last = point;
		}
		if (at_ns >= high_ns && point->most_ns < result.high_ns)
			result.high_ns = point->most_ns;
	}
	/* Two starts are required, so that one slow start is not taken for a later time. */
	if (before_last && before_last->most_ns >= total->low_ns)
		result.low_ns = total->low_ns;
	else if (before_last && before_last->most_ns > SLACK_NS)
		result.low_ns = before_last->most_ns - SLACK_NS;
	if (result.low_ns > result.high_ns)
		result.low_ns = result.high_ns;
	return result;
}

void kvet_clock_history_free(struct kvet_clock_history *history)
{
	free(history);
}
