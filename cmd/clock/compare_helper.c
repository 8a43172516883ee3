/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet clock compare: which clock each BPF helper reads, and what a reading costs. */
#include "compare.h"

enum {
	HELPER,
	CLOCK,
	READS_IT,
	LOW,
	HIGH,
	MATCHES,
	COST,
	CAUSE,
	FIELD_COUNT
};

static const struct field fields[] = {
	[HELPER] = { "helper", FIELD_STRING, "the BPF helper", 0 },
	[CLOCK] = { "clock", FIELD_STRING, "the clock of user space that it is documented to read",
		    0 },
	[READS_IT] = { "reads_it", FIELD_STRING, "yes, no, undetermined: shown by bracketed reads",
		       FIELD_VERDICT },
	[LOW] = { "low_ns", FIELD_DURATION,
		  "helper - clock is at least this; for coarse: helper - monotonic", 0 },
	[HIGH] = { "high_ns", FIELD_DURATION, "helper - clock is at most this", 0 },
	[MATCHES] = { "matches", FIELD_LIST, "every clock that the readings match",
		      FIELD_LEAVES(2) },
	[COST] = { "cost_ns", FIELD_DURATION, "cost of one call, rounded up", FIELD_LEAVES(1) },
	[CAUSE] = { "cause", FIELD_STRING, "why reads_it is not yes", FIELD_DETAIL | FIELD_REASON },
};

const struct schema clock_helper_schema = SCHEMA("helper", fields);

enum {
	USER_CLOCK,
	USER_PATH,
	USER_COST,
	USER_COUNT
};

static const struct field user_fields[] = {
	[USER_CLOCK] = { "clock", FIELD_STRING, "the clock of clock_gettime(2)", 0 },
	[USER_PATH] = { "path", FIELD_STRING, "vdso or syscall, found by trying", 0 },
	[USER_COST] = { "cost_ns", FIELD_DURATION, "cost of one call, rounded up", 0 },
};

const struct schema clock_user_schema = SCHEMA("clock", user_fields);

static void put_helper(struct context *context, const struct kvet_clock_table *table,
		       const struct kvet_clock_costs *costs, enum kvet_clock_id clock)
{
	const char *matches[KVET_CLOCK_COUNT];
	struct kvet_clock_identity identity;
	size_t count = 0;

	kvet_clock_identify(table, clock, &identity);
	for (int i = 0; i < KVET_CLOCK_COUNT; i++)
		if (identity.matches & 1U << i)
			matches[count++] = kvet_clock_name((enum kvet_clock_id)i);
	struct value values[FIELD_COUNT] = {
		[HELPER] = value_string(kvet_clock_helper_name(clock)),
		[CLOCK] = value_string(kvet_clock_name(clock)),
		[READS_IT] = value_string(kvet_verdict_name(identity.verdict)),
		[CAUSE] = value_string(identity.cause.evidence),
	};

	if (identity.present) {
		values[LOW] = value_integer(identity.difference.low_ns);
		values[HIGH] = value_integer(identity.difference.high_ns);
		values[MATCHES] = value_list(matches, count);
	}
	if (costs->bpf_ns[clock])
		values[COST] = value_integer((int64_t)costs->bpf_ns[clock]);
	output_record(context->output, &clock_helper_schema, values);
}

const char *clock_path_name(enum kvet_verdict vdso)
{
	return vdso == KVET_YES ? "vdso" : vdso == KVET_NO ? "syscall" : NULL;
}

static void put_user(struct context *context, const struct kvet_clock_costs *costs,
		     enum kvet_clock_id clock)
{
	const struct value values[USER_COUNT] = {
		[USER_CLOCK] = value_string(kvet_clock_name(clock)),
		[USER_PATH] = value_string(clock_path_name(costs->vdso[clock])),
		[USER_COST] = value_integer((int64_t)costs->user_ns[clock]),
	};

	output_record(context->output, &clock_user_schema, values);
}

void clock_readings_report(struct context *context, const struct kvet_clock_table *table)
{
	struct kvet_clock_costs costs;

	kvet_clock_costs_read(&context->host, &costs);
	for (int clock = 0; clock < KVET_CLOCK_COUNT; clock++)
		if (kvet_clock_helper((enum kvet_clock_id)clock) >= 0)
			put_helper(context, table, &costs, (enum kvet_clock_id)clock);
	for (int clock = 0; clock < KVET_CLOCK_COUNT; clock++)
		put_user(context, &costs, (enum kvet_clock_id)clock);
}
