/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The columns' names stand above in steps, each with a line down to its column:
 *
 *           alpha
 *           | beta
 *           | |
 *     row   + -
 */
#include <stdlib.h>
#include <string.h>

#include "color.h"
#include "grid.h"
#include "safe.h"
#include "width.h"

struct row {
	char *name;
	char *marks; /* one for each column so far */
	size_t count;
};

struct text_grid {
	const struct schema *schema;
	struct row *rows;
	size_t row_count;
	char **columns;
	size_t column_count;
	size_t next; /* a guess: the column of the next record */
};

struct text_grid *text_grid_new(const struct schema *schema)
{
	struct text_grid *grid = calloc(1, sizeof(*grid));

	if (grid)
		grid->schema = schema;
	return grid;
}

void text_grid_free(struct text_grid *grid)
{
	if (!grid)
		return;
	for (size_t i = 0; i < grid->row_count; i++) {
		free(grid->rows[i].name);
		free(grid->rows[i].marks);
	}
	for (size_t i = 0; i < grid->column_count; i++)
		free(grid->columns[i]);
	free(grid->rows);
	free(grid->columns);
	free(grid);
}

static const char *text_of(const struct value *value)
{
	return value->present ? value->string : "-";
}

/* Records come row by row: a name that differs from the last one's begins a new row. */
static struct row *row_of(struct text_grid *grid, const char *name)
{
	struct row *rows, *last = grid->row_count ? &grid->rows[grid->row_count - 1] : NULL;

	if (last && !strcmp(last->name, name))
		return last;
	rows = reallocarray(grid->rows, grid->row_count + 1, sizeof(*rows));
	if (!rows)
		return NULL;
	grid->rows = rows;
	rows[grid->row_count] = (struct row){ .name = strdup(name) };
	grid->next = 0;
	return rows[grid->row_count].name ? &rows[grid->row_count++] : NULL;
}

static bool column_of(struct text_grid *grid, const char *name, size_t *column)
{
	char **columns;

	for (size_t i = 0; i < grid->column_count; i++) {
		*column = (grid->next + i) % grid->column_count;
		if (!strcmp(grid->columns[*column], name))
			return true;
	}
	columns = reallocarray(grid->columns, grid->column_count + 1, sizeof(*columns));
	if (!columns)
		return false;
	grid->columns = columns;
	*column = grid->column_count;
	columns[*column] = strdup(name);
	if (!columns[*column])
		return false;
	grid->column_count++;
	return true;
}

static char mark_of(const struct text_grid *grid, const struct value *values)
{
	const struct grid_mark *mark = grid->schema->grid->marks;

	for (; mark->value; mark++)
		if (!strcmp(text_of(&values[mark->field]), mark->value))
			return mark->mark;
	return '!';
}

bool text_grid_add(struct text_grid *grid, const struct value *values)
{
	struct row *row = row_of(grid, text_of(&values[grid->schema->grid->row]));
	size_t column;
	char *marks;

	if (!row || !column_of(grid, text_of(&values[grid->schema->grid->column]), &column))
		return false;
	if (column >= row->count) {
		marks = realloc(row->marks, column + 1);
		if (!marks)
			return false;
		memset(marks + row->count, ' ', column + 1 - row->count);
		row->marks = marks;
		row->count = column + 1;
	}
	row->marks[column] = mark_of(grid, values);
	grid->next = column + 1;
	return true;
}

/* Writes a name, made safe for a terminal; returns its width. */
static size_t put_name(FILE *stream, const char *name)
{
	char *safe = safe_text(name);
	size_t width = safe ? width_of(safe, strlen(safe)) : 1;

	fputs(safe ? safe : "?", stream);
	free(safe);
	return width;
}

static size_t name_width(const char *name)
{
	char *safe = safe_text(name);
	size_t width = safe ? width_of(safe, strlen(safe)) : 1;

	free(safe);
	return width;
}

static void put_steps(const struct text_grid *grid, FILE *stream, size_t indent)
{
	for (size_t i = 0; i <= grid->column_count; i++) {
		fprintf(stream, "%*s", (int)indent, "");
		for (size_t line = 0; line < i; line++)
			fputs(line + 1 < i || i < grid->column_count ? "| " : "|", stream);
		if (i < grid->column_count)
			put_name(stream, grid->columns[i]);
		fputc('\n', stream);
	}
}

static void put_mark(const struct text_grid *grid, const struct output *output, char shown)
{
	const struct grid_mark *mark = grid->schema->grid->marks;
	const char *color = NULL;

	while (mark->value && mark->mark != shown)
		mark++;
	if (output->options.color && mark->value)
		color = color_of_verdict(mark->value, strlen(mark->value));
	fprintf(output->stream, "%s%c%s", color ? color : "", shown, color ? COLOR_END : "");
}

static bool has_mark(const struct text_grid *grid, char mark)
{
	for (size_t i = 0; i < grid->row_count; i++)
		if (memchr(grid->rows[i].marks, mark, grid->rows[i].count))
			return true;
	return false;
}

static void put_legend(const struct text_grid *grid, const struct output *output)
{
	const struct grid_mark *mark = grid->schema->grid->marks;

	fputc('\n', output->stream);
	for (; mark->value; mark++) {
		if (!has_mark(grid, mark->mark))
			continue;
		put_mark(grid, output, mark->mark);
		fprintf(output->stream, "  %s\n", mark->legend);
	}
}

void text_grid_put(const struct text_grid *grid, struct output *output, bool blank_before)
{
	size_t width = 0;

	if (blank_before)
		fputc('\n', output->stream);
	for (size_t i = 0; i < grid->row_count; i++) {
		size_t name = name_width(grid->rows[i].name);

		width = name > width ? name : width;
	}
	put_steps(grid, output->stream, width + 2);
	for (size_t i = 0; i < grid->row_count; i++) {
		const struct row *row = &grid->rows[i];
		size_t used = put_name(output->stream, row->name);

		fprintf(output->stream, "%*s", (int)(width + 2 - used), "");
		for (size_t c = 0; c < row->count; c++) {
			if (c)
				fputc(' ', output->stream);
			put_mark(grid, output, row->marks[c]);
		}
		fputc('\n', output->stream);
	}
	put_legend(grid, output);
}
