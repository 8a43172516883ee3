/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The answers of kvet ksyms lookup: what has come of the queries, and what is said of it. */
#ifndef CMD_KSYMS_LOOKUP_ANSWER_H
#define CMD_KSYMS_LOOKUP_ANSWER_H

#include "line_stream.h"
#include "lines.h"
#include "symbol_record.h"
#include "symbols.h"

/* For so many queries the library goes through the table without loading it; of more, none has
 * to be kept: they are taken apart again when it is their turn. */
#define FIRST_MOST 16

/* Of so many queries without a match the reason is sought; it may take a look at all names. */
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

/* One run: what was asked, and what has come of it so far. */
struct lookup {
	struct context *context;
	const struct lookup_args *args;
	struct kvet_ksyms_filter filter;
	struct symbol_file file;   /* of the table */
	struct line_stream stream; /* of --file, if it comes bit by bit */
	bool streams;              /* what is asked comes bit by bit, and is answered so */
	struct lines lines;        /* all of them, or those that have come */
	struct kvet_ksyms_query first[FIRST_MOST]; /* what a table can be made for */
	size_t first_count;
	size_t count;
	struct kvet_ksyms *table;
	struct kvet_kprobe_facts facts; /* with --attachable */
	struct kvet_kprobe_ways *ways;  /* likewise */
	struct symbol_view view;        /* of the two above */
	struct kvet_ksyms_log *log;     /* with --symbolize */
	int64_t offset;

	size_t found;
	const char **unmatched; /* of a stream they are copies */
	size_t unmatched_count, missed, explained;
	char *reasons[REASONS_MOST];
	size_t reason_count;
};

extern const struct schema lookup_line_schema, lookup_summary_schema;

/* Answers the lines, which all are queries: a row for each match. */
enum status lookup_answer(struct lookup *lookup);

/* What --symbolize takes, before the table is loaded; the log of that table; what a regular file
 * has to say of its kernel at its end, before its first line; the lines that have come, copied
 * through and completed. All return STATUS_YES, or what is to be returned. */
#define LOOKUP_OFFSET_FORM "a hexadecimal number, 0x1d000000 or -1d000000"
enum status lookup_check_text(struct lookup *lookup);
enum status lookup_open_text(struct lookup *lookup);
enum status lookup_look_ahead(struct lookup *lookup, int fd);
enum status lookup_symbolize(struct lookup *lookup);

/* Says why the first queries that have no match have none, as far as that was not said. The
 * table is whole. */
void lookup_explain_with(struct lookup *lookup, const struct kvet_ksyms *table);

/* The same at the end. A table that was made for the queries does not know: then the whole one
 * is loaded, from path. */
void lookup_explain(struct lookup *lookup);
void lookup_put_summary(struct lookup *lookup);
void lookup_free(struct lookup *lookup);

#endif
