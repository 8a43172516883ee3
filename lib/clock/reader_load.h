/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A BPF program that reads clocks, and the samples that its runs leave. */
#ifndef KVET_CLOCK_READER_LOAD_H
#define KVET_CLOCK_READER_LOAD_H

#include "clock/measure.h"
#include "clock/program.h"

struct kvet_clock_reader {
	const struct kvet_host *host;
	size_t type;
	int map_fd;
	int prog_fd;
	struct kvet_clock_sample *samples; /* KVET_CLOCK_CHUNK, mapped */
};

/* Loads the program that write produces for the helper, and runs it once. *absent, on an error: the
 * kernel said that it does not support the helper. No errno can say that, because bpf(2) may return
 * any of them for another reason. In every case, kvet_clock_reader_deinit() must be called. */
int kvet_clock_reader_open(struct kvet_clock_reader *reader, const struct kvet_host *host,
			   kvet_clock_program_writer write, int helper, bool *absent,
			   struct kvet_cause *err);
void kvet_clock_reader_deinit(const struct kvet_clock_reader *reader);

/* Runs it: returns a negative errno, or 0 and new samples. The second function reports that errno
 * as an error. */
int kvet_clock_reader_run(const struct kvet_clock_reader *reader);
int kvet_clock_reader_fail(const struct kvet_clock_reader *reader, int errnum,
			   struct kvet_cause *err);

/* The type of the program, as libbpf names it: a static string. */
const char *kvet_clock_reader_type(const struct kvet_clock_reader *reader);

#endif
