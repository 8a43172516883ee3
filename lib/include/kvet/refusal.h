/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A refused call: why this process was told no, and what its user can type where he is.
 *
 * What can be known is gathered by kvet_refusal_read(); what it means for one refusal is said by
 * kvet_refusal_explain(), which is pure. Whatever a process may have been refused, its user reads
 * the same words.
 */
#ifndef KVET_REFUSAL_H
#define KVET_REFUSAL_H

#include <stdbool.h>
#include <stdint.h>

#include <kvet/error.h>
#include <kvet/host.h>

#ifdef __cplusplus
extern "C" {
#endif

enum kvet_call {
	KVET_CALL_BPF,  /* bpf(2) */
	KVET_CALL_PERF, /* perf_event_open(2) */
	KVET_CALL_FILE, /* open(2), read(2) or write(2) of a file of the kernel */
	KVET_CALL_COUNT
};

/* --- where this process runs -------------------------------------------------------------------
 */

enum kvet_place_kind {
	KVET_PLACE_HOST,
	KVET_PLACE_CONTAINER,
	KVET_PLACE_POD,  /* a container of Kubernetes */
	KVET_PLACE_UNIT, /* a service of systemd */
	KVET_PLACE_COUNT
};

struct kvet_place {
	enum kvet_place_kind kind;
	char sign[96]; /* what tells: "/.dockerenv"; of a unit, its name */
};

/* Recognises it by the variables of the environment that engines and systemd set, the files that
 * engines leave, the names of cgroups and what is mounted. */
void kvet_place_read(const struct kvet_host *host, struct kvet_place *place);

/* "in a container (/.dockerenv)", "in the unit kvet.service"; "" on a host. Returns buf. */
const char *kvet_place_describe(const struct kvet_place *place, char *buf, unsigned long size);

/* --- whether a call reaches the kernel ---------------------------------------------------------
 */

enum kvet_reach_state {
	KVET_REACH_UNKNOWN,
	KVET_REACH_KERNEL, /* nobody stands before it */
	KVET_REACH_FILTER, /* a seccomp filter answers: number is its errno */
	KVET_REACH_DEATH,  /* a seccomp filter ends the caller: number is the signal, 0 unknown */
	KVET_REACH_COUNT
};

struct kvet_reach {
	enum kvet_reach_state state;
	int number;
	char call[48]; /* the first that does not: "bpf(BPF_PROG_LOAD)" */
};

/*
 * Asks, where this process has a seccomp filter, or may have one, in a forked child that dies in
 * its place: attributes larger than a page, and flags that cannot be, are refused by the kernel
 * before all else (E2BIG of bpf(2), EINVAL of perf_event_open(2)), and have no effect. Any other
 * answer is that of a filter; but EPERM of bpf(2) is also that of kernels before 5.19 to who may
 * not use it at all (kernel.unprivileged_bpf_disabled). A call of a file always reaches it.
 */
void kvet_reach_read(const struct kvet_host *host, enum kvet_call call, struct kvet_reach *reach);

/* Whether the call would end this process. If so, fills cause, as the refusal that it is; no errno
 * is in it, for no call has returned one. */
bool kvet_reach_is_death(const struct kvet_host *host, enum kvet_call call,
			 struct kvet_cause *cause);

/* --- what is known -----------------------------------------------------------------------------
 */

/* Whether the kernel charges BPF maps and programs to RLIMIT_MEMLOCK (it did before 5.11; kernel:
 * struct bpf_map_memory). */
enum kvet_charge {
	KVET_CHARGE_UNKNOWN,
	KVET_CHARGE_NONE,
	KVET_CHARGE_MEMLOCK
};

/* A number that could not be read: no sysctl has it as its value. */
#define KVET_UNREADABLE (-1000L)

struct kvet_refusal {
	enum kvet_call call;
	/* Bit n is capability n, in this process's own user namespace. */
	uint64_t effective, permitted, bounding;
	bool root;           /* the user is 0 */
	bool user_namespace; /* another than the initial one: its capabilities do not count */
	int seccomp;         /* kvet_host_seccomp() */
	struct kvet_reach reach;
	long unprivileged_bpf_disabled; /* sysctls: their values, or KVET_UNREADABLE */
	long perf_event_paranoid;
	const char *lockdown; /* kvet_host_lockdown() */
	enum kvet_charge charge;
	uint64_t memlock; /* RLIMIT_MEMLOCK in bytes; UINT64_MAX: without a limit */
	char config[160]; /* where the kernel is built without the call: the words that say so */
	char label[96];   /* what confines this process: AppArmor's profile, SELinux's context */
	struct kvet_place place;
	/* Of bpf(BPF_PROG_LOAD), for the caller to say: a program of another type loads, so that
	 * neither a filter nor a limit was in the way. */
	bool others;
};

/* Gathers it for one call. A plain value: no clean-up. */
void kvet_refusal_read(struct kvet_refusal *refusal, const struct kvet_host *host,
		       enum kvet_call call);

/* --- what it means -----------------------------------------------------------------------------
 */

/*
 * Adds to cause, which has the call's errno and source, why it was refused, the certain before the
 * possible, and sets its remedy. capabilities are those that the call requires, ending with -1;
 * CAP_SYS_ADMIN includes CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN (kernel: bpf_capable(),
 * perfmon_capable()). Nothing is known of an errno other than EPERM, EACCES and ENOSYS: of such,
 * nothing is said. Pure. cause may be NULL.
 */
void kvet_refusal_explain(const struct kvet_refusal *refusal, const int *capabilities,
			  struct kvet_cause *cause);

/* Sets the remedy for those of the capabilities that are missing; none, if none is. Pure. */
void kvet_refusal_advise(const struct kvet_refusal *refusal, const int *capabilities,
			 struct kvet_cause *cause);

/* Both for one refusal, whose call and errno are in cause. cause may be NULL. */
void kvet_refusal_add(const struct kvet_host *host, enum kvet_call call, const int *capabilities,
		      struct kvet_cause *cause);

/* --- what to type ------------------------------------------------------------------------------
 */

enum kvet_need {
	KVET_NEED_CAPABILITIES, /* which are not in the bounding set either */
	KVET_NEED_EFFECTIVE,    /* which are in the bounding set */
	KVET_NEED_FILTER,       /* that a seccomp filter lets the calls through */
	KVET_NEED_MEMLOCK,
	KVET_NEED_FILES,    /* a larger RLIMIT_NOFILE */
	KVET_NEED_PARANOID, /* kernel.perf_event_paranoid of 2 at most */
	KVET_NEED_KPTR,     /* kernel.kptr_restrict below 2 */
	KVET_NEED_POLICY,   /* that a security module lets it */
	KVET_NEED_ROOT,     /* the user 0, for a file that is its alone */
	KVET_NEED_UNMASKED, /* that no engine hides a file of /proc or /sys */
	KVET_NEED_BOOT,     /* /boot, with the kernel's configuration */
	KVET_NEED_DEBUGFS,
	KVET_NEED_TRACEFS_WRITE,
	KVET_NEED_COUNT
};

/* What fills a need in this place, for the reader to type. capabilities is for the first two, and
 * may be NULL for others. Pure. Returns buf. */
const char *kvet_remedy(enum kvet_need need, const struct kvet_place *place,
			const int *capabilities, char *buf, unsigned long size);

/* The same into a cause's remedy, after what is there: "...; and ...". cause may be NULL. */
void kvet_remedy_add(struct kvet_cause *cause, enum kvet_need need, const struct kvet_place *place,
		     const int *capabilities);

/* The same where this process runs. */
void kvet_remedy_here(const struct kvet_host *host, enum kvet_need need, struct kvet_cause *cause);

/*
 * Whether an engine has hidden a file, path being below the sysroot: /dev/null lies over it, or it
 * is empty where the kernel never leaves it so (Docker and podman do that to /proc/timer_list and
 * others, "masked paths").
 */
bool kvet_host_is_masked(const struct kvet_host *host, const char *path);

/* If it is, fills err (may be NULL) with that and what to type, and returns -ENODATA, which no call
 * has returned and is not in the cause; else 0. */
int kvet_host_fail_masked(const struct kvet_host *host, const char *path, struct kvet_error *err);

#ifdef __cplusplus
}
#endif

#endif
