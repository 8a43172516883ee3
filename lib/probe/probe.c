/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The probe context: asks, remembers the calibrations, and adds what the host knows to the
 * causes. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/probe.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "probe/calibration_load.h"
#include "probe/privilege.h"

/* A calibration, and where it alone decides (the null program was refused), the answer. */
struct known {
	int type;
	int variant;
	bool sleepable;
	struct kvet_calibration *calibration;
	struct kvet_probe_answer *refusal;
	struct known *next;
};

/* Types are small numbers; one that is not shares its place with another. */
#define PLACES 64

struct kvet_probe {
	struct kvet_host host;
	struct kvet_privilege privilege;
	struct kvet_memlock memlock;

	pthread_mutex_t lock;        /* for what follows; what it once points to does not change */
	struct known *known[PLACES]; /* by type */
	struct kvet_kernel *kernel;
	struct kvet_error kernel_error;
	bool kernel_read;
};

static void known_free(struct known *known)
{
	if (!known)
		return;
	kvet_calibration_free(known->calibration);
	free(known->refusal);
	free(known);
}

int kvet_probe_new(struct kvet_probe **probe, const struct kvet_host *host, struct kvet_error *err)
{
	struct kvet_probe *new = calloc(1, sizeof(*new));

	if (!new)
		return kvet_fail_memory(err);
	if (host)
		new->host = *host;
	kvet_privilege_read(&new->privilege, &new->host);
	kvet_memlock_init(&new->memlock);
	pthread_mutex_init(&new->lock, NULL);
	*probe = new;
	return 0;
}

void kvet_probe_free(struct kvet_probe *probe)
{
	if (!probe)
		return;
	for (size_t i = 0; i < PLACES; i++)
		while (probe->known[i]) {
			struct known *next = probe->known[i]->next;

			known_free(probe->known[i]);
			probe->known[i] = next;
		}
	kvet_kernel_free(probe->kernel);
	kvet_memlock_deinit(&probe->memlock);
	pthread_mutex_destroy(&probe->lock);
	free(probe);
}

/* --- the kernel's BTF, read once ------------------------------------------------------------ */

/* NULL if it cannot be read; kernel_error then says why. The lock is held. */
static const struct kvet_kernel *kernel_locked(struct kvet_probe *probe)
{
	if (!probe->kernel_read)
		kvet_kernel_read(&probe->kernel, &probe->host, &probe->kernel_error);
	probe->kernel_read = true;
	return probe->kernel;
}

static const struct kvet_kernel *kernel_of(struct kvet_probe *probe)
{
	const struct kvet_kernel *kernel;

	pthread_mutex_lock(&probe->lock);
	kernel = kernel_locked(probe);
	pthread_mutex_unlock(&probe->lock);
	return kernel;
}

/* The same where the type has to do with it; else it is not worth the reading. */
static const struct kvet_kernel *kernel_for(struct kvet_probe *probe, int type)
{
	return kvet_calibration_needs_kernel(type) ? kernel_of(probe) : NULL;
}

enum kvet_verdict kvet_probe_kernel_names(struct kvet_probe *probe, int helper,
					  struct kvet_cause *cause)
{
	const struct kvet_kernel *kernel = kernel_of(probe);

	if (kernel)
		return kvet_kernel_helper_name(kernel, helper) ? KVET_YES : KVET_NO;
	if (cause)
		*cause = probe->kernel_error.cause;
	return KVET_UNDETERMINED;
}

static int later(int a, int b)
{
	return a > b ? a : b;
}

int kvet_probe_helpers_end(struct kvet_probe *probe)
{
	const struct kvet_kernel *kernel = kernel_of(probe);

	return later(kvet_probe_names_end(), kernel ? kvet_kernel_helpers_end(kernel) : 0);
}

const char *kvet_probe_any_helper_name(struct kvet_probe *probe, int helper)
{
	const char *name = kvet_probe_helper_name(helper);
	const struct kvet_kernel *kernel = name ? NULL : kernel_of(probe);

	return kernel ? kvet_kernel_helper_name(kernel, helper) : name;
}

int kvet_probe_types_end(struct kvet_probe *probe)
{
	const struct kvet_kernel *kernel = kernel_of(probe);

	return later(kvet_probe_type_names_end(), kernel ? kvet_kernel_types_end(kernel) : 0);
}

const char *kvet_probe_any_type_name(struct kvet_probe *probe, int type)
{
	const char *name = kvet_probe_type_name(type);
	const struct kvet_kernel *kernel = name ? NULL : kernel_of(probe);

	return kernel ? kvet_kernel_type_name(kernel, type) : name;
}

int kvet_probe_variants(struct kvet_probe *probe, int type)
{
	return kvet_calibration_variants(kernel_for(probe, type), type);
}

const char *kvet_probe_variant_name(struct kvet_probe *probe, int type, int variant)
{
	return kvet_calibration_variant_name(kernel_for(probe, type), type, variant);
}

/* --- asking ----------------------------------------------------------------------------------- */

static void explain(const struct kvet_probe *probe, int type, struct kvet_probe_answer *answer)
{
	if (answer->reason == KVET_REASON_NOT_PERMITTED)
		kvet_probe_explain_eperm(&probe->host, type, &answer->cause);
	else if (answer->reason == KVET_REASON_NO_TARGET && probe->kernel_error.cause.errnum)
		kvet_cause_add(&answer->cause, "%s: %s", probe->kernel_error.cause.source,
			       probe->kernel_error.cause.evidence);
}

/* Judges what a question's own program gave, or, where even a program that calls nothing is
 * refused, that. */
static void judge(const struct kvet_probe *probe, const struct kvet_probe_question *question,
		  const struct kvet_calibration *calibration,
		  const struct kvet_probe_attempt *attempt, struct kvet_probe_answer *answer)
{
	struct kvet_probe_limits limits;

	kvet_privilege_limits(&probe->privilege, question->helper, &limits);
	kvet_probe_classify(attempt, &calibration->controls, &limits, answer);
	answer->variant = question->variant;
	memcpy(answer->target, calibration->target, sizeof(answer->target));
	explain(probe, question->type, answer);
}

/* Asks the controls for a variant. The lock is held. */
static int calibrate(struct kvet_probe *probe, const struct kvet_probe_question *question,
		     struct known **out, struct kvet_error *err)
{
	struct known *known = calloc(1, sizeof(*known));
	const struct kvet_probe_attempt *null;
	int ret;

	if (!known)
		return kvet_fail_memory(err);
	known->type = question->type;
	known->variant = question->variant;
	known->sleepable = question->sleepable;
	ret = kvet_calibration_load(
		&known->calibration, &probe->memlock,
		kvet_calibration_needs_kernel(question->type) ? kernel_locked(probe) : NULL,
		question->type, question->variant, question->sleepable, err);
	if (ret) {
		known_free(known);
		return ret;
	}
	null = &known->calibration->controls.null;
	if (null->errnum) {
		known->refusal = calloc(1, sizeof(*known->refusal));
		if (!known->refusal) {
			known_free(known);
			return kvet_fail_memory(err);
		}
		judge(probe, question, known->calibration, null, known->refusal);
	}
	*out = known;
	return 0;
}

/* What is known of a variant, found out by whoever asks first. A control that failed for a
 * passing reason is asked anew at the next question. */
static int known_of(struct kvet_probe *probe, const struct kvet_probe_question *question,
		    const struct known **out, struct kvet_error *err)
{
	struct known **place = &probe->known[(unsigned int)question->type % PLACES];
	struct known *found;
	int ret = 0;

	pthread_mutex_lock(&probe->lock);
	for (found = *place; found; found = found->next)
		if (found->type == question->type && found->variant == question->variant &&
		    found->sleepable == question->sleepable)
			break;
	if (!found || kvet_calibration_is_passing(found->calibration)) {
		ret = calibrate(probe, question, &found, err);
		if (!ret) {
			found->next = *place;
			*place = found;
		}
	}
	pthread_mutex_unlock(&probe->lock);
	if (!ret)
		*out = found;
	return ret;
}

/* Asks for one variant. */
static int ask_one(struct kvet_probe *probe, const struct kvet_probe_question *question,
		   struct kvet_probe_answer *answer, struct kvet_error *err)
{
	const struct known *known;
	struct kvet_probe_attempt attempt;
	int ret = known_of(probe, question, &known, err);

	if (ret)
		return ret;
	if (known->refusal) {
		*answer = *known->refusal;
	} else {
		kvet_program_load(&probe->memlock, &known->calibration->spec, question->helper,
				  &attempt);
		judge(probe, question, known->calibration, &attempt, answer);
	}
	if (answer->attempt.errnum == EINTR)
		return kvet_fail(err, EINTR, "bpf(BPF_PROG_LOAD)", "interrupted by a signal");
	return 0;
}

/*
 * How much the answer of a variant says of the type: a yes is one for the type, a doubt
 * forbids a no, and what the verifier said of the helper says more than that it was not
 * asked.
 */
static int weight_of(const struct kvet_probe_answer *answer)
{
	if (answer->verdict != KVET_NO)
		return answer->verdict == KVET_YES ? 5 : 4;
	switch (answer->reason) {
	case KVET_REASON_ATTACH_ABSENT:
		return 0;
	case KVET_REASON_CANNOT_SLEEP:
		return 1;
	case KVET_REASON_SLEEPABLE_ONLY:
		return 3;
	default:
		return 2;
	}
}

/* Asks one variant after the other, until one says yes, or none can. */
static int ask_any(struct kvet_probe *probe, const struct kvet_probe_question *question,
		   struct kvet_probe_answer *best, struct kvet_error *err)
{
	int variants = kvet_probe_variants(probe, question->type);
	struct kvet_probe_question each = *question;
	AUTO_FREE struct kvet_probe_answer *answer = malloc(sizeof(*answer));

	if (!answer)
		return kvet_fail_memory(err);
	for (each.variant = 1; each.variant <= variants; each.variant++) {
		int ret = ask_one(probe, &each, answer, err);

		if (ret)
			return ret;
		if (each.variant == 1 || weight_of(answer) > weight_of(best))
			*best = *answer;
		if (best->verdict == KVET_YES || best->reason == KVET_REASON_UNKNOWN_HELPER)
			break;
	}
	if (variants == 1)
		best->variant = 0;
	return 0;
}

static int ask(struct kvet_probe *probe, const struct kvet_probe_question *question,
	       struct kvet_probe_answer *answer, struct kvet_error *err)
{
	return question->variant ? ask_one(probe, question, answer, err)
				 : ask_any(probe, question, answer, err);
}

/* The helper may sleep: may programs of this type? */
static int refine_sleepable(struct kvet_probe *probe, const struct kvet_probe_question *question,
			    struct kvet_probe_answer *answer, struct kvet_error *err)
{
	AUTO_FREE struct kvet_probe_answer *asleep = malloc(sizeof(*asleep));
	struct kvet_probe_question sleepable = *question;
	int ret;

	if (!asleep)
		return kvet_fail_memory(err);
	sleepable.sleepable = true;
	ret = ask(probe, &sleepable, asleep, err);
	if (!ret && asleep->verdict == KVET_NO) {
		answer->reason = KVET_REASON_SLEEPABLE_NEVER;
		kvet_cause_remedy(&answer->cause, "%s", "");
	}
	return ret;
}

int kvet_probe_ask(struct kvet_probe *probe, const struct kvet_probe_question *question,
		   struct kvet_probe_answer *answer, struct kvet_error *err)
{
	AUTO_FREE struct kvet_probe_answer *judged = malloc(sizeof(*judged));
	int ret;

	if (!judged)
		return kvet_fail_memory(err);
	ret = ask(probe, question, judged, err);
	if (!ret && judged->reason == KVET_REASON_SLEEPABLE_ONLY)
		ret = refine_sleepable(probe, question, judged, err);
	if (!ret)
		*answer = *judged;
	return ret;
}
