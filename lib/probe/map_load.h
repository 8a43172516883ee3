/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Creates the maps of a plan. */
#ifndef KVET_PROBE_MAP_LOAD_H
#define KVET_PROBE_MAP_LOAD_H

#include "bpf/loader_load.h"
#include "probe/plan.h"

/* enum bpf_map_type */
int kvet_map_type_of(enum kvet_map_kind kind);

/* Creates a map. Returns its descriptor, the caller's, or a negative errno: -EINVAL where this
 * kernel does not support maps of this kind. Touches the kernel. Errors: of bpf(2); -ENOMEM. */
int kvet_map_load(struct kvet_loader *loader, enum kvet_map_kind kind, struct kvet_cause *err);

#endif
