/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which instructions of an object can be reached. Constants are followed through moves, arithmetic
 * and conditional jumps: those that relocations wrote, const volatile variables (.rodata, as the
 * file has them), externs that are missing, options of the kernel's configuration. What cannot be
 * shown to be dead is live. Pure.
 */
#ifndef KVET_OBJECT_LIVE_CODE_H
#define KVET_OBJECT_LIVE_CODE_H

#include "object/image.h"

/* Marks the live instructions of each function, for any arguments; whether anything live calls the
 * function does not count here. Errors: -ENOMEM. */
int kvet_live_code_mark(struct kvet_image *image, struct kvet_cause *err);

#endif
