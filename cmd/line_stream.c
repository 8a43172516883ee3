/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/array.h"
#include "line_stream.h"

/* Also the size of a pipe: kvet answers everything together that was written while the table was
 * loaded. */
#define ROOM_FIRST (1U << 20)
/* Lines are kept whole up to this length: an input without line breaks must not use up the
 * memory. */
#define ROOM_MOST  (16U << 20)
/* A line that is cut is cut in the last 1/CUT_PART of the buffer. */
#define CUT_PART   16

bool line_stream_is(const char *path)
{
	struct stat stat_buf;
	int ret = strcmp(path, "-") ? stat(path, &stat_buf) : fstat(STDIN_FILENO, &stat_buf);

	return !ret && !S_ISREG(stat_buf.st_mode);
}

enum status line_stream_open(struct context *context, struct line_stream *stream, const char *path,
			     bool raw)
{
	bool is_stdin = !strcmp(path, "-");

	*stream = (struct line_stream){ .fd = STDIN_FILENO, .from = "standard input", .raw = raw };
	if (!is_stdin) {
		stream->from = path;
		stream->fd = open(path, O_RDONLY | O_CLOEXEC);
		if (stream->fd < 0)
			return context_failure(context, errno, path);
	}
	/* Fails harmlessly for anything but a pipe. */
	(void)fcntl(stream->fd, F_SETPIPE_SZ, ROOM_FIRST);
	stream->room = ROOM_FIRST;
	stream->buf = malloc(stream->room + 1);
	return stream->buf ? STATUS_YES : context_failure(context, ENOMEM, "malloc");
}

static bool would_block(const struct line_stream *stream)
{
	struct pollfd fd = { .fd = stream->fd, .events = POLLIN };

	return poll(&fd, 1, 0) == 0;
}

/* Waits until there is something to read. Returns false if reading should end. */
static bool wait_for_input(const struct context *context, const struct line_stream *stream)
{
	struct pollfd fds[1 + CONTEXT_POLLS] = { { .fd = stream->fd, .events = POLLIN } };

	context_polls(context, fds + 1);
	while (!context_stopped(context)) {
		int ready = poll(fds, sizeof(fds) / sizeof(*fds), -1);

		if (ready < 0 && errno != EINTR)
			return true; /* read() reports the error */
		if (ready > 0 && context_polled_end(context, fds + 1))
			return false;
		if (ready > 0 && fds[0].revents)
			return true;
	}
	return false;
}

static enum status grow(struct context *context, struct line_stream *stream)
{
	if (stream->room >= ROOM_MOST)
		return context_usage(context, "%s:%zu: the line is longer than %u MiB",
				     stream->from, stream->number + 1, ROOM_MOST >> 20);
	if (!ARRAY_RESIZE(stream->buf, stream->room * 2 + 1))
		return context_failure(context, ENOMEM, "malloc");
	stream->room *= 2;
	return STATUS_YES;
}

static bool is_letter(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/*
 * Where to cut a full buffer without a line break: preferably before a blank followed by a letter,
 * which is not within a SYM+OFF or an address; else between two words; else anywhere.
 */
static size_t find_cut(const struct line_stream *stream)
{
	size_t least = stream->used - stream->used / CUT_PART, between = 0;

	for (size_t i = stream->used - 2; i >= least; i--) {
		if (stream->buf[i] == ' ' && is_letter(stream->buf[i + 1]))
			return i;
		if (!between && !is_letter(stream->buf[i]) && !is_letter(stream->buf[i + 1]))
			between = i + 1;
	}
	return between ? between : stream->used;
}

/* Reads more, and sets whole to the end of the last complete line. */
static enum status fill(struct context *context, struct line_stream *stream)
{
	while (!stream->over) {
		const char *newline;
		enum status status;
		ssize_t got;

		if (stream->whole && (stream->used == stream->room || would_block(stream)))
			break;
		if (stream->raw && stream->used == stream->room) {
			stream->whole = find_cut(stream);
			stream->goes_on = true;
			break;
		}
		if (!stream->whole && !wait_for_input(context, stream)) {
			stream->over = true;
			stream->used = 0;
			break;
		}
		status = stream->used == stream->room ? grow(context, stream) : STATUS_YES;
		if (status != STATUS_YES)
			return status;
		got = read(stream->fd, stream->buf + stream->used, stream->room - stream->used);
		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (got < 0)
			return context_failure(context, errno, stream->from);
		newline = memrchr(stream->buf + stream->used, '\n', (size_t)got);
		if (newline)
			stream->whole = (size_t)(newline + 1 - stream->buf);
		stream->used += (size_t)got;
		stream->over = got == 0;
	}
	if (stream->over)
		stream->whole = stream->used;
	return STATUS_YES;
}

enum status line_stream_next(struct context *context, struct line_stream *stream,
			     struct lines *lines)
{
	enum status status;

	lines->count = 0;
	lines->raw = stream->raw;
	stream->goes_on = false;
	memmove(stream->buf, stream->buf + stream->whole, stream->used - stream->whole);
	stream->used -= stream->whole;
	stream->whole = 0;
	status = fill(context, stream);
	if (status != STATUS_YES)
		return status;
	/* Ends the last line, which has no line break. */
	stream->buf[stream->used] = '\0';
	status = lines_split(context, lines, stream->buf, stream->whole, stream->from,
			     &stream->number);
	if (status == STATUS_YES && lines->count)
		lines->items[lines->count - 1].goes_on = stream->goes_on;
	return status;
}

void line_stream_close(struct line_stream *stream)
{
	if (stream->fd > STDIN_FILENO)
		close(stream->fd);
	free(stream->buf);
	*stream = (struct line_stream){ .fd = -1 };
}
