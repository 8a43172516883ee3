/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Distinct strings, each kept once: a hash table over an arena. */
#ifndef KVET_KSYMS_NAMES_H
#define KVET_KSYMS_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include <kvet/cause.h>

#define KSYMS_NO_NAME UINT32_MAX

/* Names are numbered from 0 in the order in which they were added. */
struct ksyms_names {
	char *arena; /* each with its NUL */
	size_t arena_used, arena_room;
	uint32_t *offsets; /* by number: the place in the arena */
	size_t count, room;
	/* A power of two of slots: number + 1 in as many of the lower bits as it takes to
	 * count them, and bits of the hash above it; 0 is free. */
	uint32_t *slots;
	unsigned int slot_bits;
};

static inline const char *ksyms_name(const struct ksyms_names *names, uint32_t number)
{
	return names->arena + names->offsets[number];
}

/* Makes room for 2^bits slots, so that a large table need not grow step by step. Unused pages take
 * no memory. Returns 0 or -ENOMEM. */
int kvet_ksyms_names_reserve(struct ksyms_names *names, unsigned int bits);

/* The hash of a name, which its slot depends on. */
uint32_t kvet_ksyms_names_hash(const char *name, size_t len);

/* Prefetches the slot of a name that will be added soon, since a table's slots do not fit into the
 * caches. */
static inline void ksyms_names_expect(const struct ksyms_names *names, uint32_t hash)
{
	if (names->slots)
		__builtin_prefetch(&names->slots[hash >> (32 - names->slot_bits)], 1);
}

/* The number that a name of this hash most probably has, or KSYMS_NO_NAME. */
static inline uint32_t ksyms_names_guess(const struct ksyms_names *names, uint32_t hash)
{
	uint32_t slot = names->slots ? names->slots[hash >> (32 - names->slot_bits)] : 0;
	uint32_t number = slot & ((1U << names->slot_bits) - 1);

	return number && (slot ^ (hash << names->slot_bits)) == number ? number - 1 : KSYMS_NO_NAME;
}

/* Adds a name of this hash; *number receives its number. Errors: -ENOMEM; -E2BIG past 4 GiB of
 * names. */
int kvet_ksyms_names_add(struct ksyms_names *names, uint32_t hash, const char *name, size_t len,
			 uint32_t *number, struct kvet_cause *err);

/* The number of a name, or KSYMS_NO_NAME. */
uint32_t kvet_ksyms_names_find(const struct ksyms_names *names, const char *name, size_t len);

/* Frees the spare room that growing has left. */
void kvet_ksyms_names_shrink(struct ksyms_names *names);
void kvet_ksyms_names_free(struct ksyms_names *names);

#endif
