/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A stream of bytes from any source. Every reader of a file is built on it. */
#ifndef KVET_KSYMS_BYTES_H
#define KVET_KSYMS_BYTES_H

#include <stdint.h>
#include <sys/types.h>

#include <kvet/cause.h>

/*
 * read() returns how many bytes it put into buf, 0 at the end, or a negative errno. why() explains
 * that errno, or returns NULL if strerror(3) is enough. close() frees ctx. Both may be NULL.
 */
struct ksyms_bytes {
	ssize_t (*read)(void *ctx, char *buf, size_t size);
	void (*close)(void *ctx);
	void *ctx;
	const char *(*why)(void *ctx);
};

static inline void ksyms_bytes_close(const struct ksyms_bytes *bytes)
{
	if (bytes->close)
		bytes->close(bytes->ctx);
}

/* The first bytes of a file, which tell its format: enough for the header of a kernel image. */
#define KSYMS_HEAD 1024

struct ksyms_head {
	char text[KSYMS_HEAD];
	size_t len;
};

/* Reads up to KSYMS_HEAD of the next bytes. Errors: of read(). */
int kvet_ksyms_head_read(const struct ksyms_bytes *bytes, const char *path, struct ksyms_head *head,
			 struct kvet_cause *err);

/* Fills err for a read() that returned -errnum. */
int kvet_ksyms_bytes_fail(const struct ksyms_bytes *bytes, const char *path, int errnum,
			  struct kvet_cause *err);

/*
 * Limits bytes, whose head was read, to the length bytes from offset on, or fewer if there are
 * fewer. Takes the bytes over, even on failure. Errors: -ENOMEM.
 */
int kvet_ksyms_part(struct ksyms_bytes *bytes, const struct ksyms_head *head, uint64_t offset,
		    uint64_t length, struct kvet_cause *err);

#endif
