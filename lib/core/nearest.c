/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <string.h>

#include <kvet/nearest.h>

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The restricted Damerau-Levenshtein distance. Row i holds the distances between the first
 * i letters of a and every beginning of b; a swap looks two rows back, so three are kept. */
size_t kvet_nearest_distance(const char *a, const char *b)
{
	size_t rows[3][KVET_NEAREST_WORD_MAX + 1];
	size_t a_len = strlen(a), b_len = strlen(b);

	if (a_len > KVET_NEAREST_WORD_MAX || b_len > KVET_NEAREST_WORD_MAX)
		return (size_t)-1;
	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *row = rows[i % 3];
		const size_t *above = rows[(i - 1) % 3], *above2 = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t change = above[j - 1] + (a[i - 1] != b[j - 1]);

			row[j] = least(change, least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], above2[j - 2] + 1);
		}
	}
	return rows[a_len % 3][b_len];
}

void kvet_nearest_init(struct kvet_nearest *nearest, const char *word)
{
	/* A third of the letters may be wrong; beyond that a suggestion is a guess. */
	*nearest = (struct kvet_nearest){ .word = word, .distance = strlen(word) / 3 + 1 };
}

void kvet_nearest_offer(struct kvet_nearest *nearest, const char *candidate)
{
	size_t distance = kvet_nearest_distance(nearest->word, candidate);

	if (distance < nearest->distance) {
		nearest->best = candidate;
		nearest->distance = distance;
	}
}
