/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The context of features, and the list of what can be asked. */
#include <ctype.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/refusal.h>

#include "bpf/late.h"
#include "core/array.h"
#include "core/fail.h"
#include "feature/features.h"
#include "feature/map.h"

#define ENUMERATOR "BPF_MAP_TYPE_"

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
	kvet_loader_init(&made->loader, !kvet_reach_is_death(&made->host, KVET_CALL_BPF, NULL));
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
	free(features);
}

/* --- map types that the kernel's BTF names ------------------------------------------------------
 */

/* Calls visit with each enumerator of enum bpf_map_type. Returns false if BTF has no such enum. */
static bool each_map_type(const struct kvet_btf *btf,
			  void (*visit)(void *context, const char *name, uint32_t id),
			  void *context)
{
	uint32_t id = kvet_btf_find(btf, BTF_KIND_ENUM, "bpf_map_type");
	const struct btf_type *type = kvet_btf_type(btf, id);

	if (!type)
		return false;
	for (uint16_t i = 0; i < btf_vlen(type); i++) {
		const struct btf_enum *each = &btf_enum(type)[i];
		const char *name = kvet_btf_string(btf, each->name_off);

		if (name && !strncmp(name, ENUMERATOR, strlen(ENUMERATOR)))
			visit(context, name + strlen(ENUMERATOR), (uint32_t)each->val);
	}
	return true;
}

static void add_new(void *context, const char *name, uint32_t id)
{
	struct kvet_features *features = context;
	struct kvet_map_new *added;

	if (id < kvet_map_types_end || !ARRAY_MORE(features->newer, features->newer_count))
		return;
	added = &features->newer[features->newer_count++];
	added->id = id;
	snprintf(added->name, sizeof(added->name), "%s", name);
	for (char *c = added->name; *c; c++)
		*c = (char)tolower((unsigned char)*c);
}

const struct kvet_btf *kvet_features_btf(struct kvet_features *features)
{
	if (!features->btf_asked) {
		features->btf_asked = true;
		if (!kvet_btf_read(&features->btf, &features->host, KVET_BTF_KERNEL, NULL, NULL))
			each_map_type(features->btf, add_new, features);
	}
	return features->btf;
}

struct sought {
	uint32_t id;
	bool found;
};

static void compare_id(void *context, const char *name, uint32_t id)
{
	struct sought *sought = context;

	(void)name;
	sought->found = sought->found || id == sought->id;
}

enum kvet_verdict kvet_features_names_map(struct kvet_features *features, uint32_t id)
{
	const struct kvet_btf *btf = kvet_features_btf(features);
	struct sought sought = { .id = id };

	if (!btf || !each_map_type(btf, compare_id, &sought))
		return KVET_UNDETERMINED;
	return sought.found ? KVET_YES : KVET_NO;
}

/* --- what can be asked --------------------------------------------------------------------------
 */

size_t kvet_features_count(struct kvet_features *features, enum kvet_feature_kind kind)
{
	if (kind == KVET_FEATURE_OTHER)
		return kvet_feature_trial_count();
	if (kind == KVET_FEATURE_PROGRAM)
		return kvet_feature_program_count(features);
	kvet_features_btf(features);
	return kvet_map_spec_count + features->newer_count;
}

const char *kvet_features_name(struct kvet_features *features, enum kvet_feature_kind kind,
			       size_t index)
{
	if (kind == KVET_FEATURE_OTHER)
		return kvet_feature_trial_name(index);
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

void kvet_features_judge(struct kvet_features *features,
			 const struct kvet_feature_evidence *evidence,
			 struct kvet_feature_answer *answer)
{
	static const int needed[] = { CAP_BPF, CAP_PERFMON, -1 };

	if (evidence->log)
		snprintf(answer->log, sizeof(answer->log), "%s", evidence->log);
	kvet_feature_judge(evidence, answer);
	if (answer->verdict == KVET_UNDETERMINED)
		kvet_refusal_add(&features->host, KVET_CALL_BPF, needed, &answer->cause);
}

int kvet_features_ask(struct kvet_features *features, enum kvet_feature_kind kind, size_t index,
		      struct kvet_feature_answer *answer, struct kvet_cause *err)
{
	struct kvet_feature_answer found = { .reason = "" };
	int ret;

	if (kvet_reach_is_death(&features->host, KVET_CALL_BPF, &found.cause)) {
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
