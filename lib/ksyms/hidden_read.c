/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Why addresses are hidden. */
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

#include "core/fail.h"
#include "host/sys_read.h"

#include <kvet/ksyms.h>

#define KALLSYMS "/proc/kallsyms"

static void sysctl_words(const struct kvet_host *host, const char *name, char *buf, size_t size)
{
	long value;

	if (kvet_host_sysctl(host, name, &value, NULL))
		snprintf(buf, size, "unreadable");
	else
		snprintf(buf, size, "%ld", value);
}

void kvet_ksyms_hidden_cause(const struct kvet_host *host, const char *path,
			     struct kvet_cause *cause)
{
	bool syslog = kvet_host_capable(CAP_SYSLOG);
	char restrict_words[32], paranoid_words[32];

	sysctl_words(host, "kernel/kptr_restrict", restrict_words, sizeof(restrict_words));
	sysctl_words(host, "kernel/perf_event_paranoid", paranoid_words, sizeof(paranoid_words));
	kvet_cause_fill(cause, EPERM, path ? path : KALLSYMS,
			"every address is hidden (all zero); %skernel.kptr_restrict=%s, "
			"kernel.perf_event_paranoid=%s, CAP_SYSLOG %s, lockdown %s",
			path ? "this host, where the copy may not be from, has " : "",
			restrict_words, paranoid_words, syslog ? "held" : "missing",
			kvet_host_lockdown(host));
	if (path)
		kvet_cause_remedy(cause, "take the copy again as root with kernel.kptr_restrict "
					 "below 2");
	else if (!strcmp(restrict_words, "2"))
		kvet_cause_remedy(cause, "set kernel.kptr_restrict to 1 or 0, and run as root or "
					 "with CAP_SYSLOG");
	else if (!syslog)
		kvet_cause_remedy(cause, "run as root or with CAP_SYSLOG in the initial user "
					 "namespace");
	else
		kvet_cause_remedy(cause, "look for a sandbox or a security module that hides "
					 "addresses");
}
