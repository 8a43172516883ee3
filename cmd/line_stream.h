/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reads lines as they arrive from a pipe, a terminal or a log of any length. */
#ifndef CMD_LINE_STREAM_H
#define CMD_LINE_STREAM_H

#include "lines.h"

struct line_stream {
	int fd;
	const char *from; /* its name in messages */
	char *buf;        /* room + 1 bytes */
	size_t room, used;
	size_t whole;  /* bytes at the start that are returned lines */
	size_t number; /* lines read so far */
	bool over;
	bool raw;     /* a line that does not fit is returned in pieces */
	bool goes_on; /* the returned text ends within a line */
};

/* Whether a path ("-": standard input) is a stream: anything but a regular file. */
bool line_stream_is(const char *path);

/* Opens the stream. raw: the lines are text that is copied, and may hold any byte. Returns
 * STATUS_YES, or the status to return. */
enum status line_stream_open(struct context *context, struct line_stream *stream, const char *path,
			     bool raw);

/*
 * Fills lines with those that are available, up to a buffer of them; waits if there is none. They
 * are valid until the next call. lines is empty if the stream has ended, a signal came, or the
 * reader of standard output has ended. With any status but STATUS_YES, lines are those before the
 * error.
 */
enum status line_stream_next(struct context *context, struct line_stream *stream,
			     struct lines *lines);
void line_stream_close(struct line_stream *stream);

#endif
