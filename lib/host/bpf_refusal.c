/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Why bpf(2) says EPERM: a capability, a limit, or somebody who may say no to anyone. */
#include <linux/capability.h>
#include <sys/resource.h>

#include "core/fail.h"

#include <kvet/host.h>

const char *kvet_host_missing_for_bpf(const int *capabilities, char *buf, size_t size)
{
	buf[0] = '\0';
	if (kvet_host_capable(CAP_SYS_ADMIN))
		return buf;
	return kvet_host_missing_capabilities(capabilities, buf, size);
}

static void explain_missing(const struct kvet_host *host, const char *names,
			    struct kvet_cause *cause)
{
	long disabled;

	kvet_cause_add(cause, "%s missing", names);
	/* 1 and 2 deny bpf(2) to all who lack CAP_BPF; only 1 is for good. */
	if (!kvet_host_sysctl(host, "kernel/unprivileged_bpf_disabled", &disabled, NULL))
		kvet_cause_add(cause, "kernel.unprivileged_bpf_disabled=%ld", disabled);
	kvet_cause_remedy_missing(cause, names);
}

/* The capabilities are there: name what else can make bpf(2) return EPERM. */
static void explain_others(const struct kvet_host *host, struct kvet_cause *cause)
{
	struct rlimit limit;

	kvet_cause_add(cause, "no capability is missing; lockdown is %s", kvet_host_lockdown(host));
	/* Before 5.11 maps and programs were charged to this limit, and one too many was EPERM
	 * (kernel: bpf_charge_memlock()). Whoever may raise it does so, and asks again. */
	if (!kvet_host_capable(CAP_SYS_RESOURCE) && !getrlimit(RLIMIT_MEMLOCK, &limit) &&
	    limit.rlim_cur != RLIM_INFINITY)
		kvet_cause_add(cause, "RLIMIT_MEMLOCK=%llu", (unsigned long long)limit.rlim_cur);
	kvet_cause_remedy(cause, "look for a seccomp filter or a security module that refuses "
				 "bpf(2); before Linux 5.11, raise RLIMIT_MEMLOCK (ulimit -l)");
}

void kvet_host_explain_bpf_eperm(const struct kvet_host *host, const int *capabilities,
				 struct kvet_cause *cause)
{
	int seccomp = kvet_host_seccomp(host);
	char names[128];

	kvet_host_missing_for_bpf(capabilities, names, sizeof(names));
	if (names[0])
		explain_missing(host, names, cause);
	else
		explain_others(host, cause);
	if (seccomp == 2 || (seccomp >= 0 && !names[0]))
		kvet_cause_add(cause, "seccomp mode %d", seccomp);
	/* bpf(2) asks for capabilities in the initial namespace. */
	if (kvet_host_in_user_namespace()) {
		kvet_cause_add(cause, "in a user namespace, whose capabilities do not count");
		kvet_cause_remedy(cause, "run as root outside of the user namespace");
	}
}
