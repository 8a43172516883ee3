/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * When a type of an object is one of a kernel, by the rules that libbpf has for it: names up to a
 * flavor ("task_struct___old" is task_struct), kinds, members. Pure; whatever the bytes are, the
 * work is bounded.
 */
#ifndef KVET_OBJECT_CORE_TYPES_H
#define KVET_OBJECT_CORE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/btf.h"

/* The object's types, and a kernel's. */
struct kvet_core_pair {
	const struct kvet_btf *local, *target;
};

/* The length of a name without its flavor. */
size_t kvet_core_name_length(const char *name);

/* Whether both have the same name without a flavor; "" is the same as "" alone. */
bool kvet_core_same_name(const char *a, const char *b);

/* The name at an offset, or "". */
const char *kvet_core_name(const struct kvet_btf *btf, uint32_t offset);

/* The name of an enumerator of an enum, whose size may be of 64 bits. */
const char *kvet_core_enumerator(const struct kvet_btf *btf, const struct btf_type *type,
				 uint32_t index);

/* BTF_KIND_...; 0 for void. Whether two are the same, or both enums. */
uint32_t kvet_core_kind(const struct kvet_btf *btf, uint32_t id);
bool kvet_core_same_kind(uint32_t a, uint32_t b);

/* The size of a type in bytes, of which a pointer has so many; -EINVAL if it has none. */
long kvet_core_size(const struct kvet_btf *btf, uint32_t id, unsigned int pointer);

/* The size of this kernel's pointers, by that of its long; 8 if it has none. */
unsigned int kvet_core_pointer_size(const struct kvet_btf *btf);

/* Each returns 1, 0, or a negative errno where libbpf gives up. */

/* bpf_core_type_exists(), and the signature of a kfunc. */
int kvet_core_types_compatible(const struct kvet_core_pair *pair, uint32_t local, uint32_t target);

/* bpf_core_type_matches(). */
int kvet_core_types_match(const struct kvet_core_pair *pair, uint32_t local, uint32_t target);

/* Of members with one name. */
int kvet_core_fields_compatible(const struct kvet_core_pair *pair, uint32_t local, uint32_t target);

#endif
