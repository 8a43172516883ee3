/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Why addresses are hidden. */
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

#include "core/fail.h"
#include "host/sys_read.h"

#include <kvet/ksyms.h>
#include <kvet/refusal.h>

#define KALLSYMS "/proc/kallsyms"

static void sysctl_words(const struct kvet_host *host, const char *name, char *buf, size_t size)
{
	long value;

	if (kvet_host_sysctl(host, name, &value, NULL))
		snprintf(buf, size, "unreadable");
	else
		snprintf(buf, size, "%ld", value);
}

/* Says what would show the addresses of the running kernel. */
static void advise(const struct kvet_host *host, bool never, struct kvet_cause *cause)
{
	static const int syslog[] = { CAP_SYSLOG, -1 };
	struct kvet_refusal refusal;

	kvet_refusal_read(&refusal, host, KVET_CALL_FILE);
	kvet_refusal_advise(&refusal, syslog, cause);
	if (never)
		kvet_remedy_add(cause, KVET_NEED_KPTR, &refusal.place, NULL);
	if (!*cause->remedy)
		kvet_cause_remedy(cause, "look for a sandbox or a security module that hides "
					 "addresses");
}

void kvet_ksyms_hidden_cause(const struct kvet_host *host, const char *path,
			     struct kvet_cause *cause)
{
	char full[PATH_MAX], restrict_words[32], paranoid_words[32];

	sysctl_words(host, "kernel/kptr_restrict", restrict_words, sizeof(restrict_words));
	sysctl_words(host, "kernel/perf_event_paranoid", paranoid_words, sizeof(paranoid_words));
	/* No call failed: the kernel returned zeros. */
	kvet_cause_fill(cause, 0, path ? path : kvet_host_path(host, KALLSYMS, full),
			"every address is hidden (all zero); %skernel.kptr_restrict=%s, "
			"kernel.perf_event_paranoid=%s, CAP_SYSLOG %s, lockdown %s",
			path ? "the file may be of another host, this one has " : "",
			restrict_words, paranoid_words,
			kvet_host_capable(CAP_SYSLOG) ? "held" : "missing",
			kvet_host_lockdown(host));
	if (path)
		kvet_cause_remedy(cause, "copy the file again as root, with kernel.kptr_restrict "
					 "at 0 or 1");
	else
		advise(host, !strcmp(restrict_words, "2"), cause);
}
