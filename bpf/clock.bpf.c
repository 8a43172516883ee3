// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Reads the clocks that BPF programs see. Never attached: BPF_PROG_TEST_RUN runs it, which
 * raw tracepoint programs know since Linux 5.10, so that neither kprobes nor tracefs are
 * needed. The variables are mapped into user space (BPF_F_MMAPABLE).
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "clock_sample.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* How many samples user space wants of this run, and how many it got. */
__u32 wanted;
__u32 taken;
struct clock_sample samples[CLOCK_SAMPLES_MAX];

SEC("raw_tp")
int clock_measure(void *ctx)
{
	__u32 count = wanted, i;

	(void)ctx;
	for (i = 0; i < CLOCK_SAMPLES_MAX && i < count; i++) {
		__u64 before = bpf_ktime_get_ns();
		__u64 boot = bpf_ktime_get_boot_ns();
		__u64 after = bpf_ktime_get_ns();

		samples[i].mono_before_ns = before;
		samples[i].boot_ns = boot;
		samples[i].mono_after_ns = after;
	}
	taken = i;
	return 0;
}
