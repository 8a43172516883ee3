/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "core/text.h"
#include "lines.h"

#define FILE_PIECE (64U << 10)

static enum status add(struct context *context, struct lines *lines, struct line line)
{
	if (!ARRAY_MORE(lines->items, lines->count))
		return context_failure(context, ENOMEM, "malloc");
	lines->items[lines->count++] = line;
	return STATUS_YES;
}

enum status lines_add(struct context *context, struct lines *lines, const char *word)
{
	return add(context, lines, (struct line){ .text = word, .size = strlen(word) });
}

/* Reads a whole stream and appends a NUL. Returns NULL with errno set on failure. */
static char *read_all(FILE *stream, size_t *used)
{
	struct text text = { 0 };
	size_t got = 1;

	while (got && text_more(&text, FILE_PIECE + 1)) {
		got = fread(text.bytes + text.used, 1, FILE_PIECE, stream);
		text.used += got;
	}
	if (got || ferror(stream)) {
		text_free(&text);
		return NULL;
	}
	*used = text.used;
	text.bytes[text.used] = '\0';
	return text.bytes;
}

enum status lines_split(struct context *context, struct lines *lines, char *text, size_t size,
			const char *path, size_t *number)
{
	enum status status = STATUS_YES;

	for (char *end = text + size; text < end && status == STATUS_YES;) {
		char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t len;

		if (newline)
			*newline = '\0';
		++*number;
		len = (size_t)((newline ? newline : end) - text);
		if (!lines->raw && memchr(text, '\0', len))
			return context_usage(context, "%s:%zu: the line has a NUL byte", path,
					     *number);
		status = add(context, lines,
			     (struct line){ .text = text,
					    .from = path,
					    .number = *number,
					    .size = len,
					    .open = !newline });
		text = newline ? newline + 1 : end;
	}
	return status;
}

static enum status read_stream(struct context *context, struct lines *lines, FILE *stream,
			       const char *path)
{
	size_t size, number = 0;
	char *text;

	if (!ARRAY_MORE(lines->files, lines->file_count))
		return context_failure(context, ENOMEM, "malloc");
	errno = 0;
	text = read_all(stream, &size);
	if (!text)
		return context_failure(context, errno, path);
	lines->files[lines->file_count++] = text;
	return lines_split(context, lines, text, size, path, &number);
}

enum status lines_read(struct context *context, struct lines *lines, const char *path)
{
	enum status status;
	FILE *stream;

	if (!strcmp(path, "-"))
		return read_stream(context, lines, stdin, "standard input");
	stream = fopen(path, "re");
	if (!stream)
		return context_failure(context, errno, path);
	status = read_stream(context, lines, stream, path);
	fclose(stream);
	return status;
}

void lines_free(struct lines *lines)
{
	for (size_t i = 0; i < lines->file_count; i++)
		free(lines->files[i]);
	free(lines->files);
	free(lines->items);
	*lines = (struct lines){ 0 };
}
