/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which helpers the kernel does not offer to programs of a variant, as the verifier's log of one
 * load says. Pure.
 *
 * Before the verifier checks the first call, it finds out which registers each instruction reads
 * (kernel: compute_live_registers(), since 6.15), and writes them to a log of level 2. A call reads
 * as many of r1 to r5 as the helper's prototype has arguments; the prototype is looked up for the
 * program's type and attach type by the function that decides about the call, too. A helper that
 * is not offered has no prototype, and all five count as read. So the log tells nothing of a helper
 * with five arguments.
 *
 * This replaces no answer: it spares asking the other variants of a type, where one was refused by
 * name.
 */
#ifndef KVET_PROBE_OFFERS_H
#define KVET_PROBE_OFFERS_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>

/* One more than the last helper; there will be no others. */
#define KVET_OFFERS_END  212
/* How many instructions the longest program has. */
#define KVET_OFFERS_SIZE (KVET_OFFERS_END + 2)

struct kvet_offers {
	/* The log says which registers calls read: a nonexistent helper reads all. */
	bool is_said;
	/* And it says of some helper that it is offered. Otherwise none is absent. */
	bool is_trusted;
	bool absent[KVET_OFFERS_END]; /* certainly not offered */
};

/* Whether a log can tell that the helper is not offered, and the kernel does not warn when it looks
 * up the prototype: some kernels do that before they refuse the program (6.12: for fastcall). */
bool kvet_offers_tell(int helper);

/* Writes the helpers of which a log can tell it, of those that are absent
 * from another variant (NULL: of all), and one that is not, as the control. Returns their number,
 * less than KVET_OFFERS_END. */
size_t kvet_offers_list(const struct kvet_offers *among, int *helpers);

/* Writes a program that calls a nonexistent helper, which ends the verifier's work, and then the
 * helpers. Returns its number of instructions, at most KVET_OFFERS_SIZE. */
size_t kvet_offers_write(const int *helpers, size_t count, struct bpf_insn *insns);

/* Reads the log of its load. */
void kvet_offers_read(const char *log, struct kvet_offers *offers);

#endif
