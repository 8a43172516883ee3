/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a CO-RE relocation comes to on a kernel, from that kernel's BTF alone: the same as libbpf
 * would write into the instruction (libbpf: relo_core.c), or why it would not. Pure.
 */
#ifndef KVET_OBJECT_CORE_RESOLVE_H
#define KVET_OBJECT_CORE_RESOLVE_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kvet/cause.h>

#include "host/btf.h"

struct kvet_core_kernel {
	const struct kvet_btf *const *btfs; /* the kernel's own, then those of its modules */
	size_t count;
	unsigned int pointer; /* the size of its pointers in bytes */
	bool big_endian;
};

struct kvet_core_candidate {
	const struct kvet_btf *btf;
	uint32_t id;
};

/*
 * A type of the object that relocations begin at, and the kernel's types of its name and kind.
 * Those that a relocation shows to be others are dropped for all that follow, as in libbpf.
 */
struct kvet_core_root {
	uint32_t type;
	uint32_t kind;
	const char *name;
	size_t length; /* of the name, without a flavor */
	struct kvet_core_candidate *candidates;
	size_t count;
};

struct kvet_core_roots {
	struct kvet_core_root *items; /* in the order of their types */
	size_t count;
};

/* Finds the candidates of all types, whose ids may repeat. A module's count only where the kernel
 * proper has none. Errors: -ENOMEM. */
int kvet_core_roots_find(struct kvet_core_roots *roots, const struct kvet_btf *local,
			 const uint32_t *types, size_t count, const struct kvet_core_kernel *kernel,
			 struct kvet_cause *err);
void kvet_core_roots_deinit(struct kvet_core_roots *roots);

struct kvet_core_value {
	bool missing;    /* the kernel has no such thing: libbpf makes the instruction invalid */
	bool candidates; /* there is a type of that name */
	uint64_t was, is;
	bool checked;               /* the instruction must hold the first of them */
	uint32_t was_size, is_size; /* of a field that is loaded or stored; 0: does not count */
	bool other_size;            /* and the instruction cannot be adjusted to it */
};

/*
 * Returns 0, or a negative errno where libbpf refuses the whole object: -ENOTUNIQ if the candidates
 * do not agree; -EINVAL, -E2BIG for a relocation that makes no sense; -EOPNOTSUPP for a type
 * without a name, or a kind of relocation that is not known.
 */
int kvet_core_resolve(const struct kvet_core_roots *roots, const struct kvet_btf *local,
		      const struct bpf_core_relo *relocation, const struct kvet_core_kernel *kernel,
		      struct kvet_core_value *value);

/*
 * Changes the instruction; of one of two halves, second is the other, else NULL. Returns 0 and
 * whether it is invalid now; or -EINVAL, -ERANGE where libbpf refuses the whole object.
 */
int kvet_core_patch(const struct kvet_core_value *value, struct bpf_insn *insn,
		    struct bpf_insn *second, bool *invalid);

#endif
