/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "safe.h"

/* Overlong forms, surrogates and values past U+10FFFF are not valid (RFC 3629). */
size_t safe_character(const char *text, uint32_t *number)
{
	const unsigned char *s = (const unsigned char *)text;
	static const struct {
		unsigned char mask, lead;
		uint32_t least;
	} forms[] = { { 0x80, 0x00, 0 },
		      { 0xe0, 0xc0, 0x80 },
		      { 0xf0, 0xe0, 0x800 },
		      { 0xf8, 0xf0, 0x10000 } };

	for (size_t n = 0; n < sizeof(forms) / sizeof(*forms); n++) {
		uint32_t point = *s & (unsigned char)~forms[n].mask;

		if ((*s & forms[n].mask) != forms[n].lead)
			continue;
		for (size_t i = 1; i <= n; i++) {
			if ((s[i] & 0xc0) != 0x80)
				return 0;
			point = point << 6 | (s[i] & 0x3f);
		}
		if (point < forms[n].least || point > 0x10ffff ||
		    (point >= 0xd800 && point < 0xe000))
			return 0;
		*number = point;
		return n + 1;
	}
	return 0;
}

/*
 * Characters that a terminal interprets or does not show: controls, marks that change the direction
 * of text (U+202E), joiners, fillers, selectors and tags. A name with one of them would look like
 * another name. (Unicode: Bidi_Control, Default_Ignorable_Code_Point, and the separators of lines
 * and paragraphs.)
 */
static bool is_hidden(uint32_t point)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x00, 0x1f },       { 0x7f, 0x9f },       { 0xad, 0xad },
		{ 0x34f, 0x34f },     { 0x61c, 0x61c },     { 0x115f, 0x1160 },
		{ 0x17b4, 0x17b5 },   { 0x180b, 0x180f },   { 0x200b, 0x200f },
		{ 0x2028, 0x202e },   { 0x2060, 0x206f },   { 0x3164, 0x3164 },
		{ 0xfe00, 0xfe0f },   { 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },
		{ 0xfff0, 0xfffb },   { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
		{ 0xe0000, 0xe0fff },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
		if (point >= ranges[i].first && point <= ranges[i].last)
			return true;
	return false;
}

char *safe_text(const char *string)
{
	const unsigned char *from = (const unsigned char *)string;
	/* The longest form is "\xNN" for one byte. */
	char *safe = malloc(strlen(string) * 4 + 1), *to = safe;

	if (!safe)
		return NULL;
	while (*from) {
		uint32_t point;
		size_t len = safe_character((const char *)from, &point);

		if (!len || is_hidden(point)) {
			for (len = len ? len : 1; len; len--)
				to += sprintf(to, "\\x%02x", *from++);
			continue;
		}
		if (*from == '\\')
			*to++ = '\\';
		memcpy(to, from, len);
		to += len;
		from += len;
	}
	*to = '\0';
	return safe;
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '\\';
}

/* There may be hundreds of thousands of names: looks at eight bytes at a time, then at the rest. */
size_t safe_as_it_is(const char *string)
{
	const uint64_t ones = 0x0101010101010101ULL, tops = ones * 0x80;
	size_t len = strlen(string), i = 0;

	for (; i + 8 <= len; i += 8) {
		uint64_t word, slash, del;

		memcpy(&word, string + i, sizeof(word));
		slash = word ^ (ones * '\\');
		del = word ^ (ones * 0x7f);
		/* The top bit is set for bytes above 0x7f, below a blank, and equal to one of the
		 * two. It may also be set for the byte after such a byte, but is never missing. */
		if ((word | (word - ones * 0x20) | (slash - ones) | (del - ones)) & tops)
			return (size_t)-1;
	}
	for (; i < len; i++)
		if (!is_plain((unsigned char)string[i]))
			return (size_t)-1;
	return len;
}

char *safe_utf8(const char *string)
{
	static const char replacement[] = "\xef\xbf\xbd";
	const unsigned char *from = (const unsigned char *)string;
	char *safe = malloc(strlen(string) * 3 + 1), *to = safe;

	if (!safe)
		return NULL;
	while (*from) {
		uint32_t point;
		size_t len = safe_character((const char *)from, &point);

		if (!len) {
			memcpy(to, replacement, 3);
			to += 3;
			from++;
			continue;
		}
		memcpy(to, from, len);
		to += len;
		from += len;
	}
	*to = '\0';
	return safe;
}
