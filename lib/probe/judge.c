/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "bpf/verifier_log.h"
#include "core/fail.h"
#include "probe/classify.h"
#include "probe/judge.h"
#include "probe/privilege.h"
#include "probe/variant.h"

/* --- one variant ---------------------------------------------------------------------------- */

bool kvet_judge_controls(const struct kvet_probe_controls *controls,
			 struct kvet_probe_answer *answer)
{
	answer->argument = NULL;
	return !kvet_classify_controls(controls, answer);
}

static bool is_map_refused(const struct kvet_probe_attempt *attempt)
{
	enum kvet_log_meaning meaning = kvet_verifier_log_read(attempt->log);

	return attempt->errnum &&
	       (meaning == KVET_LOG_MAP_REFUSED || meaning == KVET_LOG_MAP_AWAKE);
}

bool kvet_judge_trial_decides(const struct kvet_trial *trial)
{
	if (trial->state != KVET_TRIAL_MADE)
		return false;
	switch (trial->step->kind) {
	case KVET_STEP_MAP:
		return !is_map_refused(&trial->attempt);
	case KVET_STEP_OBJECT:
		return !trial->attempt.errnum;
	case KVET_STEP_CALL:
		break;
	}
	return true;
}

bool kvet_judge_needs_witness(const struct kvet_evidence *evidence)
{
	const struct kvet_probe_limits *limits = &evidence->limits;
	struct kvet_probe_answer answer;

	if (!limits->locked[0])
		return false;
	kvet_judge(evidence, &answer);
	return answer.verdict == KVET_UNDETERMINED && answer.reason == KVET_REASON_LOCKDOWN;
}

bool kvet_judge_is_offered(const struct kvet_probe_attempt *attempt)
{
	return !attempt->errnum || kvet_verifier_log_read(attempt->log) == KVET_LOG_ARGUMENTS;
}

static void judge_trial(const struct kvet_evidence *evidence, const struct kvet_trial *trial,
			struct kvet_probe_answer *answer)
{
	struct kvet_probe_limits limits = evidence->limits;

	/* What some program is offered is not locked away: a refusal means what it says. */
	if (evidence->offered)
		limits.locked = "";
	kvet_classify_attempt(&trial->attempt, evidence->controls, &limits, answer);
	answer->argument = NULL;
	/* A message about the helper itself does not depend on its argument. */
	if (answer->verdict == KVET_YES || answer->reason == KVET_REASON_MAP_REFUSED)
		answer->argument = kvet_step_argument(trial->step);
}

/* What a trial that does not decide leaves to be said. */
struct remains {
	const struct kvet_trial *refused; /* the first refusal, that of the most common argument */
	bool untried;                     /* something else might have been accepted */
	struct kvet_cause why;            /* why the first that failed could not be tried */
};

static void note_untried(struct remains *remains, const struct kvet_cause *why, bool possible)
{
	if (!remains->why.source[0] || (possible && !remains->untried))
		remains->why = *why;
	remains->untried = remains->untried || possible;
}

static void note_trial(struct remains *remains, const struct kvet_trial *trial)
{
	const struct kvet_probe_attempt *attempt = &trial->attempt;
	struct kvet_cause why;

	switch (trial->state) {
	case KVET_TRIAL_POINTLESS:
		return;
	case KVET_TRIAL_FAILED:
	case KVET_TRIAL_NO_SUCH:
		/* If this kernel does not support it, no program can work on it. */
		note_untried(remains, &trial->why, trial->state == KVET_TRIAL_FAILED);
		return;
	case KVET_TRIAL_MADE:
		break;
	}
	if (trial->step->kind == KVET_STEP_MAP && !remains->refused)
		remains->refused = trial;
	if (trial->step->kind == KVET_STEP_OBJECT &&
	    (kvet_verifier_log_is_wordless(attempt->log) || attempt->log_cut)) {
		kvet_cause_fill(&why, attempt->errnum, "bpf(BPF_PROG_LOAD)",
				"a program that locks an object of bpf_obj_new() is refused "
				"without a verifier message");
		note_untried(remains, &why, true);
	}
}

/* The helper is offered, but none of its arguments was accepted. */
static void judge_remains(const struct kvet_evidence *evidence, const struct remains *remains,
			  struct kvet_probe_answer *answer)
{
	if (remains->refused)
		judge_trial(evidence, remains->refused, answer);
	if (remains->refused && !remains->untried)
		return;
	answer->verdict = KVET_UNDETERMINED;
	answer->reason = remains->refused ? KVET_REASON_UNTRIED : KVET_REASON_NO_MAP;
	answer->cause = remains->why;
}

void kvet_judge(const struct kvet_evidence *evidence, struct kvet_probe_answer *answer)
{
	struct remains remains = { .refused = NULL };
	const struct kvet_trial *last = evidence->trials + evidence->count - 1;

	for (const struct kvet_trial *trial = evidence->trials; trial < last; trial++)
		note_trial(&remains, trial);
	judge_trial(evidence, last, answer);
	if (answer->verdict == KVET_YES && last->step->kind == KVET_STEP_CALL &&
	    evidence->count > 1)
		judge_remains(evidence, &remains, answer);
}

/* --- the cause ------------------------------------------------------------------------------ */

bool kvet_judge_needs_others(const struct kvet_probe_answer *answer)
{
	return answer->reason == KVET_REASON_NOT_PERMITTED || answer->reason == KVET_REASON_NO_BPF;
}

bool kvet_judge_needs_refusal(const struct kvet_probe_answer *answer)
{
	return kvet_judge_needs_others(answer) || answer->reason == KVET_REASON_PRIVILEGE;
}

/* Whether the reason is a BPF file system that does not delegate this. */
static bool explain_token(const struct kvet_probe_question *question,
			  const struct kvet_token *token, struct kvet_cause *cause)
{
	const struct kvet_token_need need = {
		.command = BPF_PROG_LOAD,
		.map_type = -1,
		.prog_type = question->type,
		.attach_type = kvet_variant_attach_type(question->type, question->variant),
	};
	const struct kvet_token_need btf = { BPF_BTF_LOAD, -1, -1, -1 };

	if (cause->errnum != EPERM)
		return false;
	return kvet_token_explain(token, strcmp(cause->source, "bpf(BPF_BTF_LOAD)") ? &need : &btf,
				  cause);
}

void kvet_judge_cause(const struct kvet_probe_question *question,
		      const struct kvet_host_facts *facts, struct kvet_probe_answer *answer)
{
	struct kvet_cause *cause = &answer->cause;

	if (kvet_judge_needs_others(answer) && !explain_token(question, facts->token, cause))
		kvet_refusal_explain(&facts->refusal, kvet_privilege_needed(question->type), cause);
	if (answer->reason == KVET_REASON_PRIVILEGE) {
		const int *needed = kvet_privilege_of_helper(question->helper);

		kvet_refusal_advise(&facts->refusal, needed, cause);
		/* No capability is missing that would help. */
		if (!cause->remedy[0])
			kvet_refusal_advise(facts->outside, needed, cause);
	}
	if (answer->reason == KVET_REASON_NO_TARGET && facts->no_btf->source[0])
		kvet_cause_add(cause, "%s: %s", facts->no_btf->source, facts->no_btf->evidence);
}

/* --- all variants --------------------------------------------------------------------------- */

/*
 * The weight of a variant's answer for the type: a yes for one variant is a yes for the type. An
 * undetermined outweighs a no, because it forbids one, unless the no holds for all sleepable
 * programs. What the verifier said of the helper outweighs that the helper could not be asked
 * about.
 */
#define WEIGHT_UNDETERMINED 4
static int weight_of(const struct kvet_probe_question *question,
		     const struct kvet_probe_answer *answer)
{
	/* Only one of the programs that could be replaced. */
	if (question->type == BPF_PROG_TYPE_EXT && answer->reason == KVET_REASON_NULL_REFUSED)
		return 0;
	if (answer->verdict != KVET_NO)
		return answer->verdict == KVET_YES ? 6 : WEIGHT_UNDETERMINED;
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

bool kvet_judge_outweighs(const struct kvet_probe_question *question,
			  const struct kvet_probe_answer *answer,
			  const struct kvet_probe_answer *best)
{
	return weight_of(question, answer) > weight_of(question, best);
}

bool kvet_judge_is_final(const struct kvet_probe_answer *best)
{
	return best->verdict == KVET_YES || best->reason == KVET_REASON_UNKNOWN_HELPER;
}

bool kvet_judge_outweighs_unoffered(const struct kvet_probe_question *question,
				    const struct kvet_probe_answer *best)
{
	/* At most undetermined, if a privilege may be missing. */
	return weight_of(question, best) >= WEIGHT_UNDETERMINED ||
	       kvet_verifier_log_read(best->attempt.log) == KVET_LOG_NOT_FOR_TYPE;
}

void kvet_judge_type(const struct kvet_probe_question *question, int variants,
		     struct kvet_probe_answer *best)
{
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
}

/* --- sleepable programs, and none at all ---------------------------------------------------- */

bool kvet_judge_needs_sleepable(const struct kvet_probe_question *question,
				const struct kvet_plan *plan,
				const struct kvet_probe_answer *answer)
{
	return !question->sleepable && !kvet_variants_always_sleep(question->type) &&
	       (answer->reason == KVET_REASON_SLEEPABLE_ONLY ||
		(answer->reason == KVET_REASON_NOT_FOR_TYPE && plan->may_sleep));
}

void kvet_judge_sleepable(const struct kvet_probe_answer *asleep, struct kvet_probe_answer *answer)
{
	if (asleep->verdict == KVET_YES) {
		answer->reason = KVET_REASON_SLEEPABLE_ONLY;
	} else if (asleep->verdict == KVET_NO && answer->reason == KVET_REASON_SLEEPABLE_ONLY) {
		answer->reason = KVET_REASON_SLEEPABLE_NEVER;
		kvet_cause_remedy(&answer->cause, "%s", "");
	}
}

void kvet_judge_death(const struct kvet_probe_question *question, const struct kvet_reach *reach,
		      const struct kvet_refusal *refusal, struct kvet_probe_answer *answer)
{
	*answer = (struct kvet_probe_answer){ .verdict = KVET_UNDETERMINED,
					      .reason = KVET_REASON_NOT_PERMITTED,
					      .variant = question->variant };
	kvet_cause_fill(&answer->cause, 0, reach->call, "%s", "");
	kvet_refusal_explain(refusal, kvet_privilege_needed(question->type), &answer->cause);
}
