/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One load attempt: bpf(BPF_PROG_LOAD), its errno and the verifier message. */
#ifndef KVET_PROBE_PROGRAM_LOAD_H
#define KVET_PROBE_PROGRAM_LOAD_H

#include <kvet/probe.h>

#include "probe/program_btf_load.h"

/* No helper, program type or attach type will ever have this number. */
#define KVET_PROBE_IMPOSSIBLE 0x7fffffff

/* How to load a program. All zero except type and attach: a type that loads without anything
 * else. */
struct kvet_program_spec {
	int type;
	int attach;                  /* expected_attach_type */
	unsigned int flags;          /* BPF_F_SLEEPABLE */
	unsigned int btf_id;         /* of its target: in vmlinux, or in the program to replace */
	int replaces_fd;             /* the program to replace, 0: none */
	int exit_value;              /* a value that the hook accepts, where it does not accept 0 */
	struct kvet_program_btf btf; /* its own */
};

/* Kernel functions that allocate and free an object, by their BTF ids; 0: none. */
struct kvet_object_calls {
	unsigned int new;
	unsigned int drop;
};

/* Tries to load a program of these instructions. modules: as of struct kvet_bpf_program. */
void kvet_program_load_insns(struct kvet_loader *loader, const struct kvet_program_spec *spec,
			     const int *modules, const struct bpf_insn *insns, size_t count,
			     struct kvet_probe_attempt *attempt);

/* A log that may be longer than that of an attempt. */
struct kvet_program_log {
	unsigned int level; /* 1 or 2 */
	char *text;
	size_t size;
};

/* The same, with a log as asked for. Returns its errno, 0 if the program loaded. */
int kvet_program_load_logged(struct kvet_loader *loader, const struct kvet_program_spec *spec,
			     const struct bpf_insn *insns, size_t count,
			     const struct kvet_program_log *log);

/* Tries to load a program that calls the helper, sets r0 to the exit value and exits. */
void kvet_program_load(struct kvet_loader *loader, const struct kvet_program_spec *spec, int helper,
		       struct kvet_probe_attempt *attempt);

/* The same for a program that names a map, by its descriptor. */
void kvet_program_load_with_map(struct kvet_loader *loader, const struct kvet_program_spec *spec,
				int helper, int map_fd, struct kvet_probe_attempt *attempt);

/* Tries to load a program that allocates an object (the struct node of its BTF), and locks and
 * unlocks the lock in it. */
void kvet_program_load_with_object(struct kvet_loader *loader, const struct kvet_program_spec *spec,
				   const struct kvet_object_calls *calls,
				   struct kvet_probe_attempt *attempt);

/* The same as kvet_program_load(), for a helper that takes the context and a number, which is 0,
 * and where the program itself is required. *fd as below. */
void kvet_program_load_calling(struct kvet_loader *loader, const struct kvet_program_spec *spec,
			       int helper, struct kvet_probe_attempt *attempt, int *fd);

/* Tries to load a program that only sets r0 to the exit value and exits. *fd (may be NULL) becomes
 * the loaded program, the caller's to close, or -1. */
void kvet_program_load_null(struct kvet_loader *loader, const struct kvet_program_spec *spec,
			    struct kvet_probe_attempt *attempt, int *fd);

#endif
