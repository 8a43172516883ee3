/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the running kernel's BTF names: helpers, program types, targets for programs. */
#ifndef KVET_PROBE_KERNEL_BTF_H
#define KVET_PROBE_KERNEL_BTF_H

#include <stdbool.h>
#include <stddef.h>

#include <kvet/cause.h>
#include <kvet/host.h>

#include "host/btf.h"

/* Immutable once made. */
struct kvet_kernel;

/* Takes ownership of the BTF, even on failure. Errors: -ENOMEM; -EINVAL if it is not a kernel's BTF
 * (no enum bpf_func_id). */
int kvet_kernel_new(struct kvet_kernel **kernel, struct kvet_btf *btf, struct kvet_cause *err);

/* Reads /sys/kernel/btf/vmlinux. Touches the kernel. Errors: those of kvet_btf_read() and
 * kvet_kernel_new(). */
int kvet_kernel_read(struct kvet_kernel **kernel, const struct kvet_host *host,
		     struct kvet_cause *err);
void kvet_kernel_free(struct kvet_kernel *kernel);

/* Its types. */
const struct kvet_btf *kvet_kernel_btf(const struct kvet_kernel *kernel);

/* "bpf_ktime_get_ns" and "kprobe", or NULL; numbers end before _end(). */
int kvet_kernel_helpers_end(const struct kvet_kernel *kernel);
const char *kvet_kernel_helper_name(const struct kvet_kernel *kernel, int helper);
int kvet_kernel_types_end(const struct kvet_kernel *kernel);
const char *kvet_kernel_type_name(const struct kvet_kernel *kernel, int type);

/* The BTF id of a function or a typedef, 0 if there is none of the name. */
unsigned int kvet_kernel_find(const struct kvet_kernel *kernel, const char *name, bool function);

/* The structs that a struct_ops program can be part of: those with a "bpf_struct_ops_" struct in
 * the kernel (kernel: BPF_STRUCT_OPS_COMMON_VALUE). */
size_t kvet_kernel_ops_count(const struct kvet_kernel *kernel);
const char *kvet_kernel_ops_name(const struct kvet_kernel *kernel, size_t ops);
unsigned int kvet_kernel_ops_id(const struct kvet_kernel *kernel, size_t ops);

/* The nth function pointer of a struct, from 0: returns its name; *member is its number among all
 * members, which a load uses as attach type. NULL if there are not that many. */
const char *kvet_kernel_ops_member(const struct kvet_kernel *kernel, size_t ops, size_t nth,
				   int *member);

#endif
