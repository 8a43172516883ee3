/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Operands that come one a line: from a file, or from standard input. */
#ifndef CMD_LINES_H
#define CMD_LINES_H

#include "command.h"

struct line {
	const char *text;
	const char *from; /* the file, as it was named; NULL: the command line */
	size_t number;
	size_t size;
	bool open;    /* no line break follows */
	bool goes_on; /* it is a piece: the line goes on in the next one */
};

/* The texts of files are kept whole, with their newlines replaced. */
struct lines {
	struct line *items;
	size_t count;
	char **files;
	size_t file_count;
	bool raw; /* lines are copied through: any byte may be in them */
};

/* Adds a word of the command line, which must outlive the list. Returns STATUS_YES, or what
 * is to be returned. */
enum status lines_add(struct context *context, struct lines *lines, const char *word);

/* Adds the lines of a file, "-" for standard input; blank ones too. A NUL byte is an error, but
 * in raw lines. */
enum status lines_read(struct context *context, struct lines *lines, const char *path);

/* Adds the lines of a text, which has a NUL behind it, is changed, and must outlive the list;
 * number counts them on. */
enum status lines_split(struct context *context, struct lines *lines, char *text, size_t size,
			const char *path, size_t *number);
void lines_free(struct lines *lines);

#endif
