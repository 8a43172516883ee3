/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "trace/calls.h"

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

void kvet_trace_place(const struct trace_calls *calls, const struct kvet_kprobe_site *site,
		      const struct trace_stack_view *stack, struct trace_fates *fates)
{
	uint64_t start = site->address - site->offset, inside = 0, open;
	bool from_caller = false;

	for (size_t i = 0; i < stack->frame_count && stack->state == TRACE_STACK_SEEN; i++) {
		/* A return address may be the first byte after the function, and is never its
		 * first. */
		if (stack->frames[i] > start && stack->frames[i] - start <= site->extent)
			inside++;
		from_caller = from_caller || (calls->caller && stack->frames[i] == calls->caller);
	}
	inside = least(inside, calls->counted);
	open = stack->state == TRACE_STACK_UNKNOWN ? calls->counted : from_caller && !inside;
	open = least(open, calls->counted - inside);
	fates->inside += inside;
	fates->unplaced += open;
	fates->unreturned += calls->counted - inside - open;
}

void kvet_trace_close_account(const struct trace_returns *cpus, size_t count,
			      struct trace_fates *fates)
{
	uint64_t placed;

	fates->entered = fates->returned = 0;
	for (size_t i = 0; i < count; i++) {
		fates->entered += cpus[i].entered;
		fates->returned += cpus[i].returned;
		fates->inside += cpus[i].drained;
		fates->unreturned += cpus[i].unseen;
	}
	placed = fates->returned + fates->inside + fates->unreturned + fates->unplaced;
	if (fates->entered > placed)
		fates->unplaced += fates->entered - placed;
}
