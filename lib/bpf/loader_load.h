/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What all calls of bpf(2) in a context share: the memory limit that may refuse them and the token
 * that may allow them. */
#ifndef KVET_BPF_LOADER_LOAD_H
#define KVET_BPF_LOADER_LOAD_H

#include <bpf/btf.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
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

/* Raises the limit as far as the process may. Returns whether it is higher than at the start. */
bool kvet_loader_raise(struct kvet_loader *loader);

/* Calls bpf(2), with the token if there is one. Returns a descriptor, the caller's, or a negative
 * errno. Touches the kernel. */
int kvet_loader_try(const struct kvet_loader *loader, int command, const void *attr, size_t size);

/* The same, but retries with the limit raised where the limit may have been the reason. */
int kvet_loader_call(struct kvet_loader *loader, int command, const void *attr, size_t size);

/* Loads BTF and takes ownership of it (NULL: it could not be created). Returns a descriptor, the
 * caller's, or a negative errno. Touches the kernel. Errors: of bpf(2); -ENOMEM. */
int kvet_loader_btf(struct kvet_loader *loader, struct btf *btf, struct kvet_cause *err);

#endif
