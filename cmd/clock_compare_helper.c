/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet clock compare: which clock each BPF helper reads. */
#include "clock_compare.h"

enum {
	HELPER,
	CLOCK,
	READS_IT,
	LOW,
	HIGH,
	MATCHES,
	CAUSE,
	FIELD_COUNT
};

static const struct field fields[] = {
	[HELPER] = { "helper", FIELD_STRING, "of BPF", 0 },
	[CLOCK] = { "clock", FIELD_STRING, "of user space that it is documented to read", 0 },
	[READS_IT] = { "reads_it", FIELD_STRING, "yes, no, undetermined: shown by bracketed reads",
		       FIELD_VERDICT },
	[LOW] = { "low_ns", FIELD_DURATION,
		  "helper - clock is at least this; of coarse, helper - monotonic", 0 },
	[HIGH] = { "high_ns", FIELD_DURATION, "helper - clock is at most this", 0 },
	[MATCHES] = { "matches", FIELD_LIST, "every clock that it cannot be told from", 0 },
	[CAUSE] = { "cause", FIELD_STRING, "why it is not yes", FIELD_DETAIL },
};

const struct schema clock_helper_schema = SCHEMA("helper", fields);

static void put_helper(struct context *context, const struct kvet_clock_table *table,
		       enum kvet_clock_id clock)
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
	output_record(context->output, &clock_helper_schema, values);
}

void clock_helpers_report(struct context *context, const struct kvet_clock_table *table)
{
	for (int clock = 0; clock < KVET_CLOCK_COUNT; clock++)
		if (kvet_clock_helper((enum kvet_clock_id)clock) >= 0)
			put_helper(context, table, (enum kvet_clock_id)clock);
}
