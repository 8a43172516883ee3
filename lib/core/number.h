/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Numbers as kernels and their tools write them. */
#ifndef KVET_CORE_NUMBER_H
#define KVET_CORE_NUMBER_H

#include <stddef.h>
#include <stdint.h>

enum kvet_number {
	KVET_NUMBER,
	KVET_NO_NUMBER,
	KVET_NUMBER_TOO_LARGE, /* 2^64 or more */
};

/*
 * Parses all of text[0 .. len-1] as a decimal number, or a hexadecimal one with 0x. A leading 0
 * does not mean octal: nobody writes offsets in octal, and reading 010 as 8 would hit the wrong
 * instruction without notice.
 */
enum kvet_number kvet_number_parse(const char *text, size_t len, uint64_t *value);

#endif
