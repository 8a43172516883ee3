/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet batch: requirements, one command line each, held in one step. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "invocation.h"
#include "lines.h"
#include "shared.h"
#include "words.h"

struct args {
	bool full;
};

static const struct option_spec options[] = {
	{ "full", 0, NULL, OPTION_FLAG, offsetof(struct args, full),
	  .help = "also print the records of each command" },
	{ 0 },
};

enum {
	LINE,
	COMMAND,
	STATUS,
	CAUSE,
	REMEDY,
	FIELD_COUNT
};

static const struct field fields[] = {
	[LINE] = { "line", FIELD_INTEGER, "number of the line, from 1", 0 },
	[COMMAND] = { "command", FIELD_STRING, "the command line", 0 },
	[STATUS] = { "status", FIELD_STRING, "yes, no, undetermined or error", FIELD_VERDICT },
	[CAUSE] = { "cause", FIELD_STRING, "why it is not a yes", FIELD_SPARSE },
	[REMEDY] = { "remedy", FIELD_STRING, "what to do about it", FIELD_SPARSE | FIELD_BELOW },
};

static const struct schema line_schema = SCHEMA("line", fields);
static const struct schema *const schemas[] = { &line_schema, NULL };

enum {
	LINES,
	SUMMARY_YES,
	SUMMARY_NO,
	SUMMARY_UNDETERMINED,
	SUMMARY_ERRORS,
	SUMMARY_COUNT
};

static const struct field summary_fields[] = {
	[LINES] = { "lines", FIELD_INTEGER, "command lines that were run",
		    FIELD_DETAIL | FIELD_METRIC },
	[SUMMARY_YES] = { "yes", FIELD_INTEGER, "those that ended with status 0",
			  FIELD_DETAIL | FIELD_METRIC },
	[SUMMARY_NO] = { "no", FIELD_INTEGER, "those that ended with status 1",
			 FIELD_DETAIL | FIELD_METRIC },
	[SUMMARY_UNDETERMINED] = { "undetermined", FIELD_INTEGER, "those that could not find out",
				   FIELD_DETAIL | FIELD_METRIC },
	[SUMMARY_ERRORS] = { "errors", FIELD_INTEGER, "those that failed, or were wrong use",
			     FIELD_DETAIL | FIELD_METRIC },
};

static const struct schema summary_schema = SCHEMA("summary", summary_fields);

/* A command line of the file. */
struct entry {
	size_t number;
	char *text; /* with the lines that continue it */
	struct words words;
	struct invocation invocation;
};

struct batch {
	struct context *context;
	const char *path;
	struct lines lines;
	struct entry *entries;
	size_t count;
	struct shared shared;
};

/* --- parsing: all lines, before any of them runs ---------------------------------------------- */

/* What batch decides for all lines. --quiet changes nothing. */
#define REFUSED "help help-all help-fields json pretty format color columns sysroot verbose"

__attribute__((format(printf, 3, 4))) static enum status
report(const struct batch *batch, const struct entry *entry, const char *format, ...)
{
	char text[768];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return context_usage(batch->context, "%s:%zu: %s", batch->path, entry->number, text);
}

static enum status report_unknown(const struct batch *batch, const struct entry *entry)
{
	const char *object = entry->words.items[0], *verb = entry->words.items[1];
	bool known = command_is_object(object);
	char buf[64];
	const char *nearest = command_nearest(known && verb ? verb : object,
					      known && verb ? object : NULL, buf, sizeof(buf));

	if (known && !verb)
		return report(batch, entry, "'%s' is no whole command: see kvet %s help", object,
			      object);
	return report(batch, entry, "unknown command '%s%s%s'%s%s%s%s%s", object, known ? " " : "",
		      known ? verb : "", nearest ? ": did you mean '" : "",
		      nearest && known ? object : "", nearest && known ? " " : "",
		      nearest ? nearest : "", nearest ? "'?" : "");
}

/* Two readers of one standard input would take turns. */
static bool reads_input(const struct batch *batch, const struct entry *entry)
{
	for (size_t i = 0; i < entry->words.count; i++)
		if (!strcmp(entry->words.items[i], "-") && !strcmp(batch->path, "-"))
			return true;
	return false;
}

static enum status parse_command(struct batch *batch, struct entry *entry)
{
	static const struct common_args none;
	struct invocation *invocation = &entry->invocation;
	struct options_result *result = &invocation->result;
	char **words = entry->words.items;
	int count = (int)entry->words.count, used = 0;
	const struct command *const *c = commands;

	while (*c && !(used = command_matches(*c, count, words)))
		c++;
	if (!*c)
		return report_unknown(batch, entry);
	if (!strcmp((*c)->name, "batch"))
		return report(batch, entry, "a batch cannot run a batch");
	/* getopt skips argv[0]: let that be the last word of the command's name. */
	invocation_parse(invocation, *c, count - used + 1, words + used - 1, &none);
	if (!invocation->args || result->no_memory)
		return context_failure(batch->context, ENOMEM, "malloc");
	options_refuse("a line of kvet batch", REFUSED, &invocation->common, result);
	if (result->complaint[0])
		return report(batch, entry, "%s", result->complaint);
	/* It would not have the capabilities that this process has given up. */
	if (!result->complaint[0] && invocation_has_command(invocation))
		return report(batch, entry, "a line of kvet batch cannot run a command");
	if (reads_input(batch, entry))
		return report(batch, entry, "standard input is the batch itself");
	return STATUS_YES;
}

/* Removes the program's own name, with which lines are pasted. */
static void skip_name(struct words *words)
{
	if (!words->count || strcmp(words->items[0], "kvet") != 0)
		return;
	words->count--;
	memmove(words->items, words->items + 1, (words->count + 1) * sizeof(*words->items));
}

/* Appends the next line to a text that ends with a backslash. */
static bool join(struct entry *entry, const char *next)
{
	size_t len = strlen(entry->text) - 1, more = strlen(next);

	if (!ARRAY_RESIZE(entry->text, len + more + 1))
		return false;
	memcpy(entry->text + len, next, more + 1);
	return true;
}

/* Splits the lines of one entry into words; *at is its first line, and becomes its last. */
static enum status split_entry(struct batch *batch, struct entry *entry, size_t *at)
{
	enum words_end end;

	for (;;) {
		end = words_split(entry->text, &entry->words);
		if (end != WORDS_GOES_ON)
			break;
		words_free(&entry->words);
		if (*at + 1 == batch->lines.count)
			return report(batch, entry, "the file ends after a backslash");
		if (!join(entry, batch->lines.items[++*at].text))
			return context_failure(batch->context, ENOMEM, "malloc");
	}
	if (end == WORDS_NO_MEMORY)
		return context_failure(batch->context, ENOMEM, "malloc");
	if (end == WORDS_WRONG)
		return report(batch, entry, "%s", entry->words.complaint);
	skip_name(&entry->words);
	return STATUS_YES;
}

static void free_entry(struct entry *entry)
{
	invocation_free(&entry->invocation);
	words_free(&entry->words);
	free(entry->text);
}

static enum status parse_entry(struct batch *batch, size_t *at)
{
	const struct line *line = &batch->lines.items[*at];
	struct entry entry = { .number = line->number, .text = strdup(line->text) };
	enum status status;

	if (!entry.text)
		return context_failure(batch->context, ENOMEM, "malloc");
	status = split_entry(batch, &entry, at);
	if (status == STATUS_YES && entry.words.count)
		status = parse_command(batch, &entry);
	if (status == STATUS_YES && entry.words.count) {
		if (ARRAY_MORE(batch->entries, batch->count)) {
			batch->entries[batch->count++] = entry;
			return STATUS_YES;
		}
		status = context_failure(batch->context, ENOMEM, "malloc");
	}
	free_entry(&entry);
	return status;
}

/* Every wrong line is reported. */
static enum status parse_all(struct batch *batch)
{
	enum status status = STATUS_YES;

	for (size_t i = 0; i < batch->lines.count && status != STATUS_ERROR; i++) {
		enum status one = parse_entry(batch, &i);

		status = one == STATUS_ERROR ? one : status_worst(status, one);
	}
	return status;
}

/* What only the command itself can tell, such as a name that it does not know. Every wrong line is
 * reported. */
static enum status check_all(struct batch *batch)
{
	enum status status = STATUS_YES;

	for (size_t i = 0; i < batch->count && !context_stopped(batch->context); i++) {
		struct hearing hearing = { 0 };
		struct context context = *batch->context;

		context.hearing = &hearing;
		context.shared = &batch->shared;
		context.quiet = true;
		if (invocation_check(&batch->entries[i].invocation, &context) != STATUS_USAGE)
			continue;
		status = report(batch, &batch->entries[i], "%s", hearing.cause.evidence);
	}
	return status;
}

/* --- running ---------------------------------------------------------------------------------- */

/* Keeps the capabilities that one of the commands may use. */
static enum status confine(struct batch *batch)
{
	int kept[65];
	size_t count = 0;
	bool seen[64] = { false };

	for (size_t i = 0; i < batch->count; i++) {
		const int *each = batch->entries[i].invocation.command->capabilities;

		for (; each && *each >= 0; each++)
			if (*each < 64 && !seen[*each]) {
				seen[*each] = true;
				kept[count++] = *each;
			}
	}
	kept[count] = -1;
	return context_confine(batch->context, count ? kept : NULL);
}

static void put_line(struct batch *batch, const struct entry *entry, enum status status,
		     const struct hearing *hearing, const char *gist)
{
	char text[sizeof(hearing->cause) + 64];
	struct value values[FIELD_COUNT] = {
		[LINE] = value_integer((int64_t)entry->number),
		[COMMAND] = value_string(entry->text + strspn(entry->text, " \t")),
		[STATUS] = value_string(status_word(status)),
	};

	if (status != STATUS_YES) {
		values[CAUSE] = value_string(
			hearing->heard ? kvet_cause_text(&hearing->cause, text, sizeof(text))
			: *gist        ? gist
				       : hearing->note);
		values[REMEDY] = value_string(hearing->cause.remedy);
	}
	output_record(batch->context->output, &line_schema, values);
}

static enum status run_entry(struct batch *batch, const struct entry *entry, bool full)
{
	struct hearing hearing = { .aloud = full };
	struct context context = *batch->context;
	enum status status;

	context.hearing = &hearing;
	context.shared = &batch->shared;
	context.quiet = batch->context->quiet || !full;
	if (!full)
		context.output = output_new_gist(entry->invocation.command->name);
	if (!context.output)
		return context_failure(batch->context, ENOMEM, "malloc");
	status = invocation_run(&entry->invocation, &context);
	if (full)
		output_summary_as_record(context.output);
	put_line(batch, entry, status, &hearing,
		 full ? "" : output_gist(context.output, status == STATUS_NO));
	if (!full)
		output_free(context.output);
	return status;
}

static void put_summary(struct batch *batch, const int64_t counts[STATUS_COUNT])
{
	const struct value values[SUMMARY_COUNT] = {
		[LINES] = value_integer(counts[STATUS_YES] + counts[STATUS_NO] +
					counts[STATUS_UNDETERMINED] + counts[STATUS_ERROR] +
					counts[STATUS_USAGE]),
		[SUMMARY_YES] = value_integer(counts[STATUS_YES]),
		[SUMMARY_NO] = value_integer(counts[STATUS_NO]),
		[SUMMARY_UNDETERMINED] = value_integer(counts[STATUS_UNDETERMINED]),
		[SUMMARY_ERRORS] = value_integer(counts[STATUS_ERROR] + counts[STATUS_USAGE]),
	};

	output_summary(batch->context->output, &summary_schema, values);
}

static enum status run_all(struct batch *batch, bool full)
{
	int64_t counts[STATUS_COUNT] = { 0 };
	enum status status = STATUS_YES;

	for (size_t i = 0; i < batch->count && !context_stopped(batch->context); i++) {
		enum status one;

		context_progress(batch->context, "kvet: %zu of %zu lines", i, batch->count);
		one = run_entry(batch, &batch->entries[i], full);
		counts[one]++;
		status = status_worst(status, one);
	}
	context_progress(batch->context, "%s", "");
	put_summary(batch, counts);
	return status;
}

static enum status run(struct context *context, const void *opaque, const char *const *operands,
		       size_t count)
{
	const struct args *args = opaque;
	struct batch batch = { .context = context, .path = operands[0] };
	enum status status = lines_read(context, &batch.lines, batch.path);

	(void)count;
	if (status == STATUS_YES)
		status = parse_all(&batch);
	if (status == STATUS_YES && !batch.count)
		status = context_nothing_asked(context);
	if ((status == STATUS_YES || status == STATUS_USAGE) && batch.count)
		status = status_worst(status, confine(&batch));
	if ((status == STATUS_YES || status == STATUS_USAGE) && batch.count)
		status = status_worst(status, check_all(&batch));
	if (status == STATUS_YES && batch.count)
		status = run_all(&batch, args->full);
	for (size_t i = 0; i < batch.count; i++)
		free_entry(&batch.entries[i]);
	free(batch.entries);
	lines_free(&batch.lines);
	shared_free(&batch.shared);
	return status;
}

static const char *const examples[] = { "kvet batch requirements.kvet",
					"kvet batch -q requirements.kvet",
					"echo 'ksyms lookup vfs_read' | kvet batch --full -j -",
					NULL };

const struct command batch_command = {
	.name = "batch",
	.summary = "Requirements of a file, one command line each, in one step",
	.operands = "FILE|-",
	.operands_help = "Each line of FILE is a command line of kvet, quoted as in a shell; # "
			 "begins a comment. -: standard input.",
	.operands_least = 1,
	.operands_most = 1,
	.examples = examples,
	.options = options,
	.schemas = schemas,
	.records_of_others = true,
	.summary_schema = &summary_schema,
	.args_size = sizeof(struct args),
	.confines = true,
	.run = run,
};
