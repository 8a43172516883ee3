/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the kernel says of its clocks, as values. Pure. */
#ifndef KVET_CLOCK_CONTEXT_H
#define KVET_CLOCK_CONTEXT_H

#include <stdint.h>
#include <sys/timex.h>

#include <kvet/clock.h>

/* What adjtimex(2) said: its return value and its struct. */
void kvet_clock_ntp_describe(int state, const struct timex *timex, struct kvet_clock_ntp *ntp);

/*
 * The time, in ns of the kernel log's clock, of the last "PM: suspend exit" (kernel:
 * kernel/power/suspend.c) among records of /dev/kmsg, "6,977,1985664,-;text" a line; 0 if
 * there is none.
 */
uint64_t kvet_clock_last_resume(const char *records);

#endif
