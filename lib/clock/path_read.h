/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_CLOCK_PATH_READ_H
#define KVET_CLOCK_PATH_READ_H

#include <kvet/clock.h>

/* Whether clock_gettime(2) reads each clock without a system call: undetermined if that could not
 * be tried. */
void kvet_clock_path_read(enum kvet_verdict vdso[KVET_CLOCK_COUNT]);

#endif
