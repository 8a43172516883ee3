/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef CMD_OUTPUT_HUMAN_H
#define CMD_OUTPUT_HUMAN_H

#include <stdint.h>

#define HUMAN_SIZE 24

/* "6.6 s", "-12 us", "26.4 h": at most three significant digits, in the unit that people would
 * choose. Returns buf. */
const char *human_duration(int64_t ns, char buf[HUMAN_SIZE]);

#endif
