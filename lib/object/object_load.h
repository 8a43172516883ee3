/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Opens and loads an object with libbpf, so that each program gets its own answer.
 *
 * libbpf loads all or nothing. Its handlers of section names let kvet ask the kernel about each
 * program as libbpf has prepared it, and give libbpf an empty program in its place, so that it goes
 * on. What stops it before the first program (a map, an extern) is taken out of its way, the
 * programs that use it are blocked, and it is asked again. Touches the kernel.
 */
#ifndef KVET_OBJECT_OBJECT_LOAD_H
#define KVET_OBJECT_OBJECT_LOAD_H

#include "object/child.h"

/* Opens and loads until every program is decided, or libbpf cannot go on. */
void kvet_object_load(struct kvet_child *child);

#endif
