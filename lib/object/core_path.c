/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "object/core_path.h"
#include "object/core_relocation.h"
#include "object/core_types.h"

static bool is_about_type(uint32_t kind)
{
	return kind == BPF_CORE_TYPE_ID_LOCAL || kind == BPF_CORE_TYPE_ID_TARGET ||
	       kind == BPF_CORE_TYPE_EXISTS || kind == BPF_CORE_TYPE_SIZE ||
	       kind == KVET_CORE_TYPE_MATCHES;
}

static bool is_about_enumerator(uint32_t kind)
{
	return kind == BPF_CORE_ENUMVAL_EXISTS || kind == BPF_CORE_ENUMVAL_VALUE;
}

static bool is_about_field(uint32_t kind)
{
	return kind <= BPF_CORE_FIELD_RSHIFT_U64;
}

/* --- the object's own path -------------------------------------------------------------------- */

/* "0:1:2" */
static int read_numbers(const char *text, uint32_t numbers[KVET_CORE_STEPS_MOST], size_t *count)
{
	*count = 0;
	while (*text) {
		unsigned long number;
		char *end;

		if (*text == ':')
			text++;
		number = strtoul(text, &end, 10);
		if (end == text || *text == '-' || number > INT32_MAX)
			return -EINVAL;
		if (*count == KVET_CORE_STEPS_MOST)
			return -E2BIG;
		numbers[(*count)++] = (uint32_t)number;
		text = end;
	}
	return *count ? 0 : -EINVAL;
}

/* Whether it is the last member of its struct, and has no size of its own: any index goes. */
static bool is_flexible(const struct kvet_btf *btf, const struct kvet_core_step *before,
			const struct btf_array *array)
{
	const struct btf_type *whole = kvet_btf_type(btf, before->type);

	return before->name && !array->nelems && whole &&
	       before->index + 1 == BTF_INFO_VLEN(whole->info);
}

static int add_element(struct kvet_core_path *path, uint32_t type, uint32_t index)
{
	long size;

	if (path->depth == KVET_CORE_STEPS_MOST || path->count == KVET_CORE_STEPS_MOST)
		return -E2BIG;
	path->steps[path->count++] = (struct kvet_core_step){ type, index, NULL };
	path->depth++;
	size = kvet_core_size(path->btf, type, path->pointer);
	if (size < 0)
		return (int)size;
	path->bit += (uint64_t)index * (uint64_t)size * 8;
	return 0;
}

/* Goes into a member or an element of *id, which becomes that. */
static int walk(struct kvet_core_path *path, uint32_t index, uint32_t *id)
{
	const struct btf_type *type = kvet_btf_type(path->btf, *id);
	const struct btf_member *member;

	if (type && btf_is_array(type)) {
		const struct btf_array *array = btf_array(type);

		if (!is_flexible(path->btf, &path->steps[path->count - 1], array) &&
		    index >= array->nelems)
			return -EINVAL;
		*id = kvet_btf_resolve(path->btf, array->type);
		return add_element(path, *id, index);
	}
	if (!type || !btf_is_composite(type) || index >= BTF_INFO_VLEN(type->info))
		return -EINVAL;
	member = &btf_members(type)[index];
	path->bit += btf_member_bit_offset(type, index);
	if (member->name_off) {
		const char *name = kvet_core_name(path->btf, member->name_off);

		if (!*name)
			return -EINVAL;
		path->steps[path->count++] = (struct kvet_core_step){ *id, index, name };
	}
	*id = kvet_btf_resolve(path->btf, member->type);
	return 0;
}

static int parse_enumerator(struct kvet_core_path *path, const uint32_t *numbers, size_t count,
			    uint32_t id)
{
	const struct btf_type *type = kvet_btf_type(path->btf, id);

	if (!type || !kvet_core_same_kind(btf_kind(type), BTF_KIND_ENUM) || count > 1 ||
	    numbers[0] >= BTF_INFO_VLEN(type->info))
		return -EINVAL;
	path->steps[0] =
		(struct kvet_core_step){ id, numbers[0],
					 kvet_core_enumerator(path->btf, type, numbers[0]) };
	path->count = 1;
	return 0;
}

int kvet_core_path_parse(struct kvet_core_path *path, const struct kvet_btf *btf,
			 const struct bpf_core_relo *relocation)
{
	const char *text = kvet_core_name(btf, relocation->access_str_off);
	uint32_t numbers[KVET_CORE_STEPS_MOST], id = kvet_btf_resolve(btf, relocation->type_id);
	size_t count;
	int ret;

	/* The object's own pointers are BPF's. */
	*path = (struct kvet_core_path){ .btf = btf, .pointer = 8, .root = relocation->type_id };
	if (!*text || *text == ':')
		return -EINVAL;
	if (is_about_type(relocation->kind))
		return strcmp(text, "0") != 0 ? -EINVAL : 0;
	ret = read_numbers(text, numbers, &count);
	if (ret)
		return ret;
	if (is_about_enumerator(relocation->kind))
		return parse_enumerator(path, numbers, count, id);
	if (!id || !is_about_field(relocation->kind))
		return -EINVAL;
	ret = add_element(path, id, numbers[0]);
	for (size_t i = 1; i < count && !ret; i++)
		ret = walk(path, numbers[i], &id);
	return ret;
}

/* --- the same path in the kernel's types ------------------------------------------------------ */

/* The member of this name in *id, or in one without a name in it. *id becomes its type. */
static int match_member(const struct kvet_core_path *local, const struct kvet_core_step *step,
			struct kvet_core_path *path, uint32_t *id, int *left)
{
	const struct kvet_core_pair pair = { local->btf, path->btf };
	const struct btf_type *own = kvet_btf_type(local->btf, step->type), *type;
	uint32_t whole = kvet_btf_resolve(path->btf, *id);

	type = kvet_btf_type(path->btf, whole);
	if (!type)
		return -EINVAL;
	if (!btf_is_composite(type))
		return 0;
	if (path->depth == KVET_CORE_STEPS_MOST || (*left)-- <= 0)
		return -E2BIG;
	for (uint32_t i = 0; i < BTF_INFO_VLEN(type->info); i++) {
		const struct btf_member *member = &btf_members(type)[i];
		const char *name = kvet_core_name(path->btf, member->name_off);
		int ret = 0;

		path->bit += btf_member_bit_offset(type, i);
		path->depth++;
		if (!*name) {
			*id = member->type;
			ret = match_member(local, step, path, id, left);
			if (ret)
				return ret;
		} else if (!strcmp(name, step->name)) {
			ret = kvet_core_fields_compatible(&pair, btf_members(own)[step->index].type,
							  member->type);
			if (ret > 0)
				path->steps[path->count++] =
					(struct kvet_core_step){ whole, i, name };
			*id = member->type;
			return ret;
		}
		path->depth--;
		path->bit -= btf_member_bit_offset(type, i);
	}
	return 0;
}

static int match_element(const struct kvet_core_step *step, struct kvet_core_path *path, bool first,
			 uint32_t *id)
{
	uint32_t whole = kvet_btf_resolve(path->btf, *id);
	const struct btf_type *type = kvet_btf_type(path->btf, whole);
	int ret;

	if (!type)
		return -EINVAL;
	if (!first) {
		if (!btf_is_array(type))
			return 0;
		if (!is_flexible(path->btf, &path->steps[path->count - 1], btf_array(type)) &&
		    step->index >= btf_array(type)->nelems)
			return 0;
		whole = kvet_btf_resolve(path->btf, btf_array(type)->type);
	}
	*id = whole;
	ret = add_element(path, whole, step->index);
	return ret ? ret : 1;
}

static int match_enumerator(const struct kvet_core_path *local, struct kvet_core_path *path,
			    uint32_t id)
{
	const struct btf_type *type;

	id = kvet_btf_resolve(path->btf, id);
	type = kvet_btf_type(path->btf, id);
	if (!type || !kvet_core_same_kind(btf_kind(type), BTF_KIND_ENUM))
		return 0;
	for (uint32_t i = 0; i < BTF_INFO_VLEN(type->info); i++) {
		const char *name = kvet_core_enumerator(path->btf, type, i);

		if (!kvet_core_same_name(local->steps[0].name, name))
			continue;
		path->steps[0] = (struct kvet_core_step){ id, i, name };
		path->count = 1;
		return 1;
	}
	return 0;
}

int kvet_core_path_match(const struct kvet_core_path *local, uint32_t kind,
			 const struct kvet_core_candidate *candidate, unsigned int pointer,
			 struct kvet_core_path *path)
{
	const struct kvet_core_pair pair = { local->btf, candidate->btf };
	uint32_t id = candidate->id;
	int ret = 1;

	*path = (struct kvet_core_path){ .btf = candidate->btf, .pointer = pointer, .root = id };
	if (kind == KVET_CORE_TYPE_MATCHES)
		return kvet_core_types_match(&pair, local->root, id);
	if (is_about_type(kind))
		return kvet_core_types_compatible(&pair, local->root, id);
	if (is_about_enumerator(kind))
		return match_enumerator(local, path, id);
	for (size_t i = 0; i < local->count && ret == 1; i++) {
		/* Unions nested in each other, as a hostile BTF has them. */
		int left = 1000;

		ret = local->steps[i].name ? match_member(local, &local->steps[i], path, &id, &left)
					   : match_element(&local->steps[i], path, !i, &id);
	}
	return ret;
}
