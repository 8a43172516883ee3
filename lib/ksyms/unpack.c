/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "ksyms/unpack.h"

#define PACKED (64U << 10)

struct unpack {
	struct ksyms_bytes from;
	const struct ksyms_format *format;
	void *state; /* of the stream that is being unpacked; NULL: between two */
	bool single, drained, over;
	bool one;   /* stream has ended */
	int errnum; /* returned by from, or for what is wrong with its bytes */
	bool mine;  /* errnum is set here, and explained in why */
	size_t start, end;
	uint64_t taken, given;
	char why[96];
	unsigned char packed[PACKED];
};

static void fail(struct unpack *unpack, int errnum, const char *what)
{
	unpack->errnum = errnum;
	unpack->mine = true;
	snprintf(unpack->why, sizeof(unpack->why), "the %s data %s", unpack->format->name, what);
}

/* Reads more packed bytes, appended to those that are there. */
static void refill(struct unpack *unpack)
{
	size_t rest = unpack->end - unpack->start;
	ssize_t got;

	memmove(unpack->packed, unpack->packed + unpack->start, rest);
	unpack->start = 0;
	unpack->end = rest;
	got = unpack->from.read(unpack->from.ctx, (char *)unpack->packed + rest, PACKED - rest);
	if (got < 0)
		unpack->errnum = (int)-got;
	else
		unpack->end += (size_t)got;
	unpack->taken = got > 0 ? unpack->taken + (uint64_t)got : unpack->taken;
	unpack->drained = got <= 0;
}

/* Zeros after a stream are padding to a block. */
static void skip_padding(struct unpack *unpack)
{
	for (;;) {
		while (unpack->start < unpack->end && !unpack->packed[unpack->start])
			unpack->start++;
		if (unpack->drained || unpack->end - unpack->start >= KSYMS_MAGIC_MOST)
			return;
		refill(unpack);
	}
}

/* Another stream may follow, or nothing. */
static void next_stream(struct unpack *unpack)
{
	const struct ksyms_format *format;

	unpack->over = unpack->one && unpack->single;
	if (unpack->over)
		return;
	if (unpack->one)
		skip_padding(unpack);
	unpack->over = unpack->one && unpack->start == unpack->end;
	if (unpack->over || unpack->errnum)
		return;
	format = kvet_ksyms_format((const char *)unpack->packed + unpack->start,
				   unpack->end - unpack->start);
	if (format != unpack->format) {
		fail(unpack, EBADMSG, "is followed by data of another format");
		return;
	}
	unpack->state = format->start();
	if (!unpack->state)
		fail(unpack, ENOMEM, "requires more memory than is available");
}

static void after_step(struct unpack *unpack, enum ksyms_step step)
{
	switch (step) {
	case KSYMS_STEP_MORE:
		break;
	case KSYMS_STEP_END:
		unpack->format->end(unpack->state);
		unpack->state = NULL;
		unpack->one = true;
		break;
	case KSYMS_STEP_DAMAGED:
		fail(unpack, EBADMSG, "is damaged");
		break;
	case KSYMS_STEP_UNKNOWN:
		fail(unpack, EOPNOTSUPP,
		     "uses options that the library on this host does not support");
		break;
	case KSYMS_STEP_LARGE:
		fail(unpack, EFBIG, "requires too much memory to unpack");
		break;
	case KSYMS_STEP_MEMORY:
		fail(unpack, ENOMEM, "requires more memory than is available");
		break;
	}
}

/* The input has ended, but the stream has not. */
static void at_end(struct unpack *unpack)
{
	const struct ksyms_format *format = unpack->format;

	if (format->whole && format->whole(unpack->state))
		after_step(unpack, KSYMS_STEP_END);
	else
		fail(unpack, EBADMSG, "is truncated");
}

/* One step; returns how many bytes it produced. Sets errnum if it cannot go on. */
static size_t unpack_step(struct unpack *unpack, char *buf, size_t size)
{
	size_t had = unpack->end - unpack->start, made;
	struct ksyms_span span = { unpack->packed + unpack->start, (unsigned char *)buf, had,
				   size };
	enum ksyms_step step = unpack->format->step(unpack->state, &span);

	made = size - span.out_size;
	unpack->start = unpack->end - span.in_size;
	unpack->given += made;
	if (unpack->given > KSYMS_UNPACK_FREE &&
	    (unpack->given - KSYMS_UNPACK_FREE) / KSYMS_UNPACK_RATIO > unpack->taken)
		fail(unpack, EFBIG, "unpacks to more than 100 times its size: not a symbol table");
	else if (step != KSYMS_STEP_MORE)
		after_step(unpack, step);
	else if (!made && had && span.in_size == had)
		fail(unpack, EBADMSG, "is damaged");
	else if (!made && !span.in_size && unpack->drained)
		at_end(unpack);
	else if (!made && !span.in_size)
		refill(unpack);
	return made;
}

static ssize_t unpack_read(void *ctx, char *buf, size_t size)
{
	struct unpack *unpack = ctx;

	while (size && !unpack->over && !unpack->errnum) {
		size_t made = 0;

		if (unpack->state)
			made = unpack_step(unpack, buf, size);
		else
			next_stream(unpack);
		/* The bytes before an error are returned first. */
		if (made)
			return (ssize_t)made;
	}
	return -unpack->errnum;
}

static const char *unpack_why(void *ctx)
{
	const struct unpack *unpack = ctx;

	if (unpack->mine)
		return unpack->why;
	return unpack->from.why ? unpack->from.why(unpack->from.ctx) : NULL;
}

static void unpack_close(void *ctx)
{
	struct unpack *unpack = ctx;

	if (unpack->state)
		unpack->format->end(unpack->state);
	ksyms_bytes_close(&unpack->from);
	free(unpack);
}

int kvet_ksyms_unpack(struct ksyms_bytes *bytes, const struct ksyms_format *format,
		      const struct ksyms_head *head, bool single, struct kvet_cause *err)
{
	/* Not cleared: a small file touches only the first pages. */
	struct unpack *unpack = malloc(sizeof(*unpack));

	if (!unpack) {
		ksyms_bytes_close(bytes);
		return kvet_fail_memory(err);
	}
	unpack->from = *bytes;
	unpack->format = format;
	unpack->state = NULL;
	unpack->single = single;
	unpack->drained = unpack->over = unpack->one = unpack->mine = false;
	unpack->errnum = 0;
	unpack->start = 0;
	unpack->end = unpack->taken = head->len;
	unpack->given = 0;
	memcpy(unpack->packed, head->text, head->len);
	*bytes = (struct ksyms_bytes){ unpack_read, unpack_close, unpack, unpack_why };
	return 0;
}
