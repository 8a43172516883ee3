/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One feature to try, and the ways to try one. */
#ifndef KVET_FEATURE_TRIAL_H
#define KVET_FEATURE_TRIAL_H

#include "feature/features.h"
#include "feature/insns.h"

/* enum bpf_attach_type of newer headers */
#define ATTACH_PERF_EVENT     41 /* 5.15 */
#define ATTACH_KPROBE_MULTI   42 /* 5.18 */
#define ATTACH_TCX_INGRESS    46 /* 6.6 */
#define ATTACH_UPROBE_MULTI   48 /* 6.6 */
#define ATTACH_KPROBE_SESSION 56 /* 6.10 */

/* Types that use one kind of BTF each. */
enum kvet_trial_btf {
	KVET_TRIAL_INT, /* what every kernel with BTF knows */
	KVET_TRIAL_FUNC,
	KVET_TRIAL_DATASEC,
	KVET_TRIAL_FLOAT,
	KVET_TRIAL_DECL_TAG,
	KVET_TRIAL_TYPE_TAG,
	KVET_TRIAL_ENUM64,
};

struct kvet_trial {
	const char *name;
	int (*ask)(struct kvet_features *features, const struct kvet_trial *trial,
		   struct kvet_feature_answer *answer, struct kvet_cause *err);
	enum kvet_insns insns;               /* of a program */
	enum kvet_trial_btf btf;             /* of a kind of BTF */
	struct kvet_probe_question question; /* of one that <kvet/probe.h> answers */
	const char *variant;                 /* for that */
	enum bpf_prog_type type;             /* of a link's program */
	int attach;                          /* of a link */
	int means;                           /* the errno of a kernel that has it */
};

/* Each returns 0 or a negative errno, with err filled. Touch the kernel. */
int kvet_trial_ask_program(struct kvet_features *features, const struct kvet_trial *trial,
			   struct kvet_feature_answer *answer, struct kvet_cause *err);
int kvet_trial_ask_btf(struct kvet_features *features, const struct kvet_trial *trial,
		       struct kvet_feature_answer *answer, struct kvet_cause *err);
int kvet_trial_ask_global(struct kvet_features *features, const struct kvet_trial *trial,
			  struct kvet_feature_answer *answer, struct kvet_cause *err);
int kvet_trial_ask_link(struct kvet_features *features, const struct kvet_trial *trial,
			struct kvet_feature_answer *answer, struct kvet_cause *err);

/* Loads a program. log (NULL: none) has KVET_TRIAL_LOG bytes. Returns a descriptor, the caller's,
 * or a negative errno. */
int kvet_trial_load(struct kvet_features *features, enum bpf_prog_type type, int attach,
		    enum kvet_insns which, char *log);
#define KVET_TRIAL_LOG (1 << 16)

/* The errnum of an empty program of the oldest type; 0: it loads. */
int kvet_trial_reference(struct kvet_features *features);

#endif
