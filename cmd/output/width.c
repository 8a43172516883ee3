/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * kvet uses the locale only for widths: expressions and patterns mean the same bytes in every
 * locale. If the locale has only ASCII (LANG=C), the widths are those of the C library's C.UTF-8.
 */
#include <locale.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <wchar.h>

#include "safe.h"
#include "width.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static locale_t characters; /* (locale_t)0: no locale has wide characters */

#define A_WIDE_ONE 0x4e2d

static void find_locale(void)
{
	static const char *const names[] = { "", "C.UTF-8" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		locale_t found = newlocale(LC_CTYPE_MASK, names[i], (locale_t)0), before;
		bool knows;

		if (!found)
			continue;
		before = uselocale(found);
		knows = wcwidth(A_WIDE_ONE) == 2;
		uselocale(before);
		if (knows) {
			characters = found;
			return;
		}
		freelocale(found);
	}
}

/* A character that the locale does not have takes one column. */
static size_t width_of_character(uint32_t point)
{
	locale_t before;
	int width;

	pthread_once(&once, find_locale);
	if (!characters)
		return 1;
	before = uselocale(characters);
	width = wcwidth((wchar_t)point);
	uselocale(before);
	return width < 0 ? 1 : (size_t)width;
}

/* The character at text, which has len bytes left: returns its bytes, and its columns in
 * *columns. */
static size_t step(const char *text, size_t len, size_t *columns)
{
	uint32_t point;
	size_t bytes;

	*columns = 1;
	if ((unsigned char)*text < 0x80)
		return 1;
	bytes = safe_character(text, &point);
	if (!bytes || bytes > len)
		return 1;
	*columns = width_of_character(point);
	return bytes;
}

size_t width_prefix(const char *safe, size_t len, size_t columns)
{
	size_t used = 0, width = 0, one;

	while (used < len) {
		size_t bytes = step(safe + used, len - used, &one);

		if (width + one > columns)
			break;
		width += one;
		used += bytes;
	}
	return used;
}

size_t width_of(const char *safe, size_t len)
{
	size_t width = 0, one;

	for (size_t used = 0; used < len; width += one)
		used += step(safe + used, len - used, &one);
	return width;
}
