/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whose hits count. Only for bpf/trace.bpf.c. */
#ifndef KVET_BPF_TRACE_TASKS_BPF_H
#define KVET_BPF_TRACE_TASKS_BPF_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "trace_event.h"

/* The cgroup of the filter; those below it pass too. */
struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} cgroups SEC(".maps");

/* With TRACE_BY_TREE: the tasks that were started by the process or its descendants, by the address
 * of their task_struct. It is a key only: nothing is read there. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, __u8);
} tree SEC(".maps");

/* Tasks that the map of the tree had no room for. */
volatile __u64 tree_lost = 0;

static __always_inline int is_comm(const struct trace_config *config)
{
	char comm[TRACE_COMM_SIZE] = { 0 };

	bpf_get_current_comm(comm, sizeof(comm));
	for (int i = 0; i < TRACE_COMM_SIZE; i++) {
		if (comm[i] != config->comm[i])
			return 0;
		if (!comm[i])
			break;
	}
	return 1;
}

static __always_inline int is_own(const struct trace_config *config)
{
	return (config->flags & TRACE_LEAVE_OWN) &&
	       bpf_get_current_pid_tgid() >> 32 == config->own_pid;
}

static __always_inline int in_tree(const struct trace_config *config)
{
	__u64 task = bpf_get_current_task();

	return bpf_get_current_pid_tgid() >> 32 == config->pid ||
	       bpf_map_lookup_elem(&tree, &task) != 0;
}

/* Fails for a task of any other namespace, also of one below (kernel: kernel/bpf/helpers.c). */
static __always_inline int in_pidns(const struct trace_config *config)
{
	struct bpf_pidns_info info;

	return !bpf_get_ns_current_pid_tgid(config->pidns_dev, config->pidns_ino, &info,
					    sizeof(info));
}

/* The numbers of process and thread, as bpf_get_current_pid_tgid() packs them. */
static __always_inline __u64 task_numbers(const struct trace_config *config)
{
	struct bpf_pidns_info info;

	if (!(config->flags & TRACE_NUMBERS))
		return bpf_get_current_pid_tgid();
	if (bpf_get_ns_current_pid_tgid(config->reader_dev, config->reader_ino, &info,
					sizeof(info)))
		return 0;
	return (__u64)info.tgid << 32 | info.pid;
}

/* Whether it is a task whose hits never count. */
static __always_inline int is_other_task(const struct trace_config *config)
{
	__u64 id = bpf_get_current_pid_tgid();

	return ((config->flags & TRACE_BY_TREE) && !in_tree(config)) ||
	       ((config->flags & TRACE_BY_PIDNS) && !in_pidns(config)) ||
	       ((config->flags & TRACE_BY_PID) && id >> 32 != config->pid) ||
	       ((config->flags & TRACE_BY_TID) && (__u32)id != config->tid);
}

static __always_inline int is_other(const struct trace_config *config)
{
	if (is_other_task(config))
		return 1;
	if ((config->flags & TRACE_BY_UID) && (__u32)bpf_get_current_uid_gid() != config->uid)
		return 1;
	if ((config->flags & TRACE_BY_CPU) && bpf_get_smp_processor_id() != config->cpu)
		return 1;
	if ((config->flags & TRACE_BY_CGROUP) && bpf_current_task_under_cgroup(&cgroups, 0) != 1)
		return 1;
	return (config->flags & TRACE_BY_COMM) && !is_comm(config);
}

#endif
