// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The founding bug: one program stamps with MONOTONIC, and another with BOOTTIME. Also: a license
 * that is not compatible with the GPL. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

/* Most programs do not look at their context. */
#pragma clang diagnostic ignored "-Wunused-parameter"

char LICENSE[] SEC("license") = "Proprietary";

SEC("socket") int starts(void *ctx)
{
	return (int)bpf_ktime_get_ns() & 1;
}

SEC("socket") int ends(void *ctx)
{
	return (int)bpf_ktime_get_boot_ns() & 1;
}

SEC("tracepoint/sched/sched_switch") int gpl_only(void *ctx)
{
	return (int)bpf_get_current_task();
}
