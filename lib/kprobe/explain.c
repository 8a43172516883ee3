/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Why the kernel refuses a kprobe. What perf_event_open(2) returns for the kprobe PMU by
 * address, seen on Linux 5.10, 6.1, 6.12 and 7.3 on x86-64:
 *
 *   EILSEQ   not at the start of an instruction
 *   EINVAL   not to be probed: on the blacklist (noinstr, asm entry code), notrace,
 *            __init text that is freed, not text
 *   ENOENT   the address is not in the kernel (EINVAL on 5.10)
 *   EPERM    lockdown, or a security module
 *   EACCES   perf_event_paranoid, without CAP_PERFMON (Debian, Ubuntu: CAP_SYS_ADMIN)
 *   ENOSYS   a seccomp filter
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

#include "core/fail.h"
#include "kprobe/explain.h"

#define SOURCE "perf_event_open(kprobe)"

enum kvet_verdict kvet_kprobe_usable(const struct kvet_kprobe_facts *facts,
				     struct kvet_cause *cause)
{
	bool none = facts->pmu_type < 0 && !facts->tracefs;

	if (none && facts->config == KVET_CONFIG_NO) {
		kvet_cause_fill(cause, 0, "/sys/bus/event_source/devices/kprobe",
				"this kernel is built without kprobes: %s", facts->config_evidence);
		kvet_cause_remedy(cause, "boot a kernel with CONFIG_KPROBES=y and "
					 "CONFIG_KPROBE_EVENTS=y");
		return KVET_NO;
	}
	if (none) {
		kvet_cause_fill(cause, 0, "/sys/bus/event_source/devices/kprobe",
				"no kprobe PMU; CONFIG_KPROBES: %s",
				*facts->config_evidence ? facts->config_evidence : "unknown");
		kvet_cause_remedy(cause, "mount sysfs, or boot a kernel with "
					 "CONFIG_KPROBE_EVENTS=y and CONFIG_PERF_EVENTS=y");
		return KVET_UNDETERMINED;
	}
	return KVET_YES;
}

/* Kprobes require LOCKDOWN_KPROBES (kernel: __register_trace_kprobe()) and tracefs
 * LOCKDOWN_TRACEFS, whatever the caller's privilege, and a lockdown lasts until a reboot: the
 * verdict is no. If it was set at boot, tracefs has no kprobe_events at all. kprobe_multi links do
 * not check it. */
bool kvet_kprobe_explain_lockdown(int errnum, const char *source,
				  const struct kvet_kprobe_facts *facts, struct kvet_cause *cause)
{
	char from[sizeof(cause->source)];

	if (!facts->lockdown || strcmp(facts->lockdown, "confidentiality") != 0)
		return false;
	snprintf(from, sizeof(from), "%s", source); /* source may point into *cause */
	kvet_cause_fill(cause, errnum, from,
			"the kernel is locked down (confidentiality): kprobes are refused");
	kvet_cause_remedy(cause, "--backend multi, for a function's entry or return, or boot "
				 "with lockdown=integrity or none");
	return true;
}

static enum kvet_verdict explain_permission(int errnum, const struct kvet_kprobe_facts *facts,
					    const struct kvet_refusal *refusal,
					    struct kvet_cause *cause)
{
	static const int needed[] = { CAP_PERFMON, -1 };

	if (kvet_kprobe_explain_lockdown(errnum, SOURCE, facts, cause))
		return KVET_NO;
	kvet_cause_fill(cause, errnum, SOURCE, "%s", kvet_errno_text(errnum));
	kvet_refusal_explain(refusal, needed, cause);
	return KVET_UNDETERMINED;
}

void kvet_kprobe_explain_untraceable(int errnum, const char *source,
				     const struct kvet_kprobe_site *site,
				     const struct kvet_kprobe_lists *lists,
				     struct kvet_cause *cause)
{
	kvet_cause_fill(cause, errnum, source, "%s is not traceable", site->symbol);
	if (lists->blacklisted == 1)
		kvet_cause_add(cause, "on the kernel's kprobe blacklist");
	else if (lists->traceable == 0)
		kvet_cause_add(cause,
			       "notrace or __init: available_filter_functions does not list it");
	else
		kvet_cause_add(cause,
			       "blacklisted, notrace, or freed __init text; kprobes/blacklist "
			       "%s, available_filter_functions %s",
			       lists->blacklisted < 0 ? "not readable" : "does not list it",
			       lists->traceable < 0 ? "not readable"
						    : "lists a function of that name");
}

enum kvet_verdict kvet_kprobe_explain(int errnum, const struct kvet_kprobe_site *site,
				      const struct kvet_kprobe_facts *facts,
				      const struct kvet_kprobe_lists *lists,
				      const struct kvet_refusal *refusal, struct kvet_cause *cause)
{
	switch (errnum) {
	case EILSEQ:
		kvet_cause_fill(cause, errnum, SOURCE,
				"%s+0x%" PRIx64 " is not an instruction boundary", site->symbol,
				site->offset);
		return KVET_NO;
	case EINVAL:
		kvet_kprobe_explain_untraceable(errnum, SOURCE, site, lists, cause);
		return KVET_NO;
	case ENOENT:
		kvet_cause_fill(cause, errnum, SOURCE, "the kernel has no text at 0x%" PRIx64,
				site->address);
		kvet_cause_remedy(cause, "a module may have been unloaded: resolve it again");
		return KVET_NO;
	case EPERM:
	case EACCES:
	case ENOSYS:
		return explain_permission(errnum, facts, refusal, cause);
	default:
		kvet_cause_fill(cause, errnum, SOURCE, "%s", kvet_errno_text(errnum));
		return KVET_UNDETERMINED;
	}
}
