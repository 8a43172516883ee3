/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Bytes that come one after the other, from wherever: all that readers of files build on. */
#ifndef KVET_KSYMS_BYTES_H
#define KVET_KSYMS_BYTES_H

#include <stdint.h>
#include <sys/types.h>

#include <kvet/error.h>

/*
 * read() returns how many bytes it put into buf, 0 at the end, or a negative errno. why() has the
 * words for that errno, or NULL where strerror(3) says it all. close() frees ctx. Both may be NULL.
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

/* The first bytes of a file, by which it is known: so many that a kernel image's header is whole.
 */
#define KSYMS_HEAD 1024

struct ksyms_head {
	char text[KSYMS_HEAD];
	size_t len;
};

/* As many of the next bytes as there are, up to KSYMS_HEAD. Errors: of read(). */
int kvet_ksyms_head_read(const struct ksyms_bytes *bytes, const char *path, struct ksyms_head *head,
			 struct kvet_error *err);

/* Fills err for a read() that returned -errnum. */
int kvet_ksyms_bytes_fail(const struct ksyms_bytes *bytes, const char *path, int errnum,
			  struct kvet_error *err);

/*
 * Has bytes, whose head was read, be the length bytes from offset on alone, or fewer where there
 * are fewer. Takes the bytes over, on failure too. Errors: -ENOMEM.
 */
int kvet_ksyms_part(struct ksyms_bytes *bytes, const struct ksyms_head *head, uint64_t offset,
		    uint64_t length, struct kvet_error *err);

#endif
