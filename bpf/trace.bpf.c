// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Runs at each hit of a probed site: counts, filters, stamps and sends it. */
#include <linux/bpf.h>
#include <linux/ptrace.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "architecture.bpf.h"
#include "moment.bpf.h"
#include "trace_arguments.bpf.h"
#include "trace_calls.bpf.h"
#include "trace_conditions.bpf.h"
#include "trace_event.h"
#include "trace_histogram.bpf.h"
#include "trace_limits.bpf.h"
#include "trace_nest.bpf.h"
#include "trace_settings.bpf.h"
#include "trace_tasks.bpf.h"
#include "trace_top.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* lib/trace/object_load.c sets the sizes of all maps. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 16);
} events SEC(".maps");

/* For each site: max_entries is set before the object is loaded. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct trace_counters);
} counters SEC(".maps");

/* A program runs as soon as it is attached: nothing counts until all sites are armed. */
volatile __u32 phase = TRACE_WAITING;

/* Whether the options ask for one of these, and the program's shape, a constant, has it. */
#define HAS(at, wanted) (settings()->flags & (at)->shape & (wanted))

static __always_inline int is_filtered(struct trace_counters *counter)
{
	if (!is_own(settings()))
		return is_other(settings());
	counter->own++;
	return 1;
}

/* With TRACE_WHERE: whether the conditions hold that can be asked at the entry. */
static __always_inline int holds_at_entry(const struct moment *at)
{
	const __u32 site = at->site;
	enum condition_verdict verdict = ask_entry(settings(), at);
	struct trace_counters *counter;

	if (verdict != CONDITION_UNREAD)
		return verdict;
	counter = bpf_map_lookup_elem(&counters, &site);
	if (counter && phase == TRACE_RUNNING && !is_own(settings()) && !is_other(settings()))
		counter->unread++;
	return 0;
}

/* With TRACE_NEST: whether a call is a root that passes the filters and conditions. */
static __always_inline int begins_nest(const struct moment *at, __u32 now)
{
	return at->site < settings()->roots && now == TRACE_RUNNING && !is_own(settings()) &&
	       !is_other(settings()) && (!HAS(at, TRACE_WHERE) || holds_at_entry(at));
}

/* With TRACE_RETURN: runs at the function's entry. */
static __always_inline int entered(const struct moment *at)
{
	struct call_note note = unseen_call();
	__u32 now = phase;

	if (now == TRACE_ENDING)
		return 0;
	if (HAS(at, TRACE_NEST)) {
		struct trace_nest *nest = present_nest(at);

		if (nest || begins_nest(at, now))
			enter_nest(at, nest, settings()->nest_calls, HAS(at, TRACE_ARGUMENTS) != 0,
				   HAS(at, TRACE_SYSCALLS));
		return 0;
	}
	if (HAS(at, TRACE_WHERE) && !holds_at_entry(at)) {
		pass_call(at);
		return 0;
	}
	enter_call(at, now == TRACE_RUNNING && !is_own(settings()) && !is_other(settings()),
		   HAS(at, TRACE_LOCKED) != 0, is_timed(settings()), &note);
	/* Whatever else the filters look at, it may be different at the return. */
	if (HAS(at, TRACE_ARGUMENTS) && note.entry == TRACE_ENTRY_SEEN && !is_own(settings()) &&
	    !is_other_task(settings()))
		keep_arguments(at, &note, HAS(at, TRACE_STRINGS) != 0, settings()->prints,
			       HAS(at, TRACE_SYSCALLS));
	return 0;
}

static __always_inline void fill(struct trace_event *event, const struct moment *at,
				 const struct call_note *note)
{
	__u64 id = task_numbers(settings());

	/* Both clocks, read one after the other, so that a reader of either can place the event. */
	event->boot_ns = bpf_ktime_get_boot_ns();
	event->mono_ns = bpf_ktime_get_ns();
	event->ip = ip_of(at);
	event->cgroup = bpf_get_current_cgroup_id();
	event->value = HAS(at, TRACE_RETURN) ? value_of(at) : 0;
	event->duration_ns = note->ns;
	event->site = at->site;
	event->cpu = bpf_get_smp_processor_id();
	event->pid = id >> 32;
	event->tid = (__u32)id;
	event->uid = (__u32)bpf_get_current_uid_gid();
	event->stack_size = 0;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
}

static __always_inline void fill_stack(const struct moment *at, struct trace_event *event,
				       __u64 *frames)
{
	if (HAS(at, TRACE_STACK))
		event->stack_size =
			bpf_get_stack(at->ctx, frames, TRACE_STACK_MOST * sizeof(__u64), 0);
}

static __always_inline void fill_user_stack(struct pt_regs *ctx, struct trace_user_stack *user)
{
	user->size = bpf_get_stack(ctx, user->frames, sizeof(user->frames),
				   BPF_F_USER_STACK | BPF_F_USER_BUILD_ID);
}

static __always_inline void fill_arguments(const struct moment *at, struct trace_full_event *full,
					   const struct call_note *note)
{
	int strings = HAS(at, TRACE_STRINGS) != 0;

	if (HAS(at, TRACE_RETURN)) {
		full->entry = recall_arguments(note, &full->arguments, strings, settings()->prints);
		return;
	}
	full->entry = TRACE_ENTRY_SEEN;
	read_arguments(at, &full->arguments, strings, settings()->prints, HAS(at, TRACE_SYSCALLS));
}

/* Copied one by one: the context may be read under any lockdown. */
static __always_inline void fill_registers(const struct pt_regs *ctx, struct trace_full_event *full)
{
	const volatile __u64 *registers = (const volatile __u64 *)ctx;

#pragma unroll
	for (unsigned int i = 0; i < KNOWN_REGISTERS(ctx) / sizeof(*registers); i++)
		full->registers[i] = registers[i];
}

static __always_inline void fill_full(const struct moment *at, struct trace_full_event *full,
				      const struct call_note *note)
{
	fill(&full->event, at, note);
	fill_stack(at, &full->event, full->frames);
	if (HAS(at, TRACE_ARGUMENTS))
		fill_arguments(at, full, note);
	if (HAS(at, TRACE_REGS))
		fill_registers(at->ctx, full);
}

/* These return whether the ring buffer had room. */
static __always_inline int send_full_user(const struct moment *at, const struct call_note *note)
{
	struct trace_full_user_event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event)
		return 0;
	fill_full(at, &event->full, note);
	read_returned(at, &event->full, config.prints);
	fill_user_stack(at->ctx, &event->user);
	bpf_ringbuf_submit(event, 0);
	return 1;
}

static __always_inline int send_full(const struct moment *at, const struct call_note *note)
{
	struct trace_full_event *event;

	if (HAS(at, TRACE_PRINT))
		event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	else
		event = bpf_ringbuf_reserve(&events, TRACE_FULL_WITHOUT_PRINTS, 0);
	if (!event)
		return 0;
	fill_full(at, event, note);
	read_returned(at, event, config.prints);
	bpf_ringbuf_submit(event, 0);
	return 1;
}

static __always_inline int send_user(const struct moment *at, const struct call_note *note)
{
	struct trace_user_event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event)
		return 0;
	fill(&event->event.event, at, note);
	fill_stack(at, &event->event.event, event->event.frames);
	fill_user_stack(at->ctx, &event->user);
	bpf_ringbuf_submit(event, 0);
	return 1;
}

static __always_inline int send_stack(const struct moment *at, const struct call_note *note)
{
	struct trace_stack_event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event)
		return 0;
	fill(&event->event, at, note);
	fill_stack(at, &event->event, event->frames);
	bpf_ringbuf_submit(event, 0);
	return 1;
}

static __always_inline int send(const struct moment *at, const struct call_note *note)
{
	struct trace_event *event;

	if (HAS(at, TRACE_ARGUMENTS | TRACE_REGS))
		return HAS(at, TRACE_USER_STACK) ? send_full_user(at, note) : send_full(at, note);
	if (HAS(at, TRACE_USER_STACK))
		return send_user(at, note);
	if (HAS(at, TRACE_STACK))
		return send_stack(at, note);
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		return 0;
	fill(event, at, note);
	bpf_ringbuf_submit(event, 0);
	return 1;
}

/* Sends or counts a hit that passed all filters; returns false if it was lost. */
static __always_inline int keep(const struct moment *at, const struct call_note *note)
{
	if (HAS(at, TRACE_TOP))
		return count_top(at->ctx, at->site, settings()->top_by,
				 HAS(at, TRACE_USER_STACK) != 0, task_numbers(settings()));
	if (HAS(at, TRACE_COUNT_ONLY | TRACE_HISTOGRAM))
		return 1;
	return send(at, note);
}

/* Whether all conditions hold. With TRACE_RETURN, those at the entry did if the entry was noted. */
static __always_inline int holds(const struct moment *at, const struct call_note *note,
				 struct trace_counters *counter)
{
	enum condition_verdict verdict = CONDITION_TRUE;

	if (HAS(at, TRACE_RETURN)) {
		if (HAS(at, TRACE_WHERE) && note->entry == TRACE_ENTRY_UNSEEN)
			return 0;
		if (HAS(at, TRACE_WHERE_RETURN))
			verdict = ask_return(settings(), at, note->ns);
	} else if (HAS(at, TRACE_WHERE)) {
		verdict = ask_entry(settings(), at);
	}
	counter->unread += verdict == CONDITION_UNREAD;
	return verdict == CONDITION_TRUE;
}

static __always_inline void count_hit(const struct moment *at, const struct call_note *note)
{
	const __u32 site = at->site;
	struct trace_counters *counter = bpf_map_lookup_elem(&counters, &site);
	__u64 ns = note->ns;

	if (!counter)
		return;
	/* Each CPU has its own counter, and kprobe programs do not nest on a CPU, nor does a
	 * trampoline's program in itself: no atomic operation is required. */
	counter->hits++;
	if (is_filtered(counter) ||
	    (settings()->min_duration && (ns == NEVER || ns < settings()->min_duration)) ||
	    !holds(at, note, counter)) {
		counter->filtered++;
		return;
	}
	if (is_limited(settings(), site, counter)) {
		counter->limited++;
		return;
	}
	if (HAS(at, TRACE_HISTOGRAM) && ns != NEVER)
		count_duration(site, ns);
	if (keep(at, note))
		counter->counted++;
	else
		counter->lost++;
}

/* Sends a call of a nest; calls: of a root, how many are in it. Returns whether the ring buffer had
 * room. */
static __always_inline int send_nested(const struct moment *at, const struct trace_nest *nest,
				       const struct trace_nest_frame *call, __u32 depth,
				       __u32 calls, const struct call_note *note)
{
	struct trace_nest_event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event)
		return 0;
	fill(&event->event, at, note);
	event->root = nest->root;
	event->depth = depth;
	event->order = call->order;
	event->calls = calls;
	event->cut = nest->cut;
	if (HAS(at, TRACE_ARGUMENTS))
		__builtin_memcpy(event->arguments, call->arguments, sizeof(event->arguments));
	bpf_ringbuf_submit(event, 0);
	return 1;
}

/* With TRACE_NEST: at a function's return. What is in no root is filtered; what had no room in it
 * is limited. */
static __always_inline void leave_nest(const struct moment *at, int running)
{
	const __u32 site = at->site;
	struct trace_call call = this_call(site);
	__u64 thread = call.pid_tid;
	struct trace_counters *counter = bpf_map_lookup_elem(&counters, &site);
	struct trace_returns *count = bpf_map_lookup_elem(&returns, &site);
	struct trace_nest *nest = bpf_map_lookup_elem(&nests, &thread);
	__u32 n = nest ? find_nested(nest, frame_at_return(at), site) : 0;
	struct call_note note = unseen_call();
	enum condition_verdict verdict = CONDITION_TRUE;
	int sent;

	if (!counter || !count)
		return;
	counter->hits += running;
	if (!nest)
		counter->filtered += running;
	else if (!n)
		counter->limited += running;
	if (!nest || !n)
		return;
	note.ns = bpf_ktime_get_ns() - nest_frame(nest, n - 1)->began;
	nest->depth = n - 1;
	if (running)
		count->returned++;
	else
		count->drained++;
	if (n == 1 && HAS(at, TRACE_WHERE_RETURN))
		verdict = ask_return(settings(), at, note.ns);
	/* Of a root that does not meet the conditions, the reader drops what was sent before. */
	sent = running && send_nested(at, nest, nest_frame(nest, n - 1), n - 1,
				      verdict == CONDITION_TRUE ? nest->calls : 0, &note);
	counter->filtered += running && verdict != CONDITION_TRUE;
	counter->unread += running && verdict == CONDITION_UNREAD;
	counter->counted += sent && verdict == CONDITION_TRUE;
	counter->lost += running && !sent && verdict == CONDITION_TRUE;
	if (n == 1)
		bpf_map_delete_elem(&nests, &thread);
}

static __always_inline int hit(const struct moment *at)
{
	struct call_note note = unseen_call();
	__u32 now = phase;

	if (HAS(at, TRACE_NEST)) {
		if (now != TRACE_WAITING)
			leave_nest(at, now == TRACE_RUNNING);
		return 0;
	}
	if (HAS(at, TRACE_RETURN))
		leave_call(at, now, is_timed(settings()), &note);
	if (now == TRACE_RUNNING)
		count_hit(at, &note);
	if (HAS(at, TRACE_RETURN) && HAS(at, TRACE_ARGUMENTS))
		forget_arguments(&note);
	return 0;
}

/*
 * A pair of programs for each way to learn the site, and for each shape; lib/trace/object_load.c
 * decides which one is loaded. The verifier also removes what the options do not ask for, but that
 * takes it most of the time of a load. An "l" in the name marks the light shape: the kernel keeps
 * only 15 bytes of a name.
 */
#define PAIR(section, name, known, place)               \
	SEC(section) int name(struct pt_regs *ctx)      \
	{                                               \
		struct moment at = place;               \
                                                        \
		at.shape = (known);                     \
		return hit(&at);                        \
	}                                               \
	SEC(section) int name##_in(struct pt_regs *ctx) \
	{                                               \
		struct moment at = place;               \
                                                        \
		at.shape = (known);                     \
		return entered(&at);                    \
	}

PAIR("kprobe", kvet_mark, TRACE_ANY, at_probe(ctx, this_site()))
PAIR("kprobe", kvet_lmark, TRACE_LIGHT, at_probe(ctx, this_site()))
PAIR("kprobe", kvet_cookie, TRACE_ANY, at_probe(ctx, cookie_site(ctx)))
PAIR("kprobe", kvet_lcookie, TRACE_LIGHT, at_probe(ctx, cookie_site(ctx)))
PAIR("kprobe.multi", kvet_multi, TRACE_ANY, at_probe(ctx, cookie_site(ctx)))
PAIR("kprobe.multi", kvet_lmulti, TRACE_LIGHT, at_probe(ctx, cookie_site(ctx)))

/* Templates for trampolines: copies of them are loaded as fentry and fexit, each for its function
 * (lib/trace/sites_attach.c). */
PAIR("kprobe", kvet_tramp, TRACE_ANY, in_trampoline(ctx))
PAIR("kprobe", kvet_ltramp, TRACE_LIGHT, in_trampoline(ctx))

/* The parent runs this before the child runs, and cannot be preempted: it has a run queue's lock
 * (kernel: wake_up_new_task()). While a task is preempted in this program, the kernel skips it for
 * all others (kernel: __bpf_trace_run()): that happens at sched_process_fork on newer kernels. */
SEC("raw_tp/sched_wakeup_new")
int kvet_fork(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 child = ctx->args[0];
	__u8 one = 1;

	/* The address may be an earlier task's, for which kvet_free was skipped. */
	if (!in_tree(settings()))
		bpf_map_delete_elem(&tree, &child);
	else if (bpf_map_update_elem(&tree, &child, &one, BPF_ANY))
		__sync_fetch_and_add(&tree_lost, 1);
	return 0;
}

/* Not when it exits: until then it still runs, and after this its address may be another task's
 * (kernel: delayed_put_task_struct()). */
SEC("raw_tp/sched_process_free")
int kvet_free(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 task = ctx->args[0];

	bpf_map_delete_elem(&tree, &task);
	return 0;
}
