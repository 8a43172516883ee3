/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * vDSO or system call? The vDSO falls back to the system call where the clock source cannot
 * be read in user space. A thread whose seccomp(2) filter refuses that call sees the
 * difference; the filter ends with the thread.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>

#include "clock/path_read.h"

static void *try_without(void *opaque)
{
	enum kvet_verdict *verdict = opaque;
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clock_gettime, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { .len = sizeof(filter) / sizeof(*filter),
					    .filter = filter };
	struct timespec now;

	/* Both hold for this thread alone. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		return NULL;
	*verdict = clock_gettime(CLOCK_MONOTONIC, &now) || clock_gettime(CLOCK_BOOTTIME, &now)
			   ? KVET_NO
			   : KVET_YES;
	return NULL;
}

enum kvet_verdict kvet_clock_path_read(void)
{
	enum kvet_verdict verdict = KVET_UNDETERMINED;
	sigset_t all, before;
	pthread_t thread;
	int failed;

	/* The program's signal handlers are not for this thread. */
	sigfillset(&all);
	if (pthread_sigmask(SIG_SETMASK, &all, &before))
		return verdict;
	failed = pthread_create(&thread, NULL, try_without, &verdict);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!failed)
		pthread_join(thread, NULL);
	return verdict;
}
