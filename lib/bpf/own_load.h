/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs and maps that kvet loads in order to use them, not to ask whether they load; and how a
 * refusal of bpf(2) is reported. All of it touches the kernel.
 *
 * libbpf's bpf_prog_load() and bpf_map_create() are not used: they would first load others, to find
 * out about the kernel.
 */
#ifndef KVET_BPF_OWN_LOAD_H
#define KVET_BPF_OWN_LOAD_H

#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>

#include <kvet/cause.h>
#include <kvet/host.h>

#include "bpf/loader_load.h"

/*
 * Loads it. Where the verifier refuses it, the evidence is the verifier message: the program is
 * loaded a second time to get it, since a log makes every load slower. Returns a descriptor, the
 * caller's, or a negative errno. Errors: those of bpf(BPF_PROG_LOAD).
 */
int kvet_bpf_own_program(const struct kvet_host *host, const struct kvet_bpf_program *program,
			 struct kvet_cause *err);

struct kvet_bpf_map {
	enum bpf_map_type type;
	const char *name;
	uint32_t key_size, value_size; /* bytes */
	uint32_t entries;
	uint32_t flags;
	/* The capabilities that a refusal names: those of the programs that it is for, which would
	 * be refused next. NULL: those that the map requires (kvet_bpf_map_needs()). */
	const int *needed;
};

/* Creates it. Returns a descriptor, the caller's, or a negative errno. Errors: those of
 * bpf(BPF_MAP_CREATE). */
int kvet_bpf_own_map(const struct kvet_host *host, const struct kvet_bpf_map *map,
		     struct kvet_cause *err);

/* Creates an array of one element of size bytes for programs of a type, and maps it with protection
 * prot (mmap(2)). Returns a descriptor, the caller's, or a negative errno. *mapped is the caller's,
 * for munmap(). Errors: those of bpf(BPF_MAP_CREATE) and mmap(2). */
int kvet_bpf_own_array(const struct kvet_host *host, int type, const char *name, size_t size,
		       int prot, void **mapped, struct kvet_cause *err);

/*
 * Starts the iterator with program prog, over what `over` names (NULL: over everything). Returns a
 * descriptor to read from, the caller's, or a negative errno; closing it ends the iterator. Errors:
 * those of bpf(BPF_LINK_CREATE) and bpf(BPF_ITER_CREATE).
 */
int kvet_bpf_own_iterator(const struct kvet_host *host, int prog, union bpf_iter_link_info *over,
			  struct kvet_cause *err);

/*
 * Reports the failure of a call of bpf(2): fills err with the call, its errno and the verifier
 * message. Where log is NULL or empty, what is known of the refusal is used instead
 * (kvet_refusal_add(), for a call that requires the capabilities of `needed`: bpf/needs.h). Returns
 * -errnum. err may be NULL.
 */
int kvet_bpf_fail(const struct kvet_host *host, int errnum, const char *call, const int *needed,
		  const char *log, struct kvet_cause *err);

#endif
