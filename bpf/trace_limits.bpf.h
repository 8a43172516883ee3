/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* --sample and --rate: hits that are only counted. Only for bpf/trace.bpf.c. */
#ifndef KVET_BPF_TRACE_LIMITS_BPF_H
#define KVET_BPF_TRACE_LIMITS_BPF_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "trace_event.h"

/* For each site. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct trace_window);
} windows SEC(".maps");

static __always_inline int is_limited(const struct trace_config *config, __u32 site,
				      const struct trace_counters *counter)
{
	struct trace_window *window;
	__u64 second;

	if (config->sample && (counter->hits - counter->filtered - 1) % config->sample)
		return 1;
	if (!config->rate)
		return 0;
	window = bpf_map_lookup_elem(&windows, &site);
	if (!window)
		return 0;
	second = bpf_ktime_get_ns() / 1000000000;
	/* If two CPUs begin a second at the same time, or take its last place, a few events more
	 * pass. The second only increases: a CPU whose clock is slightly behind must not begin the
	 * last one again. */
	if (window->second < second) {
		window->second = second;
		window->events = 0;
	}
	if (window->events >= config->rate)
		return 1;
	__sync_fetch_and_add(&window->events, 1);
	return 0;
}

#endif
