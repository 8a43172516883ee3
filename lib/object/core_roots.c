/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's types of the same names as those of an object, found in one pass. */
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "core/fail.h"
#include "object/core_resolve.h"
#include "object/core_types.h"

static int compare_types(const void *a, const void *b)
{
	const struct kvet_core_root *first = a, *second = b;

	return first->type < second->type ? -1 : first->type > second->type;
}

static int compare_names(const void *a, const void *b)
{
	const struct kvet_core_root *first = *(const struct kvet_core_root *const *)a;
	const struct kvet_core_root *second = *(const struct kvet_core_root *const *)b;
	size_t len = first->length < second->length ? first->length : second->length;
	int order = memcmp(first->name, second->name, len);

	return order ? order : first->length < second->length ? -1 : first->length > second->length;
}

/* The roots in the order of their names. */
struct by_name {
	struct kvet_core_root **items;
	size_t count;
};

static bool add_candidate(struct kvet_core_root *root, const struct kvet_btf *btf, uint32_t id)
{
	if (!ARRAY_MORE(root->candidates, root->count))
		return false;
	root->candidates[root->count++] = (struct kvet_core_candidate){ btf, id };
	return true;
}

/* The first of those with this name. */
static size_t first_of(const struct by_name *names, const struct kvet_core_root *wanted)
{
	size_t low = 0, high = names->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_names(&names->items[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A module's types come after those of the kernel proper: before is how many candidates each root
 * had when its BTF was begun. */
static bool scan(const struct by_name *names, const struct kvet_btf *btf, bool is_module)
{
	for (uint32_t id = btf->first; id < btf->end; id++) {
		const struct btf_type *type = kvet_btf_type(btf, id);
		const char *name = kvet_core_name(btf, type->name_off);
		struct kvet_core_root key = { .name = name };
		const struct kvet_core_root *wanted = &key;

		if (!*name)
			continue;
		key.length = kvet_core_name_length(name);
		for (size_t i = first_of(names, wanted);
		     i < names->count && !compare_names(&names->items[i], &wanted); i++) {
			struct kvet_core_root *root = names->items[i];

			if (!kvet_core_same_kind(root->kind, btf_kind(type)) ||
			    (is_module && root->count && !root->candidates[0].btf->base))
				continue;
			if (!add_candidate(root, btf, id))
				return false;
		}
	}
	return true;
}

static size_t unique(struct kvet_core_root *roots, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (!i || roots[i].type != roots[i - 1].type)
			roots[kept++] = roots[i];
	return kept;
}

int kvet_core_roots_find(struct kvet_core_roots *roots, const struct kvet_btf *local,
			 const uint32_t *types, size_t count, const struct kvet_core_kernel *kernel,
			 struct kvet_cause *err)
{
	struct by_name names = { calloc(count + 1, sizeof(*names.items)), 0 };
	bool done;

	*roots = (struct kvet_core_roots){ calloc(count + 1, sizeof(*roots->items)), 0 };
	done = names.items && roots->items;
	for (size_t i = 0; done && i < count; i++) {
		const struct btf_type *type = kvet_btf_type(local, types[i]);
		struct kvet_core_root *root = &roots->items[i];

		root->type = types[i];
		root->kind = type ? btf_kind(type) : 0;
		root->name = type ? kvet_core_name(local, type->name_off) : "";
		root->length = kvet_core_name_length(root->name);
	}
	if (done) {
		qsort(roots->items, count, sizeof(*roots->items), compare_types);
		roots->count = unique(roots->items, count);
		for (size_t i = 0; i < roots->count; i++)
			if (*roots->items[i].name)
				names.items[names.count++] = &roots->items[i];
		qsort(names.items, names.count, sizeof(struct kvet_core_root *), compare_names);
	}
	for (size_t i = 0; done && names.count && i < kernel->count; i++)
		done = scan(&names, kernel->btfs[i], i);
	free(names.items);
	return done ? 0 : kvet_fail_memory(err);
}

void kvet_core_roots_deinit(struct kvet_core_roots *roots)
{
	for (size_t i = 0; i < roots->count; i++)
		free(roots->items[i].candidates);
	free(roots->items);
	*roots = (struct kvet_core_roots){ 0 };
}
