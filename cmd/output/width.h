/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How many columns of a terminal text takes, as wcwidth(3) has it. */
#ifndef CMD_OUTPUT_WIDTH_H
#define CMD_OUTPUT_WIDTH_H

#include <stddef.h>

/* Of len bytes of what safe_text() has made. */
size_t width_of(const char *safe, size_t len);

/* How many of the bytes fit into so many columns, a character whole. */
size_t width_prefix(const char *safe, size_t len, size_t columns);

#endif
