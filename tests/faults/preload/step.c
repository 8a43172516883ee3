/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Preloaded: somebody sets the wall clock an hour ahead, between two readings of a clock. STEP_AT
 * is how many readings come before.
 */
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *time)
{
	static long at = -1, count;
	int ret = (int)syscall(SYS_clock_gettime, clock, time);

	if (at < 0) {
		const char *words = getenv("STEP_AT");

		at = words ? atol(words) : 0;
	}
	if (++count > at && (clock == CLOCK_REALTIME || clock == CLOCK_TAI))
		time->tv_sec += 3600;
	return ret;
}
