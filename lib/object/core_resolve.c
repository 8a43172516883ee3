/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>

#include "object/core_path.h"
#include "object/core_relocation.h"
#include "object/core_resolve.h"
#include "object/core_types.h"

/* --- what it comes to ------------------------------------------------------------------------- */

struct field {
	uint64_t bit;
	uint64_t byte;
	uint64_t bytes;
	uint64_t bits;
	uint32_t type;
	bool is_bit_field;
};

/* The smallest load that holds a bit field, aligned to its own size. */
static int find_bit_field(struct field *field, uint32_t size)
{
	field->bytes = size;
	for (;;) {
		if (!field->bytes)
			return -EINVAL;
		field->byte = field->bit / 8 / field->bytes * field->bytes;
		if (field->bit + field->bits - field->byte * 8 <= field->bytes * 8)
			return 0;
		if (field->bytes >= 8)
			return -E2BIG;
		field->bytes *= 2;
	}
}

static int find_field(const struct kvet_core_path *path, struct field *field)
{
	const struct kvet_core_step *last = &path->steps[path->count - 1];
	const struct btf_type *whole = kvet_btf_type(path->btf, last->type);
	long size;

	*field = (struct field){ .bit = path->bit, .type = last->type };
	if (last->name) {
		field->type = kvet_btf_resolve(path->btf, btf_members(whole)[last->index].type);
		field->bits = btf_member_bitfield_size(whole, last->index);
	}
	field->is_bit_field = field->bits;
	if (field->is_bit_field) {
		const struct btf_type *type = kvet_btf_type(path->btf, field->type);

		return type ? find_bit_field(field, type->size) : -EINVAL;
	}
	size = kvet_core_size(path->btf, field->type, path->pointer);
	if (size < 0)
		return -EINVAL;
	field->bytes = (uint64_t)size;
	field->byte = path->bit / 8;
	field->bits = field->bytes * 8;
	return 0;
}

/* Enums have a sign only if their flag says so. */
static bool is_signed(const struct kvet_btf *btf, uint32_t id)
{
	const struct btf_type *type = kvet_btf_type(btf, id);

	if (!type)
		return false;
	if (kvet_core_same_kind(btf_kind(type), BTF_KIND_ENUM))
		return BTF_INFO_KFLAG(type->info);
	return btf_is_int(type) && btf_int_encoding(type) & BTF_INT_SIGNED;
}

/* One side of a relocation: its number, and of a field that is loaded its type and size. */
struct side {
	uint64_t number;
	uint32_t size, type;
	bool exact; /* the compiler says the same */
};

static int field_number(const struct kvet_core_path *path, uint32_t kind, bool big_endian,
			struct side *side)
{
	bool is_element = !path->steps[path->count - 1].name;
	struct field field;
	int ret = find_field(path, &field);

	if (ret)
		return ret;
	side->exact = !field.is_bit_field;
	switch (kind) {
	case BPF_CORE_FIELD_BYTE_OFFSET:
		side->number = field.byte;
		if (!field.is_bit_field) {
			side->size = (uint32_t)field.bytes;
			side->type = field.type;
		}
		return 0;
	case BPF_CORE_FIELD_BYTE_SIZE:
		side->number = field.bytes;
		return 0;
	case BPF_CORE_FIELD_SIGNED:
		side->number = is_signed(path->btf, field.type);
		side->exact = true;
		break;
	case BPF_CORE_FIELD_LSHIFT_U64:
		side->number = big_endian ? (8 - field.bytes) * 8 + (field.bit - field.byte * 8)
					  : 64 - (field.bit + field.bits - field.byte * 8);
		break;
	default:
		side->number = 64 - field.bits;
		side->exact = true;
	}
	return is_element ? -EINVAL : 0;
}

static uint64_t enumerator_value(const struct kvet_core_path *path)
{
	const struct btf_type *type = kvet_btf_type(path->btf, path->steps[0].type);
	uint32_t index = path->steps[0].index;

	return btf_kind(type) == BTF_KIND_ENUM ? (uint64_t)(int64_t)btf_enum(type)[index].val
					       : btf_enum64_value(&btf_enum64(type)[index]);
}

/* path is NULL for what the kernel lacks. Returns 1 if the instruction is invalid then. */
static int number_of(const struct kvet_core_path *path, uint32_t kind, bool big_endian,
		     struct side *side)
{
	long size;

	*side = (struct side){ .exact = true };
	switch (kind) {
	case BPF_CORE_FIELD_EXISTS:
	case BPF_CORE_TYPE_EXISTS:
	case BPF_CORE_ENUMVAL_EXISTS:
	case KVET_CORE_TYPE_MATCHES:
		side->number = path != NULL;
		return 0;
	case BPF_CORE_TYPE_ID_TARGET:
		side->number = path ? path->root : 0;
		side->exact = false;
		return 0;
	case BPF_CORE_TYPE_SIZE:
		size = path ? kvet_core_size(path->btf, path->root, path->pointer) : 0;
		side->number = (uint64_t)size;
		return size < 0 ? -EINVAL : 0;
	case BPF_CORE_ENUMVAL_VALUE:
		side->number = path ? enumerator_value(path) : 0;
		return !path;
	default:
		return path ? field_number(path, kind, big_endian, side) : 1;
	}
}

/* Whether a load of the one size can become one of the other: of pointers, and of unsigned
 * integers. */
static bool is_adjustable(const struct kvet_core_path *local, uint32_t was,
			  const struct kvet_core_path *path, uint32_t is)
{
	const struct btf_type *a = kvet_btf_type(local->btf, was);
	const struct btf_type *b = kvet_btf_type(path->btf, is);

	if (!a || !b)
		return false;
	if (btf_is_ptr(a) && btf_is_ptr(b))
		return true;
	return btf_is_int(a) && btf_is_int(b) && btf_int_encoding(a) != BTF_INT_SIGNED &&
	       btf_int_encoding(b) != BTF_INT_SIGNED;
}

static int calculate(const struct kvet_core_path *local, const struct kvet_core_path *path,
		     uint32_t kind, bool big_endian, struct kvet_core_value *value)
{
	struct side was, is;
	int ret = number_of(local, kind, big_endian, &was);

	if (!ret)
		ret = number_of(path, kind, big_endian, &is);
	if (ret < 0)
		return ret;
	*value = (struct kvet_core_value){ .missing = ret };
	if (ret)
		return 0;
	value->was = was.number;
	value->is = is.number;
	value->checked = was.exact;
	value->was_size = was.size;
	value->is_size = is.size;
	value->other_size = was.size != is.size && !is_adjustable(local, was.type, path, is.type);
	return 0;
}

static struct kvet_core_root *find_root(const struct kvet_core_roots *roots, uint32_t type)
{
	size_t low = 0, high = roots->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (roots->items[middle].type == type)
			return &roots->items[middle];
		if (roots->items[middle].type < type)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

struct paths {
	struct kvet_core_path local, candidate;
};

static int try_candidates(struct kvet_core_root *root, struct paths *paths, uint32_t kind,
			  const struct kvet_core_kernel *kernel, struct kvet_core_value *value)
{
	size_t kept = 0;
	uint64_t bit = 0;

	for (size_t i = 0; i < root->count; i++) {
		struct kvet_core_value other;
		int ret = kvet_core_path_match(&paths->local, kind, &root->candidates[i],
					       kernel->pointer, &paths->candidate);

		if (ret > 0)
			ret = calculate(&paths->local, &paths->candidate, kind, kernel->big_endian,
					&other)
				      ?: 1;
		if (ret < 0)
			return ret;
		if (!ret)
			continue;
		if (kept && (paths->candidate.bit != bit || other.missing != value->missing ||
			     other.is != value->is))
			return -ENOTUNIQ;
		if (!kept) {
			*value = other;
			bit = paths->candidate.bit;
		}
		root->candidates[kept++] = root->candidates[i];
	}
	if (kept)
		root->count = kept;
	return kept ? 0 : calculate(&paths->local, NULL, kind, kernel->big_endian, value);
}

int kvet_core_resolve(const struct kvet_core_roots *roots, const struct kvet_btf *local,
		      const struct bpf_core_relo *relocation, const struct kvet_core_kernel *kernel,
		      struct kvet_core_value *value)
{
	struct kvet_core_root *root = find_root(roots, relocation->type_id);
	struct paths paths;
	int ret = root && root->kind ? kvet_core_path_parse(&paths.local, local, relocation)
				     : -EINVAL;
	bool candidates;

	if (ret)
		return ret;
	*value = (struct kvet_core_value){ .was = root->type, .is = root->type };
	if (relocation->kind == BPF_CORE_TYPE_ID_LOCAL)
		return 0;
	if (!*root->name)
		return -EOPNOTSUPP;
	candidates = root->count;
	ret = try_candidates(root, &paths, relocation->kind, kernel, value);
	value->candidates = candidates;
	return ret;
}
