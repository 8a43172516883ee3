/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Gathers what is known of this process and its host after a refusal. */
#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/fail.h"
#include "host/btf.h"
#include "host/capability.h"
#include "host/sys_read.h"

#include <kvet/refusal.h>

static long sysctl_of(const struct kvet_host *host, const char *name)
{
	long value;

	return kvet_host_sysctl(host, name, &value, NULL) ? KVET_UNREADABLE : value;
}

/* The struct exists in kernels that charge the limit (5.3 to 5.10). */
static enum kvet_charge charge_of(const struct kvet_host *host)
{
	AUTO(kvet_btf) *btf = NULL;

	if (kvet_btf_read(&btf, host, KVET_BTF_KERNEL, NULL, NULL))
		return KVET_CHARGE_UNKNOWN;
	return kvet_btf_find(btf, BTF_KIND_STRUCT, "bpf_map_memory") ? KVET_CHARGE_MEMLOCK
								     : KVET_CHARGE_NONE;
}

static void read_memlock(struct kvet_refusal *refusal, const struct kvet_host *host)
{
	struct rlimit limit;

	refusal->memlock = UINT64_MAX;
	refusal->charge = KVET_CHARGE_UNKNOWN;
	if (refusal->call != KVET_CALL_BPF || getrlimit(RLIMIT_MEMLOCK, &limit) ||
	    limit.rlim_cur == RLIM_INFINITY)
		return;
	/* A process that may raise the limit has done so and tried again. */
	if (kvet_host_capable(CAP_SYS_RESOURCE))
		return;
	refusal->memlock = limit.rlim_cur;
	refusal->charge = charge_of(host);
}

/* AppArmor and SELinux write the profile or context here; "unconfined" does not count. */
static void read_label(struct kvet_refusal *refusal, const struct kvet_host *host)
{
	const struct kvet_host self = kvet_host_self(host);

	if (kvet_host_read(&self, "/proc/self/attr/current", refusal->label, sizeof(refusal->label),
			   NULL) ||
	    strstr(refusal->label, "unconfined"))
		refusal->label[0] = '\0';
}

void kvet_refusal_read(struct kvet_refusal *refusal, const struct kvet_host *host,
		       enum kvet_call call)
{
	const char *option = call == KVET_CALL_BPF ? "CONFIG_BPF_SYSCALL" : "CONFIG_PERF_EVENTS";
	bool absent = false;

	memset(refusal, 0, sizeof(*refusal));
	refusal->call = call;
	kvet_capability_sets(&refusal->effective, &refusal->permitted, &refusal->bounding);
	refusal->root = geteuid() == 0;
	refusal->user_namespace = kvet_host_in_user_namespace();
	refusal->admin_only = prctl(PR_CAPBSET_READ, CAP_BPF, 0, 0, 0) < 0;
	refusal->seccomp = kvet_host_seccomp(host);
	kvet_reach_read(host, call, &refusal->reach);
	refusal->unprivileged_bpf_disabled = sysctl_of(host, "kernel/unprivileged_bpf_disabled");
	refusal->perf_event_paranoid = sysctl_of(host, "kernel/perf_event_paranoid");
	refusal->lockdown = kvet_host_lockdown(host);
	read_memlock(refusal, host);
	/* The sysctl exists if the call is built in. */
	if ((call == KVET_CALL_BPF && refusal->unprivileged_bpf_disabled == KVET_UNREADABLE) ||
	    (call == KVET_CALL_PERF && refusal->perf_event_paranoid == KVET_UNREADABLE))
		absent = kvet_host_config(host, option, refusal->config, sizeof(refusal->config)) ==
			 KVET_CONFIG_NO;
	if (!absent)
		refusal->config[0] = '\0';
	read_label(refusal, host);
	kvet_place_read(host, &refusal->place);
}

void kvet_refusal_add(const struct kvet_host *host, enum kvet_call call, const int *capabilities,
		      struct kvet_cause *cause)
{
	struct kvet_refusal refusal;

	if (!cause ||
	    (cause->errnum != EPERM && cause->errnum != EACCES && cause->errnum != ENOSYS))
		return;
	kvet_refusal_read(&refusal, host, call);
	kvet_refusal_explain(&refusal, capabilities, cause);
}

bool kvet_reach_is_death(const struct kvet_host *host, enum kvet_call call,
			 struct kvet_cause *cause)
{
	struct kvet_refusal refusal;
	struct kvet_reach reach;

	kvet_reach_read(host, call, &reach);
	if (reach.state != KVET_REACH_DEATH)
		return false;
	if (!cause)
		return true;
	kvet_refusal_read(&refusal, host, call);
	kvet_cause_fill(cause, 0, reach.call, "%s", "");
	kvet_refusal_explain(&refusal, (const int[]){ -1 }, cause);
	return true;
}

int kvet_host_fail_masked(const struct kvet_host *host, const char *path, struct kvet_cause *err)
{
	bool machine = !host || !host->sysroot || !*host->sysroot;
	char full[PATH_MAX];
	struct stat st;

	if (!kvet_host_is_masked(host, path))
		return 0;
	kvet_host_path(host, path, full);
	kvet_reject(err, 0, full, "%s%s", machine ? "masked by the container's runtime: " : "",
		    !stat(full, &st) && S_ISCHR(st.st_mode) ? "/dev/null is mounted over it"
							    : "it is empty");
	kvet_remedy_here(host, KVET_NEED_UNMASKED, err);
	return -ENODATA;
}

bool kvet_host_is_masked(const struct kvet_host *host, const char *path)
{
	char full[PATH_MAX], byte;
	struct stat st;

	if (stat(kvet_host_path(host, path, full), &st))
		return false;
	if (S_ISCHR(st.st_mode))
		return st.st_rdev == makedev(1, 3);
	/* No file of /proc or /sys that kvet reads is ever empty; a process that may not read it
	 * cannot tell. */
	return S_ISREG(st.st_mode) && !access(full, R_OK) &&
	       !kvet_host_read(host, path, &byte, 1, NULL);
}
