/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The way of a question: its plan (plan.c), the attempts (attempt_load.c), the judgement (judge.c).
 * For a type, this is one variant after the other.
 */
#include <errno.h>
#include <stdlib.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "probe/attempt_load.h"
#include "probe/context.h"
#include "probe/facts_read.h"
#include "probe/judge.h"

/* Makes the attempts of a plan until one decides. */
static void make_attempts(struct kvet_probe *probe, const struct kvet_plan *plan, int helper,
			  const struct kvet_calibration *calibration,
			  struct kvet_evidence *evidence)
{
	const struct kvet_step *step = plan->steps;
	const struct kvet_trial *trial;

	do {
		trial = &evidence->trials[evidence->count];
		kvet_attempt_load(probe, calibration, helper, step++,
				  &evidence->trials[evidence->count++]);
	} while (!kvet_judge_trial_decides(trial));
	if (plan->witnesses && kvet_judge_needs_witness(evidence))
		evidence->offered = kvet_witness_load(probe, plan->witnesses, helper);
}

/* Asks about one variant. */
static int ask_one(struct kvet_probe *probe, const struct kvet_probe_question *question,
		   struct kvet_evidence *evidence, struct kvet_probe_answer *answer,
		   struct kvet_cause *err)
{
	const struct kvet_plan *plan = kvet_plan_of(question->helper);
	const struct kvet_known *known;
	struct kvet_host_facts facts;
	const char *option, *because = NULL;
	int ret = kvet_probe_known(probe, question, &known, err);

	if (ret)
		return ret;
	evidence->controls = &known->calibration->controls;
	evidence->offered = false;
	evidence->count = 0;
	kvet_privilege_limits(&probe->privilege, &probe->denials, question->helper,
			      &evidence->limits);
	if (known->refusal) {
		*answer = *known->refusal;
	} else {
		make_attempts(probe, plan, question->helper, known->calibration, evidence);
		kvet_judge(evidence, answer);
	}
	answer->variant = question->variant;
	memcpy(answer->target, known->calibration->target, sizeof(answer->target));
	if (answer->verdict == KVET_YES)
		return 0;
	if (!known->refusal) {
		kvet_facts_read(probe, answer, &facts);
		kvet_judge_cause(question, &facts, answer);
	}
	option = kvet_facts_option(probe, question, &because);
	kvet_probe_settle(&evidence->limits, option, because, answer);
	if (answer->attempt.errnum == EINTR)
		return kvet_fail(err, answer->attempt.errnum, "bpf(BPF_PROG_LOAD)",
				 "interrupted by a signal");
	return 0;
}

/* Asks about one variant after the other until none can outweigh the best answer. */
static int ask_any(struct kvet_probe *probe, const struct kvet_probe_question *question,
		   struct kvet_evidence *evidence, struct kvet_probe_answer *best,
		   struct kvet_cause *err)
{
	int variants = kvet_probe_variants(probe, question->type);
	struct kvet_probe_question each = *question;
	AUTO_FREE struct kvet_probe_answer *answer = malloc(sizeof(*answer));

	if (!answer)
		return kvet_fail_memory(err);
	for (each.variant = 1; each.variant <= variants; each.variant++) {
		int ret = ask_one(probe, &each, evidence, each.variant == 1 ? best : answer, err);

		if (ret)
			return ret;
		if (each.variant > 1 && kvet_judge_outweighs(question, answer, best))
			*best = *answer;
		if (kvet_judge_is_final(best))
			break;
	}
	kvet_judge_type(question, variants, best);
	return 0;
}

static int ask(struct kvet_probe *probe, const struct kvet_probe_question *question,
	       struct kvet_evidence *evidence, struct kvet_probe_answer *answer,
	       struct kvet_cause *err)
{
	return question->variant ? ask_one(probe, question, evidence, answer, err)
				 : ask_any(probe, question, evidence, answer, err);
}

int kvet_probe_ask(struct kvet_probe *probe, const struct kvet_probe_question *question,
		   struct kvet_probe_answer *answer, struct kvet_cause *err)
{
	struct kvet_probe_question sleepable = *question;
	struct work {
		struct kvet_evidence evidence;
		struct kvet_probe_answer judged, asleep;
	};
	AUTO_FREE struct work *work = NULL;
	int ret;

	if (probe->reach.state == KVET_REACH_DEATH) {
		kvet_judge_death(question, &probe->reach, kvet_denials_refusal(&probe->denials),
				 answer);
		return 0;
	}
	work = malloc(sizeof(*work));
	if (!work)
		return kvet_fail_memory(err);
	ret = ask(probe, question, &work->evidence, &work->judged, err);
	if (!ret &&
	    kvet_judge_needs_sleepable(question, kvet_plan_of(question->helper), &work->judged)) {
		sleepable.sleepable = true;
		ret = ask(probe, &sleepable, &work->evidence, &work->asleep, err);
		if (!ret)
			kvet_judge_sleepable(&work->asleep, &work->judged);
	}
	if (!ret)
		*answer = work->judged;
	return ret;
}
