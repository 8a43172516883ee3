/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef CMD_TRACE_LIMITS_H
#define CMD_TRACE_LIMITS_H

#include <stdint.h>

/* Raises RLIMIT_NOFILE to so many files of a session, and those of kvet, as far as it may. */
void trace_limits_raise(uint64_t files);

#endif
