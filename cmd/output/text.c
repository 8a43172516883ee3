/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Text for people: a table with a heading for each run of records of one schema, a grid of marks if
 * there are too many records, lines that are copied through; then the summary. */
#include <errno.h>
#include <stdlib.h>

#include "grid.h"
#include "line.h"
#include "renderer.h"
#include "table.h"

struct text {
	struct table table;
	struct text_grid *grid;
	const struct schema *grid_schema;
	bool any; /* something has been written */
};

static void text_begin(struct output *output)
{
	output->state = calloc(1, sizeof(struct text));
	if (!output->state)
		output_fail(output, ENOMEM);
}

static void flush_table(struct output *output, struct text *text)
{
	bool rows = text->table.rows > 0;

	if (!table_flush(output, &text->table, text->any && !text->table.headed))
		output_fail(output, ENOMEM);
	text->any = text->any || rows;
}

/* Ends the open table or grid. */
static void close_all(struct output *output, struct text *text)
{
	flush_table(output, text);
	table_close(&text->table);
	if (text->grid) {
		text_grid_put(text->grid, output, text->any);
		text->any = true;
	}
	text_grid_free(text->grid);
	text->grid = NULL;
	text->grid_schema = NULL;
}

static bool put_in_grid(struct output *output, struct text *text, const struct schema *schema,
			const struct value *values)
{
	if (text->grid_schema != schema) {
		close_all(output, text);
		text->grid = text_grid_new(schema);
		text->grid_schema = text->grid ? schema : NULL;
	}
	return text->grid && text_grid_add(text->grid, values);
}

static bool put_in_table(struct output *output, struct text *text, const struct schema *schema,
			 const struct value *values)
{
	bool done;

	if (text->table.schema != schema || table_lacks(&text->table, values)) {
		close_all(output, text);
		if (!table_open(output, &text->table, schema))
			return false;
	}
	done = table_add(output, &text->table, values, text->any);
	text->any = text->any || text->table.headed;
	return done;
}

static void text_record(struct output *output, const struct schema *schema,
			const struct value *values)
{
	bool grid = schema->grid && !output->options.verbose && !output->options.columns, done;

	if (!table_shows(output, schema) || (output->only && schema != output->only))
		return;
	if (schema->fields[0].type == FIELD_LINE) {
		line_write(output, &values[0]);
		return;
	}
	done = grid ? put_in_grid(output, output->state, schema, values)
		    : put_in_table(output, output->state, schema, values);
	if (!done)
		output_fail(output, ENOMEM);
}

static void text_flush(struct output *output)
{
	flush_table(output, output->state);
}

/* Writes the summary, a line for each of its values. */
static void put_summary(struct output *output, struct text *text)
{
	const struct schema *schema = output->summary;
	struct expectation expected = output_expected(output, schema);
	struct cells *cells = &text->table.text;

	for (size_t i = 0; schema && i < schema->count; i++) {
		const struct field *field = &schema->fields[i];
		const struct value *value = &output->summary_values[i];
		struct cell cell;

		if (!value->present || (expected.never & UINT64_C(1) << i) ||
		    ((field->flags & FIELD_DETAIL) && !output->options.verbose) ||
		    ((field->flags & FIELD_SPARSE) && field->type == FIELD_INTEGER &&
		     !value->integer))
			continue;
		cells->used = 0;
		if (!cells_add(cells, &cell, output, field, value)) {
			output_fail(output, ENOMEM);
			return;
		}
		fprintf(output->stream, "%s%s: %.*s\n", text->any ? "\n" : "", field->name,
			(int)cell.len, cells->bytes + cell.start);
		text->any = false;
	}
}

static void text_end(struct output *output, const char *status)
{
	struct text *text = output->state;

	(void)status;
	close_all(output, text);
	if (!output->only)
		put_summary(output, text);
}

static void text_free(struct output *output)
{
	struct text *text = output->state;

	if (!text)
		return;
	table_free(&text->table);
	text_grid_free(text->grid);
	free(text);
}

const struct renderer text_renderer = {
	.begin = text_begin,
	.record = text_record,
	.flush = text_flush,
	.end = text_end,
	.free = text_free,
};
