/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a machine of the other byte order wrote, in this one's. Pure. */
#ifndef KVET_OBJECT_BYTE_ORDER_H
#define KVET_OBJECT_BYTE_ORDER_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>

/* Whether bytes begin as BTF, or .BTF.ext, of the other byte order. */
bool kvet_btf_is_swapped(const char *bytes, size_t size);

/* Both consist of words of 32 bits, but for the first of the header. size is a multiple of 4 for
 * what counts; the strings, which have no order, stay. ext: .BTF.ext. */
void kvet_btf_swap(char *bytes, size_t size, bool ext);

void kvet_instructions_swap(struct bpf_insn *insns, size_t count);

#endif
