/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The variants of program types: what a load names in addition to the type. Pure. */
#ifndef KVET_PROBE_VARIANT_H
#define KVET_PROBE_VARIANT_H

#include <stdbool.h>
#include <stddef.h>

/* The target that a load must name. */
enum kvet_target {
	KVET_TARGET_NONE,
	KVET_TARGET_FUNCTION,   /* a kernel function, by its BTF id */
	KVET_TARGET_TRACEPOINT, /* a tracepoint, by the BTF id of its typedef btf_trace_… */
	KVET_TARGET_MEMBER,     /* a function pointer of a struct_ops, by the struct's BTF id */
	KVET_TARGET_PROGRAM,    /* a loaded program, and its function's id in its own BTF */
};

struct kvet_variant {
	const char *name; /* NULL where the type has no variants */
	int attach;       /* expected_attach_type */
	enum kvet_target target;
	/* Names of targets, ends with NULL: the first for which a program loads is used. */
	const char *const *candidates;
	int replaced; /* KVET_TARGET_PROGRAM: the type of the program to replace */
};

/* The variants of a type; *count is their number, at least 1. Those of struct_ops are not listed
 * here: the kernel's BTF names them. An unknown type has one variant, with attach type 0. */
const struct kvet_variant *kvet_variants(int type, size_t *count);

/* The attach type that a load of the variant names; 0 where the kernel's BTF decides. */
int kvet_variant_attach_type(int type, int variant);

/* Whether all programs of the type must be sleepable. */
bool kvet_variants_always_sleep(int type);

/* Whether programs of the type name something in the kernel's BTF. */
bool kvet_variants_need_kernel(int type);

#endif
