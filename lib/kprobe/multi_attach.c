/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Links of kprobe programs: one for many functions (kernel: kernel/trace/bpf_trace.c,
 * bpf_kprobe_multi_link_attach()), and what the kernel says of a link.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "core/cleanup.h"

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

/* struct bpf_link_info, whose newer parts a distribution's header may lack (Linux 6.7). */
struct link_info {
	uint32_t type, id, prog_id, reserved;
	union {
		struct {
			uint32_t type, reserved;
			uint64_t name;
			uint32_t name_len, offset;
			uint64_t address, missed;
		} event; /* of a perf event that is a kprobe */
		struct {
			uint64_t addresses;
			uint32_t count, flags;
			uint64_t missed;
		} multi;
	};
};

/* enum bpf_perf_event_type, of the same release. */
#define EVENT_KPROBE    3
#define EVENT_KRETPROBE 4

/* Of a link, as far as this kernel tells. */
static bool read_link(int link_fd, struct link_info *info)
{
	union bpf_attr attr = { .info = { .bpf_fd = (__u32)link_fd,
					  .info_len = sizeof(*info),
					  .info = (uint64_t)(uintptr_t)info } };

	/* The kernel says how much of it it knows: both counts came with the same release. */
	return !syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr)) &&
	       attr.info.info_len >= sizeof(*info);
}

bool kvet_kprobe_missed_read(int link_fd, uint64_t *missed)
{
	struct link_info info = { 0 };

	if (!read_link(link_fd, &info))
		return false;
	if (info.type == BPF_LINK_TYPE_KPROBE_MULTI)
		*missed = info.multi.missed;
	else if (info.type == BPF_LINK_TYPE_PERF_EVENT &&
		 (info.event.type == EVENT_KPROBE || info.event.type == EVENT_KRETPROBE))
		*missed = info.event.missed;
	else
		return false;
	return true;
}

uint64_t kvet_kprobe_recursion_read(int link_fd)
{
	struct link_info link = { 0 };
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info);
	AUTO_CLOSE int prog = -1;

	if (read_link(link_fd, &link))
		prog = bpf_prog_get_fd_by_id(link.prog_id);
	if (prog < 0 || bpf_obj_get_info_by_fd(prog, &info, &size))
		return 0;
	return info.recursion_misses;
}
