/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A record that is a line of text: bytes that are copied through. */
#ifndef CMD_OUTPUT_LINE_H
#define CMD_OUTPUT_LINE_H

#include "renderer.h"

/*
 * Writes the line as text. A file or a pipe gets the bytes as they are. On a terminal control
 * characters are escaped, but for tabs, the CR of a line break, and colours that leave the text
 * legible on any background: the output's own colour has to be on, and ends with the line.
 */
void line_write(struct output *output, const struct value *value);

/* The line as UTF-8 of *len bytes, NUL among them; each byte that is not valid is replaced by
 * U+FFFD. The caller frees it. NULL: no memory. */
char *line_utf8(const struct value *value, size_t *len);

#endif
