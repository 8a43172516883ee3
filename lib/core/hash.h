/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A hash table of numbers. What a number stands for, its owner keeps: strings in an arena, types of
 * a BTF. Walking and comparing is inline, because the symbol table adds and finds 200,000 names.
 */
#ifndef KVET_CORE_HASH_H
#define KVET_CORE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HASH_NONE UINT32_MAX

/* Numbers take one bit less than there are in a slot, so that bits of the hash are left. */
#define HASH_BITS_MOST 31

/* Starts as { 0 }. */
struct hash {
	/* A power of two of slots: number + 1 in as many of the lower bits as it takes to count
	 * them, and bits of the hash above it; 0 is free. */
	uint32_t *slots;
	unsigned int bits;
};

/* Whether the owner's item of this number has this key. */
typedef bool hash_is(const void *owner, uint32_t number, const void *key);

/* The hash of an item. */
typedef uint32_t hash_of(const void *owner, uint32_t number);

/* The hash of a string. */
uint32_t kvet_hash_string(const char *string, size_t len);

/*
 * Makes 2^bits slots, unused pages of which take no memory, and enters the items that there are:
 * the numbers below count. of may be NULL if count is 0. Returns 0 or -ENOMEM: the table is as it
 * was.
 */
int kvet_hash_resize(struct hash *hash, unsigned int bits, size_t count, hash_of *of,
		     const void *owner);
void kvet_hash_free(struct hash *hash);

/* Makes to, which has no slots, a table of only the numbers below count, as it was before the
 * others were entered: they must have been entered in their order. Returns 0 or -ENOMEM. */
int kvet_hash_first(struct hash *to, const struct hash *from, size_t count);

static inline uint32_t hash_mask(const struct hash *hash)
{
	return (1U << hash->bits) - 1;
}

/* At three quarters full, a search passes two other items on average. */
static inline bool hash_has_room(const struct hash *hash, size_t count)
{
	return hash->slots && count <= (size_t)hash_mask(hash) / 4 * 3;
}

/* Prefetches the slot of an item that will be searched soon, since a table's slots do not fit into
 * the caches. */
static inline void hash_expect(const struct hash *hash, uint32_t value)
{
	if (hash->slots)
		__builtin_prefetch(&hash->slots[value >> (32 - hash->bits)], 1);
}

/* The number of the item in a slot, or HASH_NONE. */
static inline uint32_t hash_number(const struct hash *hash, size_t place)
{
	return (hash->slots[place] & hash_mask(hash)) - 1;
}

/* The number that the item of this hash most probably has, or HASH_NONE. */
static inline uint32_t hash_guess(const struct hash *hash, uint32_t value)
{
	uint32_t slot = hash->slots ? hash->slots[value >> (32 - hash->bits)] : 0;
	uint32_t number = slot & hash_mask(hash);

	return number && (slot ^ (value << hash->bits)) == number ? number - 1 : HASH_NONE;
}

static inline size_t hash_following(const struct hash *hash, size_t place)
{
	return (place + 1) & hash_mask(hash);
}

/* The slot of the item, or the free one for it. One exists: slots are never all taken. */
static inline size_t hash_find(const struct hash *hash, uint32_t value, hash_is *is,
			       const void *owner, const void *key)
{
	uint32_t mask = hash_mask(hash), tag = value << hash->bits;
	size_t place = value >> (32 - hash->bits);

	for (; hash->slots[place]; place = hash_following(hash, place))
		if ((hash->slots[place] & ~mask) == tag &&
		    is(owner, (hash->slots[place] & mask) - 1, key))
			break;
	return place;
}

/* Enters an item into the slot that hash_find() returned. */
static inline void hash_put(struct hash *hash, size_t place, uint32_t value, uint32_t number)
{
	hash->slots[place] = value << hash->bits | (number + 1);
}

#endif
