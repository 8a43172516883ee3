/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Does a BPF helper really work here, for this program type, for this process?
 *
 * The answer comes from a load attempt of our own: a program that calls the helper and
 * exits, errno zeroed before bpf(BPF_PROG_LOAD) and captured at once after it, the
 * verifier's log read whole. Control programs of the same type, one that calls nothing and
 * one that calls a helper that cannot exist, calibrate how this kernel says yes and no;
 * where they do not behave, the answer is undetermined.
 *
 * A second oracle is the kernel's own BTF: whether enum bpf_func_id names the helper. It
 * says nothing of types or privileges, but needs none either.
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

/*
 * One question: a helper (enum bpf_func_id) for a program type (enum bpf_prog_type).
 *
 * Which helpers a program may call can depend on more than its type: on its attach type
 * (cgroup_sock_addr), on what it replaces (ext), on the struct that it is part of
 * (struct_ops). These are the type's variants, numbered from 1. variant 0 asks for any of
 * them: yes if one of them says yes.
 * sleepable asks for a program with BPF_F_SLEEPABLE. (Programs of type syscall always are.)
 */
struct kvet_probe_question {
	int helper;
	int type;
	int variant;
	bool sleepable;
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
 * The calibration of one program type (or variant). All but null and bogus are asked only
 * where null was refused with EINVAL, and are all zero otherwise: they tell a type, or an
 * attach type, that this kernel lacks from a loader that refuses everything.
 */
struct kvet_probe_controls {
	struct kvet_probe_attempt null;          /* r0 = 0; exit */
	struct kvet_probe_attempt bogus;         /* a call of a helper id that cannot exist */
	struct kvet_probe_attempt absent_type;   /* null, of a program type that cannot exist */
	struct kvet_probe_attempt reference;     /* null, of socket_filter, the oldest type */
	struct kvet_probe_attempt absent_attach; /* null, of an attach type that cannot exist */
	struct kvet_probe_attempt sibling;       /* null, of another variant of the type */
	bool has_sibling;                        /* which loaded */
	bool targeted; /* the type loads only with a target: a function, a program, a struct */
	bool target_missing;     /* and none was found; null was asked without one */
	bool sleep_unchecked;    /* null was loaded sleepable for a target that nothing sleeps in */
	const char *null_source; /* the call that null is; NULL: bpf(BPF_PROG_LOAD) */
};

/*
 * What makes a kernel refuse a helper to this process in the very words of "not for this
 * program type". missing names the capabilities that the process lacks of those that the
 * helper takes ("CAP_BPF, CAP_PERFMON"), "" if none. locked is the lockdown level, if it is
 * one that takes the helper away from everyone, or "unknown" if it may be; "" if not.
 */
struct kvet_probe_limits {
	char missing[128];
	const char *locked;
};

/* What an answer rests on. */
enum kvet_probe_reason {
	/* supported */
	KVET_REASON_LOADED,
	KVET_REASON_ARGUMENTS, /* the helper was accepted, the arguments were not */
	/* unsupported */
	KVET_REASON_UNKNOWN_HELPER,
	KVET_REASON_NOT_FOR_TYPE,
	KVET_REASON_NOT_SUPPORTED,
	KVET_REASON_NOT_ALLOWED,
	KVET_REASON_MAP_REFUSED,     /* offered, but no map that it could work on is */
	KVET_REASON_SLEEPABLE_ONLY,  /* a sleepable program of the type may call it */
	KVET_REASON_SLEEPABLE_NEVER, /* it would have to be, but the type has no such programs */
	KVET_REASON_CANNOT_SLEEP,    /* asked for a sleepable program, which the type has not */
	KVET_REASON_TYPE_ABSENT,
	KVET_REASON_ATTACH_ABSENT,
	KVET_REASON_NOT_BUILT, /* not permitted, but the kernel is built without it anyway */
	/* undetermined */
	KVET_REASON_NOT_PERMITTED,
	KVET_REASON_PRIVILEGE, /* not for this type, or want of privilege: the words are the same */
	/* Not for this type, or locked down: the same. It is unsupported where the lockdown is
	 * known, and undetermined where it cannot be read. */
	KVET_REASON_LOCKDOWN,
	KVET_REASON_TARGET, /* refused for the target that was tried; another may do */
	KVET_REASON_NO_TARGET,
	KVET_REASON_NO_MAP,  /* the map that the helper takes could not be made */
	KVET_REASON_UNTRIED, /* its maps are refused; what else it takes could not be tried */
	KVET_REASON_GPL_ONLY,
	KVET_REASON_NO_BPF,
	KVET_REASON_NO_MEMORY,
	KVET_REASON_INTERRUPTED,
	KVET_REASON_TOO_NEW, /* the kernel does not know an attribute of the load */
	KVET_REASON_WORDLESS,
	KVET_REASON_NULL_REFUSED,
	KVET_REASON_BOGUS_ACCEPTED,
	KVET_REASON_BOGUS_ODD,
	KVET_REASON_LOG_CUT,
	KVET_REASON_WORDS_UNKNOWN,
	KVET_REASON_COUNT
};

/* A short phrase, "not for this program type"; a static string, never NULL. */
const char *kvet_probe_reason_text(enum kvet_probe_reason reason);

/*
 * The verdict on one question: yes is supported, no is unsupported. attempt is what it rests
 * on: the load of the question's own program or, where a control did not behave, of that
 * control. variant is the one that decided, 0 where the type has only itself; target is what
 * its program was loaded for ("security_file_open"), "" if nothing; argument is what the helper
 * had to work on in there ("queue", a kind of map), NULL where that makes no difference. option is
 * what the kernel was built without, if that is why ("CONFIG_BPF_KPROBE_OVERRIDE"), or NULL. cause
 * is filled for no and undetermined, and all zero for yes.
 */
struct kvet_probe_answer {
	enum kvet_verdict verdict;
	enum kvet_probe_reason reason;
	int variant;
	char target[128];
	const char *argument; /* static, as the next */
	const char *option;
	struct kvet_probe_attempt attempt;
	struct kvet_cause cause;
};

/*
 * Judges an attempt, by itself: no system call, so that recorded logs can be judged too.
 * Text that is not known is undetermined, with the text as evidence.
 * Fills verdict, reason, attempt and cause of answer, and no more.
 */
void kvet_probe_classify(const struct kvet_probe_attempt *attempt,
			 const struct kvet_probe_controls *controls,
			 const struct kvet_probe_limits *limits, struct kvet_probe_answer *answer);

/*
 * Settles what is certain whatever a load says, or to whom: the kernel was built without option,
 * which the helper or the type rests on (NULL: no such), and evidence says so; or a lockdown that
 * is known takes the helper away from everyone. Pure, as kvet_probe_classify(), after which it is
 * called.
 */
void kvet_probe_settle(const struct kvet_probe_limits *limits, const char *option,
		       const char *evidence, struct kvet_probe_answer *answer);

/*
 * A probe context: the controls of each program type, asked once, the kernel's BTF, read
 * once, when a question needs it, and the privileges of the process, as they were when the
 * context was made. Any number of threads may use one context at the same time, and any
 * number of contexts may live side by side.
 */
struct kvet_probe;

/* Makes a context; host is copied (its sysroot string stays the caller's). Free it with
 * kvet_probe_free(). Errors: -ENOMEM. */
int kvet_probe_new(struct kvet_probe **probe, const struct kvet_host *host, struct kvet_error *err);
void kvet_probe_free(struct kvet_probe *probe);

/*
 * Asks the running kernel one question. A refusal by the kernel is an answer, not an error.
 * Kernels before 5.11 charge programs to RLIMIT_MEMLOCK and refuse with EPERM what does not
 * fit: at the first EPERM the limit is raised, as far as the process may, and
 * kvet_probe_free() restores it.
 * Errors: -ENOMEM; -EINTR if a signal interrupted the load.
 */
int kvet_probe_ask(struct kvet_probe *probe, const struct kvet_probe_question *question,
		   struct kvet_probe_answer *answer, struct kvet_error *err);

/*
 * Asks count questions with that many threads (0: one for each processor that this
 * process may use: sched_getaffinity(2)), and writes count
 * answers, in the order of the questions. Errors: those of kvet_probe_ask(), of which the
 * first ends the work; the answers are then not all written. Where threads cannot be made,
 * the calling one does the work.
 */
int kvet_probe_ask_many(struct kvet_probe *probe, const struct kvet_probe_question *questions,
			size_t count, unsigned int threads, struct kvet_probe_answer *answers,
			struct kvet_error *err);

/*
 * Whether a program that loads can be attached here. verdict is undetermined, and cause all zero,
 * for types where a kernel that loads it can also attach it: all but tracing, lsm and ext; for a
 * no, and where it could not be found out, cause says why.
 */
struct kvet_probe_attach {
	enum kvet_verdict verdict;
	struct kvet_cause cause;
};

/*
 * Finds out by attaching a program that does nothing, and taking it away at once: where the
 * kernel has one, at a function of its own tests, so that nothing waits for it; for lsm also,
 * whether BPF is among the active security modules. question is one that was answered with yes,
 * with the variant of the answer. Each variant is tried once in a context.
 * Errors: -ENOMEM.
 */
int kvet_probe_attachable(struct kvet_probe *probe, const struct kvet_probe_question *question,
			  struct kvet_probe_attach *attach, struct kvet_error *err);

/*
 * The other oracle: does the running kernel's BTF (enum bpf_func_id) name the helper? yes,
 * no, or undetermined, and then cause (may be NULL) says why it could not be read. Takes no
 * privilege. Reads the BTF (some 30 ms) where the context has not read it yet.
 */
enum kvet_verdict kvet_probe_kernel_names(struct kvet_probe *probe, int helper,
					  struct kvet_cause *cause);

/* Whether an answer and what kvet_probe_kernel_names() gave contradict each other: a helper
 * that loads or is refused by name, and that the BTF lacks; or one that the BTF names, and
 * the verifier does not know. */
bool kvet_probe_oracles_disagree(const struct kvet_probe_answer *answer, enum kvet_verdict named);

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
 * "faccessat2(\"/proc/version_signature\")", "bpf(BPF_PROG_LOAD kprobe)",
 * "bpf(BPF_PROG_LOAD socket_filter): libbpf's own probe" (it did not put the question), "set in
 * user space", "unknown: ptrace(PTRACE_TRACEME): EPERM", or "" for KVET_ORIGIN_NONE. answered is
 * false if the call did not return (the child died): source says how.
 */
struct kvet_probe_libbpf {
	bool answered;
	int ret;
	int errnum;
	enum kvet_probe_origin origin;
	char source[256];
};

/* The failed system calls of each question to libbpf, in their order. */
struct kvet_probe_journal;
void kvet_probe_journal_free(struct kvet_probe_journal *journal);

/* How many calls failed during a question (its number in the array of questions). */
size_t kvet_probe_journal_count(const struct kvet_probe_journal *journal, size_t question);

/* Writes the nth of them, from 0, to buf: "faccessat2(\"/proc/version_signature\"): ENOENT".
 * Returns buf; "" if there is none. */
const char *kvet_probe_journal_describe(const struct kvet_probe_journal *journal, size_t question,
					size_t nth, char *buf, size_t size);

/*
 * Puts count questions to libbpf in a forked child whose system calls are followed with
 * ptrace(2) (PTRACE_GET_SYSCALL_INFO, Linux 5.3), and writes count answers. Only helper and
 * type count: libbpf's question has no variants. *journal (may be NULL) becomes the
 * caller's, to free. The child is ended and reaped before the function returns, also when it
 * is interrupted; the calling thread's signals are held back until then.
 * A process that may not be traced, a child that cannot be made or waited for, are answers
 * (KVET_ORIGIN_UNKNOWN), not errors. Errors: -EINTR; -ENOMEM.
 */
int kvet_probe_ask_libbpf(const struct kvet_probe_question *questions, size_t count,
			  struct kvet_probe_libbpf *answers, struct kvet_probe_journal **journal,
			  struct kvet_error *err);

/*
 * Names. Helpers are named as in <linux/bpf.h>, "bpf_ktime_get_ns"; the prefix may be left
 * out. Program types are named as libbpf_bpf_prog_type_str() does, "kprobe". Both are
 * numbered from 1 without gaps; number 0 (unspec) has no name here. These know what this
 * build's headers know. The by-name functions return -1
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

/* The numbers of these end before. */
int kvet_probe_names_end(void);
int kvet_probe_type_names_end(void);

/*
 * The same, united with what the running kernel's BTF names: a helper or a type newer than
 * this build can be asked for too. The numbers end before kvet_probe_…_end(). Each reads the
 * BTF where the context has not read it yet; without BTF, the headers' names are all there
 * are. Strings live as long as the context.
 */
int kvet_probe_helpers_end(struct kvet_probe *probe);
const char *kvet_probe_any_helper_name(struct kvet_probe *probe, int helper);
int kvet_probe_types_end(struct kvet_probe *probe);
const char *kvet_probe_any_type_name(struct kvet_probe *probe, int type);

/*
 * A type's variants are numbered from 1 to kvet_probe_variants(), which is 1 for a type that
 * has only itself. Their names are those of libbpf's section names where there is one
 * ("fentry", "connect4"), else of what they are for ("tcp_congestion_ops"); NULL for the one
 * of a type that has only itself. Strings live as long as the context.
 */
int kvet_probe_variants(struct kvet_probe *probe, int type);
const char *kvet_probe_variant_name(struct kvet_probe *probe, int type, int variant);

/* Whether a load of a program that calls the helper makes the kernel write a warning into
 * its own log (trace_printk, trace_vprintk, probe_write_user). */
bool kvet_probe_helper_alarms(int helper);

#ifdef __cplusplus
}
#endif

#endif
