/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Records that are lines of text, copied through. */
#ifndef CMD_OUTPUT_LINE_H
#define CMD_OUTPUT_LINE_H

#include "renderer.h"

/*
 * Writes the line as text. A file or a pipe gets the bytes unchanged. On a terminal, control
 * characters are escaped, except for tabs, the CR of a line break, and, if the output uses colour,
 * colours that leave the text legible on any background; they end with the line.
 */
void line_write(struct output *output, const struct value *value);

/* The line as UTF-8 of *len bytes, which may include NULs; each invalid byte is replaced by U+FFFD.
 * The caller frees it. NULL: no memory. */
char *line_utf8(const struct value *value, size_t *len);

#endif
