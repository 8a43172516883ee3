/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * vDSO or system call? The vDSO falls back to the system call where user space cannot read the
 * clock source. A thread with a seccomp(2) filter that refuses that call finds out; the filter ends
 * with the thread.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "clock/path_read.h"
#include "clock/vdso_read.h"

static void *try_without(void *opaque)
{
	enum kvet_verdict *vdso = opaque;
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clock_gettime, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { .len = sizeof(filter) / sizeof(*filter),
					    .filter = filter };
	uint64_t ns;

	/* Both affect only this thread. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		return NULL;
	for (int i = 0; i < KVET_CLOCK_COUNT; i++)
		vdso[i] = kvet_clock_now((enum kvet_clock_id)i, &ns) ? KVET_NO : KVET_YES;
	return NULL;
}

void kvet_clock_path_read(enum kvet_verdict vdso[KVET_CLOCK_COUNT])
{
	sigset_t all, before;
	pthread_t thread;
	int failed;

	for (int i = 0; i < KVET_CLOCK_COUNT; i++)
		vdso[i] = KVET_UNDETERMINED;
	/* The program's signal handlers must not run in this thread. */
	sigfillset(&all);
	if (pthread_sigmask(SIG_SETMASK, &all, &before))
		return;
	failed = pthread_create(&thread, NULL, try_without, vdso);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!failed)
		pthread_join(thread, NULL);
}
