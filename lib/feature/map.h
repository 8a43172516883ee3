/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Map types: what each requires to be created. Pure. */
#ifndef KVET_FEATURE_MAP_H
#define KVET_FEATURE_MAP_H

#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>

/* What a map holds that its numbers do not say. */
enum kvet_map_extra {
	KVET_MAP_PLAIN,
	KVET_MAP_TYPED,     /* its key and value require BTF types */
	KVET_MAP_OF_MAPS,   /* it requires an inner map */
	KVET_MAP_STRUCT_OPS /* it names a struct of the kernel */
};

struct kvet_map_spec {
	const char *name; /* as libbpf names it; NULL: that of its type */
	uint32_t type;
	uint32_t flags; /* beyond those that its type requires */
	enum kvet_map_extra extra;
	const char *option; /* the build option that it depends on */
};

/* Every type, in the order of their numbers, and then types with flags; how many there are. */
extern const struct kvet_map_spec kvet_map_specs[];
extern const size_t kvet_map_spec_count;

#endif
