/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Does a BPF helper really work here, for this program type, for this process?
 *
 * The answer comes from a load attempt of our own: a program that calls the helper and
 * exits, errno zeroed before bpf(BPF_PROG_LOAD) and captured at once after it, the
 * verifier's log read whole. Two control programs of the same type, one that calls
 * nothing and one that calls a helper that cannot exist, calibrate how this kernel says
 * yes and no; where they do not behave, the answer is undetermined.
 */
#ifndef KVET_PROBE_H
#define KVET_PROBE_H

#include <stdbool.h>
#include <stddef.h>

#include <kvet/error.h>
#include <kvet/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One question: a helper (enum bpf_func_id) for a program type (enum bpf_prog_type). */
struct kvet_probe_question {
	int helper;
	int type;
};

/*
 * What one load attempt gave. errnum is 0 if the program loaded, else the positive errno
 * of bpf(BPF_PROG_LOAD). log is the verifier's text, NUL-terminated, leading zero bytes
 * (old kernels) removed; "" if the verifier said nothing. log_cut: it did not fit.
 */
struct kvet_probe_attempt {
	int errnum;
	bool log_cut;
	char log[4096];
};

/*
 * The calibration of one program type. absent and reference tell a program type that this
 * kernel lacks from a loader that refuses everything; they are asked only where null was
 * refused, and are all zero otherwise.
 */
struct kvet_probe_controls {
	struct kvet_probe_attempt null;      /* r0 = 0; exit */
	struct kvet_probe_attempt bogus;     /* a call of a helper id that cannot exist */
	struct kvet_probe_attempt absent;    /* null, of a program type that cannot exist */
	struct kvet_probe_attempt reference; /* null, of socket_filter, the oldest type */
};

/*
 * The verdict on one question: yes is supported, no is unsupported. reason is a short
 * phrase, a static string, never NULL ("loaded", "not for this program type"). attempt is
 * what it rests on: the load of the question's own program or, where a control did not
 * behave, of that control. cause is filled for no and undetermined, and all zero for yes.
 */
struct kvet_probe_answer {
	enum kvet_verdict verdict;
	const char *reason;
	struct kvet_probe_attempt attempt;
	struct kvet_cause cause;
};

/*
 * Judges an attempt, by itself: no system call, so that recorded logs can be judged too.
 * missing names the capabilities that this process lacks ("CAP_BPF, CAP_PERFMON"), "" if
 * none; leave them out where CAP_SYS_ADMIN, which stands in for both, is held. A kernel tells
 * a process without CAP_BPF or CAP_PERFMON (and, for bpf_probe_write_user, CAP_SYS_ADMIN) in
 * the very words of a real refusal that a helper is not for this program type, so that such
 * a refusal is undetermined.
 * Text that is not known is undetermined, with the text as evidence.
 * Fills verdict, reason, attempt and cause of answer.
 */
void kvet_probe_classify(const struct kvet_probe_question *question,
			 const struct kvet_probe_attempt *attempt,
			 const struct kvet_probe_controls *controls, const char *missing,
			 struct kvet_probe_answer *answer);

/* A probe context: the controls of each program type, asked once. Not shared between
 * threads without a lock; any number of contexts may live side by side. */
struct kvet_probe;

/* Makes a context; host is copied (its sysroot string stays the caller's). Free it with
 * kvet_probe_free(). Errors: -ENOMEM. */
int kvet_probe_new(struct kvet_probe **probe, const struct kvet_host *host, struct kvet_error *err);
void kvet_probe_free(struct kvet_probe *probe);

/*
 * Asks the running kernel one question. A refusal by the kernel is an answer, not an error.
 * Where a load is refused with EPERM, RLIMIT_MEMLOCK is raised for one more try and then
 * restored: kernels before 5.11 charge programs to it.
 * Errors: -ENOMEM; -EINTR if a signal interrupted the load.
 */
int kvet_probe_ask(struct kvet_probe *probe, const struct kvet_probe_question *question,
		   struct kvet_probe_answer *answer, struct kvet_error *err);

/* Where the errno that a function left behind came from. */
enum kvet_probe_origin {
	KVET_ORIGIN_NONE,    /* errno was 0 */
	KVET_ORIGIN_SYSCALL, /* the last failed system call that returned it is named */
	KVET_ORIGIN_USER,    /* no system call returned it: set in user space */
	KVET_ORIGIN_UNKNOWN, /* the calls could not be followed; source says why */
	KVET_ORIGIN_COUNT
};

/*
 * libbpf's own answer to the same question, for comparison: what
 * libbpf_probe_bpf_helper() returned, the errno it left behind (zeroed before the call),
 * and whose errno that was. source reads like
 * "faccessat2(\"/proc/version_signature\")", "bpf(BPF_PROG_LOAD)", "set in user space",
 * "unknown: ptrace(PTRACE_TRACEME): EPERM", or "" for KVET_ORIGIN_NONE.
 * answered is false if the call did not return (the child died): source says how.
 */
struct kvet_probe_libbpf {
	bool answered;
	int ret;
	int errnum;
	enum kvet_probe_origin origin;
	char source[256];
};

/*
 * Puts count questions to libbpf in a forked child whose system calls are followed with
 * ptrace(2) (PTRACE_GET_SYSCALL_INFO, Linux 5.3), and writes count answers. The child is
 * ended and reaped before the function returns, also when it is interrupted; the calling
 * thread's signals are held back until then.
 * A process that may not be traced is an answer (KVET_ORIGIN_UNKNOWN), not an error.
 * Errors: of fork(2), mmap(2), waitpid(2); -EINTR.
 */
int kvet_probe_ask_libbpf(const struct kvet_probe_question *questions, size_t count,
			  struct kvet_probe_libbpf *answers, struct kvet_error *err);

/*
 * Names. Helpers are named as in <linux/bpf.h>, "bpf_ktime_get_ns"; the prefix may be left
 * out. Program types are named as libbpf_bpf_prog_type_str() does, "kprobe". Both are
 * numbered from 1 without gaps; number 0 (unspec) has no name here. The by-name functions return -1
 * for a name that is not known, the others NULL for a number that has no name.
 * kvet_probe_helper_nearest() gives the known name most like a misspelt one, or NULL if none is
 * near; likewise for types. All strings are static.
 */
int kvet_probe_helper_by_name(const char *name);
const char *kvet_probe_helper_name(int helper);
const char *kvet_probe_helper_nearest(const char *name);
int kvet_probe_type_by_name(const char *name);
const char *kvet_probe_type_name(int type);
const char *kvet_probe_type_nearest(const char *name);

#ifdef __cplusplus
}
#endif

#endif
