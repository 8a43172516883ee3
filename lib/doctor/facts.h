/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the settings of a host are, before anyone judges them. */
#ifndef KVET_DOCTOR_FACTS_H
#define KVET_DOCTOR_FACTS_H

#include <kvet/doctor.h>
#include <kvet/kprobe.h>
#include <kvet/refusal.h>

/* A number of the kernel's; errnum is 0 if it was read. */
struct doctor_number {
	int errnum;
	long value;
};

/* A word of the kernel's; errnum is 0 if it was read. */
struct doctor_word {
	int errnum;
	char text[256];
};

/* An option of the build configuration, and where it is written. */
struct doctor_option {
	enum kvet_config value;
	char evidence[160];
};

/* Which file systems are mounted, where; "" where one is not. */
struct doctor_mounts {
	int errnum; /* why the list could not be read; E2BIG: only its start was */
	char bpffs[256];
	char cgroup2[256];
	bool cgroup1;
};

/* The loaded modules. */
struct doctor_modules {
	int errnum; /* why the list could not be read; ENOENT: the kernel has no modules */
	unsigned int loaded;
	unsigned int without_btf;
	char first[64]; /* of those without BTF */
};

struct doctor_facts {
	unsigned int read; /* which parts of it were read, by their numbers in facts_read.c */
	struct kvet_refusal bpf, perf; /* this process and its place */
	struct kvet_kprobe_facts kprobes;
	struct doctor_mounts mounts;
	struct doctor_modules modules;
	struct doctor_word lsm, clocksource;
	struct doctor_number kptr_restrict, ftrace_enabled, kprobes_enabled, jit, jit_harden;
	struct doctor_option jit_option;     /* CONFIG_BPF_JIT */
	struct doctor_option always_option;  /* CONFIG_BPF_JIT_ALWAYS_ON */
	struct doctor_option ftrace_option;  /* CONFIG_DYNAMIC_FTRACE */
	struct doctor_option bpf_lsm_option; /* CONFIG_BPF_LSM */
	char masked[256]; /* files of /proc that the container's runtime hides, ", " between them */
	char tracefs[64]; /* where it is mounted; "" if nowhere */
	int tracefs_errnum; /* why its events cannot be read */
	bool tracefs_writable;
	bool pid_namespace;
};

/* Reads what a check is about, unless it was read for another one; with errnos for what cannot be
 * read. Starts as { 0 }; the caller frees. */
void kvet_doctor_facts_read(const struct kvet_host *host, enum kvet_check check,
			    struct doctor_facts *facts);
void kvet_doctor_facts_deinit(struct doctor_facts *facts);

/* Adds what the lines of a mountinfo (proc_pid_mountinfo(5)) say; if its errnum says that the list
 * is cut, without its last line. Pure. */
void kvet_doctor_mounts_parse(const char *text, struct doctor_mounts *mounts);

#endif
