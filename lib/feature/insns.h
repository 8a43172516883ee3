/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs that use one thing each. Pure. */
#ifndef KVET_FEATURE_INSNS_H
#define KVET_FEATURE_INSNS_H

#include <linux/bpf.h>
#include <stddef.h>

enum kvet_insns {
	KVET_INSNS_EMPTY,
	KVET_INSNS_LARGE,  /* more than BPF_MAXINSNS instructions (5.2) */
	KVET_INSNS_LOOP,   /* a jump back, whose number of rounds is known (5.3) */
	KVET_INSNS_CALL,   /* of a function of the program (4.16) */
	KVET_INSNS_V2,     /* jumps if less (4.14) */
	KVET_INSNS_V3,     /* jumps on 32 bits (5.1) */
	KVET_INSNS_V4,     /* a move that extends a sign (6.6) */
	KVET_INSNS_ATOMIC, /* an addition that returns the old value (5.12) */
};

/* Room for any of them. */
#define KVET_INSNS_MOST (BPF_MAXINSNS + 2)

/* Of KVET_INSNS_CALL: how many instructions it has, and which is the first of the function. */
#define KVET_INSNS_CALL_COUNT 4
#define KVET_INSNS_CALL_AT    2

/* Writes the program and returns how many instructions it has. */
size_t kvet_insns_make(enum kvet_insns which, struct bpf_insn *insns);

#endif
