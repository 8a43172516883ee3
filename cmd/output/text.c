/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Text for people: a table with a heading for each run of records of one schema. The
 * first rows are held back to find the columns' widths, then rows are written as they
 * come; a live output holds nothing back.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "grid.h"
#include "renderer.h"
#include "safe.h"
#include "spark.h"

#define ROWS_HELD           512
#define COLUMN_GAP          "  "
/* A live table cannot know the widths to come: what an address or a time needs is kept. */
#define LIVE_WIDTH_ADDRESS  18
#define LIVE_WIDTH_TIME     16
#define LIVE_WIDTH_STRING   16
#define LIVE_WIDTH_DURATION 14

struct table {
	const struct schema *schema;
	size_t columns;
	size_t *fields; /* columns: the field that each shows */
	size_t *widths; /* columns; 0 leaves the column out */
	char **cells;   /* ROWS_HELD * columns; each owned */
	size_t rows;    /* held back */
	bool headed;    /* the heading is written, the widths are final */
	bool any;       /* a table was written before */
	struct text_grid *grid;
};

static char *cell_text(const struct output *output, const struct field *field,
		       const struct value *value)
{
	char number[32];

	if (!value->present || (field->type == FIELD_LIST && !value->list.count))
		return strdup("-");
	switch (field->type) {
	case FIELD_STRING:
		return safe_text(value->string);
	case FIELD_INTEGER:
	case FIELD_DURATION:
		if (field->flags & FIELD_HEX)
			snprintf(number, sizeof(number), "0x%" PRIx64, value->integer);
		else
			snprintf(number, sizeof(number), "%" PRId64, value->integer);
		return strdup(number);
	case FIELD_ADDRESS:
		snprintf(number, sizeof(number), "0x%" PRIx64, value->address);
		return strdup(number);
	case FIELD_TIME:
		snprintf(number, sizeof(number), "%" PRIu64, value->time_ns);
		return strdup(number);
	case FIELD_BOOLEAN:
		return strdup(value->boolean ? "yes" : "no");
	case FIELD_LIST: {
		char *joined = NULL;
		size_t size = 0;
		FILE *stream = open_memstream(&joined, &size);

		if (!stream)
			return NULL;
		for (size_t i = 0; i < value->list.count; i++) {
			char *safe = safe_text(value->list.items[i]);

			fprintf(stream, "%s%s", i ? ";" : "", safe ? safe : "?");
			free(safe);
		}
		fclose(stream);
		return joined;
	}
	case FIELD_SERIES:
		return spark(value->series.items, value->series.count, output->options.unicode);
	case FIELD_TYPE_COUNT:
		break;
	}
	return NULL;
}

static bool is_number(const struct field *field)
{
	return field->type == FIELD_INTEGER || field->type == FIELD_DURATION ||
	       field->type == FIELD_TIME;
}

static const char *color_of(const struct output *output, const struct field *field,
			    const char *cell)
{
	return output->options.color && (field->flags & FIELD_VERDICT) ? text_color(cell) : NULL;
}

/* Whether a column that is shown stands after this one. */
static bool is_last(const struct table *table, size_t column)
{
	while (++column < table->columns)
		if (table->widths[column])
			return false;
	return true;
}

static void put_cell(struct output *output, const struct table *table, size_t column,
		     const char *cell)
{
	const struct field *field = &table->schema->fields[table->fields[column]];
	size_t width = safe_width(cell);
	int pad = table->widths[column] > width ? (int)(table->widths[column] - width) : 0;
	const char *color = color_of(output, field, cell);
	bool right = is_number(field), last = is_last(table, column);

	if (!table->widths[column])
		return;
	fprintf(output->stream, "%s%*s%s%s%s", column ? COLUMN_GAP : "", right ? pad : 0, "",
		color ? color : "", cell, color ? "\033[0m" : "");
	if (!right && !last)
		fprintf(output->stream, "%*s", pad, "");
}

/* Leaves out the sparse columns that have no value in any of the rows held back. */
static void drop_empty(struct table *table)
{
	for (size_t c = 0; c < table->columns; c++) {
		bool empty = table->schema->fields[table->fields[c]].flags & FIELD_SPARSE;

		for (size_t r = 0; r < table->rows && empty; r++)
			empty = !strcmp(table->cells[r * table->columns + c], "-");
		if (empty)
			table->widths[c] = 0;
	}
}

static void put_heading(struct output *output, const struct table *table)
{
	if (table->any)
		fputc('\n', output->stream);
	for (size_t c = 0; c < table->columns; c++) {
		char heading[64];
		size_t i;

		snprintf(heading, sizeof(heading), "%s",
			 table->schema->fields[table->fields[c]].name);
		for (i = 0; heading[i]; i++)
			if (heading[i] >= 'a' && heading[i] <= 'z')
				heading[i] = (char)(heading[i] - 'a' + 'A');
		put_cell(output, table, c, heading);
	}
	fputc('\n', output->stream);
}

/* Records that are one word each, for a shell that puts it into a variable. */
static bool is_word(const struct output *output, const struct schema *schema)
{
	return (schema->flags & SCHEMA_WORD) && !output->options.verbose;
}

static void flush_rows(struct output *output, struct table *table)
{
	if (!table->rows)
		return;
	if (!table->headed && !output->live)
		drop_empty(table);
	if (!table->headed && !is_word(output, table->schema))
		put_heading(output, table);
	table->headed = table->any = true;
	for (size_t r = 0; r < table->rows; r++) {
		for (size_t c = 0; c < table->columns; c++) {
			char **cell = &table->cells[r * table->columns + c];

			put_cell(output, table, c, *cell);
			free(*cell);
			*cell = NULL;
		}
		fputc('\n', output->stream);
	}
	table->rows = 0;
}

static size_t least_width(const struct output *output, const struct field *field)
{
	size_t width = strlen(field->name), live = 0;

	if (output->live && field->type == FIELD_ADDRESS)
		live = LIVE_WIDTH_ADDRESS;
	else if (output->live && field->type == FIELD_TIME)
		live = LIVE_WIDTH_TIME;
	else if (output->live && field->type == FIELD_DURATION)
		live = LIVE_WIDTH_DURATION;
	else if (output->live && field->type == FIELD_STRING)
		live = LIVE_WIDTH_STRING;
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
	free(table->cells);
	*table = (struct table){ .any = table->any };
}

static bool table_open(const struct output *output, struct table *table,
		       const struct schema *schema)
{
	table->fields = calloc(schema->count, sizeof(*table->fields));
	table->widths = calloc(schema->count, sizeof(*table->widths));
	table->cells = calloc(schema->count * ROWS_HELD, sizeof(*table->cells));
	if (!table->fields || !table->widths || !table->cells)
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

static void text_record(struct output *output, const struct schema *schema,
			const struct value *values)
{
	struct table *table = output->state;

	if ((schema->flags & SCHEMA_DETAIL) && !output->options.verbose)
		return;
	if (table->schema != schema) {
		table_close(output, table);
		if (!table_open(output, table, schema)) {
			output_fail(output, ENOMEM);
			return;
		}
	}
	if (table->grid) {
		if (!text_grid_add(table->grid, values))
			output_fail(output, ENOMEM);
		return;
	}
	for (size_t c = 0; c < table->columns; c++) {
		size_t i = table->fields[c], width;
		char *cell = cell_text(output, &schema->fields[i], &values[i]);

		if (!cell) {
			output_fail(output, ENOMEM);
			cell = strdup("");
		}
		width = cell ? safe_width(cell) : 0;
		if (!table->headed && width > table->widths[c])
			table->widths[c] = width;
		table->cells[table->rows * table->columns + c] = cell;
	}
	table->rows++;
	if (output->live || table->headed || table->rows == ROWS_HELD)
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
		char *cell;

		if (!output->summary_values[i].present ||
		    ((field->flags & FIELD_DETAIL) && !output->options.verbose) ||
		    ((field->flags & FIELD_SPARSE) && field->type == FIELD_INTEGER &&
		     !output->summary_values[i].integer))
			continue;
		cell = cell_text(output, field, &output->summary_values[i]);
		fprintf(output->stream, "%s%s: %s\n", any ? "\n" : "", field->name,
			cell ? cell : "?");
		any = false;
		free(cell);
	}
}

static void text_free(struct output *output)
{
	struct table *table = output->state;

	if (!table)
		return;
	for (size_t i = 0; i < table->rows * table->columns; i++)
		free(table->cells[i]);
	text_grid_free(table->grid);
	free(table->fields);
	free(table->widths);
	free(table->cells);
	free(table);
}

const struct renderer text_renderer = {
	.begin = text_begin,
	.record = text_record,
	.end = text_end,
	.free = text_free,
};
