/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "ksyms/names.h"

#define NAMES_FIRST (1U << 10)
#define ARENA_FIRST (1U << 15)
#define SLOTS_FIRST (1U << 11)

int kvet_ksyms_grow(void *array, size_t wanted, size_t size)
{
	void *grown = reallocarray(*(void **)array, wanted, size);

	if (!grown)
		return -ENOMEM;
	*(void **)array = grown;
	return 0;
}

static uint64_t word_at(const char *s, size_t len)
{
	uint64_t word = 0;

	memcpy(&word, s, len);
	return word;
}

static uint32_t hash_of(const char *name, size_t len)
{
	const uint64_t odd = 0x9fb21c651e98df25ULL;
	uint64_t hash = len * odd;

	for (; len > 8; name += 8, len -= 8) {
		hash = (hash ^ word_at(name, 8)) * odd;
		hash ^= hash >> 32;
	}
	hash = (hash ^ word_at(name, len)) * odd;
	hash ^= hash >> 32;
	hash *= odd;
	return (uint32_t)(hash >> 32);
}

/* Places are taken from the hash's high bits, by multiplication: any number of slots will do. */
static size_t place_of(const struct ksyms_names *names, uint32_t hash)
{
	return (size_t)(((uint64_t)hash * names->slot_count) >> 32);
}

static size_t following(const struct ksyms_names *names, size_t place)
{
	return place + 1 == names->slot_count ? 0 : place + 1;
}

static int rehash(struct ksyms_names *names, size_t slot_count)
{
	uint32_t *slots = calloc(slot_count, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	free(names->slots);
	names->slots = slots;
	names->slot_count = slot_count;
	for (size_t i = 0; i < names->count; i++) {
		size_t place = place_of(names, names->hashes[i]);

		while (slots[place])
			place = following(names, place);
		slots[place] = (uint32_t)i + 1;
	}
	return 0;
}

static bool is(const struct ksyms_names *names, uint32_t number, uint32_t hash, const char *name,
	       size_t len)
{
	const char *kept = ksyms_name(names, number);

	/* What is kept has a NUL, and name has none: it is no shorter than len if it agrees. */
	return names->hashes[number] == hash && names->offsets[number] + len < names->arena_used &&
	       !memcmp(kept, name, len) && !kept[len];
}

/* Its slot, or the empty one where it belongs. There is one: slots are never all taken. */
static size_t slot_of(const struct ksyms_names *names, uint32_t hash, const char *name, size_t len)
{
	size_t place = place_of(names, hash);

	while (names->slots[place] && !is(names, names->slots[place] - 1, hash, name, len))
		place = following(names, place);
	return place;
}

static int append(struct ksyms_names *names, const char *name, size_t len, uint32_t hash,
		  struct kvet_error *err)
{
	if (names->arena_used + len + 1 > UINT32_MAX)
		return kvet_fail(err, E2BIG, "kallsyms", "more than 4 GiB of names");
	while (names->arena_used + len + 1 > names->arena_room) {
		size_t room = names->arena_room ? names->arena_room * 2 : ARENA_FIRST;

		if (kvet_ksyms_grow(&names->arena, room, 1))
			return kvet_fail_memory(err);
		names->arena_room = room;
	}
	if (names->count == names->room) {
		size_t room = names->room ? names->room * 2 : NAMES_FIRST;

		if (kvet_ksyms_grow(&names->offsets, room, sizeof(*names->offsets)) ||
		    kvet_ksyms_grow(&names->hashes, room, sizeof(*names->hashes)))
			return kvet_fail_memory(err);
		names->room = room;
	}
	names->offsets[names->count] = (uint32_t)names->arena_used;
	names->hashes[names->count++] = hash;
	memcpy(names->arena + names->arena_used, name, len);
	names->arena[names->arena_used + len] = '\0';
	names->arena_used += len + 1;
	return 0;
}

int kvet_ksyms_names_add(struct ksyms_names *names, const char *name, size_t len, uint32_t *number,
			 struct kvet_error *err)
{
	uint32_t hash = hash_of(name, len);
	size_t place;
	int ret;

	/* At three quarters a search meets two others on its way, in the mean. */
	if ((names->count + 1) * 4 > names->slot_count * 3 &&
	    rehash(names, names->slot_count ? names->slot_count * 2 : SLOTS_FIRST))
		return kvet_fail_memory(err);
	place = slot_of(names, hash, name, len);
	if (!names->slots[place]) {
		ret = append(names, name, len, hash, err);
		if (ret)
			return ret;
		names->slots[place] = (uint32_t)names->count;
	}
	*number = names->slots[place] - 1;
	return 0;
}

uint32_t kvet_ksyms_names_find(const struct ksyms_names *names, const char *name, size_t len)
{
	size_t place;

	if (!names->count)
		return KSYMS_NO_NAME;
	place = slot_of(names, hash_of(name, len), name, len);
	return names->slots[place] ? names->slots[place] - 1 : KSYMS_NO_NAME;
}

static void shrink(void *array, size_t count, size_t size)
{
	if (count)
		(void)kvet_ksyms_grow(array, count, size);
}

void kvet_ksyms_names_shrink(struct ksyms_names *names)
{
	shrink(&names->arena, names->arena_used, 1);
	shrink(&names->offsets, names->count, sizeof(*names->offsets));
	shrink(&names->hashes, names->count, sizeof(*names->hashes));
	names->arena_room = names->arena_used;
	names->room = names->count;
}

void kvet_ksyms_names_free(struct ksyms_names *names)
{
	free(names->arena);
	free(names->offsets);
	free(names->hashes);
	free(names->slots);
	*names = (struct ksyms_names){ 0 };
}
