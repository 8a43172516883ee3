/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What all sources of BOOTTIME - MONOTONIC say together. */
#include <stddef.h>

#include <kvet/clock.h>

const struct kvet_clock_source *kvet_clock_table_side(const struct kvet_clock_table *table,
						      enum kvet_clock_side side)
{
	switch (side) {
	case KVET_CLOCK_USER:
		return &table->user[KVET_CLOCK_BOOTTIME];
	case KVET_CLOCK_BPF:
		return &table->bpf[KVET_CLOCK_BOOTTIME];
	case KVET_CLOCK_KERNEL:
		return &table->kernel;
	default:
		return &table->space;
	}
}

/* The kernel's offset according to the user side: NULL if the namespace's shift is unknown. */
static const struct kvet_clock_interval *unshifted(const struct kvet_clock_table *table,
						   struct kvet_clock_interval *buf)
{
	if (table->space.verdict != KVET_YES)
		return NULL;
	*buf = kvet_clock_interval_subtract(&table->user[KVET_CLOCK_BOOTTIME].measure.interval,
					    &table->space.measure.interval);
	return buf;
}

static unsigned int reasons_of(const struct kvet_clock_table *table)
{
	const struct kvet_clock_interval *shift = &table->space.measure.interval;
	unsigned int reasons = 0;

	if (table->space.verdict != KVET_YES)
		reasons |= KVET_CLOCK_SHIFT_UNKNOWN;
	else if (shift->low_ns)
		reasons |= KVET_CLOCK_SHIFTED;
	if (table->suspends)
		reasons |= KVET_CLOCK_SLEPT;
	if (table->bpf[KVET_CLOCK_BOOTTIME].verdict != KVET_YES)
		reasons |= KVET_CLOCK_BPF_WITHHELD;
	if (table->kernel.verdict != KVET_YES)
		reasons |= KVET_CLOCK_KERNEL_WITHHELD;
	return reasons;
}

void kvet_clock_conclude(const struct kvet_clock_table *table, struct kvet_clock_conclusion *out)
{
	const struct kvet_clock_source *bpf = kvet_clock_table_side(table, KVET_CLOCK_BPF);
	struct kvet_clock_interval buf;
	/* The source nearest to the kernel comes first. */
	const struct kvet_clock_interval *heard[] = {
		table->kernel.verdict == KVET_YES ? &table->kernel.measure.interval : NULL,
		bpf->verdict == KVET_YES ? &bpf->measure.interval : NULL,
		unshifted(table, &buf),
	};
	struct kvet_clock_conclusion result = { .offset = kvet_clock_interval_all(),
						.agree = KVET_YES,
						.reasons = reasons_of(table) };
	const struct kvet_clock_interval *first = NULL;
	unsigned int count = 0;

	for (size_t i = 0; i < sizeof(heard) / sizeof(*heard); i++) {
		if (!heard[i])
			continue;
		if (!first)
			first = heard[i];
		count++;
		result.offset.samples += heard[i]->samples;
		if (!kvet_clock_interval_narrow(&result.offset, heard[i]->low_ns,
						heard[i]->high_ns))
			result.agree = KVET_NO;
	}
	if (count < 2)
		result.agree = KVET_UNDETERMINED;
	if (result.agree == KVET_NO) {
		result.offset = *first;
		result.reasons |= KVET_CLOCK_CONFLICT;
	}
	*out = result;
}
