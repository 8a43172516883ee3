// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* An object of which every program loads and fires on each kernel, with one clock. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

/* Most programs do not look at their context. */
#pragma clang diagnostic ignored "-Wunused-parameter"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("raw_tp/sched_switch") int starts(void *ctx)
{
	return (int)bpf_ktime_get_boot_ns() & 1;
}

SEC("raw_tp/sched_wakeup") int ends(void *ctx)
{
	return (int)bpf_ktime_get_boot_ns() & 1;
}
