/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet clock compare: how far apart MONOTONIC and BOOTTIME are, for user space and for BPF. */
#include <linux/capability.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <kvet/clock.h>

#include "compare.h"
#include "effect.h"

/* Enough for any interval, and still done in seconds. */
#define SAMPLES_MOST   100000000
/* By default, BOOTTIME is read for this long, three times. */
#define BUDGET_NS      12000000
#define BUDGET_SAMPLES 100000

#define EFFECT_SIZE 160

#define ARGS(member) offsetof(struct clock_compare_args, member)

static const struct option_spec options[] = {
	{ "samples", 'n', "N", OPTION_NUMBER, ARGS(samples), .least = 1, .most = SAMPLES_MOST,
	  .rare = true, .help = "take N readings on each side (default: what 12 ms allow)" },
	{ "max-skew", 0, "DURATION", OPTION_DURATION, ARGS(max_skew),
	  .help = "exit with 1 if the clocks can be further apart" },
	{ "now", 0, NULL, OPTION_FLAG, ARGS(now), .needs = "max-skew",
	  .help = "judge only the current difference" },
	{ "pair", 0, "PAIR", OPTION_LIST, ARGS(pairs),
	  .help = "show the error of this pairing instead (repeatable)" },
	{ "all", 'a', NULL, OPTION_FLAG, ARGS(all), .excludes = "pair",
	  .help = "show the error of every pairing instead" },
	{ "duration", 'd', "DURATION", OPTION_DURATION, ARGS(duration), .least = 1,
	  .needs = "watch pair all", .help = "watch, or measure monotonic_raw, for this long" },
	{ "watch", 'w', NULL, OPTION_FLAG, ARGS(watch),
	  .excludes = "all pair samples max-skew format=prometheus format=nagios",
	  .help = "show suspends, steps and leap seconds as they happen" },
	{ "interval", 'i', "DURATION", OPTION_DURATION, ARGS(interval), .least = 1,
	  .needs = "watch", .preset = "1s", .help = "compare this often" },
	{ 0 },
};

enum {
	SIDE,
	LOW,
	HIGH,
	ABOUT,
	SAMPLES,
	WITHIN,
	TIGHTEST,
	SOURCE,
	CAUSE,
	FIELD_COUNT
};

static const struct field fields[] = {
	[SIDE] = { "side", FIELD_STRING, "user, bpf, kernel or namespace", FIELD_LABEL },
	[LOW] = { "low_ns", FIELD_DURATION, "BOOTTIME - MONOTONIC is at least this", FIELD_METRIC },
	[HIGH] = { "high_ns", FIELD_DURATION, "BOOTTIME - MONOTONIC is at most this",
		   FIELD_METRIC },
	[ABOUT] = { "about", FIELD_STRING, "the same in readable units",
		    FIELD_TEXT | FIELD_SPARSE },
	[SAMPLES] = { "samples", FIELD_INTEGER, "number of readings that make the interval",
		      FIELD_LEAVES(2) },
	[WITHIN] = { "within", FIELD_STRING,
		     "yes, no, undetermined: within --max-skew, now and later?",
		     FIELD_VERDICT | FIELD_SPARSE | FIELD_METRIC },
	[TIGHTEST] = { "tightest_ns", FIELD_DURATION, "width of the narrowest single reading",
		       FIELD_DETAIL },
	[SOURCE] = { "source", FIELD_STRING, "call, program type or file that it comes from",
		     FIELD_LEAVES(1) },
	[CAUSE] = { "cause", FIELD_STRING, "why there is no interval, or why it is not within",
		    FIELD_SPARSE | FIELD_REASON },
};

static const struct schema side_schema = SCHEMA("side", fields);

enum {
	OFFSET,
	OFFSET_ABOUT,
	UNCERTAINTY,
	CERTAINTY,
	SUSPENDED,
	AGREE,
	REASONS,
	CONCLUSION_COUNT
};

static const struct field conclusion_fields[] = {
	[OFFSET] = { "offset_ns", FIELD_DURATION, "the kernel's BOOTTIME - MONOTONIC",
		     FIELD_METRIC },
	[OFFSET_ABOUT] = { "about", FIELD_STRING, "the same in readable units",
			   FIELD_TEXT | FIELD_SPARSE },
	[UNCERTAINTY] = { "uncertainty_ns", FIELD_DURATION, "offset_ns is off by at most this",
			  FIELD_LEAVES(1) | FIELD_METRIC },
	[CERTAINTY] = { "certainty", FIELD_STRING, "exact or interval", FIELD_LEAVES(3) },
	[SUSPENDED] = { "suspended_ns", FIELD_DURATION, "total time suspended since boot",
			FIELD_LEAVES(2) | FIELD_METRIC },
	[AGREE] = { "agree", FIELD_STRING, "yes, no, undetermined: do all sources agree?",
		    FIELD_VERDICT | FIELD_METRIC },
	[REASONS] = { "reasons", FIELD_LIST, "why sources differ or are missing", 0 },
};

static const struct schema conclusion_schema = SCHEMA("conclusion", conclusion_fields);
static const struct schema *const schemas[] = {
	&side_schema,       &clock_helper_schema,  &clock_user_schema,
	&conclusion_schema, &clock_context_schema, &clock_pair_schema,
	&clock_row_schema,  &clock_watch_schema,   NULL
};

enum {
	DIFFERENCE_LOW,
	DIFFERENCE_HIGH,
	NS_MONOTONIC,
	NS_BOOTTIME,
	SUSPENDS,
	EFFECT,
	SUMMARY_COUNT
};

static const struct field summary_fields[] = {
	[DIFFERENCE_LOW] = { "difference_low_ns", FIELD_DURATION,
			     "the bpf side's offset minus the user side's is at least this",
			     FIELD_METRIC },
	[DIFFERENCE_HIGH] = { "difference_high_ns", FIELD_DURATION,
			      "the bpf side's offset minus the user side's is at most this",
			      FIELD_METRIC },
	[NS_MONOTONIC] = { "time_namespace_monotonic_ns", FIELD_DURATION,
			   "what this time namespace adds to MONOTONIC; absent outside one",
			   FIELD_METRIC },
	[NS_BOOTTIME] = { "time_namespace_boottime_ns", FIELD_DURATION,
			  "what this time namespace adds to BOOTTIME; absent outside one",
			  FIELD_METRIC },
	[SUSPENDS] = { "suspends", FIELD_INTEGER, "suspends while measuring or watching",
		       FIELD_DETAIL | FIELD_METRIC },
	[EFFECT] = { "effect", FIELD_STRING, "what this does to a tracer's events", 0 },
};

static const struct schema summary_schema = SCHEMA("summary", summary_fields);

/* --- one record a source --------------------------------------------------------------------- */

static const char *source_of(const struct kvet_clock_table *table, enum kvet_clock_side side,
			     char *buf, size_t size)
{
	switch (side) {
	case KVET_CLOCK_USER:
		return "clock_gettime(2)";
	case KVET_CLOCK_BPF:
		snprintf(buf, size, "%s program", table->bpf_type ? table->bpf_type : "BPF");
		return buf;
	case KVET_CLOCK_KERNEL:
		return "/proc/timer_list";
	default:
		return "/proc/self/timens_offsets";
	}
}

/* A suspend can change the difference of a side's clocks, so no limit holds for good; today it may
 * hold. */
static enum kvet_verdict judge_side(const struct clock_compare_args *args,
				    const struct kvet_clock_source *source)
{
	if (source->verdict != KVET_YES)
		return KVET_UNDETERMINED;
	if (!args->max_skew.given)
		return KVET_YES;
	return args->now ? kvet_clock_judge(&source->measure.interval, args->max_skew.value)
			 : KVET_NO;
}

/* Writes the record of one source, with its verdict if there is a limit. The kernel and namespace
 * sources require privilege or explain the others, and do not decide the status. */
static enum status put_side(struct context *context, const struct clock_compare_args *args,
			    const struct kvet_clock_table *table, enum kvet_clock_side side)
{
	const struct kvet_clock_source *source = kvet_clock_table_side(table, side);
	const struct kvet_clock_interval *interval = &source->measure.interval;
	bool decides = side == KVET_CLOCK_USER || side == KVET_CLOCK_BPF;
	const char *name = kvet_clock_side_name(side);
	enum kvet_verdict verdict = judge_side(args, source);
	bool judged = args->max_skew.given && side != KVET_CLOCK_NAMESPACE;
	char buf[64], about[HUMAN_SIZE], cause[192];
	struct value values[FIELD_COUNT] = {
		[SIDE] = value_string(name),
		[SOURCE] = value_string(source_of(table, side, buf, sizeof(buf))),
	};

	if (source->verdict == KVET_YES) {
		values[LOW] = value_integer(interval->low_ns);
		values[HIGH] = value_integer(interval->high_ns);
		values[ABOUT] = value_string(clock_about(interval, about));
		if (interval->samples) {
			values[SAMPLES] = value_integer((int64_t)interval->samples);
			values[TIGHTEST] = value_integer((int64_t)source->measure.tightest_ns);
		}
		if (judged && verdict == KVET_NO &&
		    kvet_clock_judge(interval, args->max_skew.value) != KVET_NO)
			values[CAUSE] = value_string(
				clock_promise_cause(KVET_CLOCK_BY_SUSPEND, cause, sizeof(cause)));
		if (decides && verdict == KVET_UNDETERMINED)
			context_note(context, "%s side: the limit lies inside the interval", name);
	} else {
		values[CAUSE] = value_string(source->cause.evidence);
	}
	if (judged)
		values[WITHIN] = value_string(kvet_verdict_name(verdict));
	output_record(context->output, &side_schema, values);
	return decides ? status_of_verdict(verdict) : STATUS_YES;
}

/* --- the conclusion -------------------------------------------------------------------------- */

#define REASONS_MOST 6

struct reasons {
	char texts[REASONS_MOST][160];
	const char *items[REASONS_MOST];
	size_t count;
};

__attribute__((format(printf, 2, 3))) static void add_reason(struct reasons *reasons,
							     const char *format, ...)
{
	char *text = reasons->texts[reasons->count];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(reasons->texts[0]), format, args);
	va_end(args);
	reasons->items[reasons->count++] = text;
}

static const char *errno_of(const struct kvet_cause *cause, char *buf, size_t size)
{
	return cause->errnum ? kvet_errno_name(cause->errnum, buf, size) : cause->evidence;
}

static void name_reasons(const struct kvet_clock_table *table,
			 const struct kvet_clock_conclusion *conclusion, struct reasons *reasons)
{
	unsigned int bits = conclusion->reasons;
	char buf[32], about[HUMAN_SIZE];

	if (bits & KVET_CLOCK_SHIFTED)
		add_reason(reasons, "a time namespace shifts the user side by %" PRId64 " ns (%s)",
			   table->space.measure.interval.low_ns,
			   human_duration(table->space.measure.interval.low_ns, about));
	if (bits & KVET_CLOCK_SHIFT_UNKNOWN)
		add_reason(reasons, "a time namespace %s the user side: %s",
			   table->ns.inside ? "shifts" : "may shift", table->space.cause.evidence);
	if (bits & KVET_CLOCK_SLEPT)
		add_reason(reasons, "suspended %u time%s while measuring: measured again",
			   table->suspends, table->suspends == 1 ? "" : "s");
	if (bits & KVET_CLOCK_BPF_WITHHELD)
		add_reason(reasons, "the bpf side cannot be measured: %s",
			   errno_of(&table->bpf[KVET_CLOCK_BOOTTIME].cause, buf, sizeof(buf)));
	if (bits & KVET_CLOCK_KERNEL_WITHHELD)
		add_reason(reasons, "/proc/timer_list cannot be read: %s",
			   errno_of(&table->kernel.cause, buf, sizeof(buf)));
	if (bits & KVET_CLOCK_CONFLICT)
		add_reason(reasons,
			   "the sources contradict each other, and kvet does not know why");
}

/* effect has room for EFFECT_SIZE bytes, which the summary refers to. */
static enum status put_conclusion(struct context *context, const struct kvet_clock_table *table,
				  char *effect, struct value *summary)
{
	struct kvet_clock_conclusion conclusion;
	struct reasons reasons = { .count = 0 };
	char about[HUMAN_SIZE];
	uint64_t uncertainty;
	int64_t offset;

	kvet_clock_conclude(table, &conclusion);
	name_reasons(table, &conclusion, &reasons);
	struct value values[CONCLUSION_COUNT] = {
		[AGREE] = value_string(kvet_verdict_name(conclusion.agree)),
		[REASONS] = value_list(reasons.items, reasons.count),
	};

	/* Without this, only the namespace's shift is known, and no source answered. */
	if (conclusion.offset.low_ns != INT64_MIN) {
		offset = kvet_clock_interval_middle(&conclusion.offset);
		uncertainty = kvet_clock_interval_uncertainty(&conclusion.offset);
		values[OFFSET] = value_integer(offset);
		values[OFFSET_ABOUT] = value_string(clock_about(&conclusion.offset, about));
		summary[EFFECT] =
			value_string(clock_offset_effect(&conclusion.offset, effect, EFFECT_SIZE));
		values[UNCERTAINTY] = value_integer((int64_t)uncertainty);
		values[CERTAINTY] = value_string(uncertainty ? "interval" : "exact");
		values[SUSPENDED] = value_integer(offset > 0 ? offset : 0);
	}
	output_record(context->output, &conclusion_schema, values);
	if (conclusion.agree != KVET_NO)
		return STATUS_YES;
	context_note(context, "the sources of the offset contradict each other");
	return STATUS_UNDETERMINED;
}

/* --- all of it ------------------------------------------------------------------------------- */

/* Returns whether the namespace is known: otherwise kvet cannot tell which part of the user side's
 * offset is the kernel's. */
static enum status name_namespace(struct context *context, const struct kvet_clock_table *table,
				  struct value *summary)
{
	const struct kvet_clock_namespace *ns = &table->ns;

	if (table->space.verdict != KVET_YES) {
		context_error(context, &table->space.cause);
		return STATUS_UNDETERMINED;
	}
	if (!ns->known || !ns->inside)
		return STATUS_YES;
	summary[NS_MONOTONIC] = value_integer(ns->monotonic_ns);
	summary[NS_BOOTTIME] = value_integer(ns->boottime_ns);
	context_note(context,
		     "in a time namespace: MONOTONIC %+" PRId64 " ns, BOOTTIME %+" PRId64
		     " ns, for user space only",
		     ns->monotonic_ns, ns->boottime_ns);
	return STATUS_YES;
}

static enum status report(struct context *context, const struct clock_compare_args *args,
			  const struct kvet_clock_table *table)
{
	const struct kvet_clock_source *bpf = kvet_clock_table_side(table, KVET_CLOCK_BPF);
	const struct kvet_clock_source *user = kvet_clock_table_side(table, KVET_CLOCK_USER);
	struct value summary[SUMMARY_COUNT] = {
		[SUSPENDS] = value_integer(table->suspends),
	};
	enum status status = STATUS_YES;
	char effect[EFFECT_SIZE];

	if (table->suspends)
		context_note(context, "suspended %u time%s while measuring: measured again",
			     table->suspends, table->suspends == 1 ? "" : "s");
	for (int side = 0; side < KVET_CLOCK_SIDE_COUNT; side++)
		status = status_worst(status,
				      put_side(context, args, table, (enum kvet_clock_side)side));
	/* Nobody sees it with --quiet. */
	if (!context->quiet)
		clock_readings_report(context, table);
	status = status_worst(status, put_conclusion(context, table, effect, summary));
	if (!context->quiet)
		clock_context_report(context, table);
	if (args->max_skew.given && !args->now)
		context_note(context, "a suspend changes the difference between BOOTTIME and "
				      "MONOTONIC; --now judges only the current difference");
	if (bpf->verdict == KVET_YES) {
		struct kvet_clock_interval difference = kvet_clock_interval_subtract(
			&bpf->measure.interval, &user->measure.interval);

		summary[DIFFERENCE_LOW] = value_integer(difference.low_ns);
		summary[DIFFERENCE_HIGH] = value_integer(difference.high_ns);
	} else {
		context_error(context, &bpf->cause);
	}
	status = status_worst(status, name_namespace(context, table, summary));
	output_summary(context->output, &summary_schema, summary);
	return status;
}

/* How much to read. */
static struct kvet_clock_effort plan(const struct clock_compare_args *args)
{
	if (args->samples.given)
		return (struct kvet_clock_effort){ .samples = args->samples.value };
	return (struct kvet_clock_effort){ .samples = BUDGET_SAMPLES, .budget_ns = BUDGET_NS };
}

static enum status compare(struct context *context, const struct clock_compare_args *args,
			   const struct kvet_clock_effort *effort,
			   const struct kvet_clock_pair *pairs)
{
	struct kvet_clock_table *table = malloc(sizeof(*table));
	struct kvet_cause err;
	enum status status;

	if (!table)
		return context_failure(context, ENOMEM, "malloc");
	if (kvet_clock_table_read(&context->host, effort, table, &err)) {
		context_error(context, &err);
		status = STATUS_ERROR;
	} else if (args->all || args->pairs.count) {
		status = clock_pairs_report(context, args, table, pairs);
	} else {
		status = report(context, args, table);
	}
	free(table);
	return status;
}

static enum status watch(struct context *context, const struct clock_compare_args *args)
{
	struct value summary[SUMMARY_COUNT] = { [SUSPENDS] = value_integer(0) };
	enum status status = clock_watch(context, args, &summary[SUSPENDS].integer);

	output_summary(context->output, &summary_schema, summary);
	return status;
}

static bool is_live(const void *args)
{
	return ((const struct clock_compare_args *)args)->watch;
}

static enum status check(struct context *context, const void *opaque, const char *const *operands,
			 size_t count)
{
	const struct clock_compare_args *args = opaque;
	struct kvet_clock_pair *pairs = calloc(args->pairs.count + 1, sizeof(*pairs));
	enum status status = pairs ? clock_pairs_parse(context, args, pairs) : STATUS_ERROR;

	(void)operands;
	(void)count;
	free(pairs);
	return status;
}

static enum status run(struct context *context, const void *opaque, const char *const *operands,
		       size_t count)
{
	const struct clock_compare_args *args = opaque;
	struct kvet_clock_pair *pairs = calloc(args->pairs.count + 1, sizeof(*pairs));
	struct kvet_clock_effort effort = plan(args);
	enum status status;

	(void)operands;
	(void)count;
	if (!pairs)
		return context_failure(context, ENOMEM, "malloc");
	status = clock_pairs_parse(context, args, pairs);
	if (status == STATUS_YES)
		status =
			args->watch ? watch(context, args) : compare(context, args, &effort, pairs);
	free(pairs);
	return status;
}

static const int capabilities[] = {
	CAP_BPF,             /* BPF programs */
	CAP_PERFMON,         /* tracing programs, which read the clocks */
	CAP_SYS_ADMIN,       /* both of these before 5.8 */
	CAP_SYS_RESOURCE,    /* memory that counts for RLIMIT_MEMLOCK before 5.11 */
	CAP_SYSLOG,          /* /dev/kmsg */
	CAP_DAC_READ_SEARCH, /* /proc/timer_list, debugfs */
	-1,
};

static const char *const examples[] = { "kvet clock compare",
					"kvet clock compare --all --max-skew 1ms",
					"kvet clock compare --watch --interval 10s", NULL };

const struct command clock_compare_command = {
	.name = "clock compare",
	.summary = "How far apart the clocks of user space and of BPF are",
	.operands = "",
	.operands_help = "PAIR is STAMP,READ, as in bpf:boottime,user:monotonic.",
	.notes = "STAMP and READ are SIDE:CLOCK, with a SIDE of bpf or user and a CLOCK of "
		 "monotonic, boottime, tai, realtime, monotonic_raw or monotonic_coarse. A "
		 "DURATION is a number with ns, us, ms, s, m or h.",
	.examples = examples,
	.options = options,
	.schemas = schemas,
	.summary_schema = &summary_schema,
	.live_with = is_live,
	.args_size = sizeof(struct clock_compare_args),
	.capabilities = capabilities,
	.check = check,
	.run = run,
};
