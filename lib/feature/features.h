/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_FEATURE_FEATURES_H
#define KVET_FEATURE_FEATURES_H

#include <kvet/feature.h>

#include "bpf/loader_load.h"
#include "feature/judge.h"
#include "host/btf.h"

/* A map type that only the running kernel's BTF names. */
struct kvet_map_new {
	uint32_t id;
	char name[48];
};

/* A program type, or a variant of it (0: any). */
struct kvet_program_row {
	int type, variant;
};

struct kvet_features {
	struct kvet_host host;
	struct kvet_probe *probe;
	struct kvet_loader loader;
	bool is_death; /* a seccomp filter kills the caller of bpf(2); finding out forks */
	struct kvet_cause death;

	bool btf_asked;
	struct kvet_btf *btf; /* NULL: it could not be read */
	struct kvet_map_new *newer;
	size_t newer_count;

	struct kvet_program_row *programs; /* listed when they are asked for */
	size_t program_count;

	struct kvet_config_option *options; /* all build options, read when one is asked for */

	int map_reference;     /* errnum of a hash map; -1: not asked yet */
	int program_reference; /* errnum of an empty socket_filter; -1: not asked yet */
};

/* The kernel's BTF, read once; NULL where it cannot be read. */
const struct kvet_btf *kvet_features_btf(struct kvet_features *features);

/* Whether the kernel's BTF names a map type. */
enum kvet_verdict kvet_features_names_map(struct kvet_features *features, uint32_t id);

/* Judges, and adds what is known of this process to a refusal. */
void kvet_features_judge(struct kvet_features *features,
			 const struct kvet_feature_evidence *evidence,
			 struct kvet_feature_answer *answer);

/* --- the kinds: each returns 0 or a negative errno -------------------------------------------- */

int kvet_feature_map_ask(struct kvet_features *features, size_t index,
			 struct kvet_feature_answer *answer, struct kvet_cause *err);

size_t kvet_feature_program_count(struct kvet_features *features);
const char *kvet_feature_program_name(struct kvet_features *features, size_t index);
int kvet_feature_program_ask(struct kvet_features *features, size_t index,
			     struct kvet_feature_answer *answer, struct kvet_cause *err);

size_t kvet_feature_trial_count(void);
const char *kvet_feature_trial_name(size_t index);
int kvet_feature_trial_ask(struct kvet_features *features, size_t index,
			   struct kvet_feature_answer *answer, struct kvet_cause *err);

size_t kvet_feature_setting_count(void);
const char *kvet_feature_setting_name(size_t index);
int kvet_feature_setting_ask(struct kvet_features *features, size_t index,
			     struct kvet_feature_answer *answer, struct kvet_cause *err);

/* Creates an array or hash of one element, for a try that requires a map. Returns a descriptor, the
 * caller's, or a negative errno. */
int kvet_feature_map_create(struct kvet_features *features, const char *name);

#endif
