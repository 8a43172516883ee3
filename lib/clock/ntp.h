/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_CLOCK_NTP_H
#define KVET_CLOCK_NTP_H

#include <sys/timex.h>

#include <kvet/clock.h>

/* What adjtimex(2) said: its return value and its struct. */
void kvet_clock_ntp_describe(int state, const struct timex *timex, struct kvet_clock_ntp *ntp);

#endif
