/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One question, variant by variant. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "probe/context.h"
#include "bpf/verifier_log.h"

/* Types whose programs are offered the helpers that lockdown can take away. */
static const int tracing_types[] = { BPF_PROG_TYPE_RAW_TRACEPOINT, BPF_PROG_TYPE_TRACEPOINT,
				     BPF_PROG_TYPE_KPROBE, BPF_PROG_TYPE_PERF_EVENT };

/* Whether some program is offered the helper: then no lockdown takes it away. */
static bool is_offered(struct kvet_probe *probe, int helper)
{
	for (size_t i = 0; i < sizeof(tracing_types) / sizeof(*tracing_types); i++) {
		const struct kvet_program_spec spec = { .type = tracing_types[i] };
		struct kvet_probe_attempt attempt;

		kvet_program_load(&probe->loader, &spec, helper, &attempt);
		if (!attempt.errnum || kvet_verifier_log_read(attempt.log) == KVET_LOG_ARGUMENTS)
			return true;
	}
	return false;
}

/* The lockdown level could not be read. But a helper that some type is offered is not locked away,
 * so its refusal for this type means what it says. */
static void judge_by_offer(struct kvet_probe *probe, const struct kvet_calibration *calibration,
			   const struct kvet_probe_question *question,
			   struct kvet_probe_answer *answer)
{
	static const struct kvet_probe_limits none = { .locked = "" };
	const struct kvet_probe_attempt attempt = answer->attempt;

	if (is_offered(probe, question->helper))
		kvet_probe_classify(&attempt, &calibration->controls, &none, answer);
}

/* Asks for one variant. */
static int ask_one(struct kvet_probe *probe, const struct kvet_probe_question *question,
		   struct kvet_probe_answer *answer, struct kvet_cause *err)
{
	const struct kvet_plan *plan = kvet_plan_of(question->helper);
	const struct kvet_known *known;
	struct kvet_probe_attempt attempt;
	int ret = kvet_probe_known(probe, question, &known, err);

	if (ret)
		return ret;
	if (known->refusal) {
		*answer = *known->refusal;
	} else if (plan) {
		ret = kvet_probe_carry_out(probe, plan, question, known->calibration, answer, err);
		if (ret)
			return ret;
	} else {
		kvet_program_load(&probe->loader, &known->calibration->spec, question->helper,
				  &attempt);
		kvet_probe_judge(probe, question, known->calibration, &attempt, answer);
		if (answer->verdict == KVET_UNDETERMINED && answer->reason == KVET_REASON_LOCKDOWN)
			judge_by_offer(probe, known->calibration, question, answer);
	}
	kvet_probe_conclude(probe, question, answer);
	if (answer->attempt.errnum == EINTR)
		return kvet_fail(err, answer->attempt.errnum, "bpf(BPF_PROG_LOAD)",
				 "interrupted by a signal");
	return 0;
}

/*
 * The weight of a variant's answer for the type: a yes for one variant is a yes for the type. An
 * undetermined outweighs a no, because it forbids one, unless the no holds for all sleepable
 * programs. What the verifier said of the helper outweighs that the helper could not be asked
 * about.
 */
static int weight_of(const struct kvet_probe_question *question,
		     const struct kvet_probe_answer *answer)
{
	/* Only one of the programs that could be replaced. */
	if (question->type == BPF_PROG_TYPE_EXT && answer->reason == KVET_REASON_NULL_REFUSED)
		return 0;
	if (answer->verdict != KVET_NO)
		return answer->verdict == KVET_YES ? 6 : 4;
	switch (answer->reason) {
	case KVET_REASON_MAP_REFUSED:
		return kvet_verifier_log_read(answer->attempt.log) == KVET_LOG_MAP_AWAKE ? 5 : 2;
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

/* Asks for one variant after the other until one answers yes. */
static int ask_any(struct kvet_probe *probe, const struct kvet_probe_question *question,
		   struct kvet_probe_answer *best, struct kvet_cause *err)
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
		if (each.variant == 1 || weight_of(question, answer) > weight_of(question, best))
			*best = *answer;
		if (best->verdict == KVET_YES || best->reason == KVET_REASON_UNKNOWN_HELPER)
			break;
	}
	if (variants == 1)
		best->variant = 0;
	/* A program of type ext may call what the program that it replaces may call. */
	if (question->type == BPF_PROG_TYPE_EXT && best->verdict == KVET_NO &&
	    best->reason == KVET_REASON_NOT_FOR_TYPE && !best->option) {
		best->verdict = KVET_UNDETERMINED;
		best->reason = KVET_REASON_TARGET;
		kvet_cause_remedy(
			&best->cause,
			"ask for the type of the program to be replaced: ext/xdp, or xdp");
	}
	return 0;
}

static int ask(struct kvet_probe *probe, const struct kvet_probe_question *question,
	       struct kvet_probe_answer *answer, struct kvet_cause *err)
{
	return question->variant ? ask_one(probe, question, answer, err)
				 : ask_any(probe, question, answer, err);
}

/* Helpers that may sleep. Kernels before 5.18 refuse them to a non-sleepable program in the words
 * of "not for this program type". */
static bool may_sleep(int helper)
{
	return helper == BPF_FUNC_copy_from_user || helper == BPF_FUNC_copy_from_user_task ||
	       helper == BPF_FUNC_ima_inode_hash || helper == BPF_FUNC_ima_file_hash;
}

/* The helper may sleep. Asks whether programs of this type may, too. */
static int refine_sleepable(struct kvet_probe *probe, const struct kvet_probe_question *question,
			    struct kvet_probe_answer *answer, struct kvet_cause *err)
{
	AUTO_FREE struct kvet_probe_answer *asleep = malloc(sizeof(*asleep));
	struct kvet_probe_question sleepable = *question;
	int ret;

	if (!asleep)
		return kvet_fail_memory(err);
	sleepable.sleepable = true;
	ret = ask(probe, &sleepable, asleep, err);
	if (ret)
		return ret;
	if (asleep->verdict == KVET_YES) {
		answer->reason = KVET_REASON_SLEEPABLE_ONLY;
	} else if (asleep->verdict == KVET_NO && answer->reason == KVET_REASON_SLEEPABLE_ONLY) {
		answer->reason = KVET_REASON_SLEEPABLE_NEVER;
		kvet_cause_remedy(&answer->cause, "%s", "");
	}
	return 0;
}

static bool wants_sleep(const struct kvet_probe_question *question,
			const struct kvet_probe_answer *answer)
{
	return !question->sleepable &&
	       (answer->reason == KVET_REASON_SLEEPABLE_ONLY ||
		(answer->reason == KVET_REASON_NOT_FOR_TYPE && may_sleep(question->helper)));
}

/* A seccomp filter kills any process that makes the call, so kvet does not make it. */
static void refuse_death(struct kvet_probe *probe, const struct kvet_probe_question *question,
			 struct kvet_probe_answer *answer)
{
	*answer = (struct kvet_probe_answer){ .verdict = KVET_UNDETERMINED,
					      .reason = KVET_REASON_NOT_PERMITTED,
					      .variant = question->variant };
	kvet_cause_fill(&answer->cause, 0, probe->reach.call, "%s", "");
	kvet_refusal_explain(kvet_denials_refusal(&probe->denials),
			     kvet_privilege_needed(question->type), &answer->cause);
}

int kvet_probe_ask(struct kvet_probe *probe, const struct kvet_probe_question *question,
		   struct kvet_probe_answer *answer, struct kvet_cause *err)
{
	AUTO_FREE struct kvet_probe_answer *judged = malloc(sizeof(*judged));
	int ret;

	if (!judged)
		return kvet_fail_memory(err);
	if (probe->reach.state == KVET_REACH_DEATH) {
		refuse_death(probe, question, answer);
		return 0;
	}
	ret = ask(probe, question, judged, err);
	if (!ret && wants_sleep(question, judged))
		ret = refine_sleepable(probe, question, judged, err);
	if (!ret)
		*answer = *judged;
	return ret;
}
