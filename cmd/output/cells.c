/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "cells.h"
#include "digits.h"
#include "safe.h"
#include "spark.h"
#include "width.h"

char *cells_more(struct cells *cells, size_t len)
{
	if (cells->used + len > cells->room) {
		size_t room = (cells->used + len) * 2;
		char *grown = realloc(cells->bytes, room);

		if (!grown)
			return NULL;
		cells->bytes = grown;
		cells->room = room;
	}
	return cells->bytes + cells->used;
}

static bool add_bytes(struct cells *cells, struct cell *cell, const char *bytes, size_t len,
		      size_t width)
{
	char *to = cells_more(cells, len + 1);

	if (!to)
		return false;
	memcpy(to, bytes, len);
	cells->used += len;
	cell->len += len;
	cell->width += width;
	return true;
}

static bool add_words(struct cells *cells, struct cell *cell, const char *words)
{
	return add_bytes(cells, cell, words, strlen(words), strlen(words));
}

static bool add_string(struct cells *cells, struct cell *cell, const char *string)
{
	size_t len = safe_as_it_is(string);
	char *safe;
	bool done;

	if (len != (size_t)-1)
		return add_bytes(cells, cell, string, len, len);
	safe = safe_text(string);
	done = safe && add_bytes(cells, cell, safe, strlen(safe), width_of(safe, strlen(safe)));
	free(safe);
	return done;
}

static bool add_hex(struct cells *cells, struct cell *cell, uint64_t number)
{
	size_t digits = number ? (67 - (size_t)__builtin_clzll(number)) / 4 : 1;
	char *to = cells_more(cells, 18);

	if (!to)
		return false;
	to[0] = '0';
	to[1] = 'x';
	for (size_t i = digits + 1; i > 1; i--, number >>= 4)
		to[i] = "0123456789abcdef"[number & 15];
	cells->used += digits + 2;
	cell->len += digits + 2;
	cell->width += digits + 2;
	return true;
}

static bool add_number(struct cells *cells, struct cell *cell, uint64_t number, bool negative)
{
	char room[DIGITS_ROOM], *end = room + sizeof(room), *start = digits_before(end, number, 10);

	if (negative)
		*--start = '-';
	return add_bytes(cells, cell, start, (size_t)(end - start), (size_t)(end - start));
}

static bool add_list(struct cells *cells, struct cell *cell, const struct value *value)
{
	bool done = true;

	for (size_t i = 0; i < value->list.count && done; i++)
		done = (!i || add_words(cells, cell, ";")) &&
		       add_string(cells, cell, value->list.items[i]);
	return done;
}

static bool add_series(struct cells *cells, struct cell *cell, const struct value *value,
		       bool unicode)
{
	char *line = spark(value->series.items, value->series.count, unicode);
	bool done =
		line && add_bytes(cells, cell, line, strlen(line), width_of(line, strlen(line)));

	free(line);
	return done;
}

static bool add_text(struct cells *cells, struct cell *cell, const struct output *output,
		     const struct field *field, const struct value *value);

static bool add_map(struct cells *cells, struct cell *cell, const struct output *output,
		    const struct value *value)
{
	bool done = true;

	for (size_t i = 0; i < value->map.count && done; i++) {
		const struct named_value *item = &value->map.items[i];
		const struct field field = { .name = item->name, .type = item->type };

		done = (!i || add_words(cells, cell, ";")) && add_string(cells, cell, item->name) &&
		       add_words(cells, cell, "=") &&
		       add_text(cells, cell, output, &field, &item->value);
	}
	return done;
}

bool cell_has_text(const struct field *field, const struct value *value)
{
	return value->present && (field->type != FIELD_LIST || value->list.count);
}

bool cells_add(struct cells *cells, struct cell *cell, const struct output *output,
	       const struct field *field, const struct value *value)
{
	*cell = (struct cell){ .start = cells->used };
	return add_text(cells, cell, output, field, value);
}

bool cells_cut(struct cells *cells, struct cell *cell, size_t columns, const char *ellipsis)
{
	size_t end = width_of(ellipsis, strlen(ellipsis));
	char *text = cells->bytes + cell->start;
	size_t kept;

	if (cell->width <= columns)
		return true;
	if (end > columns) {
		ellipsis += strlen(ellipsis);
		end = 0;
	}
	kept = width_prefix(text, cell->len, columns - end);
	cell->width = width_of(text, kept);
	cells->used = cell->start + kept;
	cell->len = kept;
	return add_bytes(cells, cell, ellipsis, strlen(ellipsis), end);
}

/* How many bytes of a text come on a line of so many columns. */
static size_t line_prefix(const char *text, size_t len, size_t columns)
{
	size_t fits = width_prefix(text, len, columns);
	const char *blank = fits < len ? memrchr(text, ' ', fits + 1) : NULL;

	return blank > text ? (size_t)(blank - text) : fits;
}

bool cells_wrap(struct cells *cells, struct cell *cell, size_t columns, size_t indent)
{
	char *text = strndup(cells->bytes + cell->start, cell->len), *rest = text;
	size_t len = cell->len;
	bool done = text;

	cells->used = cell->start;
	while (done && width_of(rest, len) > columns) {
		size_t part = line_prefix(rest, len, columns);
		char *to = part ? cells_more(cells, part + 1 + indent) : NULL;

		if (!to)
			break;
		memcpy(to, rest, part);
		to[part] = '\n';
		memset(to + part + 1, ' ', indent);
		cells->used += part + 1 + indent;
		part += rest[part] == ' ';
		rest += part;
		len -= part;
	}
	cell->len = cells->used - cell->start;
	done = done && add_bytes(cells, cell, rest, len, 0);
	free(text);
	return done;
}

static bool add_text(struct cells *cells, struct cell *cell, const struct output *output,
		     const struct field *field, const struct value *value)
{
	if (!cell_has_text(field, value))
		return add_words(cells, cell, "-");
	switch (field->type) {
	case FIELD_STRING:
		return add_string(cells, cell, value->string);
	case FIELD_INTEGER:
	case FIELD_DURATION:
		if (field->flags & FIELD_HEX)
			return add_hex(cells, cell, (uint64_t)value->integer);
		if (value->integer >= 0)
			return add_number(cells, cell, (uint64_t)value->integer, false);
		return add_number(cells, cell, -(uint64_t)value->integer, true);
	case FIELD_ADDRESS:
		return add_hex(cells, cell, value->address);
	case FIELD_TIME:
		return add_number(cells, cell, value->time_ns, false);
	case FIELD_BOOLEAN:
		return add_words(cells, cell, value->boolean ? "yes" : "no");
	case FIELD_LIST:
		return add_list(cells, cell, value);
	case FIELD_SERIES:
		return add_series(cells, cell, value, output->options.unicode);
	case FIELD_MAP:
		return add_map(cells, cell, output, value);
	case FIELD_LINE: /* not a cell: line.c writes it */
	case FIELD_TYPE_COUNT:
		break;
	}
	return false;
}
