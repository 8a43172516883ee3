/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Judges the settings of a host, for this process. Pure. */
#include <errno.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "doctor/setting.h"
#include "host/capability.h"

void kvet_doctor_find(struct kvet_finding *finding, enum kvet_verdict verdict, const char *format,
		      ...)
{
	va_list args;

	*finding = (struct kvet_finding){ .verdict = verdict };
	va_start(args, format);
	vsnprintf(finding->finding, sizeof(finding->finding), format, args);
	va_end(args);
}

void kvet_doctor_find_cause(struct kvet_finding *finding, enum kvet_verdict verdict,
			    const struct kvet_cause *cause)
{
	char text[sizeof(*cause)];

	kvet_doctor_find(finding, verdict, "%s", kvet_cause_text(cause, text, sizeof(text)));
	snprintf(finding->remedy, sizeof(finding->remedy), "%s", cause->remedy);
}

/* --- helpers of the judgements ---------------------------------------------------------------- */

static bool holds(const struct kvet_refusal *process, int capability)
{
	bool admin = process->effective >> CAP_SYS_ADMIN & 1;

	if (process->user_namespace)
		return false;
	return (process->effective >> capability & 1) ||
	       (admin && (capability == CAP_BPF || capability == CAP_PERFMON));
}

void kvet_doctor_find_unreadable(struct kvet_finding *finding, const char *file, int errnum)
{
	char name[32];

	kvet_doctor_find(finding, KVET_UNDETERMINED, "%s cannot be read: %s", file,
			 kvet_errno_name(errnum, name, sizeof(name)));
}

/* What a reader types here; settings of the host are not a container's to change. */
void kvet_doctor_advise(const struct doctor_facts *facts, struct kvet_finding *finding,
			const char *format, ...)
{
	static const char *const where[KVET_PLACE_COUNT] = {
		[KVET_PLACE_HOST] = "",
		[KVET_PLACE_CONTAINER] = "on the host: ",
		[KVET_PLACE_POD] = "on the node: ",
		[KVET_PLACE_UNIT] = "",
	};
	size_t used = (size_t)snprintf(finding->remedy, sizeof(finding->remedy), "%s",
				       where[facts->bpf.place.kind]);
	va_list args;

	va_start(args, format);
	vsnprintf(finding->remedy + used, sizeof(finding->remedy) - used, format, args);
	va_end(args);
}

void kvet_doctor_advise_need(const struct doctor_facts *facts, enum kvet_need need,
			     struct kvet_finding *finding)
{
	kvet_remedy(need, &facts->bpf.place, NULL, finding->remedy, sizeof(finding->remedy));
}

/* A number that could not be read, of a file that root can read. */
bool kvet_doctor_is_unread(const struct doctor_facts *facts, const struct doctor_number *number,
			   const char *file, struct kvet_finding *finding)
{
	if (!number->errnum)
		return false;
	kvet_doctor_find_unreadable(finding, file, number->errnum);
	if (number->errnum == EACCES || number->errnum == EPERM)
		kvet_doctor_advise_need(facts, KVET_NEED_ROOT, finding);
	return true;
}

/* --- what this process may do ----------------------------------------------------------------- */

static void judge_capabilities(const struct doctor_facts *facts, struct kvet_finding *finding)
{
	static const int needed[] = { CAP_BPF, CAP_PERFMON, CAP_SYSLOG };
	int missing[4];
	char names[128] = "", name[32];
	size_t count = 0, used = 0;

	for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++) {
		if (holds(&facts->bpf, needed[i]))
			continue;
		missing[count++] = needed[i];
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s",
					 used ? ", " : "",
					 kvet_capability_name(needed[i], name, sizeof(name)));
	}
	missing[count] = -1;
	if (count) {
		struct kvet_cause cause = { 0 };

		kvet_doctor_find(finding, KVET_NO, "%s missing%s", names,
				 facts->bpf.user_namespace
					 ? ": in a user namespace, whose capabilities do not count"
					 : "");
		kvet_refusal_advise(&facts->bpf, missing, &cause);
		snprintf(finding->remedy, sizeof(finding->remedy), "%s", cause.remedy);
	} else {
		kvet_doctor_find(
			finding, KVET_YES, "CAP_BPF, CAP_PERFMON and CAP_SYSLOG are effective%s",
			facts->bpf.effective >> CAP_SYS_ADMIN & 1 ? ", and CAP_SYS_ADMIN" : "");
	}
}

static void judge_user_namespace(const struct doctor_facts *facts, struct kvet_finding *finding)
{
	struct kvet_cause cause = { 0 };

	if (!facts->bpf.user_namespace) {
		kvet_doctor_find(finding, KVET_YES, "in the initial user namespace");
		return;
	}
	kvet_doctor_find(
		finding, KVET_NO,
		"in a user namespace other than the initial one: its capabilities do not count");
	kvet_refusal_advise(&facts->bpf, (const int[]){ CAP_BPF, -1 }, &cause);
	snprintf(finding->remedy, sizeof(finding->remedy), "%s", cause.remedy);
}

static void judge_pid_namespace(const struct doctor_facts *facts, struct kvet_finding *finding)
{
	if (!facts->pid_namespace) {
		kvet_doctor_find(finding, KVET_YES, "in the initial PID namespace");
		return;
	}
	kvet_doctor_find(finding, KVET_NO,
			 "in a PID namespace, or /proc does not show that this is the initial one: "
			 "PIDs here are not those that BPF programs see");
	snprintf(finding->remedy, sizeof(finding->remedy), "%s",
		 facts->bpf.place.kind == KVET_PLACE_CONTAINER ? "run the container with --pid=host"
		 : facts->bpf.place.kind == KVET_PLACE_POD     ? "hostPID: true"
							       : "nsenter -t 1 -p");
}

static void judge_container(const struct doctor_facts *facts, struct kvet_finding *finding)
{
	char place[160];

	kvet_place_describe(&facts->bpf.place, place, sizeof(place));
	if (*facts->masked) {
		kvet_doctor_find(finding, KVET_NO, "%s%shidden: %s", place, *place ? "; " : "",
				 facts->masked);
		kvet_doctor_advise_need(facts, KVET_NEED_UNMASKED, finding);
	} else {
		kvet_doctor_find(finding, KVET_YES, "%s; no file that tracers read is hidden",
				 *place ? place : "not in a container");
	}
}

/* Whether one of the two calls does not reach the kernel. */
static const struct kvet_reach *blocked_by(const struct doctor_facts *facts)
{
	if (facts->bpf.reach.state != KVET_REACH_KERNEL)
		return &facts->bpf.reach;
	return facts->perf.reach.state != KVET_REACH_KERNEL ? &facts->perf.reach : NULL;
}

static void judge_seccomp(const struct doctor_facts *facts, struct kvet_finding *finding)
{
	const struct kvet_reach *reach = blocked_by(facts);
	char name[32];

	if (facts->bpf.seccomp == 0) {
		kvet_doctor_find(finding, KVET_YES, "no seccomp filter");
	} else if (!reach) {
		kvet_doctor_find(finding, KVET_YES,
				 "a seccomp filter allows bpf(2) and perf_event_open(2)");
	} else if (reach->state == KVET_REACH_FILTER) {
		kvet_doctor_find(finding, KVET_NO, "a seccomp filter answers %s with %s",
				 reach->call, kvet_errno_name(reach->number, name, sizeof(name)));
		kvet_doctor_advise_need(facts, KVET_NEED_FILTER, finding);
	} else if (reach->state == KVET_REACH_DEATH) {
		kvet_doctor_find(finding, KVET_NO,
				 "a seccomp filter kills any process that calls %s", reach->call);
		kvet_doctor_advise_need(facts, KVET_NEED_FILTER, finding);
	} else {
		kvet_doctor_find(
			finding, KVET_UNDETERMINED,
			"seccomp mode %d; whether it or the kernel refuses the calls is not "
			"known",
			facts->bpf.seccomp);
		kvet_doctor_advise_need(facts, KVET_NEED_FILTER, finding);
	}
}

/* --- what the kernel allows ------------------------------------------------------------------- */

static void judge_lockdown(const struct doctor_facts *facts, struct kvet_finding *finding)
{
	const char *level = facts->bpf.lockdown;

	if (!strcmp(level, "none")) {
		kvet_doctor_find(finding, KVET_YES, "none");
	} else if (!strcmp(level, "integrity")) {
		kvet_doctor_find(
			finding, KVET_YES,
			"integrity: takes bpf_probe_write_user away, but nothing that reads");
	} else if (!strcmp(level, "confidentiality")) {
		kvet_doctor_find(finding, KVET_NO,
				 "confidentiality: kprobes and helpers that read kernel memory are "
				 "refused to everyone");
		kvet_doctor_advise(
			facts, finding,
			"boot without lockdown=confidentiality (it cannot be lowered at run time)");
	} else {
		kvet_doctor_find(finding, KVET_UNDETERMINED,
				 "/sys/kernel/security/lockdown cannot be read");
		kvet_doctor_advise(facts, finding,
				   "mount -t securityfs none /sys/kernel/security, or run as "
				   "root");
	}
}

static bool lists_word(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = list; (at = strstr(at, word)); at += length)
		if ((at == list || at[-1] == ',') && (!at[length] || at[length] == ','))
			return true;
	return false;
}

static void judge_lsm(const struct doctor_facts *facts, struct kvet_finding *finding)
{
	if (facts->bpf_lsm_option.value == KVET_CONFIG_NO) {
		kvet_doctor_find(finding, KVET_NO, "this kernel is built without it: %s",
				 facts->bpf_lsm_option.evidence);
		kvet_doctor_advise(facts, finding, "boot a kernel with CONFIG_BPF_LSM=y");
	} else if (facts->lsm.errnum) {
		kvet_doctor_find_unreadable(finding, "/sys/kernel/security/lsm", facts->lsm.errnum);
		kvet_doctor_advise(facts, finding, "mount -t securityfs none /sys/kernel/security");
	} else if (lists_word(facts->lsm.text, "bpf")) {
		kvet_doctor_find(finding, KVET_YES, "bpf is active: %s", facts->lsm.text);
	} else {
		kvet_doctor_find(finding, KVET_NO, "bpf is not active: %s", facts->lsm.text);
		kvet_doctor_advise(facts, finding, "boot with lsm=%s,bpf", facts->lsm.text);
	}
}

/* The restriction of a sysctl does not apply to a process with the capability. */
static void judge_unprivileged_bpf(const struct doctor_facts *facts, struct kvet_finding *finding)
{
	long value = facts->bpf.unprivileged_bpf_disabled;
	bool held = holds(&facts->bpf, CAP_BPF);

	if (value == KVET_UNREADABLE) {
		kvet_doctor_find(finding, held ? KVET_YES : KVET_UNDETERMINED,
				 "kernel.unprivileged_bpf_disabled cannot be read%s",
				 held ? "; this process has CAP_BPF" : "");
	} else if (!value) {
		kvet_doctor_find(finding, KVET_YES, "0: every process may use bpf(2)%s",
				 held ? ""
				      : ", for the few program types that require no capability");
	} else if (held) {
		kvet_doctor_find(finding, KVET_YES, "%ld: requires CAP_BPF, which this process has",
				 value);
	} else {
		kvet_doctor_find(finding, KVET_NO,
				 "%ld: requires CAP_BPF, which this process lacks", value);
		kvet_remedy(KVET_NEED_CAPABILITIES, &facts->bpf.place,
			    (const int[]){ CAP_BPF, CAP_PERFMON, -1 }, finding->remedy,
			    sizeof(finding->remedy));
	}
}

/* Above 2 is a patch of Debian and Ubuntu, which ask for CAP_SYS_ADMIN; up to there CAP_PERFMON
 * will do, and below 2 the kernel itself may be observed without it, though not by kprobes. */
static void judge_paranoid(const struct doctor_facts *facts, struct kvet_finding *finding)
{
	long value = facts->perf.perf_event_paranoid;
	bool admin = holds(&facts->perf, CAP_SYS_ADMIN), perfmon = holds(&facts->perf, CAP_PERFMON);

	if (value == KVET_UNREADABLE) {
		kvet_doctor_find(
			finding, KVET_UNDETERMINED, "kernel.perf_event_paranoid cannot be read%s",
			*facts->perf.config ? ": this kernel is built without perf events" : "");
	} else if (value > 2 && !admin) {
		kvet_doctor_find(
			finding, KVET_NO,
			"%ld: some distributions' kernels then require CAP_SYS_ADMIN to open "
			"events, which this process lacks",
			value);
		kvet_doctor_advise_need(facts, KVET_NEED_PARANOID, finding);
	} else if (value >= 0 && !perfmon) {
		kvet_doctor_find(finding, KVET_NO,
				 "%ld: kernel events require CAP_PERFMON, which this process lacks",
				 value);
		kvet_remedy(KVET_NEED_CAPABILITIES, &facts->bpf.place,
			    (const int[]){ CAP_PERFMON, -1 }, finding->remedy,
			    sizeof(finding->remedy));
	} else {
		kvet_doctor_find(finding, KVET_YES, "%ld%s", value,
				 !perfmon    ? ": does not restrict this process"
				 : value > 2 ? ": this process has CAP_SYS_ADMIN"
					     : ": this process has CAP_PERFMON");
	}
}

static void judge_kptr(const struct doctor_facts *facts, struct kvet_finding *finding)
{
	long value = facts->kptr_restrict.value;
	bool held = holds(&facts->bpf, CAP_SYSLOG);

	if (kvet_doctor_is_unread(facts, &facts->kptr_restrict, "kernel.kptr_restrict", finding))
		return;
	if (value == 0) {
		kvet_doctor_find(finding, KVET_YES, "0%s",
				 held ? "" : ": addresses depend on kernel.perf_event_paranoid");
	} else if (value == 1 && held) {
		kvet_doctor_find(finding, KVET_YES, "1: this process has CAP_SYSLOG");
	} else if (value == 1) {
		kvet_doctor_find(finding, KVET_NO,
				 "1: requires CAP_SYSLOG, which this process lacks");
		kvet_remedy(KVET_NEED_CAPABILITIES, &facts->bpf.place,
			    (const int[]){ CAP_SYSLOG, -1 }, finding->remedy,
			    sizeof(finding->remedy));
	} else {
		kvet_doctor_find(finding, KVET_NO,
				 "%ld: addresses are hidden from everyone, root too", value);
		kvet_doctor_advise_need(facts, KVET_NEED_KPTR, finding);
	}
}

static void judge_memlock(const struct doctor_facts *facts, struct kvet_finding *finding)
{
	const struct kvet_refusal *bpf = &facts->bpf;

	if (bpf->memlock == UINT64_MAX) {
		kvet_doctor_find(finding, KVET_YES,
				 "RLIMIT_MEMLOCK is unlimited, or this process may raise it");
	} else if (bpf->charge == KVET_CHARGE_NONE) {
		kvet_doctor_find(finding, KVET_YES,
				 "RLIMIT_MEMLOCK=%llu: this kernel does not charge BPF to it",
				 (unsigned long long)bpf->memlock);
	} else {
		kvet_doctor_find(
			finding, bpf->charge == KVET_CHARGE_MEMLOCK ? KVET_NO : KVET_UNDETERMINED,
			"RLIMIT_MEMLOCK=%llu: %s", (unsigned long long)bpf->memlock,
			bpf->charge == KVET_CHARGE_MEMLOCK
				? "this kernel charges maps and programs to it"
				: "without BTF, whether this kernel charges BPF to it is not "
				  "known");
		kvet_doctor_advise_need(facts, KVET_NEED_MEMLOCK, finding);
	}
}

bool kvet_doctor_setting_judge(const struct doctor_facts *facts, enum kvet_check check,
			       struct kvet_finding *finding)
{
	static void (*const judges[KVET_CHECK_COUNT])(const struct doctor_facts *,
						      struct kvet_finding *) = {
		[KVET_CHECK_CAPABILITIES] = judge_capabilities,
		[KVET_CHECK_USER_NAMESPACE] = judge_user_namespace,
		[KVET_CHECK_PID_NAMESPACE] = judge_pid_namespace,
		[KVET_CHECK_CONTAINER] = judge_container,
		[KVET_CHECK_SECCOMP] = judge_seccomp,
		[KVET_CHECK_LOCKDOWN] = judge_lockdown,
		[KVET_CHECK_LSM] = judge_lsm,
		[KVET_CHECK_UNPRIVILEGED_BPF] = judge_unprivileged_bpf,
		[KVET_CHECK_PERF_EVENT_PARANOID] = judge_paranoid,
		[KVET_CHECK_KPTR_RESTRICT] = judge_kptr,
		[KVET_CHECK_MEMLOCK] = judge_memlock,
	};

	if (!judges[check])
		return false;
	judges[check](facts, finding);
	return true;
}
