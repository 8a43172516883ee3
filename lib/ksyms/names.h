/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Strings, each kept once: a hash of the distinct ones over an arena. */
#ifndef KVET_KSYMS_NAMES_H
#define KVET_KSYMS_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include <kvet/error.h>

#define KSYMS_NO_NAME UINT32_MAX

/* Names have numbers from 0 on, in the order in which they came. */
struct ksyms_names {
	char *arena; /* each with its NUL */
	size_t arena_used, arena_room;
	uint32_t *offsets; /* by number: where it stands in the arena */
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

/* Makes room for 2^bits slots, so that a big table need not grow them step by step. Memory
 * that nothing is put into takes none. Returns 0 or -ENOMEM. */
int kvet_ksyms_names_reserve(struct ksyms_names *names, unsigned int bits);

/* What a name's slot depends on. */
uint32_t kvet_ksyms_names_hash(const char *name, size_t len);

/* Has the slot of a name brought in that will be added soon: a table's slots do not fit into
 * the caches, and with the next ones on their way nobody has to wait. */
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

/* Keeps a name of this hash; *number is its. Errors: -ENOMEM; -E2BIG past 4 GiB of names. */
int kvet_ksyms_names_add(struct ksyms_names *names, uint32_t hash, const char *name, size_t len,
			 uint32_t *number, struct kvet_error *err);

/* The number of a name, or KSYMS_NO_NAME. */
uint32_t kvet_ksyms_names_find(const struct ksyms_names *names, const char *name, size_t len);

/* Gives back what growing has reserved. */
void kvet_ksyms_names_shrink(struct ksyms_names *names);
void kvet_ksyms_names_free(struct ksyms_names *names);

#endif
