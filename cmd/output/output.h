/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where records go: an output renders them in one format. Commands know no format, and
 * renderers know no command.
 */
#ifndef CMD_OUTPUT_OUTPUT_H
#define CMD_OUTPUT_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <kvet/cause.h>

#include "schema.h"

enum output_format {
	OUTPUT_TEXT,
	OUTPUT_JSON,
	OUTPUT_JSONL,
	OUTPUT_PROMETHEUS, /* metrics of fields marked FIELD_METRIC */
	OUTPUT_NAGIOS,     /* the line of a monitoring plugin */
	OUTPUT_NONE,       /* --quiet */
	OUTPUT_GIST,       /* output_new_gist() */
	OUTPUT_FORMAT_COUNT
};

struct output_options {
	enum output_format format;
	bool pretty;   /* JSON over several lines */
	bool verbose;  /* text shows the fields marked FIELD_DETAIL */
	bool color;    /* text may use colour */
	bool terminal; /* standard output is a terminal */
	bool unicode;  /* text may use more than ASCII */
	size_t width;  /* of the terminal; 0: no terminal, or not known */
	const char *
		columns; /* the columns that text shows, see columns.h; NULL: the schema's choice */
	void (*before_write)(void); /* on a terminal: clears the progress line; may be NULL */
};

struct output;

/* Opens an output on stream, which the caller still owns. Returns NULL if there is no memory. */
struct output *output_new(FILE *stream, const struct output_options *options, const char *command);
void output_free(struct output *output);

/* Records come as they happen, not as one answer: each is written at once. */
void output_live(struct output *output);

/* Records come in bursts, each written by output_flush(): columns are made wide enough for later
 * records. */
void output_bursts(struct output *output);
void output_flush(struct output *output);

/*
 * Announces which fields of a schema will have values, one bit for each field's number. will: the
 * FIELD_SPARSE fields that have values later, so that a live table needs no second heading. never:
 * the fields that text leaves out, because all records have the same value.
 */
void output_expect(struct output *output, const struct schema *schema, uint64_t will,
		   uint64_t never);

/* Text shows only records of this schema, and no summary: another program reads it. */
void output_only(struct output *output, const struct schema *schema);

/* Writes a record, with one value for each field of the schema. */
void output_record(struct output *output, const struct schema *schema, const struct value *values);

/*
 * Shows what fill writes to a draft: on a terminal as text, until the next draft or record replaces
 * it. Elsewhere fill is not called.
 */
typedef void (*output_draft_fill)(struct output *draft, void *context);
void output_draft(struct output *output, output_draft_fill fill, void *context);
void output_draft_clear(struct output *output);

/* Sets the summary that output_close() writes. Values, lists and strings are copied. */
void output_summary(struct output *output, const struct schema *schema, const struct value *values);

/* Writes the summary that was set as a record, and forgets it: of a command whose output is a part
 * of another one's. */
void output_summary_as_record(struct output *output);

/* An output that writes nothing and keeps the gist of the records. NULL: no memory. */
struct output *output_new_gist(const char *command);

/* What it kept: what the first record whose verdict is a no (or else undetermined) says is the
 * reason; "" if there is no such record. Valid as long as the output. */
const char *output_gist(const struct output *output, bool no);

/* Adds a cause to the document's errors. Returns false if it already has the same cause. */
bool output_error(struct output *output, const struct kvet_cause *cause);

/* The command line was wrong: the exit status is not the one of the status word "error". */
void output_wrong_use(struct output *output);

/* Closes the document with its status word ("yes", "no", "undetermined", "error").
 * Returns 0, or the negative errno of the write that failed. */
int output_close(struct output *output, const char *status);

/* Closes the document from another thread than the one that writes records, and prevents further
 * records. Waits for a record that is being written, but not for a reader that has stopped
 * reading. */
void output_interrupt(struct output *output, const char *status);

/* Tells that whoever reads the output has ended: as if a write had failed with EPIPE. */
void output_abandon(struct output *output);

/* Whether any record of these schemas, or the summary, has a metric; any may be NULL. */
bool output_has_metrics(const struct schema *const *schemas, const struct schema *summary);

/* Whether the plugin's line is a warning: all that counts is a yes, and something else is not. */
bool output_warns(const struct output *output);

/* The negative errno of the first write that failed, or 0. */
int output_failure(const struct output *output);

#endif
