/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_HOST_CAPABILITY_H
#define KVET_HOST_CAPABILITY_H

#include <stddef.h>
#include <stdint.h>

/* "CAP_BPF", as the kernel's headers have it; returns buf. */
const char *kvet_capability_name(int capability, char *buf, size_t size);

/* The three capability sets of this process, bit n for capability n. A set that cannot be read is
 * 0. */
void kvet_capability_sets(uint64_t *effective, uint64_t *permitted, uint64_t *bounding);

#endif
