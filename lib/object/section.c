/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <stddef.h>
#include <string.h>

#include "bpf/late.h"
#include "object/section.h"

#ifndef BPF_F_XDP_HAS_FRAGS
#define BPF_F_XDP_HAS_FRAGS (1U << 5)
#endif

enum {
	RETURNS = 1 << 0,
	SLEEPS = 1 << 1,
	FRAGS = 1 << 2,
	TYPEDEF = 1 << 3,
};

/*
 * Section names of libbpf, and of the Go loader (tcx, netkit, "socket/x"), which libbpf 1.1 does
 * not know. A name matches if it is the whole section name or a "/" follows; the first that matches
 * counts.
 */
static const struct row {
	const char *name;
	uint32_t type, attach;
	enum kvet_target_kind kind;
	unsigned int flags;
	const char *btf_prefix;
} rows[] = {
	{ "kprobe", BPF_PROG_TYPE_KPROBE, 0, KVET_TARGET_KPROBE, 0, NULL },
	{ "kretprobe", BPF_PROG_TYPE_KPROBE, 0, KVET_TARGET_KPROBE, RETURNS, NULL },
	{ "kprobe.multi", BPF_PROG_TYPE_KPROBE, BPF_TRACE_KPROBE_MULTI, KVET_TARGET_KPROBE_MULTI, 0,
	  NULL },
	{ "kretprobe.multi", BPF_PROG_TYPE_KPROBE, BPF_TRACE_KPROBE_MULTI, KVET_TARGET_KPROBE_MULTI,
	  RETURNS, NULL },
	{ "kprobe.session", BPF_PROG_TYPE_KPROBE, KVET_ATTACH_KPROBE_SESSION,
	  KVET_TARGET_KPROBE_MULTI, 0, NULL },
	{ "ksyscall", BPF_PROG_TYPE_KPROBE, 0, KVET_TARGET_SYSCALL, 0, NULL },
	{ "kretsyscall", BPF_PROG_TYPE_KPROBE, 0, KVET_TARGET_SYSCALL, RETURNS, NULL },
	{ "uprobe", BPF_PROG_TYPE_KPROBE, 0, KVET_TARGET_UPROBE, 0, NULL },
	{ "uprobe.s", BPF_PROG_TYPE_KPROBE, 0, KVET_TARGET_UPROBE, SLEEPS, NULL },
	{ "uretprobe", BPF_PROG_TYPE_KPROBE, 0, KVET_TARGET_UPROBE, RETURNS, NULL },
	{ "uretprobe.s", BPF_PROG_TYPE_KPROBE, 0, KVET_TARGET_UPROBE, RETURNS | SLEEPS, NULL },
	{ "uprobe.multi", BPF_PROG_TYPE_KPROBE, KVET_ATTACH_UPROBE_MULTI, KVET_TARGET_UPROBE, 0,
	  NULL },
	{ "uprobe.multi.s", BPF_PROG_TYPE_KPROBE, KVET_ATTACH_UPROBE_MULTI, KVET_TARGET_UPROBE,
	  SLEEPS, NULL },
	{ "uretprobe.multi", BPF_PROG_TYPE_KPROBE, KVET_ATTACH_UPROBE_MULTI, KVET_TARGET_UPROBE,
	  RETURNS, NULL },
	{ "uretprobe.multi.s", BPF_PROG_TYPE_KPROBE, KVET_ATTACH_UPROBE_MULTI, KVET_TARGET_UPROBE,
	  RETURNS | SLEEPS, NULL },
	{ "uprobe.session", BPF_PROG_TYPE_KPROBE, KVET_ATTACH_UPROBE_SESSION, KVET_TARGET_UPROBE, 0,
	  NULL },
	{ "uprobe.session.s", BPF_PROG_TYPE_KPROBE, KVET_ATTACH_UPROBE_SESSION, KVET_TARGET_UPROBE,
	  SLEEPS, NULL },
	{ "usdt", BPF_PROG_TYPE_KPROBE, 0, KVET_TARGET_USDT, 0, NULL },
	{ "usdt.s", BPF_PROG_TYPE_KPROBE, 0, KVET_TARGET_USDT, SLEEPS, NULL },
	{ "tracepoint", BPF_PROG_TYPE_TRACEPOINT, 0, KVET_TARGET_TRACEPOINT, 0, NULL },
	{ "tp", BPF_PROG_TYPE_TRACEPOINT, 0, KVET_TARGET_TRACEPOINT, 0, NULL },
	{ "raw_tracepoint", BPF_PROG_TYPE_RAW_TRACEPOINT, 0, KVET_TARGET_RAW_TRACEPOINT, 0, NULL },
	{ "raw_tp", BPF_PROG_TYPE_RAW_TRACEPOINT, 0, KVET_TARGET_RAW_TRACEPOINT, 0, NULL },
	{ "raw_tracepoint.w", BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE, 0, KVET_TARGET_RAW_TRACEPOINT,
	  0, NULL },
	{ "raw_tp.w", BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE, 0, KVET_TARGET_RAW_TRACEPOINT, 0,
	  NULL },
	{ "tp_btf", BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, KVET_TARGET_BTF_TRACEPOINT, TYPEDEF,
	  "btf_trace_" },
	{ "fentry", BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, KVET_TARGET_FUNCTION, 0, "" },
	{ "fexit", BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT, KVET_TARGET_FUNCTION, RETURNS, "" },
	{ "fmod_ret", BPF_PROG_TYPE_TRACING, BPF_MODIFY_RETURN, KVET_TARGET_FUNCTION, 0, "" },
	{ "fentry.s", BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, KVET_TARGET_FUNCTION, SLEEPS, "" },
	{ "fexit.s", BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT, KVET_TARGET_FUNCTION, RETURNS | SLEEPS,
	  "" },
	{ "fmod_ret.s", BPF_PROG_TYPE_TRACING, BPF_MODIFY_RETURN, KVET_TARGET_FUNCTION, SLEEPS,
	  "" },
	{ "fsession", BPF_PROG_TYPE_TRACING, KVET_ATTACH_FSESSION, KVET_TARGET_FUNCTION, 0, "" },
	{ "fsession.s", BPF_PROG_TYPE_TRACING, KVET_ATTACH_FSESSION, KVET_TARGET_FUNCTION, SLEEPS,
	  "" },
	{ "freplace", BPF_PROG_TYPE_EXT, 0, KVET_TARGET_PROGRAM, 0, NULL },
	{ "lsm", BPF_PROG_TYPE_LSM, BPF_LSM_MAC, KVET_TARGET_LSM, 0, "bpf_lsm_" },
	{ "lsm.s", BPF_PROG_TYPE_LSM, BPF_LSM_MAC, KVET_TARGET_LSM, SLEEPS, "bpf_lsm_" },
	{ "lsm_cgroup", BPF_PROG_TYPE_LSM, BPF_LSM_CGROUP, KVET_TARGET_LSM, 0, "bpf_lsm_" },
	{ "iter", BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, KVET_TARGET_ITER, 0, "bpf_iter_" },
	{ "iter.s", BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, KVET_TARGET_ITER, SLEEPS, "bpf_iter_" },
	{ "struct_ops", BPF_PROG_TYPE_STRUCT_OPS, 0, KVET_TARGET_STRUCT_OPS, 0, NULL },
	{ "struct_ops.s", BPF_PROG_TYPE_STRUCT_OPS, 0, KVET_TARGET_STRUCT_OPS, SLEEPS, NULL },
	{ "syscall", BPF_PROG_TYPE_SYSCALL, 0, KVET_TARGET_NONE, SLEEPS, NULL },
	{ "perf_event", BPF_PROG_TYPE_PERF_EVENT, 0, KVET_TARGET_NONE, 0, NULL },

	{ "xdp.frags/devmap", BPF_PROG_TYPE_XDP, BPF_XDP_DEVMAP, KVET_TARGET_NONE, FRAGS, NULL },
	{ "xdp/devmap", BPF_PROG_TYPE_XDP, BPF_XDP_DEVMAP, KVET_TARGET_NONE, 0, NULL },
	{ "xdp.frags/cpumap", BPF_PROG_TYPE_XDP, BPF_XDP_CPUMAP, KVET_TARGET_NONE, FRAGS, NULL },
	{ "xdp/cpumap", BPF_PROG_TYPE_XDP, BPF_XDP_CPUMAP, KVET_TARGET_NONE, 0, NULL },
	{ "xdp.frags", BPF_PROG_TYPE_XDP, BPF_XDP, KVET_TARGET_NONE, FRAGS, NULL },
	{ "xdp", BPF_PROG_TYPE_XDP, BPF_XDP, KVET_TARGET_NONE, 0, NULL },
	{ "tcx/ingress", BPF_PROG_TYPE_SCHED_CLS, KVET_ATTACH_TCX_INGRESS, KVET_TARGET_NONE, 0,
	  NULL },
	{ "tcx/egress", BPF_PROG_TYPE_SCHED_CLS, KVET_ATTACH_TCX_EGRESS, KVET_TARGET_NONE, 0,
	  NULL },
	{ "netkit/primary", BPF_PROG_TYPE_SCHED_CLS, KVET_ATTACH_NETKIT_PRIMARY, KVET_TARGET_NONE,
	  0, NULL },
	{ "netkit/peer", BPF_PROG_TYPE_SCHED_CLS, KVET_ATTACH_NETKIT_PEER, KVET_TARGET_NONE, 0,
	  NULL },
	{ "tc", BPF_PROG_TYPE_SCHED_CLS, 0, KVET_TARGET_NONE, 0, NULL },
	{ "classifier", BPF_PROG_TYPE_SCHED_CLS, 0, KVET_TARGET_NONE, 0, NULL },
	{ "action", BPF_PROG_TYPE_SCHED_ACT, 0, KVET_TARGET_NONE, 0, NULL },
	{ "socket", BPF_PROG_TYPE_SOCKET_FILTER, 0, KVET_TARGET_NONE, 0, NULL },
	{ "sk_reuseport/migrate", BPF_PROG_TYPE_SK_REUSEPORT, BPF_SK_REUSEPORT_SELECT_OR_MIGRATE,
	  KVET_TARGET_NONE, 0, NULL },
	{ "sk_reuseport", BPF_PROG_TYPE_SK_REUSEPORT, BPF_SK_REUSEPORT_SELECT, KVET_TARGET_NONE, 0,
	  NULL },
	{ "lwt_in", BPF_PROG_TYPE_LWT_IN, 0, KVET_TARGET_NONE, 0, NULL },
	{ "lwt_out", BPF_PROG_TYPE_LWT_OUT, 0, KVET_TARGET_NONE, 0, NULL },
	{ "lwt_xmit", BPF_PROG_TYPE_LWT_XMIT, 0, KVET_TARGET_NONE, 0, NULL },
	{ "lwt_seg6local", BPF_PROG_TYPE_LWT_SEG6LOCAL, 0, KVET_TARGET_NONE, 0, NULL },
	{ "sockops", BPF_PROG_TYPE_SOCK_OPS, BPF_CGROUP_SOCK_OPS, KVET_TARGET_NONE, 0, NULL },
	{ "sk_skb/stream_parser", BPF_PROG_TYPE_SK_SKB, BPF_SK_SKB_STREAM_PARSER, KVET_TARGET_NONE,
	  0, NULL },
	{ "sk_skb/stream_verdict", BPF_PROG_TYPE_SK_SKB, BPF_SK_SKB_STREAM_VERDICT,
	  KVET_TARGET_NONE, 0, NULL },
	{ "sk_skb/verdict", BPF_PROG_TYPE_SK_SKB, BPF_SK_SKB_VERDICT, KVET_TARGET_NONE, 0, NULL },
	{ "sk_skb", BPF_PROG_TYPE_SK_SKB, 0, KVET_TARGET_NONE, 0, NULL },
	{ "sk_msg", BPF_PROG_TYPE_SK_MSG, BPF_SK_MSG_VERDICT, KVET_TARGET_NONE, 0, NULL },
	{ "sk_lookup", BPF_PROG_TYPE_SK_LOOKUP, BPF_SK_LOOKUP, KVET_TARGET_NONE, 0, NULL },
	{ "lirc_mode2", BPF_PROG_TYPE_LIRC_MODE2, BPF_LIRC_MODE2, KVET_TARGET_NONE, 0, NULL },
	{ "flow_dissector", BPF_PROG_TYPE_FLOW_DISSECTOR, BPF_FLOW_DISSECTOR, KVET_TARGET_NONE, 0,
	  NULL },
	{ "netfilter", KVET_TYPE_NETFILTER, KVET_ATTACH_NETFILTER, KVET_TARGET_NONE, 0, NULL },

	{ "cgroup_skb/ingress", BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_INGRESS, KVET_TARGET_NONE,
	  0, NULL },
	{ "cgroup_skb/egress", BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_EGRESS, KVET_TARGET_NONE,
	  0, NULL },
	{ "cgroup/skb", BPF_PROG_TYPE_CGROUP_SKB, 0, KVET_TARGET_NONE, 0, NULL },
	{ "cgroup_skb", BPF_PROG_TYPE_CGROUP_SKB, 0, KVET_TARGET_NONE, 0, NULL },
	{ "cgroup/sock_create", BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET_SOCK_CREATE,
	  KVET_TARGET_NONE, 0, NULL },
	{ "cgroup/sock_release", BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET_SOCK_RELEASE,
	  KVET_TARGET_NONE, 0, NULL },
	{ "cgroup/sock", BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET_SOCK_CREATE, KVET_TARGET_NONE,
	  0, NULL },
	{ "cgroup/post_bind4", BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET4_POST_BIND,
	  KVET_TARGET_NONE, 0, NULL },
	{ "cgroup/post_bind6", BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET6_POST_BIND,
	  KVET_TARGET_NONE, 0, NULL },
	{ "cgroup/bind4", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_BIND, KVET_TARGET_NONE,
	  0, NULL },
	{ "cgroup/bind6", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET6_BIND, KVET_TARGET_NONE,
	  0, NULL },
	{ "cgroup/connect4", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_CONNECT,
	  KVET_TARGET_NONE, 0, NULL },
	{ "cgroup/connect6", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET6_CONNECT,
	  KVET_TARGET_NONE, 0, NULL },
	{ "cgroup/connect_unix", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, KVET_ATTACH_UNIX_CONNECT,
	  KVET_TARGET_NONE, 0, NULL },
	{ "cgroup/sendmsg4", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_UDP4_SENDMSG,
	  KVET_TARGET_NONE, 0, NULL },
	{ "cgroup/sendmsg6", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_UDP6_SENDMSG,
	  KVET_TARGET_NONE, 0, NULL },
	{ "cgroup/sendmsg_unix", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, KVET_ATTACH_UNIX_SENDMSG,
	  KVET_TARGET_NONE, 0, NULL },
	{ "cgroup/recvmsg4", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_UDP4_RECVMSG,
	  KVET_TARGET_NONE, 0, NULL },
	{ "cgroup/recvmsg6", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_UDP6_RECVMSG,
	  KVET_TARGET_NONE, 0, NULL },
	{ "cgroup/recvmsg_unix", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, KVET_ATTACH_UNIX_RECVMSG,
	  KVET_TARGET_NONE, 0, NULL },
	{ "cgroup/getpeername4", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_GETPEERNAME,
	  KVET_TARGET_NONE, 0, NULL },
	{ "cgroup/getpeername6", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET6_GETPEERNAME,
	  KVET_TARGET_NONE, 0, NULL },
	{ "cgroup/getpeername_unix", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, KVET_ATTACH_UNIX_GETPEERNAME,
	  KVET_TARGET_NONE, 0, NULL },
	{ "cgroup/getsockname4", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_GETSOCKNAME,
	  KVET_TARGET_NONE, 0, NULL },
	{ "cgroup/getsockname6", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET6_GETSOCKNAME,
	  KVET_TARGET_NONE, 0, NULL },
	{ "cgroup/getsockname_unix", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, KVET_ATTACH_UNIX_GETSOCKNAME,
	  KVET_TARGET_NONE, 0, NULL },
	{ "cgroup/sysctl", BPF_PROG_TYPE_CGROUP_SYSCTL, BPF_CGROUP_SYSCTL, KVET_TARGET_NONE, 0,
	  NULL },
	{ "cgroup/getsockopt", BPF_PROG_TYPE_CGROUP_SOCKOPT, BPF_CGROUP_GETSOCKOPT,
	  KVET_TARGET_NONE, 0, NULL },
	{ "cgroup/setsockopt", BPF_PROG_TYPE_CGROUP_SOCKOPT, BPF_CGROUP_SETSOCKOPT,
	  KVET_TARGET_NONE, 0, NULL },
	{ "cgroup/dev", BPF_PROG_TYPE_CGROUP_DEVICE, BPF_CGROUP_DEVICE, KVET_TARGET_NONE, 0, NULL },
};

bool kvet_section_is_placeholder(const char *target)
{
	static const char *const words[] = { "foo", "func", "function", "target", "placeholder" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(target, words[i]))
			return true;
	return !strncmp(target, "dummy", 5);
}

/* "xdp_drop", "sk_skb1": names that libbpf took until 1.0, and iproute2's objects have. */
static const struct row *guess(const char *name)
{
	static const char *const beginnings[] = { "xdp",    "socket", "classifier", "action",
						  "sk_skb", "sk_msg", "sockops",    "tc_" };

	for (size_t i = 0; i < sizeof(beginnings) / sizeof(*beginnings); i++) {
		size_t len = strlen(beginnings[i]);

		if (strncmp(name, beginnings[i], len) != 0)
			continue;
		len -= beginnings[i][len - 1] == '_';
		for (size_t n = 0; n < sizeof(rows) / sizeof(*rows); n++)
			if (strlen(rows[n].name) == len && !strncmp(rows[n].name, name, len))
				return &rows[n];
	}
	return NULL;
}

static const struct row *exact(const char *name)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t len = strlen(rows[i].name);

		if (!strncmp(name, rows[i].name, len) && (!name[len] || name[len] == '/'))
			return &rows[i];
	}
	return NULL;
}

uint32_t kvet_section_oldest_attach(uint32_t type)
{
	const struct row *oldest = NULL;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].type == type && !rows[i].btf_prefix &&
		    (!oldest || rows[i].attach < oldest->attach))
			oldest = &rows[i];
	return oldest ? oldest->attach : 0;
}

void kvet_section_parse(const char *name, struct kvet_section *section)
{
	const struct row *row = exact(name);
	bool guessed = !row && (row = guess(name));
	size_t len;

	*section = (struct kvet_section){ .known = false };
	if (!row)
		return;
	len = strlen(row->name);
	*section = (struct kvet_section){
		.known = true,
		.type = row->type,
		.attach = row->attach,
		.flags = (row->flags & SLEEPS ? BPF_F_SLEEPABLE : 0) |
			 (row->flags & FRAGS ? BPF_F_XDP_HAS_FRAGS : 0),
		.kind = row->kind,
		.returns = row->flags & RETURNS,
		.btf_prefix = row->btf_prefix,
		.btf_typedef = row->flags & TYPEDEF,
		.guessed = guessed,
		.target = row->kind != KVET_TARGET_NONE && name[len] && name[len + 1]
				  ? name + len + 1
				  : NULL,
	};
}
