/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"

#define BATCH 64

static uint64_t load64(const char *s)
{
	uint64_t word;

	memcpy(&word, s, sizeof(word));
	return word;
}

static uint64_t load32(const char *s)
{
	uint32_t word;

	memcpy(&word, s, sizeof(word));
	return word;
}

/* The last word overlaps the one before, so that no byte past the string is read. */
uint32_t kvet_hash_string(const char *string, size_t len)
{
	const uint64_t odd = 0x9fb21c651e98df25ULL;
	uint64_t hash = len * odd, last;

	for (; len > 8; string += 8, len -= 8) {
		hash = (hash ^ load64(string)) * odd;
		hash ^= hash >> 32;
		if (len < 16) {
			string -= 16 - len;
			len = 16;
		}
	}
	if (len == 8)
		last = load64(string);
	else if (len >= 4)
		last = load32(string) | load32(string + len - 4) << 32;
	else
		last = len ? (uint64_t)(unsigned char)string[0] |
				       (uint64_t)(unsigned char)string[len / 2] << 8 |
				       (uint64_t)(unsigned char)string[len - 1] << 16
			   : 0;
	hash = (hash ^ last) * odd;
	hash ^= hash >> 32;
	return (uint32_t)((hash * odd) >> 32);
}

int kvet_hash_resize(struct hash *hash, unsigned int bits, size_t count, hash_of *of,
		     const void *owner)
{
	uint32_t *slots = calloc(1UL << bits, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	free(hash->slots);
	hash->slots = slots;
	hash->bits = bits;
	/* One batch of slots is prefetched before it is filled. */
	for (size_t start = 0, end; start < count; start = end) {
		uint32_t values[BATCH];

		end = start + BATCH < count ? start + BATCH : count;
		for (size_t i = start; i < end; i++) {
			values[i - start] = of(owner, (uint32_t)i);
			hash_expect(hash, values[i - start]);
		}
		for (size_t i = start; i < end; i++) {
			size_t place = values[i - start] >> (32 - bits);

			while (slots[place])
				place = hash_following(hash, place);
			hash_put(hash, place, values[i - start], (uint32_t)i);
		}
	}
	return 0;
}

void kvet_hash_free(struct hash *hash)
{
	free(hash->slots);
	*hash = (struct hash){ 0 };
}

/* No item is ever moved to another slot, so a later one is in a slot that was free. */
int kvet_hash_first(struct hash *to, const struct hash *from, size_t count)
{
	size_t size = 1UL << from->bits;
	uint32_t *slots = malloc(size * sizeof(*slots)), mask = hash_mask(from);

	if (!slots)
		return -ENOMEM;
	for (size_t i = 0; i < size; i++)
		slots[i] = (from->slots[i] & mask) > count ? 0 : from->slots[i];
	*to = (struct hash){ slots, from->bits };
	return 0;
}
