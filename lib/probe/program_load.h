/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One load attempt: bpf(BPF_PROG_LOAD), its errno and the verifier's words. */
#ifndef KVET_PROBE_PROGRAM_LOAD_H
#define KVET_PROBE_PROGRAM_LOAD_H

#include <pthread.h>
#include <sys/resource.h>

#include <kvet/probe.h>

/* No helper, program type or attach type will ever have this number. */
#define KVET_PROBE_IMPOSSIBLE 0x7fffffff

/* How a program is to be loaded. All zero but type and attach: a type that loads bare. */
struct kvet_program_spec {
	int type;
	int attach;          /* expected_attach_type */
	unsigned int flags;  /* BPF_F_SLEEPABLE */
	unsigned int btf_id; /* of its target: in vmlinux, or in the program to replace */
	int replaces_fd;     /* the program to replace, 0: none */
	int btf_fd;          /* the program's own BTF, 0: none */
	unsigned int func;   /* the id in there of its one function */
	int exit_value;      /* which its hook may not let be 0 */
};

/*
 * The limit that kernels before 5.11 charge programs to (kernel: bpf_charge_memlock()), which
 * counts a program just closed until RCU has let go of it. It stays raised once it was in
 * the way: threads that raised and restored it in turns would take it from each other.
 */
struct kvet_memlock {
	pthread_mutex_t lock;
	bool raised;
	struct rlimit before;
};

void kvet_memlock_init(struct kvet_memlock *memlock);
void kvet_memlock_deinit(struct kvet_memlock *memlock);

/* Offers a program that calls the helper, sets r0 to the exit value and exits. */
void kvet_program_load(struct kvet_memlock *memlock, const struct kvet_program_spec *spec,
		       int helper, struct kvet_probe_attempt *attempt);

/* The same for a helper that takes the context and a number, which gets 0: for programs that
 * are wanted themselves. *fd as below. */
void kvet_program_load_calling(struct kvet_memlock *memlock, const struct kvet_program_spec *spec,
			       int helper, struct kvet_probe_attempt *attempt, int *fd);

/* Offers a program that only sets r0 to the exit value and exits. *fd (may be NULL) becomes the
 * loaded program, the caller's to close, or -1. */
void kvet_program_load_null(struct kvet_memlock *memlock, const struct kvet_program_spec *spec,
			    struct kvet_probe_attempt *attempt, int *fd);

#endif
