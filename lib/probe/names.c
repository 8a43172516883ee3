/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The names of helpers and program types. Pure. */
#include <linux/bpf.h>
#include <string.h>

#include <kvet/probe.h>

#include <kvet/nearest.h>

#include "bpf/late.h"

#define PREFIX     "bpf_"
#define PREFIX_LEN (sizeof(PREFIX) - 1)
#define LENGTH(a)  (sizeof(a) / sizeof(*(a)))

#define HELPER(name) [BPF_FUNC_##name] = PREFIX #name
static const char *const helpers[] = { __BPF_FUNC_MAPPER(HELPER) };

/* The last helpers ever added (Linux 6.2), for a build with older headers: what the kernel has
 * offered to programs since then are kfuncs. */
#define FIRST_LATE_HELPER 210
static const char *const late_helpers[] = { "bpf_cgrp_storage_get", "bpf_cgrp_storage_delete" };

static const char *const types[] = {
	[BPF_PROG_TYPE_SOCKET_FILTER] = "socket_filter",
	[BPF_PROG_TYPE_KPROBE] = "kprobe",
	[BPF_PROG_TYPE_SCHED_CLS] = "sched_cls",
	[BPF_PROG_TYPE_SCHED_ACT] = "sched_act",
	[BPF_PROG_TYPE_TRACEPOINT] = "tracepoint",
	[BPF_PROG_TYPE_XDP] = "xdp",
	[BPF_PROG_TYPE_PERF_EVENT] = "perf_event",
	[BPF_PROG_TYPE_CGROUP_SKB] = "cgroup_skb",
	[BPF_PROG_TYPE_CGROUP_SOCK] = "cgroup_sock",
	[BPF_PROG_TYPE_LWT_IN] = "lwt_in",
	[BPF_PROG_TYPE_LWT_OUT] = "lwt_out",
	[BPF_PROG_TYPE_LWT_XMIT] = "lwt_xmit",
	[BPF_PROG_TYPE_SOCK_OPS] = "sock_ops",
	[BPF_PROG_TYPE_SK_SKB] = "sk_skb",
	[BPF_PROG_TYPE_CGROUP_DEVICE] = "cgroup_device",
	[BPF_PROG_TYPE_SK_MSG] = "sk_msg",
	[BPF_PROG_TYPE_RAW_TRACEPOINT] = "raw_tracepoint",
	[BPF_PROG_TYPE_CGROUP_SOCK_ADDR] = "cgroup_sock_addr",
	[BPF_PROG_TYPE_LWT_SEG6LOCAL] = "lwt_seg6local",
	[BPF_PROG_TYPE_LIRC_MODE2] = "lirc_mode2",
	[BPF_PROG_TYPE_SK_REUSEPORT] = "sk_reuseport",
	[BPF_PROG_TYPE_FLOW_DISSECTOR] = "flow_dissector",
	[BPF_PROG_TYPE_CGROUP_SYSCTL] = "cgroup_sysctl",
	[BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE] = "raw_tracepoint_writable",
	[BPF_PROG_TYPE_CGROUP_SOCKOPT] = "cgroup_sockopt",
	[BPF_PROG_TYPE_TRACING] = "tracing",
	[BPF_PROG_TYPE_STRUCT_OPS] = "struct_ops",
	[BPF_PROG_TYPE_EXT] = "ext",
	[BPF_PROG_TYPE_LSM] = "lsm",
	[BPF_PROG_TYPE_SK_LOOKUP] = "sk_lookup",
	[BPF_PROG_TYPE_SYSCALL] = "syscall",
	[KVET_TYPE_NETFILTER] = "netfilter",
};

/* Numbers end where names end; number 0 ("unspec") cannot be asked about. */
#define HELPERS_END                                                 \
	(LENGTH(helpers) > FIRST_LATE_HELPER + LENGTH(late_helpers) \
		 ? LENGTH(helpers)                                  \
		 : FIRST_LATE_HELPER + LENGTH(late_helpers))

const char *kvet_probe_helper_name(int helper)
{
	size_t late = (size_t)helper - FIRST_LATE_HELPER;

	if (helper <= 0)
		return NULL;
	if ((size_t)helper < LENGTH(helpers))
		return helpers[helper];
	return late < LENGTH(late_helpers) ? late_helpers[late] : NULL;
}

const char *kvet_probe_type_name(int type)
{
	return type > 0 && (size_t)type < LENGTH(types) ? types[type] : NULL;
}

static const char *without_prefix(const char *name)
{
	return strncmp(name, PREFIX, PREFIX_LEN) ? name : name + PREFIX_LEN;
}

int kvet_probe_names_end(void)
{
	return (int)HELPERS_END;
}

int kvet_probe_type_names_end(void)
{
	return (int)LENGTH(types);
}

/* bpf_trace_printk() makes trace_printk_init_buffers() print a notice in a box of stars;
 * bpf_get_probe_write_proto() warns of "corrupt user memory". */
bool kvet_probe_helper_alarms(int helper)
{
	return helper == BPF_FUNC_trace_printk || helper == BPF_FUNC_trace_vprintk ||
	       helper == BPF_FUNC_probe_write_user;
}

int kvet_probe_helper_by_name(const char *name)
{
	for (int i = 1; i < (int)HELPERS_END; i++) {
		const char *known = kvet_probe_helper_name(i);

		if (known && !strcmp(without_prefix(name), known + PREFIX_LEN))
			return i;
	}
	return -1;
}

int kvet_probe_type_by_name(const char *name)
{
	for (int i = 1; i < (int)LENGTH(types); i++)
		if (types[i] && !strcmp(name, types[i]))
			return i;
	return -1;
}

const char *kvet_probe_helper_nearest(const char *name)
{
	struct kvet_nearest nearest;

	/* The common prefix would count as similarity. */
	kvet_nearest_init(&nearest, without_prefix(name));
	for (int i = 1; i < (int)HELPERS_END; i++) {
		const char *known = kvet_probe_helper_name(i);

		if (known)
			kvet_nearest_offer(&nearest, known + PREFIX_LEN);
	}
	return nearest.best ? nearest.best - PREFIX_LEN : NULL;
}

const char *kvet_probe_type_nearest(const char *name)
{
	struct kvet_nearest nearest;

	kvet_nearest_init(&nearest, name);
	for (int i = 1; i < (int)LENGTH(types); i++)
		if (types[i])
			kvet_nearest_offer(&nearest, types[i]);
	return nearest.best;
}
