/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the kernel tells about its BPF objects. Touches the kernel: bpf(BPF_OBJ_GET_INFO_BY_FD). */
#ifndef KVET_BPF_INFO_READ_H
#define KVET_BPF_INFO_READ_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* struct bpf_link_info, whose newer members a distribution's header may lack (Linux 6.7). */
struct kvet_bpf_link_info {
	uint32_t type, id, prog_id, reserved;
	union {
		struct {
			uint32_t type, reserved; /* KVET_BPF_EVENT_... */
			uint64_t name;
			uint32_t name_len, offset;
			uint64_t address, missed;
		} event; /* of a perf event that is a kprobe */
		struct {
			uint64_t addresses;
			uint32_t count, flags;
			uint64_t missed;
		} multi;
	};
};

/* enum bpf_perf_event_type, of the same release. */
#define KVET_BPF_EVENT_KPROBE    3
#define KVET_BPF_EVENT_KRETPROBE 4

/* Reads the info of a link. Returns whether this kernel fills all of it. */
bool kvet_bpf_link_info_read(int link, struct kvet_bpf_link_info *info);

/* How often the kernel did not call the program of a link because it was already running on that
 * CPU; 0 if unknown. */
uint64_t kvet_bpf_recursion_misses(const struct kvet_bpf_link_info *link);

/* Whether this kernel counts that for a program. */
bool kvet_bpf_counts_recursion(int prog);

/* The lengths in bytes of a program as the kernel translated it, and as it compiled it. Both are 0
 * for a process that may not see kernel addresses. Returns false if they cannot be read. */
bool kvet_bpf_program_lengths(int prog, uint32_t *translated, uint32_t *compiled);

/* A program as the kernel translated it; the caller frees it. NULL: the kernel does not tell. */
struct bpf_insn *kvet_bpf_program_translated(int prog, size_t *count);

/* Whether BTF is that of the kernel or of a module, with its name. */
bool kvet_bpf_btf_is_kernels(int btf, char *name, size_t size);

/* The address of a program, which is a symbol while it is loaded; 0 if the kernel does not
 * tell it. */
uint64_t kvet_bpf_program_address(int prog);

#endif
