/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A program that calls a function of the kernel. Pure. */
#ifndef KVET_KFUNC_CALL_H
#define KVET_KFUNC_CALL_H

#include <linux/bpf.h>

#include "host/btf.h"

/* Room for any. */
#define KVET_KFUNC_CALL_MOST 24 /* 1 + 8 + 2 for each argument + 3, rounded up */

/*
 * Writes a program that calls the function of this id, with what its prototype suggests: 0 for a
 * number, the program's context for what is named like one, and zeroed stack for any other pointer.
 * module is the index of the BTF of its module, 0 for the kernel's. Returns how many instructions
 * it has.
 */
size_t kvet_kfunc_call(const struct kvet_btf *btf, uint32_t id, int16_t module, int exit_value,
		       struct bpf_insn *insns);

#endif
