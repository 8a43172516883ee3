/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet object check: the clocks of an object, against each other and against user space. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/clock.h>
#include <kvet/probe.h>

#include "check.h"
#include "clock/effect.h"

enum {
	OBJECT,
	STAMP,
	READ,
	VERDICT,
	ERROR_LOW,
	ERROR_HIGH,
	CAUSE,
	FIELD_COUNT
};

static const struct field fields[] = {
	[OBJECT] = { "object", FIELD_STRING, "the file", FIELD_ASIDE },
	[STAMP] = { "stamp", FIELD_STRING, "a clock that programs stamp with", 0 },
	[READ] = { "read", FIELD_STRING, "the clock that the stamp is compared with", 0 },
	[VERDICT] = { "verdict", FIELD_STRING, "yes, no or undetermined: are they the same clock?",
		      FIELD_VERDICT },
	[ERROR_LOW] = { "error_low_ns", FIELD_DURATION,
			"the stamp minus the clock is now at least this", 0 },
	[ERROR_HIGH] = { "error_high_ns", FIELD_DURATION, "and at most this", 0 },
	[CAUSE] = { "cause", FIELD_STRING, "what makes them differ", FIELD_SPARSE },
};

const struct schema object_pairing_schema = SCHEMA("pairing", fields);

unsigned int object_stamps(unsigned int clocks)
{
	if (clocks & 1U << KVET_OBJECT_COARSE)
		clocks |= 1U << KVET_OBJECT_MONOTONIC;
	return clocks & ~(1U << KVET_OBJECT_COARSE | 1U << KVET_OBJECT_JIFFIES);
}

bool object_mixes(unsigned int clocks)
{
	unsigned int stamps = object_stamps(clocks);

	return stamps & (stamps - 1);
}

static enum kvet_clock_id clock_of(enum kvet_object_clock clock)
{
	switch (clock) {
	case KVET_OBJECT_BOOTTIME:
		return KVET_CLOCK_BOOTTIME;
	case KVET_OBJECT_TAI:
		return KVET_CLOCK_TAI;
	default:
		return KVET_CLOCK_MONOTONIC;
	}
}

static const char *end_text(const struct kvet_clock_end *end, char *buf, size_t size)
{
	snprintf(buf, size, "%s:%s", kvet_clock_side_name(end->side), kvet_clock_name(end->clock));
	return buf;
}

/* A time namespace may shift what user space reads, and a coarse clock lags by two ticks. */
static uint64_t limit_of(const struct kvet_clock_table *table)
{
	return 2 * table->tick_ns + 1000000;
}

static enum kvet_verdict put_pair(struct context *context, const char *path,
				  const struct kvet_clock_table *table,
				  const struct kvet_clock_pair *pair)
{
	struct kvet_clock_pairing pairing;
	char stamp[64], read[64], cause[192], about[HUMAN_SIZE];
	struct value values[FIELD_COUNT] = {
		[OBJECT] = value_string(path),
		[STAMP] = value_string(end_text(&pair->stamp, stamp, sizeof(stamp))),
		[READ] = value_string(end_text(&pair->read, read, sizeof(read))),
	};
	enum kvet_verdict verdict;

	kvet_clock_pair_judge(table, pair, &pairing);
	verdict = pairing.verdict == KVET_YES
			  ? kvet_clock_pair_within(&pairing, limit_of(table), false)
			  : KVET_UNDETERMINED;
	values[VERDICT] = value_string(kvet_verdict_name(verdict));
	values[CAUSE] = value_string(pairing.cause.evidence);
	if (pairing.verdict == KVET_YES) {
		values[ERROR_LOW] = value_integer(pairing.error.low_ns);
		values[ERROR_HIGH] = value_integer(pairing.error.high_ns);
	}
	if (verdict == KVET_NO) {
		clock_promise_cause(pairing.apart_by, cause, sizeof(cause));
		values[CAUSE] =
			value_string(pairing.apart_by ? cause : "a time namespace shifts it");
		context_note(context, "%s: %s and %s are %s apart now; %s", path, stamp, read,
			     human_duration(kvet_clock_interval_middle(&pairing.error), about),
			     values[CAUSE].string);
	}
	output_record(context->output, &object_pairing_schema, values);
	return verdict;
}

/* Two clocks of BPF that programs of one object stamp with: the later one against the first. */
static enum kvet_verdict put_mixed(struct context *context, const char *path,
				   const struct kvet_clock_table *table, unsigned int stamps)
{
	struct kvet_clock_pair pair = { { KVET_CLOCK_BPF, 0 }, { KVET_CLOCK_BPF, 0 } };
	enum kvet_verdict mixed = KVET_YES;
	bool first = true;

	for (int i = 0; i < KVET_OBJECT_CLOCK_COUNT; i++) {
		if (!(stamps & 1U << i))
			continue;
		pair.stamp.clock = clock_of((enum kvet_object_clock)i);
		if (first)
			pair.read.clock = pair.stamp.clock;
		else
			mixed = kvet_verdict_worst(mixed, put_pair(context, path, table, &pair));
		first = false;
	}
	return mixed;
}

static enum kvet_verdict put_user(struct context *context, const char *path,
				  const struct kvet_clock_table *table, unsigned int stamps,
				  const char *user)
{
	struct kvet_clock_pair pair = { { KVET_CLOCK_BPF, 0 },
					{ KVET_CLOCK_USER,
					  (enum kvet_clock_id)kvet_clock_by_name(user) } };
	enum kvet_verdict worst = KVET_YES;

	for (int i = 0; i < KVET_OBJECT_CLOCK_COUNT; i++) {
		if (!(stamps & 1U << i))
			continue;
		pair.stamp.clock = clock_of((enum kvet_object_clock)i);
		worst = kvet_verdict_worst(worst, put_pair(context, path, table, &pair));
	}
	return worst;
}

enum status object_pairings_put(struct context *context, const char *path, unsigned int clocks,
				const char *user, bool allow_mixed)
{
	const struct kvet_clock_effort effort = { .samples = 100, .budget_ns = 20000000 };
	unsigned int stamps = object_stamps(clocks);
	struct kvet_clock_table *table;
	enum status status = STATUS_YES;
	struct kvet_cause err;

	if (!stamps || (!user && !object_mixes(clocks)))
		return STATUS_YES;
	table = malloc(sizeof(*table));
	if (!table)
		return context_failure(context, ENOMEM, "malloc");
	if (kvet_clock_table_read(&context->host, &effort, table, &err)) {
		context_error(context, &err);
		status = STATUS_ERROR;
	} else {
		enum kvet_verdict mixed = KVET_YES;

		if (object_mixes(clocks))
			mixed = put_mixed(context, path, table, stamps);
		if (!allow_mixed)
			status = status_of_verdict(mixed);
		if (user)
			status = status_worst(status, status_of_verdict(put_user(
							      context, path, table, stamps, user)));
	}
	free(table);
	return status;
}

void object_note_source(struct context *context, const char *path, unsigned int clocks)
{
	struct kvet_probe_question question = {
		.helper = kvet_clock_helper(KVET_CLOCK_BOOTTIME),
		.type = kvet_probe_type_by_name("kprobe"),
	};
	struct kvet_probe *probe = NULL;
	struct kvet_probe_answer answer;

	if (context->quiet || object_stamps(clocks) != 1U << KVET_OBJECT_MONOTONIC ||
	    kvet_probe_new(&probe, &context->host, NULL))
		return;
	if (!kvet_probe_ask(probe, &question, &answer, NULL) && answer.verdict == KVET_YES)
		context_note(context,
			     "%s: it stamps with monotonic, which stands still during a suspend; "
			     "kvet clock source recommends boottime",
			     path);
	kvet_probe_free(probe);
}
