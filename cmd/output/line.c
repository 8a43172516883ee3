/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "color.h"
#include "line.h"
#include "safe.h"

#define ESC '\033'

/* Whether a code makes letters bold, underlined or coloured: not black or white, which may be the
 * background's colour; not hidden; no background. */
static bool is_legible(int code)
{
	return code <= 1 || code == 3 || code == 4 || (code >= 22 && code <= 24) ||
	       (code >= 31 && code <= 36) || code == 39 || (code >= 91 && code <= 96);
}

/*
 * The length of a harmless escape sequence at s, or 0: a colour, "ESC [ 1 ; 31 m", or "ESC [ K",
 * with which grep(1) clears the rest of a line.
 */
static size_t color_len(const char *s, const char *end)
{
	const char *start = s;
	int code = 0, digits = 0;

	if (end - s < 3 || s[0] != ESC || s[1] != '[')
		return 0;
	for (s += 2; s < end; s++) {
		if (*s >= '0' && *s <= '9' && ++digits <= 3) {
			code = code * 10 + (*s - '0');
			continue;
		}
		if (*s == 'K' && s == start + 2)
			return 3;
		if ((*s != ';' && *s != 'm') || !is_legible(code))
			return 0;
		if (*s == 'm')
			return (size_t)(s + 1 - start);
		code = digits = 0;
	}
	return 0;
}

/* Writes bytes without NULs, tabs and colours, made safe. */
static void write_safe(struct output *output, const char *bytes, size_t len)
{
	char *part = strndup(bytes, len), *safe = part ? safe_text(part) : NULL;

	if (safe)
		fputs(safe, output->stream);
	else
		output_fail(output, ENOMEM);
	free(part);
	free(safe);
}

static void write_shown(struct output *output, const struct value *value)
{
	const char *s = value->line.bytes, *end = s + value->line.len, *plain = s;
	bool colored = false;

	for (size_t len; s < end; plain = s += len) {
		size_t color = 0;

		while (s < end && *s && *s != '\t' && !(*s == '\r' && s + 1 == end) &&
		       !(color = output->options.color ? color_len(s, end) : 0))
			s++;
		if (s > plain)
			write_safe(output, plain, (size_t)(s - plain));
		len = color ? color : 1;
		colored = colored || color;
		if (s == end)
			break;
		if (*s)
			fwrite(s, 1, len, output->stream);
		else
			fputs("\\x00", output->stream);
	}
	if (colored && !value->line.open)
		fputs(COLOR_END, output->stream);
}

void line_write(struct output *output, const struct value *value)
{
	if (!value->present)
		return;
	if (output->options.terminal)
		write_shown(output, value);
	else
		fwrite_unlocked(value->line.bytes, 1, value->line.len, output->stream);
	if (!value->line.open)
		fputc_unlocked('\n', output->stream);
}

char *line_utf8(const struct value *value, size_t *len)
{
	const char *s = value->line.bytes, *end = s + value->line.len;
	/* A byte becomes at most three. */
	char *text = malloc(value->line.len * 3 + 1);

	*len = 0;
	while (text && s < end) {
		char *part = strndup(s, (size_t)(end - s)), *safe = part ? safe_utf8(part) : NULL;

		if (!safe) {
			free(part);
			free(text);
			return NULL;
		}
		s += strlen(part);
		memcpy(text + *len, safe, strlen(safe));
		*len += strlen(safe);
		if (s < end) {
			text[(*len)++] = '\0';
			s++;
		}
		free(part);
		free(safe);
	}
	return text;
}
