/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which clock of user space a BPF helper reads. */
#include <inttypes.h>

#include <kvet/clock.h>

#include "core/fail.h"

/* The helper minus user space's clock, without the namespace's offset: from the envelope only. */
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

/* The coarse clock differs from all others in that it stands still, and is judged by the value it
 * then shows. Its lag behind MONOTONIC tells nothing: the lag depends on how late a tick is. */
static void judge_coarse(const struct kvet_clock_table *table, struct kvet_clock_identity *identity)
{
	static const enum kvet_clock_id clock = KVET_CLOCK_MONOTONIC_COARSE;
	const struct kvet_clock_interval *still = &table->bpf[clock].measure.still;
	struct kvet_clock_interval ours =
		kvet_clock_interval_point(-kvet_clock_namespace_shift(&table->ns, clock));
	struct kvet_clock_interval difference = kvet_clock_interval_subtract(still, &ours);

	identity->verdict = KVET_UNDETERMINED;
	kvet_cause_fill(&identity->cause, 0, kvet_clock_helper_name(clock),
			"user space's %s never stood still while the helper ran",
			kvet_clock_name(clock));
	if (!still->samples)
		return;
	kvet_cause_fill(&identity->cause, 0, kvet_clock_helper_name(clock),
			"is %" PRId64 " to %" PRId64 " ns from user space's %s", difference.low_ns,
			difference.high_ns, kvet_clock_name(clock));
	if (!holds_zero(&difference)) {
		identity->verdict = KVET_NO;
		return;
	}
	identity->matches = 1U << clock;
	if (difference.low_ns != difference.high_ns)
		return;
	identity->verdict = KVET_YES;
	identity->cause = (struct kvet_cause){ .errnum = 0 };
}

/* Compares any other helper with every clock that does not stand still. */
static void judge_fine(const struct kvet_clock_table *table, enum kvet_clock_id clock,
		       struct kvet_clock_identity *identity)
{
	for (int i = 0; i < KVET_CLOCK_COUNT; i++) {
		struct kvet_clock_interval difference = apart(table, clock, i);

		if (i != KVET_CLOCK_MONOTONIC_COARSE && holds_zero(&difference))
			identity->matches |= 1U << i;
	}
	if (identity->matches & 1U << clock)
		return;
	identity->verdict = KVET_NO;
	kvet_cause_fill(&identity->cause, 0, kvet_clock_helper_name(clock),
			"is %" PRId64 " to %" PRId64 " ns from user space's %s",
			identity->difference.low_ns, identity->difference.high_ns,
			kvet_clock_name(clock));
}

void kvet_clock_identify(const struct kvet_clock_table *table, enum kvet_clock_id clock,
			 struct kvet_clock_identity *identity)
{
	const struct kvet_clock_source *helper = &table->bpf[clock];
	const struct kvet_clock_source *mono = &table->bpf[KVET_CLOCK_MONOTONIC];
	const struct kvet_clock_source *silent = helper->verdict != KVET_YES        ? helper
						 : mono->verdict != KVET_YES        ? mono
						 : table->space.verdict != KVET_YES ? &table->space
										    : NULL;
	struct kvet_clock_identity result = { .verdict = KVET_YES };
	bool coarse = clock == KVET_CLOCK_MONOTONIC_COARSE;

	if (silent) {
		result.verdict = silent == helper ? helper->verdict : KVET_UNDETERMINED;
		result.cause = silent->cause;
		*identity = result;
		return;
	}
	result.present = true;
	result.difference = apart(table, clock, coarse ? KVET_CLOCK_MONOTONIC : clock);
	if (coarse)
		judge_coarse(table, &result);
	else
		judge_fine(table, clock, &result);
	*identity = result;
}
