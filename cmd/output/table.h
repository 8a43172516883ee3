/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A table of records of one schema, for text. Its first rows are held back to find the columns'
 * widths; later rows are written as they come. */
#ifndef CMD_OUTPUT_TABLE_H
#define CMD_OUTPUT_TABLE_H

#include "cells.h"
#include "layout.h"

struct table {
	const struct schema *schema; /* NULL: the table is closed */
	size_t columns;
	size_t *fields;               /* for each column: its field */
	struct layout_column *layout; /* for each column */
	struct cell *held; /* cells of the rows that are held back, and of one more line */
	bool *absent;      /* for each column, after the heading: it had no value */
	size_t rows;       /* rows that are held back */
	bool headed;       /* the heading is written, and the widths are final */
	bool fixed;        /* --columns names the columns */
	struct cells text; /* text of the cells that are held back, then of the line */
	size_t last;       /* the last column that is shown, after the heading */
	size_t line;       /* the width of the terminal's lines; 0: any */
	size_t slack;      /* columns of a line that no column uses, after the heading */
	/* If values of a column are shown below their records: that column plus 1, and where the
	 * last column begins, which is wrapped then. */
	size_t below, indent;
};

/* Opens a closed table. These return false if there is no memory. */
bool table_open(const struct output *output, struct table *table, const struct schema *schema);

/* Adds a record. blank_before: write an empty line before the heading. */
bool table_add(struct output *output, struct table *table, const struct value *values,
	       bool blank_before);

/* Writes the heading, if it is not written yet, and the rows that are held back. */
bool table_flush(struct output *output, struct table *table, bool blank_before);

/* Whether the record has a value for a column that the heading does not have. */
bool table_lacks(const struct table *table, const struct value *values);

/* Whether text shows records of this schema at all. */
bool table_shows(const struct output *output, const struct schema *schema);

void table_close(struct table *table);
void table_free(struct table *table);

#endif
