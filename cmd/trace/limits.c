/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <sys/resource.h>

#include "limits.h"

/* Descriptors that are open besides the session's: streams, signals, clocks, a process. */
#define OPEN_MOST 32

/* Raises the limit to what the session and this process require: a shell's default is a
 * thousand. */
void trace_limits_raise(uint64_t files)
{
	rlim_t wanted = (rlim_t)files + OPEN_MOST;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = wanted;
	if (limit.rlim_max < wanted)
		limit.rlim_max = wanted;
	/* Without the privilege to raise the hard limit, that limit must suffice. */
	if (setrlimit(RLIMIT_NOFILE, &limit) && !getrlimit(RLIMIT_NOFILE, &limit)) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}
