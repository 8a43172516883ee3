/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <string.h>

#include "color.h"

const char *color_of_verdict(const char *word, size_t len)
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
