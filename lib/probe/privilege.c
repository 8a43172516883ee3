/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <linux/capability.h>
#include <stdio.h>
#include <sys/resource.h>

#include "core/fail.h"
#include "probe/privilege.h"
#include "probe/remedy.h"

#define NETFILTER 32

/* From <linux/capability.h> of Linux 5.8. */
#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#endif
#ifndef CAP_BPF
#define CAP_BPF 39
#endif

/* What a load of the type takes: is_perfmon_prog_type() and is_net_admin_prog_type() of
 * kernel/bpf/syscall.c. Before 5.8 CAP_SYS_ADMIN stood for all of it, as it still may. */
static const int *needed(int type)
{
	static const int perfmon[] = { CAP_BPF, CAP_PERFMON, -1 };
	static const int net_admin[] = { CAP_BPF, CAP_NET_ADMIN, -1 };
	static const int both[] = { CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN, -1 };
	static const int bpf[] = { CAP_BPF, -1 };

	switch (type) {
	case BPF_PROG_TYPE_KPROBE:
	case BPF_PROG_TYPE_TRACEPOINT:
	case BPF_PROG_TYPE_PERF_EVENT:
	case BPF_PROG_TYPE_RAW_TRACEPOINT:
	case BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE:
	case BPF_PROG_TYPE_TRACING:
	case BPF_PROG_TYPE_LSM:
	case BPF_PROG_TYPE_STRUCT_OPS:
		return perfmon;
	case BPF_PROG_TYPE_SCHED_CLS:
	case BPF_PROG_TYPE_SCHED_ACT:
	case BPF_PROG_TYPE_XDP:
	case BPF_PROG_TYPE_LWT_IN:
	case BPF_PROG_TYPE_LWT_OUT:
	case BPF_PROG_TYPE_LWT_XMIT:
	case BPF_PROG_TYPE_LWT_SEG6LOCAL:
	case BPF_PROG_TYPE_SK_SKB:
	case BPF_PROG_TYPE_SK_MSG:
	case BPF_PROG_TYPE_LIRC_MODE2:
	case BPF_PROG_TYPE_FLOW_DISSECTOR:
	case BPF_PROG_TYPE_CGROUP_DEVICE:
	case BPF_PROG_TYPE_CGROUP_SOCK:
	case BPF_PROG_TYPE_CGROUP_SOCK_ADDR:
	case BPF_PROG_TYPE_CGROUP_SOCKOPT:
	case BPF_PROG_TYPE_CGROUP_SYSCTL:
	case BPF_PROG_TYPE_SOCK_OPS:
	case NETFILTER:
		return net_admin;
	case BPF_PROG_TYPE_EXT:
		return both;
	default:
		return bpf;
	}
}

static const char *missing(const int *capabilities, char *buf, size_t size)
{
	buf[0] = '\0';
	if (kvet_host_capable(CAP_SYS_ADMIN))
		return buf;
	return kvet_host_missing_capabilities(capabilities, buf, size);
}

const char *kvet_probe_missing_for_helper(int helper, char *buf, size_t size)
{
	static const int common[] = { CAP_BPF, CAP_PERFMON, -1 };
	static const int write_user[] = { CAP_BPF, CAP_PERFMON, CAP_SYS_ADMIN, -1 };

	return missing(helper == BPF_FUNC_probe_write_user ? write_user : common, buf, size);
}

static void explain_missing(const struct kvet_host *host, const char *names,
			    struct kvet_cause *cause)
{
	long disabled;

	kvet_cause_add(cause, "%s missing", names);
	/* 1 and 2 deny bpf(2) to all who lack CAP_BPF; only 1 is for good. */
	if (!kvet_host_sysctl(host, "kernel/unprivileged_bpf_disabled", &disabled, NULL))
		kvet_cause_add(cause, "kernel.unprivileged_bpf_disabled=%ld", disabled);
	kvet_probe_remedy_missing(cause, names);
}

/* The capabilities are there: name what else can make bpf(2) return EPERM. */
static void explain_others(const struct kvet_host *host, struct kvet_cause *cause)
{
	struct rlimit limit;

	kvet_cause_add(cause, "no capability is missing; lockdown is %s", kvet_host_lockdown(host));
	/* Before 5.11; whoever may raise the limit has already done so and asked again. */
	if (!kvet_host_capable(CAP_SYS_RESOURCE) && !getrlimit(RLIMIT_MEMLOCK, &limit) &&
	    limit.rlim_cur != RLIM_INFINITY)
		kvet_cause_add(cause, "RLIMIT_MEMLOCK=%llu", (unsigned long long)limit.rlim_cur);
	kvet_cause_remedy(cause, "look for a seccomp filter or a security module that refuses "
				 "bpf(2)");
}

void kvet_probe_explain_eperm(const struct kvet_host *host, int type, struct kvet_cause *cause)
{
	int seccomp = kvet_host_seccomp(host);
	char names[128];

	missing(needed(type), names, sizeof(names));
	if (names[0])
		explain_missing(host, names, cause);
	else
		explain_others(host, cause);
	if (seccomp == 2 || (seccomp >= 0 && !names[0]))
		kvet_cause_add(cause, "seccomp mode %d", seccomp);
	/* bpf(2) asks for capabilities in the initial namespace. */
	if (kvet_host_in_user_namespace()) {
		kvet_cause_add(cause, "in a user namespace");
		kvet_cause_remedy(cause, "run as root outside of the user namespace");
	}
}
