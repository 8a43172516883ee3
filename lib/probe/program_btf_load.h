/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The BTF of kvet's own programs, where the kernel learns from types what they do. */
#ifndef KVET_PROBE_PROGRAM_BTF_LOAD_H
#define KVET_PROBE_PROGRAM_BTF_LOAD_H

#include "bpf/loader_load.h"

/* The offset of the lock in struct node, and the size of struct node. */
#define KVET_NODE_LOCK 8
#define KVET_NODE_SIZE 16

/* Loaded BTF, and the ids in it of the program's only function and of a "struct node" that holds a
 * lock. All zero: none. */
struct kvet_program_btf {
	int fd;
	unsigned int func;
	unsigned int node;
};

/*
 * Loads the BTF of a program "int kvet_probe(struct CONTEXT *)" or, if context is NULL, of one
 * without an argument. The descriptor is the caller's. Touches the kernel. Errors: of bpf(2);
 * -ENOMEM.
 */
int kvet_program_btf_load(struct kvet_loader *loader, const char *context,
			  struct kvet_program_btf *btf, struct kvet_cause *err);

#endif
