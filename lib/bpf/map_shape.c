/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "bpf/map_shape.h"

#include <string.h>
#include <unistd.h>

#include "bpf/late.h"

/* As many entries as a page has bytes. */
#define PAGE UINT32_MAX

/* By type. */
static const struct {
	uint32_t key_size, value_size, entries, flags;
} shapes[] = {
	[BPF_MAP_TYPE_HASH] = { 4, 4, 1, 0 },
	[BPF_MAP_TYPE_ARRAY] = { 4, 4, 1, 0 },
	[BPF_MAP_TYPE_PROG_ARRAY] = { 4, 4, 1, 0 },
	[BPF_MAP_TYPE_PERF_EVENT_ARRAY] = { 4, 4, 1, 0 },
	[BPF_MAP_TYPE_PERCPU_HASH] = { 4, 4, 1, 0 },
	[BPF_MAP_TYPE_PERCPU_ARRAY] = { 4, 4, 1, 0 },
	[BPF_MAP_TYPE_STACK_TRACE] = { 4, 8, 1, 0 },
	[BPF_MAP_TYPE_CGROUP_ARRAY] = { 4, 4, 1, 0 },
	[BPF_MAP_TYPE_LRU_HASH] = { 4, 4, 1, 0 },
	[BPF_MAP_TYPE_LRU_PERCPU_HASH] = { 4, 4, 1, 0 },
	[BPF_MAP_TYPE_LPM_TRIE] = { 8, 4, 1, BPF_F_NO_PREALLOC },
	[BPF_MAP_TYPE_ARRAY_OF_MAPS] = { 4, 4, 1, 0 },
	[BPF_MAP_TYPE_HASH_OF_MAPS] = { 4, 4, 1, 0 },
	[BPF_MAP_TYPE_DEVMAP] = { 4, 4, 1, 0 },
	[BPF_MAP_TYPE_SOCKMAP] = { 4, 4, 1, 0 },
	[BPF_MAP_TYPE_CPUMAP] = { 4, 4, 1, 0 },
	[BPF_MAP_TYPE_XSKMAP] = { 4, 4, 1, 0 },
	[BPF_MAP_TYPE_SOCKHASH] = { 4, 4, 1, 0 },
	[BPF_MAP_TYPE_CGROUP_STORAGE] = { sizeof(struct bpf_cgroup_storage_key), 4, 0, 0 },
	[BPF_MAP_TYPE_REUSEPORT_SOCKARRAY] = { 4, 4, 1, 0 },
	[BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE] = { sizeof(struct bpf_cgroup_storage_key), 4, 0, 0 },
	[BPF_MAP_TYPE_QUEUE] = { 0, 4, 1, 0 },
	[BPF_MAP_TYPE_STACK] = { 0, 4, 1, 0 },
	[BPF_MAP_TYPE_SK_STORAGE] = { 4, 4, 0, BPF_F_NO_PREALLOC },
	[BPF_MAP_TYPE_DEVMAP_HASH] = { 4, 4, 1, 0 },
	[BPF_MAP_TYPE_STRUCT_OPS] = { 4, 0, 1, 0 },
	[BPF_MAP_TYPE_RINGBUF] = { 0, 0, PAGE, 0 },
	[BPF_MAP_TYPE_INODE_STORAGE] = { 4, 4, 0, BPF_F_NO_PREALLOC },
	[BPF_MAP_TYPE_TASK_STORAGE] = { 4, 4, 0, BPF_F_NO_PREALLOC },
	[BPF_MAP_TYPE_BLOOM_FILTER] = { 0, 4, 1, 0 },
	[BPF_MAP_TYPE_USER_RINGBUF] = { 0, 0, PAGE, 0 },
	[KVET_MAP_TYPE_CGRP_STORAGE] = { 4, 4, 0, BPF_F_NO_PREALLOC },
	[KVET_MAP_TYPE_ARENA] = { 0, 0, 1, BPF_F_MMAPABLE },
	[KVET_MAP_TYPE_INSN_ARRAY] = { 4, 16, 1, 0 },
};

const uint32_t kvet_map_types_end = sizeof(shapes) / sizeof(*shapes);

void kvet_map_shape(uint32_t type, union bpf_attr *attr)
{
	/* A type that kvet does not know is most likely created like an array. */
	uint32_t like = type < kvet_map_types_end ? type : BPF_MAP_TYPE_ARRAY;

	memset(attr, 0, sizeof(*attr));
	attr->map_type = type;
	attr->key_size = shapes[like].key_size;
	attr->value_size = shapes[like].value_size;
	attr->max_entries = shapes[like].entries == PAGE ? (uint32_t)sysconf(_SC_PAGESIZE)
							 : shapes[like].entries;
	attr->map_flags = shapes[like].flags;
}
