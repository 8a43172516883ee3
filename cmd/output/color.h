/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Colours of text, as escape sequences. */
#ifndef CMD_OUTPUT_COLOR_H
#define CMD_OUTPUT_COLOR_H

#include <stddef.h>
#include <string.h>

#define COLOR_END  "\033[0m"
#define COLOR_MOST 16 /* bytes of the sequence that sets a colour, and of the one that ends it */

/* The colour of a verdict's word of len bytes, or NULL. */
static inline const char *color_of_verdict(const char *word, size_t len)
{
	static const struct {
		const char *word, *color;
	} colors[] = {
		{ "yes", "\033[32m" },         { "supported", "\033[32m" },    { "no", "\033[31m" },
		{ "unsupported", "\033[31m" }, { "undetermined", "\033[33m" },
	};

	for (size_t i = 0; i < sizeof(colors) / sizeof(*colors); i++)
		if (strlen(colors[i].word) == len && !memcmp(word, colors[i].word, len))
			return colors[i].color;
	return NULL;
}

#endif
