/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "ksyms/names.h"

#define NAMES_FIRST (1U << 10)
#define ARENA_FIRST (1U << 15)
/* Zeroed memory that nothing is put into takes no page. */
#define SLOTS_FIRST (1U << 15)

int kvet_ksyms_grow(void *array, size_t wanted, size_t size)
{
	void *grown = reallocarray(*(void **)array, wanted, size);

	if (!grown)
		return -ENOMEM;
	*(void **)array = grown;
	return 0;
}

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

/* The last word of a name overlaps the one before: no byte past its end is read. */
uint32_t kvet_ksyms_names_hash(const char *name, size_t len)
{
	const uint64_t odd = 0x9fb21c651e98df25ULL;
	uint64_t hash = len * odd, last;

	for (; len > 8; name += 8, len -= 8) {
		hash = (hash ^ load64(name)) * odd;
		hash ^= hash >> 32;
		if (len < 16) {
			name += len - 16;
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

static uint64_t slot_for(uint32_t hash, size_t number)
{
	return (uint64_t)hash << 32 | (number + 1);
}

static size_t place_of(uint32_t hash, size_t slot_count)
{
	return (size_t)(((uint64_t)hash * slot_count) >> 32);
}

static size_t following(size_t place, size_t slot_count)
{
	return place + 1 == slot_count ? 0 : place + 1;
}

/* Old slots are gone through in their order, which is that of the new ones too. */
static int rehash(struct ksyms_names *names, size_t slot_count)
{
	uint64_t *slots = calloc(slot_count, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	for (size_t i = 0; i < names->slot_count; i++) {
		size_t place;

		if (!names->slots[i])
			continue;
		place = place_of((uint32_t)(names->slots[i] >> 32), slot_count);
		while (slots[place])
			place = following(place, slot_count);
		slots[place] = names->slots[i];
	}
	free(names->slots);
	names->slots = slots;
	names->slot_count = slot_count;
	return 0;
}

static bool is(const struct ksyms_names *names, size_t number, const char *name, size_t len)
{
	size_t offset = names->offsets[number];

	/* What is kept has a NUL, and name has none: it is no shorter than len if it agrees. */
	return offset + len < names->arena_used && !memcmp(names->arena + offset, name, len) &&
	       !names->arena[offset + len];
}

/* Its slot, or the free one where it belongs. There is one: slots are never all taken. */
static size_t find_slot(const struct ksyms_names *names, uint32_t hash, const char *name,
			size_t len)
{
	size_t place = place_of(hash, names->slot_count);

	for (; names->slots[place]; place = following(place, names->slot_count))
		if (names->slots[place] >> 32 == hash &&
		    is(names, (uint32_t)names->slots[place] - 1, name, len))
			break;
	return place;
}

static int append(struct ksyms_names *names, const char *name, size_t len, struct kvet_error *err)
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

		if (kvet_ksyms_grow(&names->offsets, room, sizeof(*names->offsets)))
			return kvet_fail_memory(err);
		names->room = room;
	}
	names->offsets[names->count++] = (uint32_t)names->arena_used;
	memcpy(names->arena + names->arena_used, name, len);
	names->arena[names->arena_used + len] = '\0';
	names->arena_used += len + 1;
	return 0;
}

int kvet_ksyms_names_add(struct ksyms_names *names, uint32_t hash, const char *name, size_t len,
			 uint32_t *number, struct kvet_error *err)
{
	size_t place;
	int ret;

	/* At three quarters a search meets two others on its way, in the mean. */
	if ((names->count + 1) * 4 > names->slot_count * 3 &&
	    rehash(names, names->slot_count ? names->slot_count * 2 : SLOTS_FIRST))
		return kvet_fail_memory(err);
	place = find_slot(names, hash, name, len);
	if (!names->slots[place]) {
		ret = append(names, name, len, err);
		if (ret)
			return ret;
		names->slots[place] = slot_for(hash, names->count - 1);
	}
	*number = (uint32_t)names->slots[place] - 1;
	return 0;
}

uint32_t kvet_ksyms_names_find(const struct ksyms_names *names, const char *name, size_t len)
{
	size_t place;

	if (!names->count)
		return KSYMS_NO_NAME;
	place = find_slot(names, kvet_ksyms_names_hash(name, len), name, len);
	return names->slots[place] ? (uint32_t)names->slots[place] - 1 : KSYMS_NO_NAME;
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
	names->arena_room = names->arena_used;
	names->room = names->count;
}

void kvet_ksyms_names_free(struct ksyms_names *names)
{
	free(names->arena);
	free(names->offsets);
	free(names->slots);
	*names = (struct ksyms_names){ 0 };
}
