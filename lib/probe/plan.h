/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a helper works on, where a program may be refused for that alone (kernel:
 * check_map_prog_compatibility()): tracing programs are offered bpf_spin_lock(), but no map with a
 * lock in it; a sleepable program may use only a few kinds of map. Pure.
 */
#ifndef KVET_PROBE_PLAN_H
#define KVET_PROBE_PLAN_H

#include <stdbool.h>

enum kvet_map_kind {
	KVET_MAP_NONE,
	KVET_MAP_ARRAY,
	KVET_MAP_HASH,
	KVET_MAP_LRU_HASH,
	KVET_MAP_PERCPU_ARRAY,
	KVET_MAP_PERCPU_HASH,
	KVET_MAP_LRU_PERCPU_HASH,
	KVET_MAP_QUEUE,
	KVET_MAP_STACK,
	KVET_MAP_BLOOM_FILTER,
	KVET_MAP_RINGBUF,
	KVET_MAP_USER_RINGBUF,
	KVET_MAP_STACK_TRACE,
	KVET_MAP_PERF_EVENT_ARRAY,
	KVET_MAP_PROG_ARRAY,
	KVET_MAP_CGROUP_ARRAY,
	KVET_MAP_CGROUP_STORAGE,
	KVET_MAP_PERCPU_CGROUP_STORAGE,
	KVET_MAP_DEVMAP,
	KVET_MAP_DEVMAP_HASH,
	KVET_MAP_CPUMAP,
	KVET_MAP_XSKMAP,
	KVET_MAP_SOCKMAP,
	KVET_MAP_SOCKHASH,
	KVET_MAP_REUSEPORT_SOCKARRAY,
	KVET_MAP_SK_STORAGE,
	KVET_MAP_INODE_STORAGE,
	KVET_MAP_TASK_STORAGE,
	KVET_MAP_CGRP_STORAGE,
	KVET_MAP_LOCK_ARRAY, /* values with a struct bpf_spin_lock */
	KVET_MAP_LOCK_HASH,
	KVET_MAP_TIMER_ARRAY, /* values with a struct bpf_timer */
	KVET_MAP_TIMER_HASH,
	KVET_MAP_TIMER_LRU_HASH,
	KVET_MAP_COUNT
};

struct kvet_plan {
	/* The kinds of map that the helper takes, or whose values hold what it takes; ends with
	 * KVET_MAP_NONE. The most common come first. */
	const enum kvet_map_kind *kinds;
	/* What it takes may also be in an object of bpf_obj_new(), outside of any map. */
	bool object;
};

/* The plan of a helper; NULL if a program is never refused for what the helper takes. */
const struct kvet_plan *kvet_plan_of(int helper);

/* "queue", as bpftool(8) names it, and "array with a bpf_spin_lock". */
const char *kvet_map_kind_name(enum kvet_map_kind kind);

#endif
