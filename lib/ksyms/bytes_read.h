/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where the bytes of a table come from. */
#ifndef KVET_KSYMS_BYTES_READ_H
#define KVET_KSYMS_BYTES_READ_H

#include <stdio.h>

#include "ksyms/scan.h"

/* A file as it is, by its name or open already, which is closed with the bytes; and one that stays
 * the caller's. Errors: of open(2). */
int kvet_ksyms_bytes_open(struct ksyms_bytes *bytes, const char *path, struct kvet_error *err);
void kvet_ksyms_bytes_own(struct ksyms_bytes *bytes, int fd);
void kvet_ksyms_bytes_fd(struct ksyms_bytes *bytes, int fd);

/* The descriptor of bytes of this kind that were not read past len, where they are a regular file
 * from its beginning on; else -1. */
int kvet_ksyms_bytes_regular(const struct ksyms_bytes *bytes, size_t len);

/* A stream that stays the caller's. Errors: -ENOMEM. */
int kvet_ksyms_bytes_stream(struct ksyms_bytes *bytes, FILE *stream, struct kvet_error *err);

#endif
