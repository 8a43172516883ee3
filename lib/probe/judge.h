/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The judgement of a question: all evidence in, verdict and cause out. Pure, so that recorded
 * evidence can be judged, too. What one attempt means, kvet_probe_classify() says.
 */
#ifndef KVET_PROBE_JUDGE_H
#define KVET_PROBE_JUDGE_H

#include <kvet/probe.h>
#include <kvet/refusal.h>

#include "bpf/token_load.h"
#include "probe/plan.h"

/* What became of a step of the plan. */
enum kvet_trial_state {
	KVET_TRIAL_MADE,      /* attempt is the load */
	KVET_TRIAL_FAILED,    /* what the step passes could not be created; why says why */
	KVET_TRIAL_NO_SUCH,   /* this kernel does not support what the step passes; why says so */
	KVET_TRIAL_POINTLESS, /* this kernel has no way to create it */
};

struct kvet_trial {
	const struct kvet_step *step;
	enum kvet_trial_state state;
	struct kvet_probe_attempt attempt;
	struct kvet_cause why;
};

/* All that was found out about a helper for one variant of a type. */
struct kvet_evidence {
	const struct kvet_probe_controls *controls;
	struct kvet_probe_limits limits;
	bool offered; /* a witness of the plan is offered the helper */
	size_t count; /* at least 1 */
	struct kvet_trial trials[KVET_STEPS_MOST];
};

/* Whether the controls alone decide: the empty program, or one with a nonexistent helper, is not
 * answered as it should be. If so, fills verdict, reason, argument, attempt and cause. */
bool kvet_judge_controls(const struct kvet_probe_controls *controls,
			 struct kvet_probe_answer *answer);

/* Whether the last trial decides, so that the rest of the plan is not necessary. */
bool kvet_judge_trial_decides(const struct kvet_trial *trial);

/* Whether a witness would decide: the helper may be locked away, or not meant for the type. */
bool kvet_judge_needs_witness(const struct kvet_evidence *evidence);

/* Whether the attempt of a witness says that it is offered the helper. */
bool kvet_judge_is_offered(const struct kvet_probe_attempt *attempt);

/* One refused argument decides nothing; the verdict is no when all possible ones are refused. Fills
 * verdict, reason, argument, attempt and cause. */
void kvet_judge(const struct kvet_evidence *evidence, struct kvet_probe_answer *answer);

/* What the host may have to do with a refusal. */
struct kvet_host_facts {
	const struct kvet_token *token;
	const struct kvet_cause *no_btf; /* why the kernel's BTF could not be read; may be empty */
	/* Only where the answer requires it: of bpf(2), as far as a token leaves it in force; and
	 * the same without a token. */
	struct kvet_refusal refusal;
	const struct kvet_refusal *outside;
};

/* Whether the cause requires the refusal, and whether others load: finding out takes time. */
bool kvet_judge_needs_refusal(const struct kvet_probe_answer *answer);
bool kvet_judge_needs_others(const struct kvet_probe_answer *answer);

/* Adds to the cause of an answer why this host refuses, and what to do about it. */
void kvet_judge_cause(const struct kvet_probe_question *question,
		      const struct kvet_host_facts *facts, struct kvet_probe_answer *answer);

/* Whether a variant's answer outweighs that of the best one so far, as the answer for its type. */
bool kvet_judge_outweighs(const struct kvet_probe_question *question,
			  const struct kvet_probe_answer *answer,
			  const struct kvet_probe_answer *best);

/* Whether no other variant can outweigh it. */
bool kvet_judge_is_final(const struct kvet_probe_answer *best);

/* Whether a variant that is not offered the helper cannot outweigh it, either: it is refused by
 * name, which is all that would be said of that one, or outweighs every refusal by name. */
bool kvet_judge_outweighs_unoffered(const struct kvet_probe_question *question,
				    const struct kvet_probe_answer *best);

/* Makes the best answer of all variants that of the type. */
void kvet_judge_type(const struct kvet_probe_question *question, int variants,
		     struct kvet_probe_answer *best);

/* Whether sleepable programs must be asked about as well; asleep is the answer for those. */
bool kvet_judge_needs_sleepable(const struct kvet_probe_question *question,
				const struct kvet_plan *plan,
				const struct kvet_probe_answer *answer);
void kvet_judge_sleepable(const struct kvet_probe_answer *asleep, struct kvet_probe_answer *answer);

/* The answer where a seccomp filter kills any process that makes the call, so that kvet does not
 * make it. */
void kvet_judge_death(const struct kvet_probe_question *question, const struct kvet_reach *reach,
		      const struct kvet_refusal *refusal, struct kvet_probe_answer *answer);

#endif
