/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdbool.h>

#include "core/fail.h"
#include "host/btf_check.h"

/* The kernel does not follow more references than this, either (kernel: MAX_RESOLVE_DEPTH). */
#define CHAIN_MOST 32

static bool has_name(const struct btf *btf, __u32 offset)
{
	return btf__name_by_offset(btf, offset) != NULL;
}

/* 0 is void. */
static bool has_type(const struct btf *btf, __u32 id)
{
	return id < btf__type_cnt(btf);
}

static bool check_members(const struct btf *btf, const struct btf_type *type)
{
	const struct btf_member *members = btf_members(type);

	for (__u16 i = 0; i < btf_vlen(type); i++)
		if (!has_name(btf, members[i].name_off) || !has_type(btf, members[i].type))
			return false;
	return true;
}

static bool check_params(const struct btf *btf, const struct btf_type *type)
{
	const struct btf_param *params = btf_params(type);

	for (__u16 i = 0; i < btf_vlen(type); i++)
		if (!has_name(btf, params[i].name_off) || !has_type(btf, params[i].type))
			return false;
	return has_type(btf, type->type);
}

static bool check_enum(const struct btf *btf, const struct btf_type *type)
{
	for (__u16 i = 0; i < btf_vlen(type); i++)
		if (!has_name(btf, btf_kind(type) == BTF_KIND_ENUM ? btf_enum(type)[i].name_off
								   : btf_enum64(type)[i].name_off))
			return false;
	return true;
}

static bool check_variables(const struct btf *btf, const struct btf_type *type)
{
	for (__u16 i = 0; i < btf_vlen(type); i++)
		if (!has_type(btf, btf_var_secinfos(type)[i].type))
			return false;
	return true;
}

static bool check_chain(const struct btf *btf, const struct btf_type *type)
{
	int length = 0;

	while (type &&
	       (btf_is_mod(type) || btf_is_typedef(type) || btf_kind(type) == BTF_KIND_TYPE_TAG))
		if (length++ == CHAIN_MOST || !has_type(btf, type->type))
			return false;
		else
			type = btf__type_by_id(btf, type->type);
	return type;
}

static bool check_type(const struct btf *btf, const struct btf_type *type)
{
	if (!type || !has_name(btf, type->name_off))
		return false;
	switch (btf_kind(type)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return check_members(btf, type);
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return check_enum(btf, type);
	case BTF_KIND_FUNC_PROTO:
		return check_params(btf, type);
	case BTF_KIND_DATASEC:
		return check_variables(btf, type);
	case BTF_KIND_ARRAY:
		return has_type(btf, btf_array(type)->type) &&
		       has_type(btf, btf_array(type)->index_type);
	case BTF_KIND_PTR:
	case BTF_KIND_FUNC:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return has_type(btf, type->type);
	default:
		return check_chain(btf, type);
	}
}

int kvet_btf_check(const struct btf *btf, struct kvet_cause *err)
{
	const struct btf *base = btf__base_btf(btf);

	for (__u32 id = base ? btf__type_cnt(base) : 1; id < btf__type_cnt(btf); id++)
		if (!check_type(btf, btf__type_by_id(btf, id)))
			return kvet_reject(
				err, EINVAL, "BTF",
				"damaged: type %u refers to a type or a name that does not exist",
				id);
	return 0;
}
