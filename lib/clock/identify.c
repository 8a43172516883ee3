/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which clock of user space a BPF helper reads. */
#include <inttypes.h>

#include <kvet/clock.h>

#include "core/fail.h"

/* The helper minus user space's clock, the namespace taken off: by the envelope alone. */
static struct kvet_clock_interval apart(const struct kvet_clock_table *table,
					enum kvet_clock_id helper, enum kvet_clock_id user)
{
	/* helper - user = (helper - M) - (user - M') - (M' - M), M' user space's MONOTONIC. */
	struct kvet_clock_interval shift =
		kvet_clock_interval_point(kvet_clock_namespace_shift(&table->ns, user));
	struct kvet_clock_interval ours = table->bpf[helper].measure.interval;
	struct kvet_clock_interval theirs =
		kvet_clock_interval_subtract(&table->user[user].measure.interval, &shift);
	struct kvet_clock_interval result = kvet_clock_interval_subtract(&ours, &theirs);

	return kvet_clock_interval_subtract(&result, &table->envelope);
}

static bool holds_zero(const struct kvet_clock_interval *interval)
{
	return interval->low_ns <= 0 && interval->high_ns >= 0;
}

/* Its lag behind MONOTONIC grows for a tick and starts again; where it starts is less than a
 * tick, for the kernel goes forward by whole ticks only (kernel: timekeeping_advance()). */
static bool lags_within(const struct kvet_clock_interval *behind, uint64_t tick_ns)
{
	return behind->low_ns <= 0 && behind->high_ns >= -(int64_t)tick_ns;
}

void kvet_clock_identify(const struct kvet_clock_table *table, enum kvet_clock_id clock,
			 struct kvet_clock_identity *identity)
{
	const struct kvet_clock_source *helper = &table->bpf[clock];
	struct kvet_clock_identity result = { .verdict = helper->verdict };
	bool coarse = clock == KVET_CLOCK_MONOTONIC_COARSE;

	if (helper->verdict != KVET_YES || table->bpf[KVET_CLOCK_MONOTONIC].verdict != KVET_YES) {
		result.cause = helper->verdict != KVET_YES ? helper->cause
							   : table->bpf[KVET_CLOCK_MONOTONIC].cause;
		*identity = result;
		return;
	}
	result.present = true;
	for (int i = 0; i < KVET_CLOCK_COUNT; i++) {
		struct kvet_clock_interval difference = apart(table, clock, i);

		/* A clock that stands still for a tick is told by that from those that do not. */
		if (coarse != (i == KVET_CLOCK_MONOTONIC_COARSE))
			continue;
		if (holds_zero(&difference))
			result.matches |= 1U << i;
	}
	result.difference = apart(table, clock, coarse ? KVET_CLOCK_MONOTONIC : clock);
	if (coarse ? !lags_within(&result.difference, table->tick_ns)
		   : !(result.matches & 1U << clock)) {
		result.verdict = KVET_NO;
		kvet_cause_fill(&result.cause, 0, kvet_clock_helper_name(clock),
				"is %" PRId64 " to %" PRId64 " ns from user space's %s",
				result.difference.low_ns, result.difference.high_ns,
				kvet_clock_name(coarse ? KVET_CLOCK_MONOTONIC : clock));
	}
	if (table->space.verdict != KVET_YES) {
		result.verdict = KVET_UNDETERMINED;
		result.cause = table->space.cause;
	}
	*identity = result;
}
