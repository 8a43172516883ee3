/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "feature/map.h"

#include "bpf/late.h"

/* kernel: include/linux/bpf_types.h has the options */
#define CGROUPS "CONFIG_CGROUP_BPF"
#define NET     "CONFIG_NET"

const struct kvet_map_spec kvet_map_specs[] = {
	{ "hash", BPF_MAP_TYPE_HASH, 0, KVET_MAP_PLAIN, NULL },
	{ "array", BPF_MAP_TYPE_ARRAY, 0, KVET_MAP_PLAIN, NULL },
	{ "prog_array", BPF_MAP_TYPE_PROG_ARRAY, 0, KVET_MAP_PLAIN, NULL },
	{ "perf_event_array", BPF_MAP_TYPE_PERF_EVENT_ARRAY, 0, KVET_MAP_PLAIN,
	  "CONFIG_PERF_EVENTS" },
	{ "percpu_hash", BPF_MAP_TYPE_PERCPU_HASH, 0, KVET_MAP_PLAIN, NULL },
	{ "percpu_array", BPF_MAP_TYPE_PERCPU_ARRAY, 0, KVET_MAP_PLAIN, NULL },
	{ "stack_trace", BPF_MAP_TYPE_STACK_TRACE, 0, KVET_MAP_PLAIN, "CONFIG_PERF_EVENTS" },
	{ "cgroup_array", BPF_MAP_TYPE_CGROUP_ARRAY, 0, KVET_MAP_PLAIN, "CONFIG_CGROUPS" },
	{ "lru_hash", BPF_MAP_TYPE_LRU_HASH, 0, KVET_MAP_PLAIN, NULL },
	{ "lru_percpu_hash", BPF_MAP_TYPE_LRU_PERCPU_HASH, 0, KVET_MAP_PLAIN, NULL },
	{ "lpm_trie", BPF_MAP_TYPE_LPM_TRIE, 0, KVET_MAP_PLAIN, NULL },
	{ "array_of_maps", BPF_MAP_TYPE_ARRAY_OF_MAPS, 0, KVET_MAP_OF_MAPS, NULL },
	{ "hash_of_maps", BPF_MAP_TYPE_HASH_OF_MAPS, 0, KVET_MAP_OF_MAPS, NULL },
	{ "devmap", BPF_MAP_TYPE_DEVMAP, 0, KVET_MAP_PLAIN, NET },
	{ "sockmap", BPF_MAP_TYPE_SOCKMAP, 0, KVET_MAP_PLAIN, NET },
	{ "cpumap", BPF_MAP_TYPE_CPUMAP, 0, KVET_MAP_PLAIN, NET },
	{ "xskmap", BPF_MAP_TYPE_XSKMAP, 0, KVET_MAP_PLAIN, "CONFIG_XDP_SOCKETS" },
	{ "sockhash", BPF_MAP_TYPE_SOCKHASH, 0, KVET_MAP_PLAIN, NET },
	{ "cgroup_storage", BPF_MAP_TYPE_CGROUP_STORAGE, 0, KVET_MAP_PLAIN, CGROUPS },
	{ "reuseport_sockarray", BPF_MAP_TYPE_REUSEPORT_SOCKARRAY, 0, KVET_MAP_PLAIN,
	  "CONFIG_INET" },
	{ "percpu_cgroup_storage", BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE, 0, KVET_MAP_PLAIN, CGROUPS },
	{ "queue", BPF_MAP_TYPE_QUEUE, 0, KVET_MAP_PLAIN, NULL },
	{ "stack", BPF_MAP_TYPE_STACK, 0, KVET_MAP_PLAIN, NULL },
	{ "sk_storage", BPF_MAP_TYPE_SK_STORAGE, 0, KVET_MAP_TYPED, NET },
	{ "devmap_hash", BPF_MAP_TYPE_DEVMAP_HASH, 0, KVET_MAP_PLAIN, NET },
	{ "struct_ops", BPF_MAP_TYPE_STRUCT_OPS, 0, KVET_MAP_STRUCT_OPS, "CONFIG_BPF_JIT" },
	{ "ringbuf", BPF_MAP_TYPE_RINGBUF, 0, KVET_MAP_PLAIN, NULL },
	{ "inode_storage", BPF_MAP_TYPE_INODE_STORAGE, 0, KVET_MAP_TYPED, "CONFIG_BPF_LSM" },
	{ "task_storage", BPF_MAP_TYPE_TASK_STORAGE, 0, KVET_MAP_TYPED, NULL },
	{ "bloom_filter", BPF_MAP_TYPE_BLOOM_FILTER, 0, KVET_MAP_PLAIN, NULL },
	{ "user_ringbuf", BPF_MAP_TYPE_USER_RINGBUF, 0, KVET_MAP_PLAIN, NULL },
	{ "cgrp_storage", KVET_MAP_TYPE_CGRP_STORAGE, 0, KVET_MAP_TYPED, "CONFIG_CGROUPS" },
	{ "arena", KVET_MAP_TYPE_ARENA, 0, KVET_MAP_PLAIN, "CONFIG_BPF_JIT" },
	{ "insn_array", KVET_MAP_TYPE_INSN_ARRAY, 0, KVET_MAP_PLAIN, NULL },

	{ "hash:no_prealloc", BPF_MAP_TYPE_HASH, BPF_F_NO_PREALLOC, KVET_MAP_PLAIN, NULL },
	{ "lru_hash:no_common_lru", BPF_MAP_TYPE_LRU_HASH, BPF_F_NO_COMMON_LRU, KVET_MAP_PLAIN,
	  NULL },
	{ "hash:zero_seed", BPF_MAP_TYPE_HASH, BPF_F_ZERO_SEED, KVET_MAP_PLAIN, NULL },
	{ "array:rdonly_prog", BPF_MAP_TYPE_ARRAY, BPF_F_RDONLY_PROG, KVET_MAP_PLAIN, NULL },
	{ "array:wronly_prog", BPF_MAP_TYPE_ARRAY, BPF_F_WRONLY_PROG, KVET_MAP_PLAIN, NULL },
	{ "array:mmapable", BPF_MAP_TYPE_ARRAY, BPF_F_MMAPABLE, KVET_MAP_PLAIN, NULL },
	{ "array:inner_map", BPF_MAP_TYPE_ARRAY, BPF_F_INNER_MAP, KVET_MAP_PLAIN, NULL },
	{ "perf_event_array:preserve_elems", BPF_MAP_TYPE_PERF_EVENT_ARRAY, BPF_F_PRESERVE_ELEMS,
	  KVET_MAP_PLAIN, "CONFIG_PERF_EVENTS" },
};

const size_t kvet_map_spec_count = sizeof(kvet_map_specs) / sizeof(*kvet_map_specs);
