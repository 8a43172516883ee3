/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "color.h"
#include "columns.h"
#include "table.h"

#define ROWS_HELD           512
/* A live table does not know later values: it reserves what an address or a time takes. */
#define LIVE_WIDTH_ADDRESS  18
#define LIVE_WIDTH_TIME     16
#define LIVE_WIDTH_STRING   16
#define LIVE_WIDTH_DURATION 14
#define LIVE_WIDTH_SHORT    7
/* Values are cut to no less than the heading's width, and no less than this. */
#define CUT_LEAST           8

static const struct field *field_of(const struct table *table, size_t column)
{
	return &table->schema->fields[table->fields[column]];
}

static bool is_number(const struct field *field)
{
	return field->type == FIELD_INTEGER || field->type == FIELD_DURATION ||
	       field->type == FIELD_TIME;
}

/* A number is not cut: half of it would be another number. */
static bool can_be_cut(const struct field *field)
{
	return field->type == FIELD_STRING || field->type == FIELD_LIST || field->type == FIELD_MAP;
}

/* --- a line ---------------------------------------------------------------------------------- */

static const char *ellipsis(const struct output *output)
{
	return output->options.unicode ? "\xe2\x80\xa6" : "...";
}

/* Cuts the cell that was added last if it is wider than its column, or than the rest of the line.
 * The last column may run over. */
static bool fit_cell(const struct output *output, struct table *table, size_t column,
		     struct cell *cell, size_t *slack)
{
	size_t width = table->layout[column].width, over = cell->width - width;

	if (column == table->last && table->below)
		return cells_wrap(&table->text, cell, table->line - table->indent, table->indent);
	if (column == table->last || !table->line || cell->width <= width)
		return true;
	if (over <= *slack) {
		*slack -= over;
		return true;
	}
	/* Columns that --columns names are kept, and their numbers are not cut. */
	if (table->fixed && !can_be_cut(field_of(table, column)))
		return true;
	return cells_cut(&table->text, cell, width, ellipsis(output));
}

static bool color_cell(const struct output *output, struct table *table, size_t column,
		       struct cell *cell)
{
	const char *start = table->text.bytes + cell->start, *color = NULL;
	size_t len;

	if (output->options.color && (field_of(table, column)->flags & FIELD_VERDICT))
		color = color_of_verdict(start, cell->len);
	if (!color)
		return true;
	if (!cells_more(&table->text, COLOR_MOST))
		return false;
	len = strlen(color);
	memmove(table->text.bytes + cell->start + len, table->text.bytes + cell->start, cell->len);
	memcpy(table->text.bytes + cell->start, color, len);
	memcpy(table->text.bytes + cell->start + len + cell->len, COLOR_END, strlen(COLOR_END));
	cell->len += len + strlen(COLOR_END);
	table->text.used += len + strlen(COLOR_END);
	return true;
}

/* Pads a cell to its column's width, and adds the gap after it. */
static bool pad_cell(struct table *table, size_t column, const struct cell *cell)
{
	size_t width = table->layout[column].width;
	size_t pad = width > cell->width ? width - cell->width : 0;
	bool right = is_number(field_of(table, column));
	char *start;

	if (!cells_more(&table->text, pad + LAYOUT_GAP))
		return false;
	start = table->text.bytes + cell->start;
	if (right && pad) {
		memmove(start + pad, start, cell->len);
		memset(start, ' ', pad);
		table->text.used += pad;
	}
	if (column == table->last)
		return true;
	if (right)
		pad = 0;
	memset(table->text.bytes + table->text.used, ' ', pad + LAYOUT_GAP);
	table->text.used += pad + LAYOUT_GAP;
	return true;
}

/* Copies the text of a cell that was held back to the end of the buffer. */
static bool copy_cell(struct table *table, struct cell *cell)
{
	char *to = cells_more(&table->text, cell->len + 1);

	if (!to)
		return false;
	memcpy(to, table->text.bytes + cell->start, cell->len);
	cell->start = table->text.used;
	table->text.used += cell->len;
	return true;
}

/* Makes every line of a table: from cells that were held back, or from values. */
static bool put_line(struct output *output, struct table *table, const struct cell *kept,
		     const struct value *values)
{
	size_t start = table->text.used, slack = table->slack;
	bool done = true;

	for (size_t c = 0; c <= table->last && done; c++) {
		struct cell cell;

		if (!table->layout[c].shown)
			continue;
		if (kept) {
			cell = kept[c];
			done = copy_cell(table, &cell);
		} else {
			done = cells_add(&table->text, &cell, output, field_of(table, c),
					 &values[table->fields[c]]);
		}
		done = done && fit_cell(output, table, c, &cell, &slack) &&
		       color_cell(output, table, c, &cell) && pad_cell(table, c, &cell);
	}
	if (!done || !cells_more(&table->text, 1))
		return false;
	table->text.bytes[table->text.used++] = '\n';
	fwrite_unlocked(table->text.bytes + start, 1, table->text.used - start, output->stream);
	table->text.used = start;
	return true;
}

/* The value that has left the table, with its name before it. The terminal breaks the line, so that
 * a command in it can be copied. */
static bool put_below(struct output *output, struct table *table, const struct cell *kept,
		      const struct value *values)
{
	const struct field *field;
	struct cell cell;

	if (!table->below)
		return true;
	field = field_of(table, table->below - 1);
	if (kept)
		cell = kept[table->below - 1];
	else if (!cells_add(&table->text, &cell, output, field,
			    &values[table->fields[table->below - 1]]))
		return false;
	if (cell.len != 1 || table->text.bytes[cell.start] != '-')
		fprintf(output->stream, "    %s: %.*s\n", field->name, (int)cell.len,
			table->text.bytes + cell.start);
	if (!kept)
		table->text.used = cell.start;
	return true;
}

/* --- the heading ----------------------------------------------------------------------------- */

static bool put_heading(struct output *output, struct table *table, bool blank_before)
{
	/* The cells after those of the rows that are held back. */
	struct cell *cells = &table->held[ROWS_HELD * table->columns];
	size_t start = table->text.used;
	bool done;

	for (size_t c = 0; c < table->columns; c++) {
		const char *name = field_of(table, c)->name;
		size_t len = strlen(name);
		char *to = cells_more(&table->text, len + 1);

		if (!to)
			return false;
		cells[c] = (struct cell){ table->text.used, len, len };
		for (; *name; name++)
			*to++ = *name >= 'a' && *name <= 'z' ? (char)(*name - 'a' + 'A') : *name;
		table->text.used += len;
	}
	if (blank_before)
		fputc('\n', output->stream);
	done = put_line(output, table, cells, NULL);
	table->text.used = start;
	return done;
}

/* Whether records are shown as one word each, for a shell that assigns it to a variable. */
static bool is_word(const struct output *output, const struct schema *schema)
{
	return (schema->flags & SCHEMA_WORD) && !output->options.verbose &&
	       !output->options.columns;
}

static void set_least(struct table *table, size_t column)
{
	struct layout_column *layout = &table->layout[column];
	size_t heading = strlen(field_of(table, column)->name);

	layout->least = heading > CUT_LEAST ? heading : CUT_LEAST;
	if (layout->least > layout->natural || !can_be_cut(field_of(table, column)))
		layout->least = layout->natural;
}

/* Takes a column out of a table that is too wide, to show its values below their records. */
static void move_below(struct table *table)
{
	size_t sum = 0, found = table->columns;

	for (size_t c = 0; c < table->columns; c++) {
		if (!table->layout[c].shown)
			continue;
		sum += table->layout[c].natural + LAYOUT_GAP;
		if (field_of(table, c)->flags & FIELD_BELOW)
			found = c;
	}
	table->below = 0;
	if (!table->line || table->fixed || found == table->columns ||
	    sum <= table->line + LAYOUT_GAP)
		return;
	table->below = found + 1;
	table->layout[found].shown = false;
}

/* Sets the columns' widths from the rows so far. Under --verbose all columns are shown, uncut. */
static void fit_columns(const struct output *output, struct table *table)
{
	size_t used = 0;

	table->line = output->options.verbose ? 0 : output->options.width;
	for (size_t c = 0; c < table->columns; c++) {
		table->absent[c] = !table->layout[c].shown;
		set_least(table, c);
	}
	move_below(table);
	layout_fit(table->layout, table->columns, table->line, table->fixed);
	for (size_t c = 0; c < table->columns; c++)
		if (table->layout[c].shown)
			table->last = c;
	for (size_t c = 0; c < table->last; c++)
		if (table->layout[c].shown)
			used += table->layout[c].width + LAYOUT_GAP;
	table->indent = used;
	used += table->layout[table->last].natural;
	table->slack = used < table->line ? table->line - used : 0;
}

bool table_flush(struct output *output, struct table *table, bool blank_before)
{
	bool done = true;

	if (!table->schema || !table->rows)
		return true;
	if (!table->headed) {
		fit_columns(output, table);
		if (!is_word(output, table->schema))
			done = put_heading(output, table, blank_before);
	}
	table->headed = true;
	for (size_t r = 0; r < table->rows && done; r++)
		done = put_line(output, table, &table->held[r * table->columns], NULL) &&
		       put_below(output, table, &table->held[r * table->columns], NULL);
	table->rows = 0;
	table->text.used = 0;
	return done;
}

/* --- records --------------------------------------------------------------------------------- */

static bool is_live(const struct output *output, const struct schema *schema)
{
	return output->live && !(schema->flags & SCHEMA_AT_END);
}

static size_t least_width(const struct output *output, const struct schema *schema,
			  const struct field *field)
{
	size_t width = strlen(field->name), live = 0;

	if (!is_live(output, schema) && !output->bursts)
		return width;
	if (field->flags & FIELD_SHORT)
		live = LIVE_WIDTH_SHORT;
	else if (field->type == FIELD_ADDRESS)
		live = LIVE_WIDTH_ADDRESS;
	else if (field->type == FIELD_TIME)
		live = LIVE_WIDTH_TIME;
	else if (field->type == FIELD_STRING)
		live = LIVE_WIDTH_STRING;
	else if (field->type == FIELD_DURATION)
		live = LIVE_WIDTH_DURATION;
	return width > live ? width : live;
}

static void add_column(const struct output *output, struct table *table, size_t number, bool shown)
{
	const struct field *field = &table->schema->fields[number];
	struct layout_column *column = &table->layout[table->columns];

	column->shown = shown;
	column->natural = least_width(output, table->schema, field);
	column->priority = FIELD_LEAVES_OF(field->flags);
	table->fields[table->columns++] = number;
}

static void choose_columns(const struct output *output, struct table *table)
{
	const struct schema *schema = table->schema;
	struct expectation expected = output_expected(output, schema);

	for (size_t i = 0; i < schema->count; i++) {
		unsigned int flags = schema->fields[i].flags;

		if (!output->options.verbose &&
		    ((flags & FIELD_DETAIL) ||
		     (output->options.terminal &&
		      FIELD_LEAVES_OF(flags) == FIELD_LEAVES_OF(FIELD_ASIDE))))
			continue;
		if (i < 64 && (expected.never & UINT64_C(1) << i))
			continue;
		/* A live table has the columns of its first row; a value for another one begins a
		 * new table. */
		add_column(output, table, i,
			   !(flags & FIELD_SPARSE) ||
				   (i < 64 && (expected.will & UINT64_C(1) << i)));
		if (is_word(output, schema))
			break;
	}
}

bool table_shows(const struct output *output, const struct schema *schema)
{
	size_t fields[64];

	if (!(schema->flags & SCHEMA_DETAIL) || output->options.verbose)
		return true;
	return schema->count <= sizeof(fields) / sizeof(*fields) &&
	       columns_of(output->options.columns, schema, fields);
}

bool table_open(const struct output *output, struct table *table, const struct schema *schema)
{
	size_t named[64], count = 0;

	table->fields = calloc(schema->count, sizeof(*table->fields));
	table->layout = calloc(schema->count, sizeof(*table->layout));
	table->held = calloc(schema->count * (ROWS_HELD + 1), sizeof(*table->held));
	table->absent = calloc(schema->count, sizeof(*table->absent));
	if (!table->fields || !table->layout || !table->held || !table->absent)
		return false;
	table->schema = schema;
	if (schema->count <= sizeof(named) / sizeof(*named))
		count = columns_of(output->options.columns, schema, named);
	for (size_t i = 0; i < count; i++)
		add_column(output, table, named[i], true);
	table->fixed = count > 0;
	if (!count)
		choose_columns(output, table);
	return true;
}

bool table_lacks(const struct table *table, const struct value *values)
{
	for (size_t c = 0; table->headed && !table->fixed && c < table->columns; c++)
		if (table->absent[c] &&
		    cell_has_text(field_of(table, c), &values[table->fields[c]]))
			return true;
	return false;
}

static bool hold(struct output *output, struct table *table, const struct value *values)
{
	struct cell *cells = &table->held[table->rows * table->columns];

	for (size_t c = 0; c < table->columns; c++) {
		const struct field *field = field_of(table, c);
		const struct value *value = &values[table->fields[c]];
		struct layout_column *column = &table->layout[c];

		if (!cells_add(&table->text, &cells[c], output, field, value))
			return false;
		if (cells[c].width > column->natural)
			column->natural = cells[c].width;
		column->shown = column->shown || cell_has_text(field, value);
	}
	table->rows++;
	return true;
}

bool table_add(struct output *output, struct table *table, const struct value *values,
	       bool blank_before)
{
	if (table->headed)
		return put_line(output, table, NULL, values) &&
		       put_below(output, table, NULL, values);
	if (!hold(output, table, values))
		return false;
	return (!is_live(output, table->schema) && table->rows < ROWS_HELD) ||
	       table_flush(output, table, blank_before);
}

void table_close(struct table *table)
{
	struct cells text = table->text;

	free(table->fields);
	free(table->layout);
	free(table->held);
	free(table->absent);
	text.used = 0;
	*table = (struct table){ .text = text };
}

void table_free(struct table *table)
{
	table_close(table);
	free(table->text.bytes);
}
