/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <linux/bpf.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

#include "host/capability.h"
#include "bpf/late.h"
#include "probe/privilege.h"

/* The capabilities that any helper may require, and those of bpf_probe_write_user(). */
static const int for_any[] = { CAP_BPF, CAP_PERFMON, -1 };
static const int for_write_user[] = { CAP_BPF, CAP_PERFMON, CAP_SYS_ADMIN, -1 };

/* Writes the capabilities of the list that are not in the set, separated by ", ". */
static void list_missing(const int *list, uint64_t set, char *buf, size_t size)
{
	char name[32];
	size_t used = 0;

	buf[0] = '\0';
	for (; *list >= 0 && used < size; list++)
		if (!(set >> *list & 1))
			used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? ", " : "",
						 kvet_capability_name(*list, name, sizeof(name)));
}

/* bpf_token_capable() of kernel/bpf/token.c. bpf_probe_write_user() requires CAP_SYS_ADMIN in the
 * initial namespace even with a token. */
static void read_delegated(struct kvet_privilege *privilege)
{
	uint64_t effective, permitted, bounding, admin = 1ULL << CAP_SYS_ADMIN;

	kvet_capability_sets(&effective, &permitted, &bounding);
	if (effective & admin)
		effective = ~admin;
	list_missing(for_any, effective, privilege->missing, sizeof(privilege->missing));
	list_missing(for_write_user, effective & ~admin, privilege->missing_write_user,
		     sizeof(privilege->missing_write_user));
}

void kvet_privilege_read(struct kvet_privilege *privilege, bool delegated)
{
	if (delegated) {
		read_delegated(privilege);
		return;
	}
	kvet_host_missing_for_bpf(for_any, privilege->missing, sizeof(privilege->missing));
	kvet_host_missing_for_bpf(for_write_user, privilege->missing_write_user,
				  sizeof(privilege->missing_write_user));
}

/* Whether a lockdown takes the helper away from everyone (kernel: security_locked_down() in
 * kernel/bpf/helpers.c and kernel/trace/bpf_trace.c), or might, where the level is unknown. */
static bool locked(int helper, struct kvet_denials *denials, const char **level)
{
	bool write = helper == BPF_FUNC_probe_write_user;

	switch (helper) {
	case BPF_FUNC_probe_read:
	case BPF_FUNC_probe_read_str:
	case BPF_FUNC_probe_read_kernel:
	case BPF_FUNC_probe_read_kernel_str:
	case BPF_FUNC_probe_write_user:
		*level = kvet_denials_lockdown(denials);
		return !strcmp(*level, "confidentiality") || !strcmp(*level, "unknown") ||
		       (write && !strcmp(*level, "integrity"));
	default:
		return false;
	}
}

void kvet_privilege_limits(const struct kvet_privilege *privilege, struct kvet_denials *denials,
			   int helper, struct kvet_probe_limits *limits)
{
	bool write_user = helper == BPF_FUNC_probe_write_user;
	const char *level = "";

	memcpy(limits->missing, write_user ? privilege->missing_write_user : privilege->missing,
	       sizeof(limits->missing));
	limits->locked = locked(helper, denials, &level) ? level : "";
}

const int *kvet_privilege_of_helper(int helper)
{
	return helper == BPF_FUNC_probe_write_user ? for_write_user : for_any;
}
