/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_KSYMS_IMAGE_H
#define KVET_KSYMS_IMAGE_H

#include <stdbool.h>

#include "ksyms/bytes.h"

/* A boot image: its kind, and where in it the compressed kernel is (length 0: nowhere, or
 * unknown). */
struct ksyms_image {
	const char *name;
	uint64_t offset, length;
};

/* Whether a file that begins so is a kernel's boot image. */
bool kvet_ksyms_image(const struct ksyms_head *head, struct ksyms_image *image);

#endif
