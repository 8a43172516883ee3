/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A probe context: what is found out once and kept. */
#ifndef KVET_PROBE_CONTEXT_H
#define KVET_PROBE_CONTEXT_H

#include <pthread.h>

#include <kvet/probe.h>
#include <kvet/refusal.h>

#include "probe/bundle_load.h"
#include "probe/calibration_load.h"
#include "probe/map_load.h"
#include "probe/offers_load.h"
#include "probe/privilege.h"
#include "probe/shared_load.h"

/* The controls of one variant, and the answer where they alone decide. tries counts how often they
 * were asked. Only bundle, offers and next change. */
struct kvet_known {
	int type;
	int variant;
	bool sleepable;
	unsigned int tries;
	bool is_passing; /* a control failed for a passing reason */
	struct kvet_calibration *calibration;
	struct kvet_probe_answer *refusal; /* NULL: the helper must be asked about */
	struct kvet_bundle bundle;
	struct kvet_offers_kept offers;
	struct kvet_known *next;
};

/* The result of attaching one variant. */
struct kvet_attachment {
	int type;
	int variant;
	bool sleepable;
	struct kvet_probe_attach attach;
	struct kvet_attachment *next;
};

/* A place for each variant, for 64 types with 15 variants each; others share theirs. */
#define KVET_PROBE_PLACES 1024

struct kvet_probe {
	struct kvet_host host;
	struct kvet_privilege privilege;
	struct kvet_denials denials;
	struct kvet_reach
		reach; /* read before the first call, because a filter may kill the caller */
	struct kvet_loader loader;
	struct kvet_shared shared;

	struct kvet_known_place {
		pthread_mutex_t lock; /* protects the list, and is held while controls are asked */
		struct kvet_known *first;
	} known[KVET_PROBE_PLACES]; /* by type and variant */

	/* Protects the members below; what they point to does not change. Taken after those of
	 * known. */
	pthread_mutex_t lock;
	struct kvet_kernel *kernel;
	struct kvet_cause kernel_error;
	bool kernel_read;
	int maps[KVET_MAP_COUNT]; /* descriptors, 0: not made; or what the kernel said of it */
	struct kvet_program_btf object_btf;

	pthread_mutex_t attach_lock; /* protects the members below; taken before lock */
	struct kvet_attachment *attachments;
};

/*
 * The controls of a variant, asked by the first that requires them. If one failed for a passing
 * reason, they are asked again at the next question, a few times. *known belongs to the context.
 * Errors: -ENOMEM.
 */
int kvet_probe_known(struct kvet_probe *probe, const struct kvet_probe_question *question,
		     struct kvet_known **known, struct kvet_cause *err);
void kvet_known_init(struct kvet_known_place *places);
void kvet_known_deinit(struct kvet_known_place *places);

/* kvet_probe_ask() for one of many questions about the same variant. */
int kvet_probe_ask_among(struct kvet_probe *probe, const struct kvet_probe_question *question,
			 bool many, struct kvet_probe_answer *answer, struct kvet_cause *err);

/* The kernel's BTF; NULL if it cannot be read, or if programs of the type do not require it: then
 * reading it is not worth the time. */
const struct kvet_kernel *kvet_probe_kernel_for(struct kvet_probe *probe, int type);

/* The types of the kernel's BTF; NULL if it cannot be read, and cause says why. */
const struct kvet_btf *kvet_probe_btf(struct kvet_probe *probe, struct kvet_cause *cause);

/* The BTF id of a kernel function, 0 if the kernel's BTF does not name it. */
unsigned int kvet_probe_function(struct kvet_probe *probe, const char *name);

/* The functions that allocate and free an object; 0 where this kernel has none. Errors: those of
 * reading the kernel's BTF. */
int kvet_probe_object_calls(struct kvet_probe *probe, struct kvet_object_calls *calls,
			    struct kvet_cause *err);

void kvet_probe_attachments_free(struct kvet_probe *probe);

#endif
