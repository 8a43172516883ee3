/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How many columns of a terminal a text takes, according to wcwidth(3). */
#ifndef CMD_OUTPUT_WIDTH_H
#define CMD_OUTPUT_WIDTH_H

#include <stddef.h>

/* The width of len bytes that safe_text() made. */
size_t width_of(const char *safe, size_t len);

/* How many of the bytes fit into this many columns, without cutting a character. */
size_t width_prefix(const char *safe, size_t len, size_t columns);

#endif
