/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The failed system calls of a traced child, and which of them the errno that each question left
 * behind came from. Pure.
 */
#ifndef KVET_PROBE_ERRNO_JOURNAL_H
#define KVET_PROBE_ERRNO_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#include <kvet/probe.h>

#define KVET_JOURNAL_PATH_MAX 160

/* What a bpf(BPF_PROG_LOAD) asked: the program's type, the helper that its first instruction calls,
 * and whether it requested the verifier's log. All zero: no such call, or not readable. */
struct kvet_errno_load {
	int type;
	int helper;
	bool logged;
};

/* One failed call: its question, its number and its first argument. path is the path argument, ""
 * if the call takes none or it could not be read; unreadable is then the errno of
 * process_vm_readv(2). */
struct kvet_errno_entry {
	size_t question;
	int errnum;
	long number;
	unsigned long argument;
	int unreadable;
	struct kvet_errno_load load;
	bool aside; /* a call of bpf(2) that is not the question, but a probe of libbpf's own */
	char path[KVET_JOURNAL_PATH_MAX];
};

/* Start from all zeros. */
struct kvet_probe_journal {
	struct kvet_errno_entry *entries;
	size_t count;
};

/* Copies the entry to the end. Returns 0 or -ENOMEM. */
int kvet_errno_journal_add(struct kvet_probe_journal *journal,
			   const struct kvet_errno_entry *entry);
void kvet_errno_journal_deinit(struct kvet_probe_journal *journal);

/*
 * Sets origin and source of each of the count answers that were given, from its errnum: the last
 * failed call of its question that returned it. gap says why the calls could not be followed
 * ("ptrace(PTRACE_TRACEME): EPERM"), "" if they were.
 */
void kvet_errno_journal_attribute(const struct kvet_probe_journal *journal, const char *gap,
				  struct kvet_probe_libbpf *answers, size_t count);

/*
 * Whether a failed call was the question itself: libbpf loads a program of the type that calls the
 * helper, and reads the log. Before that, it may load a program of another type to find out what
 * the kernel supports (before Linux 5.11: whether it accounts memory).
 */
bool kvet_errno_entry_asks(const struct kvet_errno_entry *entry,
			   const struct kvet_probe_question *question);

/* Writes "bpf(BPF_PROG_LOAD kprobe)", "bpf(BPF_PROG_LOAD socket_filter): libbpf's own probe",
 * "openat(\"/proc/x\")" or "close" to buf. */
void kvet_errno_entry_describe(const struct kvet_errno_entry *entry, char *buf, size_t size);

#endif
