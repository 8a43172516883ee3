/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The BPF program that reads a clock. */
#ifndef KVET_CLOCK_PROGRAM_H
#define KVET_CLOCK_PROGRAM_H

#include <linux/bpf.h>

#include "clock/measure.h"

/* Two instructions for the map's address, six per sample, two to end: short enough for the limit of
 * 4096 instructions for unprivileged processes. */
#define KVET_CLOCK_PROGRAM_LENGTH (2 + 6 * KVET_CLOCK_CHUNK + 2)

/*
 * Writes the program: KVET_CLOCK_CHUNK samples of the helper between two bpf_ktime_get_ns(), stored
 * as struct kvet_clock_sample in the value of the array map map_fd. It has no loop, so that the
 * verifier requires no privilege, and only a store lies between two readings.
 */
typedef void (*kvet_clock_program_writer)(int helper, int map_fd,
					  struct bpf_insn insns[KVET_CLOCK_PROGRAM_LENGTH]);
void kvet_clock_program(int helper, int map_fd, struct bpf_insn insns[KVET_CLOCK_PROGRAM_LENGTH]);

/*
 * Writes another program of the same length: KVET_CLOCK_BATCH calls of the helper between two
 * bpf_ktime_get_ns(), and a third right after the second, stored as one struct kvet_clock_sample.
 * The two spans differ only by the calls.
 */
#define KVET_CLOCK_BATCH (KVET_CLOCK_PROGRAM_LENGTH - 2 - 3 * 2 - 2)
void kvet_clock_program_batch(int helper, int map_fd,
			      struct bpf_insn insns[KVET_CLOCK_PROGRAM_LENGTH]);

#endif
