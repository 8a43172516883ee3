/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Distinct strings, each kept once, in an arena. */
#ifndef KVET_KSYMS_NAMES_H
#define KVET_KSYMS_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include <kvet/cause.h>

#include "core/hash.h"

#define KSYMS_NO_NAME HASH_NONE

/* Names are numbered from 0 in the order in which they were added. */
struct ksyms_names {
	char *arena; /* each with its NUL */
	size_t arena_used, arena_room;
	uint32_t *offsets; /* by number: the place in the arena */
	size_t count, room;
	struct hash hash;
};

static inline const char *ksyms_name(const struct ksyms_names *names, uint32_t number)
{
	return names->arena + names->offsets[number];
}

/* Makes room for 2^bits slots, so that a large table need not grow step by step. Returns 0 or
 * -ENOMEM. */
int kvet_ksyms_names_reserve(struct ksyms_names *names, unsigned int bits);

/* Adds a name of this hash (kvet_hash_string()); *number receives its number. Errors: -ENOMEM;
 * -E2BIG past 4 GiB of names. */
int kvet_ksyms_names_add(struct ksyms_names *names, uint32_t hash, const char *name, size_t len,
			 uint32_t *number, struct kvet_cause *err);

/* The number of a name, or KSYMS_NO_NAME. */
uint32_t kvet_ksyms_names_find(const struct ksyms_names *names, const char *name, size_t len);

/* Copies the first count names of from into names, which is empty. Returns 0 or -ENOMEM. */
int kvet_ksyms_names_first(struct ksyms_names *names, const struct ksyms_names *from, size_t count);

/* Frees the spare room that growing has left. */
void kvet_ksyms_names_shrink(struct ksyms_names *names);
void kvet_ksyms_names_free(struct ksyms_names *names);

#endif
