/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether a program without CO-RE reads the kernel's structs at offsets of its build machine. Pure.
 */
#ifndef KVET_OBJECT_FIXED_OFFSET_H
#define KVET_OBJECT_FIXED_OFFSET_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The first such offset in bytes, 0 if there is none: of a constant that is added to the address
 * that bpf_probe_read_kernel() and its like read from; with typed, also of a load through a pointer
 * that comes from the context. Offsets below least count for nothing: packet headers, socket
 * addresses and registers of system calls have the same layout everywhere.
 */
uint32_t kvet_fixed_offset_find(const struct bpf_insn *insns, size_t count, bool typed,
				uint32_t least);

#endif
