/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <assert.h>
#include <linux/bpf.h>
#include <stddef.h>

#include "bpf/late.h"
#include "probe/plan.h"

#define LENGTH(a)  (sizeof(a) / sizeof(*(a)))
#define KINDS(...) ((const enum kvet_map_kind[]){ __VA_ARGS__, KVET_MAP_NONE })
#define TAKES(helper, kinds)           \
	{                              \
		helper,                \
		{                      \
			(kinds), false \
		}                      \
	}

#define ELEMENTS                                                                       \
	KINDS(KVET_MAP_ARRAY, KVET_MAP_HASH, KVET_MAP_LRU_HASH, KVET_MAP_PERCPU_ARRAY, \
	      KVET_MAP_PERCPU_HASH, KVET_MAP_LRU_PERCPU_HASH)
#define QUEUES  KINDS(KVET_MAP_QUEUE, KVET_MAP_STACK)
#define EVENTS  KINDS(KVET_MAP_PERF_EVENT_ARRAY)
#define RINGS   KINDS(KVET_MAP_RINGBUF)
#define SOCKETS KINDS(KVET_MAP_SOCKMAP)
#define TIMERS  KINDS(KVET_MAP_TIMER_ARRAY, KVET_MAP_TIMER_HASH, KVET_MAP_TIMER_LRU_HASH)

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
	      KINDS(KVET_MAP_PERCPU_ARRAY, KVET_MAP_PERCPU_HASH, KVET_MAP_LRU_PERCPU_HASH)),
	TAKES(BPF_FUNC_map_push_elem, KINDS(KVET_MAP_QUEUE, KVET_MAP_STACK, KVET_MAP_BLOOM_FILTER)),
	TAKES(BPF_FUNC_map_peek_elem, KINDS(KVET_MAP_QUEUE, KVET_MAP_STACK, KVET_MAP_BLOOM_FILTER)),
	TAKES(BPF_FUNC_map_pop_elem, QUEUES),
	TAKES(BPF_FUNC_ringbuf_output, RINGS),
	TAKES(BPF_FUNC_ringbuf_reserve, RINGS),
	TAKES(BPF_FUNC_ringbuf_submit, RINGS),
	TAKES(BPF_FUNC_ringbuf_discard, RINGS),
	TAKES(BPF_FUNC_ringbuf_query, RINGS),
	TAKES(BPF_FUNC_ringbuf_reserve_dynptr, RINGS),
	TAKES(BPF_FUNC_ringbuf_submit_dynptr, RINGS),
	TAKES(BPF_FUNC_ringbuf_discard_dynptr, RINGS),
	TAKES(BPF_FUNC_user_ringbuf_drain, KINDS(KVET_MAP_USER_RINGBUF)),
	TAKES(BPF_FUNC_get_stackid, KINDS(KVET_MAP_STACK_TRACE)),
	TAKES(BPF_FUNC_perf_event_read, EVENTS),
	TAKES(BPF_FUNC_perf_event_read_value, EVENTS),
	TAKES(BPF_FUNC_perf_event_output, EVENTS),
	TAKES(BPF_FUNC_skb_output, EVENTS),
	TAKES(BPF_FUNC_xdp_output, EVENTS),
	TAKES(BPF_FUNC_tail_call, KINDS(KVET_MAP_PROG_ARRAY)),
	TAKES(BPF_FUNC_current_task_under_cgroup, KINDS(KVET_MAP_CGROUP_ARRAY)),
	TAKES(BPF_FUNC_skb_under_cgroup, KINDS(KVET_MAP_CGROUP_ARRAY)),
	TAKES(BPF_FUNC_get_local_storage,
	      KINDS(KVET_MAP_CGROUP_STORAGE, KVET_MAP_PERCPU_CGROUP_STORAGE)),
	TAKES(BPF_FUNC_redirect_map,
	      KINDS(KVET_MAP_DEVMAP, KVET_MAP_DEVMAP_HASH, KVET_MAP_CPUMAP, KVET_MAP_XSKMAP)),
	TAKES(BPF_FUNC_sk_redirect_map, SOCKETS),
	TAKES(BPF_FUNC_msg_redirect_map, SOCKETS),
	TAKES(BPF_FUNC_sock_map_update, SOCKETS),
	TAKES(BPF_FUNC_sk_redirect_hash, KINDS(KVET_MAP_SOCKHASH)),
	TAKES(BPF_FUNC_msg_redirect_hash, KINDS(KVET_MAP_SOCKHASH)),
	TAKES(BPF_FUNC_sock_hash_update, KINDS(KVET_MAP_SOCKHASH)),
	TAKES(BPF_FUNC_sk_select_reuseport,
	      KINDS(KVET_MAP_REUSEPORT_SOCKARRAY, KVET_MAP_SOCKMAP, KVET_MAP_SOCKHASH)),
	TAKES(BPF_FUNC_sk_storage_get, KINDS(KVET_MAP_SK_STORAGE)),
	TAKES(BPF_FUNC_sk_storage_delete, KINDS(KVET_MAP_SK_STORAGE)),
	TAKES(BPF_FUNC_inode_storage_get, KINDS(KVET_MAP_INODE_STORAGE)),
	TAKES(BPF_FUNC_inode_storage_delete, KINDS(KVET_MAP_INODE_STORAGE)),
	TAKES(BPF_FUNC_task_storage_get, KINDS(KVET_MAP_TASK_STORAGE)),
	TAKES(BPF_FUNC_task_storage_delete, KINDS(KVET_MAP_TASK_STORAGE)),
	TAKES(KVET_HELPER_CGRP_STORAGE_GET, KINDS(KVET_MAP_CGRP_STORAGE)),
	TAKES(KVET_HELPER_CGRP_STORAGE_DELETE, KINDS(KVET_MAP_CGRP_STORAGE)),
	TAKES(BPF_FUNC_timer_init, TIMERS),
	TAKES(BPF_FUNC_timer_set_callback, TIMERS),
	TAKES(BPF_FUNC_timer_start, TIMERS),
	TAKES(BPF_FUNC_timer_cancel, TIMERS),
	{ BPF_FUNC_spin_lock, { KINDS(KVET_MAP_LOCK_ARRAY, KVET_MAP_LOCK_HASH), true } },
	{ BPF_FUNC_spin_unlock, { KINDS(KVET_MAP_LOCK_ARRAY, KVET_MAP_LOCK_HASH), true } },
};

const struct kvet_plan *kvet_plan_of(int helper)
{
	for (size_t i = 0; i < LENGTH(plans); i++)
		if (plans[i].helper == helper)
			return &plans[i].plan;
	return NULL;
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
