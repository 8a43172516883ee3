/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Attempts that several questions share: each is loaded once. Touches the kernel. */
#ifndef KVET_PROBE_SHARED_LOAD_H
#define KVET_PROBE_SHARED_LOAD_H

#include <pthread.h>

#include "probe/program_load.h"

#define KVET_SHARED_BUCKETS 32

struct kvet_shared_attempt;

/* By program type, so that threads that ask about different types do not wait for each other. */
struct kvet_shared {
	struct kvet_loader *loader;
	struct kvet_shared_bucket {
		pthread_mutex_t lock; /* protects the list, and is held while its types load */
		struct kvet_shared_attempt *first;
	} buckets[KVET_SHARED_BUCKETS];
};

void kvet_shared_init(struct kvet_shared *shared, struct kvet_loader *loader);
void kvet_shared_deinit(struct kvet_shared *shared);

/*
 * The attempt to load a program that calls the helper (0: an empty program), sets r0 to the exit
 * value and exits. It is loaded if no equal one was. A refusal without a verifier message may be a
 * passing one, and is not kept. Nor is an attempt that names a descriptor.
 */
void kvet_shared_load(struct kvet_shared *shared, const struct kvet_program_spec *spec, int helper,
		      struct kvet_probe_attempt *attempt);

/* The same for kvet_program_load_with_object(). All its programs have the same BTF, except those
 * that replace another. */
void kvet_shared_load_object(struct kvet_shared *shared, const struct kvet_program_spec *spec,
			     const struct kvet_object_calls *calls,
			     struct kvet_probe_attempt *attempt);

#endif
