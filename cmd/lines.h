/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Operands from a file or standard input, one per line. */
#ifndef CMD_LINES_H
#define CMD_LINES_H

#include "command.h"

struct line {
	const char *text;
	const char *from; /* the file as the user named it; NULL: the command line */
	size_t number;
	size_t size;
	bool open;    /* no line break follows */
	bool goes_on; /* a piece of a line, which continues in the next one */
};

/* Lines, and the texts of files that they are in, with NULs instead of newlines. */
struct lines {
	struct line *items;
	size_t count;
	char **files;
	size_t file_count;
	bool raw; /* lines are text that is copied: they may hold any byte */
};

/* Adds a word of the command line, which must outlive the list. Returns STATUS_YES, or the status
 * to return. */
enum status lines_add(struct context *context, struct lines *lines, const char *word);

/* Adds the lines of a file ("-": standard input), including blank ones. A NUL byte is an error
 * unless lines are raw. */
enum status lines_read(struct context *context, struct lines *lines, const char *path);

/* Adds the lines of a text that ends with a NUL. The text is changed, and must outlive the list.
 * number continues the count of lines. */
enum status lines_split(struct context *context, struct lines *lines, char *text, size_t size,
			const char *path, size_t *number);
void lines_free(struct lines *lines);

#endif
