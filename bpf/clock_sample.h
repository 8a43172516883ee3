/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What bpf/clock.bpf.c hands to lib/clock/bpf_read.c through its mapped variables. */
#ifndef KVET_BPF_CLOCK_SAMPLE_H
#define KVET_BPF_CLOCK_SAMPLE_H

#include <linux/types.h>

/* The most samples of one run. The verifier walks through every turn of the loop. */
#define CLOCK_SAMPLES_MAX 64

struct clock_sample {
	__u64 mono_before_ns;
	__u64 boot_ns;
	__u64 mono_after_ns;
};

#endif
