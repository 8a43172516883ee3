/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* "Did you mean …": which of the known names is most like a misspelt one. Pure. */
#ifndef KVET_NEAREST_H
#define KVET_NEAREST_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Longer words than this are like nothing. */
#define KVET_NEAREST_WORD_MAX 63

/* A search: name the word, offer every candidate, read best (NULL if none is near). Of
 * equally near candidates the first wins. The strings stay the caller's. */
struct kvet_nearest {
	const char *word;
	const char *best;
	size_t distance; /* of best */
};

void kvet_nearest_init(struct kvet_nearest *nearest, const char *word);
void kvet_nearest_offer(struct kvet_nearest *nearest, const char *candidate);

/* How many single steps (a letter put in, left out, changed, or two neighbours swapped)
 * lead from a to b; (size_t)-1 if one of them is longer than KVET_NEAREST_WORD_MAX. */
size_t kvet_nearest_distance(const char *a, const char *b);

#ifdef __cplusplus
}
#endif

#endif
