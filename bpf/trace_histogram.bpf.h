/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* With TRACE_HISTOGRAM: durations by their size. Only for bpf/trace.bpf.c. */
#ifndef KVET_BPF_TRACE_HISTOGRAM_BPF_H
#define KVET_BPF_TRACE_HISTOGRAM_BPF_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "trace_event.h"

/* Not per CPU: that would take megabytes for each site on large machines. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct trace_histogram);
} histograms SEC(".maps");

static __always_inline __u32 slot_of(__u64 ns)
{
	__u32 slot = 0;

#pragma unroll
	for (int bit = 32; bit; bit >>= 1)
		if (ns >> bit) {
			slot += bit;
			ns >>= bit;
		}
	return slot;
}

static __always_inline void count_duration(__u32 site, __u64 ns)
{
	struct trace_histogram *histogram = bpf_map_lookup_elem(&histograms, &site);

	if (histogram)
		__sync_fetch_and_add(&histogram->slots[slot_of(ns) % TRACE_SLOTS], 1);
}

#endif
