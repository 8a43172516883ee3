/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet clock compare --pair, --all: the error of a tracer that stamps with one clock and reads
 * another. */
#include <poll.h>
#include <stdio.h>
#include <time.h>

#include <kvet/probe.h>

#include "compare.h"
#include "effect.h"
#include "core/time.h"
#include "shared.h"

#define DURATION_DEFAULT_NS NS_PER_S

/* Few, so that the clocks do not drift apart while they are read. */
#define RATE_SAMPLES 256

enum {
	STAMP,
	READ,
	LOW,
	HIGH,
	ABOUT,
	ASLEEP,
	RATE_LOW,
	RATE_HIGH,
	APART_BY,
	WITHIN,
	BASIS,
	CAUSE,
	EFFECT,
	FIELD_COUNT
};

static const struct field fields[] = {
	[STAMP] = { "stamp", FIELD_STRING, "side and clock that events are stamped with",
		    FIELD_LABEL },
	[READ] = { "read", FIELD_STRING, "side and clock that they are compared with",
		   FIELD_LABEL },
	[LOW] = { "low_ns", FIELD_DURATION, "stamp - read is at least this now", FIELD_METRIC },
	[HIGH] = { "high_ns", FIELD_DURATION, "stamp - read is at most this now", FIELD_METRIC },
	[ABOUT] = { "about", FIELD_STRING, "the same in readable units",
		    FIELD_TEXT | FIELD_SPARSE | FIELD_LEAVES(4) },
	[ASLEEP] = { "asleep_ns", FIELD_DURATION, "what each second of suspend adds to it",
		     FIELD_LEAVES(2) },
	[RATE_LOW] = { "rate_low_ppb", FIELD_INTEGER,
		       "with monotonic_raw: stamp runs faster by at least this (1000 are 1 ppm)",
		       FIELD_SPARSE | FIELD_LEAVES(1) },
	[RATE_HIGH] = { "rate_high_ppb", FIELD_INTEGER, "stamp runs faster by at most this",
			FIELD_SPARSE | FIELD_LEAVES(1) },
	[APART_BY] = { "apart_by", FIELD_LIST,
		       "what changes it: suspend, step, leap, rate, tick; none: the same clock",
		       0 },
	[WITHIN] = { "within", FIELD_STRING,
		     "yes, no, undetermined: within --max-skew, now and later?",
		     FIELD_VERDICT | FIELD_SPARSE | FIELD_METRIC },
	[BASIS] = { "basis", FIELD_STRING, "measured, or inferred from the user side",
		    FIELD_LEAVES(3) },
	[CAUSE] = { "cause", FIELD_STRING, "why it is not measured, or why it is not within",
		    FIELD_DETAIL | FIELD_REASON },
	[EFFECT] = { "effect", FIELD_STRING, "what it does to the events of such a tracer",
		     FIELD_REASON },
};

const struct schema clock_pair_schema = SCHEMA("pair", fields);
/* With --all, people read the matrix. */
static const struct schema quiet_pair_schema = SCHEMA_FLAGGED("pair", fields, SCHEMA_DETAIL);

enum {
	ROW_STAMP,
	ROW_MONOTONIC,
	ROW_BOOTTIME,
	ROW_TAI,
	ROW_REALTIME,
	ROW_UNCERTAINTY,
	ROW_RAW,
	ROW_COUNT
};

static const struct field row_fields[] = {
	[ROW_STAMP] = { "stamp", FIELD_STRING, "side and clock that events are stamped with", 0 },
	[ROW_MONOTONIC] = { "monotonic_ns", FIELD_DURATION, "stamp - user space's MONOTONIC now",
			    0 },
	[ROW_BOOTTIME] = { "boottime_ns", FIELD_DURATION, "the same for BOOTTIME", 0 },
	[ROW_TAI] = { "tai_ns", FIELD_DURATION, "the same for TAI", 0 },
	[ROW_REALTIME] = { "realtime_ns", FIELD_DURATION, "the same for REALTIME", 0 },
	[ROW_UNCERTAINTY] = { "uncertainty_ns", FIELD_DURATION,
			      "each of these is off by at most this", 0 },
	[ROW_RAW] = { "monotonic_raw_ppb", FIELD_INTEGER,
		      "stamp runs faster than user space's MONOTONIC_RAW by this",
		      FIELD_LEAVES(1) },
};

const struct schema clock_row_schema = SCHEMA("row", row_fields);

/* By how much MONOTONIC_RAW runs faster than MONOTONIC. */
struct rate {
	bool known;
	int64_t low_ppb, high_ppb;
};

/* What all pairings are judged by, in addition to the table: the rate, and whether the kernel's BTF
 * names the helpers that could not be run, or why it could not be read. */
struct setting {
	struct rate rate;
	enum kvet_verdict named[KVET_CLOCK_COUNT];
	struct kvet_cause unread;
};

/* --- the rate, over a stretch of time -------------------------------------------------------- */

static bool is_raw(const struct kvet_clock_end *end)
{
	return end->clock == KVET_CLOCK_MONOTONIC_RAW;
}

static bool wants_rate(const struct kvet_clock_pair *pair)
{
	return is_raw(&pair->stamp) != is_raw(&pair->read);
}

/* MONOTONIC_RAW - MONOTONIC, and the time of the reading. */
static int bracket_raw(struct kvet_clock_interval *interval, struct timespec *now,
		       struct kvet_cause *err)
{
	const struct kvet_clock_effort effort = { .samples = RATE_SAMPLES };
	struct kvet_clock_measure measure;
	int ret;

	clock_gettime(CLOCK_MONOTONIC, now);
	ret = kvet_clock_measure_user(KVET_CLOCK_MONOTONIC_RAW, &effort, &measure, err);
	if (!ret)
		*interval = measure.interval;
	return ret;
}

static enum status measure_rate(struct context *context, const struct clock_compare_args *args,
				struct rate *rate)
{
	uint64_t wait_ns = args->duration.given ? args->duration.value : DURATION_DEFAULT_NS;
	struct kvet_clock_interval before, after;
	struct timespec start, end;
	struct kvet_cause err;
	int ret = bracket_raw(&before, &start, &err);

	if (!ret && clock_compare_wait(context, wait_ns))
		return STATUS_YES; /* a signal ends kvet */
	if (!ret)
		ret = bracket_raw(&after, &end, &err);
	if (ret) {
		context_error(context, &err);
		return STATUS_ERROR;
	}
	rate->known = kvet_clock_rate(&before, &after, ns_of(&end) - ns_of(&start), &rate->low_ppb,
				      &rate->high_ppb);
	return STATUS_YES;
}

/* --- one record a pairing -------------------------------------------------------------------- */

static const char *end_text(const struct kvet_clock_end *end, char *buf, size_t size)
{
	snprintf(buf, size, "%s:%s", kvet_clock_side_name(end->side), kvet_clock_name(end->clock));
	return buf;
}

static enum kvet_verdict judge(const struct clock_compare_args *args,
			       const struct kvet_clock_pairing *pairing)
{
	if (pairing->verdict != KVET_YES)
		return KVET_UNDETERMINED;
	return args->max_skew.given
		       ? kvet_clock_pair_within(pairing, args->max_skew.value, args->now)
		       : KVET_YES;
}

/* An offset inferred from the user side is valid if there is a helper that reads the clock. */
static void check_inferred(const struct setting *setting, const struct kvet_clock_pair *pair,
			   struct kvet_clock_pairing *pairing)
{
	const struct kvet_clock_end *ends[] = { &pair->stamp, &pair->read };

	for (size_t i = 0; i < 2 && pairing->inferred; i++) {
		if (ends[i]->side != KVET_CLOCK_BPF ||
		    setting->named[ends[i]->clock] != KVET_UNDETERMINED)
			continue;
		pairing->verdict = KVET_UNDETERMINED;
		pairing->cause = setting->unread;
	}
}

static bool is_within_now(const struct clock_compare_args *args,
			  const struct kvet_clock_pairing *pairing)
{
	return kvet_clock_pair_within(pairing, args->max_skew.value, true) != KVET_NO;
}

/* Explains a no that today's difference does not show: such a pairing looks correct until the first
 * suspend or step. */
static const char *explain(struct context *context, const struct clock_compare_args *args,
			   const struct kvet_clock_pairing *pairing, const char *stamp,
			   const char *read, char *buf, size_t size)
{
	clock_promise_cause(pairing->apart_by, buf, size);
	if (!args->all)
		context_note(context, "%s and %s: %s; --now judges only the current difference",
			     stamp, read, buf);
	return buf;
}

static void fill_rate(struct value *values, const struct kvet_clock_pair *pair,
		      const struct setting *setting)
{
	bool forth = is_raw(&pair->stamp);

	if (!setting->rate.known)
		return;
	values[RATE_LOW] = value_integer(forth ? setting->rate.low_ppb : -setting->rate.high_ppb);
	values[RATE_HIGH] = value_integer(forth ? setting->rate.high_ppb : -setting->rate.low_ppb);
}

static enum status put_pair(struct context *context, const struct clock_compare_args *args,
			    const struct kvet_clock_table *table,
			    const struct kvet_clock_pair *pair, const struct setting *setting)
{
	struct kvet_clock_pairing pairing;
	char stamp[64], read[64], about[HUMAN_SIZE], cause[192], effect[192];
	const char *movers[CLOCK_MOVERS];
	enum kvet_verdict verdict;

	kvet_clock_pair_judge(table, pair, &pairing);
	check_inferred(setting, pair, &pairing);
	verdict = judge(args, &pairing);
	struct value values[FIELD_COUNT] = {
		[STAMP] = value_string(end_text(&pair->stamp, stamp, sizeof(stamp))),
		[READ] = value_string(end_text(&pair->read, read, sizeof(read))),
		[ASLEEP] = value_integer(pairing.slept_ns),
		[APART_BY] = value_list(movers, clock_movers(pairing.apart_by, movers)),
		[CAUSE] = value_string(pairing.cause.evidence),
	};

	if (pairing.verdict == KVET_YES) {
		values[BASIS] = value_string(pairing.inferred ? "inferred" : "measured");
		values[EFFECT] =
			value_string(clock_pairing_effect(&pairing, effect, sizeof(effect)));
		if (wants_rate(pair))
			fill_rate(values, pair, setting);
		/* A clock with a rate of its own has no constant difference. */
		if (!wants_rate(pair) || args->now) {
			values[LOW] = value_integer(pairing.error.low_ns);
			values[HIGH] = value_integer(pairing.error.high_ns);
			values[ABOUT] = value_string(clock_about(&pairing.error, about));
		}
		if (verdict == KVET_NO && is_within_now(args, &pairing))
			values[CAUSE] = value_string(explain(context, args, &pairing, stamp, read,
							     cause, sizeof(cause)));
	}
	if (args->max_skew.given)
		values[WITHIN] = value_string(kvet_verdict_name(verdict));
	output_record(context->output, args->all ? &quiet_pair_schema : &clock_pair_schema, values);
	if (pairing.verdict != KVET_YES)
		context_error(context, &pairing.cause);
	/* Without the helper the pairing is impossible, and the answer is no. */
	return status_of_verdict(pairing.verdict == KVET_NO ? KVET_NO : verdict);
}

/* --- which pairings -------------------------------------------------------------------------- */

static enum status put_named(struct context *context, const struct clock_compare_args *args,
			     const struct kvet_clock_table *table,
			     const struct kvet_clock_pair *pairs, const struct setting *setting)
{
	enum status status = STATUS_YES;

	for (size_t i = 0; i < args->pairs.count; i++)
		status = status_worst(status, put_pair(context, args, table, &pairs[i], setting));
	return status;
}

/* The clocks that user space may read, and their columns in the matrix. */
static const struct {
	enum kvet_clock_id clock;
	size_t column;
} columns[] = {
	{ KVET_CLOCK_MONOTONIC, ROW_MONOTONIC },
	{ KVET_CLOCK_BOOTTIME, ROW_BOOTTIME },
	{ KVET_CLOCK_TAI, ROW_TAI },
	{ KVET_CLOCK_REALTIME, ROW_REALTIME },
	{ KVET_CLOCK_MONOTONIC_RAW, ROW_RAW },
};

#define COLUMN_COUNT (sizeof(columns) / sizeof(*columns))

static struct kvet_clock_pair pair_of(enum kvet_clock_id stamp, size_t column)
{
	return (struct kvet_clock_pair){ .stamp = { KVET_CLOCK_BPF, stamp },
					 .read = { KVET_CLOCK_USER, columns[column].clock } };
}

static void put_row(struct context *context, const struct kvet_clock_table *table,
		    enum kvet_clock_id stamp, const struct setting *setting)
{
	const struct kvet_clock_end end = { KVET_CLOCK_BPF, stamp };
	uint64_t uncertainty = 0;
	char text[64];
	struct value values[ROW_COUNT] = {
		[ROW_STAMP] = value_string(end_text(&end, text, sizeof(text))),
	};

	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		struct kvet_clock_pair pair = pair_of(stamp, i);
		struct kvet_clock_pairing pairing;
		uint64_t own;

		kvet_clock_pair_judge(table, &pair, &pairing);
		if (pairing.verdict != KVET_YES || columns[i].column == ROW_RAW)
			continue;
		values[columns[i].column] =
			value_integer(kvet_clock_interval_middle(&pairing.error));
		own = kvet_clock_interval_uncertainty(&pairing.error);
		uncertainty = own > uncertainty ? own : uncertainty;
		values[ROW_UNCERTAINTY] = value_integer((int64_t)uncertainty);
	}
	if (setting->rate.known)
		values[ROW_RAW] =
			value_integer(-(setting->rate.low_ppb / 2 + setting->rate.high_ppb / 2));
	output_record(context->output, &clock_row_schema, values);
}

/* A missing helper is a fact about the kernel here, and not an answer. */
static bool has_helper(const struct kvet_clock_table *table, enum kvet_clock_id clock)
{
	return kvet_clock_helper(clock) >= 0 && table->bpf[clock].verdict != KVET_NO;
}

/* Every clock that a tracer can stamp with in BPF, paired with every clock that it can read. */
static enum status put_all(struct context *context, const struct clock_compare_args *args,
			   const struct kvet_clock_table *table, const struct setting *setting)
{
	enum status status = STATUS_YES;

	for (int clock = 0; clock < KVET_CLOCK_COUNT; clock++)
		if (has_helper(table, (enum kvet_clock_id)clock))
			put_row(context, table, (enum kvet_clock_id)clock, setting);
	for (int clock = 0; clock < KVET_CLOCK_COUNT; clock++) {
		if (!has_helper(table, (enum kvet_clock_id)clock))
			continue;
		for (size_t i = 0; i < COLUMN_COUNT; i++) {
			struct kvet_clock_pair pair = pair_of((enum kvet_clock_id)clock, i);

			status = status_worst(status,
					      put_pair(context, args, table, &pair, setting));
		}
	}
	return status;
}

enum status clock_pairs_parse(struct context *context, const struct clock_compare_args *args,
			      struct kvet_clock_pair *pairs)
{
	for (size_t i = 0; i < args->pairs.count; i++) {
		struct kvet_cause err;

		if (kvet_clock_pair_parse(args->pairs.items[i], &pairs[i], &err))
			return context_usage(context, "--pair: %s", err.evidence);
	}
	return STATUS_YES;
}

/* A helper that could not be run may also be missing: the kernel's BTF, which requires no
 * privilege, tells whether it exists. bpf_ktime_get_ns is older than any BTF. */
static enum status name_helpers(struct context *context, struct kvet_clock_table *table,
				struct setting *setting)
{
	struct kvet_probe *probe = NULL;
	struct kvet_cause err;

	for (int i = 0; i < KVET_CLOCK_COUNT; i++) {
		enum kvet_clock_id clock = (enum kvet_clock_id)i;
		struct kvet_clock_source *source = &table->bpf[i];

		setting->named[i] = KVET_YES;
		if (kvet_clock_helper(clock) < 0 || clock == KVET_CLOCK_MONOTONIC ||
		    source->verdict != KVET_UNDETERMINED)
			continue;
		if (!probe && shared_probe(context, &probe, &err)) {
			context_error(context, &err);
			return STATUS_ERROR;
		}
		setting->named[i] =
			kvet_probe_kernel_names(probe, kvet_clock_helper(clock), &setting->unread);
		if (setting->named[i] != KVET_NO)
			continue;
		*source = (struct kvet_clock_source){ .verdict = KVET_NO,
						      .cause.source = "/sys/kernel/btf/vmlinux" };
		snprintf(source->cause.evidence, sizeof(source->cause.evidence),
			 "this kernel does not name %s", kvet_clock_helper_name(clock));
	}
	shared_probe_release(context, probe);
	return STATUS_YES;
}

enum status clock_pairs_report(struct context *context, const struct clock_compare_args *args,
			       struct kvet_clock_table *table, const struct kvet_clock_pair *pairs)
{
	struct setting setting = { .rate.known = false };
	bool wanted = args->all;
	enum status status = STATUS_YES;

	for (size_t i = 0; i < args->pairs.count; i++)
		wanted |= wants_rate(&pairs[i]);
	if (wanted)
		status = measure_rate(context, args, &setting.rate);
	if (status == STATUS_YES)
		status = name_helpers(context, table, &setting);
	if (status != STATUS_YES)
		return status;
	return args->all ? put_all(context, args, table, &setting)
			 : put_named(context, args, table, pairs, &setting);
}

bool clock_compare_wait(struct context *context, uint64_t ns)
{
	struct timespec left = timespec_of(ns);
	struct pollfd fds[CONTEXT_POLLS];

	context_polls(context, fds);
	return (ppoll(fds, CONTEXT_POLLS, &left, NULL) > 0 && context_polled_end(context, fds)) ||
	       context_stopped(context);
}
