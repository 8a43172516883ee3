/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet clock convert: time stamps of BPF to wall-clock time, and back. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <kvet/clock.h>

#include "effect.h"
#include "command.h"
#include "convert_boot.h"
#include "core/time.h"

#define SAMPLES   10000
#define BUDGET_NS 3000000

struct args {
	const char *clock;
	const char *boot_id;
};

static const struct option_spec options[] = {
	{ "clock", 'c', "CLOCK", OPTION_STRING, offsetof(struct args, clock),
	  .choices = "boottime monotonic tai boot mono", .preset = "boottime",
	  .help = "clock of the stamps" },
	{ "boot-id", 'b', "ID", OPTION_STRING, offsetof(struct args, boot_id), .form = BOOT_ID_FORM,
	  .help = "refuse the stamps unless this boot has that ID" },
	{ 0 },
};

enum {
	INPUT,
	WALL,
	BOOTTIME,
	MONOTONIC,
	UNCERTAINTY,
	ABOUT,
	SLEPT,
	BOOTTIME_UNCERTAINTY,
	MONOTONIC_UNCERTAINTY,
	TEXT,
	BOOT_ID,
	FIELD_COUNT
};

static const struct field fields[] = {
	[INPUT] = { "input", FIELD_STRING, "what was converted", 0 },
	[WALL] = { "wall", FIELD_STRING, "REALTIME, RFC 3339 in UTC", 0 },
	[BOOTTIME] = { "boottime_ns", FIELD_TIME, "BOOTTIME, as BPF sees it", 0 },
	[MONOTONIC] = { "monotonic_ns", FIELD_TIME, "MONOTONIC, as BPF sees it", 0 },
	[UNCERTAINTY] = { "uncertainty_ns", FIELD_DURATION, "the result is off by at most this",
			  FIELD_LEAVES(2) },
	[ABOUT] = { "about", FIELD_STRING, "the same in readable units",
		    FIELD_TEXT | FIELD_SPARSE | FIELD_LEAVES(1) },
	[SLEPT] = { "slept_ns", FIELD_DURATION,
		    "part of uncertainty_ns due to suspends of unknown time", FIELD_LEAVES(3) },
	[BOOTTIME_UNCERTAINTY] = { "boottime_uncertainty_ns", FIELD_DURATION,
				   "boottime_ns is off by at most this", FIELD_DETAIL },
	[MONOTONIC_UNCERTAINTY] = { "monotonic_uncertainty_ns", FIELD_DURATION,
				    "monotonic_ns is off by at most this", FIELD_LEAVES(4) },
	[TEXT] = { "text", FIELD_STRING, "the rest of the line", FIELD_SPARSE },
	[BOOT_ID] = { "boot_id", FIELD_STRING, "the boot that the result is valid for",
		      FIELD_DETAIL },
};

static const struct schema stamp_schema = SCHEMA("stamp", fields);
static const struct schema *const schemas[] = { &stamp_schema, NULL };

enum {
	CONVERTED,
	REFUSED,
	SUMMARY_COUNT
};

static const struct field summary_fields[] = {
	[CONVERTED] = { "converted", FIELD_INTEGER, "stamps that were converted", FIELD_DETAIL },
	[REFUSED] = { "refused", FIELD_INTEGER, "stamps that were refused", FIELD_DETAIL },
};

static const struct schema summary_schema = SCHEMA("summary", summary_fields);

struct run {
	struct context *context;
	enum kvet_clock_id clock;
	struct kvet_clock_map map;
	struct kvet_clock_history *history; /* NULL: not required, or not readable */
	bool warned;                        /* that it is not readable */
	/* When the map was read: by clock, as user space sees that clock, and by REALTIME. */
	uint64_t now_ns, user_ns, wall_ns;
	char boot_id[64];
	int64_t converted, refused;
	enum status status;
};

/* --- which boot ------------------------------------------------------------------------------ */

static const char boot_id_path[] = BOOT_ID_PATH;

/* root is where the id comes from: the sysroot, or "" for the machine. */
static enum status refuse_boot(struct context *context, const char *whose, const char *root,
			       const char *id, const char *own)
{
	struct kvet_cause cause = { 0 };

	snprintf(cause.source, sizeof(cause.source), "%s%s", root, boot_id_path);
	snprintf(cause.evidence, sizeof(cause.evidence),
		 "%s names boot %s, but this is boot %s: the offsets of that boot are lost", whose,
		 id, own);
	snprintf(cause.remedy, sizeof(cause.remedy),
		 "run kvet on the machine that wrote the stamps, before it reboots");
	context_error(context, &cause);
	return STATUS_UNDETERMINED;
}

/* The offsets are those of the running kernel and do not apply to stamps of another boot. A
 * snapshot must name its boot, because it may be of any. */
static enum status check_boot(struct run *run, const char *wanted)
{
	const struct kvet_host *host = &run->context->host;
	struct kvet_cause err;
	enum status status = boot_id_check(run->context, wanted);
	char snapshot[64];

	if (status != STATUS_YES)
		return status;
	if (kvet_host_read(NULL, boot_id_path, run->boot_id, sizeof(run->boot_id), &err)) {
		run->boot_id[0] = '\0';
		if (!wanted && !host->sysroot)
			return STATUS_YES;
		context_error(run->context, &err);
		return STATUS_UNDETERMINED;
	}
	if (wanted && !boot_id_same(wanted, run->boot_id))
		return refuse_boot(run->context, "--boot-id", "", wanted, run->boot_id);
	if (!host->sysroot)
		return STATUS_YES;
	if (kvet_host_read(host, boot_id_path, snapshot, sizeof(snapshot), &err)) {
		context_error(run->context, &err);
		return STATUS_UNDETERMINED;
	}
	if (!boot_id_same(snapshot, run->boot_id))
		return refuse_boot(run->context, "--sysroot", host->sysroot, snapshot,
				   run->boot_id);
	return STATUS_YES;
}

/* --- the clocks ------------------------------------------------------------------------------ */

static uint64_t user_time(enum kvet_clock_id clock)
{
	static const clockid_t ids[KVET_CLOCK_COUNT] = {
		[KVET_CLOCK_MONOTONIC] = CLOCK_MONOTONIC,
		[KVET_CLOCK_BOOTTIME] = CLOCK_BOOTTIME,
		[KVET_CLOCK_TAI] = CLOCK_TAI,
		[KVET_CLOCK_REALTIME] = CLOCK_REALTIME,
	};
	struct timespec now;

	clock_gettime(ids[clock], &now);
	return ns_of(&now);
}

/* The time of suspends matters only for clocks that stand still in one, and only after the first
 * suspend. */
static void read_history(struct run *run)
{
	const struct kvet_clock_interval *slept = &run->map.offset[KVET_CLOCK_BOOTTIME];
	struct kvet_clock_history *history;
	struct context *context = run->context;
	char about[HUMAN_SIZE];
	struct kvet_cause err;

	if (!clock_about(slept, about))
		return;
	if (!kvet_clock_history_read(&context->host, &history, &err)) {
		kvet_clock_history_free(run->history);
		run->history = history;
		return;
	}
	if (run->clock == KVET_CLOCK_MONOTONIC && !run->warned)
		context_note(context,
			     "this machine was suspended for %s, at an unknown time (%s: %s): a "
			     "stamp of monotonic may be up to that much earlier",
			     about, err.source, err.evidence);
	run->warned = true;
}

static int read_clocks(struct run *run, struct kvet_cause *err)
{
	const struct kvet_clock_effort effort = { .samples = SAMPLES, .budget_ns = BUDGET_NS };
	struct kvet_clock_stamp now;
	struct kvet_clock_map map;
	uint64_t wall_ns;
	int ret = kvet_clock_map_read(&run->context->host, &effort, &map, err);

	wall_ns = user_time(KVET_CLOCK_REALTIME);
	if (!ret)
		ret = kvet_clock_map_convert(&map, KVET_CLOCK_REALTIME, wall_ns, run->clock, &now,
					     err);
	if (ret)
		return ret;
	run->map = map;
	run->wall_ns = wall_ns;
	run->user_ns = user_time(run->clock);
	/* No suspend since now. */
	run->now_ns = now.ns + now.uncertainty_ns - now.slept_ns;
	read_history(run);
	return 0;
}

/* Whether a moment is in the past. If it may have passed since the clocks were read, they are read
 * again: a long log outlives any offset. */
static bool has_come(struct run *run, enum kvet_clock_id clock, uint64_t ns)
{
	const bool is_wall = clock == KVET_CLOCK_REALTIME;
	const uint64_t *latest = is_wall ? &run->wall_ns : &run->now_ns;
	uint64_t passed_ns = user_time(clock) - (is_wall ? run->wall_ns : run->user_ns);
	struct kvet_cause err;

	if (ns <= *latest)
		return true;
	/* A clock that was set back in between has not reached it, either. */
	if (passed_ns > INT64_MAX || ns - *latest > passed_ns)
		return false;
	if (read_clocks(run, &err)) {
		context_error(run->context, &err);
		return false;
	}
	return ns <= *latest;
}

/* --- one stamp ------------------------------------------------------------------------------- */

static const char no_time[] =
	"is neither ns since boot nor an RFC 3339 time with a zone, from 1970 to 2262";

/* What a word means: a stamp of the clock, or a time of the wall clock. */
static bool read_word(const struct run *run, const char *word, enum kvet_clock_id *clock,
		      uint64_t *ns)
{
	char *end;

	*clock = KVET_CLOCK_REALTIME;
	if (kvet_clock_wall_parse(word, ns))
		return true;
	*clock = run->clock;
	if (!isdigit((unsigned char)*word))
		return false;
	errno = 0;
	*ns = strtoull(word, &end, 10);
	return !errno && !*end;
}

static bool in_clock(const struct run *run, enum kvet_clock_id from, uint64_t ns,
		     enum kvet_clock_id to, struct kvet_clock_stamp *stamp)
{
	return !kvet_clock_history_convert(run->history, &run->map, from, ns, to, stamp, NULL);
}

/* Reports what is wrong with a word, and where it is. */
static void refuse(struct run *run, const char *word, const char *place, const char *why)
{
	struct kvet_cause cause = { .errnum = 0 };

	snprintf(cause.source, sizeof(cause.source), "%s", place);
	snprintf(cause.evidence, sizeof(cause.evidence), "'%.100s' %s", word, why);
	context_error(run->context, &cause);
	run->status = status_worst(run->status, STATUS_UNDETERMINED);
	run->refused++;
}

static void convert(struct run *run, const char *word, const char *text, const char *place)
{
	struct kvet_clock_stamp wall, boot, mono, result;
	char formatted[KVET_CLOCK_WALL_SIZE], about[HUMAN_SIZE];
	struct kvet_clock_interval error;
	enum kvet_clock_id clock;
	uint64_t ns;
	bool come;

	if (!read_word(run, word, &clock, &ns)) {
		refuse(run, word, place, no_time);
		return;
	}
	come = has_come(run, clock, ns);
	if (!in_clock(run, clock, ns, KVET_CLOCK_REALTIME, &wall)) {
		refuse(run, word, place, "is too large for ns since boot");
		return;
	}
	result = wall;
	if (clock == KVET_CLOCK_REALTIME && !in_clock(run, clock, ns, run->clock, &result)) {
		refuse(run, word, place, "was before this boot");
		return;
	}
	if (!come) {
		refuse(run, word, place,
		       clock == KVET_CLOCK_REALTIME ? "is in the future: a suspend or a step until "
						      "then changes its stamp"
						    : "is in the future: it may be a stamp of "
						      "another boot or of another clock");
		return;
	}
	error = kvet_clock_interval_point((int64_t)result.uncertainty_ns);
	struct value values[FIELD_COUNT] = {
		[INPUT] = value_string(word),
		[ABOUT] = value_string(clock_about(&error, about)),
		[WALL] = value_string(kvet_clock_wall_format(wall.ns, formatted)),
		[UNCERTAINTY] = value_integer((int64_t)result.uncertainty_ns),
		[SLEPT] = value_integer((int64_t)result.slept_ns),
		[TEXT] = value_string(text),
		[BOOT_ID] = value_string(run->boot_id),
	};

	if (in_clock(run, clock, ns, KVET_CLOCK_BOOTTIME, &boot)) {
		values[BOOTTIME] = value_time(boot.ns);
		values[BOOTTIME_UNCERTAINTY] = value_integer((int64_t)boot.uncertainty_ns);
	}
	if (in_clock(run, clock, ns, KVET_CLOCK_MONOTONIC, &mono)) {
		values[MONOTONIC] = value_time(mono.ns);
		values[MONOTONIC_UNCERTAINTY] = value_integer((int64_t)mono.uncertainty_ns);
	}
	output_record(run->context->output, &stamp_schema, values);
	run->converted++;
}

/* --- a log: the first word of each line ------------------------------------------------------ */

static enum status convert_lines(struct run *run, FILE *stream, const char *name)
{
	char *line = NULL, place[64];
	unsigned long number = 0;
	size_t size = 0;
	int errnum;

	for (;;) {
		char *word, *rest = NULL;

		errno = 0;
		if (context_stopped(run->context) || getline(&line, &size, stream) < 0)
			break;
		number++;
		snprintf(place, sizeof(place), "%s, line %lu", name, number);
		word = strtok_r(line, " \t\r\n", &rest);
		if (!word)
			continue;
		rest += strspn(rest, " \t");
		rest[strcspn(rest, "\r\n")] = '\0';
		convert(run, word, rest, place);
	}
	errnum = errno;
	free(line);
	if (ferror(stream))
		return context_failure(run->context, errnum, name);
	return STATUS_YES;
}

static enum status check_words(const struct run *run, const char *const *operands, size_t count)
{
	enum kvet_clock_id clock;
	uint64_t ns;

	for (size_t i = 0; i < count; i++) {
		if (strcmp(operands[i], "-") != 0 && !read_word(run, operands[i], &clock, &ns))
			return context_usage(run->context, "'%s' %s", operands[i], no_time);
	}
	return STATUS_YES;
}

static enum status convert_all(struct run *run, const char *const *operands, size_t count)
{
	enum status status = check_words(run, operands, count);

	if (status != STATUS_YES)
		return status;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(operands[i], "-") != 0) {
			convert(run, operands[i], NULL, "command line");
			continue;
		}
		status = convert_lines(run, stdin, "standard input");
		if (status != STATUS_YES)
			return status;
	}
	return run->status;
}

/* --- all of it ------------------------------------------------------------------------------- */

static enum status prepare(struct run *run, const struct args *args)
{
	enum status status = check_boot(run, args->boot_id);
	struct kvet_cause err;

	if (status != STATUS_YES)
		return status;
	if (read_clocks(run, &err)) {
		context_error(run->context, &err);
		return STATUS_ERROR;
	}
	return STATUS_YES;
}

static enum status check(struct context *context, const void *opaque, const char *const *operands,
			 size_t count)
{
	const struct args *args = opaque;
	const struct run words = { .context = context };
	enum status status = boot_id_check(context, args->boot_id);

	return status == STATUS_YES ? check_words(&words, operands, count) : status;
}

static enum status run(struct context *context, const void *opaque, const char *const *operands,
		       size_t count)
{
	static const char *const standard_input[] = { "-" };
	const struct args *args = opaque;
	struct run state = { .context = context, .status = STATUS_YES };
	int clock = args->clock ? kvet_clock_by_name(args->clock) : KVET_CLOCK_BOOTTIME;
	enum status status;

	state.clock = (enum kvet_clock_id)clock;
	status = prepare(&state, args);
	if (status == STATUS_YES)
		status = count ? convert_all(&state, operands, count)
			       : convert_all(&state, standard_input, 1);
	if (status == STATUS_YES && !state.converted && !state.refused)
		status = context_nothing_asked(context);
	const struct value summary[SUMMARY_COUNT] = {
		[CONVERTED] = value_integer(state.converted),
		[REFUSED] = value_integer(state.refused),
	};

	output_summary(context->output, &summary_schema, summary);
	kvet_clock_history_free(state.history);
	return status;
}

/* For the start times of tasks, which tell when the machine was suspended. */
static const int capabilities[] = {
	CAP_BPF,          /* an iterator over tasks */
	CAP_PERFMON,      /* it is a tracing program */
	CAP_SYS_ADMIN,    /* both of these before 5.8 */
	CAP_SYS_RESOURCE, /* memory that counts for RLIMIT_MEMLOCK before 5.11 */
	-1,
};

static const char *const examples[] = { "kvet clock convert 123456789000",
					"kvet clock convert --clock monotonic 123456789000",
					"kvet clock convert 2026-11-23T10:00:00Z", NULL };

const struct command clock_convert_command = {
	.name = "clock convert",
	.summary = "Time stamps of BPF as wall-clock time, and back",
	.operands = "[STAMP]...",
	.operands_help =
		"STAMP is ns since boot, an RFC 3339 time, or - for the first word of each line "
		"of standard input, which is the default.",
	.operands_most = SIZE_MAX,
	.examples = examples,
	.options = options,
	.schemas = schemas,
	.summary_schema = &summary_schema,
	.args_size = sizeof(struct args),
	.capabilities = capabilities,
	.check = check,
	.run = run,
};
