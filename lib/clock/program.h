/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The BPF program that reads a clock. */
#ifndef KVET_CLOCK_PROGRAM_H
#define KVET_CLOCK_PROGRAM_H

#include <linux/bpf.h>

#include "clock/measure.h"

/* Two for the map's address, six a sample, two to end: what may not load more than 4096
 * instructions, which is what an unprivileged process is allowed, loads this too. */
#define KVET_CLOCK_PROGRAM_LENGTH (2 + 6 * KVET_CLOCK_CHUNK + 2)

/*
 * Writes the program: KVET_CLOCK_CHUNK samples of the helper between two bpf_ktime_get_ns(),
 * stored as struct kvet_clock_sample into the value of the array map of descriptor map_fd.
 * Straight on, without a loop, so that the verifier asks for no privilege, and nothing but a
 * store lies between two readings.
 */
typedef void (*kvet_clock_program_writer)(int helper, int map_fd,
					  struct bpf_insn insns[KVET_CLOCK_PROGRAM_LENGTH]);
void kvet_clock_program(int helper, int map_fd, struct bpf_insn insns[KVET_CLOCK_PROGRAM_LENGTH]);

/*
 * Writes another of the same length: KVET_CLOCK_BATCH calls of the helper between two
 * bpf_ktime_get_ns(), and a third right after the second, stored as one struct
 * kvet_clock_sample: the two stretches differ by the calls, and by nothing else.
 */
#define KVET_CLOCK_BATCH (KVET_CLOCK_PROGRAM_LENGTH - 2 - 3 * 2 - 2)
void kvet_clock_program_batch(int helper, int map_fd,
			      struct bpf_insn insns[KVET_CLOCK_PROGRAM_LENGTH]);

#endif
