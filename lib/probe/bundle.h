/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One program that calls several helpers, and what its load says of each of them. Pure.
 *
 * A program without a branch is verified call by call. If it loads, each call was accepted, and so
 * was what the kernel makes of the program afterwards: the program with only one of the calls loads
 * as well. If it is refused, the last call in the log is the one that was refused, in the words
 * that a program of its own meets, because each call finds the same registers: the context in r1,
 * nothing in r2 to r5.
 */
#ifndef KVET_PROBE_BUNDLE_H
#define KVET_PROBE_BUNDLE_H

#include <linux/bpf.h>
#include <stddef.h>

#include <kvet/probe.h>

#define KVET_BUNDLE_MOST 17
/* How many instructions the longest program has. */
#define KVET_BUNDLE_SIZE (2 * KVET_BUNDLE_MOST + 2)

/*
 * The helpers that share a program. Each takes nothing, or only numbers, and returns a number or a
 * task; it acquires nothing, locks nothing, leaves the packet and the context as they are, ends
 * nothing, and asks nothing of where the program is attached. So the next call does not depend on
 * it. Most types offer them all: others would only make the program longer.
 */
const int *kvet_bundle_helpers(size_t *count);

/* The place of a helper in that list, -1 if it is not in it. */
int kvet_bundle_place(int helper);

/* Writes the program that calls the helpers, sets r0 to the exit value and exits. Returns its
 * number of instructions, at most KVET_BUNDLE_SIZE. */
size_t kvet_bundle_write(const int *helpers, size_t count, int exit_value, struct bpf_insn *insns);

/*
 * Finds the helper that a program was refused for in the log of its load. Returns its index, and
 * fills attempt with the refusal and what the log says of this call. Returns -1 if the log does not
 * name it, or says anything but that the helper or its argument is refused.
 */
int kvet_bundle_refused(const int *helpers, size_t count, int errnum, const char *log,
			struct kvet_probe_attempt *attempt);

/* Fills the attempt to call any of the helpers, if the program loaded: the log is that of the whole
 * program, of which the verifier removes the calls that it accepted. Returns false if it did not
 * load, or if its log is longer than that of an attempt. */
bool kvet_bundle_loaded(int errnum, const char *log, struct kvet_probe_attempt *attempt);

#endif
