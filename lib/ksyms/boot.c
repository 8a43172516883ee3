/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "ksyms/boot.h"

#define STEP (2ULL << 20)
#define FROM " from 0x"

/* Hexadecimal digits at s; returns what follows, or NULL. */
static const char *take(const char *s, const char *end, uint64_t *value)
{
	char digits[17], *after;
	size_t len =
		(size_t)(end - s) < sizeof(digits) - 1 ? (size_t)(end - s) : sizeof(digits) - 1;

	memcpy(digits, s, len);
	digits[len] = '\0';
	len = strspn(digits, "0123456789abcdefABCDEF");
	digits[len] = '\0';
	*value = strtoull(digits, &after, 16);
	return len ? s + len : NULL;
}

bool kvet_ksyms_boot_parse(const char *s, const char *end, uint64_t *offset, uint64_t *base)
{
	s = take(s + strlen(KSYMS_BOOT_OFFSET), end, offset);
	if (!s || end - s < (ptrdiff_t)strlen(FROM) || memcmp(s, FROM, strlen(FROM)) != 0)
		return false;
	return take(s + strlen(FROM), end, base) != NULL;
}

uint64_t kvet_ksyms_boot_delta(uint64_t image, uint64_t offset, uint64_t base)
{
	uint64_t distance = image - base;

	if (distance < STEP)
		return offset;
	if (distance - offset < STEP)
		return 0;
	return offset - (distance - distance % STEP);
}
