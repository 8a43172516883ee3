/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Colours of text, as escape sequences. */
#ifndef CMD_OUTPUT_COLOR_H
#define CMD_OUTPUT_COLOR_H

#include <stddef.h>

#define COLOR_END  "\033[0m"
#define COLOR_MOST 16 /* bytes of the sequence that sets a colour, and of the one that ends it */

/* The colour of a verdict's word of len bytes, or NULL. */
const char *color_of_verdict(const char *word, size_t len);

#endif
