/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_CLOCK_VDSO_READ_H
#define KVET_CLOCK_VDSO_READ_H

#include <kvet/clock.h>

/* One reading of clock_gettime(2), in ns. Returns 0 or a negative errno. */
int kvet_clock_now(enum kvet_clock_id clock, uint64_t *ns);

/* The resolution of MONOTONIC_COARSE, which is the kernel's tick, in ns; 0 if unknown. */
uint64_t kvet_clock_tick(void);

#endif
