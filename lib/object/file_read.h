/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_OBJECT_FILE_READ_H
#define KVET_OBJECT_FILE_READ_H

#include <stddef.h>

#include <kvet/cause.h>

/* Reads all of an object's file, whose bytes the caller frees, also after an error. Errors: of
 * open(2) and read(2); -EISDIR; -EFBIG over 64 MiB; -ENOMEM. */
int kvet_object_file_read(const char *path, char **bytes, size_t *size, struct kvet_cause *err);

#endif
