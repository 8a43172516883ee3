/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet clock compare: the record that explains the others. */
#include "compare.h"

enum {
	CLOCKSOURCE,
	PATH,
	TIME_NAMESPACE,
	HYPERVISOR,
	SYNCHRONIZED,
	NTP_STATE,
	FREQUENCY,
	MAX_ERROR,
	TAI,
	SUSPENDS,
	LAST_SUSPEND,
	FIELD_COUNT
};

static const struct field fields[] = {
	[CLOCKSOURCE] = { "clocksource", FIELD_STRING, "the clock source in use", 0 },
	[PATH] = { "path", FIELD_STRING, "how clock_gettime(2) reads the clocks: vdso or syscall",
		   0 },
	[TIME_NAMESPACE] = { "time_namespace", FIELD_BOOLEAN,
			     "whether this process is in one of its own", 0 },
	[HYPERVISOR] = { "hypervisor", FIELD_STRING, "the hypervisor that this machine runs on",
			 0 },
	[SYNCHRONIZED] = { "synchronized", FIELD_BOOLEAN,
			   "whether REALTIME is synchronized, by NTP or the like", 0 },
	[NTP_STATE] = { "ntp_state", FIELD_STRING, "the state that adjtimex(2) returned", 0 },
	[FREQUENCY] = { "frequency_ppb", FIELD_INTEGER,
			"how much faster NTP makes the clocks run (1000 are 1 ppm)", 0 },
	[MAX_ERROR] = { "max_error_ns", FIELD_DURATION, "bound on the error of REALTIME, from NTP",
			0 },
	[TAI] = { "tai_offset_s", FIELD_INTEGER, "TAI - UTC, as the kernel was told", 0 },
	[SUSPENDS] = { "suspend_count", FIELD_INTEGER, "successful suspends since boot", 0 },
	[LAST_SUSPEND] = { "last_suspend_ns", FIELD_TIME,
			   "end of the last suspend, by the kernel log's clock", 0 },
};

const struct schema clock_context_schema = SCHEMA_FLAGGED("context", fields, SCHEMA_DETAIL);

void clock_context_report(struct context *context, const struct kvet_clock_table *table)
{
	struct kvet_clock_context facts;

	kvet_clock_context_read(&context->host, &facts);
	struct value values[FIELD_COUNT] = {
		[CLOCKSOURCE] = value_string(facts.clocksource),
		[PATH] = value_string(clock_path_name(facts.vdso)),
		[HYPERVISOR] = value_string(facts.hypervisor),
	};

	if (table->ns.inside || table->space.verdict == KVET_YES)
		values[TIME_NAMESPACE] = value_boolean(table->ns.inside);
	if (facts.ntp_known) {
		values[SYNCHRONIZED] = value_boolean(facts.ntp.synchronized);
		values[NTP_STATE] = value_string(facts.ntp.state);
		values[FREQUENCY] = value_integer(facts.ntp.frequency_ppb);
		values[MAX_ERROR] = value_integer(facts.ntp.max_error_ns);
		values[TAI] = value_integer(facts.ntp.tai_s);
	}
	if (facts.suspends >= 0)
		values[SUSPENDS] = value_integer(facts.suspends);
	if (facts.last_suspend_ns)
		values[LAST_SUSPEND] = value_time(facts.last_suspend_ns);
	output_record(context->output, &clock_context_schema, values);
}
