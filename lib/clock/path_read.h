/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_CLOCK_PATH_READ_H
#define KVET_CLOCK_PATH_READ_H

#include <kvet/cause.h>

/* Whether clock_gettime(2) of MONOTONIC and BOOTTIME gets along without a system call:
 * undetermined if that could not be tried. */
enum kvet_verdict kvet_clock_path_read(void);

#endif
