/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <ctype.h>
#include <errno.h>
#include <linux/btf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "host/btf_check.h"
#include "probe/kernel.h"

#define OPS_PREFIX "bpf_struct_ops_"
/* An enumeration with more numbers than this is damaged. */
#define NAMES_MOST 65536
/* BTF with more struct_ops than this is damaged: kernels have about a dozen. */
#define OPS_MOST   4096

/* Names by number; NULL where a number has no name. */
struct names {
	char **items;
	int end;
};

/* Ids of functions and typedefs by the hash of their names, 0 where there is none: BTF is not
 * sorted, and a search of it takes a millisecond per name. */
struct places {
	unsigned int *ids;
	size_t mask; /* a power of 2, less 1 */
};

struct kvet_kernel {
	struct btf *btf;
	struct places places;
	struct names helpers;
	struct names types;
	unsigned int *ops; /* ids of the structs */
	size_t ops_count;
};

AUTO_DEFINE(kvet_kernel)

static void names_free(struct names *names)
{
	for (int i = 0; i < names->end; i++)
		free(names->items[i]);
	free(names->items);
}

void kvet_kernel_free(struct kvet_kernel *kernel)
{
	if (!kernel)
		return;
	names_free(&kernel->helpers);
	names_free(&kernel->types);
	free(kernel->ops);
	free(kernel->places.ids);
	btf__free(kernel->btf);
	free(kernel);
}

static int names_set(struct names *names, int number, char *name)
{
	if (number >= names->end) {
		char **items = reallocarray(names->items, (size_t)number + 1, sizeof(*items));

		if (!items)
			return -ENOMEM;
		for (int i = names->end; i <= number; i++)
			items[i] = NULL;
		names->items = items;
		names->end = number + 1;
	}
	free(names->items[number]);
	names->items[number] = name;
	return 0;
}

/* The enumerators of an enum that begin with prefix, stored as "to" plus the rest in lower case.
 * Number 0 is "unspec", which nobody can ask for. */
static int names_read(struct names *names, const struct btf *btf, const char *enumeration,
		      const char *prefix, const char *to)
{
	int id = btf__find_by_name_kind(btf, enumeration, BTF_KIND_ENUM);
	const struct btf_type *type;

	type = id < 0 ? NULL : btf__type_by_id(btf, (unsigned int)id);
	if (!type)
		return -EINVAL;
	for (int i = 0; i < btf_vlen(type); i++) {
		const struct btf_enum *entry = btf_enum(type) + i;
		const char *name = btf__name_by_offset(btf, entry->name_off);
		char *own;

		if (entry->val <= 0 || entry->val >= NAMES_MOST || !name ||
		    strncmp(name, prefix, strlen(prefix)) != 0)
			continue;
		if (asprintf(&own, "%s%s", to, name + strlen(prefix)) < 0)
			return -ENOMEM;
		for (char *c = own; *c; c++)
			*c = (char)tolower((unsigned char)*c);
		if (names_set(names, entry->val, own)) {
			free(own);
			return -ENOMEM;
		}
	}
	return names->end ? 0 : -EINVAL;
}

static const struct btf_type *function_pointer(const struct btf *btf, unsigned int id)
{
	const struct btf_type *type = btf__type_by_id(btf, id);

	if (!type || !btf_is_ptr(type))
		return NULL;
	type = btf__type_by_id(btf, type->type);
	return type && btf_is_func_proto(type) ? type : NULL;
}

static int ops_read(struct kvet_kernel *kernel)
{
	const struct btf *btf = kernel->btf;
	unsigned int searches = 0;

	for (unsigned int i = 1; i < btf__type_cnt(btf); i++) {
		const struct btf_type *type = btf__type_by_id(btf, i);
		const char *name = btf__name_by_offset(btf, type->name_off);
		int id, member;

		if (!btf_is_struct(type) || !name ||
		    strncmp(name, OPS_PREFIX, sizeof(OPS_PREFIX) - 1) != 0)
			continue;
		/* Each search covers all types. */
		if (searches++ == OPS_MOST)
			return -EINVAL;
		id = btf__find_by_name_kind(btf, name + sizeof(OPS_PREFIX) - 1, BTF_KIND_STRUCT);
		if (id <= 0)
			continue;
		if (!ARRAY_MORE(kernel->ops, kernel->ops_count))
			return -ENOMEM;
		kernel->ops[kernel->ops_count++] = (unsigned int)id;
		/* Structs of the mechanism itself (bpf_struct_ops_map) have such names too. */
		if (!kvet_kernel_ops_member(kernel, kernel->ops_count - 1, 0, &member))
			kernel->ops_count--;
	}
	return 0;
}

/* FNV-1a */
static size_t hash(const char *name)
{
	uint32_t value = 2166136261u;

	for (; *name; name++)
		value = (value ^ (unsigned char)*name) * 16777619u;
	return value;
}

static bool is_findable(const struct btf_type *type)
{
	return btf_is_func(type) || btf_is_typedef(type);
}

/* Whether kind and name are equal: the string section holds each name once, so equal names have
 * equal offsets. */
static bool is_same(const struct btf *btf, unsigned int id, const struct btf_type *type)
{
	const struct btf_type *other = btf__type_by_id(btf, id);

	return btf_kind(other) == btf_kind(type) && other->name_off == type->name_off;
}

static int places_read(struct kvet_kernel *kernel)
{
	const struct btf *btf = kernel->btf;
	struct places *places = &kernel->places;
	size_t count = 0, size = 16;

	for (unsigned int i = 1; i < btf__type_cnt(btf); i++)
		count += is_findable(btf__type_by_id(btf, i));
	while (size < 2 * count)
		size *= 2;
	places->ids = calloc(size, sizeof(*places->ids));
	if (!places->ids)
		return -ENOMEM;
	places->mask = size - 1;
	for (unsigned int i = 1; i < btf__type_cnt(btf); i++) {
		const struct btf_type *type = btf__type_by_id(btf, i);
		size_t place;

		if (!is_findable(type))
			continue;
		place = hash(btf__name_by_offset(btf, type->name_off)) & places->mask;
		while (places->ids[place] && !is_same(btf, places->ids[place], type))
			place = (place + 1) & places->mask;
		/* Of several with one name, the first is found. */
		if (!places->ids[place])
			places->ids[place] = i;
	}
	return 0;
}

int kvet_kernel_new(struct kvet_kernel **out, struct btf *btf, struct kvet_cause *err)
{
	AUTO(kvet_kernel) *kernel = calloc(1, sizeof(*kernel));
	int ret;

	if (!kernel) {
		btf__free(btf);
		return kvet_fail_memory(err);
	}
	kernel->btf = btf;
	ret = kvet_btf_check(btf, err);
	if (ret)
		return ret;
	ret = names_read(&kernel->helpers, btf, "bpf_func_id", "BPF_FUNC_", "bpf_");
	if (!ret)
		ret = names_read(&kernel->types, btf, "bpf_prog_type", "BPF_PROG_TYPE_", "");
	if (ret == -EINVAL)
		return kvet_reject(err, EINVAL, "BTF",
				   "enum bpf_func_id or enum bpf_prog_type is missing");
	if (!ret)
		ret = ops_read(kernel);
	if (ret == -EINVAL)
		return kvet_reject(err, EINVAL, "BTF", "more than %d struct_ops types", OPS_MOST);
	if (!ret)
		ret = places_read(kernel);
	if (ret)
		return kvet_fail_memory(err);
	*out = TAKE(kernel);
	return 0;
}

static const char *name_of(const struct names *names, int number)
{
	return number > 0 && number < names->end ? names->items[number] : NULL;
}

int kvet_kernel_helpers_end(const struct kvet_kernel *kernel)
{
	return kernel->helpers.end;
}

const char *kvet_kernel_helper_name(const struct kvet_kernel *kernel, int helper)
{
	return name_of(&kernel->helpers, helper);
}

int kvet_kernel_types_end(const struct kvet_kernel *kernel)
{
	return kernel->types.end;
}

const char *kvet_kernel_type_name(const struct kvet_kernel *kernel, int type)
{
	return name_of(&kernel->types, type);
}

unsigned int kvet_kernel_find(const struct kvet_kernel *kernel, const char *name, bool function)
{
	const struct places *places = &kernel->places;

	for (size_t place = hash(name) & places->mask; places->ids[place];
	     place = (place + 1) & places->mask) {
		unsigned int id = places->ids[place];
		const struct btf_type *type = btf__type_by_id(kernel->btf, id);

		if (btf_is_func(type) == function &&
		    !strcmp(btf__name_by_offset(kernel->btf, type->name_off), name))
			return id;
	}
	return 0;
}

size_t kvet_kernel_ops_count(const struct kvet_kernel *kernel)
{
	return kernel->ops_count;
}

unsigned int kvet_kernel_ops_id(const struct kvet_kernel *kernel, size_t ops)
{
	return kernel->ops[ops];
}

const char *kvet_kernel_ops_name(const struct kvet_kernel *kernel, size_t ops)
{
	const struct btf_type *type = btf__type_by_id(kernel->btf, kernel->ops[ops]);

	return btf__name_by_offset(kernel->btf, type->name_off);
}

const char *kvet_kernel_ops_member(const struct kvet_kernel *kernel, size_t ops, size_t nth,
				   int *member)
{
	const struct btf_type *type = btf__type_by_id(kernel->btf, kernel->ops[ops]);

	for (int i = 0; i < btf_vlen(type); i++) {
		const struct btf_member *entry = btf_members(type) + i;

		if (!function_pointer(kernel->btf, entry->type) || nth-- > 0)
			continue;
		*member = i;
		return btf__name_by_offset(kernel->btf, entry->name_off);
	}
	return NULL;
}
