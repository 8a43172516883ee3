/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet ksyms lookup: every address of a name, every name at an address. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lookup_answer.h"
#include "line_stream.h"
#include "symbol_record.h"
#include "symbol_search.h"

static const struct option_spec options[] = {
	SYMBOLS_OPTION_KALLSYMS(struct lookup_args),
	SYMBOLS_OPTION_SOURCE(struct lookup_args),
	{ "file", 0, "FILE", OPTION_STRING, offsetof(struct lookup_args, file),
	  .help = "read more queries from FILE, one per line (-: stdin)" },
	{ "regex", 0, NULL, OPTION_FLAG, offsetof(struct lookup_args, regex),
	  .help = "take each QUERY as an extended regular expression" },
	SYMBOLS_OPTION_MODULE(struct lookup_args),
	SYMBOLS_OPTION_TYPE(struct lookup_args),
	SYMBOLS_OPTION_TEXT(struct lookup_args),
	{ "suffixes", 0, NULL, OPTION_FLAG, offsetof(struct lookup_args, suffixes), .rare = true,
	  .help = "also match compiler-generated variants: .isra.0, .cold" },
	SYMBOLS_OPTION_PREFIX(struct lookup_args),
	{ "attachable", 0, NULL, OPTION_FLAG, offsetof(struct lookup_args, attachable),
	  .help = "say whether a kprobe can attach there" },
	{ "demangle", 0, NULL, OPTION_FLAG, offsetof(struct lookup_args, demangle),
	  .help = "show demangled Rust and C++ names" },
	{ "symbolize", 0, NULL, OPTION_FLAG, offsetof(struct lookup_args, symbolize),
	  .excludes = "regex attachable", .help = "copy text, completing symbols and addresses" },
	{ "offset", 0, "N", OPTION_STRING, offsetof(struct lookup_args, offset),
	  .needs = "symbolize", .form = LOOKUP_OFFSET_FORM, .rare = true,
	  .help = "add N (hex) to the table's addresses" },
	{ 0 },
};

static const struct schema *const schemas[] = { &symbol_record_schema, &lookup_line_schema, NULL };

/* Finds out where the queries come from. Without any, text comes from standard input. */
static enum status check_sources(struct lookup *lookup, const char *const *operands, size_t count)
{
	struct context *context = lookup->context;
	const char *kallsyms = lookup->args->symbols.kallsyms, *file = lookup->args->file;
	bool from_stdin = file ? !strcmp(file, "-") : !count;

	for (size_t i = 0; i < count; i++)
		from_stdin = from_stdin || !strcmp(operands[i], "-");
	if (kallsyms && !strcmp(kallsyms, "-") && from_stdin)
		return context_usage(context, "standard input can be read only once");
	/* Text is copied as a stream, since it may be of any length. */
	lookup->streams = lookup->args->symbolize || (from_stdin && line_stream_is("-")) ||
			  (file && line_stream_is(file));
	return STATUS_YES;
}

static enum status read_lines(struct lookup *lookup, const char *const *operands, size_t count)
{
	enum status status = STATUS_YES;

	for (size_t i = 0; i < count && status == STATUS_YES; i++)
		status = strcmp(operands[i], "-")
				 ? lines_add(lookup->context, &lookup->lines, operands[i])
				 : lines_read(lookup->context, &lookup->lines, "-");
	if (status == STATUS_YES && lookup->args->file)
		status = lines_read(lookup->context, &lookup->lines, lookup->args->file);
	return status;
}

static enum status check_query(struct lookup *lookup, const struct line *line)
{
	struct kvet_ksyms_query query;
	struct kvet_cause err;
	int ret;

	if (symbol_search_skips(line))
		return STATUS_YES;
	ret = kvet_ksyms_query_parse(&query, line->text, lookup->args->regex, &err);
	if (!ret) {
		if (lookup->count++ < FIRST_MOST && !lookup->streams)
			lookup->first[lookup->first_count++] = query;
		else
			kvet_ksyms_query_deinit(&query);
		return STATUS_YES;
	}
	if (ret != -EINVAL) {
		context_error(lookup->context, &err);
		return STATUS_ERROR;
	}
	if (line->from)
		return context_usage(lookup->context, "%s:%zu: %s", line->from, line->number,
				     err.evidence);
	return context_usage(lookup->context, "%s", err.evidence);
}

/* Checks all queries before anything is read for them. Of a stream, those before the first invalid
 * one are kept. */
static enum status check_queries(struct lookup *lookup)
{
	for (size_t i = 0; i < lookup->lines.count; i++) {
		enum status status = check_query(lookup, &lookup->lines.items[i]);

		if (status == STATUS_YES)
			continue;
		lookup->lines.count = i;
		return status;
	}
	return STATUS_YES;
}

/* Whether rows of other modules than --module matter: they do for how many functions have a name,
 * and for the distance from _text that a query may have. */
static bool looks_elsewhere(const struct lookup *lookup)
{
	for (size_t i = 0; i < lookup->first_count; i++)
		if (lookup->first[i].kind == KVET_KSYMS_NAME && lookup->first[i].has_offset)
			return true;
	return lookup->args->attachable || lookup->streams || lookup->count > FIRST_MOST;
}

static enum status load(struct lookup *lookup)
{
	static const struct kvet_kprobe_wish plain; /* one probe, as trace would arm it */
	const struct lookup_args *args = lookup->args;
	/* These options need rows that the queries do not name. */
	bool whole =
		lookup->streams || args->suffixes || args->attachable || lookup->count > FIRST_MOST;
	const struct kvet_ksyms_query *queries = whole ? NULL : lookup->first;
	enum status status =
		looks_elsewhere(lookup)
			? symbols_open(lookup->context, &args->symbols, &lookup->file, queries,
				       lookup->first_count, &lookup->table)
			: symbols_open_module(lookup->context, &args->symbols, &lookup->file,
					      queries, lookup->first_count, &lookup->table);

	if (status != STATUS_YES || !args->attachable)
		return status;
	kvet_kprobe_facts_read(&lookup->context->host, &lookup->facts);
	lookup->ways = kvet_kprobe_ways_open(&lookup->context->host, &lookup->facts, &plain);
	return lookup->ways ? status : context_failure(lookup->context, ENOMEM, "malloc");
}

/* What is shown of each symbol. The running kernel is not asked about another host's table. */
static struct symbol_view make_view(const struct lookup *lookup)
{
	const struct lookup_args *args = lookup->args;
	bool elsewhere = lookup->context->host.sysroot != NULL, file = args->symbols.kallsyms;

	return (struct symbol_view){
		.table = lookup->table,
		.ways = lookup->ways,
		.asking = elsewhere ? KVET_KPROBE_ASK_NEVER : KVET_KPROBE_ASK_UNKNOWN,
		.foreign = file && !elsewhere,
		.demangle = args->demangle,
	};
}

/* Answers the lines read so far, and writes the answers at once. */
static enum status answer_burst(struct lookup *lookup)
{
	bool symbolizes = lookup->args->symbolize;
	enum status checked = symbolizes ? STATUS_YES : check_queries(lookup),
		    status = symbolizes ? lookup_symbolize(lookup) : lookup_answer(lookup);

	output_flush(lookup->context->output);
	lookup_explain_with(lookup, lookup->table);
	lookup->lines.count = 0;
	return status_worst(checked, status);
}

static enum status answer_stream(struct lookup *lookup, struct line_stream *stream)
{
	struct context *context = lookup->context;
	enum status read = STATUS_YES, status = STATUS_YES;

	if (lookup->args->symbolize)
		status = lookup_look_ahead(lookup, stream->fd);
	while (read == STATUS_YES && status < STATUS_ERROR && !context_stopped(context) &&
	       !output_failure(context->output)) {
		read = line_stream_next(context, stream, &lookup->lines);
		if (!lookup->lines.count)
			break;
		status = status_worst(status, answer_burst(lookup));
	}
	return status_worst(read, status);
}

static enum status answer_input(struct lookup *lookup)
{
	struct line_stream stream;
	enum status status =
		line_stream_open(lookup->context, &stream, "-", lookup->args->symbolize);

	if (status == STATUS_YES)
		status = answer_stream(lookup, &stream);
	line_stream_close(&stream);
	return status;
}

/* An operand is text itself, but the user may have meant the file of that name. */
static void note_files(struct lookup *lookup)
{
	for (size_t i = 0; i < lookup->lines.count; i++) {
		const char *text = lookup->lines.items[i].text;

		if (!access(text, F_OK))
			context_note(lookup->context,
				     "'%s' is taken as text: to read that file, use --file %s",
				     text, text);
	}
}

/* The same for a stream, part by part. Operands are checked before anything is answered. */
static enum status answer_bursts(struct lookup *lookup, const char *const *operands, size_t count)
{
	enum status status = STATUS_YES;

	output_bursts(lookup->context->output);
	for (size_t i = 0; i < count && status < STATUS_ERROR; i++) {
		if (strcmp(operands[i], "-")) {
			status = status_worst(
				status, lines_add(lookup->context, &lookup->lines, operands[i]));
			continue;
		}
		status = status_worst(status, answer_burst(lookup));
		if (status < STATUS_ERROR)
			status = status_worst(status, answer_input(lookup));
	}
	if (status < STATUS_ERROR && lookup->args->symbolize)
		note_files(lookup);
	if (status < STATUS_ERROR)
		status = status_worst(status, answer_burst(lookup));
	if (status < STATUS_ERROR && lookup->args->file)
		status = status_worst(status, answer_stream(lookup, &lookup->stream));
	else if (status < STATUS_ERROR && !count)
		status = status_worst(status, answer_input(lookup));
	if (status == STATUS_YES && lookup->args->symbolize)
		status = lookup->found ? STATUS_YES : STATUS_NO;
	return status;
}

static enum status check_operands(struct lookup *lookup, const char *const *operands, size_t count)
{
	enum status status = STATUS_YES;

	for (size_t i = 0; i < count && status == STATUS_YES; i++)
		if (strcmp(operands[i], "-"))
			status = check_query(lookup, &(struct line){ .text = operands[i] });
	lookup->count = 0;
	return status;
}

/* Opens the files that the user names before privilege is given up. */
static enum status open_files(struct lookup *lookup)
{
	const struct lookup_args *args = lookup->args;
	enum status status =
		symbol_file_open(lookup->context, args->symbols.kallsyms, &lookup->file);

	if (status == STATUS_YES && lookup->streams && args->file)
		status = line_stream_open(lookup->context, &lookup->stream, args->file,
					  args->symbolize);
	return status;
}

static enum status ask(struct lookup *lookup, const char *const *operands, size_t count)
{
	const struct lookup_args *args = lookup->args;
	enum status status = open_files(lookup);

	if (status == STATUS_YES && !lookup->streams)
		status = read_lines(lookup, operands, count);
	/* Reading a file needs no privilege, unless --attachable asks the running kernel. */
	if (status == STATUS_YES && args->symbols.kallsyms && !args->attachable)
		status = context_confine(lookup->context, NULL);
	if (status == STATUS_YES && !args->symbolize)
		status = lookup->streams ? check_operands(lookup, operands, count)
					 : check_queries(lookup);
	if (status == STATUS_YES)
		status = load(lookup);
	return status == STATUS_YES && args->symbolize ? lookup_open_text(lookup) : status;
}

static enum status perform(struct lookup *lookup, const char *const *operands, size_t count)
{
	const struct lookup_args *args = lookup->args;
	const char *path = args->symbols.kallsyms;
	enum status status = lookup_check_text(lookup);

	lookup->filter = symbols_filter(&args->symbols);
	lookup->filter.suffixes = args->suffixes;
	if (status == STATUS_YES)
		status = check_sources(lookup, operands, count);
	if (status == STATUS_YES)
		status = ask(lookup, operands, count);
	if (status != STATUS_YES)
		return status;
	lookup->view = make_view(lookup);
	status = lookup->streams ? answer_bursts(lookup, operands, count) : lookup_answer(lookup);
	if (status >= STATUS_ERROR)
		return status;
	if (!lookup->count && !args->symbolize && status == STATUS_YES)
		status = context_nothing_asked(lookup->context);
	lookup_explain(lookup);
	if (kvet_ksyms_hidden(lookup->table)) {
		struct kvet_cause cause;

		kvet_ksyms_hidden_cause(&lookup->context->host, path, &cause);
		context_error(lookup->context, &cause);
		status = STATUS_UNDETERMINED;
	}
	lookup_put_summary(lookup);
	return status;
}

static enum status check(struct context *context, const void *opaque, const char *const *operands,
			 size_t count)
{
	const struct lookup_args *args = opaque;
	struct lookup lookup = { .context = context, .args = args, .file.fd = -1, .stream.fd = -1 };
	enum status status = lookup_check_text(&lookup);

	if (status == STATUS_YES)
		status = check_sources(&lookup, operands, count);
	if (status == STATUS_YES && !args->symbolize)
		status = check_operands(&lookup, operands, count);
	lookup_free(&lookup);
	return status;
}

static enum status run(struct context *context, const void *args, const char *const *operands,
		       size_t count)
{
	struct lookup lookup = { .context = context, .args = args, .file.fd = -1, .stream.fd = -1 };
	enum status status = perform(&lookup, operands, count);

	lookup_free(&lookup);
	return status;
}

static const char *const examples[] = { "kvet ksyms lookup vfs_read",
					"kvet ksyms lookup --attachable --module ext4 'ext4_*'",
					"dmesg | kvet ksyms lookup --symbolize", NULL };

const struct command ksyms_lookup_command = {
	.name = "ksyms lookup",
	.summary = "Every address of a symbol, every symbol at an address",
	.operands = "QUERY...",
	.operands_help =
		"QUERY is a name, MODULE:NAME, SYM+OFF[/SIZE], a hexadecimal address with or "
		"without 0x, an address range (FIRST-END), a glob (*?[), or - to read queries from "
		"standard input, one per line.",
	.operands_least = 1,
	.operands_unless = "file symbolize",
	.operands_most = SIZE_MAX,
	.examples = examples,
	.options = options,
	.schemas = schemas,
	.summary_schema = &lookup_summary_schema,
	.args_size = sizeof(struct lookup_args),
	.capabilities = symbols_capabilities,
	.check = check,
	.run = run,
};
