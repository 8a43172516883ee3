/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A table of records of one schema, for text. Its first rows are held back to find the columns'
 * widths; then each is written as it comes. */
#ifndef CMD_OUTPUT_TABLE_H
#define CMD_OUTPUT_TABLE_H

#include "cells.h"
#include "layout.h"

struct table {
	const struct schema *schema; /* NULL: it is not open */
	size_t columns;
	size_t *fields;               /* columns: the field that each shows */
	struct layout_column *layout; /* columns */
	struct cell *held;            /* of the rows that are held back, and of a line */
	bool *absent;                 /* columns: no value has come for them, once headed */
	size_t rows;                  /* held back */
	bool headed;                  /* the heading is written, the widths are final */
	bool fixed;                   /* the columns are those that somebody has asked for */
	struct cells text;            /* of the cells held back; behind them, of the line */
	size_t last;                  /* column that is shown, once headed */
	size_t line;                  /* columns of the terminal's lines that it keeps to; 0: any */
	size_t slack;                 /* that a line has beside its columns, once headed */
};

/* Opens a table, which is closed. These return false if memory is out. */
bool table_open(const struct output *output, struct table *table, const struct schema *schema);

/* Adds a record. blank_before: of the heading. */
bool table_add(struct output *output, struct table *table, const struct value *values,
	       bool blank_before);

/* Writes the rows that are held back. */
bool table_flush(struct output *output, struct table *table, bool blank_before);

/* Whether a value belongs into a column that is not there, now that the heading is. */
bool table_lacks(const struct table *table, const struct value *values);

/* Whether text shows records of this schema at all. */
bool table_shows(const struct output *output, const struct schema *schema);

void table_close(struct table *table);
void table_free(struct table *table);

#endif
