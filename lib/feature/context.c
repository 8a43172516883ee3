/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What every question uses: the kernel's BTF, and the judgement with what is known of a refusal. */
#include <ctype.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

#include <kvet/refusal.h>

#include "bpf/late.h"
#include "bpf/map_shape.h"
#include "bpf/needs.h"
#include "core/array.h"
#include "feature/features.h"
#include "feature/map.h"

#define ENUMERATOR "BPF_MAP_TYPE_"

/* --- map types that the kernel's BTF names ---------------------------------------------------- */

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

void kvet_features_judge(struct kvet_features *features,
			 const struct kvet_feature_evidence *evidence,
			 struct kvet_feature_answer *answer)
{
	const int *needed = evidence->needed ? evidence->needed : kvet_bpf_call_needs();

	if (evidence->log)
		snprintf(answer->log, sizeof(answer->log), "%s", evidence->log);
	kvet_feature_judge(evidence, answer);
	if (answer->verdict == KVET_UNDETERMINED)
		kvet_refusal_add(&features->host, KVET_CALL_BPF, needed, &answer->cause);
}
