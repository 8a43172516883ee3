/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Is this host fit for tracing, for this process?
 *
 * Each check looks at one thing that a tracer relies on. Some read a setting and judge what it
 * means for this process (a sysctl that restricts processes without a capability restricts nobody
 * who has it); the others try the thing itself: they load a program, ask the kernel for a probe, or
 * read clocks. Nothing stays after a check, and no check attaches anything but an empty program to
 * a function that the kernel has for its own tests.
 */
#ifndef KVET_DOCTOR_H
#define KVET_DOCTOR_H

#include <stdbool.h>

#include <kvet/cause.h>
#include <kvet/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The checks, in the order in which they are best read: what the process may do, what the kernel
 * allows, then each facility. */
enum kvet_check {
	KVET_CHECK_CAPABILITIES,
	KVET_CHECK_USER_NAMESPACE,
	KVET_CHECK_PID_NAMESPACE,
	KVET_CHECK_CONTAINER,
	KVET_CHECK_SECCOMP,
	KVET_CHECK_LOCKDOWN,
	KVET_CHECK_LSM,
	KVET_CHECK_UNPRIVILEGED_BPF,
	KVET_CHECK_PERF_EVENT_PARANOID,
	KVET_CHECK_KPTR_RESTRICT,
	KVET_CHECK_MEMLOCK,
	KVET_CHECK_BPF,
	KVET_CHECK_BTF,
	KVET_CHECK_MODULE_BTF,
	KVET_CHECK_BPFFS,
	KVET_CHECK_JIT,
	KVET_CHECK_JIT_HARDEN,
	KVET_CHECK_FENTRY,
	KVET_CHECK_KPROBES,
	KVET_CHECK_KPROBES_ENABLED,
	KVET_CHECK_FTRACE_ENABLED,
	KVET_CHECK_PROBE,
	KVET_CHECK_KPROBE_MULTI,
	KVET_CHECK_TRACEFS,
	KVET_CHECK_SYMBOLS,
	KVET_CHECK_BOOT_TIME,
	KVET_CHECK_CLOCKS,
	KVET_CHECK_TIME_NAMESPACE,
	KVET_CHECK_CLOCKSOURCE,
	KVET_CHECK_CGROUP,
	KVET_CHECK_COUNT
};

/* The name of a check, "kprobes_enabled", and why it matters to a tracer, as one sentence without a
 * full stop; static strings. By name, -1 if unknown; the name most similar to a misspelt one, or
 * NULL if none is similar. */
const char *kvet_check_name(enum kvet_check check);
const char *kvet_check_why(enum kvet_check check);
int kvet_check_by_name(const char *name);
const char *kvet_check_nearest(const char *name);

/* Whether a tracer of kernel functions cannot do without it. The others tell of a facility that a
 * tracer may use, or explain why one of these fails. */
bool kvet_check_is_essential(enum kvet_check check);

/* What a check found: yes, nothing is in a tracer's way; no, something is; undetermined, kvet could
 * not find out, and finding says why. remedy is what to type; "" if there is nothing to do. Plain
 * values. */
struct kvet_finding {
	enum kvet_verdict verdict;
	char finding[1024];
	char remedy[320];
};

/*
 * A host under examination: what was read of it, once, and what several checks use (a probe
 * context, the symbols that are asked for). Not for several threads at once.
 */
struct kvet_doctor;

/* Reads nothing yet; host is copied (its strings stay the caller's) and may be NULL: this machine.
 * The caller frees. Errors: -ENOMEM. */
int kvet_doctor_open(struct kvet_doctor **doctor, const struct kvet_host *host,
		     struct kvet_cause *err);
void kvet_doctor_free(struct kvet_doctor *doctor);

/* Makes one check, reading what it is about. What cannot be read is a finding, not an error.
 * Errors: -ENOMEM; -EINTR if a signal interrupted a load. */
int kvet_doctor_examine(struct kvet_doctor *doctor, enum kvet_check check,
			struct kvet_finding *finding, struct kvet_cause *err);

#ifdef __cplusplus
}
#endif

#endif
