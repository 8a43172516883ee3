/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Sparklines: a row of numbers as a row of bars, each one character high. */
#ifndef CMD_OUTPUT_SPARK_H
#define CMD_OUTPUT_SPARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The smallest number gets the lowest bar, the largest the highest; equal numbers all get the
 * lowest. Without unicode, ASCII characters of growing blackness replace the bars. The caller frees
 * the line. NULL: no memory. */
char *spark(const int64_t *numbers, size_t count, bool unicode);

#endif
