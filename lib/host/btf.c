/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "core/array.h"
#include "core/fail.h"
#include "host/btf.h"

/* The kernel does not follow more references than this, either (kernel: MAX_RESOLVE_DEPTH). */
#define CHAIN_MOST 32

/* Of the structs without a name in one, and in these. */
#define ANONYMOUS_MOST 1000

/* How many bytes follow the first twelve of a type; -1 for an unknown kind. */
static long tail_size(const struct btf_type *type)
{
	long count = BTF_INFO_VLEN(type->info);

	switch (btf_kind(type)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return 4;
	case BTF_KIND_ARRAY:
		return 12;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_DATASEC:
	case BTF_KIND_ENUM64:
		return 12 * count;
	case BTF_KIND_ENUM:
	case BTF_KIND_FUNC_PROTO:
		return 8 * count;
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPE_TAG:
		return 0;
	default:
		return -1;
	}
}

static const struct btf_type *type_at(const struct kvet_btf *btf, uint32_t place)
{
	return (const struct btf_type *)(const void *)(btf->types + 4 * (size_t)place);
}

/* Finds the two sections. The types must be aligned, as the kernel requires (kernel:
 * btf_check_sec_info()); strings[0] is that of everything without a name. */
static bool find_sections(struct kvet_btf *btf, const char *bytes, size_t size, size_t *types_size)
{
	struct btf_header header;

	if (size < sizeof(header))
		return false;
	memcpy(&header, bytes, sizeof(header));
	if (header.magic != BTF_MAGIC || header.hdr_len > size ||
	    header.type_off > size - header.hdr_len ||
	    header.type_len > size - header.hdr_len - header.type_off ||
	    header.str_off > size - header.hdr_len ||
	    header.str_len > size - header.hdr_len - header.str_off)
		return false;
	btf->types = bytes + header.hdr_len + header.type_off;
	btf->strings = bytes + header.hdr_len + header.str_off;
	btf->strings_size = header.str_len;
	*types_size = header.type_len;
	if ((uintptr_t)btf->types % 4)
		return false;
	if (!btf->strings_size)
		return btf->base;
	return !btf->strings[btf->strings_size - 1] && (btf->base || !*btf->strings);
}

/* Notes the id of a type that is a goal. Returns whether it is the last one. */
static bool is_last_goal(const struct kvet_btf *btf, const struct btf_type *type, uint32_t id,
			 struct kvet_btf_goals *goals)
{
	for (size_t i = 0; i < goals->count; i++) {
		struct kvet_btf_goal *goal = &goals->items[i];
		const char *name;

		if (goal->kind != btf_kind(type) || goal->id)
			continue;
		name = kvet_btf_string(btf, type->name_off);
		if (!name || strcmp(name, goal->name) != 0)
			continue;
		goal->id = id;
		return ++goals->reached == goals->count;
	}
	return false;
}

static int find_types(struct kvet_btf *btf, size_t size, struct kvet_btf_goals *goals,
		      const char *what, struct kvet_cause *err)
{
	/* Of pages that it does not reach there is nothing. */
	btf->places = reallocarray(NULL, size / sizeof(struct btf_type) + 1, sizeof(*btf->places));
	if (!btf->places)
		return kvet_fail_memory(err);
	for (size_t at = 0; at < size;) {
		const struct btf_type *type = type_at(btf, (uint32_t)(at / 4));
		long tail = size - at < sizeof(*type) ? 0 : tail_size(type);

		if (tail < 0)
			return kvet_reject(err, EINVAL, "BTF",
					   "%s: type %u is of kind %u, which kvet does not know",
					   what, btf->end, btf_kind(type));
		if (size - at < sizeof(*type) + (size_t)tail)
			return kvet_reject(err, EINVAL, "BTF", "%s: damaged: type %u is incomplete",
					   what, btf->end);
		btf->places[btf->end++ - btf->first] = (uint32_t)(at / 4);
		at += sizeof(*type) + (size_t)tail;
		if (goals && is_last_goal(btf, type, btf->end - 1, goals))
			return 0;
	}
	return 0;
}

int kvet_btf_new_for(struct kvet_btf **out, const struct kvet_btf *base, const char *bytes,
		     size_t size, struct kvet_btf_goals *goals, const char *what,
		     struct kvet_cause *err)
{
	AUTO(kvet_btf) *btf = calloc(1, sizeof(*btf));
	size_t types_size;
	int ret;

	if (!btf)
		return kvet_fail_memory(err);
	btf->base = base;
	btf->first = btf->end = base ? base->end : 1;
	if (!find_sections(btf, bytes, size, &types_size))
		return kvet_reject(err, EINVAL, "BTF", "%s: not BTF data", what);
	ret = find_types(btf, types_size, goals, what, err);
	if (ret)
		return ret;
	*out = TAKE(btf);
	return 0;
}

int kvet_btf_new(struct kvet_btf **btf, const struct kvet_btf *base, const char *bytes, size_t size,
		 const char *what, struct kvet_cause *err)
{
	return kvet_btf_new_for(btf, base, bytes, size, NULL, what, err);
}

void kvet_btf_bytes_free(struct kvet_btf_bytes *bytes)
{
	if (bytes->mapped)
		munmap(bytes->at, bytes->size);
	else
		free(bytes->at);
}

void kvet_btf_free(struct kvet_btf *btf)
{
	if (!btf)
		return;
	kvet_btf_bytes_free(&btf->bytes);
	kvet_hash_free(&btf->names);
	free(btf->same);
	free(btf->places);
	free(btf);
}

const struct btf_type *kvet_btf_type(const struct kvet_btf *btf, uint32_t id)
{
	while (btf->base && id < btf->first)
		btf = btf->base;
	return id && id < btf->end ? type_at(btf, btf->places[id - btf->first]) : NULL;
}

const char *kvet_btf_string(const struct kvet_btf *btf, uint32_t offset)
{
	/* A module's offsets go on where the base's end. */
	if (btf->base) {
		if (offset < btf->base->strings_size)
			return kvet_btf_string(btf->base, offset);
		offset -= (uint32_t)btf->base->strings_size;
	}
	return offset < btf->strings_size ? btf->strings + offset : NULL;
}

static const char *name_of(const struct kvet_btf *btf, uint32_t id)
{
	const char *name = kvet_btf_string(btf, kvet_btf_type(btf, id)->name_off);

	return name ? name : "";
}

static bool name_is(const void *owner, uint32_t number, const void *name)
{
	const struct kvet_btf *btf = owner;

	return !strcmp(name_of(btf, btf->first + number), name);
}

int kvet_btf_index(struct kvet_btf *btf, struct kvet_cause *err)
{
	uint32_t count = btf->end - btf->first;
	unsigned int bits = 4;

	while (bits < HASH_BITS_MOST && count > (3U << bits) / 4)
		bits++;
	btf->same = calloc((size_t)count + 1, sizeof(*btf->same));
	if (!btf->same || kvet_hash_resize(&btf->names, bits, 0, NULL, NULL))
		return kvet_fail_memory(err);
	/* From the last to the first, so that each type precedes those that are in the table. */
	for (uint32_t number = count; number-- > 0;) {
		const char *name = name_of(btf, btf->first + number);
		uint32_t value, known;
		size_t place;

		if (!*name)
			continue;
		value = kvet_hash_string(name, strlen(name));
		place = hash_find(&btf->names, value, name_is, btf, name);
		known = hash_number(&btf->names, place);
		btf->same[number] = known == HASH_NONE ? 0 : btf->first + known;
		hash_put(&btf->names, place, value, number);
	}
	return 0;
}

/* Without an index: the first type from id on. */
static uint32_t scan(const struct kvet_btf *btf, uint32_t id, uint32_t kind, const char *name)
{
	for (; *name && id < btf->end; id++)
		if (btf_kind(kvet_btf_type(btf, id)) == kind && !strcmp(name_of(btf, id), name))
			return id;
	return 0;
}

static uint32_t of_kind(const struct kvet_btf *btf, uint32_t id, uint32_t kind)
{
	while (id && btf_kind(kvet_btf_type(btf, id)) != kind)
		id = btf->same[id - btf->first];
	return id;
}

uint32_t kvet_btf_find(const struct kvet_btf *btf, uint32_t kind, const char *name)
{
	uint32_t number;

	if (!btf->same)
		return scan(btf, btf->first, kind, name);
	number = hash_number(
		&btf->names,
		hash_find(&btf->names, kvet_hash_string(name, strlen(name)), name_is, btf, name));
	return number == HASH_NONE ? 0 : of_kind(btf, btf->first + number, kind);
}

uint32_t kvet_btf_next(const struct kvet_btf *btf, uint32_t id)
{
	uint32_t kind = btf_kind(kvet_btf_type(btf, id));

	if (!btf->same)
		return scan(btf, id + 1, kind, name_of(btf, id));
	return of_kind(btf, btf->same[id - btf->first], kind);
}

uint32_t kvet_btf_resolve(const struct kvet_btf *btf, uint32_t id)
{
	const struct btf_type *type = kvet_btf_type(btf, id);

	for (int length = 0; type && (btf_is_mod(type) || btf_is_typedef(type) ||
				      btf_kind(type) == BTF_KIND_TYPE_TAG);
	     type = kvet_btf_type(btf, id)) {
		if (length++ == CHAIN_MOST)
			return 0;
		id = type->type;
	}
	return type ? id : 0;
}

const struct btf_type *kvet_btf_prototype(const struct kvet_btf *btf, uint32_t id)
{
	const struct btf_type *type = kvet_btf_type(btf, id);

	type = type && btf_is_func(type) ? kvet_btf_type(btf, type->type) : NULL;
	return type && btf_is_func_proto(type) ? type : NULL;
}

static bool find_member(const struct kvet_btf *btf, uint32_t id, const char *name,
			struct kvet_btf_member *member, int *left)
{
	const struct btf_type *type = kvet_btf_type(btf, id);
	const struct btf_member *entry;

	if (!type || !btf_is_composite(type) || (*left)-- <= 0)
		return false;
	entry = btf_members(type);
	for (uint32_t i = 0; i < BTF_INFO_VLEN(type->info); i++, entry++) {
		const char *its = kvet_btf_string(btf, entry->name_off);
		/* With this flag, the upper eight bits are the size of a bit field. */
		uint32_t offset = btf_member_bit_offset(type, i);

		if (!its)
			continue;
		if (!strcmp(its, name)) {
			*member = (struct kvet_btf_member){ entry->type, offset,
							    btf_member_bitfield_size(type, i) };
			return true;
		}
		if (!*its &&
		    find_member(btf, kvet_btf_resolve(btf, entry->type), name, member, left)) {
			member->offset += offset;
			return true;
		}
	}
	return false;
}

bool kvet_btf_member(const struct kvet_btf *btf, uint32_t id, const char *name,
		     struct kvet_btf_member *member)
{
	int left = ANONYMOUS_MOST;

	return *name && find_member(btf, id, name, member, &left);
}
