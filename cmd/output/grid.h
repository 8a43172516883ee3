/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Records as a grid of marks, for text: one row for each would be too many. */
#ifndef CMD_OUTPUT_GRID_H
#define CMD_OUTPUT_GRID_H

#include "renderer.h"

struct text_grid;

/* These return NULL or false if there is no memory. */
struct text_grid *text_grid_new(const struct schema *schema);
bool text_grid_add(struct text_grid *grid, const struct value *values);
void text_grid_put(const struct text_grid *grid, struct output *output, bool blank_before);
void text_grid_free(struct text_grid *grid);

#endif
