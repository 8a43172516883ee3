/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The maps of an object: only those that programs use, and no larger than an answer requires.
 * Touches the kernel. */
#ifndef KVET_OBJECT_MAPS_LOAD_H
#define KVET_OBJECT_MAPS_LOAD_H

#include "object/child.h"

/* Before the load: which maps are created, and how large. */
void kvet_maps_shape(struct kvet_child *child);

/* After it: sends those that were created. */
void kvet_maps_send_created(const struct kvet_child *child);

/* Sends one: created (0), or refused with this errno. */
void kvet_map_send(const struct kvet_child *child, const struct bpf_map *map, int errnum);

/* Whether the kernel has refused the map of this name. */
bool kvet_map_is_refused(const struct kvet_child *child, const char *name);

#endif
