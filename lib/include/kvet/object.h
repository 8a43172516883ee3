/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A compiled BPF object: will each of its programs load and fire on this host?
 *
 * Each program is loaded as libbpf would load it, and its descriptor is closed at once: nothing is
 * attached, nothing is pinned. What fails for the whole object in libbpf (a refused map, a missing
 * kfunc, a build option that this kernel lacks) is a no only for the programs that use it. The work
 * is done in a forked child, so that nothing of this process changes (libbpf's hooks,
 * RLIMIT_MEMLOCK), and an object that crashes libbpf does not end it.
 */
#ifndef KVET_OBJECT_H
#define KVET_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kvet/cause.h>
#include <kvet/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a verdict on a program rests on. */
enum kvet_object_reason {
	KVET_OBJECT_LOADED,
	/* the kernel, or libbpf in its place, refuses the program */
	KVET_OBJECT_HELPER_UNKNOWN,   /* this kernel has no such helper */
	KVET_OBJECT_HELPER_TYPE,      /* it does not offer the helper to this program type */
	KVET_OBJECT_HELPER_SLEEPABLE, /* it offers the helper only to sleepable programs */
	KVET_OBJECT_LICENSE,          /* the helper or kfunc requires a GPL-compatible license */
	KVET_OBJECT_RELOCATION,       /* a CO-RE relocation failed: a type or member is missing */
	KVET_OBJECT_KFUNC,            /* a kfunc is missing, has another signature, or is refused */
	KVET_OBJECT_KSYM,             /* a kernel variable or symbol is missing or ambiguous */
	KVET_OBJECT_KCONFIG,          /* a build option has no value on this kernel */
	KVET_OBJECT_MAP,              /* the kernel refuses a map that the program uses */
	KVET_OBJECT_STRUCT_OPS,       /* this kernel has no such struct of operations */
	KVET_OBJECT_BTF_TARGET,       /* the kernel's BTF lacks the target */
	KVET_OBJECT_TARGET_REFUSED,   /* the kernel refuses programs for this target */
	KVET_OBJECT_SLEEPABLE,        /* the type or the target must not sleep */
	KVET_OBJECT_TYPE_ABSENT,      /* this kernel lacks the program type or the attach type */
	KVET_OBJECT_TOO_COMPLEX,      /* the verifier gives up */
	KVET_OBJECT_TOO_LARGE,        /* too many instructions, or too much stack */
	KVET_OBJECT_ACCESS,           /* the verifier refuses an access to memory or the context */
	KVET_OBJECT_ARGUMENT,         /* it refuses an argument of a helper, kfunc or function */
	KVET_OBJECT_EXIT_VALUE,       /* it refuses the value that the program returns */
	KVET_OBJECT_VERIFIER,         /* it refuses something else; its words say what */
	/* the program loads, but will not fire */
	KVET_OBJECT_TARGET_ABSENT,
	KVET_OBJECT_TARGET_AMBIGUOUS,
	KVET_OBJECT_TARGET_UNTRACEABLE,
	KVET_OBJECT_TARGET_OFFSET,
	KVET_OBJECT_TARGET_UNSUPPORTED, /* this kernel is not built for this kind of target */
	KVET_OBJECT_TARGET_INACTIVE,    /* BPF is not an active security module */
	KVET_OBJECT_TARGET_FILE,        /* the file of a uprobe, or its symbol, is missing */
	/* undetermined */
	KVET_OBJECT_TARGET_UNKNOWN,
	KVET_OBJECT_PLACEHOLDER, /* the target, or the type, is the loader's to set */
	KVET_OBJECT_PRIVILEGE,
	KVET_OBJECT_LOCKDOWN,
	KVET_OBJECT_REFUSED, /* refused without a word, for a reason that is not known */
	KVET_OBJECT_NO_CONFIG,
	KVET_OBJECT_LIBBPF,  /* libbpf cannot take the object; another loader may */
	KVET_OBJECT_NOT_BPF, /* the file is no BPF object, or not for this host's byte order */
	KVET_OBJECT_INTERRUPTED,
	KVET_OBJECT_REASON_COUNT
};

/* A stable word, "helper-unknown"; a static string, never NULL. */
const char *kvet_object_reason_name(enum kvet_object_reason reason);

/* The clocks that a BPF program can read. */
enum kvet_object_clock {
	KVET_OBJECT_MONOTONIC, /* bpf_ktime_get_ns() */
	KVET_OBJECT_BOOTTIME,  /* bpf_ktime_get_boot_ns() */
	KVET_OBJECT_TAI,       /* bpf_ktime_get_tai_ns() */
	KVET_OBJECT_COARSE,    /* bpf_ktime_get_coarse_ns() */
	KVET_OBJECT_JIFFIES,   /* bpf_jiffies64() */
	KVET_OBJECT_CLOCK_COUNT
};

/* "monotonic"; a static string. */
const char *kvet_object_clock_name(enum kvet_object_clock clock);

/*
 * One program of an object. A plain value: all strings are NUL-terminated, and "" if absent. Names
 * come from the file and may have any bytes.
 */
struct kvet_object_program {
	char name[128];
	char section[256];
	char type[48]; /* as libbpf names it, "kprobe"; "" if the section tells none */
	bool autoload; /* false: SEC("?..."), which is loaded only if the loader asks for it */
	enum kvet_verdict verdict; /* no if one of the two is, else the worse */
	enum kvet_verdict load;
	bool has_target; /* whether its section names a target: the next two count */
	char target[256];
	enum kvet_verdict target_verdict;
	enum kvet_object_reason reason;
	struct kvet_cause cause; /* all zero for yes */
	char helper[64];         /* the helper or kfunc that was refused */
	char source[256];        /* FILE:LINE of what was refused */
	char log[4096];          /* what the verifier wrote, without the trace of the program */
	bool has_clocks;         /* clocks are those of live code; else unknown */
	unsigned int clocks;     /* bit n: enum kvet_object_clock n */
	uint32_t instructions;   /* that the verifier processed; 0 unknown */
	/* Where it reads a kernel struct without CO-RE, in bytes, as on its build machine:
	 * elsewhere it reads something else. 0: nowhere that kvet sees. */
	uint32_t fixed_offset;
};

/* A map that a program uses. */
struct kvet_object_map {
	char name[128];
	char type[48];
	enum kvet_verdict verdict; /* whether this kernel creates it */
	struct kvet_cause cause;
};

/* What was found out about a file. Free it with kvet_object_free(). */
struct kvet_object {
	/* yes; or why there are no programs, with the cause: no, it is for another byte order; or
	 * undetermined: it is no BPF object, it is damaged, libbpf cannot take it. */
	enum kvet_verdict verdict;
	enum kvet_object_reason reason;
	struct kvet_cause cause;
	struct kvet_object_program *programs;
	size_t program_count;
	struct kvet_object_map *maps;
	size_t map_count;
};

/*
 * Checks the object in a file. What the kernel refuses is an answer. Programs are loaded with
 * kvet's own log buffer and closed; kernels before 5.11 charge them to RLIMIT_MEMLOCK, which the
 * child raises for itself. Loads of bpf_probe_write_user() and the like make the kernel write a
 * warning to its log. Errors: of open(2) and read(2) of the file, -EFBIG over 64 MiB; of fork(2);
 * -ENOMEM.
 */
int kvet_object_check(struct kvet_object **object, const struct kvet_host *host, const char *path,
		      struct kvet_cause *err);
void kvet_object_free(struct kvet_object *object);

/* --- what an object needs --------------------------------------------------------------------- */

enum kvet_object_need_kind {
	KVET_NEED_PROGRAM_TYPE,
	KVET_NEED_ATTACH_TYPE,
	KVET_NEED_TARGET,
	KVET_NEED_HELPER,
	KVET_NEED_KFUNC,
	KVET_NEED_MAP_TYPE,
	KVET_NEED_RELOCATION, /* a type, member or enumerator that CO-RE finds in the kernel's BTF
			       */
	KVET_NEED_KCONFIG,
	KVET_NEED_KSYM,
	KVET_NEED_CAPABILITY,
	KVET_NEED_KIND_COUNT
};

/* A stable word, "program-type"; a static string, never NULL. */
const char *kvet_object_need_name(enum kvet_object_need_kind kind);

/* One thing that a program needs of the kernel, or of its loader's process. A plain value. */
struct kvet_object_need {
	char program[128];
	char section[256]; /* of the program */
	enum kvet_object_need_kind kind;
	char name[256];
	/* Whether code that can run here needs it. What is dead here may be live elsewhere. */
	bool live;
	/* false: the object can do without it, because it is weak, or its program is loaded only if
	 * the loader asks for it. */
	bool required;
	/* Whether the kernel has it. A yes is no promise that the program loads. Capabilities are
	 * the loader's, so they have none. */
	bool has_verdict;
	enum kvet_verdict verdict;
	enum kvet_object_reason reason; /* of a verdict that is no yes */
	struct kvet_cause cause;
	char source[256]; /* FILE:LINE where it is first needed, or "" */
};

struct kvet_object_needs {
	/* yes; or why there are no needs, with the cause: the file is no BPF object. */
	enum kvet_verdict verdict;
	enum kvet_object_reason reason;
	struct kvet_cause cause;
	struct kvet_object_need *items; /* by program, in the order of the file, and kind */
	size_t count;
	size_t program_count;
};

/* The kernel that the needs are held against. All NULL: the running one. */
struct kvet_object_kernel {
	const char *btf;      /* a file: BTF, or an ELF file that has it (vmlinux) */
	const char *kallsyms; /* a file: a copy of /proc/kallsyms, or System.map */
};

/*
 * Reads what each program of an object needs, and whether the kernel has it. Nothing is loaded,
 * and no privilege is needed; objects for the other byte order and other architectures will do.
 * CO-RE relocations come to what libbpf would write; code that they, values of const volatile
 * variables as the file has them, missing weak externs or the kernel's configuration show to be
 * dead needs nothing. Errors: of open(2) and read(2) of a file, -EFBIG over 64 MiB (an object);
 * -EINVAL for BTF or a symbol table that is damaged; -E2BIG for too many needs; -ENOMEM.
 */
int kvet_object_needs_read(struct kvet_object_needs **needs, const struct kvet_host *host,
			   const struct kvet_object_kernel *kernel, const char *path,
			   struct kvet_cause *err);
void kvet_object_needs_free(struct kvet_object_needs *needs);

#ifdef __cplusplus
}
#endif

#endif
