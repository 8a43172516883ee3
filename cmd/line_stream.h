/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Lines that are answered as they come: from a pipe, a terminal, a log of any length. */
#ifndef CMD_LINE_STREAM_H
#define CMD_LINE_STREAM_H

#include "lines.h"

struct line_stream {
	int fd;
	const char *from; /* as it is named in complaints */
	char *buf;        /* room + 1 bytes */
	size_t room, used;
	size_t whole;  /* bytes at the start that are lines already handed out */
	size_t number; /* of lines so far */
	bool over;
	bool raw;     /* a line that does not fit comes in pieces */
	bool goes_on; /* what was handed out ends in the middle of a line */
};

/* Whether a path, "-" for standard input, may give its lines bit by bit. */
bool line_stream_is(const char *path);

/* raw: of a text, which is copied through, whatever is in it. Returns STATUS_YES, or what is to be
 * returned. */
enum status line_stream_open(struct context *context, struct line_stream *stream, const char *path,
			     bool raw);

/*
 * Makes lines those that are there, as many as fit into a buffer; waits for one if there is
 * none. They live until the next call. None: the stream is over, a signal has come, or nobody
 * reads what kvet writes. With any other status than STATUS_YES, lines are those before
 * what went wrong.
 */
enum status line_stream_next(struct context *context, struct line_stream *stream,
			     struct lines *lines);
void line_stream_close(struct line_stream *stream);

#endif
