/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_CLOCK_KERNEL_LOG_H
#define KVET_CLOCK_KERNEL_LOG_H

#include <stdint.h>

/*
 * The time, in ns of the kernel log's clock, of the last "PM: suspend exit" (kernel:
 * kernel/power/suspend.c) among records of /dev/kmsg, "6,977,1985664,-;text" a line; 0 if
 * there is none.
 */
uint64_t kvet_clock_last_resume(const char *records);

#endif
