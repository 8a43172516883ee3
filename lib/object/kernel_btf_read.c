/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/fail.h"
#include "object/kernel_btf_read.h"

static int compare_wanted(const void *a, const void *b)
{
	const struct kvet_btf_wanted *const *first = a, *const *second = b;

	return strcmp((*first)->name, (*second)->name);
}

static int compare_name(const void *name, const void *item)
{
	const struct kvet_btf_wanted *const *wanted = item;

	return strcmp(name, (*wanted)->name);
}

/* The first and all others of the same name, of which one may be a typedef. */
static void found(struct kvet_btf_wanted **sorted, size_t count, const char *name, bool is_typedef,
		  uint32_t id, int module)
{
	struct kvet_btf_wanted **at =
		bsearch(name, sorted, count, sizeof(struct kvet_btf_wanted *), compare_name);

	if (!at)
		return;
	while (at > sorted && !strcmp(at[-1]->name, name))
		at--;
	for (; at < sorted + count && !strcmp((*at)->name, name); at++)
		if ((*at)->is_typedef == is_typedef && !(*at)->id) {
			(*at)->id = id;
			(*at)->module = module;
		}
}

static void look(const struct btf *btf, uint32_t first, int module, struct kvet_btf_wanted **sorted,
		 size_t count)
{
	uint32_t end = btf__type_cnt(btf);

	for (uint32_t id = first; id < end; id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);
		const char *name;

		if (!type || (!btf_is_func(type) && !btf_is_typedef(type)))
			continue;
		name = btf__name_by_offset(btf, type->name_off);
		if (name)
			found(sorted, count, name, btf_is_typedef(type), id, module);
	}
}

static bool all_found(struct kvet_btf_wanted **sorted, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!sorted[i]->id)
			return false;
	return true;
}

/* A descriptor whose number a found function refers to stays open. */
static void look_in_module(struct btf *vmlinux, uint32_t id, struct kvet_btf_wanted **sorted,
			   size_t count)
{
	struct bpf_btf_info info = { 0 };
	uint32_t size = sizeof(info);
	bool used = false;
	struct btf *btf;
	char name[64] = "";
	int fd = bpf_btf_get_fd_by_id(id);

	if (fd < 0)
		return;
	info.name = (uintptr_t)name;
	info.name_len = sizeof(name);
	if (bpf_obj_get_info_by_fd(fd, &info, &size) || !info.kernel_btf ||
	    !strcmp(name, "vmlinux")) {
		close(fd);
		return;
	}
	btf = btf__load_from_kernel_by_id_split(id, vmlinux);
	if (!libbpf_get_error(btf)) {
		look(btf, btf__type_cnt(vmlinux), fd, sorted, count);
		btf__free(btf);
	}
	for (size_t i = 0; i < count; i++)
		used = used || sorted[i]->module == fd;
	if (!used)
		close(fd);
}

int kvet_object_btf_find(struct kvet_btf_wanted *wanted, size_t count, struct kvet_cause *err)
{
	struct kvet_btf_wanted **sorted = calloc(count + 1, sizeof(*sorted));
	struct btf *btf;
	uint32_t id = 0;
	int errnum;

	if (!sorted)
		return kvet_fail_memory(err);
	for (size_t i = 0; i < count; i++)
		sorted[i] = &wanted[i];
	qsort(sorted, count, sizeof(*sorted), compare_wanted);
	errno = 0;
	btf = btf__load_vmlinux_btf();
	errnum = errno;
	if (libbpf_get_error(btf)) {
		free(sorted);
		return kvet_fail(err, errnum, "/sys/kernel/btf/vmlinux", "%s", strerror(errnum));
	}
	look(btf, 1, 0, sorted, count);
	while (!all_found(sorted, count) && !bpf_btf_get_next_id(id, &id))
		look_in_module(btf, id, sorted, count);
	btf__free(btf);
	free(sorted);
	return 0;
}
