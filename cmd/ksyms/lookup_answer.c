/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "lookup_answer.h"
#include "shared.h"
#include "symbol_search.h"

/* How many rows are prefetched at a time. */
#define AHEAD 16

/* How many queries without a match a stream keeps for the summary. */
#define UNMATCHED_MOST (64U << 10)

enum {
	QUERIES,
	MATCHES,
	UNMATCHED,
	UNMATCHED_COUNT,
	SYMBOLS,
	REASONS,
	SOURCE,
	SOURCE_REASON,
	SUMMARY_COUNT
};

static const struct field summary_fields[] = {
	[QUERIES] = { "queries", FIELD_INTEGER, "number of queries", FIELD_DETAIL },
	[MATCHES] = { "matches", FIELD_INTEGER, "rows found for all queries", FIELD_DETAIL },
	[UNMATCHED] = { "unmatched", FIELD_LIST, "queries with no match", FIELD_DETAIL },
	[UNMATCHED_COUNT] = { "unmatched_count", FIELD_INTEGER, "number of queries with no match",
			      FIELD_DETAIL },
	[SYMBOLS] = { "symbols", FIELD_INTEGER, "rows in the table; null: not all were read",
		      FIELD_DETAIL },
	[REASONS] = { "reasons", FIELD_LIST, "why the first of these have no match", FIELD_DETAIL },
	[SOURCE] = { "source", FIELD_STRING, "source of the table: text, iter, file or elf",
		     FIELD_DETAIL },
	[SOURCE_REASON] = { "source_reason", FIELD_STRING, "why the iterator was not used",
			    FIELD_DETAIL },
};

const struct schema lookup_summary_schema = SCHEMA("summary", summary_fields);

/* Whether the query cannot be answered by a table with hidden addresses. */
static bool asks_address(const struct kvet_ksyms_query *query)
{
	return query->kind == KVET_KSYMS_RANGE || query->has_address;
}

static enum status note_unmatched(struct lookup *lookup, const char *query)
{
	lookup->missed++;
	if (lookup->streams && lookup->unmatched_count == UNMATCHED_MOST)
		return STATUS_NO;
	if (!ARRAY_MORE(lookup->unmatched, lookup->unmatched_count) ||
	    (lookup->streams && !(query = strdup(query))))
		return context_failure(lookup->context, ENOMEM, "malloc");
	lookup->unmatched[lookup->unmatched_count++] = query;
	return STATUS_NO;
}

static enum status put_block(struct lookup *lookup, const struct symbol_block *block)
{
	const struct kvet_ksyms_matches *matches = &block->matches;
	struct kvet_symbol symbols[AHEAD];
	enum status status = STATUS_YES;
	size_t m = 0;

	for (size_t i = 0; i < block->count; i++) {
		const struct kvet_ksyms_query *query = &block->queries[i];
		size_t count = block->ends[i] - m;

		for (; m < block->ends[i] && !context_stopped(lookup->context); m++) {
			if (m % AHEAD == 0)
				kvet_ksyms_rows(lookup->table, &matches->items[m],
						matches->count - m < AHEAD ? matches->count - m
									   : AHEAD,
						symbols);
			status = status_worst(
				status, symbol_record_put(lookup->context, &lookup->view,
							  &matches->items[m], &symbols[m % AHEAD],
							  query->text, count));
		}
		m = block->ends[i];
		lookup->found += count;
		if (!count && !(kvet_ksyms_hidden(lookup->table) && asks_address(query)))
			status = status_worst(status, note_unmatched(lookup, query->text));
	}
	return status;
}

enum status lookup_answer(struct lookup *lookup)
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
	/* No kernel symbol has these characters. */
	const char *log =
		strpbrk(text, " \t<") ? "use --symbolize for lines of a log or a stack trace" : "";
	char reason[sizeof(cause.evidence) + sizeof(cause.remedy) + 64];

	if (kvet_ksyms_query_parse(&query, text, lookup->args->regex, NULL))
		return;
	kvet_ksyms_absent_cause(&lookup->context->host, table, &query, &lookup->filter, &cause);
	kvet_ksyms_query_deinit(&query);
	snprintf(reason, sizeof(reason), "%s%s%s%s%s", cause.evidence,
		 *cause.evidence && *cause.remedy ? "; " : "", cause.remedy,
		 *log && (*cause.evidence || *cause.remedy) ? "; " : "", log);
	context_note(lookup->context, "no match for '%s'%s%s", text, *reason ? ": " : "", reason);
	lookup->reasons[lookup->reason_count] = strdup(reason);
	lookup->reason_count += lookup->reasons[lookup->reason_count] != NULL;
}

void lookup_explain_with(struct lookup *lookup, const struct kvet_ksyms *table)
{
	for (; lookup->explained < lookup->unmatched_count && lookup->explained < REASONS_MOST;
	     lookup->explained++)
		explain_query(lookup, table, lookup->unmatched[lookup->explained]);
}

void lookup_explain(struct lookup *lookup)
{
	struct context *context = lookup->context;
	struct kvet_ksyms *whole = NULL;
	const struct kvet_ksyms *table = lookup->table;

	if (!lookup->unmatched_count)
		return;
	if (kvet_ksyms_count(table) != kvet_ksyms_seen(table)) {
		if (symbols_open(context, &lookup->args->symbols, &lookup->file, NULL, 0, &whole) !=
		    STATUS_YES)
			return;
		table = whole;
	}
	lookup_explain_with(lookup, table);
	if (lookup->missed > REASONS_MOST)
		context_note(context, "%zu more queries have no match",
			     lookup->missed - REASONS_MOST);
	shared_symbols_release(context, whole);
}

void lookup_put_summary(struct lookup *lookup)
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
		[UNMATCHED_COUNT] = value_integer((int64_t)lookup->missed),
		[SYMBOLS] = seen ? value_integer((int64_t)seen) : value_absent(),
		[REASONS] = value_list((const char *const *)lookup->reasons, lookup->reason_count),
		[SOURCE] = value_string(kvet_ksyms_kind_name(kvet_ksyms_source(lookup->table))),
		[SOURCE_REASON] = value_string(not_iterator ? reason : NULL),
	};

	output_summary(lookup->context->output, &lookup_summary_schema, summary);
}

void lookup_free(struct lookup *lookup)
{
	for (size_t i = 0; i < lookup->first_count; i++)
		kvet_ksyms_query_deinit(&lookup->first[i]);
	for (size_t i = 0; i < lookup->reason_count; i++)
		free(lookup->reasons[i]);
	for (size_t i = 0; lookup->streams && i < lookup->unmatched_count; i++)
		free((void *)(uintptr_t)lookup->unmatched[i]);
	free(lookup->unmatched);
	kvet_ksyms_log_free(lookup->log);
	kvet_kprobe_ways_close(lookup->ways);
	kvet_kprobe_facts_deinit(&lookup->facts);
	shared_symbols_release(lookup->context, lookup->table);
	lines_free(&lookup->lines);
	line_stream_close(&lookup->stream);
	symbol_file_close(&lookup->file);
}
