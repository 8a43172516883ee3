/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The judgement of all that was found out about a helper, from recorded evidence alone. */
#include <check.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"
#include "probe/judge.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

/* kernel: check_map_prog_compatibility() */
static const char map_refused[] = "tracing progs cannot use bpf_spin_lock yet\n" PROCESSED(0);
static const char map_awake[] =
	"Sleepable programs can only use array, hash, and ringbuf maps\n" PROCESSED(0);
static const char object_refused[] = "calling kernel function bpf_obj_new_impl is not allowed\n";

/* What became of a step: F could not be created, N not supported, P pointless; or a load. */
enum outcome {
	END,
	F,
	N,
	P,
	REFUSED,
	AWAKE,
	NOT_FOR_TYPE,
	ARGUMENTS,
	LOADED,
	WORDLESS,
	OBJECT_REFUSED,
};

static const struct kvet_step map_array = { KVET_STEP_MAP, KVET_MAP_LOCK_ARRAY };
static const struct kvet_step map_hash = { KVET_STEP_MAP, KVET_MAP_LOCK_HASH };
static const struct kvet_step object = { KVET_STEP_OBJECT, KVET_MAP_NONE };
static const struct kvet_step call = { KVET_STEP_CALL, KVET_MAP_NONE };
static const struct kvet_step *const steps[] = { &map_array, &map_hash, &object, &call };

static void set_outcome(struct kvet_trial *trial, enum outcome outcome)
{
	static const struct {
		int errnum;
		const char *log;
	} loads[] = {
		[REFUSED] = { EINVAL, map_refused },
		[AWAKE] = { EINVAL, map_awake },
		[NOT_FOR_TYPE] = { EINVAL, not_for_type_6_12 },
		[ARGUMENTS] = { EACCES, arguments_6_12 },
		[LOADED] = { 0, loaded },
		[WORDLESS] = { EACCES, "" },
		[OBJECT_REFUSED] = { EACCES, object_refused },
	};

	if (outcome >= REFUSED) {
		trial->state = KVET_TRIAL_MADE;
		trial->attempt = attempt(loads[outcome].errnum, loads[outcome].log);
		return;
	}
	trial->state = outcome == F   ? KVET_TRIAL_FAILED
		       : outcome == N ? KVET_TRIAL_NO_SUCH
				      : KVET_TRIAL_POINTLESS;
	snprintf(trial->why.source, sizeof(trial->why.source), "%s",
		 trial->step == &map_array ? "first" : "second");
}

static struct kvet_probe_controls controls;

/* The trials of a helper that takes a lock, in the order of its plan; all of them if the first
 * three do not decide. */
static struct kvet_evidence *evidence_of(const enum outcome *outcomes)
{
	static struct kvet_evidence evidence;

	memset(&evidence, 0, sizeof(evidence));
	controls = good();
	evidence.controls = &controls;
	evidence.limits.locked = "";
	for (size_t i = 0; i < LENGTH(steps) && outcomes[i] != END; i++) {
		struct kvet_trial *trial = &evidence.trials[evidence.count++];

		trial->step = steps[i];
		set_outcome(trial, outcomes[i]);
		/* What decides is the last. */
		ck_assert_int_eq(kvet_judge_trial_decides(trial),
				 i + 1 == LENGTH(steps) || outcomes[i + 1] == END);
	}
	return &evidence;
}

static const struct {
	enum outcome outcomes[5];
	enum kvet_verdict verdict;
	const char *reason;
	const char *argument;
	const char *source; /* of the cause */
} rows[] = {
	/* The first argument that is accepted decides. */
	{ { LOADED }, KVET_YES, "loaded", "array with a bpf_spin_lock", "" },
	{ { REFUSED, ARGUMENTS },
	  KVET_YES,
	  "accepted; arguments refused later",
	  "hash with a bpf_spin_lock",
	  "" },
	{ { REFUSED, REFUSED, LOADED }, KVET_YES, "loaded", "object of bpf_obj_new", "" },
	{ { F, N, LOADED }, KVET_YES, "loaded", "object of bpf_obj_new", "" },
	/* What is said of the helper itself does not depend on the argument. */
	{ { NOT_FOR_TYPE }, KVET_NO, "not for this program type", NULL, "bpf(BPF_PROG_LOAD)" },
	{ { F, N, P, NOT_FOR_TYPE },
	  KVET_NO,
	  "not for this program type",
	  NULL,
	  "bpf(BPF_PROG_LOAD)" },
	{ { REFUSED, REFUSED, P, NOT_FOR_TYPE },
	  KVET_NO,
	  "not for this program type",
	  NULL,
	  "bpf(BPF_PROG_LOAD)" },
	/* All that this kernel supports is refused. */
	{ { REFUSED, REFUSED, P, ARGUMENTS },
	  KVET_NO,
	  "refused with every map that it takes",
	  "array with a bpf_spin_lock",
	  "bpf(BPF_PROG_LOAD)" },
	{ { N, REFUSED, P, ARGUMENTS },
	  KVET_NO,
	  "refused with every map that it takes",
	  "hash with a bpf_spin_lock",
	  "bpf(BPF_PROG_LOAD)" },
	{ { REFUSED, N, OBJECT_REFUSED, ARGUMENTS },
	  KVET_NO,
	  "refused with every map that it takes",
	  "array with a bpf_spin_lock",
	  "bpf(BPF_PROG_LOAD)" },
	{ { AWAKE, AWAKE, P, ARGUMENTS },
	  KVET_NO,
	  "refused with every map that it takes",
	  "array with a bpf_spin_lock",
	  "bpf(BPF_PROG_LOAD)" },
	{ { AWAKE, LOADED }, KVET_YES, "loaded", "hash with a bpf_spin_lock", "" },
	/* Something was not tried. */
	{ { REFUSED, F, P, ARGUMENTS },
	  KVET_UNDETERMINED,
	  "refused with the maps tried",
	  "array with a bpf_spin_lock",
	  "second" },
	{ { REFUSED, REFUSED, WORDLESS, ARGUMENTS },
	  KVET_UNDETERMINED,
	  "refused with the maps tried",
	  "array with a bpf_spin_lock",
	  "bpf(BPF_PROG_LOAD)" },
	{ { REFUSED, REFUSED, F, ARGUMENTS },
	  KVET_UNDETERMINED,
	  "refused with the maps tried",
	  "array with a bpf_spin_lock",
	  "second" },
	/* Nothing was. What may be possible counts more than what this kernel does not support. */
	{ { F, F, P, ARGUMENTS }, KVET_UNDETERMINED, "no map could be created", NULL, "first" },
	{ { N, F, P, ARGUMENTS }, KVET_UNDETERMINED, "no map could be created", NULL, "second" },
	{ { N, N, P, ARGUMENTS }, KVET_UNDETERMINED, "no map could be created", NULL, "first" },
};

START_TEST(one_refused_argument_decides_nothing_and_all_of_them_do)
{
	struct kvet_probe_answer answer;

	memset(&answer, 0xa5, sizeof(answer));
	kvet_judge(evidence_of(rows[_i].outcomes), &answer);
	ck_assert_int_eq(answer.verdict, rows[_i].verdict);
	ck_assert_str_eq(reason_of(&answer), rows[_i].reason);
	ck_assert_str_eq(answer.cause.source, rows[_i].source);
	if (rows[_i].argument)
		ck_assert_str_eq(answer.argument, rows[_i].argument);
	else if (answer.verdict != KVET_UNDETERMINED)
		ck_assert_ptr_null(answer.argument);
}
END_TEST

static struct kvet_evidence *called(int errnum, const char *log)
{
	struct kvet_evidence *evidence = evidence_of((enum outcome[]){ END });

	evidence->count = 1;
	evidence->trials[0].step = &call;
	evidence->trials[0].state = KVET_TRIAL_MADE;
	evidence->trials[0].attempt = attempt(errnum, log);
	return evidence;
}

START_TEST(a_helper_without_maps_is_judged_by_its_only_call)
{
	struct kvet_probe_answer answer;

	kvet_judge(called(0, loaded), &answer);
	ck_assert_str_eq(reason_of(&answer), "loaded");
	ck_assert_ptr_null(answer.argument);
	kvet_judge(called(EACCES, arguments_6_12), &answer);
	ck_assert_str_eq(reason_of(&answer), "accepted; arguments refused later");
	ck_assert_int_eq(answer.verdict, KVET_YES);
}
END_TEST

START_TEST(controls_that_fail_decide_without_an_attempt)
{
	struct kvet_probe_answer answer;

	controls = good();
	ck_assert(!kvet_judge_controls(&controls, &answer));
	controls.null = attempt(EPERM, "");
	memset(&answer, 0xa5, sizeof(answer));
	ck_assert(kvet_judge_controls(&controls, &answer));
	ck_assert_str_eq(reason_of(&answer), "not permitted");
	ck_assert_ptr_null(answer.argument);
	controls = good();
	controls.bogus = attempt(0, loaded);
	ck_assert(kvet_judge_controls(&controls, &answer));
	ck_assert_str_eq(reason_of(&answer), "nonexistent helper accepted");
	controls = good();
	controls.sleep_unchecked = true;
	ck_assert(kvet_judge_controls(&controls, &answer));
	ck_assert_str_eq(reason_of(&answer), "this program type cannot be sleepable");
}
END_TEST

START_TEST(a_witness_decides_between_lockdown_and_type)
{
	struct kvet_evidence *evidence = called(EINVAL, not_for_type_6_12);
	struct kvet_probe_answer answer;

	ck_assert(!kvet_judge_needs_witness(evidence));
	evidence->limits.locked = "confidentiality";
	ck_assert(!kvet_judge_needs_witness(evidence));
	evidence->limits.locked = "unknown";
	ck_assert(kvet_judge_needs_witness(evidence));
	kvet_judge(evidence, &answer);
	ck_assert_int_eq(answer.verdict, KVET_UNDETERMINED);
	ck_assert_int_eq(answer.reason, KVET_REASON_LOCKDOWN);
	evidence->offered = true;
	kvet_judge(evidence, &answer);
	ck_assert_int_eq(answer.verdict, KVET_NO);
	ck_assert_int_eq(answer.reason, KVET_REASON_NOT_FOR_TYPE);
	/* A missing capability takes it away as well, from the witnesses, too. */
	evidence->offered = false;
	snprintf(evidence->limits.missing, sizeof(evidence->limits.missing), "CAP_PERFMON");
	ck_assert(!kvet_judge_needs_witness(evidence));
}
END_TEST

START_TEST(a_witness_is_offered_what_loads_or_is_refused_for_its_arguments)
{
	struct kvet_probe_attempt made = attempt(0, loaded);

	ck_assert(kvet_judge_is_offered(&made));
	made = attempt(EACCES, arguments_5_10);
	ck_assert(kvet_judge_is_offered(&made));
	made = attempt(EINVAL, not_for_type_5_10);
	ck_assert(!kvet_judge_is_offered(&made));
	made = attempt(EPERM, "");
	ck_assert(!kvet_judge_is_offered(&made));
}
END_TEST

/* --- the variants of a type ----------------------------------------------------------------- */

static struct kvet_probe_answer answered(enum kvet_verdict verdict, enum kvet_probe_reason reason,
					 const char *log)
{
	return (struct kvet_probe_answer){
		.verdict = verdict, .reason = reason, .attempt = attempt(EINVAL, log), .variant = 3
	};
}

START_TEST(the_answer_of_a_type_is_that_of_the_variant_that_says_most)
{
	/* Each outweighs those before it. */
	const struct kvet_probe_answer ranks[] = {
		answered(KVET_NO, KVET_REASON_ATTACH_ABSENT, ""),
		answered(KVET_NO, KVET_REASON_CANNOT_SLEEP, cannot_sleep_6_12),
		answered(KVET_NO, KVET_REASON_NOT_FOR_TYPE, not_for_type_6_12),
		answered(KVET_NO, KVET_REASON_SLEEPABLE_ONLY, sleepable_6_12),
		answered(KVET_UNDETERMINED, KVET_REASON_NOT_PERMITTED, ""),
		answered(KVET_NO, KVET_REASON_MAP_REFUSED, map_awake),
		answered(KVET_YES, KVET_REASON_LOADED, loaded),
	};
	const struct kvet_probe_answer maps =
		answered(KVET_NO, KVET_REASON_MAP_REFUSED, map_refused);
	const struct kvet_probe_question question = { 1, BPF_PROG_TYPE_TRACING, 0, false };

	for (size_t i = 0; i < LENGTH(ranks); i++)
		for (size_t j = 0; j < LENGTH(ranks); j++)
			ck_assert_msg(kvet_judge_outweighs(&question, &ranks[i], &ranks[j]) ==
					      (i > j),
				      "%zu and %zu", i, j);
	/* Of two that weigh the same, the first stays. */
	ck_assert(!kvet_judge_outweighs(&question, &maps, &ranks[2]));
	ck_assert(!kvet_judge_outweighs(&question, &ranks[2], &maps));
}
END_TEST

START_TEST(a_variant_that_is_not_offered_the_helper_weighs_no_more_than_a_refusal_by_name)
{
	static const struct {
		enum kvet_verdict verdict;
		enum kvet_probe_reason reason;
		const char *log;
		bool outweighs;
	} bests[] = {
		{ KVET_NO, KVET_REASON_NOT_FOR_TYPE, not_for_type_6_12, true },
		{ KVET_NO, KVET_REASON_NOT_FOR_TYPE, not_for_type_5_10, true },
		/* Then it would be undetermined too. */
		{ KVET_UNDETERMINED, KVET_REASON_PRIVILEGE, not_for_type_6_12, true },
		{ KVET_UNDETERMINED, KVET_REASON_NOT_PERMITTED, "", true },
		{ KVET_NO, KVET_REASON_MAP_REFUSED, map_awake, true },
		/* If a privilege may be missing, the other one is undetermined. */
		{ KVET_NO, KVET_REASON_SLEEPABLE_ONLY, sleepable_6_12, false },
		{ KVET_NO, KVET_REASON_MAP_REFUSED, map_refused, false },
		{ KVET_NO, KVET_REASON_ATTACH_ABSENT, "", false },
		{ KVET_NO, KVET_REASON_CANNOT_SLEEP, cannot_sleep_6_12, false },
	};
	const struct kvet_probe_question question = { 1, BPF_PROG_TYPE_TRACING, 0, false };

	for (size_t i = 0; i < LENGTH(bests); i++) {
		const struct kvet_probe_answer best =
			answered(bests[i].verdict, bests[i].reason, bests[i].log);

		ck_assert_msg(kvet_judge_outweighs_unoffered(&question, &best) ==
				      bests[i].outweighs,
			      "row %zu", i);
	}
}
END_TEST

START_TEST(one_program_that_cannot_be_replaced_weighs_nothing)
{
	const struct kvet_probe_answer refused =
		answered(KVET_UNDETERMINED, KVET_REASON_NULL_REFUSED, "strange words\n");
	const struct kvet_probe_answer no =
		answered(KVET_NO, KVET_REASON_NOT_FOR_TYPE, not_for_type_6_12);
	struct kvet_probe_question question = { 1, BPF_PROG_TYPE_EXT, 0, false };

	ck_assert(!kvet_judge_outweighs(&question, &refused, &no));
	ck_assert(kvet_judge_outweighs(&question, &no, &refused));
	question.type = BPF_PROG_TYPE_TRACING;
	ck_assert(kvet_judge_outweighs(&question, &refused, &no));
}
END_TEST

START_TEST(no_variant_is_asked_after_a_yes_or_an_unknown_helper)
{
	struct kvet_probe_answer best = answered(KVET_YES, KVET_REASON_ARGUMENTS, arguments_6_12);

	ck_assert(kvet_judge_is_final(&best));
	best = answered(KVET_NO, KVET_REASON_UNKNOWN_HELPER, unknown_5_10);
	ck_assert(kvet_judge_is_final(&best));
	best = answered(KVET_NO, KVET_REASON_NOT_FOR_TYPE, not_for_type_6_12);
	ck_assert(!kvet_judge_is_final(&best));
}
END_TEST

START_TEST(a_program_that_replaces_any_other_is_not_refused_by_those_tried)
{
	struct kvet_probe_question question = { 1, BPF_PROG_TYPE_EXT, 0, false };
	struct kvet_probe_answer best =
		answered(KVET_NO, KVET_REASON_NOT_FOR_TYPE, not_for_type_6_12);

	kvet_judge_type(&question, 18, &best);
	ck_assert_int_eq(best.verdict, KVET_UNDETERMINED);
	ck_assert_int_eq(best.reason, KVET_REASON_TARGET);
	ck_assert_str_ne(best.cause.remedy, "");
	ck_assert_int_eq(best.variant, 3);
	/* An option that is not built in is missing for all. */
	best = answered(KVET_NO, KVET_REASON_NOT_FOR_TYPE, not_for_type_6_12);
	best.option = "CONFIG_X";
	kvet_judge_type(&question, 18, &best);
	ck_assert_int_eq(best.verdict, KVET_NO);
	question.type = BPF_PROG_TYPE_KPROBE;
	best.option = NULL;
	kvet_judge_type(&question, 1, &best);
	ck_assert_int_eq(best.verdict, KVET_NO);
	ck_assert_int_eq(best.variant, 0);
}
END_TEST

/* --- sleepable programs --------------------------------------------------------------------- */

START_TEST(sleepable_programs_are_asked_about_where_that_may_be_the_reason)
{
	static const struct kvet_plan sleeper = { .may_sleep = true }, other = { .steps = &call };
	struct kvet_probe_question question = { 1, BPF_PROG_TYPE_TRACING, 0, false };
	const struct kvet_probe_answer only =
		answered(KVET_NO, KVET_REASON_SLEEPABLE_ONLY, sleepable_6_12);
	const struct kvet_probe_answer no =
		answered(KVET_NO, KVET_REASON_NOT_FOR_TYPE, not_for_type_5_10);

	ck_assert(kvet_judge_needs_sleepable(&question, &other, &only));
	ck_assert(kvet_judge_needs_sleepable(&question, &sleeper, &no));
	ck_assert(!kvet_judge_needs_sleepable(&question, &other, &no));
	question.sleepable = true;
	ck_assert(!kvet_judge_needs_sleepable(&question, &sleeper, &only));
	/* It was one already. */
	question = (struct kvet_probe_question){ 1, BPF_PROG_TYPE_SYSCALL, 0, false };
	ck_assert(!kvet_judge_needs_sleepable(&question, &sleeper, &no));
}
END_TEST

START_TEST(only_a_no_for_sleepable_programs_makes_it_never)
{
	const struct kvet_probe_answer yes = answered(KVET_YES, KVET_REASON_LOADED, loaded);
	const struct kvet_probe_answer no =
		answered(KVET_NO, KVET_REASON_CANNOT_SLEEP, cannot_sleep_6_12);
	const struct kvet_probe_answer unknown =
		answered(KVET_UNDETERMINED, KVET_REASON_NOT_PERMITTED, "");
	struct kvet_probe_answer answer =
		answered(KVET_NO, KVET_REASON_NOT_FOR_TYPE, not_for_type_5_10);

	kvet_judge_sleepable(&no, &answer);
	ck_assert_int_eq(answer.reason, KVET_REASON_NOT_FOR_TYPE);
	kvet_judge_sleepable(&unknown, &answer);
	ck_assert_int_eq(answer.reason, KVET_REASON_NOT_FOR_TYPE);
	kvet_judge_sleepable(&yes, &answer);
	ck_assert_int_eq(answer.reason, KVET_REASON_SLEEPABLE_ONLY);
	snprintf(answer.cause.remedy, sizeof(answer.cause.remedy), "load it as sleepable");
	kvet_judge_sleepable(&unknown, &answer);
	ck_assert_int_eq(answer.reason, KVET_REASON_SLEEPABLE_ONLY);
	kvet_judge_sleepable(&no, &answer);
	ck_assert_int_eq(answer.reason, KVET_REASON_SLEEPABLE_NEVER);
	ck_assert_str_eq(answer.cause.remedy, "");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("probe evidence");
	TCase *tc = tcase_create("evidence");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, one_refused_argument_decides_nothing_and_all_of_them_do, 0,
			    LENGTH(rows));
	tcase_add_test(tc, a_helper_without_maps_is_judged_by_its_only_call);
	tcase_add_test(tc, controls_that_fail_decide_without_an_attempt);
	tcase_add_test(tc, a_witness_decides_between_lockdown_and_type);
	tcase_add_test(tc, a_witness_is_offered_what_loads_or_is_refused_for_its_arguments);
	tcase_add_test(tc, the_answer_of_a_type_is_that_of_the_variant_that_says_most);
	tcase_add_test(
		tc, a_variant_that_is_not_offered_the_helper_weighs_no_more_than_a_refusal_by_name);
	tcase_add_test(tc, one_program_that_cannot_be_replaced_weighs_nothing);
	tcase_add_test(tc, no_variant_is_asked_after_a_yes_or_an_unknown_helper);
	tcase_add_test(tc, a_program_that_replaces_any_other_is_not_refused_by_those_tried);
	tcase_add_test(tc, sleepable_programs_are_asked_about_where_that_may_be_the_reason);
	tcase_add_test(tc, only_a_no_for_sleepable_programs_makes_it_never);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
