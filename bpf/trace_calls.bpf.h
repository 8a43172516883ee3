/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* With TRACE_RETURN: calls, from their entry to their return. Only for bpf/trace.bpf.c. */
#ifndef KVET_BPF_TRACE_CALLS_BPF_H
#define KVET_BPF_TRACE_CALLS_BPF_H

#include <linux/bpf.h>
#include <linux/ptrace.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "moment.bpf.h"
#include "trace_event.h"

/* A duration that is not known. */
#define NEVER (~0ULL)

/* An entry for each site. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct trace_returns);
} returns SEC(".maps");

/* Calls under way. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct trace_call);
	__type(value, struct trace_calls);
} calls SEC(".maps");

/* Entries of it that stay. Each is counted once, by its own thread; if several threads count the
 * last one at the same time, a few more stay. */
volatile __u64 lasting = 0;

static __always_inline struct trace_call this_call(__u32 site)
{
	struct trace_call call = { .pid_tid = bpf_get_current_pid_tgid(), .site = site };

	if (!call.pid_tid)
		call.pid_tid = (__u64)bpf_get_smp_processor_id() << 32;
	return call;
}

/* Whether anything is made of durations, or of the time of an entry. */
static __always_inline int is_timed(const struct trace_config *config)
{
	return !(config->flags & (TRACE_COUNT_ONLY | TRACE_TOP)) || config->min_duration ||
	       (config->flags & (TRACE_HISTOGRAM | TRACE_ARGUMENTS | TRACE_WHERE_RETURN));
}

/* The n-th frame, counted from 0. The assembly makes the compiler forget what it knows of n, so
 * that it keeps the check that the verifier requires. */
static __always_inline struct trace_frame *frame_of(struct trace_calls *under_way, __u32 n)
{
	asm volatile("" : "+r"(n));
	return &under_way->frames[n % TRACE_NESTED];
}

/* The number of the call with this frame, counted from 1; 0: there is none. */
static __always_inline __u32 find_frame(struct trace_calls *under_way, __u64 at)
{
	__u32 n = under_way->depth;

	for (int i = 0; i < TRACE_NESTED && n; i++, n--)
		if (frame_of(under_way, n - 1)->at == at)
			return n;
	return 0;
}

/* Drops the calls from the n-th on: they are over without a return. */
static __always_inline void cut_frames(struct trace_calls *under_way, struct trace_returns *count,
				       __u32 n)
{
	__u32 over = under_way->depth - (n - 1);

	under_way->depth = n - 1;
	if (over > under_way->counted)
		over = under_way->counted;
	under_way->counted -= over;
	count->unseen += over;
}

/* A call whose entry was noted, and, when it has returned, what is known of it. */
struct call_note {
	struct trace_kept_key key;
	__u64 began;
	__u64 ns; /* its duration, or NEVER */
	__u32 entry;
};

/* Of such a call, the other members are not set. */
static __always_inline struct call_note unseen_call(void)
{
	struct call_note note;

	note.ns = NEVER;
	note.entry = TRACE_ENTRY_UNSEEN;
	return note;
}

/* Notes the n-th frame, counted from 0. */
static __always_inline void note_frame(struct call_note *note, struct trace_calls *under_way,
				       __u32 n)
{
	note->key.slot = (under_way->moved + n) % TRACE_NESTED;
	note->began = frame_of(under_way, n)->began;
	note->entry = TRACE_ENTRY_SEEN;
}

static __always_inline void add_frame(struct trace_calls *under_way, struct trace_returns *count,
				      __u64 at, int timed, struct call_note *note)
{
	__u32 same = find_frame(under_way, at);
	struct trace_frame *frame;

	if (same)
		cut_frames(under_way, count, same);
	if (under_way->depth >= TRACE_NESTED) {
#pragma unroll
		for (int i = 1; i < TRACE_NESTED; i++)
			under_way->frames[i - 1] = under_way->frames[i];
		under_way->depth = TRACE_NESTED - 1;
		under_way->dropped++;
		under_way->moved++;
	}
	frame = frame_of(under_way, under_way->depth);
	frame->at = at;
	if (timed)
		frame->began = bpf_ktime_get_ns();
	note_frame(note, under_way, under_way->depth++);
}

/* Notes a call of the function; counts: it passes the filters; timed: its duration is asked for. Of
 * the note, only the entry is set if there is no room for it. */
static __always_inline void enter_call(const struct moment *at, int counts, int locked, int timed,
				       struct call_note *note)
{
	const __u32 site = at->site;
	struct trace_call call = this_call(site);
	struct trace_returns *count = bpf_map_lookup_elem(&returns, &site);
	struct trace_calls *under_way;

	if (!count)
		return;
	count->entered += counts;
	under_way = bpf_map_lookup_elem(&calls, &call);
	if (!under_way) {
		struct trace_calls none = { .depth = 0 };

		/* If the map has no room, the call has no duration, and counts as unkept. */
		bpf_map_update_elem(&calls, &call, &none, BPF_NOEXIST);
		under_way = bpf_map_lookup_elem(&calls, &call);
	}
	if (!under_way) {
		count->unkept += counts;
		return;
	}
	note->key.call = call;
	add_frame(under_way, count, frame_at_entry(at), timed, note);
	under_way->counted += counts;
	under_way->caller = caller_of(at, locked);
}

/* Passes over a call that is not noted: an earlier one with the same frame is over, and must not be
 * taken for it when it returns. */
static __always_inline void pass_call(const struct moment *at)
{
	const __u32 site = at->site;
	struct trace_call call = this_call(site);
	struct trace_calls *under_way = bpf_map_lookup_elem(&calls, &call);
	struct trace_returns *count;
	__u32 same;

	if (!under_way)
		return;
	count = bpf_map_lookup_elem(&returns, &site);
	same = find_frame(under_way, frame_at_entry(at));
	if (count && same)
		cut_frames(under_way, count, same);
}

/* Deletes an entry without calls, unless it may stay. */
static __always_inline void drop_entry(const struct trace_call *call, struct trace_calls *under_way)
{
	if (under_way->lasts)
		return;
	if (lasting >= TRACE_LASTING_MOST) {
		bpf_map_delete_elem(&calls, call);
		return;
	}
	__sync_fetch_and_add(&lasting, 1);
	under_way->lasts = 1;
}

/* Ends a call, and notes what is known of it. */
static __always_inline void leave_call(const struct moment *at, __u32 now, int timed,
				       struct call_note *note)
{
	const __u32 site = at->site;
	struct trace_call call = this_call(site);
	struct trace_returns *count = bpf_map_lookup_elem(&returns, &site);
	struct trace_calls *under_way = bpf_map_lookup_elem(&calls, &call);
	__u32 n;

	if (!count || !under_way)
		return;
	note->key.call = call;
	n = find_frame(under_way, frame_at_return(at));
	if (n) {
		note_frame(note, under_way, n - 1);
		if (timed)
			note->ns = bpf_ktime_get_ns() - note->began;
		cut_frames(under_way, count, n + 1);
		under_way->depth = n - 1;
	} else if (under_way->dropped) {
		under_way->dropped--;
		note->entry = TRACE_ENTRY_NESTED;
	} else {
		return;
	}
	if (under_way->counted) {
		under_way->counted--;
		if (now == TRACE_RUNNING)
			count->returned++;
		else
			count->drained++;
	}
	if (!under_way->depth && !under_way->dropped)
		drop_entry(&call, under_way);
}

#endif
