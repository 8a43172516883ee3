/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How far a program reads its context, and the buffer that this may lead to. Pure. */
#ifndef KVET_OBJECT_CONTEXT_H
#define KVET_OBJECT_CONTEXT_H

#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>

/* Where the reads of the context end, in bytes, of a translated program whose context is not
 * rewritten (a tracepoint's). */
uint32_t kvet_context_end(const struct bpf_insn *insns, size_t count);

/* Where the accesses to the buffer end that the first argument of a writable raw tracepoint points
 * to. */
uint32_t kvet_context_buffer_end(const struct bpf_insn *insns, size_t count);

#endif
