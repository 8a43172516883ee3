/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <bpf/bpf.h>
#include <string.h>
#include <unistd.h>

#include "bpf/info_read.h"
#include "core/cleanup.h"
#include "host/btf.h"
#include "object/kernel_btf_read.h"

/* From so many names on, an index is faster than that many searches. */
#define INDEX_FROM 8

/* A struct by value takes two registers if one does not hold it. */
static uint32_t count_registers(const struct kvet_btf *btf, const struct btf_type *proto)
{
	uint32_t count = 0;

	for (uint32_t i = 0; proto && i < btf_vlen(proto); i++) {
		const struct btf_type *type =
			kvet_btf_type(btf, kvet_btf_resolve(btf, btf_params(proto)[i].type));

		count += type && btf_is_composite(type) && type->size > 8 ? 2 : 1;
	}
	return count;
}

/* A tracepoint's typedef is a pointer to what it calls, whose first argument is the kernel's own.
 */
static uint32_t count_arguments(const struct kvet_btf *btf, uint32_t id, bool is_typedef)
{
	const struct btf_type *type;
	uint32_t count;

	if (!is_typedef)
		return count_registers(btf, kvet_btf_prototype(btf, id));
	type = kvet_btf_type(btf, kvet_btf_resolve(btf, id));
	type = type && btf_is_ptr(type) ? kvet_btf_type(btf, kvet_btf_resolve(btf, type->type))
					: NULL;
	count = type && btf_is_func_proto(type) ? count_registers(btf, type) : 0;
	return count ? count - 1 : 0;
}

static bool look(const struct kvet_btf *btf, int module, struct kvet_btf_wanted *wanted,
		 size_t count)
{
	bool found = false;

	for (size_t i = 0; i < count; i++) {
		uint32_t kind = wanted[i].is_typedef ? BTF_KIND_TYPEDEF : BTF_KIND_FUNC;
		uint32_t id = wanted[i].id ? 0 : kvet_btf_find(btf, kind, wanted[i].name);

		if (!id)
			continue;
		wanted[i].id = id;
		wanted[i].module = module;
		wanted[i].arguments = count_arguments(btf, id, wanted[i].is_typedef);
		found = true;
	}
	return found;
}

static bool all_found(const struct kvet_btf_wanted *wanted, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!wanted[i].id)
			return false;
	return true;
}

/* A descriptor whose number a found function refers to stays open. */
static void look_in_module(const struct kvet_btf *kernel, uint32_t id,
			   struct kvet_btf_wanted *wanted, size_t count)
{
	char name[64] = "";
	AUTO_CLOSE int fd = bpf_btf_get_fd_by_id(id);
	AUTO(kvet_btf) *btf = NULL;

	/* That of programs has no file. */
	if (fd < 0 || !kvet_bpf_btf_is_kernels(fd, name, sizeof(name)) ||
	    !strcmp(name, KVET_BTF_KERNEL) || kvet_btf_read(&btf, NULL, name, kernel, NULL))
		return;
	if (look(btf, fd, wanted, count))
		(void)TAKE_FD(fd);
}

int kvet_object_btf_find(struct kvet_btf_wanted *wanted, size_t count, struct kvet_cause *err)
{
	AUTO(kvet_btf) *kernel = NULL;
	uint32_t id = 0;
	int ret = kvet_btf_read(&kernel, NULL, KVET_BTF_KERNEL, NULL, err);

	if (!ret && count >= INDEX_FROM)
		ret = kvet_btf_index(kernel, err);
	if (ret)
		return ret;
	look(kernel, 0, wanted, count);
	while (!all_found(wanted, count) && !bpf_btf_get_next_id(id, &id))
		look_in_module(kernel, id, wanted, count);
	return 0;
}
