/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where records go: an output renders them in one format. Commands know no format, and
 * renderers know no command.
 */
#ifndef CMD_OUTPUT_OUTPUT_H
#define CMD_OUTPUT_OUTPUT_H

#include <stdint.h>
#include <stdio.h>

#include <kvet/cause.h>

#include "schema.h"

enum output_format {
	OUTPUT_TEXT,
	OUTPUT_JSON,
	OUTPUT_JSONL,
	OUTPUT_NONE, /* --quiet */
	OUTPUT_FORMAT_COUNT
};

struct output_options {
	enum output_format format;
	bool pretty;                /* JSON over several lines */
	bool verbose;               /* text shows the fields marked FIELD_DETAIL */
	bool color;                 /* text may use colour */
	bool terminal;              /* text is shown to somebody as it is written */
	bool unicode;               /* text may use more than ASCII */
	size_t width;               /* of the terminal; 0: no terminal, or not known */
	const char *columns;        /* those that text shows, see columns.h; NULL: by the schema */
	void (*before_write)(void); /* on a terminal: clears what stands in the way; may be NULL */
};

struct output;

/* Opens an output on stream, which stays the caller's. Returns NULL if memory is out. */
struct output *output_new(FILE *stream, const struct output_options *options, const char *command);
void output_free(struct output *output);

/* Records come as they happen, not as one answer: show each at once. */
void output_live(struct output *output);

/* Records come in bursts, and output_flush() shows each: columns are as wide as what may come. */
void output_bursts(struct output *output);
void output_flush(struct output *output);

/*
 * What is known beforehand of a schema's fields, by the bits of their numbers: those marked
 * FIELD_SPARSE that there will be values for, and those that text has no use for, for they say the
 * same in each record. A live table is so spared a second heading.
 */
void output_expect(struct output *output, const struct schema *schema, uint64_t will,
		   uint64_t never);

/* Writes a record: as many values as the schema has fields. */
void output_record(struct output *output, const struct schema *schema, const struct value *values);

/*
 * Shows what fill writes to a draft: on a terminal, as text and until the next draft or record
 * takes its place; elsewhere not at all, and fill is not called.
 */
typedef void (*output_draft_fill)(struct output *draft, void *context);
void output_draft(struct output *output, output_draft_fill fill, void *context);
void output_draft_clear(struct output *output);

/* Sets the summary that output_close() writes. Values, lists and strings are copied. */
void output_summary(struct output *output, const struct schema *schema, const struct value *values);

/* Adds a cause to the document's errors. Returns false if the same was there already. */
bool output_error(struct output *output, const struct kvet_cause *cause);

/* Closes the document with its status word ("yes", "no", "undetermined", "error").
 * Returns 0, or the negative errno of the write that failed. */
int output_close(struct output *output, const char *status);

/* The same for another thread than the one that writes records, which will write no more: waits
 * for the record that is being written, but not for a reader that does not read. */
void output_interrupt(struct output *output, const char *status);

/* The errno of the first write that failed, negative, or 0. */
int output_failure(const struct output *output);

#endif
