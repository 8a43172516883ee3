// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What runs at each hit of a probed site: count it, stamp it, send it. */
#include <linux/bpf.h>
#include <linux/ptrace.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "trace_event.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} events SEC(".maps");

/* As many entries as there are sites: set before the object is loaded. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct trace_counters);
} counters SEC(".maps");

/* A program runs from the moment it is attached: nothing counts until all sites are. */
volatile __u32 running = 0;

SEC("kprobe")
int kvet_trace(struct pt_regs *ctx)
{
	struct trace_counters *counter;
	struct trace_event *event;
	__u32 site;
	__u64 id;

	asm volatile("%0 = %1" : "=r"(site) : "i"(TRACE_SITE_MARK));
	if (!running)
		return 0;
	counter = bpf_map_lookup_elem(&counters, &site);
	if (!counter)
		return 0;
	/* One CPU's own, and kprobe programs do not nest on a CPU: no atomic needed. */
	counter->hits++;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		counter->lost++;
		return 0;
	}
	/* Both clocks side by side, so that a reader of either can place the event. */
	event->boot_ns = bpf_ktime_get_boot_ns();
	event->mono_ns = bpf_ktime_get_ns();
	event->ip = PT_REGS_IP(ctx);
	event->site = site;
	event->cpu = bpf_get_smp_processor_id();
	id = bpf_get_current_pid_tgid();
	event->pid = id >> 32;
	event->tid = (__u32)id;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	bpf_ringbuf_submit(event, 0);
	return 0;
}
