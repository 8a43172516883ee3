/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The plan of a question: the attempts that can answer it, in their order. Pure.
 *
 * A helper may be refused only for what it works on (kernel: check_map_prog_compatibility()):
 * tracing programs are offered bpf_spin_lock(), but no map with a lock in it; a sleepable program
 * may use only a few kinds of map. Each way to get such an argument is a step of the plan.
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

/* What the program of a step does. */
enum kvet_step_kind {
	KVET_STEP_MAP,    /* calls the helper, and names a map of the kind */
	KVET_STEP_OBJECT, /* allocates an object with bpf_obj_new(), and calls the helper for it */
	KVET_STEP_CALL,   /* only calls the helper; always the last step */
};

struct kvet_step {
	enum kvet_step_kind kind;
	enum kvet_map_kind map;
};

/* No helper has more steps. */
#define KVET_STEPS_MOST 8

struct kvet_plan {
	/* The most common argument comes first; KVET_STEP_CALL ends the list. */
	const struct kvet_step *steps;
	/* Types whose programs are offered what lockdown can take away; ends with 0. If one of them
	 * is offered the helper, lockdown does not take it away. NULL: lockdown never does. */
	const int *witnesses;
	/* The helper may sleep. Kernels before 5.18 refuse it to a program that may not in the
	 * words of "not for this program type". */
	bool may_sleep;
};

/* The plan for a helper, the same for every type and variant; never NULL. */
const struct kvet_plan *kvet_plan_of(int helper);

/* What a step passes to the helper: "queue", as bpftool(8) names it, "array with a bpf_spin_lock",
 * "object of bpf_obj_new"; NULL for a mere call. */
const char *kvet_step_argument(const struct kvet_step *step);

const char *kvet_map_kind_name(enum kvet_map_kind kind);

#endif
