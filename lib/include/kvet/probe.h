/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Does a BPF helper really work here, for this program type and this process?
 *
 * The answer comes from a load attempt: a program that calls the helper and exits. errno is zeroed
 * before bpf(BPF_PROG_LOAD) and captured at once after it, and the verifier's log is read whole.
 * Control programs of the same type, one that calls nothing and one that calls a nonexistent
 * helper, calibrate how this kernel says yes and no; where they do not behave as expected, the
 * answer is undetermined.
 *
 * A second oracle is the kernel's own BTF: whether enum bpf_func_id names the helper. It says
 * nothing about types or privileges, but requires no privilege either.
 */
#ifndef KVET_PROBE_H
#define KVET_PROBE_H

#include <stdbool.h>
#include <stddef.h>

#include <kvet/cause.h>
#include <kvet/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * One question: a helper (enum bpf_func_id) for a program type (enum bpf_prog_type).
 *
 * Which helpers a program may call can depend on more than its type: on its attach type
 * (cgroup_sock_addr), on the program that it replaces (ext), on the struct that it is part of
 * (struct_ops). These are the type's variants, numbered from 1. variant 0 asks for any of them: yes
 * if one of them says yes. sleepable asks for a program with BPF_F_SLEEPABLE. (Programs of type
 * syscall always have it.)
 */
struct kvet_probe_question {
	int helper;
	int type;
	int variant;
	bool sleepable;
};

/*
 * The result of one load attempt. errnum is 0 if the program loaded, else the positive errno of
 * bpf(BPF_PROG_LOAD). log is the verifier's log, NUL-terminated, without the leading zero bytes of
 * old kernels; "" if the verifier wrote nothing. log_cut: it did not fit.
 */
struct kvet_probe_attempt {
	int errnum;
	bool log_cut;
	char log[4096];
};

/*
 * The calibration of one program type (or variant). All but null and bogus are asked only where
 * null was refused with EINVAL, and are all zero otherwise: they tell a type, or an attach type,
 * that this kernel lacks from a loader that refuses everything.
 */
struct kvet_probe_controls {
	struct kvet_probe_attempt null;          /* r0 = 0; exit */
	struct kvet_probe_attempt bogus;         /* a call of a nonexistent helper id */
	struct kvet_probe_attempt absent_type;   /* null, of a nonexistent program type */
	struct kvet_probe_attempt reference;     /* null, of socket_filter, the oldest type */
	struct kvet_probe_attempt absent_attach; /* null, of a nonexistent attach type */
	struct kvet_probe_attempt sibling;       /* null, of another variant of the type */
	bool has_sibling;                        /* whether there is one that loaded */
	bool targeted;           /* the type requires a target: a function, a program, a struct */
	bool target_missing;     /* no target was found; null was loaded without one */
	bool sleep_unchecked;    /* null loaded as sleepable for a target that must not sleep */
	const char *null_source; /* the call that null is the result of; NULL: bpf(BPF_PROG_LOAD) */
};

/*
 * What makes a kernel refuse a helper to this process with the same message as "not for this
 * program type". missing names the capabilities that the helper may require and the process lacks
 * ("CAP_BPF, CAP_PERFMON"), "" if none. locked is the lockdown level if it takes the helper away
 * from everyone, "unknown" if it might, "" if not.
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
	KVET_REASON_FOLLOWS,   /* the call was accepted, what follows it was not */
	/* unsupported */
	KVET_REASON_UNKNOWN_HELPER,
	KVET_REASON_NOT_FOR_TYPE,
	KVET_REASON_NOT_SUPPORTED,
	KVET_REASON_NOT_ALLOWED,
	KVET_REASON_MAP_REFUSED,     /* offered, but every map that it takes is refused */
	KVET_REASON_SLEEPABLE_ONLY,  /* a sleepable program of the type may call it */
	KVET_REASON_SLEEPABLE_NEVER, /* requires a sleepable program, which the type does not
					support */
	KVET_REASON_CANNOT_SLEEP, /* asked for a sleepable program, which the type does not support
				   */
	KVET_REASON_TYPE_ABSENT,
	KVET_REASON_ATTACH_ABSENT,
	KVET_REASON_NOT_BUILT, /* not permitted, but also not built into the kernel */
	KVET_REASON_NO_JIT,    /* a call of a kernel function requires the JIT compiler */
	/* undetermined */
	KVET_REASON_NOT_PERMITTED,
	KVET_REASON_PRIVILEGE,  /* not for this type, or privilege missing: the message is the same
				 */
	KVET_REASON_CAPABILITY, /* for this type, but a capability is missing */
	/* Not for this type, or locked down: the message is the same. Unsupported where the
	 * lockdown level is known, undetermined where it cannot be read. */
	KVET_REASON_LOCKDOWN,
	KVET_REASON_TARGET, /* refused for the targets tried; another may be accepted */
	KVET_REASON_NO_TARGET,
	KVET_REASON_NO_MAP,  /* the map that the helper takes could not be created */
	KVET_REASON_UNTRIED, /* maps are refused; what else it takes could not be tried */
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
 * The verdict on one question: yes is supported, no is unsupported. attempt is what it rests on:
 * the load of the question's own program or, where a control did not behave as expected, of that
 * control. variant is the one that decided, 0 where the type has no variants; target is what its
 * program was loaded for ("security_file_open"), "" if nothing; argument is what the helper worked
 * on ("queue", a kind of map), NULL where that makes no difference. option is the build option that
 * the kernel lacks, if that is why ("CONFIG_BPF_KPROBE_OVERRIDE"), or NULL. cause is filled for no
 * and undetermined, and all zero for yes.
 */
struct kvet_probe_answer {
	enum kvet_verdict verdict;
	enum kvet_probe_reason reason;
	int variant;
	char target[128];
	const char *argument; /* static, as is option */
	const char *option;
	struct kvet_probe_attempt attempt;
	struct kvet_cause cause;
};

/*
 * Judges an attempt without any system call, so that recorded logs can be judged, too. An
 * unrecognised verifier message is undetermined, with the message as evidence. Fills only verdict,
 * reason, attempt and cause of answer.
 */
void kvet_probe_classify(const struct kvet_probe_attempt *attempt,
			 const struct kvet_probe_controls *controls,
			 const struct kvet_probe_limits *limits, struct kvet_probe_answer *answer);

/*
 * Settles what is certain regardless of the load and of who asks: the kernel was built without
 * option, which the helper or the type depends on (NULL: no such option), as evidence says; or a
 * known lockdown takes the helper away from everyone. Pure. Call it after kvet_probe_classify().
 */
void kvet_probe_settle(const struct kvet_probe_limits *limits, const char *option,
		       const char *evidence, struct kvet_probe_answer *answer);

/*
 * A probe context: the controls of each program type, asked once; the kernel's BTF, read once, when
 * a question requires it; and the privileges of the process when the context was created. Any
 * number of threads may use one context at the same time, and any number of contexts may exist side
 * by side.
 */
struct kvet_probe;

/* Creates a context; host is copied (its sysroot string stays the caller's). Free it with
 * kvet_probe_free(). Errors: -ENOMEM. */
int kvet_probe_new(struct kvet_probe **probe, const struct kvet_host *host, struct kvet_cause *err);
void kvet_probe_free(struct kvet_probe *probe);

/*
 * Asks the running kernel one question. A refusal by the kernel is an answer, not an error. Kernels
 * before 5.11 charge programs to RLIMIT_MEMLOCK and refuse what exceeds it with EPERM: at the first
 * EPERM the limit is raised as far as the process may, and kvet_probe_free() restores it. Errors:
 * -ENOMEM; -EINTR if a signal interrupted the load.
 */
int kvet_probe_ask(struct kvet_probe *probe, const struct kvet_probe_question *question,
		   struct kvet_probe_answer *answer, struct kvet_cause *err);

/* Takes the answer to the question with this index. Not 0: no more answers are required. */
typedef int kvet_probe_take(void *opaque, size_t index, const struct kvet_probe_answer *answer);

/*
 * Asks count questions with the given number of threads (0: one for each processor that this
 * process may use: sched_getaffinity(2)), and passes each answer to take(), in the order of the
 * questions and only in the calling thread, while the others go on asking. The answer lives until
 * take() returns. If many helpers are asked about for the same variant, one program may answer for
 * several of them: it calls one after the other. Errors: those of kvet_probe_ask(), and -ENOMEM;
 * the first one ends the work. If threads cannot be created, the calling thread does the work.
 */
int kvet_probe_ask_each(struct kvet_probe *probe, const struct kvet_probe_question *questions,
			size_t count, unsigned int threads, kvet_probe_take *take, void *opaque,
			struct kvet_cause *err);

/* The same, but writes count answers, in the order of the questions. On failure, not all of them
 * are written. */
int kvet_probe_ask_many(struct kvet_probe *probe, const struct kvet_probe_question *questions,
			size_t count, unsigned int threads, struct kvet_probe_answer *answers,
			struct kvet_cause *err);

/*
 * Whether a program that loads can also be attached here. For types where a kernel that loads a
 * program can always attach it (all but tracing, lsm and ext), verdict is undetermined and cause
 * all zero. For a no, and where kvet could not find out, cause says why.
 */
struct kvet_probe_attach {
	enum kvet_verdict verdict;
	struct kvet_cause cause;
};

/*
 * Finds out by attaching an empty program and detaching it at once: if the kernel has one, to a
 * function of its own tests, so that nothing is delayed. For lsm it also checks whether BPF is an
 * active security module. question is one that was answered with yes, with the variant of the
 * answer. Each variant is tried once per context. Errors: -ENOMEM.
 */
int kvet_probe_attachable(struct kvet_probe *probe, const struct kvet_probe_question *question,
			  struct kvet_probe_attach *attach, struct kvet_cause *err);

/*
 * The other oracle: does the running kernel's BTF (enum bpf_func_id) name the helper? Returns yes,
 * no, or undetermined; cause (may be NULL) then says why the BTF could not be read. Requires no
 * privilege. Reads the BTF (about 30 ms) if the context has not read it yet.
 */
enum kvet_verdict kvet_probe_kernel_names(struct kvet_probe *probe, int helper,
					  struct kvet_cause *cause);

/* Whether an answer and the result of kvet_probe_kernel_names() contradict each other: a helper
 * loads, or is refused by name, but the BTF lacks it; or the BTF names it, but the verifier does
 * not know it. */
bool kvet_probe_oracles_disagree(const struct kvet_probe_answer *answer, enum kvet_verdict named);

/* Where the errno that a function left behind came from. */
enum kvet_probe_origin {
	KVET_ORIGIN_NONE,    /* errno was 0 */
	KVET_ORIGIN_SYSCALL, /* the last failed system call that returned it is named */
	KVET_ORIGIN_USER,    /* no system call returned it: set in user space */
	KVET_ORIGIN_UNKNOWN, /* the calls could not be traced; source says why */
	KVET_ORIGIN_COUNT
};

/*
 * libbpf's own answer to the same question, for comparison: what libbpf_probe_bpf_helper()
 * returned, the errno that it left behind (zeroed before the call), and where that errno came from.
 * source reads like "faccessat2(\"/proc/version_signature\")", "bpf(BPF_PROG_LOAD kprobe)",
 * "bpf(BPF_PROG_LOAD socket_filter): libbpf's own probe" (that load was not the question), "set in
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

/* The failed system calls of each question to libbpf, in order. */
struct kvet_probe_journal;
void kvet_probe_journal_free(struct kvet_probe_journal *journal);

/* How many calls failed during a question (given by its index in the array of questions). */
size_t kvet_probe_journal_count(const struct kvet_probe_journal *journal, size_t question);

/* Writes the nth of them, from 0, to buf: "faccessat2(\"/proc/version_signature\"): ENOENT".
 * Returns buf; "" if there is none. */
const char *kvet_probe_journal_describe(const struct kvet_probe_journal *journal, size_t question,
					size_t nth, char *buf, size_t size);

/*
 * Asks libbpf count questions in a forked child whose system calls are traced with ptrace(2)
 * (PTRACE_GET_SYSCALL_INFO, Linux 5.3), and writes count answers. Only helper and type are used:
 * libbpf's question has no variants. *journal (may be NULL) becomes the caller's, to free. The
 * child is killed and reaped before the function returns, even if it is interrupted; until then the
 * calling thread's signals are blocked. If the process may not be traced, or the child cannot be
 * created or waited for, that is an answer (KVET_ORIGIN_UNKNOWN), not an error. Errors: -EINTR;
 * -ENOMEM.
 */
int kvet_probe_ask_libbpf(const struct kvet_probe_question *questions, size_t count,
			  struct kvet_probe_libbpf *answers, struct kvet_probe_journal **journal,
			  struct kvet_cause *err);

/*
 * Names. Helpers are named as in <linux/bpf.h>, "bpf_ktime_get_ns"; the prefix may be omitted.
 * Program types are named like libbpf_bpf_prog_type_str() does, "kprobe". Both are numbered from 1
 * without gaps; number 0 (unspec) has no name here. These functions know what this build's headers
 * know. The by-name functions return -1 for an unknown name, the others NULL for a number without a
 * name. kvet_probe_helper_nearest() returns the known name most similar to a misspelt one, or NULL
 * if none is similar; kvet_probe_type_nearest() does the same for types. All strings are static.
 */
int kvet_probe_helper_by_name(const char *name);
const char *kvet_probe_helper_name(int helper);
const char *kvet_probe_helper_nearest(const char *name);
int kvet_probe_type_by_name(const char *name);
const char *kvet_probe_type_name(int type);
const char *kvet_probe_type_nearest(const char *name);

/* One more than the last number. */
int kvet_probe_names_end(void);
int kvet_probe_type_names_end(void);

/*
 * The same, together with the names in the running kernel's BTF, so that a helper or a type newer
 * than this build can be asked about, too. kvet_probe_…_end() is one more than the last number.
 * Each function reads the BTF if the context has not read it yet; without BTF, only the headers'
 * names are known. Strings live as long as the context.
 */
int kvet_probe_helpers_end(struct kvet_probe *probe);
const char *kvet_probe_any_helper_name(struct kvet_probe *probe, int helper);
int kvet_probe_types_end(struct kvet_probe *probe);
const char *kvet_probe_any_type_name(struct kvet_probe *probe, int type);

/*
 * A type's variants are numbered from 1 to kvet_probe_variants(), which is 1 for a type without
 * variants. Their names are those of libbpf's section names if there is one ("fentry", "connect4"),
 * else of what they are for ("tcp_congestion_ops"); NULL for a type without variants. Strings live
 * as long as the context.
 */
int kvet_probe_variants(struct kvet_probe *probe, int type);
const char *kvet_probe_variant_name(struct kvet_probe *probe, int type, int variant);

/* The number of a type's variant by its name; 0 if it has none of the name. */
int kvet_probe_variant_by_name(struct kvet_probe *probe, int type, const char *name);

/* Whether loading a program that calls the helper makes the kernel write a warning to its own log
 * (trace_printk, trace_vprintk, probe_write_user). */
bool kvet_probe_helper_alarms(int helper);

#ifdef __cplusplus
}
#endif

#endif
