/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* With returns: what became of the calls that began while tracing ran. */
#ifndef KVET_TRACE_CALLS_H
#define KVET_TRACE_CALLS_H

#include <kvet/trace.h>

#include "trace_event.h"

/* Calls of one site, of a thread or of all. entered = returned + inside + unreturned + unplaced. */
struct trace_fates {
	uint64_t entered, returned, inside, unreturned, unplaced;
};

/* What is known of a thread's stack. */
enum trace_stack_state {
	TRACE_STACK_UNKNOWN, /* it could not be looked at, or is on a CPU */
	TRACE_STACK_NONE,    /* there is no such thread any more */
	TRACE_STACK_SEEN,
};

struct trace_stack_view {
	enum trace_stack_state state;
	const uint64_t *frames;
	size_t frame_count;
};

/*
 * Places what is left of a thread's calls, `counted` of them, by its stack. A frame in the function
 * is a call that is still inside; the others have returned unseen. A function that has jumped into
 * another has no frame of its own, and its return address may be of such a call or of another one
 * from there: that is left open. Pure.
 */
void kvet_trace_place(const struct trace_calls *calls, const struct kvet_kprobe_site *site,
		      const struct trace_stack_view *stack, struct trace_fates *fates);

/* Adds up the counters of all CPUs. What they say beside what was placed already: calls that
 * returned when tracing had ended were inside till then; what is not accounted for is unplaced.
 * Pure. */
void kvet_trace_close_account(const struct trace_returns *cpus, size_t count,
			      struct trace_fates *fates);

#endif
