/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet doctor: is this host fit for tracing? */
#include <fnmatch.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

#include <kvet/doctor.h>

#include "command.h"

struct args {
	struct option_list only;
	struct option_list skip;
	struct option_list require;
};

#define ARGS(member) offsetof(struct args, member)

static const struct option_spec options[] = {
	{ "only", 0, "CHECK", OPTION_LIST, ARGS(only),
	  .help = "make only these checks (repeatable; names or globs, separated by commas)" },
	{ "skip", 0, "CHECK", OPTION_LIST, ARGS(skip),
	  .help = "do not make these checks (repeatable)" },
	{ "require", 0, "CHECK", OPTION_LIST, ARGS(require),
	  .help = "let only these checks decide the exit status (repeatable)" },
	{ 0 },
};

enum {
	CHECK,
	VERDICT,
	FINDING,
	REMEDY,
	REQUIRED,
	WHY,
	FIELD_COUNT
};

static const struct field fields[] = {
	[CHECK] = { "check", FIELD_STRING, "what was checked", FIELD_REASON | FIELD_LABEL },
	[VERDICT] = { "verdict", FIELD_STRING,
		      "yes: nothing is in a tracer's way; no; undetermined",
		      FIELD_VERDICT | FIELD_METRIC },
	[FINDING] = { "finding", FIELD_STRING, "what was found", FIELD_REASON },
	[REMEDY] = { "remedy", FIELD_STRING, "what to type", FIELD_SPARSE | FIELD_BELOW },
	[REQUIRED] = { "required", FIELD_BOOLEAN, "whether it decides the exit status",
		       FIELD_DETAIL | FIELD_COUNTS | FIELD_LABEL },
	[WHY] = { "why", FIELD_STRING, "why it matters to a tracer", FIELD_DETAIL },
};

static const struct schema check_schema = SCHEMA("check", fields);
static const struct schema *const schemas[] = { &check_schema, NULL };

enum {
	CHECKS,
	SUMMARY_YES,
	SUMMARY_NO,
	SUMMARY_UNDETERMINED,
	SUMMARY_COUNT
};

static const struct field summary_fields[] = {
	[CHECKS] = { "checks", FIELD_INTEGER, "checks that were made",
		     FIELD_DETAIL | FIELD_METRIC },
	[SUMMARY_YES] = { "yes", FIELD_INTEGER, "those that found nothing in the way",
			  FIELD_DETAIL | FIELD_METRIC },
	[SUMMARY_NO] = { "no", FIELD_INTEGER, "those that found something",
			 FIELD_DETAIL | FIELD_METRIC },
	[SUMMARY_UNDETERMINED] = { "undetermined", FIELD_INTEGER, "those that could not find out",
				   FIELD_DETAIL | FIELD_METRIC },
};

static const struct schema summary_schema = SCHEMA("summary", summary_fields);

/* Which checks are made, and which decide the status. */
struct choice {
	bool made[KVET_CHECK_COUNT];
	bool required[KVET_CHECK_COUNT];
};

/* --- choosing --------------------------------------------------------------------------------- */

/* Marks the checks that one word of a list names. */
static bool mark_word(const char *word, bool marks[KVET_CHECK_COUNT])
{
	bool any = false;

	for (int i = 0; i < KVET_CHECK_COUNT; i++)
		if (!fnmatch(word, kvet_check_name((enum kvet_check)i), 0))
			any = marks[i] = true;
	return any;
}

/* Marks what the arguments of an option name. */
static enum status mark(struct context *context, const char *option, const struct option_list *list,
			bool marks[KVET_CHECK_COUNT])
{
	for (size_t i = 0; i < list->count; i++) {
		const char *at = list->items[i];

		for (;;) {
			size_t length = strcspn(at, ",");
			char word[64];

			snprintf(word, sizeof(word), "%.*s", (int)length, at);
			if (length >= sizeof(word) || !mark_word(word, marks)) {
				const char *nearest = kvet_check_nearest(word);

				return context_usage(context, "--%s: no check is called '%s'%s%s%s",
						     option, word, nearest ? "; did you mean " : "",
						     nearest ? nearest : "",
						     nearest ? "?" : "; kvet doctor lists them");
			}
			if (!at[length])
				break;
			at += length + 1;
		}
	}
	return STATUS_YES;
}

static enum status choose(struct context *context, const struct args *args, struct choice *choice)
{
	bool only[KVET_CHECK_COUNT] = { 0 }, skip[KVET_CHECK_COUNT] = { 0 };
	bool require[KVET_CHECK_COUNT] = { 0 };
	enum status status = mark(context, "only", &args->only, only);

	if (status == STATUS_YES)
		status = mark(context, "skip", &args->skip, skip);
	if (status == STATUS_YES)
		status = mark(context, "require", &args->require, require);
	for (int i = 0; i < KVET_CHECK_COUNT && status == STATUS_YES; i++) {
		choice->made[i] = (!args->only.count || only[i]) && !skip[i];
		/* Who names checks is asking about them. */
		choice->required[i] = args->require.count ? require[i]
				      : args->only.count
					      ? only[i]
					      : kvet_check_is_essential((enum kvet_check)i);
		if (require[i] && !choice->made[i])
			status = context_usage(context, "--require %s: %s leaves this check out",
					       kvet_check_name((enum kvet_check)i),
					       skip[i] ? "--skip" : "--only");
	}
	return status;
}

static enum status check(struct context *context, const void *args, const char *const *operands,
			 size_t count)
{
	struct choice choice;

	(void)operands;
	(void)count;
	return choose(context, args, &choice);
}

/* --- examining -------------------------------------------------------------------------------- */

static void put_check(struct context *context, enum kvet_check check, bool required,
		      const struct kvet_finding *finding)
{
	const struct value values[FIELD_COUNT] = {
		[CHECK] = value_string(kvet_check_name(check)),
		[VERDICT] = value_string(kvet_verdict_name(finding->verdict)),
		[FINDING] = value_string(finding->finding),
		[REMEDY] = value_string(finding->remedy),
		[REQUIRED] = value_boolean(required),
		[WHY] = value_string(kvet_check_why(check)),
	};

	output_record(context->output, &check_schema, values);
}

static void put_summary(struct context *context, const int64_t counts[KVET_VERDICT_COUNT])
{
	const struct value values[SUMMARY_COUNT] = {
		[CHECKS] = value_integer(counts[KVET_YES] + counts[KVET_NO] +
					 counts[KVET_UNDETERMINED]),
		[SUMMARY_YES] = value_integer(counts[KVET_YES]),
		[SUMMARY_NO] = value_integer(counts[KVET_NO]),
		[SUMMARY_UNDETERMINED] = value_integer(counts[KVET_UNDETERMINED]),
	};

	output_summary(context->output, &summary_schema, values);
}

static enum status examine(struct context *context, struct kvet_doctor *doctor,
			   const struct choice *choice)
{
	int64_t counts[KVET_VERDICT_COUNT] = { 0 };
	enum status status = STATUS_YES;
	struct kvet_cause err;

	for (int i = 0; i < KVET_CHECK_COUNT; i++) {
		enum kvet_check check = (enum kvet_check)i;
		struct kvet_finding finding;

		if (!choice->made[i] || context_stopped(context))
			continue;
		context_progress(context, "kvet: %d of %d checks", i, KVET_CHECK_COUNT);
		if (kvet_doctor_examine(doctor, check, &finding, &err)) {
			context_error(context, &err);
			return STATUS_ERROR;
		}
		put_check(context, check, choice->required[i], &finding);
		counts[finding.verdict]++;
		if (choice->required[i])
			status = status_worst(status, status_of_verdict(finding.verdict));
	}
	context_progress(context, "%s", "");
	put_summary(context, counts);
	return status;
}

static enum status run(struct context *context, const void *opaque, const char *const *operands,
		       size_t count)
{
	const struct args *args = opaque;
	struct choice choice = { .made = { 0 } };
	struct kvet_doctor *doctor = NULL;
	struct kvet_cause err;
	enum status status = choose(context, args, &choice);

	(void)operands;
	(void)count;
	if (status != STATUS_YES)
		return status;
	if (kvet_doctor_open(&doctor, &context->host, &err)) {
		context_error(context, &err);
		return STATUS_ERROR;
	}
	status = examine(context, doctor, &choice);
	kvet_doctor_free(doctor);
	return status;
}

static const int capabilities[] = {
	CAP_BPF,             /* programs */
	CAP_PERFMON,         /* tracing programs, perf events */
	CAP_SYSLOG,          /* addresses of symbols */
	CAP_SYS_ADMIN,       /* all of these before 5.8; securityfs; events above paranoid 2 */
	CAP_SYS_RESOURCE,    /* memory that counts for RLIMIT_MEMLOCK before 5.11 */
	CAP_DAC_READ_SEARCH, /* debugfs, tracefs, the configuration in /boot */
	-1,
};

static const char *const examples[] = { "kvet doctor", "kvet doctor -v --only 'k*'",
					"kvet doctor -q --require bpf,btf,fentry", NULL };

const struct command doctor_command = {
	.name = "doctor",
	.summary = "Whether this host is fit for tracing, and what to do if not",
	.operands = "",
	.examples = examples,
	.options = options,
	.schemas = schemas,
	.summary_schema = &summary_schema,
	.args_size = sizeof(struct args),
	.capabilities = capabilities,
	.check = check,
	.run = run,
};
