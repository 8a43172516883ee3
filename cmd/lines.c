/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"

static enum status grow(struct context *context, struct lines *lines)
{
	size_t room = lines->room ? lines->room * 2 : 16;
	struct line *grown = realloc(lines->items, room * sizeof(*grown));

	if (!grown)
		return context_failure(context, ENOMEM, "malloc");
	lines->items = grown;
	lines->room = room;
	return STATUS_YES;
}

static enum status add(struct context *context, struct lines *lines, struct line line)
{
	if (lines->count == lines->room && grow(context, lines) != STATUS_YES)
		return STATUS_ERROR;
	lines->items[lines->count++] = line;
	return STATUS_YES;
}

enum status lines_add(struct context *context, struct lines *lines, const char *word)
{
	return add(context, lines, (struct line){ .text = (char *)(uintptr_t)word });
}

static enum status read_stream(struct context *context, struct lines *lines, FILE *stream,
			       const char *path)
{
	enum status status = STATUS_YES;
	char *line = NULL;
	size_t size = 0, number = 0;
	ssize_t len;

	errno = 0;
	while (status == STATUS_YES && (len = getline(&line, &size, stream)) > 0) {
		struct line copy = { .from = path, .number = ++number };

		if (line[len - 1] == '\n')
			line[--len] = '\0';
		copy.text = strdup(line);
		if (!copy.text)
			status = context_failure(context, ENOMEM, "malloc");
		else
			status = add(context, lines, copy);
	}
	if (status == STATUS_YES && ferror(stream))
		status = context_failure(context, errno ? errno : EIO, path);
	free(line);
	return status;
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
	for (size_t i = 0; i < lines->count; i++)
		if (lines->items[i].from)
			free(lines->items[i].text);
	free(lines->items);
	*lines = (struct lines){ 0 };
}
