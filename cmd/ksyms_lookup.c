/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet ksyms lookup: every address of a name, every name at an address. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"
#include "symbol_record.h"
#include "symbol_search.h"
#include "symbols.h"

/* For so many queries the library goes through the table without loading it; of more, none has
 * to be kept: they are taken apart again when it is their turn. */
#define FIRST_MOST 16

/* So many rows are on their way into the caches. */
#define AHEAD 16

/* Of so many queries without a match the reason is sought; it may take a look at all names. */
#define REASONS_MOST 16

struct args {
	struct symbols_args symbols;
	const char *file;
	bool regex;
	bool suffixes;
	bool attachable;
	bool demangle;
	bool symbolize;
};

static const struct option_spec options[] = {
	{ "kallsyms", 0, "FILE", OPTION_STRING, offsetof(struct args, symbols.kallsyms),
	  "look in FILE: kallsyms, System.map, vmlinux, .ko; gzip or not (-: stdin)" },
	SYMBOLS_OPTION_SOURCE(struct args),
	{ "file", 0, "FILE", OPTION_STRING, offsetof(struct args, file),
	  "read queries from FILE too, one a line (-: standard input)" },
	{ "regex", 0, NULL, OPTION_FLAG, offsetof(struct args, regex),
	  "each QUERY is an extended regular expression" },
	SYMBOLS_OPTION_MODULE(struct args),
	SYMBOLS_OPTION_TYPE(struct args),
	SYMBOLS_OPTION_TEXT(struct args),
	{ "suffixes", 0, NULL, OPTION_FLAG, offsetof(struct args, suffixes),
	  "a name also means what the compiler made of it: .isra.0, .cold" },
	SYMBOLS_OPTION_PREFIX(struct args),
	{ "attachable", 0, NULL, OPTION_FLAG, offsetof(struct args, attachable),
	  "say whether a kprobe can go there" },
	{ "demangle", 0, NULL, OPTION_FLAG, offsetof(struct args, demangle),
	  "show names of Rust and C++ as their source has them" },
	{ "symbolize", 0, NULL, OPTION_FLAG, offsetof(struct args, symbolize),
	  "copy text through, its symbols and addresses completed" },
	{ 0 },
};

enum {
	LINE_TEXT,
	LINE_ANNOTATED,
	LINE_COUNT
};

static const struct field line_fields[] = {
	[LINE_TEXT] = { "line", FIELD_STRING, "with its symbols and addresses (--symbolize)",
			FIELD_LINE },
	[LINE_ANNOTATED] = { "annotated", FIELD_INTEGER, "how many of them there are", 0 },
};

static const struct schema line_schema = SCHEMA("line", line_fields);
static const struct schema *const schemas[] = { &symbol_record_schema, &line_schema, NULL };

enum {
	QUERIES,
	MATCHES,
	UNMATCHED,
	SYMBOLS,
	REASONS,
	SOURCE,
	SOURCE_REASON,
	SUMMARY_COUNT
};

static const struct field summary_fields[] = {
	[QUERIES] = { "queries", FIELD_INTEGER, "how many were asked", FIELD_DETAIL },
	[MATCHES] = { "matches", FIELD_INTEGER, "rows found in all", FIELD_DETAIL },
	[UNMATCHED] = { "unmatched", FIELD_LIST, "queries with no match", FIELD_DETAIL },
	[SYMBOLS] = { "symbols", FIELD_INTEGER, "rows in the table; null: not all were read",
		      FIELD_DETAIL },
	[REASONS] = { "reasons", FIELD_LIST, "why the first of them have none", FIELD_DETAIL },
	[SOURCE] = { "source", FIELD_STRING, "of the table: text, iter, file or elf",
		     FIELD_DETAIL },
	[SOURCE_REASON] = { "source_reason", FIELD_STRING, "why it was not iter", FIELD_DETAIL },
};

static const struct schema summary_schema = SCHEMA("summary", summary_fields);

/* One run: what was asked, and what has come of it so far. */
struct lookup {
	struct context *context;
	const struct args *args;
	struct kvet_ksyms_filter filter;
	struct lines lines;
	struct kvet_ksyms_query first[FIRST_MOST]; /* what a table can be made for */
	size_t first_count;
	size_t count;
	struct kvet_ksyms *table;
	struct kvet_ksyms_sites *sites;
	struct symbol_view view; /* of the two above */

	size_t found;
	const char **unmatched;
	size_t unmatched_count, unmatched_room;
	char *reasons[REASONS_MOST];
	size_t reason_count;
};

/* What stands at an address cannot be said of a table that hides them. */
static bool asks_address(const struct kvet_ksyms_query *query)
{
	return query->kind == KVET_KSYMS_RANGE || query->has_address;
}

static enum status note_unmatched(struct lookup *lookup, const char *query)
{
	if (lookup->unmatched_count == lookup->unmatched_room) {
		size_t room = lookup->unmatched_room ? lookup->unmatched_room * 2 : 16;
		const char **grown = realloc(lookup->unmatched, room * sizeof(*grown));

		if (!grown)
			return context_failure(lookup->context, ENOMEM, "malloc");
		lookup->unmatched = grown;
		lookup->unmatched_room = room;
	}
	lookup->unmatched[lookup->unmatched_count++] = query;
	return STATUS_NO;
}

/* Brings what the rows some places ahead say in: this thread has not looked at them yet. */
static void expect_match(const struct lookup *lookup, const struct symbol_block *block, size_t m)
{
	if (m + AHEAD < block->match_count)
		kvet_ksyms_expect_row(lookup->table, block->matches[m + AHEAD].row);
	if (m + AHEAD / 2 < block->match_count)
		__builtin_prefetch(
			kvet_ksyms_row(lookup->table, block->matches[m + AHEAD / 2].row).name);
}

static enum status put_block(struct lookup *lookup, const struct symbol_block *block)
{
	enum status status = STATUS_YES;
	size_t m = 0;

	for (size_t i = 0; i < block->count; i++) {
		const struct kvet_ksyms_query *query = &block->queries[i];
		size_t count = block->ends[i] - m;

		for (; m < block->ends[i] && !context_stopped(lookup->context); m++) {
			expect_match(lookup, block, m);
			symbol_record_put(lookup->context, &lookup->view, &block->matches[m],
					  query->text, count);
		}
		m = block->ends[i];
		lookup->found += count;
		if (!count && !(kvet_ksyms_hidden(lookup->table) && asks_address(query)))
			status = status_worst(status, note_unmatched(lookup, query->text));
	}
	return status;
}

static enum status answer(struct lookup *lookup)
{
	enum status status = STATUS_YES;
	struct symbol_search *search = symbol_search_new(lookup->table, &lookup->lines,
							 lookup->args->regex, &lookup->filter);

	while (search && !context_stopped(lookup->context)) {
		const struct symbol_block *block = symbol_search_next(search);

		if (block->failed) {
			status = context_failure(lookup->context, ENOMEM, "malloc");
			break;
		}
		if (!block->count)
			break;
		status = status_worst(status, put_block(lookup, block));
		if (status == STATUS_ERROR)
			break;
	}
	if (!search)
		status = context_failure(lookup->context, ENOMEM, "malloc");
	symbol_search_free(search);
	return status;
}

static void explain_query(struct lookup *lookup, const struct kvet_ksyms *table, const char *text)
{
	struct kvet_ksyms_query query;
	struct kvet_cause cause;
	char reason[sizeof(cause.evidence) + sizeof(cause.remedy) + 2];

	if (kvet_ksyms_query_parse(&query, text, lookup->args->regex, NULL))
		return;
	kvet_ksyms_absent_cause(&lookup->context->host, table, &query, &lookup->filter, &cause);
	kvet_ksyms_query_deinit(&query);
	snprintf(reason, sizeof(reason), "%s%s%s", cause.evidence,
		 *cause.evidence && *cause.remedy ? "; " : "", cause.remedy);
	context_note(lookup->context, "no match for '%s'%s%s", text, *reason ? ": " : "", reason);
	lookup->reasons[lookup->reason_count] = strdup(reason);
	lookup->reason_count += lookup->reasons[lookup->reason_count] != NULL;
}

/* Why the first queries without a match have none. A table that was made for the queries does
 * not know: then the whole one is loaded. */
static void explain(struct lookup *lookup, const char *path)
{
	struct context *context = lookup->context;
	struct kvet_ksyms *whole = NULL;
	const struct kvet_ksyms *table = lookup->table;

	if (!lookup->unmatched_count)
		return;
	if (kvet_ksyms_count(table) != kvet_ksyms_seen(table)) {
		if (symbols_open(context, &lookup->args->symbols, path, NULL, 0, &whole) !=
		    STATUS_YES)
			return;
		table = whole;
	}
	for (size_t i = 0; i < lookup->unmatched_count && i < REASONS_MOST; i++)
		explain_query(lookup, table, lookup->unmatched[i]);
	if (lookup->unmatched_count > REASONS_MOST)
		context_note(context, "%zu more have no match",
			     lookup->unmatched_count - REASONS_MOST);
	kvet_ksyms_free(whole);
}

static void put_summary(struct lookup *lookup)
{
	const struct kvet_cause *not_iterator = kvet_ksyms_not_iterator(lookup->table);
	char reason[sizeof(not_iterator->source) + sizeof(not_iterator->evidence) + 2];
	size_t seen = kvet_ksyms_seen(lookup->table);

	if (not_iterator)
		snprintf(reason, sizeof(reason), "%s: %s", not_iterator->source,
			 not_iterator->evidence);
	const struct value summary[SUMMARY_COUNT] = {
		[QUERIES] = value_integer((int64_t)lookup->count),
		[MATCHES] = value_integer((int64_t)lookup->found),
		[UNMATCHED] = value_list(lookup->unmatched, lookup->unmatched_count),
		[SYMBOLS] = seen ? value_integer((int64_t)seen) : value_absent(),
		[REASONS] = value_list((const char *const *)lookup->reasons, lookup->reason_count),
		[SOURCE] = value_string(kvet_ksyms_kind_name(kvet_ksyms_source(lookup->table))),
		[SOURCE_REASON] = value_string(not_iterator ? reason : NULL),
	};

	output_summary(lookup->context->output, &summary_schema, summary);
}

static enum status symbolize(struct lookup *lookup)
{
	for (size_t i = 0; i < lookup->lines.count && !context_stopped(lookup->context); i++) {
		struct kvet_error err = { 0 };
		char *text;
		size_t found;

		if (kvet_ksyms_annotate(lookup->table, lookup->lines.items[i].text, &text, &found,
					&err)) {
			context_error(lookup->context, &err.cause);
			return STATUS_ERROR;
		}
		const struct value values[LINE_COUNT] = {
			[LINE_TEXT] = value_string(text),
			[LINE_ANNOTATED] = value_integer((int64_t)found),
		};

		output_record(lookup->context->output, &line_schema, values);
		lookup->found += found;
		free(text);
	}
	lookup->count = lookup->lines.count;
	return lookup->found ? STATUS_YES : STATUS_NO;
}

static void lookup_free(struct lookup *lookup)
{
	for (size_t i = 0; i < lookup->first_count; i++)
		kvet_ksyms_query_deinit(&lookup->first[i]);
	for (size_t i = 0; i < lookup->reason_count; i++)
		free(lookup->reasons[i]);
	free(lookup->unmatched);
	kvet_ksyms_sites_free(lookup->sites);
	kvet_ksyms_free(lookup->table);
	lines_free(&lookup->lines);
}

/* The operands, "-" among them, and what --file names. */
static enum status read_lines(struct lookup *lookup, const char *const *operands, size_t count)
{
	struct context *context = lookup->context;
	const char *kallsyms = lookup->args->symbols.kallsyms, *file = lookup->args->file;
	bool from_stdin = file ? !strcmp(file, "-") : !count && lookup->args->symbolize;
	enum status status = STATUS_YES;

	for (size_t i = 0; i < count && status == STATUS_YES; i++) {
		bool all = !strcmp(operands[i], "-");

		if (all && from_stdin)
			return context_usage(context, "standard input can be read once");
		from_stdin = from_stdin || all;
		if (kallsyms && !strcmp(kallsyms, "-") && from_stdin)
			break;
		status = all ? lines_read(context, &lookup->lines, "-")
			     : lines_add(context, &lookup->lines, operands[i]);
	}
	if (kallsyms && !strcmp(kallsyms, "-") && from_stdin)
		return context_usage(context,
				     "standard input is the table or the queries, not both");
	if (status == STATUS_YES && file)
		status = lines_read(context, &lookup->lines, file);
	if (status == STATUS_YES && !count && !file && lookup->args->symbolize)
		return lines_read(context, &lookup->lines, "-");
	if (status == STATUS_YES && !count && !file)
		return context_usage(context, "ksyms lookup wants QUERY..., or --file FILE");
	return status;
}

/* Whether all queries are queries: before anything is read for them. */
static enum status check_queries(struct lookup *lookup)
{
	struct kvet_error err;

	for (size_t i = 0; i < lookup->lines.count; i++) {
		const struct line *line = &lookup->lines.items[i];
		struct kvet_ksyms_query query;

		if (symbol_search_skips(line))
			continue;
		if (!kvet_ksyms_query_parse(&query, line->text, lookup->args->regex, &err)) {
			if (lookup->count++ < FIRST_MOST)
				lookup->first[lookup->first_count++] = query;
			else
				kvet_ksyms_query_deinit(&query);
			continue;
		}
		if (err.cause.errnum != EINVAL) {
			context_error(lookup->context, &err.cause);
			return STATUS_ERROR;
		}
		if (line->from)
			return context_usage(lookup->context, "%s:%zu: %s", line->from,
					     line->number, err.cause.evidence);
		return context_usage(lookup->context, "%s", err.cause.evidence);
	}
	return STATUS_YES;
}

static enum status load(struct lookup *lookup)
{
	const struct args *args = lookup->args;
	/* These look at rows that the queries do not name. */
	bool whole =
		args->symbolize || args->suffixes || args->attachable || lookup->count > FIRST_MOST;
	struct kvet_error err = { 0 };
	enum status status =
		symbols_open(lookup->context, &args->symbols, args->symbols.kallsyms,
			     whole ? NULL : lookup->first, lookup->first_count, &lookup->table);

	if (status != STATUS_YES || !args->attachable)
		return status;
	if (!kvet_ksyms_sites_read(&lookup->sites, &lookup->context->host, &err))
		return STATUS_YES;
	context_error(lookup->context, &err.cause);
	return STATUS_ERROR;
}

static enum status perform(struct lookup *lookup, const char *const *operands, size_t count)
{
	const struct args *args = lookup->args;
	const char *path = args->symbols.kallsyms;
	enum status status = symbols_filter(lookup->context, &args->symbols, &lookup->filter);

	lookup->filter.suffixes = args->suffixes;
	if (status == STATUS_YES && args->symbolize &&
	    (args->regex || args->suffixes || args->attachable || args->demangle))
		return context_usage(lookup->context,
				     "--symbolize copies text: --regex, --suffixes, "
				     "--attachable and --demangle are for queries");
	if (status == STATUS_YES)
		status = read_lines(lookup, operands, count);
	if (status == STATUS_YES && !args->symbolize)
		status = check_queries(lookup);
	if (status == STATUS_YES)
		status = load(lookup);
	if (status != STATUS_YES)
		return status;
	lookup->view = (struct symbol_view){ lookup->table, lookup->sites, args->demangle };
	status = args->symbolize ? symbolize(lookup) : answer(lookup);
	if (status == STATUS_ERROR)
		return status;
	explain(lookup, path);
	if (kvet_ksyms_hidden(lookup->table)) {
		struct kvet_cause cause;

		kvet_ksyms_hidden_cause(&lookup->context->host, path, &cause);
		context_error(lookup->context, &cause);
		status = STATUS_UNDETERMINED;
	}
	put_summary(lookup);
	return status;
}

static enum status run(struct context *context, const void *args, const char *const *operands,
		       size_t count)
{
	struct lookup lookup = { .context = context, .args = args };
	enum status status = perform(&lookup, operands, count);

	lookup_free(&lookup);
	return status;
}

const struct command ksyms_lookup_command = {
	.name = "ksyms lookup",
	.summary = "Every address of a kernel symbol, every symbol at an address",
	.operands = "QUERY...",
	.operands_help =
		"QUERY is a name, MODULE:NAME, SYM+OFF[/SIZE], an address in hexadecimal with or\n"
		"without 0x, a range of two (FIRST-END), a glob (*?[), or - for queries from\n"
		"standard input, one a line.",
	.operands_least = 0,
	.operands_most = SIZE_MAX,
	.options = options,
	.schemas = schemas,
	.summary_schema = &summary_schema,
	.args_size = sizeof(struct args),
	.run = run,
};
