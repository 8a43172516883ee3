/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Values as text, one behind the other in one buffer: a hundred thousand rows are no rarity,
 * and nothing is allocated for a cell.
 */
#ifndef CMD_OUTPUT_CELLS_H
#define CMD_OUTPUT_CELLS_H

#include "renderer.h"

/* Where a cell's text stands among the bytes. */
struct cell {
	size_t start;
	size_t len;
	size_t width;
};

struct cells {
	char *bytes;
	size_t used, room;
};

/* Room for len bytes more behind those that are used; NULL if there is no memory. */
char *cells_more(struct cells *cells, size_t len);

/* Adds a value's text, "-" if it has none. Returns false if memory is out. */
bool cells_add(struct cells *cells, struct cell *cell, const struct output *output,
	       const struct field *field, const struct value *value);

/* Cuts the last cell that was added to so many columns, of which the ellipsis takes the
 * last. Returns false if memory is out. */
bool cells_cut(struct cells *cells, struct cell *cell, size_t columns, const char *ellipsis);

/* Whether a value has a text of its own. */
bool cell_has_text(const struct field *field, const struct value *value);

#endif
