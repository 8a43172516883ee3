/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Values as text, one after another in one buffer: with a hundred thousand rows, an allocation for
 * each cell would be slow.
 */
#ifndef CMD_OUTPUT_CELLS_H
#define CMD_OUTPUT_CELLS_H

#include "renderer.h"

/* Where a cell's text is in the buffer. */
struct cell {
	size_t start;
	size_t len;
	size_t width;
};

struct cells {
	char *bytes;
	size_t used, room;
};

/* Makes room for len more bytes, and returns where they begin; NULL if there is no memory. */
char *cells_more(struct cells *cells, size_t len);

/* Adds a value's text, "-" if it has none. Returns false if there is no memory. */
bool cells_add(struct cells *cells, struct cell *cell, const struct output *output,
	       const struct field *field, const struct value *value);

/* Cuts the cell that was added last to this many columns, the last of which is the ellipsis.
 * Returns false if there is no memory. */
bool cells_cut(struct cells *cells, struct cell *cell, size_t columns, const char *ellipsis);

/* Breaks the cell that was added last into lines of this many columns, at blanks if it has some;
 * all but the first begin after indent blanks. Returns false if there is no memory. */
bool cells_wrap(struct cells *cells, struct cell *cell, size_t columns, size_t indent);

/* Whether a value has text; if not, "-" is shown. */
bool cell_has_text(const struct field *field, const struct value *value);

#endif
