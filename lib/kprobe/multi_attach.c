/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Links of kprobe programs: one for many functions (kernel: kernel/trace/bpf_trace.c,
 * bpf_kprobe_multi_link_attach()), and what the kernel says of a link.
 */
#include <linux/bpf.h>

#include <bpf/bpf.h>

#include "bpf/info_read.h"

#include <kvet/kprobe.h>

int kvet_kprobe_multi_attach(const uint64_t *addresses, const uint64_t *cookies, size_t count,
			     bool returns, int prog_fd)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts);

	opts.kprobe_multi.flags = returns ? BPF_F_KPROBE_MULTI_RETURN : 0;
	opts.kprobe_multi.cnt = (__u32)count;
	opts.kprobe_multi.addrs = (const unsigned long *)addresses;
	opts.kprobe_multi.cookies = (const __u64 *)cookies;
	return bpf_link_create(prog_fd, 0, BPF_TRACE_KPROBE_MULTI, &opts);
}

bool kvet_kprobe_missed_read(int link_fd, uint64_t *missed)
{
	struct kvet_bpf_link_info info;

	if (!kvet_bpf_link_info_read(link_fd, &info))
		return false;
	if (info.type == BPF_LINK_TYPE_KPROBE_MULTI)
		*missed = info.multi.missed;
	else if (info.type == BPF_LINK_TYPE_PERF_EVENT &&
		 (info.event.type == KVET_BPF_EVENT_KPROBE ||
		  info.event.type == KVET_BPF_EVENT_KRETPROBE))
		*missed = info.event.missed;
	else
		return false;
	return true;
}

uint64_t kvet_kprobe_recursion_read(int link_fd)
{
	struct kvet_bpf_link_info link;

	return kvet_bpf_link_info_read(link_fd, &link) ? kvet_bpf_recursion_misses(&link) : 0;
}
