/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stddef.h>
#include <string.h>

#include "suggest.h"

#define WORD_MOST 63

/* Levenshtein's distance, in one row. */
static size_t distance(const char *a, const char *b)
{
	size_t row[WORD_MOST + 1], lb = strlen(b);

	if (strlen(a) > WORD_MOST || lb > WORD_MOST)
		return WORD_MOST;
	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < lb; j++) {
			size_t best = diagonal + (a[i] != b[j]);

			diagonal = row[j + 1];
			best = diagonal + 1 < best ? diagonal + 1 : best;
			best = row[j] + 1 < best ? row[j] + 1 : best;
			row[j + 1] = best;
		}
	}
	return row[lb];
}

const char *suggest(const char *word, const char *const *names)
{
	/* A third of the word may be wrong: "lokup", "compere", but not any word at all. */
	size_t least = strlen(word) / 3 + 1;
	const char *near = NULL;

	for (; *names; names++) {
		size_t d = distance(word, *names);

		if (d <= least) {
			least = d - (d > 0);
			near = *names;
		}
	}
	return near;
}
