/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Calls under way when tracing ends: read from the kernel's map, and placed by their threads'
 * stacks. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/own_load.h"
#include "core/cleanup.h"
#include "task_stack_record.h"
#include "trace/calls.h"
#include "trace/session.h"

#include "bpf/task_stack.skel.h"
#include "bpf/trace.skel.h"
#include "core/array.h"

struct left {
	struct trace_call call;
	struct trace_calls calls;
};

/* The stacks of the threads whose calls were under way, sorted by thread. */
struct trace_stacks {
	struct task_stack_record *records;
	size_t count;
	bool whole; /* read to the end: a thread without a record has ended */
};

static void task_stack_bpf_free(struct task_stack_bpf *bpf)
{
	task_stack_bpf__destroy(bpf);
}
AUTO_DEFINE(task_stack_bpf)

/* Reads all calls that are left and were counted when they began. Returns how many; the caller
 * frees. */
static size_t read_left(const struct kvet_trace *trace, struct left **left)
{
	int map = bpf_map__fd(trace->bpf->maps.calls);
	struct trace_call before = { 0 }, next;
	size_t count = 0;

	*left = NULL;
	for (bool first = true; !bpf_map_get_next_key(map, first ? NULL : &before, &next);
	     first = false) {
		before = next;
		/* Without memory, the calls count as unplaced. */
		if (!ARRAY_MORE(*left, count))
			break;
		(*left)[count].call = next;
		if (!bpf_map_lookup_elem(map, &next, &(*left)[count].calls) &&
		    (*left)[count].calls.counted)
			count++;
	}
	return count;
}

static uint32_t tid_of(const struct left *left)
{
	return (uint32_t)left->call.pid_tid;
}

static int by_tid(const void *a, const void *b)
{
	const struct task_stack_record *first = a, *second = b;

	return first->tid < second->tid ? -1 : first->tid > second->tid;
}

/* Reads the iterator's records; false if it was not read to its end. */
static bool read_records(int fd, struct trace_stacks *stacks, size_t most)
{
	size_t size = 0, room = most * sizeof(*stacks->records);
	ssize_t got;

	stacks->records = malloc(room ? room : 1);
	if (!stacks->records)
		return false;
	while ((got = read(fd, (char *)stacks->records + size, room - size)) > 0)
		size += (size_t)got;
	stacks->count = size / sizeof(*stacks->records);
	return got == 0;
}

void kvet_trace_stacks_read(struct kvet_trace *trace)
{
	AUTO_FREE struct left *left = NULL;
	size_t count = read_left(trace, &left);
	AUTO(task_stack_bpf) *bpf = NULL;
	AUTO_CLOSE int iterator = -1;
	const __u8 yes = 1;

	if (!count || !(trace->stacks = calloc(1, sizeof(*trace->stacks))))
		return;
	bpf = task_stack_bpf__open();
	if (!bpf || bpf_map__set_max_entries(bpf->maps.wanted, (__u32)count) ||
	    task_stack_bpf__load(bpf))
		return;
	for (size_t i = 0; i < count; i++) {
		__u32 tid = tid_of(&left[i]);

		if (bpf_map_update_elem(bpf_map__fd(bpf->maps.wanted), &tid, &yes, BPF_ANY))
			return;
	}
	iterator = kvet_bpf_own_iterator(&trace->host, bpf_program__fd(bpf->progs.kvet_task_stack),
					 NULL, NULL);
	/* In a PID namespace, the iterator does not show the threads outside it. */
	if (iterator >= 0)
		trace->stacks->whole = read_records(iterator, trace->stacks, count) &&
				       !kvet_host_in_pid_namespace();
	if (trace->stacks->count)
		qsort(trace->stacks->records, trace->stacks->count, sizeof(*trace->stacks->records),
		      by_tid);
}

void kvet_trace_stacks_free(struct trace_stacks *stacks)
{
	if (stacks)
		free(stacks->records);
	free(stacks);
}

static struct trace_stack_view view_of(const struct trace_stacks *stacks, uint32_t tid)
{
	const struct task_stack_record key = { .tid = tid }, *found = NULL;

	if (stacks && stacks->count)
		found = bsearch(&key, stacks->records, stacks->count, sizeof(key), by_tid);
	/* Idle tasks are in no task list. */
	if (!found)
		return (struct trace_stack_view){ .state = stacks && stacks->whole && tid
								   ? TRACE_STACK_NONE
								   : TRACE_STACK_UNKNOWN };
	if (found->running || found->size <= 0)
		return (struct trace_stack_view){ .state = TRACE_STACK_UNKNOWN };
	return (struct trace_stack_view){ .state = TRACE_STACK_SEEN,
					  .frames = (const uint64_t *)found->frames,
					  .frame_count =
						  (size_t)found->size / sizeof(*found->frames) };
}

void kvet_trace_calls_place(struct kvet_trace *trace)
{
	AUTO_FREE struct left *left = NULL;
	size_t count = read_left(trace, &left);

	for (size_t i = 0; i < count; i++) {
		struct trace_stack_view view = view_of(trace->stacks, tid_of(&left[i]));
		size_t site = left[i].call.site;

		kvet_trace_place(&left[i].calls, trace->sites[site], &view,
				 &trace->armed[site].fates);
	}
}
