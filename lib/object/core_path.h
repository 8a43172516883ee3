/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The path of a CO-RE relocation, "0:1:2", in the object's types and in a kernel's. Pure. */
#ifndef KVET_OBJECT_CORE_PATH_H
#define KVET_OBJECT_CORE_PATH_H

#include <stddef.h>
#include <stdint.h>

#include "object/core_resolve.h"

/* libbpf's limit (BPF_CORE_SPEC_MAX_LEN). */
#define KVET_CORE_STEPS_MOST 64

/* A member by its name, or an element of an array. */
struct kvet_core_step {
	uint32_t type; /* the struct or union; or the type of the element */
	uint32_t index;
	const char *name; /* NULL: an element */
};

/* From a type to what a relocation is for. */
struct kvet_core_path {
	const struct kvet_btf *btf;
	unsigned int pointer;
	uint32_t root;
	uint64_t bit;
	struct kvet_core_step steps[KVET_CORE_STEPS_MOST];
	size_t count;
	size_t depth; /* steps, and those into members without a name */
};

/* Of the object. Errors: -EINVAL, -E2BIG. */
int kvet_core_path_parse(struct kvet_core_path *path, const struct kvet_btf *btf,
			 const struct bpf_core_relo *relocation);

/* The same in a candidate, for a relocation of this kind. Returns 1 if the candidate has it, 0 if
 * not, or a negative errno. */
int kvet_core_path_match(const struct kvet_core_path *local, uint32_t kind,
			 const struct kvet_core_candidate *candidate, unsigned int pointer,
			 struct kvet_core_path *path);

#endif
