/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet ksyms lookup: every address of a name, every name at an address. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"
#include "symbols.h"

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
	{ "type", 0, "LETTERS", OPTION_STRING, offsetof(struct args, symbols.type),
	  "symbols of these types alone, as nm(1) has them" },
	{ "text", 0, NULL, OPTION_FLAG, offsetof(struct args, symbols.text),
	  "functions alone: --type tTwW" },
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
	QUERY,
	ADDRESS,
	RELATIVE,
	OFFSET,
	NAME,
	DEMANGLED,
	TYPE,
	MODULE,
	EXTENT,
	SIZE,
	FIELD_MATCHES,
	ATTACHABLE,
	OBSTACLE,
	FIELD_COUNT
};

static const struct field fields[] = {
	[QUERY] = { "query", FIELD_STRING, "what was asked", 0 },
	[ADDRESS] = { "address", FIELD_ADDRESS, "of the symbol; absent where hidden", 0 },
	[RELATIVE] = { "relative", FIELD_INTEGER, "distance from _text, the same at every boot",
		       FIELD_DETAIL | FIELD_HEX },
	[OFFSET] = { "offset", FIELD_INTEGER, "of the address meant, from the symbol's",
		     FIELD_HEX },
	[NAME] = { "name", FIELD_STRING, "of the symbol", 0 },
	[DEMANGLED] = { "demangled", FIELD_STRING, "the name in Rust or C++ (--demangle)",
			FIELD_IF_ANY },
	[TYPE] = { "type", FIELD_STRING, "letter as nm(1) prints it", 0 },
	[MODULE] = { "module", FIELD_STRING, "absent for the kernel proper", 0 },
	[EXTENT] = { "extent", FIELD_INTEGER, "distance to the next address; no size",
		     FIELD_DETAIL | FIELD_HEX },
	[SIZE] = { "size", FIELD_INTEGER, "the true one; ELF files alone have it",
		   FIELD_IF_ANY | FIELD_HEX },
	[FIELD_MATCHES] = { "matches", FIELD_INTEGER, "rows of this query", FIELD_DETAIL },
	[ATTACHABLE] = { "attachable", FIELD_STRING, "by a kprobe: yes, no or undetermined",
			 FIELD_IF_ANY | FIELD_VERDICT },
	[OBSTACLE] = { "obstacle", FIELD_STRING, "what speaks against it", FIELD_IF_ANY },
};

static const struct schema symbol_schema = SCHEMA("symbol", fields);

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
static const struct schema *const schemas[] = { &symbol_schema, &line_schema, NULL };

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
	[SYMBOLS] = { "symbols", FIELD_INTEGER, "rows in the table", FIELD_DETAIL },
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
	struct kvet_ksyms_query *queries;
	size_t count;
	struct kvet_ksyms *table;
	struct kvet_ksyms_sites *sites;

	struct kvet_ksyms_match *matches; /* of one query */
	size_t match_room;
	size_t found;
	const char **unmatched;
	size_t *unmatched_at; /* places in queries */
	size_t unmatched_count;
	char *reasons[REASONS_MOST];
	size_t reason_count;
};

static void put_match(struct lookup *lookup, const char *query,
		      const struct kvet_ksyms_match *match, size_t matches)
{
	struct kvet_symbol symbol = kvet_ksyms_row(lookup->table, match->row);
	bool hidden = kvet_ksyms_hidden(lookup->table);
	const char type[] = { symbol.type, '\0' };
	char *demangled = lookup->args->demangle ? kvet_ksyms_demangle(symbol.name) : NULL;
	const char *attachable = NULL;
	char obstacle[128] = "";

	if (lookup->sites)
		attachable = kvet_verdict_name(kvet_ksyms_attachable(
			lookup->table, match->row, lookup->sites, obstacle, sizeof(obstacle)));
	const struct value values[FIELD_COUNT] = {
		[QUERY] = value_string(query),
		[ADDRESS] = hidden ? value_absent() : value_address(symbol.address),
		[RELATIVE] = symbol.has_relative ? value_integer(symbol.relative) : value_absent(),
		[OFFSET] = value_integer((int64_t)match->offset),
		[NAME] = value_string(symbol.name),
		[DEMANGLED] = value_string(demangled),
		[TYPE] = value_string(type),
		[MODULE] = value_string(symbol.module),
		[EXTENT] = symbol.extent && !symbol.size ? value_integer((int64_t)symbol.extent)
							 : value_absent(),
		[SIZE] = symbol.size ? value_integer((int64_t)symbol.size) : value_absent(),
		[FIELD_MATCHES] = value_integer((int64_t)matches),
		[ATTACHABLE] = value_string(attachable),
		[OBSTACLE] = value_string(obstacle),
	};

	output_record(lookup->context->output, &symbol_schema, values);
	free(demangled);
}

/* All matches of a query; *count of them. Returns false if memory is out. */
static bool search(struct lookup *lookup, const struct kvet_ksyms_query *query, size_t *count)
{
	struct kvet_ksyms_search search;
	struct kvet_ksyms_match match;

	*count = 0;
	kvet_ksyms_search_init(&search, lookup->table, query, &lookup->filter);
	while (kvet_ksyms_search_next(&search, &match)) {
		if (*count == lookup->match_room) {
			size_t room = lookup->match_room ? lookup->match_room * 2 : 64;
			struct kvet_ksyms_match *grown =
				realloc(lookup->matches, room * sizeof(*grown));

			if (!grown)
				return false;
			lookup->matches = grown;
			lookup->match_room = room;
		}
		lookup->matches[(*count)++] = match;
	}
	return true;
}

/* What stands at an address cannot be said of a table that hides them. */
static bool asks_address(const struct kvet_ksyms_query *query)
{
	return query->kind == KVET_KSYMS_RANGE || query->has_address;
}

static enum status answer(struct lookup *lookup)
{
	bool hidden = kvet_ksyms_hidden(lookup->table);
	enum status status = STATUS_YES;

	for (size_t i = 0; i < lookup->count && !context_stopped(lookup->context); i++) {
		const struct kvet_ksyms_query *query = &lookup->queries[i];
		size_t count;

		if (!search(lookup, query, &count))
			return context_failure(lookup->context, ENOMEM, "malloc");
		for (size_t m = 0; m < count && !context_stopped(lookup->context); m++)
			put_match(lookup, query->text, &lookup->matches[m], count);
		lookup->found += count;
		if (count || (hidden && asks_address(query)))
			continue;
		lookup->unmatched_at[lookup->unmatched_count] = i;
		lookup->unmatched[lookup->unmatched_count++] = query->text;
		status = STATUS_NO;
	}
	return status;
}

/* Why the first queries without a match have none. A table that was loaded for the queries
 * alone does not know: then the whole one is loaded. */
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
	for (size_t i = 0; i < lookup->unmatched_count; i++) {
		const struct kvet_ksyms_query *query = &lookup->queries[lookup->unmatched_at[i]];
		struct kvet_cause cause = { 0 };
		bool known;

		if (i == REASONS_MOST) {
			context_note(context, "%zu more have no match",
				     lookup->unmatched_count - i);
			break;
		}
		kvet_ksyms_absent_cause(&context->host, table, query, &lookup->filter, &cause);
		known = *cause.evidence || *cause.remedy;
		context_note(context, "no match for '%s'%s%s%s%s", query->text, known ? ": " : "",
			     cause.evidence, *cause.evidence && *cause.remedy ? "; " : "",
			     cause.remedy);
		if (asprintf(&lookup->reasons[i], "%s%s%s", cause.evidence,
			     *cause.evidence && *cause.remedy ? "; " : "", cause.remedy) < 0)
			break;
		lookup->reason_count = i + 1;
	}
	kvet_ksyms_free(whole);
}

static void put_summary(struct lookup *lookup)
{
	const struct kvet_cause *not_iterator = kvet_ksyms_not_iterator(lookup->table);
	char reason[sizeof(not_iterator->source) + sizeof(not_iterator->evidence) + 2];

	if (not_iterator)
		snprintf(reason, sizeof(reason), "%s: %s", not_iterator->source,
			 not_iterator->evidence);
	const struct value summary[SUMMARY_COUNT] = {
		[QUERIES] = value_integer((int64_t)lookup->count),
		[MATCHES] = value_integer((int64_t)lookup->found),
		[UNMATCHED] = value_list(lookup->unmatched, lookup->unmatched_count),
		[SYMBOLS] = value_integer((int64_t)kvet_ksyms_seen(lookup->table)),
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
	for (size_t i = 0; i < lookup->count && lookup->queries; i++)
		kvet_ksyms_query_deinit(&lookup->queries[i]);
	for (size_t i = 0; i < lookup->reason_count; i++)
		free(lookup->reasons[i]);
	free(lookup->queries);
	free(lookup->matches);
	free(lookup->unmatched);
	free(lookup->unmatched_at);
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

/* Lines of a file may be blank; an operand may not. */
static enum status parse_queries(struct lookup *lookup)
{
	lookup->queries = calloc(lookup->lines.count + 1, sizeof(*lookup->queries));
	lookup->unmatched = calloc(lookup->lines.count + 1, sizeof(*lookup->unmatched));
	lookup->unmatched_at = calloc(lookup->lines.count + 1, sizeof(*lookup->unmatched_at));
	if (!lookup->queries || !lookup->unmatched || !lookup->unmatched_at)
		return context_failure(lookup->context, ENOMEM, "malloc");
	for (size_t i = 0; i < lookup->lines.count; i++) {
		const struct line *line = &lookup->lines.items[i];
		struct kvet_error err = { 0 };

		if (line->from && !line->text[strspn(line->text, " \t")])
			continue;
		if (!kvet_ksyms_query_parse(&lookup->queries[lookup->count], line->text,
					    lookup->args->regex, &err)) {
			lookup->count++;
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
	bool whole = args->symbolize || args->suffixes || args->attachable;
	struct kvet_error err = { 0 };
	enum status status =
		symbols_open(lookup->context, &args->symbols, args->symbols.kallsyms,
			     whole ? NULL : lookup->queries, lookup->count, &lookup->table);

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
	if (status == STATUS_YES)
		status = read_lines(lookup, operands, count);
	if (status == STATUS_YES && !args->symbolize)
		status = parse_queries(lookup);
	if (status == STATUS_YES)
		status = load(lookup);
	if (status != STATUS_YES)
		return status;
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
