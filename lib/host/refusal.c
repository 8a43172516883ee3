/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Derives why a call was refused from what is known of this process and its host. Pure. */
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

#include "core/fail.h"
#include "host/capability.h"

#include <kvet/refusal.h>

#define CAPABILITIES_MOST 8

/* The required capabilities that are missing, and what the process may do about it. */
struct missing {
	int list[CAPABILITIES_MOST + 1]; /* ends with -1 */
	size_t count;
	bool permitted; /* whether all of them are permitted */
	bool bounding;
};

static bool holds(uint64_t set, int capability)
{
	return set >> capability & 1;
}

/* Whether CAP_SYS_ADMIN includes this capability. */
static bool is_of_admin(const struct kvet_refusal *refusal, int capability)
{
	return refusal->call != KVET_CALL_FILE &&
	       (capability == CAP_BPF || capability == CAP_PERFMON || capability == CAP_NET_ADMIN);
}

/* The capability that this kernel asks for: before 5.8 CAP_BPF and CAP_PERFMON were part of
 * CAP_SYS_ADMIN. */
static int asked_for(const struct kvet_refusal *refusal, int capability)
{
	bool later = capability == CAP_BPF || capability == CAP_PERFMON;

	return refusal->admin_only && later ? CAP_SYS_ADMIN : capability;
}

static void find_missing(const struct kvet_refusal *refusal, const int *capabilities,
			 struct missing *missing)
{
	bool admin = holds(refusal->effective, CAP_SYS_ADMIN), listed_admin = false;

	*missing = (struct missing){ .permitted = true, .bounding = true };
	for (; *capabilities >= 0 && missing->count < CAPABILITIES_MOST; capabilities++) {
		int capability = asked_for(refusal, *capabilities);
		bool held = holds(refusal->effective, capability) ||
			    (admin && is_of_admin(refusal, capability));

		if ((held && !refusal->user_namespace) ||
		    (capability == CAP_SYS_ADMIN && listed_admin))
			continue;
		listed_admin = listed_admin || capability == CAP_SYS_ADMIN;
		missing->list[missing->count++] = capability;
		missing->permitted = missing->permitted && holds(refusal->permitted, capability);
		missing->bounding = missing->bounding && holds(refusal->bounding, capability);
	}
	missing->list[missing->count] = -1;
}

/* --- what may be to blame --------------------------------------------------------------------- */

static void say_filter(const struct kvet_refusal *refusal, struct kvet_cause *cause)
{
	char name[32];

	if (refusal->reach.state == KVET_REACH_DEATH)
		kvet_cause_add(cause, "a seccomp filter kills any process that calls %s%s%s",
			       refusal->reach.call,
			       refusal->reach.number ? ": killed by signal " : "",
			       refusal->reach.number ? sigabbrev_np(refusal->reach.number) : "");
	else
		kvet_cause_add(cause,
			       "a seccomp filter answers %s with %s: the kernel is not asked",
			       refusal->reach.call,
			       kvet_errno_name(refusal->reach.number, name, sizeof(name)));
	kvet_remedy_add(cause, KVET_NEED_FILTER, &refusal->place, NULL);
}

static void say_missing(const struct kvet_refusal *refusal, const struct missing *missing,
			struct kvet_cause *cause)
{
	char names[128] = "", name[32];
	size_t used = 0;

	for (size_t i = 0; i < missing->count && used < sizeof(names); i++)
		used += (size_t)snprintf(
			names + used, sizeof(names) - used, "%s%s", used ? ", " : "",
			kvet_capability_name(missing->list[i], name, sizeof(name)));
	if (refusal->user_namespace) {
		kvet_cause_add(cause,
			       "%s missing: in a user namespace, whose capabilities do not count",
			       names);
		kvet_cause_remedy(cause, "%s",
				  refusal->place.kind == KVET_PLACE_HOST
					  ? "run as root outside of the user namespace"
					  : "run the container as root of the host, without a user "
					    "namespace (podman: sudo podman, --userns=host)");
		return;
	}
	if (missing->permitted)
		kvet_cause_add(cause, "%s missing: permitted, but not effective", names);
	else if (missing->bounding && !refusal->root)
		kvet_cause_add(cause, "%s missing: not effective, though in the bounding set",
			       names);
	else if (!missing->bounding)
		kvet_cause_add(cause, "%s missing: neither effective nor in the bounding set",
			       names);
	else
		kvet_cause_add(cause, "%s missing", names);
	kvet_remedy_add(cause,
			missing->bounding && !refusal->root ? KVET_NEED_EFFECTIVE
							    : KVET_NEED_CAPABILITIES,
			&refusal->place, missing->list);
}

void kvet_refusal_advise(const struct kvet_refusal *refusal, const int *capabilities,
			 struct kvet_cause *cause)
{
	struct kvet_cause said = { 0 };
	struct missing missing;

	find_missing(refusal, capabilities, &missing);
	if (missing.count)
		say_missing(refusal, &missing, &said);
	memcpy(cause->remedy, said.remedy, sizeof(cause->remedy));
}

/* 1 and 2 deny bpf(2) to every process without CAP_BPF; only 1 cannot be undone until a reboot. */
static void say_sysctl(const struct kvet_refusal *refusal, struct kvet_cause *cause)
{
	if (refusal->call == KVET_CALL_BPF && refusal->unprivileged_bpf_disabled != KVET_UNREADABLE)
		kvet_cause_add(cause, "kernel.unprivileged_bpf_disabled=%ld",
			       refusal->unprivileged_bpf_disabled);
	if (refusal->call == KVET_CALL_PERF && refusal->perf_event_paranoid != KVET_UNREADABLE)
		kvet_cause_add(cause, "kernel.perf_event_paranoid=%ld",
			       refusal->perf_event_paranoid);
}

/* A patch of Debian and Ubuntu: above 2, opening any event requires CAP_SYS_ADMIN. */
static bool is_paranoid(const struct kvet_refusal *refusal)
{
	return refusal->call == KVET_CALL_PERF && refusal->perf_event_paranoid > 2 &&
	       !holds(refusal->effective, CAP_SYS_ADMIN);
}

static void say_paranoid(const struct kvet_refusal *refusal, struct kvet_cause *cause)
{
	kvet_cause_add(cause,
		       "kernel.perf_event_paranoid=%ld: above 2, this distribution's kernel "
		       "requires CAP_SYS_ADMIN to open events",
		       refusal->perf_event_paranoid);
	kvet_remedy_add(cause, KVET_NEED_PARANOID, &refusal->place, NULL);
}

/* Exceeding the limit was EPERM (kernel: bpf_charge_memlock()). */
static bool is_charged(const struct kvet_refusal *refusal, int errnum)
{
	return refusal->call == KVET_CALL_BPF && errnum == EPERM && !refusal->others &&
	       refusal->memlock != UINT64_MAX && refusal->charge != KVET_CHARGE_NONE;
}

static void say_memlock(const struct kvet_refusal *refusal, struct kvet_cause *cause)
{
	kvet_cause_add(cause, "RLIMIT_MEMLOCK=%llu%s", (unsigned long long)refusal->memlock,
		       refusal->charge == KVET_CHARGE_MEMLOCK
			       ? ": this kernel charges maps and programs to it"
			       : ", which kernels before 5.11 charge maps and programs to");
	kvet_remedy_add(cause, KVET_NEED_MEMLOCK, &refusal->place, NULL);
}

static void say_others(const struct kvet_refusal *refusal, bool limited, struct kvet_cause *cause)
{
	kvet_cause_add(cause, "no capability is missing%s; lockdown is %s; seccomp mode %d",
		       refusal->others ? ", and a socket_filter loads" : "", refusal->lockdown,
		       refusal->seccomp);
	if (refusal->reach.state == KVET_REACH_KERNEL)
		kvet_cause_add(cause, "the call reaches the kernel");
	if (*refusal->label)
		kvet_cause_add(cause, "confined as %s", refusal->label);
	if (limited)
		return;
	if (refusal->reach.state == KVET_REACH_UNKNOWN && refusal->seccomp)
		kvet_remedy_add(cause, KVET_NEED_FILTER, &refusal->place, NULL);
	kvet_remedy_add(cause, KVET_NEED_POLICY, &refusal->place, NULL);
}

static void explain_denied(const struct kvet_refusal *refusal, const struct missing *missing,
			   struct kvet_cause *cause)
{
	bool limited = is_charged(refusal, cause->errnum);

	if (missing->count) {
		say_missing(refusal, missing, cause);
		say_sysctl(refusal, cause);
	}
	if (is_paranoid(refusal) && !refusal->user_namespace)
		say_paranoid(refusal, cause);
	else if (!missing->count && refusal->reach.state != KVET_REACH_FILTER) {
		if (limited)
			say_memlock(refusal, cause);
		say_others(refusal, limited && refusal->charge == KVET_CHARGE_MEMLOCK, cause);
	}
	if (missing->count && refusal->seccomp == 2 && refusal->reach.state == KVET_REACH_UNKNOWN)
		kvet_cause_add(cause, "seccomp mode 2");
}

static void explain_absent(const struct kvet_refusal *refusal, struct kvet_cause *cause)
{
	kvet_cause_add(cause, "this kernel is built without it: %s", refusal->config);
	kvet_cause_remedy(cause, "boot a kernel with %s",
			  refusal->call == KVET_CALL_BPF ? "CONFIG_BPF_SYSCALL=y"
							 : "CONFIG_PERF_EVENTS=y");
}

void kvet_refusal_explain(const struct kvet_refusal *refusal, const int *capabilities,
			  struct kvet_cause *cause)
{
	char place[160];
	struct missing missing;

	if (!cause)
		return;
	find_missing(refusal, capabilities, &missing);
	cause->remedy[0] = '\0';
	if (refusal->reach.state == KVET_REACH_DEATH) {
		say_filter(refusal, cause);
	} else if (cause->errnum == EPERM || cause->errnum == EACCES || cause->errnum == ENOSYS) {
		/* The filters of engines allow the call to processes with the capabilities. */
		if (refusal->reach.state == KVET_REACH_FILTER && !missing.count)
			say_filter(refusal, cause);
		if (cause->errnum == ENOSYS && *refusal->config)
			explain_absent(refusal, cause);
		else
			explain_denied(refusal, &missing, cause);
		if (refusal->reach.state == KVET_REACH_FILTER && missing.count)
			say_filter(refusal, cause);
	}
	if (*cause->remedy && *kvet_place_describe(&refusal->place, place, sizeof(place)))
		kvet_cause_add(cause, "%s", place);
}
