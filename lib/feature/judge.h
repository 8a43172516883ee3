/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the outcome of a try means. Pure. */
#ifndef KVET_FEATURE_JUDGE_H
#define KVET_FEATURE_JUDGE_H

#include <stdbool.h>

#include <kvet/feature.h>

/* What a try of a feature, or the creation of a map, came to. */
struct kvet_feature_evidence {
	int errnum;       /* of the call, 0: it succeeded */
	const char *call; /* "bpf(BPF_MAP_CREATE)" */
	/* The capabilities that the call requires, as lib/bpf/needs.h has them; NULL: those of
	 * kvet_bpf_call_needs(). */
	const int *needed;
	const char *log; /* what the verifier wrote; "" or NULL: nothing */
	int reference;   /* errnum of the oldest call of the kind: a hash map, an empty program */
	/* Whether the kernel's BTF names it; undetermined where that cannot be asked. */
	enum kvet_verdict named;
	bool unknown;          /* kvet does not know how to create this type of map */
	const char *option;    /* the build option that it depends on; NULL: none */
	const char *unbuilt;   /* what the configuration says, if the kernel is built without it */
	int meaning_supported; /* an errnum that only a kernel with the feature returns; 0: none */
};

/* Fills all of answer but the log. The cause of an EPERM lacks what is known of this process. */
void kvet_feature_judge(const struct kvet_feature_evidence *evidence,
			struct kvet_feature_answer *answer);

#endif
