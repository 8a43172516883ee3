/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The running kernel's table, or a saved copy of one; and why its addresses may be hidden. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "host/sys_read.h"
#include "ksyms/table.h"

#define KALLSYMS "/proc/kallsyms"

int kvet_ksyms_load(struct kvet_ksyms **table, const struct kvet_host *host, const char *path,
		    struct kvet_error *err)
{
	char full[PATH_MAX];
	const char *name = path ? path : kvet_host_path(host, KALLSYMS, full);
	AUTO_FCLOSE FILE *stream = fopen(name, "re");
	int errnum = errno;

	if (!stream)
		return kvet_fail(err, errnum, "open", "%s: %s", name, strerror(errnum));
	return kvet_ksyms_parse(table, stream, name, err);
}

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
