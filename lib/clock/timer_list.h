/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_CLOCK_TIMER_LIST_H
#define KVET_CLOCK_TIMER_LIST_H

#include <stdio.h>

#include <kvet/clock.h>

/*
 * Parses the text of /proc/timer_list: the .offset of the clock bases with .index 1
 * (REALTIME), 2 (BOOTTIME) and 3 (TAI), the order of enum hrtimer_base_type (kernel:
 * include/linux/hrtimer_defs.h), of each CPU. Errors: see kvet_clock_kernel_read(); of
 * reading the stream.
 */
int kvet_clock_timer_list_parse(FILE *stream, struct kvet_clock_kernel *kernel,
				struct kvet_cause *err);

#endif
