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

/* What the questions about one helper share. */
struct inquiry {
	struct kvet_probe *probe;
	bool many; /* the same is asked of many helpers */
	struct kvet_evidence evidence;
	struct kvet_probe_answer asleep;
};

/* Makes the attempts of a plan until one decides. */
static void make_attempts(struct inquiry *inquiry, const struct kvet_plan *plan, int helper,
			  struct kvet_known *known)
{
	struct kvet_evidence *evidence = &inquiry->evidence;
	const struct kvet_step *step = plan->steps;
	const struct kvet_trial *trial;

	do {
		trial = &evidence->trials[evidence->count];
		kvet_attempt_load(inquiry->probe, known, inquiry->many, helper, step++,
				  &evidence->trials[evidence->count++]);
	} while (!kvet_judge_trial_decides(trial));
	if (plan->witnesses && kvet_judge_needs_witness(evidence))
		evidence->offered = kvet_witness_load(inquiry->probe, plan->witnesses, helper);
}

/* Asks about one variant. */
static int ask_one(struct inquiry *inquiry, const struct kvet_probe_question *question,
		   struct kvet_probe_answer *answer, struct kvet_cause *err)
{
	struct kvet_probe *probe = inquiry->probe;
	struct kvet_evidence *evidence = &inquiry->evidence;
	const struct kvet_plan *plan = kvet_plan_of(question->helper);
	struct kvet_known *known;
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
		make_attempts(inquiry, plan, question->helper, known);
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

/* What the kernel does not offer to a variant, whose controls are known; loaded by the first that
 * requires it. refused is a variant that was refused the helper, which says what to look for. */
static int find_offers(const struct inquiry *inquiry, const struct kvet_probe_question *refused,
		       struct kvet_known *known, const struct kvet_offers **offers,
		       struct kvet_cause *err)
{
	struct kvet_loader *loader = &inquiry->probe->loader;
	const struct kvet_offers *among = NULL;
	struct kvet_known *best;
	int ret;

	*offers = kvet_offers_loaded(&known->offers);
	if (*offers)
		return 0;
	ret = kvet_probe_known(inquiry->probe, refused, &best, err);
	if (ret)
		return ret;
	if (!best->refusal)
		among = kvet_offers_load(&best->offers, loader, &best->calibration->spec, NULL);
	if (among && !among->is_said)
		*offers = among;
	else
		*offers = kvet_offers_load(&known->offers, loader, &known->calibration->spec,
					   among && among->is_trusted ? among : NULL);
	return 0;
}

/* Whether the kernel says that it does not offer the helper to a variant; refused is another one.
 */
static int is_spared(const struct inquiry *inquiry, const struct kvet_probe_question *question,
		     int refused, bool *spared, struct kvet_cause *err)
{
	struct kvet_probe_question other = *question;
	const struct kvet_offers *offers;
	struct kvet_known *known;
	int ret = kvet_probe_known(inquiry->probe, question, &known, err);

	*spared = false;
	if (ret || known->refusal)
		return ret;
	other.variant = refused;
	ret = find_offers(inquiry, &other, known, &offers, err);
	*spared = !ret && offers->absent[question->helper];
	return ret;
}

/* Whether a variant that is not offered the helper need not be asked, because it cannot outweigh
 * the best answer. */
static bool can_spare(const struct inquiry *inquiry, const struct kvet_probe_question *question,
		      const struct kvet_probe_answer *best)
{
	return inquiry->many && kvet_offers_tell(question->helper) &&
	       kvet_judge_outweighs_unoffered(question, best);
}

/* Asks about one variant after the other until none can outweigh the best answer. */
static int ask_any(struct inquiry *inquiry, const struct kvet_probe_question *question,
		   struct kvet_probe_answer *best, struct kvet_cause *err)
{
	int variants = kvet_probe_variants(inquiry->probe, question->type);
	struct kvet_probe_question each = *question;
	AUTO_FREE struct kvet_probe_answer *answer = malloc(sizeof(*answer));
	bool sparing = false;

	if (!answer)
		return kvet_fail_memory(err);
	for (each.variant = 1; each.variant <= variants; each.variant++) {
		bool first = each.variant == 1, spared = false;
		int ret = sparing ? is_spared(inquiry, &each, best->variant, &spared, err) : 0;

		if (!ret && !spared)
			ret = ask_one(inquiry, &each, first ? best : answer, err);
		if (ret)
			return ret;
		if (spared)
			continue;
		if (!first && !kvet_judge_outweighs(question, answer, best))
			continue;
		if (!first)
			*best = *answer;
		sparing = variants > 1 && can_spare(inquiry, question, best);
		if (kvet_judge_is_final(best))
			break;
	}
	kvet_judge_type(question, variants, best);
	return 0;
}

static int ask(struct inquiry *inquiry, const struct kvet_probe_question *question,
	       struct kvet_probe_answer *answer, struct kvet_cause *err)
{
	return question->variant ? ask_one(inquiry, question, answer, err)
				 : ask_any(inquiry, question, answer, err);
}

int kvet_probe_ask_among(struct kvet_probe *probe, const struct kvet_probe_question *question,
			 bool many, struct kvet_probe_answer *answer, struct kvet_cause *err)
{
	struct kvet_probe_question sleepable = *question;
	AUTO_FREE struct inquiry *inquiry = NULL;
	int ret;

	if (probe->reach.state == KVET_REACH_DEATH) {
		kvet_judge_death(question, &probe->reach, kvet_denials_refusal(&probe->denials),
				 answer);
		return 0;
	}
	inquiry = malloc(sizeof(*inquiry));
	if (!inquiry)
		return kvet_fail_memory(err);
	inquiry->probe = probe;
	inquiry->many = many;
	ret = ask(inquiry, question, answer, err);
	if (!ret && kvet_judge_needs_sleepable(question, kvet_plan_of(question->helper), answer)) {
		sleepable.sleepable = true;
		ret = ask(inquiry, &sleepable, &inquiry->asleep, err);
		if (!ret)
			kvet_judge_sleepable(&inquiry->asleep, answer);
	}
	return ret;
}

int kvet_probe_ask(struct kvet_probe *probe, const struct kvet_probe_question *question,
		   struct kvet_probe_answer *answer, struct kvet_cause *err)
{
	return kvet_probe_ask_among(probe, question, false, answer, err);
}
