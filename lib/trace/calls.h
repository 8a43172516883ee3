/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* With returns: what became of the calls that began during the trace. */
#ifndef KVET_TRACE_CALLS_H
#define KVET_TRACE_CALLS_H

#include <kvet/trace.h>

#include "trace_event.h"

/* Calls of one site, by one thread or by all. entered = returned + inside + unreturned +
 * unplaced. */
struct trace_fates {
	uint64_t entered, returned, inside, unreturned, unplaced;
};

/* What is known of a thread's stack. */
enum trace_stack_state {
	TRACE_STACK_UNKNOWN, /* it could not be read, or the thread was running on a CPU */
	TRACE_STACK_NONE,    /* the thread has ended */
	TRACE_STACK_SEEN,
};

struct trace_stack_view {
	enum trace_stack_state state;
	const uint64_t *frames;
	size_t frame_count;
};

/*
 * Places the `counted` calls of a thread that are left, by its stack. A frame in the function is a
 * call that is still inside; the others have returned without their probe. A function that ended
 * with a jump into another has no frame of its own, and a return address in the caller may belong
 * to that call or to another one: those calls stay unplaced. Pure.
 */
void kvet_trace_place(const struct trace_calls *calls, const struct kvet_kprobe_site *site,
		      const struct trace_stack_view *stack, struct trace_fates *fates);

/* Adds up the counters of all CPUs, and adds to what was placed already: calls that returned after
 * tracing ended were inside until then; calls that no counter explains are unplaced. Pure. */
void kvet_trace_close_account(const struct trace_returns *cpus, size_t count,
			      struct trace_fates *fates);

#endif
