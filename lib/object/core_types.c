/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "object/core_types.h"

/* libbpf follows this many pointers, arrays and prototypes in each other. */
#define DEPTH_MOST 32

/* kvet compares no more types than this for one relocation: a hostile object may nest them such
 * that each level multiplies the work. */
#define WORK_MOST 200000

struct work {
	const struct kvet_core_pair *pair;
	long left;
};

size_t kvet_core_name_length(const char *name)
{
	size_t len = strlen(name);

	/* Exactly three underscores, between two other bytes. */
	for (size_t at = len; at-- > 4;) {
		const char *mark = name + at - 3;

		if (mark[0] == '_' && mark[1] == '_' && mark[2] == '_' && mark[-1] != '_' &&
		    mark[3] != '_')
			return (size_t)(mark - name);
	}
	return len;
}

bool kvet_core_same_name(const char *a, const char *b)
{
	size_t len = kvet_core_name_length(a);

	return len == kvet_core_name_length(b) && !strncmp(a, b, len);
}

const char *kvet_core_name(const struct kvet_btf *btf, uint32_t offset)
{
	const char *name = kvet_btf_string(btf, offset);

	return name ? name : "";
}

const char *kvet_core_enumerator(const struct kvet_btf *btf, const struct btf_type *type,
				 uint32_t index)
{
	return kvet_core_name(btf, btf_kind(type) == BTF_KIND_ENUM
					   ? btf_enum(type)[index].name_off
					   : btf_enum64(type)[index].name_off);
}

uint32_t kvet_core_kind(const struct kvet_btf *btf, uint32_t id)
{
	const struct btf_type *type = kvet_btf_type(btf, id);

	return type ? btf_kind(type) : BTF_KIND_UNKN;
}

static bool is_enum(uint32_t kind)
{
	return kind == BTF_KIND_ENUM || kind == BTF_KIND_ENUM64;
}

bool kvet_core_same_kind(uint32_t a, uint32_t b)
{
	return a == b || (is_enum(a) && is_enum(b));
}

/* --- sizes ------------------------------------------------------------------------------------ */

long kvet_core_size(const struct kvet_btf *btf, uint32_t id, unsigned int pointer)
{
	uint64_t count = 1, size = 0;

	for (int depth = 0; depth < DEPTH_MOST; depth++) {
		const struct btf_type *type = kvet_btf_type(btf, id);

		switch (type ? btf_kind(type) : BTF_KIND_UNKN) {
		case BTF_KIND_INT:
		case BTF_KIND_STRUCT:
		case BTF_KIND_UNION:
		case BTF_KIND_ENUM:
		case BTF_KIND_ENUM64:
		case BTF_KIND_DATASEC:
		case BTF_KIND_FLOAT:
			size = type->size;
			break;
		case BTF_KIND_PTR:
			size = pointer;
			break;
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_CONST:
		case BTF_KIND_RESTRICT:
		case BTF_KIND_VAR:
		case BTF_KIND_DECL_TAG:
		case BTF_KIND_TYPE_TAG:
			id = type->type;
			continue;
		case BTF_KIND_ARRAY:
			count *= btf_array(type)->nelems;
			id = btf_array(type)->type;
			if (count > UINT32_MAX)
				return -E2BIG;
			continue;
		default:
			return -EINVAL;
		}
		return count * size > UINT32_MAX ? -E2BIG : (long)(count * size);
	}
	return -EINVAL;
}

unsigned int kvet_core_pointer_size(const struct kvet_btf *btf)
{
	static const char *const longs[] = { "long unsigned int", "unsigned long", "long int",
					     "long" };

	for (size_t i = 0; i < sizeof(longs) / sizeof(*longs); i++) {
		const struct btf_type *type =
			kvet_btf_type(btf, kvet_btf_find(btf, BTF_KIND_INT, longs[i]));

		if (type && (type->size == 4 || type->size == 8))
			return type->size;
	}
	return 8;
}

/* --- compatible: what is behind pointers and in arrays has the same kind --------------------- */

static int compatible(struct work *work, uint32_t local, uint32_t target, int level);

static int prototypes_compatible(struct work *work, const struct btf_type *local,
				 const struct btf_type *target, int level)
{
	if (btf_vlen(local) != btf_vlen(target))
		return 0;
	for (uint32_t i = 0; i < BTF_INFO_VLEN(local->info); i++) {
		int ret = level > 0 ? compatible(work, btf_params(local)[i].type,
						 btf_params(target)[i].type, level - 1)
				    : -EINVAL;

		if (ret <= 0)
			return ret;
	}
	return 1;
}

static int compatible(struct work *work, uint32_t local, uint32_t target, int level)
{
	const struct kvet_core_pair *pair = work->pair;

	for (int depth = 0; depth < DEPTH_MOST && work->left-- > 0; depth++) {
		const struct btf_type *a, *b;
		int ret;

		local = kvet_btf_resolve(pair->local, local);
		target = kvet_btf_resolve(pair->target, target);
		a = kvet_btf_type(pair->local, local);
		b = kvet_btf_type(pair->target, target);
		if (!kvet_core_same_kind(a ? btf_kind(a) : 0, b ? btf_kind(b) : 0))
			return 0;
		switch (a ? btf_kind(a) : BTF_KIND_UNKN) {
		case BTF_KIND_UNKN:
		case BTF_KIND_STRUCT:
		case BTF_KIND_UNION:
		case BTF_KIND_ENUM:
		case BTF_KIND_ENUM64:
		case BTF_KIND_FWD:
			return 1;
		case BTF_KIND_INT:
			/* Bit fields as compilers once wrote them are none that can be read. */
			return !btf_int_offset(a) && !btf_int_offset(b);
		case BTF_KIND_ARRAY:
			local = btf_array(a)->type;
			target = btf_array(b)->type;
			break;
		case BTF_KIND_FUNC_PROTO:
			ret = prototypes_compatible(work, a, b, level);
			if (ret <= 0)
				return ret;
			/* fallthrough */
		case BTF_KIND_PTR:
			local = a->type;
			target = b->type;
			break;
		default:
			return 0;
		}
	}
	return -EINVAL;
}

int kvet_core_types_compatible(const struct kvet_core_pair *pair, uint32_t local, uint32_t target)
{
	struct work work = { pair, WORK_MOST };

	if (!kvet_core_same_kind(kvet_core_kind(pair->local, local),
				 kvet_core_kind(pair->target, target)))
		return 0;
	return compatible(&work, local, target, DEPTH_MOST);
}

int kvet_core_fields_compatible(const struct kvet_core_pair *pair, uint32_t local, uint32_t target)
{
	for (int depth = 0; depth < DEPTH_MOST; depth++) {
		const struct btf_type *a =
			kvet_btf_type(pair->local, kvet_btf_resolve(pair->local, local));
		const struct btf_type *b =
			kvet_btf_type(pair->target, kvet_btf_resolve(pair->target, target));
		const char *name, *other;

		if (!a || !b)
			return a == b ? 0 : -EINVAL;
		if (btf_is_composite(a) && btf_is_composite(b))
			return 1;
		if (!kvet_core_same_kind(btf_kind(a), btf_kind(b)))
			return 0;
		switch (btf_kind(a)) {
		case BTF_KIND_PTR:
		case BTF_KIND_FLOAT:
			return 1;
		case BTF_KIND_FWD:
		case BTF_KIND_ENUM:
		case BTF_KIND_ENUM64:
			name = kvet_core_name(pair->local, a->name_off);
			other = kvet_core_name(pair->target, b->name_off);
			return !*name || !*other || kvet_core_same_name(name, other);
		case BTF_KIND_INT:
			return !btf_int_offset(a) && !btf_int_offset(b);
		case BTF_KIND_ARRAY:
			local = btf_array(a)->type;
			target = btf_array(b)->type;
			break;
		default:
			return 0;
		}
	}
	return -EINVAL;
}

/* --- match: all that the object's type says is so in the kernel's ----------------------------- */

static int match(struct work *work, uint32_t local, uint32_t target, bool behind, int level);

static int enums_match(struct work *work, const struct btf_type *local,
		       const struct btf_type *target)
{
	const struct kvet_core_pair *pair = work->pair;

	if (btf_vlen(local) > btf_vlen(target))
		return 0;
	for (uint32_t i = 0; i < BTF_INFO_VLEN(local->info); i++) {
		const char *name = kvet_core_enumerator(pair->local, local, i);
		uint32_t at = 0, count = BTF_INFO_VLEN(target->info);

		while (at < count && work->left-- > 0 &&
		       !kvet_core_same_name(name, kvet_core_enumerator(pair->target, target, at)))
			at++;
		if (work->left <= 0)
			return -EINVAL;
		if (at == count)
			return 0;
	}
	return 1;
}

static int member_matches(struct work *work, const struct btf_member *local,
			  const struct btf_type *target, bool behind, int level)
{
	const struct kvet_core_pair *pair = work->pair;
	const char *name = kvet_core_name(pair->local, local->name_off);
	int ret = 0;

	for (uint32_t i = 0; i < BTF_INFO_VLEN(target->info) && !ret; i++) {
		const struct btf_member *member = &btf_members(target)[i];

		if (work->left-- <= 0)
			return -EINVAL;
		if (kvet_core_same_name(name, kvet_core_name(pair->target, member->name_off)))
			ret = match(work, local->type, member->type, behind, level - 1);
	}
	return ret;
}

static int composites_match(struct work *work, const struct btf_type *local,
			    const struct btf_type *target, bool behind, int level)
{
	int ret = 1;

	if (btf_vlen(local) > btf_vlen(target))
		return 0;
	for (uint32_t i = 0; i < BTF_INFO_VLEN(local->info) && ret == 1; i++)
		ret = member_matches(work, &btf_members(local)[i], target, behind, level);
	return ret;
}

/* A declaration without its members stands for a struct, or with the flag for a union; behind a
 * pointer either of the two may be only declared. */
static int declarations_match(const struct btf_type *local, const struct btf_type *target,
			      bool behind)
{
	bool is_union = BTF_INFO_KFLAG(local->info);

	if (btf_kind(local) == btf_kind(target))
		return is_union == BTF_INFO_KFLAG(target->info);
	return behind && btf_kind(target) == (is_union ? BTF_KIND_UNION : BTF_KIND_STRUCT);
}

static int definitions_match(struct work *work, const struct btf_type *local,
			     const struct btf_type *target, bool behind, int level)
{
	if (!behind)
		return btf_kind(local) == btf_kind(target)
			       ? composites_match(work, local, target, behind, level)
			       : 0;
	if (btf_kind(local) == btf_kind(target))
		return 1;
	return btf_kind(target) == BTF_KIND_FWD &&
	       btf_is_union(local) == (bool)BTF_INFO_KFLAG(target->info);
}

static int prototypes_match(struct work *work, const struct btf_type *local,
			    const struct btf_type *target, bool behind, int level)
{
	int ret = 1;

	if (btf_vlen(local) != btf_vlen(target))
		return 0;
	for (uint32_t i = 0; i < BTF_INFO_VLEN(local->info) && ret == 1; i++)
		ret = match(work, btf_params(local)[i].type, btf_params(target)[i].type, behind,
			    level - 1);
	return ret;
}

/* One that does not lead to others. */
static int leaf_matches(struct work *work, const struct btf_type *a, const struct btf_type *b,
			bool behind, int level)
{
	switch (btf_kind(a)) {
	case BTF_KIND_FWD:
		return declarations_match(a, b, behind);
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return is_enum(btf_kind(b)) ? enums_match(work, a, b) : 0;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return definitions_match(work, a, b, behind, level);
	case BTF_KIND_INT:
		return btf_kind(b) == BTF_KIND_INT && a->size == b->size &&
		       !(btf_int_encoding(a) & BTF_INT_SIGNED) ==
			       !(btf_int_encoding(b) & BTF_INT_SIGNED);
	default:
		return 0;
	}
}

static int match(struct work *work, uint32_t local, uint32_t target, bool behind, int level)
{
	const struct kvet_core_pair *pair = work->pair;

	if (level <= 0)
		return -EINVAL;
	for (int depth = 0; depth < DEPTH_MOST && work->left-- > 0; depth++) {
		const struct btf_type *a, *b;
		int ret;

		a = kvet_btf_type(pair->local, kvet_btf_resolve(pair->local, local));
		b = kvet_btf_type(pair->target, kvet_btf_resolve(pair->target, target));
		if (!a || !b)
			return a == b;
		if (!kvet_core_same_name(kvet_core_name(pair->local, a->name_off),
					 kvet_core_name(pair->target, b->name_off)))
			return 0;
		if (!btf_is_ptr(a) && !btf_is_array(a) && !btf_is_func_proto(a))
			return leaf_matches(work, a, b, behind, level);
		if (btf_kind(a) != btf_kind(b))
			return 0;
		if (btf_is_array(a)) {
			if (btf_array(a)->nelems != btf_array(b)->nelems)
				return 0;
			local = btf_array(a)->type;
			target = btf_array(b)->type;
			continue;
		}
		ret = btf_is_ptr(a) ? 1 : prototypes_match(work, a, b, behind, level);
		if (ret <= 0)
			return ret;
		behind = behind || btf_is_ptr(a);
		local = a->type;
		target = b->type;
	}
	return -EINVAL;
}

int kvet_core_types_match(const struct kvet_core_pair *pair, uint32_t local, uint32_t target)
{
	struct work work = { pair, WORK_MOST };

	return match(&work, local, target, false, DEPTH_MOST);
}
