/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* When the machine was suspended, according to the start times of its tasks. */
#ifndef KVET_CLOCK_HISTORY_H
#define KVET_CLOCK_HISTORY_H

#include <kvet/clock.h>

/* When a task started, by two clocks; the kernel reads BOOTTIME just after MONOTONIC (kernel:
 * kernel/fork.c, copy_process()). */
struct kvet_clock_start {
	uint64_t mono_ns;
	uint64_t boot_ns;
};

/* Makes a history from the starts, which may be in any order and stay the caller's. Errors:
 * -ENOMEM. */
int kvet_clock_history_of(const struct kvet_clock_start *starts, size_t count,
			  struct kvet_clock_history **history, struct kvet_cause *err);

/* BOOTTIME - MONOTONIC at a time between low_ns and high_ns of clock (MONOTONIC or BOOTTIME), given
 * that it is total now. history may be NULL: then any value up to total is possible. */
struct kvet_clock_interval kvet_clock_history_at(const struct kvet_clock_history *history,
						 const struct kvet_clock_interval *total,
						 enum kvet_clock_id clock, int64_t low_ns,
						 int64_t high_ns);

#endif
