/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What all calls of bpf(2) in a context share: the memory limit that may refuse them and the token
 * that may allow them. */
#ifndef KVET_BPF_LOADER_LOAD_H
#define KVET_BPF_LOADER_LOAD_H

#include <bpf/btf.h>
#include <linux/bpf.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

#include <kvet/cause.h>

#include "bpf/token_load.h"

/*
 * Kernels before 5.11 charge programs and maps to RLIMIT_MEMLOCK (kernel: bpf_charge_memlock()),
 * and count a closed program until RCU has freed it. Once raised, the limit stays raised: threads
 * that raised and restored it in turn would undo each other's work.
 */
struct kvet_loader {
	pthread_mutex_t lock;
	bool raised;
	struct rlimit before;
	struct kvet_token token;
};

/* Also looks for a token, if bpf(2) may be called. */
void kvet_loader_init(struct kvet_loader *loader, bool callable);
void kvet_loader_deinit(struct kvet_loader *loader);

/*
 * Calls bpf(2), with the token if there is one. Calls again if a signal interrupted the verifier,
 * a few times, and with the memory limit raised as far as the process may if the limit may have
 * been the reason. Returns a descriptor, the caller's, or a negative errno. Touches the kernel.
 */
int kvet_loader_call(struct kvet_loader *loader, int command, const void *attr, size_t size);

/* What bpf(BPF_PROG_LOAD) is told of a program. Only type, insns and count are required. */
struct kvet_bpf_program {
	enum bpf_prog_type type;
	enum bpf_attach_type attach; /* as expected_attach_type */
	uint32_t flags;
	uint32_t version;     /* of the kernel, which kprobe programs had to name before 5.0 */
	uint32_t btf_id;      /* the BTF id of its target, 0: none */
	uint32_t replaces_fd; /* the program to replace, 0: none */
	uint32_t btf_fd;      /* its own BTF, 0: none */
	uint32_t func;        /* the id of its function in that */
	uint32_t other_func;  /* the id of its second function, 0: it has none */
	uint32_t other_at;    /* the first instruction of that */
	/* The BTF of modules, by index from 1, whose functions it calls; NULL: none. */
	const int *modules;
	const char *name;   /* NULL: none */
	uint32_t log_level; /* 0: 1, if there is a log */
	const struct bpf_insn *insns;
	size_t count;
};

/* Loads it. The verifier's log goes to log, size bytes that are all zero; NULL: no log, which makes
 * the load faster. Returns as kvet_loader_call(). */
int kvet_loader_program(struct kvet_loader *loader, const struct kvet_bpf_program *program,
			char *log, size_t size);

/* Loads BTF and takes ownership of it (NULL: it could not be created). Returns a descriptor, the
 * caller's, or a negative errno. Touches the kernel. Errors: of bpf(2); -ENOMEM. */
int kvet_loader_btf(struct kvet_loader *loader, struct btf *btf, struct kvet_cause *err);

#endif
