/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Compressed bytes, unpacked while they are read. Pure: bytes come from a function. */
#ifndef KVET_KSYMS_UNPACK_H
#define KVET_KSYMS_UNPACK_H

#include <stdbool.h>

#include "ksyms/bytes.h"

/*
 * What was unpacked may be so many times what was read, beyond the first KSYMS_UNPACK_FREE bytes.
 * Symbol tables and kernels shrink to a tenth of their size, and rarely below a thirtieth; a file
 * that is made to fill the memory, to a thousandth.
 */
#define KSYMS_UNPACK_RATIO 100
#define KSYMS_UNPACK_FREE  (64ULL << 20)

/* What one step of unpacking came to. */
enum ksyms_step {
	KSYMS_STEP_MORE, /* it goes on: with more bytes, or more room */
	KSYMS_STEP_END,
	KSYMS_STEP_DAMAGED,
	KSYMS_STEP_UNKNOWN, /* options or a version that the library does not know */
	KSYMS_STEP_LARGE,   /* more memory than is allowed */
	KSYMS_STEP_MEMORY,  /* none is left */
};

/* What a step may read and write; it moves both on. */
struct ksyms_span {
	const unsigned char *in;
	unsigned char *out;
	size_t in_size, out_size;
};

/* A format by its first bytes. Where start is NULL kvet does not read it, and names the command
 * that does. */
struct ksyms_format {
	const char *name;
	const char *magic;
	size_t magic_len;
	const char *command;
	void *(*start)(void); /* NULL: no memory */
	enum ksyms_step (*step)(void *state, struct ksyms_span *span);
	void (*end)(void *state);
	/* Where the bytes are over: whether the stream may end there. NULL: a stream has an end of
	 * its own. */
	bool (*whole)(const void *state);
};

/* The format of a file that begins so, or NULL. No magic is longer than KSYMS_MAGIC_MOST. */
#define KSYMS_MAGIC_MOST 16

const struct ksyms_format *kvet_ksyms_format(const char *head, size_t len);

/*
 * Has bytes, whose head was read, be what they unpack to. One stream may follow another, as
 * "cat a.gz b.gz" makes them; single: what follows the first one counts for nothing (an image has
 * its size there). format must be one that kvet reads. Takes the bytes over, on failure too.
 * Errors: -ENOMEM. Of read(), with words: those of the bytes; -EBADMSG for what is damaged or cut;
 * -EFBIG for what unpacks to too much; -EOPNOTSUPP for options that the library does not know.
 */
int kvet_ksyms_unpack(struct ksyms_bytes *bytes, const struct ksyms_format *format,
		      const struct ksyms_head *head, bool single, struct kvet_error *err);

#endif
