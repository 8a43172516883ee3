/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <linux/bpf.h>

#include "bpf/late.h"
#include "probe/option.h"

#define ANY (-1)

/*
 * Types are from include/linux/bpf_types.h; helpers from the #ifdef lines in the *_func_proto()
 * functions of kernel/trace/bpf_trace.c and net/core/filter.c: those that the type is offered where
 * the option is set.
 */
static const struct {
	int helper;
	int type;
	const char *option;
} rows[] = {
	{ ANY, BPF_PROG_TYPE_KPROBE, "CONFIG_BPF_EVENTS" },
	{ ANY, BPF_PROG_TYPE_TRACEPOINT, "CONFIG_BPF_EVENTS" },
	{ ANY, BPF_PROG_TYPE_PERF_EVENT, "CONFIG_BPF_EVENTS" },
	{ ANY, BPF_PROG_TYPE_RAW_TRACEPOINT, "CONFIG_BPF_EVENTS" },
	{ ANY, BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE, "CONFIG_BPF_EVENTS" },
	{ ANY, BPF_PROG_TYPE_TRACING, "CONFIG_BPF_EVENTS" },
	{ ANY, BPF_PROG_TYPE_CGROUP_SKB, "CONFIG_CGROUP_BPF" },
	{ ANY, BPF_PROG_TYPE_CGROUP_SOCK, "CONFIG_CGROUP_BPF" },
	{ ANY, BPF_PROG_TYPE_CGROUP_SOCK_ADDR, "CONFIG_CGROUP_BPF" },
	{ ANY, BPF_PROG_TYPE_CGROUP_DEVICE, "CONFIG_CGROUP_BPF" },
	{ ANY, BPF_PROG_TYPE_CGROUP_SYSCTL, "CONFIG_CGROUP_BPF" },
	{ ANY, BPF_PROG_TYPE_CGROUP_SOCKOPT, "CONFIG_CGROUP_BPF" },
	{ ANY, BPF_PROG_TYPE_LIRC_MODE2, "CONFIG_BPF_LIRC_MODE2" },
	{ ANY, BPF_PROG_TYPE_SK_REUSEPORT, "CONFIG_INET" },
	{ ANY, BPF_PROG_TYPE_SK_LOOKUP, "CONFIG_INET" },
	{ ANY, BPF_PROG_TYPE_STRUCT_OPS, "CONFIG_BPF_JIT" },
	{ ANY, BPF_PROG_TYPE_EXT, "CONFIG_BPF_JIT" },
	{ ANY, BPF_PROG_TYPE_LSM, "CONFIG_BPF_LSM" },
	{ ANY, KVET_TYPE_NETFILTER, "CONFIG_NETFILTER_BPF_LINK" },
	{ BPF_FUNC_override_return, BPF_PROG_TYPE_KPROBE, "CONFIG_BPF_KPROBE_OVERRIDE" },
	/* Only for a program that replaces one of type kprobe. */
	{ BPF_FUNC_override_return, BPF_PROG_TYPE_EXT, "CONFIG_BPF_KPROBE_OVERRIDE" },
	{ BPF_FUNC_skb_get_xfrm_state, BPF_PROG_TYPE_SCHED_CLS, "CONFIG_XFRM" },
	{ BPF_FUNC_skb_get_xfrm_state, BPF_PROG_TYPE_SCHED_ACT, "CONFIG_XFRM" },
	{ BPF_FUNC_skb_cgroup_classid, BPF_PROG_TYPE_SCHED_CLS, "CONFIG_CGROUP_NET_CLASSID" },
	{ BPF_FUNC_skb_cgroup_classid, BPF_PROG_TYPE_SCHED_ACT, "CONFIG_CGROUP_NET_CLASSID" },
	{ BPF_FUNC_skb_cgroup_id, BPF_PROG_TYPE_SCHED_CLS, "CONFIG_SOCK_CGROUP_DATA" },
	{ BPF_FUNC_skb_cgroup_id, BPF_PROG_TYPE_SCHED_ACT, "CONFIG_SOCK_CGROUP_DATA" },
	{ BPF_FUNC_lwt_seg6_store_bytes, BPF_PROG_TYPE_LWT_SEG6LOCAL, "CONFIG_IPV6_SEG6_BPF" },
	{ BPF_FUNC_lwt_seg6_adjust_srh, BPF_PROG_TYPE_LWT_SEG6LOCAL, "CONFIG_IPV6_SEG6_BPF" },
	{ BPF_FUNC_lwt_seg6_action, BPF_PROG_TYPE_LWT_SEG6LOCAL, "CONFIG_IPV6_SEG6_BPF" },
};

const char *kvet_option_of(int helper, int type, size_t nth)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].type == type && (rows[i].helper == ANY || rows[i].helper == helper) &&
		    !nth--)
			return rows[i].option;
	return NULL;
}
