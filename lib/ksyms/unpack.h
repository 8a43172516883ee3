/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Decompresses bytes while they are read. Pure: bytes come from a function. */
#ifndef KVET_KSYMS_UNPACK_H
#define KVET_KSYMS_UNPACK_H

#include <stdbool.h>

#include "ksyms/bytes.h"

/*
 * The output may be this many times the input, not counting the first KSYMS_UNPACK_FREE bytes.
 * Symbol tables and kernels shrink to a tenth of their size, and rarely below a thirtieth; a
 * decompression bomb shrinks to a thousandth.
 */
#define KSYMS_UNPACK_RATIO 100
#define KSYMS_UNPACK_FREE  (64ULL << 20)

/* The result of one step of decompression. */
enum ksyms_step {
	KSYMS_STEP_MORE, /* more input, or more room, is required */
	KSYMS_STEP_END,
	KSYMS_STEP_DAMAGED,
	KSYMS_STEP_UNKNOWN, /* options or a version that the library does not support */
	KSYMS_STEP_LARGE,   /* more memory than is allowed */
	KSYMS_STEP_MEMORY,  /* none is left */
};

/* What a step may read and write; it advances both. */
struct ksyms_span {
	const unsigned char *in;
	unsigned char *out;
	size_t in_size, out_size;
};

/* A format, known by its first bytes. If start is NULL, kvet cannot read it, and command is what
 * can. */
struct ksyms_format {
	const char *name;
	const char *magic;
	size_t magic_len;
	const char *command;
	void *(*start)(void); /* NULL: no memory */
	enum ksyms_step (*step)(void *state, struct ksyms_span *span);
	void (*end)(void *state);
	/* At the end of the input: whether the stream may end here. NULL: the stream marks its own
	 * end. */
	bool (*whole)(const void *state);
};

/* The format of a file that begins so, or NULL. No magic is longer than KSYMS_MAGIC_MOST. */
#define KSYMS_MAGIC_MOST 16

const struct ksyms_format *kvet_ksyms_format(const char *head, size_t len);

/*
 * Replaces bytes, whose head was read, by their decompressed content. Streams may follow one
 * another, as "cat a.gz b.gz" makes them; single: anything after the first one is ignored (an image
 * has its size there). format must be one that kvet reads. Takes the bytes over, even on failure.
 * Errors: -ENOMEM. Errors of read(), explained by why(): those of the bytes; -EBADMSG for damaged
 * or truncated data; -EFBIG for too much output; -EOPNOTSUPP for options that the library does not
 * support.
 */
int kvet_ksyms_unpack(struct ksyms_bytes *bytes, const struct ksyms_format *format,
		      const struct ksyms_head *head, bool single, struct kvet_cause *err);

#endif
