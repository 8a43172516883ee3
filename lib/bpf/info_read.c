/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "bpf/info_read.h"
#include "core/cleanup.h"

bool kvet_bpf_link_info_read(int link, struct kvet_bpf_link_info *info)
{
	union bpf_attr attr = { .info = { .bpf_fd = (__u32)link,
					  .info_len = sizeof(*info),
					  .info = (uint64_t)(uintptr_t)info } };

	*info = (struct kvet_bpf_link_info){ 0 };
	/* The kernel returns how much of the struct it fills: both counts came with the same
	 * release. */
	return !syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr)) &&
	       attr.info.info_len >= sizeof(*info);
}

uint64_t kvet_bpf_recursion_misses(const struct kvet_bpf_link_info *link)
{
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info);
	AUTO_CLOSE int prog = bpf_prog_get_fd_by_id(link->prog_id);

	if (prog < 0 || bpf_obj_get_info_by_fd(prog, &info, &size))
		return 0;
	return info.recursion_misses;
}

bool kvet_bpf_counts_recursion(int prog)
{
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info);

	/* The kernel returns how much of the struct it fills. */
	return !bpf_obj_get_info_by_fd(prog, &info, &size) &&
	       size >= offsetof(struct bpf_prog_info, recursion_misses) +
			       sizeof(info.recursion_misses);
}

uint64_t kvet_bpf_program_address(int prog)
{
	uint64_t address = 0;
	struct bpf_prog_info info = { .nr_jited_ksyms = 1,
				      .jited_ksyms = (uint64_t)(uintptr_t)&address };
	__u32 size = sizeof(info);

	return bpf_obj_get_info_by_fd(prog, &info, &size) ? 0 : address;
}

bool kvet_bpf_program_lengths(int prog, uint32_t *translated, uint32_t *compiled)
{
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info);

	if (bpf_obj_get_info_by_fd(prog, &info, &size))
		return false;
	*translated = info.xlated_prog_len;
	*compiled = info.jited_prog_len;
	return true;
}

struct bpf_insn *kvet_bpf_program_translated(int prog, size_t *count)
{
	AUTO_FREE struct bpf_insn *insns = NULL;
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info), len;

	if (bpf_obj_get_info_by_fd(prog, &info, &size) || !info.xlated_prog_len)
		return NULL;
	len = info.xlated_prog_len;
	insns = calloc(1, len);
	info = (struct bpf_prog_info){ .xlated_prog_len = len,
				       .xlated_prog_insns = (uintptr_t)insns };
	size = sizeof(info);
	if (!insns || bpf_obj_get_info_by_fd(prog, &info, &size) || !info.xlated_prog_insns)
		return NULL;
	*count = (info.xlated_prog_len < len ? info.xlated_prog_len : len) / sizeof(*insns);
	return TAKE(insns);
}

bool kvet_bpf_btf_is_kernels(int btf, char *name, size_t size)
{
	struct bpf_btf_info info = { .name = (uintptr_t)name, .name_len = (uint32_t)size };
	__u32 info_size = sizeof(info);

	return !bpf_obj_get_info_by_fd(btf, &info, &info_size) && info.kernel_btf;
}
