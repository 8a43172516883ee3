/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* With TRACE_NEST: calls of the first sites, the roots, and what they call at the others. Only for
 * bpf/trace.bpf.c. */
#ifndef KVET_BPF_TRACE_NEST_BPF_H
#define KVET_BPF_TRACE_NEST_BPF_H

#include <linux/bpf.h>
#include <linux/ptrace.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "moment.bpf.h"
#include "trace_arguments.bpf.h"
#include "trace_calls.bpf.h"
#include "trace_event.h"

/* The roots under way, each by its thread (struct trace_call, pid_tid). */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, struct trace_nest);
} nests SEC(".maps");

/* Has one that is empty: the stack has no room. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct trace_nest);
} blank SEC(".maps");

static __always_inline struct trace_nest_frame *nest_frame(struct trace_nest *nest, __u32 n)
{
	asm volatile("" : "+r"(n));
	return &nest->frames[n % TRACE_NEST_MOST];
}

/* Whether a call is over, because one that is nearer to the stack's base has begun, or the same
 * function in the same frame: another function may be there by a jump from the first one's end.
 * Interrupts have stacks of their own. */
static __always_inline int is_over(const struct trace_nest_frame *call, __u64 frame, __u32 site)
{
	if (call->at == frame)
		return call->site == site;
	return call->at < frame &&
	       (call->at | (TRACE_STACK_SIZE - 1)) == (frame | (TRACE_STACK_SIZE - 1));
}

/* A trampoline's context is a pointer: the verifier lets a program compare it, but not compute. */
static __always_inline __u64 as_number(struct trace_nest *nest, __u64 frame)
{
	*(volatile __u64 *)&nest->frame = frame;
	return *(volatile __u64 *)&nest->frame;
}

static __always_inline void drop_over(struct trace_nest *nest, __u64 pointer, __u32 site)
{
	__u64 frame = as_number(nest, pointer);

	for (int i = 0; i < TRACE_NEST_MOST; i++) {
		__u32 depth = nest->depth;

		if (!depth || !is_over(nest_frame(nest, depth - 1), frame, site))
			break;
		nest->depth = depth - 1;
	}
}

static __always_inline struct trace_nest *begin_nest(__u64 thread, struct trace_returns *count)
{
	const __u32 first = 0;
	struct trace_nest *empty = bpf_map_lookup_elem(&blank, &first), *nest;

	if (!empty)
		return 0;
	bpf_map_update_elem(&nests, &thread, empty, BPF_ANY);
	nest = bpf_map_lookup_elem(&nests, &thread);
	if (nest)
		nest->root = bpf_ktime_get_ns();
	else
		count->unkept++;
	return nest;
}

/* At a function's entry: what is under way in the thread; NULL: nothing, or a root that is over and
 * did not return. */
static __always_inline struct trace_nest *present_nest(const struct moment *at)
{
	__u64 thread = this_call(at->site).pid_tid;
	struct trace_nest *nest = bpf_map_lookup_elem(&nests, &thread);

	if (!nest)
		return 0;
	drop_over(nest, frame_at_entry(at), at->site);
	if (nest->depth)
		return nest;
	bpf_map_delete_elem(&nests, &thread);
	return 0;
}

/* Notes a call in what is under way, or NULL: as a root. */
static __always_inline void enter_nest(const struct moment *at, struct trace_nest *nest,
				       __u32 calls_most, int arguments, int syscalls)
{
	const __u32 site = at->site;
	struct trace_returns *count = bpf_map_lookup_elem(&returns, &site);
	struct trace_nest_frame *under_way;

	if (!count)
		return;
	count->entered++;
	if (!nest)
		nest = begin_nest(this_call(site).pid_tid, count);
	if (!nest)
		return;
	if (nest->depth >= TRACE_NEST_MOST || nest->calls >= calls_most) {
		nest->cut++;
		return;
	}
	under_way = nest_frame(nest, nest->depth);
	under_way->at = frame_at_entry(at);
	under_way->site = site;
	under_way->order = nest->calls++;
	nest->depth++;
	if (arguments)
		read_registers(at, under_way->arguments, is_wrapper(site, syscalls));
	under_way->began = bpf_ktime_get_ns();
}

/* The number of the call with this frame, counted from 1; 0: there is none. */
static __always_inline __u32 find_nested(struct trace_nest *nest, __u64 at, __u32 site)
{
	__u32 n = nest->depth;

	for (int i = 0; i < TRACE_NEST_MOST && n; i++, n--)
		if (nest_frame(nest, n - 1)->at == at && nest_frame(nest, n - 1)->site == site)
			return n;
	return 0;
}

#endif
