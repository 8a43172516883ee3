/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "bpf/late.h"
#include "core/fail.h"
#include "probe/attempt_load.h"

/* --- what a program passes to the helper, created by the first that requires it -------------- */

/* Explains why a map of the kind was refused. */
static void explain_map(struct kvet_probe *probe, enum kvet_map_kind kind, struct kvet_cause *cause)
{
	static const int bpf[] = { CAP_BPF, -1 };
	struct kvet_token_need need = { BPF_MAP_CREATE, kvet_map_type_of(kind), -1, -1 };

	if (!strcmp(cause->source, "bpf(BPF_BTF_LOAD)"))
		need = (struct kvet_token_need){ BPF_BTF_LOAD, -1, -1, -1 };
	if (!kvet_token_explain(&probe->loader.token, &need, cause))
		kvet_refusal_explain(kvet_denials_refusal(&probe->denials), bpf, cause);
}

/* Returns a descriptor that belongs to the context. Errors: those of kvet_map_load(); -EINVAL: this
 * kernel does not support such maps. */
static int map_of(struct kvet_probe *probe, enum kvet_map_kind kind, struct kvet_cause *err)
{
	int fd;

	pthread_mutex_lock(&probe->lock);
	fd = probe->maps[kind];
	if (!fd) {
		fd = kvet_map_load(&probe->loader, kind, err);
		if (fd == -EPERM)
			explain_map(probe, kind, err);
		/* Other failures may be temporary. */
		if (fd >= 0 || fd == -EINVAL)
			probe->maps[kind] = fd;
	} else if (fd < 0) {
		kvet_fail(err, -fd, "bpf(BPF_MAP_CREATE)",
			  "this kernel does not support maps of type %s", kvet_map_kind_name(kind));
	}
	pthread_mutex_unlock(&probe->lock);
	return fd;
}

/* The BTF of a program that allocates an object. Errors: of bpf(2), -ENOMEM. */
static int object_btf_of(struct kvet_probe *probe, struct kvet_program_btf *btf,
			 struct kvet_cause *err)
{
	int ret = 0;

	pthread_mutex_lock(&probe->lock);
	if (!probe->object_btf.fd)
		ret = kvet_program_btf_load(&probe->loader, NULL, &probe->object_btf, err);
	*btf = probe->object_btf;
	pthread_mutex_unlock(&probe->lock);
	return ret;
}

/* --- the steps ------------------------------------------------------------------------------ */

static void load_with_map(struct kvet_probe *probe, const struct kvet_calibration *calibration,
			  int helper, struct kvet_trial *trial)
{
	int fd = map_of(probe, trial->step->map, &trial->why);

	if (fd < 0) {
		trial->state = fd == -EINVAL ? KVET_TRIAL_NO_SUCH : KVET_TRIAL_FAILED;
		return;
	}
	kvet_program_load_with_map(&probe->loader, &calibration->spec, helper, fd, &trial->attempt);
}

static void load_with_object(struct kvet_probe *probe, const struct kvet_calibration *calibration,
			     struct kvet_trial *trial)
{
	struct kvet_program_spec spec = calibration->spec;
	struct kvet_object_calls calls;
	struct kvet_program_btf btf;

	trial->state = KVET_TRIAL_FAILED;
	if (kvet_probe_object_calls(probe, &calls, &trial->why))
		return;
	if (!calls.new || !calls.drop) {
		trial->state = KVET_TRIAL_POINTLESS;
		return;
	}
	if (object_btf_of(probe, &btf, &trial->why))
		return;
	if (!spec.btf.fd)
		spec.btf = btf;
	kvet_shared_load_object(&probe->shared, &spec, &calls, &trial->attempt);
	trial->state = KVET_TRIAL_MADE;
}

void kvet_attempt_load(struct kvet_probe *probe, struct kvet_known *known, bool many, int helper,
		       const struct kvet_step *step, struct kvet_trial *trial)
{
	const struct kvet_calibration *calibration = known->calibration;

	trial->step = step;
	trial->state = KVET_TRIAL_MADE;
	switch (step->kind) {
	case KVET_STEP_MAP:
		load_with_map(probe, calibration, helper, trial);
		break;
	case KVET_STEP_OBJECT:
		load_with_object(probe, calibration, trial);
		break;
	case KVET_STEP_CALL:
		if (many && kvet_bundle_attempt(&known->bundle, &probe->loader, &calibration->spec,
						helper, &trial->attempt))
			break;
		kvet_program_load(&probe->loader, &calibration->spec, helper, &trial->attempt);
		break;
	}
}

bool kvet_witness_load(struct kvet_probe *probe, const int *types, int helper)
{
	for (; *types; types++) {
		const struct kvet_program_spec spec = { .type = *types };
		struct kvet_probe_attempt attempt;

		kvet_shared_load(&probe->shared, &spec, helper, &attempt);
		if (kvet_judge_is_offered(&attempt))
			return true;
	}
	return false;
}
