/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The text of /proc/kallsyms, taken apart chunk by chunk. Pure: bytes come from a function. */
#ifndef KVET_KSYMS_SCAN_H
#define KVET_KSYMS_SCAN_H

#include <sys/types.h>

#include "ksyms/row.h"

/* Bytes: read() returns how many it put into buf, 0 at the end, or a negative errno.
 * close() may be NULL. */
struct ksyms_bytes {
	ssize_t (*read)(void *ctx, char *buf, size_t size);
	void (*close)(void *ctx);
	void *ctx;
};

/*
 * A source of rows from text, which must be whole lines of "ADDRESS TYPE NAME [MODULE]".
 * label names it in errors and must outlive it. seen (may be NULL) are bytes that were read
 * before, to find out what they are. Takes the bytes over, on failure too. Errors of next():
 * those of read(); -EINVAL for a line of another form, a cut last line or no line at all,
 * with the place in the evidence; -ENOMEM.
 */
int kvet_ksyms_scan_open(struct ksyms_source **source, const struct ksyms_bytes *bytes,
			 const char *label, const char *seen, size_t seen_len,
			 struct kvet_error *err);

#endif
