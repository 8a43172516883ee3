/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reads every source within one stretch of time. */
#include <string.h>

#include "clock/measure.h"
#include "clock/namespace.h"
#include "clock/vdso_read.h"
#include "core/cleanup.h"
#include "core/fail.h"

/* How much the other clocks are read: the question is not about their offsets. */
#define SAMPLES_LESS 1000
#define BUDGET_LESS  1000000

/* A span must include a tick, but is never longer than this, whatever the resolution claims. */
#define TICK_MOST 10000000

/* How many times to measure BPF's coarse clock if the measurement is disturbed. */
#define COARSE_TRIES 5

static struct kvet_clock_effort effort_for(enum kvet_clock_id clock,
					   const struct kvet_clock_effort *effort, uint64_t tick_ns)
{
	struct kvet_clock_effort less = { .samples = SAMPLES_LESS, .budget_ns = BUDGET_LESS };

	if (clock == KVET_CLOCK_BOOTTIME)
		return *effort;
	if (clock == KVET_CLOCK_MONOTONIC_COARSE)
		return (struct kvet_clock_effort){
			.samples = UINT64_MAX,
			.budget_ns = tick_ns && tick_ns < TICK_MOST ? tick_ns : TICK_MOST,
		};
	return less;
}

static void accept(struct kvet_clock_source *source, int ret, const struct kvet_cause *err)
{
	source->verdict = ret ? KVET_UNDETERMINED : KVET_YES;
	if (ret)
		source->cause = *err;
}

static int read_user(const struct kvet_clock_effort *effort, struct kvet_clock_table *table,
		     struct kvet_cause *err)
{
	for (int i = 0; i < KVET_CLOCK_COUNT; i++) {
		struct kvet_clock_effort own = effort_for(i, effort, table->tick_ns);
		int ret = kvet_clock_measure_user(i, &own, &table->user[i].measure, err);

		if (ret)
			return ret;
		table->user[i].verdict = KVET_YES;
	}
	return 0;
}

/* Whether nothing disturbed the measurement of BPF's coarse clock. */
static bool is_clear(const struct kvet_clock_source *coarse)
{
	const struct kvet_clock_interval *still = &coarse->measure.still;

	return coarse->verdict != KVET_YES || (still->samples && still->low_ns == still->high_ns);
}

/* BOOTTIME first: a process that may not load its program may not load any, and the rest is
 * skipped. */
static void read_bpf(const struct kvet_host *host, const struct kvet_clock_effort *effort,
		     struct kvet_clock_table *table)
{
	static const enum kvet_clock_id order[] = { KVET_CLOCK_BOOTTIME, KVET_CLOCK_MONOTONIC,
						    KVET_CLOCK_TAI, KVET_CLOCK_MONOTONIC_COARSE };

	for (int i = 0; i < KVET_CLOCK_COUNT; i++)
		table->bpf[i].verdict = KVET_UNDETERMINED;
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
		struct kvet_clock_source *source = &table->bpf[order[i]];
		struct kvet_clock_effort own = effort_for(order[i], effort, table->tick_ns);
		const struct kvet_clock_source *boot = &table->bpf[KVET_CLOCK_BOOTTIME];

		if (i && boot->verdict == KVET_UNDETERMINED)
			*source = *boot;
		else
			kvet_clock_measure_bpf(host, order[i], &own, source,
					       order[i] == KVET_CLOCK_MONOTONIC ? &table->envelope
										: NULL,
					       i ? NULL : &table->bpf_type, NULL);
		for (int tries = 1; order[i] == KVET_CLOCK_MONOTONIC_COARSE &&
				    tries < COARSE_TRIES && !is_clear(source);
		     tries++)
			kvet_clock_measure_bpf(host, order[i], &own, source, NULL, NULL, NULL);
	}
}

static void read_kernel(const struct kvet_host *host, struct kvet_clock_table *table)
{
	struct kvet_clock_kernel kernel;
	struct kvet_cause err;
	int ret = kvet_clock_kernel_read(host, &kernel, &err);

	accept(&table->kernel, ret, &err);
	if (!ret)
		table->kernel.measure.interval = kvet_clock_interval_point(kernel.boottime_ns);
}

static void read_namespace(const struct kvet_host *host, struct kvet_clock_table *table)
{
	struct kvet_cause err;
	int ret = kvet_clock_namespace_read(host, &table->ns, &err);

	accept(&table->space, ret, &err);
	if (ret)
		return;
	table->space.measure.interval =
		kvet_clock_namespace_apart(&table->ns, KVET_CLOCK_BOOTTIME, KVET_CLOCK_MONOTONIC);
	if (table->ns.inside && !table->ns.known) {
		table->space.verdict = KVET_UNDETERMINED;
		kvet_cause_fill(&table->space.cause, 0, "/proc/self/timens_offsets",
				"shows the time namespace of this process's children, not its own");
	}
}

/* *jumped: this clock was changed since its first measurement, so that the sides were not measured
 * with the same offset. A change within the first measurement does not matter. */
static int read_again(const struct kvet_clock_effort *effort, const struct kvet_clock_table *table,
		      enum kvet_clock_id clock, bool *jumped, struct kvet_cause *err)
{
	struct kvet_clock_effort own = effort_for(clock, effort, table->tick_ns);
	struct kvet_clock_measure again;
	int ret = kvet_clock_measure_user(clock, &own, &again, err);

	if (!ret)
		*jumped = table->bpf[clock].measure.changes || again.changes ||
			  !kvet_clock_interval_overlap(&table->user[clock].measure.interval,
						       &again.interval);
	return ret;
}

/* Reads everything. *slept: the machine was suspended between the first and the last reading; *set:
 * its clock was set. */
static int read_once(const struct kvet_host *host, const struct kvet_clock_effort *effort,
		     struct kvet_clock_table *table, bool *slept, bool *set, struct kvet_cause *err)
{
	bool tai_set = false;
	int ret;

	table->tick_ns = kvet_clock_tick();
	ret = read_user(effort, table, err);
	if (ret)
		return ret;
	read_bpf(host, effort, table);
	read_kernel(host, table);
	read_namespace(host, table);
	table->suspends += table->user[KVET_CLOCK_BOOTTIME].measure.changes;
	ret = read_again(effort, table, KVET_CLOCK_BOOTTIME, slept, err);
	if (!ret)
		ret = read_again(effort, table, KVET_CLOCK_REALTIME, set, err);
	if (!ret)
		ret = read_again(effort, table, KVET_CLOCK_TAI, &tai_set, err);
	*set |= tai_set;
	return ret;
}

int kvet_clock_table_read(const struct kvet_host *host, const struct kvet_clock_effort *effort,
			  struct kvet_clock_table *out, struct kvet_cause *err)
{
	AUTO_FREE struct kvet_clock_table *table = malloc(sizeof(*table));
	unsigned int suspends = 0;

	if (!table)
		return kvet_fail_memory(err);
	for (int i = 0; i <= KVET_CLOCK_CHANGES_MAX; i++) {
		bool slept = false, set = false;
		int ret;

		memset(table, 0, sizeof(*table));
		table->suspends = suspends;
		ret = read_once(host, effort, table, &slept, &set, err);
		if (ret)
			return ret;
		if (!slept && !set) {
			*out = *table;
			return 0;
		}
		suspends += slept;
	}
	return kvet_clock_kept_changing("clock_gettime", err);
}
