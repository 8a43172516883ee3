/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Program types and their variants: whether they load, and whether they attach. Touches the kernel
 * by <kvet/probe.h>. */
#include <linux/bpf.h>
#include <string.h>

#include "core/array.h"
#include "feature/features.h"

static void add(struct kvet_features *features, int type, int variant)
{
	if (ARRAY_MORE(features->programs, features->program_count))
		features->programs[features->program_count++] =
			(struct kvet_program_row){ type, variant };
}

size_t kvet_feature_program_count(struct kvet_features *features)
{
	int end = features->program_count ? 0 : kvet_probe_types_end(features->probe);

	for (int type = 1; type < end; type++) {
		int count = kvet_probe_variants(features->probe, type);

		if (!kvet_probe_any_type_name(features->probe, type))
			continue;
		add(features, type, 0);
		for (int i = 1; count > 1 && i <= count; i++)
			add(features, type, i);
	}
	return features->program_count;
}

const char *kvet_feature_program_name(struct kvet_features *features, size_t index)
{
	const struct kvet_program_row *row = &features->programs[index];

	return row->variant ? kvet_probe_variant_name(features->probe, row->type, row->variant)
			    : kvet_probe_any_type_name(features->probe, row->type);
}

/*
 * A program of the type is loaded with a call of the oldest helper, or with one that this type may
 * not call: either way the verifier has looked at a program of the type, which is all that is asked
 * here.
 */
static enum kvet_verdict loads(const struct kvet_probe_answer *answer)
{
	switch (answer->reason) {
	case KVET_REASON_LOADED:
	case KVET_REASON_ARGUMENTS:
	case KVET_REASON_UNKNOWN_HELPER:
	case KVET_REASON_NOT_FOR_TYPE:
	case KVET_REASON_NOT_SUPPORTED:
	case KVET_REASON_NOT_ALLOWED:
	case KVET_REASON_MAP_REFUSED:
	case KVET_REASON_SLEEPABLE_ONLY:
	case KVET_REASON_SLEEPABLE_NEVER:
	case KVET_REASON_PRIVILEGE:
	case KVET_REASON_LOCKDOWN:
	case KVET_REASON_GPL_ONLY:
		return KVET_YES;
	case KVET_REASON_TYPE_ABSENT:
	case KVET_REASON_ATTACH_ABSENT:
	case KVET_REASON_NOT_BUILT:
		return KVET_NO;
	default:
		return KVET_UNDETERMINED;
	}
}

int kvet_feature_program_ask(struct kvet_features *features, size_t index,
			     struct kvet_feature_answer *answer, struct kvet_cause *err)
{
	const struct kvet_program_row *row = &features->programs[index];
	struct kvet_probe_question question = { .helper = BPF_FUNC_ktime_get_ns,
						.type = row->type,
						.variant = row->variant };
	struct kvet_probe_answer found;
	int ret = kvet_probe_ask(features->probe, &question, &found, err);

	if (ret)
		return ret;
	answer->verdict = loads(&found);
	answer->attach.verdict = KVET_UNDETERMINED;
	if (answer->verdict != KVET_YES) {
		answer->reason = kvet_probe_reason_text(found.reason);
		answer->errnum = found.attempt.errnum;
		answer->cause = found.cause;
		memcpy(answer->log, found.attempt.log, sizeof(answer->log) - 1);
		return 0;
	}
	answer->reason = "loaded";
	question.variant = found.variant;
	return kvet_probe_attachable(features->probe, &question, &answer->attach, err);
}
