/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Numbers as text, where snprintf() would take most of the time. */
#ifndef CMD_OUTPUT_DIGITS_H
#define CMD_OUTPUT_DIGITS_H

#include <stdint.h>

/* Enough for any number, with a sign. */
#define DIGITS_ROOM 24

/* Writes the digits that end before end; returns the first one. base is at most 16. */
static inline char *digits_before(char *end, uint64_t number, unsigned int base)
{
	do
		*--end = "0123456789abcdef"[number % base];
	while (number /= base);
	return end;
}

#endif
