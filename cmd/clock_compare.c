/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet clock compare: how far apart MONOTONIC and BOOTTIME are, for user space and for BPF. */
#include <inttypes.h>

#include <kvet/clock.h>

#include "command.h"

#define SAMPLES_DEFAULT 1000
/* Enough for any interval, and still done in seconds. */
#define SAMPLES_MOST    100000000

struct args {
	struct option_number samples;
	struct option_number max_skew;
};

static const struct option_spec options[] = {
	{ "samples", 'n', "N", OPTION_NUMBER, offsetof(struct args, samples),
	  "readings on each side (default 1000)" },
	{ "max-skew", 0, "DURATION", OPTION_DURATION, offsetof(struct args, max_skew),
	  "status 1 if a side's clocks are further apart than this" },
	{ 0 },
};

enum {
	SIDE,
	LOW,
	HIGH,
	SAMPLES,
	WITHIN,
	FIELD_COUNT
};

static const struct field fields[] = {
	[SIDE] = { "side", FIELD_STRING, "user or bpf", 0 },
	[LOW] = { "low_ns", FIELD_DURATION, "BOOTTIME - MONOTONIC is at least this", 0 },
	[HIGH] = { "high_ns", FIELD_DURATION, "BOOTTIME - MONOTONIC is at most this", 0 },
	[SAMPLES] = { "samples", FIELD_INTEGER, "readings that the interval is made of", 0 },
	[WITHIN] = { "within", FIELD_STRING, "yes, no, undetermined: inside --max-skew?",
		     FIELD_VERDICT },
};

static const struct schema side_schema = SCHEMA("side", fields);
static const struct schema *const schemas[] = { &side_schema, NULL };

enum {
	DIFFERENCE_LOW,
	DIFFERENCE_HIGH,
	NS_MONOTONIC,
	NS_BOOTTIME,
	SUSPENDS,
	SUMMARY_COUNT
};

static const struct field summary_fields[] = {
	[DIFFERENCE_LOW] = { "difference_low_ns", FIELD_DURATION,
			     "the bpf side's offset minus the user side's is at least this", 0 },
	[DIFFERENCE_HIGH] = { "difference_high_ns", FIELD_DURATION,
			      "the bpf side's offset minus the user side's is at most this", 0 },
	[NS_MONOTONIC] = { "time_namespace_monotonic_ns", FIELD_DURATION,
			   "what this time namespace adds to MONOTONIC; absent outside one", 0 },
	[NS_BOOTTIME] = { "time_namespace_boottime_ns", FIELD_DURATION,
			  "what this time namespace adds to BOOTTIME; absent outside one", 0 },
	[SUSPENDS] = { "suspends", FIELD_INTEGER, "met while measuring, each a fresh start",
		       FIELD_DETAIL },
};

static const struct schema summary_schema = SCHEMA("summary", summary_fields);

/* Writes one side's record, with the verdict on it where there is a limit. */
static enum status put_side(struct context *context, const struct args *args, const char *side,
			    const struct kvet_clock_interval *interval)
{
	struct value values[FIELD_COUNT] = { [SIDE] = value_string(side) };
	enum kvet_verdict verdict = KVET_YES;

	if (!interval) {
		verdict = KVET_UNDETERMINED;
	} else {
		values[LOW] = value_integer(interval->low_ns);
		values[HIGH] = value_integer(interval->high_ns);
		values[SAMPLES] = value_integer((int64_t)interval->samples);
		if (args->max_skew.given)
			verdict = kvet_clock_judge(interval, args->max_skew.value);
		if (verdict == KVET_UNDETERMINED)
			context_note(context, "%s side: the limit lies inside the interval", side);
	}
	if (args->max_skew.given)
		values[WITHIN] = value_string(kvet_verdict_name(verdict));
	output_record(context->output, &side_schema, values);
	return status_of_verdict(verdict);
}

static void name_namespace(struct context *context, struct value *summary)
{
	struct kvet_clock_namespace ns;
	struct kvet_error err;

	if (kvet_clock_namespace_read(&context->host, &ns, &err)) {
		context_note(context, "time namespace unknown: %s", err.cause.evidence);
		return;
	}
	if (!ns.known || !ns.inside)
		return;
	summary[NS_MONOTONIC] = value_integer(ns.monotonic_ns);
	summary[NS_BOOTTIME] = value_integer(ns.boottime_ns);
	context_note(context,
		     "in a time namespace: MONOTONIC %+" PRId64 " ns, BOOTTIME %+" PRId64
		     " ns, for user space alone",
		     ns.monotonic_ns, ns.boottime_ns);
}

static enum status run(struct context *context, const void *opaque, const char *const *operands,
		       size_t count)
{
	const struct args *args = opaque;
	uint64_t samples = args->samples.given ? args->samples.value : SAMPLES_DEFAULT;
	struct value summary[SUMMARY_COUNT] = { 0 };
	const struct kvet_clock_interval *bpf;
	struct kvet_clock_sides sides;
	struct kvet_error err;
	enum status status;

	(void)operands;
	(void)count;
	if (!samples || samples > SAMPLES_MOST)
		return context_usage(context, "--samples wants 1 to %d", SAMPLES_MOST);
	if (kvet_clock_measure_sides(&context->host, samples, &sides, &err)) {
		context_error(context, &err.cause);
		return STATUS_ERROR;
	}
	if (sides.suspends)
		context_note(context, "suspended %u times while measuring: measured again",
			     sides.suspends);
	bpf = sides.bpf_verdict == KVET_YES ? &sides.bpf : NULL;
	status = put_side(context, args, "user", &sides.user);
	status = status_worst(status, put_side(context, args, "bpf", bpf));
	summary[SUSPENDS] = value_integer(sides.suspends);
	if (bpf) {
		struct kvet_clock_interval difference =
			kvet_clock_interval_subtract(bpf, &sides.user);

		summary[DIFFERENCE_LOW] = value_integer(difference.low_ns);
		summary[DIFFERENCE_HIGH] = value_integer(difference.high_ns);
	} else {
		context_error(context, &sides.bpf_cause);
	}
	name_namespace(context, summary);
	output_summary(context->output, &summary_schema, summary);
	return status;
}

const struct command clock_compare_command = {
	.name = "clock compare",
	.summary = "How far apart BOOTTIME and MONOTONIC are, for user space and for BPF",
	.operands = "",
	.operands_help = "A DURATION is a number with ns, us, ms, s, m or h.",
	.options = options,
	.schemas = schemas,
	.summary_schema = &summary_schema,
	.args_size = sizeof(struct args),
	.run = run,
};
