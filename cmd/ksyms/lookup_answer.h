/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The answers of kvet ksyms lookup: records, reasons and the summary. */
#ifndef CMD_KSYMS_LOOKUP_ANSWER_H
#define CMD_KSYMS_LOOKUP_ANSWER_H

#include <kvet/ksyms_text.h>

#include "line_stream.h"
#include "lines.h"
#include "symbol_record.h"
#include "symbols.h"

/* For up to this many queries the library selects rows in one pass over the table. More are not
 * kept: each is parsed again when it is answered. */
#define FIRST_MOST 16

/* How many queries without a match are explained: a reason may take a search of all names. */
#define REASONS_MOST 16

struct lookup_args {
	struct symbols_args symbols;
	const char *file;
	bool regex;
	bool suffixes;
	bool attachable;
	bool demangle;
	bool symbolize;
	const char *offset;
};

/* The state of one run. */
struct lookup {
	struct context *context;
	const struct lookup_args *args;
	struct kvet_ksyms_filter filter;
	struct symbol_file file;   /* of the table */
	struct line_stream stream; /* of --file, if that is a stream */
	bool streams;       /* queries or text come as a stream, and are answered as they come */
	struct lines lines; /* all of them, or those read so far */
	struct kvet_ksyms_query first[FIRST_MOST]; /* queries that the table is made for */
	size_t first_count;
	size_t count;
	struct kvet_ksyms *table;
	struct kvet_kprobe_facts facts; /* with --attachable */
	struct kvet_kprobe_ways *ways;  /* likewise */
	struct symbol_view view;        /* made of the two above */
	struct kvet_ksyms_log *log;     /* with --symbolize */
	int64_t offset;

	size_t found;
	const char **unmatched; /* copies, if they come from a stream */
	size_t unmatched_count, missed, explained;
	char *reasons[REASONS_MOST];
	size_t reason_count;
};

extern const struct schema lookup_line_schema, lookup_summary_schema;

/* Answers the lines, which are all valid queries: one record for each match. */
enum status lookup_answer(struct lookup *lookup);

/* --symbolize, step by step: checks the options before the table is loaded; opens the log of that
 * table; reads a regular file ahead, since a kernel prints its offset last; completes the lines
 * read so far. All return STATUS_YES, or the status to return. */
#define LOOKUP_OFFSET_FORM "a hexadecimal number, 0x1d000000 or -1d000000"
enum status lookup_check_text(struct lookup *lookup);
enum status lookup_open_text(struct lookup *lookup);
enum status lookup_look_ahead(struct lookup *lookup, int fd);
enum status lookup_symbolize(struct lookup *lookup);

/* Explains the first queries without a match that are not explained yet. The table must be
 * whole. */
void lookup_explain_with(struct lookup *lookup, const struct kvet_ksyms *table);

/* The same at the end. If the table was made for the queries only, the whole one is loaded
 * first. */
void lookup_explain(struct lookup *lookup);
void lookup_put_summary(struct lookup *lookup);
void lookup_free(struct lookup *lookup);

#endif
