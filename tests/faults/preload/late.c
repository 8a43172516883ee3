/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Preloaded: the machine is slow, so that from one look at MONOTONIC to the next a second passes.
 */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *time)
{
	static long looks;
	int ret = (int)syscall(SYS_clock_gettime, clock, time);

	if (clock == CLOCK_MONOTONIC)
		time->tv_sec += __atomic_add_fetch(&looks, 1, __ATOMIC_RELAXED);
	return ret;
}
