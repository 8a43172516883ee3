/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* With TRACE_TOP: hits by task or stack. Only for bpf/trace.bpf.c. */
#ifndef KVET_BPF_TRACE_TOP_BPF_H
#define KVET_BPF_TRACE_TOP_BPF_H

#include <linux/bpf.h>
#include <linux/ptrace.h>

#include <bpf/bpf_helpers.h>

#include "trace_event.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct trace_top_key);
	__type(value, __u64);
} top SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, TRACE_STACK_MOST * sizeof(__u64));
} stacks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(map_flags, BPF_F_STACK_BUILD_ID);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, TRACE_STACK_MOST * sizeof(struct bpf_stack_build_id));
} user_stacks SEC(".maps");

/* Counts a hit for its task or stack; returns whether the map had room. */
static __always_inline int count_top(struct pt_regs *ctx, __u32 site, __u32 by, int user_stack,
				     __u64 numbers)
{
	struct trace_top_key key = { .site = site };
	__u64 one = 1, *count;

	if (by == TRACE_TOP_STACK)
		key.stack = bpf_get_stackid(ctx, &stacks, 0);
	if (by != TRACE_TOP_STACK || user_stack)
		bpf_get_current_comm(key.comm, sizeof(key.comm));
	if (user_stack)
		key.user_stack = bpf_get_stackid(ctx, &user_stacks, BPF_F_USER_STACK);
	if (by == TRACE_TOP_PID || user_stack)
		key.pid = numbers >> 32;
	count = bpf_map_lookup_elem(&top, &key);
	if (!count && !bpf_map_update_elem(&top, &key, &one, BPF_NOEXIST))
		return 1;
	/* The map is full, or another CPU has just added the key. */
	if (!count)
		count = bpf_map_lookup_elem(&top, &key);
	if (!count)
		return 0;
	__sync_fetch_and_add(count, 1);
	return 1;
}

#endif
