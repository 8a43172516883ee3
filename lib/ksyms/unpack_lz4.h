/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_KSYMS_UNPACK_LZ4_H
#define KVET_KSYMS_UNPACK_LZ4_H

#include "ksyms/unpack.h"

/* What lz4(1) writes. */
void *kvet_ksyms_lz4_start(void);
enum ksyms_step kvet_ksyms_lz4_step(void *state, struct ksyms_span *span);
void kvet_ksyms_lz4_end(void *state);

/* What "lz4 -l" writes, for kernel images: blocks of 8 MiB, each after its size, without an end
 * mark. */
void *kvet_ksyms_lz4_legacy_start(void);
enum ksyms_step kvet_ksyms_lz4_legacy_step(void *state, struct ksyms_span *span);
void kvet_ksyms_lz4_legacy_end(void *state);
bool kvet_ksyms_lz4_legacy_whole(const void *state);

#endif
