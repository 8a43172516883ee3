/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <assert.h>
#include <linux/bpf.h>
#include <stddef.h>

#include "bpf/late.h"
#include "probe/plan.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))
#define MAP(kind)                              \
	{                                      \
		KVET_STEP_MAP, KVET_MAP_##kind \
	}
#define OBJECT                                  \
	{                                       \
		KVET_STEP_OBJECT, KVET_MAP_NONE \
	}
#define CALL                                  \
	{                                     \
		KVET_STEP_CALL, KVET_MAP_NONE \
	}
#define STEPS(...) ((const struct kvet_step[]){ __VA_ARGS__, CALL })
#define TAKES(helper, list)           \
	{                             \
		helper,               \
		{                     \
			.steps = list \
		}                     \
	}
#define LOCKABLE(helper)                                               \
	{                                                              \
		helper,                                                \
		{                                                      \
			.steps = only_call, .witnesses = tracing_types \
		}                                                      \
	}
#define SLEEPER(helper)                                       \
	{                                                     \
		helper,                                       \
		{                                             \
			.steps = only_call, .may_sleep = true \
		}                                             \
	}

#define ELEMENTS                                                                         \
	STEPS(MAP(ARRAY), MAP(HASH), MAP(LRU_HASH), MAP(PERCPU_ARRAY), MAP(PERCPU_HASH), \
	      MAP(LRU_PERCPU_HASH))
#define QUEUES  STEPS(MAP(QUEUE), MAP(STACK))
#define FILTERS STEPS(MAP(QUEUE), MAP(STACK), MAP(BLOOM_FILTER))
#define EVENTS  STEPS(MAP(PERF_EVENT_ARRAY))
#define RINGS   STEPS(MAP(RINGBUF))
#define CGROUPS STEPS(MAP(CGROUP_ARRAY))
#define SOCKETS STEPS(MAP(SOCKMAP))
#define HASHES  STEPS(MAP(SOCKHASH))
#define TIMERS  STEPS(MAP(TIMER_ARRAY), MAP(TIMER_HASH), MAP(TIMER_LRU_HASH))
#define LOCKS   STEPS(MAP(LOCK_ARRAY), MAP(LOCK_HASH), OBJECT)

static const struct kvet_step only_call[] = { CALL };
static const int tracing_types[] = { BPF_PROG_TYPE_RAW_TRACEPOINT, BPF_PROG_TYPE_TRACEPOINT,
				     BPF_PROG_TYPE_KPROBE, BPF_PROG_TYPE_PERF_EVENT, 0 };

/*
 * Which kinds of map a helper takes does not depend on the program: check_map_func_compatibility()
 * of kernel/bpf/verifier.c. Listed are the kinds that every kernel with both helper and kind
 * allows. A submitted record was reserved in a ring buffer; a timer that is started was initialised
 * with its map.
 */
static const struct {
	int helper;
	struct kvet_plan plan;
} plans[] = {
	TAKES(BPF_FUNC_map_lookup_elem, ELEMENTS),
	TAKES(BPF_FUNC_map_update_elem, ELEMENTS),
	TAKES(BPF_FUNC_map_delete_elem, ELEMENTS),
	TAKES(BPF_FUNC_for_each_map_elem, ELEMENTS),
	TAKES(BPF_FUNC_map_lookup_percpu_elem,
	      STEPS(MAP(PERCPU_ARRAY), MAP(PERCPU_HASH), MAP(LRU_PERCPU_HASH))),
	TAKES(BPF_FUNC_map_push_elem, FILTERS),
	TAKES(BPF_FUNC_map_peek_elem, FILTERS),
	TAKES(BPF_FUNC_map_pop_elem, QUEUES),
	TAKES(BPF_FUNC_ringbuf_output, RINGS),
	TAKES(BPF_FUNC_ringbuf_reserve, RINGS),
	TAKES(BPF_FUNC_ringbuf_submit, RINGS),
	TAKES(BPF_FUNC_ringbuf_discard, RINGS),
	TAKES(BPF_FUNC_ringbuf_query, RINGS),
	TAKES(BPF_FUNC_ringbuf_reserve_dynptr, RINGS),
	TAKES(BPF_FUNC_ringbuf_submit_dynptr, RINGS),
	TAKES(BPF_FUNC_ringbuf_discard_dynptr, RINGS),
	TAKES(BPF_FUNC_user_ringbuf_drain, STEPS(MAP(USER_RINGBUF))),
	TAKES(BPF_FUNC_get_stackid, STEPS(MAP(STACK_TRACE))),
	TAKES(BPF_FUNC_perf_event_read, EVENTS),
	TAKES(BPF_FUNC_perf_event_read_value, EVENTS),
	TAKES(BPF_FUNC_perf_event_output, EVENTS),
	TAKES(BPF_FUNC_skb_output, EVENTS),
	TAKES(BPF_FUNC_xdp_output, EVENTS),
	TAKES(BPF_FUNC_tail_call, STEPS(MAP(PROG_ARRAY))),
	TAKES(BPF_FUNC_current_task_under_cgroup, CGROUPS),
	TAKES(BPF_FUNC_skb_under_cgroup, CGROUPS),
	TAKES(BPF_FUNC_get_local_storage, STEPS(MAP(CGROUP_STORAGE), MAP(PERCPU_CGROUP_STORAGE))),
	TAKES(BPF_FUNC_redirect_map,
	      STEPS(MAP(DEVMAP), MAP(DEVMAP_HASH), MAP(CPUMAP), MAP(XSKMAP))),
	TAKES(BPF_FUNC_sk_redirect_map, SOCKETS),
	TAKES(BPF_FUNC_msg_redirect_map, SOCKETS),
	TAKES(BPF_FUNC_sock_map_update, SOCKETS),
	TAKES(BPF_FUNC_sk_redirect_hash, HASHES),
	TAKES(BPF_FUNC_msg_redirect_hash, HASHES),
	TAKES(BPF_FUNC_sock_hash_update, HASHES),
	TAKES(BPF_FUNC_sk_select_reuseport,
	      STEPS(MAP(REUSEPORT_SOCKARRAY), MAP(SOCKMAP), MAP(SOCKHASH))),
	TAKES(BPF_FUNC_sk_storage_get, STEPS(MAP(SK_STORAGE))),
	TAKES(BPF_FUNC_sk_storage_delete, STEPS(MAP(SK_STORAGE))),
	TAKES(BPF_FUNC_inode_storage_get, STEPS(MAP(INODE_STORAGE))),
	TAKES(BPF_FUNC_inode_storage_delete, STEPS(MAP(INODE_STORAGE))),
	TAKES(BPF_FUNC_task_storage_get, STEPS(MAP(TASK_STORAGE))),
	TAKES(BPF_FUNC_task_storage_delete, STEPS(MAP(TASK_STORAGE))),
	TAKES(KVET_HELPER_CGRP_STORAGE_GET, STEPS(MAP(CGRP_STORAGE))),
	TAKES(KVET_HELPER_CGRP_STORAGE_DELETE, STEPS(MAP(CGRP_STORAGE))),
	TAKES(BPF_FUNC_timer_init, TIMERS),
	TAKES(BPF_FUNC_timer_set_callback, TIMERS),
	TAKES(BPF_FUNC_timer_start, TIMERS),
	TAKES(BPF_FUNC_timer_cancel, TIMERS),
	TAKES(BPF_FUNC_spin_lock, LOCKS),
	TAKES(BPF_FUNC_spin_unlock, LOCKS),
	LOCKABLE(BPF_FUNC_probe_read),
	LOCKABLE(BPF_FUNC_probe_read_str),
	LOCKABLE(BPF_FUNC_probe_read_kernel),
	LOCKABLE(BPF_FUNC_probe_read_kernel_str),
	LOCKABLE(BPF_FUNC_probe_write_user),
	SLEEPER(BPF_FUNC_copy_from_user),
	SLEEPER(BPF_FUNC_copy_from_user_task),
	SLEEPER(BPF_FUNC_ima_inode_hash),
	SLEEPER(BPF_FUNC_ima_file_hash),
};

const struct kvet_plan *kvet_plan_of(int helper)
{
	static const struct kvet_plan others = { .steps = only_call };

	for (size_t i = 0; i < LENGTH(plans); i++)
		if (plans[i].helper == helper)
			return &plans[i].plan;
	return &others;
}

static const char *const names[] = {
	[KVET_MAP_NONE] = "none",
	[KVET_MAP_ARRAY] = "array",
	[KVET_MAP_HASH] = "hash",
	[KVET_MAP_LRU_HASH] = "lru_hash",
	[KVET_MAP_PERCPU_ARRAY] = "percpu_array",
	[KVET_MAP_PERCPU_HASH] = "percpu_hash",
	[KVET_MAP_LRU_PERCPU_HASH] = "lru_percpu_hash",
	[KVET_MAP_QUEUE] = "queue",
	[KVET_MAP_STACK] = "stack",
	[KVET_MAP_BLOOM_FILTER] = "bloom_filter",
	[KVET_MAP_RINGBUF] = "ringbuf",
	[KVET_MAP_USER_RINGBUF] = "user_ringbuf",
	[KVET_MAP_STACK_TRACE] = "stack_trace",
	[KVET_MAP_PERF_EVENT_ARRAY] = "perf_event_array",
	[KVET_MAP_PROG_ARRAY] = "prog_array",
	[KVET_MAP_CGROUP_ARRAY] = "cgroup_array",
	[KVET_MAP_CGROUP_STORAGE] = "cgroup_storage",
	[KVET_MAP_PERCPU_CGROUP_STORAGE] = "percpu_cgroup_storage",
	[KVET_MAP_DEVMAP] = "devmap",
	[KVET_MAP_DEVMAP_HASH] = "devmap_hash",
	[KVET_MAP_CPUMAP] = "cpumap",
	[KVET_MAP_XSKMAP] = "xskmap",
	[KVET_MAP_SOCKMAP] = "sockmap",
	[KVET_MAP_SOCKHASH] = "sockhash",
	[KVET_MAP_REUSEPORT_SOCKARRAY] = "reuseport_sockarray",
	[KVET_MAP_SK_STORAGE] = "sk_storage",
	[KVET_MAP_INODE_STORAGE] = "inode_storage",
	[KVET_MAP_TASK_STORAGE] = "task_storage",
	[KVET_MAP_CGRP_STORAGE] = "cgrp_storage",
	[KVET_MAP_LOCK_ARRAY] = "array with a bpf_spin_lock",
	[KVET_MAP_LOCK_HASH] = "hash with a bpf_spin_lock",
	[KVET_MAP_TIMER_ARRAY] = "array with a bpf_timer",
	[KVET_MAP_TIMER_HASH] = "hash with a bpf_timer",
	[KVET_MAP_TIMER_LRU_HASH] = "lru_hash with a bpf_timer",
};

static_assert(LENGTH(names) == KVET_MAP_COUNT, "a name for each kind");

const char *kvet_map_kind_name(enum kvet_map_kind kind)
{
	return (unsigned int)kind < KVET_MAP_COUNT ? names[kind] : "?";
}

const char *kvet_step_argument(const struct kvet_step *step)
{
	switch (step->kind) {
	case KVET_STEP_MAP:
		return kvet_map_kind_name(step->map);
	case KVET_STEP_OBJECT:
		return "object of bpf_obj_new";
	case KVET_STEP_CALL:
		break;
	}
	return NULL;
}
