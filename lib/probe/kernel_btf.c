/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "probe/kernel_btf.h"

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

struct kvet_kernel {
	struct kvet_btf *btf;
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
	kvet_btf_free(kernel->btf);
	free(kernel);
}

const struct kvet_btf *kvet_kernel_btf(const struct kvet_kernel *kernel)
{
	return kernel->btf;
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

/* "to" plus the rest of an enumerator after its prefix, in lower case. NULL: no memory. */
static char *rename_to(const char *name, const char *prefix, const char *to)
{
	char *own;

	if (asprintf(&own, "%s%s", to, name + strlen(prefix)) < 0)
		return NULL;
	for (char *c = own; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return own;
}

/* The enumerators of an enum that begin with prefix. Number 0 is "unspec", which nobody can ask
 * for. */
static int names_read(struct names *names, const struct kvet_btf *btf, const char *enumeration,
		      const char *prefix, const char *to)
{
	uint32_t id = kvet_btf_find(btf, BTF_KIND_ENUM, enumeration);
	const struct btf_type *type = kvet_btf_type(btf, id);

	if (!type)
		return -EINVAL;
	for (uint32_t i = 0; i < BTF_INFO_VLEN(type->info); i++) {
		const struct btf_enum *entry = btf_enum(type) + i;
		const char *name = kvet_btf_string(btf, entry->name_off);
		char *own;

		if (!name)
			return -EINVAL;
		if (entry->val <= 0 || entry->val >= NAMES_MOST ||
		    strncmp(name, prefix, strlen(prefix)) != 0)
			continue;
		own = rename_to(name, prefix, to);
		if (!own || names_set(names, entry->val, own)) {
			free(own);
			return -ENOMEM;
		}
	}
	return names->end ? 0 : -EINVAL;
}

static bool is_function_pointer(const struct kvet_btf *btf, uint32_t id)
{
	const struct btf_type *type = kvet_btf_type(btf, id);

	type = type && btf_is_ptr(type) ? kvet_btf_type(btf, type->type) : NULL;
	return type && btf_is_func_proto(type);
}

static int ops_read(struct kvet_kernel *kernel)
{
	const struct kvet_btf *btf = kernel->btf;
	unsigned int searches = 0;

	for (uint32_t i = btf->first; i < btf->end; i++) {
		const struct btf_type *type = kvet_btf_type(btf, i);
		const char *name = kvet_btf_string(btf, type->name_off);
		uint32_t id;
		int member;

		if (!btf_is_struct(type) || !name ||
		    strncmp(name, OPS_PREFIX, sizeof(OPS_PREFIX) - 1) != 0)
			continue;
		/* A search passes all types of a name. */
		if (searches++ == OPS_MOST)
			return -EINVAL;
		id = kvet_btf_find(btf, BTF_KIND_STRUCT, name + sizeof(OPS_PREFIX) - 1);
		if (!id)
			continue;
		if (!ARRAY_MORE(kernel->ops, kernel->ops_count))
			return -ENOMEM;
		kernel->ops[kernel->ops_count++] = id;
		/* Structs of the mechanism itself (bpf_struct_ops_map) have such names too. */
		if (!kvet_kernel_ops_member(kernel, kernel->ops_count - 1, 0, &member))
			kernel->ops_count--;
	}
	return 0;
}

int kvet_kernel_new(struct kvet_kernel **out, struct kvet_btf *btf, struct kvet_cause *err)
{
	AUTO(kvet_kernel) *kernel = calloc(1, sizeof(*kernel));
	int ret;

	if (!kernel) {
		kvet_btf_free(btf);
		return kvet_fail_memory(err);
	}
	kernel->btf = btf;
	ret = kvet_btf_index(btf, err);
	if (ret)
		return ret;
	ret = names_read(&kernel->helpers, btf, "bpf_func_id", "BPF_FUNC_", "bpf_");
	if (!ret)
		ret = names_read(&kernel->types, btf, "bpf_prog_type", "BPF_PROG_TYPE_", "");
	if (ret == -EINVAL)
		return kvet_reject(err, EINVAL, "BTF",
				   "enum bpf_func_id or enum bpf_prog_type is missing or damaged");
	if (!ret)
		ret = ops_read(kernel);
	if (ret == -EINVAL)
		return kvet_reject(err, EINVAL, "BTF", "more than %d struct_ops types", OPS_MOST);
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
	return kvet_btf_find(kernel->btf, function ? BTF_KIND_FUNC : BTF_KIND_TYPEDEF, name);
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
	return kvet_btf_string(kernel->btf, kvet_btf_type(kernel->btf, kernel->ops[ops])->name_off);
}

const char *kvet_kernel_ops_member(const struct kvet_kernel *kernel, size_t ops, size_t nth,
				   int *member)
{
	const struct btf_type *type = kvet_btf_type(kernel->btf, kernel->ops[ops]);

	for (uint32_t i = 0; i < BTF_INFO_VLEN(type->info); i++) {
		const struct btf_member *entry = btf_members(type) + i;
		const char *name = kvet_btf_string(kernel->btf, entry->name_off);

		if (!name || !is_function_pointer(kernel->btf, entry->type) || nth-- > 0)
			continue;
		*member = (int)i;
		return name;
	}
	return NULL;
}
