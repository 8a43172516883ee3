/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which columns of a table fit into a terminal's line, and how wide they are. Pure. */
#ifndef CMD_OUTPUT_LAYOUT_H
#define CMD_OUTPUT_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

/* The gap between two columns. */
#define LAYOUT_GAP 2

struct layout_column {
	bool shown;     /* before: it is to be shown; after: it is */
	size_t natural; /* the width of its heading and its values */
	size_t least;   /* the width that they can be cut to; equal to natural if they cannot */
	unsigned int priority; /* the largest is dropped first; 0: only as a last resort */
	size_t width;          /* the result */
};

/*
 * Fits the columns into a line (0: of any length). Columns with a priority are dropped, the largest
 * first, and of equals the rightmost; then values are cut, the longest first; then any columns are
 * dropped until one is left. keep: none is dropped. The last column that is shown may run over the
 * line's end; all others, with their gaps, fit into it, unless keep prevents that.
 */
void layout_fit(struct layout_column *columns, size_t count, size_t line, bool keep);

#endif
