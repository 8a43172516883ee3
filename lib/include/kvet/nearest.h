/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* "Did you mean …": which of the known names is most similar to a misspelt one. Pure. */
#ifndef KVET_NEAREST_H
#define KVET_NEAREST_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Words longer than this are similar to nothing. */
#define KVET_NEAREST_WORD_MAX 63

/* A search: set the word, offer every candidate, read best (NULL if none is similar). Of equally
 * similar candidates the first wins. The strings stay the caller's. */
struct kvet_nearest {
	const char *word;
	const char *best;
	size_t distance; /* of best */
};

void kvet_nearest_init(struct kvet_nearest *nearest, const char *word);
void kvet_nearest_offer(struct kvet_nearest *nearest, const char *candidate);

/* The number of single steps (a letter inserted, removed or changed, or two neighbours swapped)
 * from a to b; (size_t)-1 if one of them is longer than KVET_NEAREST_WORD_MAX. */
size_t kvet_nearest_distance(const char *a, const char *b);

#ifdef __cplusplus
}
#endif

#endif
