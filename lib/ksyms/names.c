/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "core/fail.h"
#include "ksyms/names.h"

#define BITS_FIRST 6

struct key {
	const char *name;
	size_t len;
};

static uint32_t name_hash(const void *owner, uint32_t number)
{
	const char *name = ksyms_name(owner, number);

	return kvet_hash_string(name, strlen(name));
}

static bool name_is(const void *owner, uint32_t number, const void *wanted)
{
	const struct ksyms_names *names = owner;
	const struct key *key = wanted;
	size_t offset = names->offsets[number];

	/* The kept name has a NUL and the key has none: if they compare equal, it has len bytes. */
	return offset + key->len < names->arena_used &&
	       !memcmp(names->arena + offset, key->name, key->len) &&
	       !names->arena[offset + key->len];
}

int kvet_ksyms_names_reserve(struct ksyms_names *names, unsigned int bits)
{
	return kvet_hash_resize(&names->hash, bits, names->count, name_hash, names);
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
	const struct key key = { name, len };
	size_t place;
	int ret;

	if (!hash_has_room(&names->hash, names->count + 1)) {
		unsigned int bits = names->hash.slots ? names->hash.bits + 1 : BITS_FIRST;

		if (bits > HASH_BITS_MOST)
			return kvet_reject(err, E2BIG, "kallsyms", "more than 2^30 names");
		if (kvet_ksyms_names_reserve(names, bits))
			return kvet_fail_memory(err);
	}
	place = hash_find(&names->hash, hash, name_is, names, &key);
	if (hash_number(&names->hash, place) == HASH_NONE) {
		ret = append(names, name, len, err);
		if (ret)
			return ret;
		hash_put(&names->hash, place, hash, (uint32_t)(names->count - 1));
	}
	*number = hash_number(&names->hash, place);
	return 0;
}

uint32_t kvet_ksyms_names_find(const struct ksyms_names *names, const char *name, size_t len)
{
	const struct key key = { name, len };

	if (!names->count)
		return KSYMS_NO_NAME;
	return hash_number(&names->hash, hash_find(&names->hash, kvet_hash_string(name, len),
						   name_is, names, &key));
}

int kvet_ksyms_names_first(struct ksyms_names *names, const struct ksyms_names *from, size_t count)
{
	size_t used = count < from->count ? from->offsets[count] : from->arena_used;

	if (!count)
		return 0;
	if (!ARRAY_RESERVE(names->arena, names->arena_room, used) ||
	    !ARRAY_RESERVE(names->offsets, names->room, count) ||
	    kvet_hash_first(&names->hash, &from->hash, count))
		return -ENOMEM;
	memcpy(names->arena, from->arena, used);
	memcpy(names->offsets, from->offsets, count * sizeof(*names->offsets));
	names->arena_used = used;
	names->count = count;
	return 0;
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
	kvet_hash_free(&names->hash);
	*names = (struct ksyms_names){ 0 };
}
