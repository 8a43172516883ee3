/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdbool.h>

#include "core/number.h"

/* The value of a digit; 16 for any other character. */
static unsigned int digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned int)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned int)(c - 'A') + 10;
	return 16;
}

enum kvet_number kvet_number_parse(const char *text, size_t len, uint64_t *value)
{
	bool hexadecimal = len > 1 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	unsigned int base = hexadecimal ? 16 : 10;
	size_t i = hexadecimal ? 2 : 0;
	bool large = false;
	uint64_t number = 0;

	if (i == len)
		return KVET_NO_NUMBER;
	for (; i < len; i++) {
		unsigned int next = digit(text[i]);

		if (next >= base)
			return KVET_NO_NUMBER;
		large = large || number > (UINT64_MAX - next) / base;
		number = number * base + next;
	}
	if (large)
		return KVET_NUMBER_TOO_LARGE;
	*value = number;
	return KVET_NUMBER;
}
