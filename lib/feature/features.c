/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The context of features, and the list of what can be asked. */
#include <stdlib.h>

#include <kvet/refusal.h>

#include "core/fail.h"
#include "feature/features.h"
#include "feature/map.h"

int kvet_features_new(struct kvet_features **features, const struct kvet_host *host,
		      struct kvet_probe *probe, struct kvet_cause *err)
{
	struct kvet_features *made = calloc(1, sizeof(*made));

	if (!made)
		return kvet_fail_memory(err);
	if (host)
		made->host = *host;
	made->probe = probe;
	made->map_reference = made->program_reference = -1;
	made->is_death = kvet_reach_is_death(&made->host, KVET_CALL_BPF, &made->death);
	kvet_loader_init(&made->loader, !made->is_death);
	*features = made;
	return 0;
}

void kvet_features_free(struct kvet_features *features)
{
	if (!features)
		return;
	kvet_loader_deinit(&features->loader);
	kvet_btf_free(features->btf);
	free(features->newer);
	free(features->programs);
	free(features->options);
	free(features);
}

/* --- what can be asked ------------------------------------------------------------------------ */

bool kvet_features_is_setting(enum kvet_feature_kind kind, size_t index)
{
	return kind == KVET_FEATURE_OTHER && index >= kvet_feature_trial_count();
}

size_t kvet_features_count(struct kvet_features *features, enum kvet_feature_kind kind)
{
	if (kind == KVET_FEATURE_OTHER)
		return kvet_feature_trial_count() + kvet_feature_setting_count();
	if (kind == KVET_FEATURE_PROGRAM)
		return kvet_feature_program_count(features);
	kvet_features_btf(features);
	return kvet_map_spec_count + features->newer_count;
}

const char *kvet_features_name(struct kvet_features *features, enum kvet_feature_kind kind,
			       size_t index)
{
	if (kind == KVET_FEATURE_OTHER)
		return kvet_features_is_setting(kind, index)
			       ? kvet_feature_setting_name(index - kvet_feature_trial_count())
			       : kvet_feature_trial_name(index);
	if (kind == KVET_FEATURE_PROGRAM)
		return kvet_feature_program_name(features, index);
	return index < kvet_map_spec_count ? kvet_map_specs[index].name
					   : features->newer[index - kvet_map_spec_count].name;
}

int kvet_features_id(struct kvet_features *features, enum kvet_feature_kind kind, size_t index)
{
	if (kind == KVET_FEATURE_OTHER)
		return -1;
	if (kind == KVET_FEATURE_PROGRAM)
		return features->programs[index].type;
	return (int)(index < kvet_map_spec_count ? kvet_map_specs[index].type
						 : features->newer[index - kvet_map_spec_count].id);
}

const char *kvet_features_type(struct kvet_features *features, enum kvet_feature_kind kind,
			       size_t index)
{
	int id = kvet_features_id(features, kind, index);

	if (kind == KVET_FEATURE_OTHER)
		return NULL;
	if (kind == KVET_FEATURE_PROGRAM)
		return kvet_probe_any_type_name(features->probe, id);
	/* The types come first, in the order of their numbers from 1. */
	return index < kvet_map_spec_count ? kvet_map_specs[id - 1].name
					   : kvet_features_name(features, kind, index);
}

int kvet_features_ask(struct kvet_features *features, enum kvet_feature_kind kind, size_t index,
		      struct kvet_feature_answer *answer, struct kvet_cause *err)
{
	struct kvet_feature_answer found = { .reason = "" };
	int ret;

	if (kvet_features_is_setting(kind, index)) {
		ret = kvet_feature_setting_ask(features, index - kvet_feature_trial_count(), &found,
					       err);
		if (!ret)
			*answer = found;
		return ret;
	}
	if (features->is_death) {
		found.cause = features->death;
		found.verdict = KVET_UNDETERMINED;
		found.reason = "not permitted";
		*answer = found;
		return 0;
	}
	if (kind == KVET_FEATURE_MAP)
		ret = kvet_feature_map_ask(features, index, &found, err);
	else if (kind == KVET_FEATURE_PROGRAM)
		ret = kvet_feature_program_ask(features, index, &found, err);
	else
		ret = kvet_feature_trial_ask(features, index, &found, err);
	if (!ret)
		*answer = found;
	return ret;
}
