/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Sources of bytes: a file, a descriptor, a stream. */
#ifndef KVET_KSYMS_BYTES_READ_H
#define KVET_KSYMS_BYTES_READ_H

#include <stdio.h>

#include "ksyms/scan.h"

/* A file by its path, or an open descriptor, either closed with the bytes; and a descriptor that
 * stays the caller's. Errors: of open(2). */
int kvet_ksyms_bytes_open(struct ksyms_bytes *bytes, const char *path, struct kvet_cause *err);
void kvet_ksyms_bytes_own(struct ksyms_bytes *bytes, int fd);
void kvet_ksyms_bytes_fd(struct ksyms_bytes *bytes, int fd);

/* The descriptor of such bytes, if they are a regular file from its beginning and were not read
 * past len; else -1. */
int kvet_ksyms_bytes_regular(const struct ksyms_bytes *bytes, size_t len);

/* A stream that stays the caller's. Errors: -ENOMEM. */
int kvet_ksyms_bytes_stream(struct ksyms_bytes *bytes, FILE *stream, struct kvet_cause *err);

#endif
