/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A probe context: what is found out once and kept. */
#ifndef KVET_PROBE_CONTEXT_H
#define KVET_PROBE_CONTEXT_H

#include <pthread.h>

#include <kvet/probe.h>
#include <kvet/refusal.h>

#include "probe/calibration_load.h"
#include "probe/map_load.h"
#include "probe/privilege.h"

/* A calibration, and the answer where the calibration alone decides (the null program was refused).
 * tries counts how often the controls were asked. */
struct kvet_known {
	unsigned int tries;
	struct kvet_calibration *calibration;
	struct kvet_probe_answer *refusal;
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

/* Types are small numbers; larger ones share places. */
#define KVET_PROBE_PLACES 64

struct kvet_probe {
	struct kvet_host host;
	struct kvet_privilege privilege;
	struct kvet_denials denials;
	struct kvet_reach
		reach; /* read before the first call, because a filter may kill the caller */
	struct kvet_loader loader;

	pthread_mutex_t lock; /* protects the members below; what they point to does not change */
	struct kvet_known *known[KVET_PROBE_PLACES]; /* by type */
	struct kvet_kernel *kernel;
	struct kvet_cause kernel_error;
	bool kernel_read;
	int maps[KVET_MAP_COUNT]; /* descriptors, 0: not made; or what the kernel said of it */
	struct kvet_program_btf object_btf;

	pthread_mutex_t attach_lock; /* protects the members below; taken before lock */
	struct kvet_attachment *attachments;
};

/*
 * What is known of a variant, found out by the first who asks. A control that failed for a passing
 * reason is asked again at the next question, a few times. *known belongs to the context and does
 * not change. Errors: -ENOMEM.
 */
int kvet_probe_known(struct kvet_probe *probe, const struct kvet_probe_question *question,
		     const struct kvet_known **known, struct kvet_cause *err);

/* The map of a kind, created by the first who asks. Returns a descriptor that belongs to the
 * context. Errors: those of kvet_map_load(); -EINVAL: this kernel does not support such maps. */
int kvet_probe_map(struct kvet_probe *probe, enum kvet_map_kind kind, struct kvet_cause *err);

/* The BTF id of a kernel function, 0 if the kernel's BTF does not name it. */
unsigned int kvet_probe_function(struct kvet_probe *probe, const char *name);

void kvet_probe_attachments_free(struct kvet_probe *probe);

/*
 * What a program requires to allocate an object. calls is all zero where this kernel has no such
 * functions. Errors: of bpf(2), -ENOMEM; those of reading the kernel's BTF.
 */
int kvet_probe_object(struct kvet_probe *probe, struct kvet_object_calls *calls,
		      struct kvet_program_btf *btf, struct kvet_cause *err);

/*
 * Carries out a plan: loads the question's program with one argument after the other that the
 * helper could work on, until one is accepted. One refused argument decides nothing; the answer is
 * no when all possible ones are refused. Errors: -ENOMEM.
 */
int kvet_probe_carry_out(struct kvet_probe *probe, const struct kvet_plan *plan,
			 const struct kvet_probe_question *question,
			 const struct kvet_calibration *calibration,
			 struct kvet_probe_answer *answer, struct kvet_cause *err);

/* Settles what is certain about an answer that is not yes: see kvet_probe_settle(). */
void kvet_probe_conclude(struct kvet_probe *probe, const struct kvet_probe_question *question,
			 struct kvet_probe_answer *answer);

/* Judges the load attempt of a question's program under a calibration, and explains it. */
void kvet_probe_judge(struct kvet_probe *probe, const struct kvet_probe_question *question,
		      const struct kvet_calibration *calibration,
		      const struct kvet_probe_attempt *attempt, struct kvet_probe_answer *answer);

#endif
