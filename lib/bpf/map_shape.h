/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How the smallest map of each type is created: sizes, entries, flags. */
#ifndef KVET_BPF_MAP_SHAPE_H
#define KVET_BPF_MAP_SHAPE_H

#include <linux/bpf.h>
#include <stdint.h>

/* One more than the number of the last type that kvet knows. */
extern const uint32_t kvet_map_types_end;

/* Fills what BPF_MAP_CREATE is told of the type; all else is 0. Types for inner maps, BTF and a
 * struct's name are the caller's. */
void kvet_map_shape(uint32_t type, union bpf_attr *attr);

#endif
