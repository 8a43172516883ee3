/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which clocks a program reads, from the program as the kernel translated it: without the calls in
 * dead code. Touches the kernel.
 */
#ifndef KVET_OBJECT_CLOCKS_READ_H
#define KVET_OBJECT_CLOCKS_READ_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kvet/object.h>

/* How the clock helpers look in a program as the kernel translated it. All zeros at the start. */
struct kvet_clock_calls {
	bool learnt;
	int32_t calls[KVET_OBJECT_CLOCK_COUNT]; /* 0: this kernel has none */
	int32_t jiffies[2];                     /* of the address that stands for the call */
};

/* The clocks that live code of a translated program reads. Returns false if the kernel does not
 * tell. */
bool kvet_clock_calls_find(struct kvet_clock_calls *known, const struct bpf_insn *insns,
			   size_t count, unsigned int *clocks);

#endif
