/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A probe context: what is found out once, and kept. */
#ifndef KVET_PROBE_CONTEXT_H
#define KVET_PROBE_CONTEXT_H

#include <pthread.h>

#include <kvet/probe.h>
#include <kvet/refusal.h>

#include "probe/calibration_load.h"
#include "probe/map_load.h"
#include "probe/privilege.h"

/* A calibration, and where it alone decides (the null program was refused), the answer.
 * tries counts how often its controls have been asked. */
struct kvet_known {
	unsigned int tries;
	struct kvet_calibration *calibration;
	struct kvet_probe_answer *refusal;
	struct kvet_known *next;
};

/* What came of attaching one variant. */
struct kvet_attachment {
	int type;
	int variant;
	bool sleepable;
	struct kvet_probe_attach attach;
	struct kvet_attachment *next;
};

/* Types are small numbers; one that is not shares its place with another. */
#define KVET_PROBE_PLACES 64

struct kvet_probe {
	struct kvet_host host;
	struct kvet_privilege privilege;
	struct kvet_denials denials;
	struct kvet_reach
		reach; /* read before the first call, which a filter may answer with death */
	struct kvet_loader loader;

	pthread_mutex_t lock; /* for what follows; what it once points to does not change */
	struct kvet_known *known[KVET_PROBE_PLACES]; /* by type */
	struct kvet_kernel *kernel;
	struct kvet_error kernel_error;
	bool kernel_read;
	int maps[KVET_MAP_COUNT]; /* descriptors, 0: not made; or what the kernel said of it */
	struct kvet_program_btf object_btf;

	pthread_mutex_t attach_lock; /* for what follows; taken before the other */
	struct kvet_attachment *attachments;
};

/*
 * What is known of a variant, found out by whoever asks first. A control that failed for a
 * passing reason is asked anew at the next question, a few times. *known is the context's,
 * and does not change. Errors: -ENOMEM.
 */
int kvet_probe_known(struct kvet_probe *probe, const struct kvet_probe_question *question,
		     const struct kvet_known **known, struct kvet_error *err);

/* The map of a kind, made by whoever asks first: a descriptor, the context's. Errors: those of
 * kvet_map_load(); -EINVAL: this kernel has no such maps. */
int kvet_probe_map(struct kvet_probe *probe, enum kvet_map_kind kind, struct kvet_error *err);

/* The id of a function of the kernel, 0 where its BTF has none of the name. */
unsigned int kvet_probe_function(struct kvet_probe *probe, const char *name);

void kvet_probe_attachments_free(struct kvet_probe *probe);

/*
 * What a program takes that makes an object. calls is all zero where this kernel has no such
 * function. Errors: of bpf(2), -ENOMEM; and those of reading the kernel's BTF.
 */
int kvet_probe_object(struct kvet_probe *probe, struct kvet_object_calls *calls,
		      struct kvet_program_btf *btf, struct kvet_error *err);

/*
 * Carries a plan out: loads the question's program with one thing after the other that the
 * helper could work on, until one is accepted. A refused thing says nothing while there is
 * another; no is said when all are refused that there can be. Errors: -ENOMEM.
 */
int kvet_probe_carry_out(struct kvet_probe *probe, const struct kvet_plan *plan,
			 const struct kvet_probe_question *question,
			 const struct kvet_calibration *calibration,
			 struct kvet_probe_answer *answer, struct kvet_error *err);

/* Settles what is certain of an answer that is no yes: see kvet_probe_settle(). */
void kvet_probe_conclude(struct kvet_probe *probe, const struct kvet_probe_question *question,
			 struct kvet_probe_answer *answer);

/* Judges what the program of a question gave, under a calibration, and explains it. */
void kvet_probe_judge(struct kvet_probe *probe, const struct kvet_probe_question *question,
		      const struct kvet_calibration *calibration,
		      const struct kvet_probe_attempt *attempt, struct kvet_probe_answer *answer);

#endif
