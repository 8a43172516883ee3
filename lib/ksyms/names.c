/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "core/fail.h"
#include "ksyms/names.h"

#define SLOT_BITS_FIRST 6
#define REHASH_BATCH    64
/* Numbers take one bit less than there are in a slot, so that bits of the hash are left. */
#define SLOT_BITS_MOST  31

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

/* The last word overlaps the one before, so that no byte past the name is read. */
uint32_t kvet_ksyms_names_hash(const char *name, size_t len)
{
	const uint64_t odd = 0x9fb21c651e98df25ULL;
	uint64_t hash = len * odd, last;

	for (; len > 8; name += 8, len -= 8) {
		hash = (hash ^ load64(name)) * odd;
		hash ^= hash >> 32;
		if (len < 16) {
			name -= 16 - len;
			len = 16;
		}
	}
	if (len == 8)
		last = load64(name);
	else if (len >= 4)
		last = load32(name) | load32(name + len - 4) << 32;
	else
		last = len ? (uint64_t)(unsigned char)name[0] |
				       (uint64_t)(unsigned char)name[len / 2] << 8 |
				       (uint64_t)(unsigned char)name[len - 1] << 16
			   : 0;
	hash = (hash ^ last) * odd;
	hash ^= hash >> 32;
	return (uint32_t)((hash * odd) >> 32);
}

static uint32_t number_mask(const struct ksyms_names *names)
{
	return (1U << names->slot_bits) - 1;
}

static size_t following(const struct ksyms_names *names, size_t place)
{
	return (place + 1) & number_mask(names);
}

static uint32_t slot_for(const struct ksyms_names *names, uint32_t hash, size_t number)
{
	return hash << names->slot_bits | (uint32_t)(number + 1);
}

int kvet_ksyms_names_reserve(struct ksyms_names *names, unsigned int bits)
{
	uint32_t *slots = calloc(1UL << bits, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	free(names->slots);
	names->slots = slots;
	names->slot_bits = bits;
	/* One batch of slots is prefetched while the one before it is filled. */
	for (size_t start = 0, end; start < names->count; start = end) {
		uint32_t hashes[REHASH_BATCH];

		end = start + REHASH_BATCH < names->count ? start + REHASH_BATCH : names->count;
		for (size_t i = start; i < end; i++) {
			const char *name = ksyms_name(names, (uint32_t)i);

			hashes[i - start] = kvet_ksyms_names_hash(name, strlen(name));
			ksyms_names_expect(names, hashes[i - start]);
		}
		for (size_t i = start; i < end; i++) {
			size_t place = hashes[i - start] >> (32 - bits);

			while (slots[place])
				place = following(names, place);
			slots[place] = slot_for(names, hashes[i - start], i);
		}
	}
	return 0;
}

static bool is(const struct ksyms_names *names, size_t number, const char *name, size_t len)
{
	size_t offset = names->offsets[number];

	/* The kept name has a NUL and name has none: if they compare equal, it has len bytes. */
	return offset + len < names->arena_used && !memcmp(names->arena + offset, name, len) &&
	       !names->arena[offset + len];
}

/* The slot of a name, or the free one for it. One exists: slots are never all taken. */
static size_t find_slot(const struct ksyms_names *names, uint32_t hash, const char *name,
			size_t len)
{
	uint32_t mask = number_mask(names), tag = hash << names->slot_bits;
	size_t place = hash >> (32 - names->slot_bits);

	for (; names->slots[place]; place = following(names, place))
		if ((names->slots[place] & ~mask) == tag &&
		    is(names, (names->slots[place] & mask) - 1, name, len))
			break;
	return place;
}

static int append(struct ksyms_names *names, const char *name, size_t len, struct kvet_cause *err)
{
	if (names->arena_used + len + 1 > UINT32_MAX)
		return kvet_reject(err, E2BIG, "kallsyms", "more than 4 GiB of names");
	if (!ARRAY_RESERVE(names->arena, names->arena_room, names->arena_used + len + 1) ||
	    !ARRAY_RESERVE(names->offsets, names->room, names->count + 1))
		return kvet_fail_memory(err);
	names->offsets[names->count++] = (uint32_t)names->arena_used;
	memcpy(names->arena + names->arena_used, name, len);
	names->arena[names->arena_used + len] = '\0';
	names->arena_used += len + 1;
	return 0;
}

int kvet_ksyms_names_add(struct ksyms_names *names, uint32_t hash, const char *name, size_t len,
			 uint32_t *number, struct kvet_cause *err)
{
	size_t place;
	int ret;

	/* At three quarters full, a search passes two other names on average. */
	if (!names->slots || names->count + 1 > (size_t)number_mask(names) / 4 * 3) {
		unsigned int bits = names->slots ? names->slot_bits + 1 : SLOT_BITS_FIRST;

		if (bits > SLOT_BITS_MOST)
			return kvet_reject(err, E2BIG, "kallsyms", "more than 2^30 names");
		if (kvet_ksyms_names_reserve(names, bits))
			return kvet_fail_memory(err);
	}
	place = find_slot(names, hash, name, len);
	if (!names->slots[place]) {
		ret = append(names, name, len, err);
		if (ret)
			return ret;
		names->slots[place] = slot_for(names, hash, names->count - 1);
	}
	*number = (names->slots[place] & number_mask(names)) - 1;
	return 0;
}

uint32_t kvet_ksyms_names_find(const struct ksyms_names *names, const char *name, size_t len)
{
	size_t place;

	if (!names->count)
		return KSYMS_NO_NAME;
	place = find_slot(names, kvet_ksyms_names_hash(name, len), name, len);
	return names->slots[place] ? (names->slots[place] & number_mask(names)) - 1 : KSYMS_NO_NAME;
}

void kvet_ksyms_names_shrink(struct ksyms_names *names)
{
	/* If this fails, only the spare room is not freed. */
	if (names->arena_used && ARRAY_RESIZE(names->arena, names->arena_used))
		names->arena_room = names->arena_used;
	if (names->count && ARRAY_RESIZE(names->offsets, names->count))
		names->room = names->count;
}

void kvet_ksyms_names_free(struct ksyms_names *names)
{
	free(names->arena);
	free(names->offsets);
	free(names->slots);
	*names = (struct ksyms_names){ 0 };
}
