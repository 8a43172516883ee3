/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Touches the kernel. */
#include <errno.h>
#include <linux/bpf.h>

#include "probe/replaced_load.h"
#include "probe/variant.h"

/* The struct that a program's argument points to, which the kernel compares by name (kernel:
 * include/linux/bpf_types.h). */
static const char *context_struct(int type)
{
	switch (type) {
	case BPF_PROG_TYPE_XDP:
		return "xdp_md";
	case BPF_PROG_TYPE_CGROUP_SOCK:
		return "bpf_sock";
	case BPF_PROG_TYPE_CGROUP_SOCK_ADDR:
		return "bpf_sock_addr";
	case BPF_PROG_TYPE_CGROUP_SOCKOPT:
		return "bpf_sockopt";
	case BPF_PROG_TYPE_CGROUP_SYSCTL:
		return "bpf_sysctl";
	case BPF_PROG_TYPE_CGROUP_DEVICE:
		return "bpf_cgroup_dev_ctx";
	case BPF_PROG_TYPE_SOCK_OPS:
		return "bpf_sock_ops";
	case BPF_PROG_TYPE_SK_MSG:
		return "sk_msg_md";
	case BPF_PROG_TYPE_SK_REUSEPORT:
		return "sk_reuseport_md";
	case BPF_PROG_TYPE_SK_LOOKUP:
		return "bpf_sk_lookup";
	case BPF_PROG_TYPE_PERF_EVENT:
		return "bpf_perf_event_data";
	case BPF_PROG_TYPE_KPROBE:
		return "pt_regs";
	default:
		return "__sk_buff";
	}
}

/* A program that changes packets may replace only one that does so, too ("Extension program changes
 * packet data, while original does not"). */
static int changing_helper(int type)
{
	return type == BPF_PROG_TYPE_XDP ? BPF_FUNC_xdp_adjust_head : BPF_FUNC_skb_pull_data;
}

int kvet_replaced_load(struct kvet_shared *shared, int type, struct kvet_program_spec *spec,
		       struct kvet_probe_attempt *attempt, const char **source)
{
	size_t count;
	struct kvet_program_spec replaced = { .type = type,
					      .attach = kvet_variants(type, &count)->attach };
	struct kvet_cause err;
	int program, ret;

	*source = NULL;
	kvet_shared_load(shared, &replaced, 0, attempt);
	if (attempt->errnum)
		return 0;
	ret = kvet_program_btf_load(shared->loader, context_struct(type), &replaced.btf, &err);
	if (ret == -ENOMEM)
		return ret;
	if (ret) {
		attempt->errnum = -ret;
		attempt->log[0] = '\0'; /* the log of a program that loaded */
		*source = "bpf(BPF_BTF_LOAD)";
		return 0;
	}
	kvet_program_load_calling(shared->loader, &replaced, changing_helper(type), attempt,
				  &program);
	/* A type without such a helper has no program that changes packets, either. */
	if (program < 0)
		kvet_program_load_null(shared->loader, &replaced, attempt, &program);
	spec->btf = replaced.btf;
	spec->btf_id = replaced.btf.func;
	spec->replaces_fd = program < 0 ? 0 : program;
	return 0;
}
