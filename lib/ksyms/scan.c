/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Text in chunks. The kernel writes /proc/kallsyms a page at a time while it is read, and takes
 * twenty times as long for it as the parser: there a second thread reads ahead (ahead.c), which
 * makes one name 4 % faster, a pattern or a whole table 10 %. One that reads the second half
 * was measured too: it makes the kernel walk the table from its start once more.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "ksyms/line.h"
#include "ksyms/scan.h"

#define CHUNK (64U << 10)

struct scan {
	struct ksyms_source source; /* first: the one is cast to the other */
	struct ksyms_bytes bytes;
	const char *label;
	char *buf;
	size_t room; /* of buf, without the pad */
	size_t start, end;
	size_t line;
	bool over;
};

static int make_room(struct scan *scan, struct kvet_error *err)
{
	size_t rest = scan->end - scan->start, room = scan->room;
	char *grown;

	memmove(scan->buf, scan->buf + scan->start, rest);
	scan->start = 0;
	scan->end = rest;
	/* A line may be as long as it likes, but is read in no more than twice its bytes. */
	if (rest < room)
		return 0;
	grown = realloc(scan->buf, room * 2 + KSYMS_LINE_PAD);
	if (!grown)
		return kvet_fail_memory(err);
	scan->buf = grown;
	scan->room = room * 2;
	return 0;
}

static int refill(struct scan *scan, struct kvet_error *err)
{
	ssize_t got;
	int ret = make_room(scan, err);

	if (ret)
		return ret;
	got = scan->bytes.read(scan->bytes.ctx, scan->buf + scan->end, scan->room - scan->end);
	if (got < 0)
		return kvet_fail(err, (int)-got, "read", "%s: %s", scan->label,
				 strerror((int)-got));
	scan->end += (size_t)got;
	scan->over = got == 0;
	/* The parser stops here, however the last line ends. */
	memset(scan->buf + scan->end, '\n', KSYMS_LINE_PAD);
	return 0;
}

static int parse(struct scan *scan, struct ksyms_row rows[KSYMS_BATCH], size_t *count,
		 struct kvet_error *err)
{
	const char *s = scan->buf + scan->start, *end = scan->buf + scan->end, *wrong = NULL;

	for (*count = 0; *count < KSYMS_BATCH && s < end; ++*count) {
		const char *after = kvet_ksyms_line(s, end, &rows[*count], &wrong);

		if (!after)
			break;
		s = after;
	}
	scan->line += *count;
	scan->start = (size_t)(s - scan->buf);
	if (wrong)
		return kvet_fail(err, EINVAL, "kallsyms",
				 "%s:%zu: %s, where ADDRESS TYPE NAME [MODULE] is wanted",
				 scan->label, scan->line + 1, wrong);
	return 0;
}

static int next(struct ksyms_source *source, struct ksyms_row rows[KSYMS_BATCH], size_t *count,
		struct kvet_error *err)
{
	struct scan *scan = (struct scan *)source;

	for (;;) {
		int ret = parse(scan, rows, count, err);

		if (ret || *count)
			return ret;
		if (scan->over)
			break;
		ret = refill(scan, err);
		if (ret)
			return ret;
	}
	if (scan->start < scan->end)
		return kvet_fail(err, EINVAL, "kallsyms",
				 "%s:%zu: the last line has no end: the file was cut", scan->label,
				 scan->line + 1);
	if (!scan->line)
		return kvet_fail(err, EINVAL, "kallsyms", "%s: no symbols: the file is empty",
				 scan->label);
	return 0;
}

static void scan_close(struct ksyms_source *source)
{
	struct scan *scan = (struct scan *)source;

	if (scan->bytes.close)
		scan->bytes.close(scan->bytes.ctx);
	free(scan->buf);
	free(scan);
}

int kvet_ksyms_scan_open(struct ksyms_source **source, const struct ksyms_bytes *bytes,
			 const char *label, const char *seen, size_t seen_len,
			 struct kvet_error *err)
{
	size_t room = seen_len > CHUNK ? seen_len : CHUNK;
	struct scan *scan = calloc(1, sizeof(*scan));
	char *buf = malloc(room + KSYMS_LINE_PAD);

	if (!scan || !buf) {
		free(scan);
		free(buf);
		if (bytes->close)
			bytes->close(bytes->ctx);
		return kvet_fail_memory(err);
	}
	if (seen_len)
		memcpy(buf, seen, seen_len);
	memset(buf + seen_len, '\n', KSYMS_LINE_PAD);
	*scan = (struct scan){
		.source = { .next = next, .close = scan_close, .kind = KVET_KSYMS_TEXT },
		.bytes = *bytes,
		.label = label,
		.buf = buf,
		.room = room,
		.end = seen_len,
	};
	*source = &scan->source;
	return 0;
}
