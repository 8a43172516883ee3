/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Text in chunks. The kernel writes /proc/kallsyms a page at a time while it is read, and takes
 * twenty times as long for it as the parser. So a second thread reads ahead (ahead.c): one name is
 * 4 % faster, a pattern or a whole table 10 %. A thread that reads the second half does not help:
 * the kernel walks the table from its start again for it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
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
	size_t line; /* parsed so far */
	uint64_t total;
	bool any; /* a symbol was found */
	bool over;
};

static int make_room(struct scan *scan, struct kvet_cause *err)
{
	size_t rest = scan->end - scan->start, room = scan->room;

	memmove(scan->buf, scan->buf + scan->start, rest);
	scan->start = 0;
	scan->end = rest;
	if (rest < room)
		return 0;
	if (room >= KSYMS_LINE_MOST)
		return kvet_reject(err, E2BIG, "kallsyms", "%s:%zu: the line is longer than %u MiB",
				   scan->label, scan->line + 1, KSYMS_LINE_MOST >> 20);
	if (!ARRAY_RESIZE(scan->buf, room * 2 + KSYMS_LINE_PAD))
		return kvet_fail_memory(err);
	scan->room = room * 2;
	return 0;
}

static int refill(struct scan *scan, struct kvet_cause *err)
{
	ssize_t got;
	int ret = make_room(scan, err);

	if (ret)
		return ret;
	got = scan->bytes.read(scan->bytes.ctx, scan->buf + scan->end, scan->room - scan->end);
	if (got < 0)
		return kvet_ksyms_bytes_fail(&scan->bytes, scan->label, (int)-got, err);
	scan->end += (size_t)got;
	scan->total += (uint64_t)got;
	if (scan->total > KSYMS_TEXT_MOST)
		return kvet_reject(err, E2BIG, "kallsyms",
				   "%s: larger than %u MiB: not a symbol table", scan->label,
				   KSYMS_TEXT_MOST >> 20);
	scan->over = got == 0;
	/* The parser stops here, however the last line ends. */
	memset(scan->buf + scan->end, '\n', KSYMS_LINE_PAD);
	return 0;
}

/* Debian installs this single line as /boot/System.map-VERSION. */
static bool is_stub(const char *line, size_t len)
{
	static const char text[] = " B The real System.map is in ";

	return memmem(line, len, text, sizeof(text) - 1) != NULL;
}

static int fail_line(const struct scan *scan, const char *line, const char *wrong,
		     struct kvet_cause *err)
{
	size_t len = strcspn(line, "\n");

	if (!is_stub(line, len))
		return kvet_reject(err, EINVAL, "kallsyms",
				   "%s:%zu: %s: expected ADDRESS TYPE NAME [MODULE]", scan->label,
				   scan->line + 1, wrong);
	kvet_reject(err, EINVAL, "kallsyms", "%s: a placeholder without symbols: \"%.*s\"",
		    scan->label, (int)(len - strcspn(line, "T")), line + strcspn(line, "T"));
	if (err)
		kvet_cause_remedy(err, "install that package and name its System.map, or "
				       "read a copy of /proc/kallsyms of that kernel");
	return -EINVAL;
}

static int parse(struct scan *scan, struct ksyms_row rows[KSYMS_BATCH], size_t *count,
		 struct kvet_cause *err)
{
	static const char mark[] = "\xef\xbb\xbf";
	const char *s = scan->buf + scan->start, *end = scan->buf + scan->end, *wrong = NULL;

	/* The byte order mark that editors on Windows put before UTF-8. */
	if (s == scan->buf && !scan->line && end - s >= 3 && !memcmp(s, mark, 3))
		s += 3;
	for (*count = 0; *count < KSYMS_BATCH && s < end; scan->line++) {
		const char *after = kvet_ksyms_line(s, end, &rows[*count], &wrong);

		if (!after)
			break;
		s = after;
		*count += rows[*count].name != NULL;
	}
	scan->start = (size_t)(s - scan->buf);
	scan->any |= *count > 0;
	return wrong ? fail_line(scan, s, wrong, err) : 0;
}

static int next(struct ksyms_source *source, struct ksyms_row rows[KSYMS_BATCH], size_t *count,
		struct kvet_cause *err)
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
		return kvet_reject(err, EINVAL, "kallsyms",
				   "%s:%zu: the last line has no line break: the file is truncated",
				   scan->label, scan->line + 1);
	if (!scan->any)
		return kvet_reject(err, EINVAL, "kallsyms", "%s: no symbols: %s", scan->label,
				   scan->line ? "no line defines one" : "the file is empty");
	return 0;
}

static void scan_close(struct ksyms_source *source)
{
	struct scan *scan = (struct scan *)source;

	ksyms_bytes_close(&scan->bytes);
	free(scan->buf);
	free(scan);
}

int kvet_ksyms_scan_open(struct ksyms_source **source, const struct ksyms_bytes *bytes,
			 const char *label, const char *seen, size_t seen_len,
			 struct kvet_cause *err)
{
	size_t room = seen_len > CHUNK ? seen_len : CHUNK;
	struct scan *scan = calloc(1, sizeof(*scan));
	char *buf = malloc(room + KSYMS_LINE_PAD);

	if (!scan || !buf) {
		free(scan);
		free(buf);
		ksyms_bytes_close(bytes);
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
