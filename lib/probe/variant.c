/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <linux/bpf.h>

#include "bpf/late.h"
#include "probe/variant.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))
#define BARE(what, number)                         \
	{                                          \
		.name = (what), .attach = (number) \
	}
#define ON_FUNCTION(what, number, names)                                            \
	{                                                                           \
		.name = (what), .attach = (number), .target = KVET_TARGET_FUNCTION, \
		.candidates = (names)                                               \
	}

/*
 * bpf_d_path() is allowed for some functions only; security_file_open() is the one of them that
 * every kernel with CONFIG_SECURITY has. A sleepable program requires a function that may sleep: a
 * system call where error injection is built in, or one of the kernel's own test functions.
 */
static const char *const functions[] = { "security_file_open", "vfs_read",         "__x64_sys_read",
					 "__arm64_sys_read",   "bpf_fentry_test1", NULL };
static const char *const modifiable[] = { "security_file_open", "__x64_sys_read",
					  "__arm64_sys_read", "bpf_modify_return_test", NULL };
/* Nothing may sleep in the scheduler: a kernel that loads a sleepable program for its tracepoint
 * does not check (before 6.2). */
static const char *const tracepoints[] = { "btf_trace_sched_switch", "btf_trace_sys_enter", NULL };
static const char *const iterators[] = { "bpf_iter_task", NULL };
/* Its programs may call more helpers than those of other iterators (6.0). */
static const char *const tcp_iterators[] = { "bpf_iter_tcp", NULL };
static const char *const hooks[] = { "bpf_lsm_file_open", "bpf_lsm_bprm_committed_creds", NULL };
static const char *const cgroup_hooks[] = { "bpf_lsm_socket_post_create", NULL };

static const struct kvet_variant tracing[] = {
	ON_FUNCTION("fentry", BPF_TRACE_FENTRY, functions),
	ON_FUNCTION("fexit", BPF_TRACE_FEXIT, functions),
	ON_FUNCTION("fmod_ret", BPF_MODIFY_RETURN, modifiable),
	{ "raw_tp", BPF_TRACE_RAW_TP, KVET_TARGET_TRACEPOINT, tracepoints, 0 },
	ON_FUNCTION("iter", BPF_TRACE_ITER, iterators),
	ON_FUNCTION("iter_tcp", BPF_TRACE_ITER, tcp_iterators),
	ON_FUNCTION("fsession", KVET_ATTACH_FSESSION, functions),
};

static const struct kvet_variant lsm[] = {
	ON_FUNCTION("mac", BPF_LSM_MAC, hooks),
	ON_FUNCTION("cgroup", BPF_LSM_CGROUP, cgroup_hooks),
};

#define REPLACING(what, type)                                \
	{                                                    \
		(what), 0, KVET_TARGET_PROGRAM, NULL, (type) \
	}

static const struct kvet_variant ext[] = {
	REPLACING("xdp", BPF_PROG_TYPE_XDP),
	REPLACING("sched_cls", BPF_PROG_TYPE_SCHED_CLS),
	REPLACING("socket_filter", BPF_PROG_TYPE_SOCKET_FILTER),
	REPLACING("cgroup_skb", BPF_PROG_TYPE_CGROUP_SKB),
	REPLACING("cgroup_sock", BPF_PROG_TYPE_CGROUP_SOCK),
	REPLACING("cgroup_sock_addr", BPF_PROG_TYPE_CGROUP_SOCK_ADDR),
	REPLACING("cgroup_sockopt", BPF_PROG_TYPE_CGROUP_SOCKOPT),
	REPLACING("cgroup_sysctl", BPF_PROG_TYPE_CGROUP_SYSCTL),
	REPLACING("cgroup_device", BPF_PROG_TYPE_CGROUP_DEVICE),
	REPLACING("sock_ops", BPF_PROG_TYPE_SOCK_OPS),
	REPLACING("sk_skb", BPF_PROG_TYPE_SK_SKB),
	REPLACING("sk_msg", BPF_PROG_TYPE_SK_MSG),
	REPLACING("sk_reuseport", BPF_PROG_TYPE_SK_REUSEPORT),
	REPLACING("sk_lookup", BPF_PROG_TYPE_SK_LOOKUP),
	REPLACING("flow_dissector", BPF_PROG_TYPE_FLOW_DISSECTOR),
	REPLACING("lwt_xmit", BPF_PROG_TYPE_LWT_XMIT),
	REPLACING("perf_event", BPF_PROG_TYPE_PERF_EVENT),
	REPLACING("kprobe", BPF_PROG_TYPE_KPROBE),
};

static const struct kvet_variant cgroup_skb[] = {
	BARE("ingress", BPF_CGROUP_INET_INGRESS),
	BARE("egress", BPF_CGROUP_INET_EGRESS),
};

static const struct kvet_variant cgroup_sock[] = {
	BARE("sock_create", BPF_CGROUP_INET_SOCK_CREATE),
	BARE("sock_release", BPF_CGROUP_INET_SOCK_RELEASE),
	BARE("post_bind4", BPF_CGROUP_INET4_POST_BIND),
	BARE("post_bind6", BPF_CGROUP_INET6_POST_BIND),
};

static const struct kvet_variant cgroup_sock_addr[] = {
	BARE("connect4", BPF_CGROUP_INET4_CONNECT),
	BARE("connect6", BPF_CGROUP_INET6_CONNECT),
	BARE("bind4", BPF_CGROUP_INET4_BIND),
	BARE("bind6", BPF_CGROUP_INET6_BIND),
	BARE("sendmsg4", BPF_CGROUP_UDP4_SENDMSG),
	BARE("sendmsg6", BPF_CGROUP_UDP6_SENDMSG),
	BARE("recvmsg4", BPF_CGROUP_UDP4_RECVMSG),
	BARE("recvmsg6", BPF_CGROUP_UDP6_RECVMSG),
	BARE("getpeername4", BPF_CGROUP_INET4_GETPEERNAME),
	BARE("getpeername6", BPF_CGROUP_INET6_GETPEERNAME),
	BARE("getsockname4", BPF_CGROUP_INET4_GETSOCKNAME),
	BARE("getsockname6", BPF_CGROUP_INET6_GETSOCKNAME),
	BARE("connect_unix", KVET_ATTACH_UNIX_CONNECT),
	BARE("sendmsg_unix", KVET_ATTACH_UNIX_SENDMSG),
	BARE("recvmsg_unix", KVET_ATTACH_UNIX_RECVMSG),
	BARE("getpeername_unix", KVET_ATTACH_UNIX_GETPEERNAME),
	BARE("getsockname_unix", KVET_ATTACH_UNIX_GETSOCKNAME),
};

static const struct kvet_variant cgroup_sockopt[] = {
	BARE("getsockopt", BPF_CGROUP_GETSOCKOPT),
	BARE("setsockopt", BPF_CGROUP_SETSOCKOPT),
};

static const struct kvet_variant sk_reuseport[] = {
	BARE("select", BPF_SK_REUSEPORT_SELECT),
	BARE("select_or_migrate", BPF_SK_REUSEPORT_SELECT_OR_MIGRATE),
};

/* The only attach type of these must be named (kernel/bpf/syscall.c,
 * bpf_prog_load_check_attach()). */
static const struct kvet_variant sk_lookup[] = { BARE(NULL, BPF_SK_LOOKUP) };
static const struct kvet_variant netfilter[] = { BARE(NULL, KVET_ATTACH_NETFILTER) };
static const struct kvet_variant struct_ops[] = { { .target = KVET_TARGET_MEMBER } };
static const struct kvet_variant bare[] = { BARE(NULL, 0) };

#define TYPE(number, variants)                         \
	{                                              \
		(number), (variants), LENGTH(variants) \
	}

static const struct {
	int type;
	const struct kvet_variant *variants;
	size_t count;
} types[] = {
	TYPE(BPF_PROG_TYPE_TRACING, tracing),
	TYPE(BPF_PROG_TYPE_LSM, lsm),
	TYPE(BPF_PROG_TYPE_EXT, ext),
	TYPE(BPF_PROG_TYPE_STRUCT_OPS, struct_ops),
	TYPE(BPF_PROG_TYPE_CGROUP_SKB, cgroup_skb),
	TYPE(BPF_PROG_TYPE_CGROUP_SOCK, cgroup_sock),
	TYPE(BPF_PROG_TYPE_CGROUP_SOCK_ADDR, cgroup_sock_addr),
	TYPE(BPF_PROG_TYPE_CGROUP_SOCKOPT, cgroup_sockopt),
	TYPE(BPF_PROG_TYPE_SK_REUSEPORT, sk_reuseport),
	TYPE(BPF_PROG_TYPE_SK_LOOKUP, sk_lookup),
	TYPE(KVET_TYPE_NETFILTER, netfilter),
};

const struct kvet_variant *kvet_variants(int type, size_t *count)
{
	for (size_t i = 0; i < LENGTH(types); i++)
		if (types[i].type == type) {
			*count = types[i].count;
			return types[i].variants;
		}
	*count = LENGTH(bare);
	return bare;
}

int kvet_variant_attach_type(int type, int variant)
{
	size_t count, index = variant > 0 ? (size_t)variant - 1 : 0;
	const struct kvet_variant *variants = kvet_variants(type, &count);

	return index < count ? variants[index].attach : 0;
}

bool kvet_variants_need_kernel(int type)
{
	size_t count;
	enum kvet_target target = kvet_variants(type, &count)->target;

	return target != KVET_TARGET_NONE && target != KVET_TARGET_PROGRAM;
}

/* "Syscall programs can only be sleepable" */
bool kvet_variants_always_sleep(int type)
{
	return type == BPF_PROG_TYPE_SYSCALL;
}
