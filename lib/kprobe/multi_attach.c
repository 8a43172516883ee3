/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * kprobe_multi links: one link for many functions (kernel: kernel/trace/bpf_trace.c,
 * bpf_kprobe_multi_link_attach()), and what the kernel counts for a link.
 */
#include <errno.h>
#include <linux/bpf.h>

#include <bpf/bpf.h>

#include "bpf/info_read.h"
#include "bpf/needs.h"
#include "bpf/own_load.h"
#include "core/cleanup.h"
#include "core/fail.h"

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

/* Fills in why this kernel or this process has no such links. */
static enum kvet_verdict refuse(int errnum, const struct kvet_host *host, const char *call,
				struct kvet_cause *cause)
{
	struct kvet_cause err;

	if (errnum == EINVAL || errnum == EOPNOTSUPP) {
		kvet_cause_fill(cause, errnum, call,
				"this kernel does not support kprobe_multi links");
		kvet_cause_remedy(cause, "boot a kernel with CONFIG_FPROBE=y (5.18), or "
					 "--backend auto");
		return KVET_NO;
	}
	kvet_bpf_fail(host, errnum, call, kvet_bpf_call_needs(), NULL, &err);
	*cause = err;
	return KVET_UNDETERMINED;
}

enum kvet_verdict kvet_kprobe_multi_check(const struct kvet_host *host, int *idle,
					  struct kvet_cause *cause)
{
	/* return 0; */
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	static const struct kvet_bpf_program program = { .type = BPF_PROG_TYPE_KPROBE,
							 .attach = BPF_TRACE_KPROBE_MULTI,
							 .name = "kvet_idle",
							 .insns = insns,
							 .count = sizeof(insns) / sizeof(*insns) };
	static const uint64_t cookie;
	AUTO_CLOSE int prog = -1;
	AUTO_CLOSE int link = -1;

	*idle = -1;
	if (kvet_reach_is_death(host, KVET_CALL_BPF, cause))
		return KVET_UNDETERMINED;
	prog = kvet_bpf_own_program(host, &program, NULL);
	if (prog < 0)
		return refuse(-prog, host, "bpf(BPF_PROG_LOAD, kprobe_multi)", cause);
	link = kvet_kprobe_multi_attach((const uint64_t *)UINTPTR_MAX, &cookie, 1, false, prog);
	if (link != -EFAULT)
		return refuse(link < 0 ? -link : EINVAL, host, "bpf(BPF_LINK_CREATE, kprobe_multi)",
			      cause);
	*idle = TAKE_FD(prog);
	return KVET_YES;
}

bool kvet_kprobe_missed_read(int link_fd, uint64_t *missed)
{
	struct kvet_bpf_link_info info;

	bool counts = kvet_bpf_link_info_read(link_fd, &info);

	/* Nothing but its own program keeps a trampoline from running it. */
	*missed = 0;
	if (info.type == BPF_LINK_TYPE_TRACING)
		return true;
	if (!counts)
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

	return kvet_bpf_link_info_read(link_fd, &link) || link.type == BPF_LINK_TYPE_TRACING
		       ? kvet_bpf_recursion_misses(&link)
		       : 0;
}
