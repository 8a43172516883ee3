/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <ctype.h>
#include <string.h>

#include "convert_boot.h"

#define BOOT_ID_DIGITS 32

/* Only its digits: the kernel writes dashes between them, and journalctl(1) does not. */
static bool boot_id_digits(const char *id, char digits[static BOOT_ID_DIGITS + 1])
{
	size_t count = 0;

	for (; *id; id++) {
		if (*id == '-')
			continue;
		if (!isxdigit((unsigned char)*id) || count == BOOT_ID_DIGITS)
			return false;
		digits[count++] = (char)tolower((unsigned char)*id);
	}
	digits[count] = '\0';
	return count == BOOT_ID_DIGITS;
}

bool boot_id_same(const char *one, const char *other)
{
	char digits[2][BOOT_ID_DIGITS + 1];

	return boot_id_digits(one, digits[0]) && boot_id_digits(other, digits[1]) &&
	       !strcmp(digits[0], digits[1]);
}

enum status boot_id_check(struct context *context, const char *wanted)
{
	char digits[BOOT_ID_DIGITS + 1];

	if (wanted && !boot_id_digits(wanted, digits))
		return context_usage(context, "--boot-id requires " BOOT_ID_FORM ", not '%s'",
				     wanted);
	return STATUS_YES;
}
