/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet ksyms lookup --symbolize: copies text, completing its symbols and addresses. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lookup_answer.h"

#define CHUNK (1U << 20)

enum {
	LINE_TEXT,
	LINE_ANNOTATED,
	LINE_CONTINUES,
	LINE_COUNT
};

static const struct field line_fields[] = {
	[LINE_TEXT] = { "line", FIELD_LINE, "completed line of the text (--symbolize)", 0 },
	[LINE_ANNOTATED] = { "annotated", FIELD_INTEGER, "number of places completed", 0 },
	[LINE_CONTINUES] = { "continues", FIELD_BOOLEAN, "the line continues in the next record",
			     0 },
};

const struct schema lookup_line_schema = SCHEMA("line", line_fields);

/* Hexadecimal, with or without 0x and a sign. */
static bool parse_offset(const char *word, int64_t *offset)
{
	bool back = *word == '-';
	const char *digits = word + (back || *word == '+');
	char *end;
	uint64_t value;

	if (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X'))
		digits += 2;
	if (!*digits || strspn(digits, "0123456789abcdefABCDEF") != strlen(digits) ||
	    strlen(digits) > 16)
		return false;
	value = strtoull(digits, &end, 16);
	*offset = (int64_t)(back ? -value : value);
	return true;
}

enum status lookup_check_text(struct lookup *lookup)
{
	const struct lookup_args *args = lookup->args;

	if (args->offset && !parse_offset(args->offset, &lookup->offset))
		return context_usage(lookup->context,
				     "--offset requires " LOOKUP_OFFSET_FORM ", not '%s'",
				     args->offset);
	return STATUS_YES;
}

enum status lookup_open_text(struct lookup *lookup)
{
	const struct kvet_ksyms_log_options options = {
		.filter = &lookup->filter,
		.demangle = lookup->args->demangle,
		.has_offset = lookup->args->offset != NULL,
		.offset = lookup->offset,
	};
	struct kvet_cause err = { 0 };

	if (!kvet_ksyms_log_new(&lookup->log, lookup->table, &options, &err))
		return STATUS_YES;
	context_error(lookup->context, &err);
	return STATUS_ERROR;
}

/* Reads the rest of a file ahead, a chunk of whole lines at a time. */
static enum status look_ahead(struct lookup *lookup, int fd, char *chunk)
{
	off_t at = lseek(fd, 0, SEEK_CUR);
	struct kvet_cause err = { 0 };
	ssize_t got;

	while (at >= 0 && (got = pread(fd, chunk, CHUNK, at)) > 0 &&
	       !context_stopped(lookup->context)) {
		const char *newline = memrchr(chunk, '\n', (size_t)got);
		size_t len = newline ? (size_t)(newline + 1 - chunk) : (size_t)got;

		if (kvet_ksyms_log_expect(lookup->log, chunk, len, &err)) {
			context_error(lookup->context, &err);
			return STATUS_ERROR;
		}
		at += (off_t)len;
	}
	/* A read error is reported when the lines themselves are read. */
	return STATUS_YES;
}

enum status lookup_look_ahead(struct lookup *lookup, int fd)
{
	struct stat st;
	enum status status;
	char *chunk;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return STATUS_YES;
	chunk = malloc(CHUNK);
	if (!chunk)
		return context_failure(lookup->context, ENOMEM, "malloc");
	status = look_ahead(lookup, fd, chunk);
	free(chunk);
	return status;
}

enum status lookup_symbolize(struct lookup *lookup)
{
	struct context *context = lookup->context;

	for (size_t i = 0; i < lookup->lines.count && !context_stopped(context); i++) {
		const struct line *line = &lookup->lines.items[i];
		struct kvet_cause err = { 0 };
		struct kvet_ksyms_text text;
		struct kvet_cause doubt;

		if (kvet_ksyms_log_line(lookup->log, line->text, line->size, line->goes_on, &text,
					&err)) {
			context_error(context, &err);
			return STATUS_ERROR;
		}
		const struct value values[LINE_COUNT] = {
			[LINE_TEXT] = value_line(text.bytes, text.len, line->open),
			[LINE_ANNOTATED] = value_integer((int64_t)text.places),
			[LINE_CONTINUES] = value_boolean(line->goes_on),
		};

		output_record(context->output, &lookup_line_schema, values);
		lookup->found += text.places;
		if (kvet_ksyms_log_doubt(lookup->log, &doubt))
			context_error(context, &doubt);
	}
	lookup->count += lookup->lines.count;
	return STATUS_YES;
}
