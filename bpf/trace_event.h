/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What bpf/trace.bpf.c writes and lib/trace/ reads. Little padding, no pointers. */
#ifndef KVET_BPF_TRACE_EVENT_H
#define KVET_BPF_TRACE_EVENT_H

#include <linux/types.h>

#define TRACE_COMM_SIZE 16 /* TASK_COMM_LEN */

/* The immediate that stands in the program where its site's number belongs. One program is
 * loaded for each site, with its own number: no cookie (5.15), no guess from the IP. */
#define TRACE_SITE_MARK 0x51735173

/* One hit, as it goes through the ring buffer. */
struct trace_event {
	__u64 boot_ns;
	__u64 mono_ns;
	__u64 ip;
	__u32 site;
	__u32 cpu;
	__u32 pid; /* of the thread group: what user space calls the process */
	__u32 tid;
	char comm[TRACE_COMM_SIZE];
};

/* Counted for each site on each CPU: hits = events in the ring buffer + lost. */
struct trace_counters {
	__u64 hits;
	__u64 lost; /* the ring buffer was full */
};

#endif
