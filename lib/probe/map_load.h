/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Maps that helpers cannot do without. A program may be refused for its map alone (kernel:
 * check_map_prog_compatibility()): bpf_spin_lock() is offered to tracing programs, but no map
 * with a lock in it is.
 */
#ifndef KVET_PROBE_MAP_LOAD_H
#define KVET_PROBE_MAP_LOAD_H

#include <stdbool.h>

#include <kvet/error.h>

enum kvet_map_kind {
	KVET_MAP_NONE,
	KVET_MAP_SPIN_LOCK, /* an array of values with a struct bpf_spin_lock */
	KVET_MAP_TIMER,     /* the same with a struct bpf_timer */
	KVET_MAP_STACKS,
	KVET_MAP_PERF_EVENTS,
	KVET_MAP_PROGRAMS,
	KVET_MAP_CGROUPS,
	KVET_MAP_COUNT
};

/* The map that a program has to name to call the helper, where its kind may be refused. */
enum kvet_map_kind kvet_map_kind_of(int helper);

/* Makes one. Returns its descriptor, the caller's, or a negative errno. Touches the kernel.
 * Errors: of bpf(2); -ENOMEM. */
int kvet_map_load(enum kvet_map_kind kind, struct kvet_error *err);

#endif
