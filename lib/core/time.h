/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Durations in ns and as struct timespec. Inline like array.h, so that the program may use it,
 * too. */
#ifndef KVET_CORE_TIME_H
#define KVET_CORE_TIME_H

#include <stdint.h>
#include <time.h>

#define NS_PER_S 1000000000LL

static inline struct timespec timespec_of(uint64_t ns)
{
	return (struct timespec){ .tv_sec = (time_t)(ns / NS_PER_S),
				  .tv_nsec = (long)(ns % NS_PER_S) };
}

/* No clock is ever negative: the kernel refuses such settings and namespace offsets. */
static inline uint64_t ns_of(const struct timespec *time)
{
	return (uint64_t)time->tv_sec * NS_PER_S + (uint64_t)time->tv_nsec;
}

#endif
