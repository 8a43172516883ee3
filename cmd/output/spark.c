/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "spark.h"

#define LEVELS 8

/* U+2581 to U+2588. */
static const char *const blocks[LEVELS] = { "\xe2\x96\x81", "\xe2\x96\x82", "\xe2\x96\x83",
					    "\xe2\x96\x84", "\xe2\x96\x85", "\xe2\x96\x86",
					    "\xe2\x96\x87", "\xe2\x96\x88" };
static const char *const ascii[LEVELS] = { "_", ".", "-", "=", "+", "*", "%", "#" };

char *spark(const int64_t *numbers, size_t count, bool unicode)
{
	const char *const *bars = unicode ? blocks : ascii;
	size_t size = count * strlen(bars[0]);
	char *line = malloc(size + 1), *at = line;
	int64_t low = INT64_MAX, high = INT64_MIN;
	unsigned __int128 range;

	if (!line)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		low = numbers[i] < low ? numbers[i] : low;
		high = numbers[i] > high ? numbers[i] : high;
	}
	range = (uint64_t)high - (uint64_t)low;
	for (size_t i = 0; i < count; i++) {
		unsigned __int128 above = (uint64_t)numbers[i] - (uint64_t)low;
		size_t level = range ? (size_t)(above * (LEVELS - 1) / range) : 0;

		at = stpcpy(at, bars[level]);
	}
	*at = '\0';
	return line;
}
