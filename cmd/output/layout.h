/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which columns of a table a terminal's line has room for, and how wide they are. Pure. */
#ifndef CMD_OUTPUT_LAYOUT_H
#define CMD_OUTPUT_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

/* Between two columns. */
#define LAYOUT_GAP 2

struct layout_column {
	bool shown;            /* it is wanted; in the end: it is there */
	size_t natural;        /* what its heading and its values take */
	size_t least;          /* what they can be cut to; natural: they cannot */
	unsigned int priority; /* the larger, the earlier it leaves; 0: with the last resort */
	size_t width;          /* in the end */
};

/*
 * Fits the columns into a line (0: of any length). Columns with a priority leave, the largest
 * first, and of equals the rightmost; then values are cut, the longest first; then any column
 * leaves but one. keep: none leaves. The last column that is shown may run over: all others,
 * with their gaps, are short of the line, unless none may leave.
 */
void layout_fit(struct layout_column *columns, size_t count, size_t line, bool keep);

#endif
