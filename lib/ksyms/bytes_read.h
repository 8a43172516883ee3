/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where the bytes of a table come from. */
#ifndef KVET_KSYMS_BYTES_READ_H
#define KVET_KSYMS_BYTES_READ_H

#include <stdio.h>

#include "ksyms/scan.h"

/* A file as it is, or (archive) plain or gzip, whichever it is. Errors: of open(2). */
int kvet_ksyms_bytes_open(struct ksyms_bytes *bytes, const char *path, bool archive,
			  struct kvet_error *err);

/* A stream that stays the caller's. Errors: -ENOMEM. */
int kvet_ksyms_bytes_stream(struct ksyms_bytes *bytes, FILE *stream, struct kvet_error *err);

#endif
