/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdio.h>

#include "digits.h"
#include "json_text.h"
#include "safe.h"

void json_text_reset(struct json_text *json)
{
	json->text.used = 0;
	json->inside = json->failed = false;
	json->depth = 0;
}

void json_text_deinit(struct json_text *json)
{
	text_free(&json->text);
}

/* Room for so many bytes at the end; NULL: no memory. end_at() is told where they ended. */
static char *more(struct json_text *json, size_t len)
{
	char *to = text_more(&json->text, len);

	json->failed = json->failed || !to;
	return to;
}

static void end_at(struct json_text *json, const char *end)
{
	json->text.used = (size_t)(end - json->text.bytes);
}

static void put(struct json_text *json, char c)
{
	char *to = more(json, 1);

	if (!to)
		return;
	*to++ = c;
	end_at(json, to);
}

static void put_word(struct json_text *json, const char *word)
{
	json->failed = !text_add_words(&json->text, word) || json->failed;
}

static void put_line(struct json_text *json)
{
	put(json, '\n');
	for (size_t i = 0; i < json->depth; i++)
		put_word(json, "  ");
}

void json_text_open(struct json_text *json, char bracket)
{
	put(json, bracket);
	json->depth++;
	json->inside = false;
}

void json_text_close(struct json_text *json, char bracket)
{
	json->depth--;
	if (json->pretty)
		put_line(json);
	put(json, bracket);
	json->inside = true;
}

void json_text_item(struct json_text *json)
{
	if (json->inside)
		put(json, ',');
	if (json->pretty)
		put_line(json);
	json->inside = true;
}

/* --- strings --------------------------------------------------------------------------------- */

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* What a character or a byte becomes: "\u0001". */
#define ESCAPE_MOST 6

static char *escape(char *to, uint32_t point)
{
	static const char letters[] = { ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
					['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\' };

	if (point < sizeof(letters) && letters[point])
		return to + sprintf(to, "\\%c", letters[point]);
	return to + sprintf(to, "\\u%04x", (unsigned int)point);
}

/* Writes the character at *s, which is not plain, and moves *s past it. A character is not cut by
 * the string's end unless the byte there is a part of it. */
static char *put_character(char *to, const char **s, const char *end)
{
	uint32_t point;
	size_t len = safe_character(*s, &point);

	if (!len || len > (size_t)(end - *s)) {
		*s += 1;
		return mempcpy(to, "\xef\xbf\xbd", 3);
	}
	/* C0, the two letters, DEL and C1. */
	to = point < 0xa0 ? escape(to, point) : mempcpy(to, *s, len);
	*s += len;
	return to;
}

void json_text_string(struct json_text *json, const char *bytes, size_t len)
{
	/* sprintf() adds a NUL. */
	char *to = more(json, len * ESCAPE_MOST + sizeof("\"\""));
	const char *end = bytes + len;

	if (!to)
		return;
	*to++ = '"';
	while (bytes < end)
		if (is_plain((unsigned char)*bytes))
			*to++ = *bytes++;
		else
			to = put_character(to, &bytes, end);
	*to++ = '"';
	end_at(json, to);
}

void json_text_words(struct json_text *json, const char *words)
{
	json_text_string(json, words, strlen(words));
}

void json_text_key(struct json_text *json, const char *name)
{
	json_text_item(json);
	json_text_words(json, name);
	put(json, ':');
	if (json->pretty)
		put(json, ' ');
}

/* --- other values ---------------------------------------------------------------------------- */

/* Writes a number between two words. */
static void put_number(struct json_text *json, const char *before, uint64_t number,
		       unsigned int base, const char *after)
{
	char room[DIGITS_ROOM], *end = room + sizeof(room),
				*start = digits_before(end, number, base);

	put_word(json, before);
	json->failed = !text_add(&json->text, start, (size_t)(end - start)) || json->failed;
	put_word(json, after);
}

void json_text_number(struct json_text *json, int64_t number)
{
	if (number < 0)
		put_number(json, "-", -(uint64_t)number, 10, "");
	else
		put_number(json, "", (uint64_t)number, 10, "");
}

void json_text_digits(struct json_text *json, uint64_t number)
{
	put_number(json, "\"", number, 10, "\"");
}

void json_text_address(struct json_text *json, uint64_t number)
{
	put_number(json, "\"0x", number, 16, "\"");
}

void json_text_null(struct json_text *json)
{
	put_word(json, "null");
}

void json_text_boolean(struct json_text *json, bool value)
{
	put_word(json, value ? "true" : "false");
}
