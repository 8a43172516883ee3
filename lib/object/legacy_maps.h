/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Maps as objects defined them before BTF: a section "maps" of struct bpf_map_def, which libbpf 1.0
 * and later refuse, and which other loaders take. Pure.
 */
#ifndef KVET_OBJECT_LEGACY_MAPS_H
#define KVET_OBJECT_LEGACY_MAPS_H

#include "object/elf.h"

/*
 * Makes a copy of the object's file whose maps are in ".maps", described by BTF, as libbpf
 * requires. Returns the bytes, which the caller frees, and their size; NULL if the object has no
 * such maps, or they cannot be converted (then libbpf says what it refuses).
 */
char *kvet_legacy_maps_convert(const struct kvet_elf *elf, size_t *size);

#endif
