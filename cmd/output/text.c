/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Text for people: a table with a heading for each run of records of one schema. The
 * first rows are held back to find the columns' widths, then rows are written as they
 * come; a live output holds nothing back.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cells.h"
#include "grid.h"
#include "line.h"
#include "renderer.h"
#include "safe.h"

#define ROWS_HELD           512
#define COLUMN_GAP          "  "
#define COLOR_END           "\033[0m"
#define COLOR_MOST          16 /* bytes of a colour and of its end */
/* A live table cannot know the widths to come: what an address or a time needs is kept. */
#define LIVE_WIDTH_ADDRESS  18
#define LIVE_WIDTH_TIME     16
#define LIVE_WIDTH_STRING   16
#define LIVE_WIDTH_DURATION 14

struct table {
	const struct schema *schema;
	size_t columns;
	size_t *fields;    /* columns: the field that each shows */
	size_t *widths;    /* columns */
	bool *shown;       /* columns: with FIELD_SPARSE, once there is a value */
	struct cell *held; /* ROWS_HELD * columns */
	size_t rows;       /* held back */
	bool headed;       /* the heading is written, the widths are final */
	bool any;          /* a table was written before */
	struct text_grid *grid;

	struct cells text; /* of the cells held back; behind them, of the line that is written */
	size_t last;       /* column that is shown, once headed */
};

static bool is_number(const struct field *field)
{
	return field->type == FIELD_INTEGER || field->type == FIELD_DURATION ||
	       field->type == FIELD_TIME;
}

static const char *color_of(const struct output *output, const struct field *field,
			    const char *text, size_t len)
{
	return output->options.color && (field->flags & FIELD_VERDICT) ? text_color(text, len)
								       : NULL;
}

/* Puts a cell at the end of a line, which has room for it; returns the line's new end. */
static char *put_text(const struct output *output, const struct table *table, size_t column,
		      char *end, const char *text, size_t len, size_t width)
{
	const struct field *field = &table->schema->fields[table->fields[column]];
	size_t pad = table->widths[column] > width ? table->widths[column] - width : 0;
	const char *color = color_of(output, field, text, len);
	bool right = is_number(field);

	if (column)
		end = mempcpy(end, COLUMN_GAP, strlen(COLUMN_GAP));
	if (right)
		end = (char *)memset(end, ' ', pad) + pad;
	if (color)
		end = stpcpy(end, color);
	end = mempcpy(end, text, len);
	if (color)
		end = stpcpy(end, COLOR_END);
	if (!right && column != table->last)
		end = (char *)memset(end, ' ', pad) + pad;
	return end;
}

/* What put_text() may add to a cell's own bytes. */
static size_t room_for(const struct table *table, size_t column)
{
	return table->widths[column] + strlen(COLUMN_GAP) + COLOR_MOST;
}

static bool put_heading(struct output *output, struct table *table)
{
	char heading[64], *line, *end;
	size_t room = 1;

	for (size_t c = 0; c < table->columns; c++)
		room += room_for(table, c) + sizeof(heading);
	line = end = cells_more(&table->text, room);
	if (!line)
		return false;
	if (table->any)
		fputc('\n', output->stream);
	for (size_t c = 0; c < table->columns; c++) {
		const char *name = table->schema->fields[table->fields[c]].name;
		size_t len;

		if (!table->shown[c])
			continue;
		for (len = 0; name[len] && len < sizeof(heading); len++)
			heading[len] = name[len] >= 'a' && name[len] <= 'z'
					       ? (char)(name[len] - 'a' + 'A')
					       : name[len];
		end = put_text(output, table, c, end, heading, len, len);
	}
	*end++ = '\n';
	fwrite_unlocked(line, 1, (size_t)(end - line), output->stream);
	return true;
}

static bool put_row(struct output *output, struct table *table, const struct cell *cells)
{
	size_t room = 1;
	char *line, *end;

	for (size_t c = 0; c < table->columns; c++)
		room += room_for(table, c) + cells[c].len;
	line = end = cells_more(&table->text, room);
	if (!line)
		return false;
	for (size_t c = 0; c < table->columns; c++)
		if (table->shown[c])
			end = put_text(output, table, c, end, table->text.bytes + cells[c].start,
				       cells[c].len, cells[c].width);
	*end++ = '\n';
	fwrite_unlocked(line, 1, (size_t)(end - line), output->stream);
	return true;
}

/* With the widths final, a record is a line: its cells are made in their places, without
 * colours, which are for people, who read no hundred thousand rows. */
static bool put_values(struct output *output, struct table *table, const struct value *values)
{
	struct cells *line = &table->text;

	for (size_t c = 0; c < table->columns; c++) {
		const struct field *field = &table->schema->fields[table->fields[c]];
		struct cell cell;
		size_t pad;
		char *start;

		if (!table->shown[c])
			continue;
		if (!cells_add(line, &cell, output, field, &values[table->fields[c]]))
			return false;
		pad = table->widths[c] > cell.width ? table->widths[c] - cell.width : 0;
		if (!cells_more(line, pad + strlen(COLUMN_GAP)))
			return false;
		start = line->bytes + cell.start;
		if (pad && is_number(field)) {
			memmove(start + pad, start, cell.len);
			memset(start, ' ', pad);
			line->used += pad;
		}
		if (c == table->last)
			break;
		if (!is_number(field)) {
			memset(line->bytes + line->used, ' ', pad);
			line->used += pad;
		}
		memcpy(line->bytes + line->used, COLUMN_GAP, strlen(COLUMN_GAP));
		line->used += strlen(COLUMN_GAP);
	}
	line->bytes[line->used++] = '\n';
	fwrite_unlocked(line->bytes, 1, line->used, output->stream);
	line->used = 0;
	return true;
}

/* Records that are one word each, for a shell that puts it into a variable. */
static bool is_word(const struct output *output, const struct schema *schema)
{
	return (schema->flags & SCHEMA_WORD) && !output->options.verbose;
}

static void flush_rows(struct output *output, struct table *table)
{
	bool done = true;

	if (!table->rows)
		return;
	for (size_t c = 0; !table->headed && c < table->columns; c++)
		if (table->shown[c])
			table->last = c;
	if (!table->headed && !is_word(output, table->schema))
		done = put_heading(output, table);
	table->headed = table->any = true;
	for (size_t r = 0; r < table->rows && done; r++)
		done = put_row(output, table, &table->held[r * table->columns]);
	if (!done)
		output_fail(output, ENOMEM);
	table->rows = 0;
	table->text.used = 0;
}

static size_t least_width(const struct output *output, const struct field *field)
{
	bool unknown = output->live || output->bursts;
	size_t width = strlen(field->name), live = 0;

	if (unknown && field->type == FIELD_ADDRESS)
		live = LIVE_WIDTH_ADDRESS;
	else if (unknown && field->type == FIELD_TIME)
		live = LIVE_WIDTH_TIME;
	else if (unknown && field->type == FIELD_STRING)
		live = LIVE_WIDTH_STRING;
	else if (unknown && field->type == FIELD_DURATION)
		live = LIVE_WIDTH_DURATION;
	return width > live ? width : live;
}

static void table_close(struct output *output, struct table *table)
{
	flush_rows(output, table);
	if (table->grid) {
		text_grid_put(table->grid, output, table->any);
		table->any = true;
	}
	text_grid_free(table->grid);
	free(table->fields);
	free(table->widths);
	free(table->shown);
	free(table->held);
	*table = (struct table){ .any = table->any, .text = table->text };
}

static bool table_open(const struct output *output, struct table *table,
		       const struct schema *schema)
{
	table->fields = calloc(schema->count, sizeof(*table->fields));
	table->widths = calloc(schema->count, sizeof(*table->widths));
	table->shown = calloc(schema->count, sizeof(*table->shown));
	table->held = calloc(schema->count * ROWS_HELD, sizeof(*table->held));
	if (!table->fields || !table->widths || !table->shown || !table->held)
		return false;
	table->schema = schema;
	if (schema->grid && !output->options.verbose) {
		table->grid = text_grid_new(schema);
		return table->grid != NULL;
	}
	for (size_t i = 0; i < schema->count; i++) {
		if ((schema->fields[i].flags & FIELD_DETAIL) && !output->options.verbose)
			continue;
		if (is_word(output, schema) && table->columns)
			break;
		/* A live table goes by its first row; a value that comes later begins it anew. */
		table->shown[table->columns] = !(schema->fields[i].flags & FIELD_SPARSE);
		table->fields[table->columns] = i;
		table->widths[table->columns++] = least_width(output, &schema->fields[i]);
	}
	return true;
}

static void text_begin(struct output *output)
{
	output->state = calloc(1, sizeof(struct table));
	if (!output->state)
		output_fail(output, ENOMEM);
}

/* Whether a value belongs into a column that is not there, now that the heading is. */
static bool lacks_column(const struct table *table, const struct value *values)
{
	for (size_t c = 0; table->headed && c < table->columns; c++)
		if (!table->shown[c] && cell_has_text(&table->schema->fields[table->fields[c]],
						      &values[table->fields[c]]))
			return true;
	return false;
}

static bool ready_table(struct output *output, struct table *table, const struct schema *schema,
			const struct value *values)
{
	if (table->schema == schema && !lacks_column(table, values))
		return true;
	table_close(output, table);
	return table_open(output, table, schema);
}

static void text_record(struct output *output, const struct schema *schema,
			const struct value *values)
{
	struct table *table = output->state;

	if ((schema->flags & SCHEMA_DETAIL) && !output->options.verbose)
		return;
	if (schema->fields[0].type == FIELD_LINE) {
		line_write(output, &values[0]);
		return;
	}
	if (!ready_table(output, table, schema, values)) {
		output_fail(output, ENOMEM);
		return;
	}
	if (table->grid) {
		if (!text_grid_add(table->grid, values))
			output_fail(output, ENOMEM);
		return;
	}
	if (table->headed && !output->options.color) {
		if (!put_values(output, table, values))
			output_fail(output, ENOMEM);
		return;
	}
	for (size_t c = 0; c < table->columns; c++) {
		const struct field *field = &schema->fields[table->fields[c]];
		const struct value *value = &values[table->fields[c]];
		struct cell *cell = &table->held[table->rows * table->columns + c];

		if (!cells_add(&table->text, cell, output, field, value))
			output_fail(output, ENOMEM);
		if (!table->headed && cell->width > table->widths[c])
			table->widths[c] = cell->width;
		table->shown[c] = table->shown[c] || cell_has_text(field, value);
	}
	table->rows++;
	if (output->live || table->headed || table->rows == ROWS_HELD)
		flush_rows(output, table);
}

static void text_flush(struct output *output)
{
	struct table *table = output->state;

	if (!table->grid)
		flush_rows(output, table);
}

/* The summary: a line for each of its values. */
static void text_end(struct output *output, const char *status)
{
	struct table *table = output->state;
	const struct schema *schema = output->summary;
	bool any;

	(void)status;
	table_close(output, table);
	any = table->any;
	for (size_t i = 0; schema && i < schema->count; i++) {
		const struct field *field = &schema->fields[i];
		struct cell cell;

		if (!output->summary_values[i].present ||
		    ((field->flags & FIELD_DETAIL) && !output->options.verbose) ||
		    ((field->flags & FIELD_SPARSE) && field->type == FIELD_INTEGER &&
		     !output->summary_values[i].integer))
			continue;
		table->text.used = 0;
		if (!cells_add(&table->text, &cell, output, field, &output->summary_values[i])) {
			output_fail(output, ENOMEM);
			return;
		}
		fprintf(output->stream, "%s%s: %.*s\n", any ? "\n" : "", field->name, (int)cell.len,
			table->text.bytes + cell.start);
		any = false;
	}
}

static void text_free(struct output *output)
{
	struct table *table = output->state;

	if (!table)
		return;
	free(table->fields);
	free(table->widths);
	free(table->shown);
	free(table->held);
	free(table->text.bytes);
	text_grid_free(table->grid);
	free(table);
}

const struct renderer text_renderer = {
	.begin = text_begin,
	.record = text_record,
	.flush = text_flush,
	.end = text_end,
	.free = text_free,
};
