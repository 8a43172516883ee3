/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One stop of a traced child at a system call. */
#ifndef KVET_PROBE_SYSCALL_STOP_H
#define KVET_PROBE_SYSCALL_STOP_H

#include <signal.h>
#include <sys/types.h>

#include "probe/errno_journal.h"

/* The stop signal that waitpid(2) reports for it, under PTRACE_O_TRACESYSGOOD. */
#define KVET_SYSCALL_STOP (SIGTRAP | 0x80)

/* The call that the child has entered, because the stop at its end does not name it. Start with a
 * number of -1. */
struct kvet_syscall_stop {
	long number;
	unsigned long arguments[6];
};

/*
 * Reads the stop. At the end of a failed call it fills all of entry but question and returns
 * 1; at other stops it returns 0. Errors: of ptrace(2); -EIO before Linux 5.3.
 */
int kvet_syscall_stop_read(pid_t pid, struct kvet_syscall_stop *stop,
			   struct kvet_errno_entry *entry);

#endif
