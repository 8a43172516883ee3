/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Finds single types in the kernel's BTF. libbpf would parse all of it, 5 MB, for the same answer;
 * one pass over the bytes takes a twentieth of that time.
 */
#ifndef KVET_HOST_BTF_READ_H
#define KVET_HOST_BTF_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kvet/host.h>

#define KVET_BTF_VMLINUX "/sys/kernel/btf/vmlinux"

/* The running kernel's BTF, /sys/kernel/btf/vmlinux below the host's sysroot. */
struct kvet_btf {
	const char *bytes;
	size_t size;
	bool mapped;
	const char *types;
	size_t types_size;
	const char *strings;
	size_t strings_size;
};

/* Errors: of open(2), fstat(2) and read(2); -EINVAL if it is not BTF, -EFBIG if it is too large for
 * BTF, -ENODATA if it shrinks. Free with kvet_btf_deinit(). */
int kvet_btf_read(const struct kvet_host *host, struct kvet_btf *btf, struct kvet_cause *err);
void kvet_btf_deinit(struct kvet_btf *btf);

/* Fills btf with where types and strings are in these bytes, which stay the caller's. Returns false
 * if they are not BTF. Pure. */
bool kvet_btf_parse(struct kvet_btf *btf, const char *bytes, size_t size);

/* A struct member to look for, and where it was found. */
struct kvet_btf_member {
	const char *name;
	uint32_t offset; /* bytes */
	bool found;
};

/* The id of a function, or 0; and the offsets of members of the struct with this name, returning
 * whether the struct exists. */
uint32_t kvet_btf_function(const struct kvet_btf *btf, const char *name);
bool kvet_btf_struct(const struct kvet_btf *btf, const char *name, struct kvet_btf_member *members,
		     size_t count);

#endif
