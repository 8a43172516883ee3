/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A refused call: why this process was refused, and what its user can do about it in this place.
 *
 * kvet_refusal_read() gathers what can be known; kvet_refusal_explain(), which is pure, derives
 * what it means for one refusal. The user reads the same words for the same reason, whichever call
 * was refused.
 */
#ifndef KVET_REFUSAL_H
#define KVET_REFUSAL_H

#include <stdbool.h>
#include <stdint.h>

#include <kvet/cause.h>
#include <kvet/host.h>

#ifdef __cplusplus
extern "C" {
#endif

enum kvet_call {
	KVET_CALL_BPF,  /* bpf(2) */
	KVET_CALL_PERF, /* perf_event_open(2) */
	KVET_CALL_FILE, /* open(2), read(2) or write(2) of a kernel file */
	KVET_CALL_COUNT
};

/* --- where this process runs ------------------------------------------------------------------ */

enum kvet_place_kind {
	KVET_PLACE_HOST,
	KVET_PLACE_CONTAINER,
	KVET_PLACE_POD,  /* a container of Kubernetes */
	KVET_PLACE_UNIT, /* a service of systemd */
	KVET_PLACE_COUNT
};

struct kvet_place {
	enum kvet_place_kind kind;
	char sign[96]; /* how it was recognised: "/.dockerenv"; for a unit, its name */
};

/* Recognises the place by the environment variables that engines and systemd set, the files that
 * engines leave, the names of cgroups, and the mounts. */
void kvet_place_read(const struct kvet_host *host, struct kvet_place *place);

/* "in a container (/.dockerenv)", "in the unit kvet.service"; "" on a host. Returns buf. */
const char *kvet_place_describe(const struct kvet_place *place, char *buf, unsigned long size);

/* --- whether a call reaches the kernel -------------------------------------------------------- */

enum kvet_reach_state {
	KVET_REACH_UNKNOWN,
	KVET_REACH_KERNEL, /* no filter answers in its place */
	KVET_REACH_FILTER, /* a seccomp filter answers: number is its errno */
	KVET_REACH_DEATH,  /* a seccomp filter kills the caller: number is the signal, 0 unknown */
	KVET_REACH_COUNT
};

struct kvet_reach {
	enum kvet_reach_state state;
	int number;
	char call[48]; /* the first call that does not reach it: "bpf(BPF_PROG_LOAD)" */
};

/*
 * Tries the call if this process has or may have a seccomp filter, in a forked child that dies in
 * its place. Attributes larger than a page, and impossible flags, have no effect: the kernel
 * refuses them before anything else (E2BIG of bpf(2), EINVAL of perf_event_open(2)). Any other
 * answer comes from a filter; but EPERM of bpf(2) may also come from a kernel before 5.19, for a
 * process that may not use it at all (kernel.unprivileged_bpf_disabled). A call for a file always
 * reaches the kernel.
 */
void kvet_reach_read(const struct kvet_host *host, enum kvet_call call, struct kvet_reach *reach);

/* Whether the call would kill this process. If so, fills cause as for a refusal, but without an
 * errno, because no call returned one. */
bool kvet_reach_is_death(const struct kvet_host *host, enum kvet_call call,
			 struct kvet_cause *cause);

/* --- what is known ---------------------------------------------------------------------------- */

/* Whether the kernel charges BPF maps and programs to RLIMIT_MEMLOCK (it did before 5.11; kernel:
 * struct bpf_map_memory). */
enum kvet_charge {
	KVET_CHARGE_UNKNOWN,
	KVET_CHARGE_NONE,
	KVET_CHARGE_MEMLOCK
};

/* A number that could not be read; no sysctl has this value. */
#define KVET_UNREADABLE (-1000L)

struct kvet_refusal {
	enum kvet_call call;
	/* Bit n is capability n, in this process's own user namespace. */
	uint64_t effective, permitted, bounding;
	bool root;           /* the user id is 0 */
	bool user_namespace; /* not the initial one: its capabilities do not count */
	bool admin_only;     /* no CAP_BPF in this kernel (before 5.8): CAP_SYS_ADMIN is required
				instead */
	int seccomp;         /* kvet_host_seccomp() */
	struct kvet_reach reach;
	long unprivileged_bpf_disabled; /* sysctls: their values, or KVET_UNREADABLE */
	long perf_event_paranoid;
	const char *lockdown; /* kvet_host_lockdown() */
	enum kvet_charge charge;
	uint64_t memlock; /* RLIMIT_MEMLOCK in bytes; UINT64_MAX: without a limit */
	char config[160]; /* if the kernel is built without the call: what says so */
	char label[96];   /* what confines this process: AppArmor's profile or SELinux's context */
	struct kvet_place place;
	/* For bpf(BPF_PROG_LOAD), set by the caller: a program of another type loads, so neither a
	 * filter nor a limit is the reason. */
	bool others;
};

/* Gathers what is known, for one call. A plain value: no clean-up. */
void kvet_refusal_read(struct kvet_refusal *refusal, const struct kvet_host *host,
		       enum kvet_call call);

/* --- what it means ---------------------------------------------------------------------------- */

/*
 * Adds to cause, which has the call's errno and source, why the call was refused, first what is
 * certain, then what is possible, and sets its remedy. capabilities are those that the call
 * requires, ending with -1; CAP_SYS_ADMIN includes CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN (kernel:
 * bpf_capable(), perfmon_capable()). For an errno other than EPERM, EACCES and ENOSYS it adds
 * nothing. Pure. cause may be NULL.
 */
void kvet_refusal_explain(const struct kvet_refusal *refusal, const int *capabilities,
			  struct kvet_cause *cause);

/* Sets the remedy for the capabilities that are missing; no remedy if none is. Pure. */
void kvet_refusal_advise(const struct kvet_refusal *refusal, const int *capabilities,
			 struct kvet_cause *cause);

/* Reads and explains one refusal, whose call and errno are in cause. cause may be NULL. */
void kvet_refusal_add(const struct kvet_host *host, enum kvet_call call, const int *capabilities,
		      struct kvet_cause *cause);

/* --- what to type ----------------------------------------------------------------------------- */

enum kvet_need {
	KVET_NEED_CAPABILITIES, /* capabilities that are not even in the bounding set */
	KVET_NEED_EFFECTIVE,    /* capabilities that are in the bounding set */
	KVET_NEED_FILTER,       /* a seccomp filter that allows the calls */
	KVET_NEED_MEMLOCK,
	KVET_NEED_FILES,    /* a larger RLIMIT_NOFILE */
	KVET_NEED_PARANOID, /* kernel.perf_event_paranoid of at most 2 */
	KVET_NEED_KPTR,     /* kernel.kptr_restrict below 2 */
	KVET_NEED_POLICY,   /* a security module that allows it */
	KVET_NEED_ROOT,     /* user id 0, for a file that only root may read */
	KVET_NEED_UNMASKED, /* a file of /proc or /sys that no engine hides */
	KVET_NEED_BOOT,     /* /boot, with the kernel's configuration */
	KVET_NEED_DEBUGFS,
	KVET_NEED_TRACEFS_WRITE,
	KVET_NEED_COUNT
};

/* What the reader can type to meet a need in this place. capabilities is for the first two needs,
 * and may be NULL for others. Pure. Returns buf. */
const char *kvet_remedy(enum kvet_need need, const struct kvet_place *place,
			const int *capabilities, char *buf, unsigned long size);

/* Appends the same to a cause's remedy: "...; and ...". cause may be NULL. */
void kvet_remedy_add(struct kvet_cause *cause, enum kvet_need need, const struct kvet_place *place,
		     const int *capabilities);

/* The same for the place where this process runs. */
void kvet_remedy_here(const struct kvet_host *host, enum kvet_need need, struct kvet_cause *cause);

/*
 * Whether an engine hides a file; path is below the sysroot. Either /dev/null is mounted over it,
 * or it is empty, which the kernel's file never is (Docker and podman do that to /proc/timer_list
 * and others, "masked paths").
 */
bool kvet_host_is_masked(const struct kvet_host *host, const char *path);

/* If it is hidden, fills err (may be NULL) with that and what to type, and returns -ENODATA, which
 * is not in the cause because no call returned it; else returns 0. */
int kvet_host_fail_masked(const struct kvet_host *host, const char *path, struct kvet_cause *err);

#ifdef __cplusplus
}
#endif

#endif
