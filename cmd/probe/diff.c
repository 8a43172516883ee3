/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet probe diff: what does a tracer lose, or gain, from one kernel to another? */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/array.h"
#include "diff_compare.h"
#include "diff_live.h"
#include "helpers_words.h"

struct args {
	const char *only;
};

static const struct option_spec options[] = {
	{ "only", 0, "CHANGE", OPTION_STRING, offsetof(struct args, only),
	  .choices = "lost gained undetermined changed", .help = "show only this kind of change" },
	{ 0 },
};

enum {
	CHANGE,
	NAME,
	TYPE,
	MODULE,
	BEFORE,
	AFTER,
	BEFORE_REASON,
	AFTER_REASON,
	BEFORE_ERRNO,
	AFTER_ERRNO,
	BEFORE_EVIDENCE,
	AFTER_EVIDENCE,
	ABOUT,
	TYPES,
	FIELD_COUNT
};

static const struct field fields[] = {
	[CHANGE] = { "change", FIELD_STRING, "lost, gained, undetermined or changed", 0 },
	[NAME] = { "name", FIELD_STRING, "what was asked about", 0 },
	[TYPE] = { "type", FIELD_STRING, "the type that was asked for, or that it belongs to",
		   FIELD_SPARSE },
	[MODULE] = { "module", FIELD_STRING, "the module of a function; absent: the kernel",
		     FIELD_SPARSE },
	[BEFORE] = { "before", FIELD_STRING, "the verdict in BEFORE; absent if it was not asked",
		     0 },
	[AFTER] = { "after", FIELD_STRING, "the verdict in AFTER; absent if it was not asked", 0 },
	[BEFORE_REASON] = { "before_reason", FIELD_STRING, "what the verdict in BEFORE rests on",
			    FIELD_DETAIL },
	[AFTER_REASON] = { "after_reason", FIELD_STRING, "what the verdict in AFTER rests on", 0 },
	[BEFORE_ERRNO] = { "before_errno", FIELD_STRING, "its errno", FIELD_DETAIL },
	[AFTER_ERRNO] = { "after_errno", FIELD_STRING, "its errno", FIELD_DETAIL },
	[BEFORE_EVIDENCE] = { "before_evidence", FIELD_STRING, "its evidence", FIELD_DETAIL },
	[AFTER_EVIDENCE] = { "after_evidence", FIELD_STRING, "its evidence", FIELD_DETAIL },
	[ABOUT] = { "about", FIELD_STRING, "attach, if both load; else absent", FIELD_SPARSE },
	[TYPES] = { "types", FIELD_LIST, "the program types that a change of a function is about",
		    FIELD_SPARSE },
};

static const struct schema difference_schema = SCHEMA("difference", fields);
static const struct schema *const schemas[] = { &difference_schema, NULL };

enum {
	COMMAND = DIFF_CHANGE_COUNT,
	COMPARED,
	ONLY_AFTER,
	SUMMARY_COUNT
};

static const struct field summary_fields[] = {
	[DIFF_LOST] = { "lost", FIELD_INTEGER, "what is no longer supported", FIELD_METRIC },
	[DIFF_GAINED] = { "gained", FIELD_INTEGER, "what is supported only after", FIELD_METRIC },
	[DIFF_UNDETERMINED] = { "undetermined", FIELD_INTEGER,
				"what is undetermined, or not asked, on one side", FIELD_METRIC },
	[DIFF_CHANGED] = { "changed", FIELD_INTEGER,
			   "the same verdict, which rests on something else", FIELD_METRIC },
	[COMMAND] = { "of", FIELD_STRING, "the command whose documents were compared",
		      FIELD_DETAIL },
	[COMPARED] = { "compared", FIELD_INTEGER, "questions that both documents have",
		       FIELD_METRIC },
	[ONLY_AFTER] = { "only_after", FIELD_INTEGER,
			 "questions that only AFTER has, and that are no gain", FIELD_METRIC },
};

static const struct schema summary_schema = SCHEMA("summary", summary_fields);

/* --- reading ---------------------------------------------------------------------------------- */

struct bytes {
	char *at;
	size_t size, room;
};

static enum status read_bytes(struct context *context, const char *path, int fd,
			      struct bytes *bytes)
{
	for (;;) {
		ssize_t got;
		int errnum;

		if (!ARRAY_RESERVE(bytes->at, bytes->room, bytes->size + 65536))
			return context_failure(context, ENOMEM, "malloc");
		got = read(fd, bytes->at + bytes->size, 65536);
		errnum = errno;
		if (got < 0 && errnum != EINTR)
			return context_failure(context, errnum, path);
		if (!got)
			return STATUS_YES;
		bytes->size += got > 0 ? (size_t)got : 0;
	}
}

static enum status read_document(struct context *context, const char *path,
				 struct diff_document *document)
{
	bool input = !strcmp(path, "-");
	int fd = input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int errnum = errno;
	struct bytes bytes = { .at = NULL };
	struct kvet_cause cause;
	enum status status;

	if (fd < 0)
		return context_failure(context, errnum, path);
	status = read_bytes(context, path, fd, &bytes);
	if (status == STATUS_YES && diff_document_parse(document, input ? "standard input" : path,
							bytes.at, bytes.size, &cause)) {
		context_error(context, &cause);
		status = STATUS_ERROR;
	}
	free(bytes.at);
	if (!input)
		close(fd);
	return status;
}

/* --- comparing -------------------------------------------------------------------------------- */

struct run {
	struct context *context;
	const struct args *args;
	int64_t counts[DIFF_CHANGE_COUNT];
};

/* What a side says: its answer, or that its kernel does not have it, or nothing. */
static void put_side(const struct diff_row *row, const struct diff_answer *answer,
		     struct value *verdict, struct value *reason)
{
	if (answer) {
		*verdict = value_string(
			probe_verdict_word(row->is_attach ? answer->attach : answer->verdict));
		*reason = value_string(answer->reason);
	} else if (row->absent) {
		*verdict = value_string(probe_verdict_word(KVET_NO));
		*reason = value_string("not in its list of all");
	} else {
		*reason = value_string("not asked");
	}
}

static int take(void *opaque, const struct diff_row *row)
{
	struct run *run = opaque;
	const struct diff_answer *any = row->before ? row->before : row->after;
	const char *change = diff_change_name(row->change);
	struct value values[FIELD_COUNT] = {
		[CHANGE] = value_string(change),
		[NAME] = value_string(any->name),
		[TYPE] = value_string(*any->type ? any->type : NULL),
		[MODULE] = value_string(*any->module ? any->module : NULL),
		[ABOUT] = value_string(row->is_attach ? "attach" : NULL),
	};

	run->counts[row->change]++;
	if (run->args->only && strcmp(run->args->only, change) != 0)
		return 0;
	put_side(row, row->before, &values[BEFORE], &values[BEFORE_REASON]);
	put_side(row, row->after, &values[AFTER], &values[AFTER_REASON]);
	if (row->before) {
		values[BEFORE_ERRNO] = value_string(row->before->errnum);
		values[BEFORE_EVIDENCE] = value_string(row->before->evidence);
	}
	if (row->after) {
		values[AFTER_ERRNO] = value_string(row->after->errnum);
		values[AFTER_EVIDENCE] = value_string(row->after->evidence);
	}
	if (row->types.items)
		values[TYPES] = value_list(row->types.items, row->types.count);
	output_record(run->context->output, &difference_schema, values);
	return context_stopped(run->context);
}

/* A loss is certain, whatever else is undetermined. */
static enum status judge(const struct run *run)
{
	if (run->counts[DIFF_LOST])
		return STATUS_NO;
	return run->counts[DIFF_UNDETERMINED] ? STATUS_UNDETERMINED : STATUS_YES;
}

static enum status compare(struct context *context, const struct args *args,
			   const struct diff_document *before, const struct diff_document *after)
{
	struct run run = { .context = context, .args = args };
	struct value summary[SUMMARY_COUNT];
	struct diff_counts counts;
	int ret;

	if (before->kind != after->kind)
		return context_usage(context, "%s is of kvet %s, %s of kvet %s", before->label,
				     before->kind->command, after->label, after->kind->command);
	ret = diff_compare(before, after, take, &run, &counts);
	if (ret < 0)
		return context_failure(context, ENOMEM, "malloc");
	for (int i = 0; i < DIFF_CHANGE_COUNT; i++)
		summary[i] = value_integer(run.counts[i]);
	summary[COMMAND] = value_string(before->kind->command);
	summary[COMPARED] = value_integer((int64_t)counts.compared);
	summary[ONLY_AFTER] = value_integer((int64_t)counts.only_after);
	output_summary(context->output, &summary_schema, summary);
	return ret ? STATUS_ERROR : judge(&run);
}

static enum status run(struct context *context, const void *opaque, const char *const *operands,
		       size_t count)
{
	const struct args *args = opaque;
	struct diff_document before = { .count = 0 }, after = { .count = 0 };
	bool live = !strcmp(operands[1], "live");
	enum status status = STATUS_YES;

	(void)count;
	if (!strcmp(operands[0], "-") && !strcmp(operands[1], "-"))
		return context_usage(context, "standard input is one document only");
	/* What is to be asked is known only when BEFORE was parsed. */
	if (!live)
		status = context_confine(context, NULL);
	if (status == STATUS_YES)
		status = read_document(context, operands[0], &before);
	if (status == STATUS_YES)
		status = live ? diff_live(context, &before, &after)
			      : read_document(context, operands[1], &after);
	if (status == STATUS_YES)
		status = compare(context, args, &before, &after);
	diff_document_deinit(&before);
	diff_document_deinit(&after);
	return status;
}

static enum status check(struct context *context, const void *opaque, const char *const *operands,
			 size_t count)
{
	(void)opaque;
	for (size_t i = 0; i < count; i++) {
		int ret, errnum;

		if (!strcmp(operands[i], "-") || (i == 1 && !strcmp(operands[i], "live")))
			continue;
		ret = access(operands[i], F_OK);
		errnum = errno;
		if (ret)
			return context_usage(context, "'%s': %s", operands[i], strerror(errnum));
	}
	return STATUS_YES;
}

/* Those of the commands that `live` runs. */
static const int capabilities[] = {
	CAP_BPF,
	CAP_PERFMON,
	CAP_NET_ADMIN,
	CAP_SYS_ADMIN,
	CAP_SYS_BOOT,
	CAP_SYS_RESOURCE,
	CAP_SYSLOG,
	CAP_DAC_READ_SEARCH, /* also for files that only root may read */
	-1,
};

static const char *const examples[] = { "kvet probe diff old-host.json live",
					"kvet probe diff --only lost 6.12.json 5.10.json",
					"ssh host kvet probe features -j | kvet probe diff - live",
					NULL };

const struct command probe_diff_command = {
	.name = "probe diff",
	.summary = "What two hosts or kernels differ in, by what probe says",
	.operands = "BEFORE AFTER|live",
	.operands_help =
		"Each is a file that kvet probe helpers, programs, maps, features or kfuncs wrote "
		"with -j or --format jsonl, or - for standard input; live: this kernel is asked.",
	.operands_least = 2,
	.operands_most = 2,
	.examples = examples,
	.options = options,
	.schemas = schemas,
	.summary_schema = &summary_schema,
	.args_size = sizeof(struct args),
	.capabilities = capabilities,
	.check = check,
	.run = run,
};
