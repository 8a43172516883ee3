/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the controls say before any helper is asked for. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"

static struct kvet_probe_controls refusing(struct kvet_probe_attempt null,
					   struct kvet_probe_attempt absent,
					   struct kvet_probe_attempt reference)
{
	return (struct kvet_probe_controls){ .null = null,
					     .bogus = attempt(EINVAL, bogus_5_10),
					     .absent_type = absent,
					     .reference = reference };
}

static struct kvet_probe_answer judge_null(struct kvet_probe_attempt null,
					   struct kvet_probe_attempt absent,
					   struct kvet_probe_attempt reference)
{
	return judge_with(attempt(EINVAL, not_for_type_6_12), refusing(null, absent, reference));
}

START_TEST(a_type_refused_as_an_impossible_one_is_absent)
{
	struct kvet_probe_attempt refused = attempt(EINVAL, "");
	struct kvet_probe_answer answer = judge_null(refused, refused, attempt(0, ""));

	ck_assert_int_eq(answer.verdict, KVET_NO);
	ck_assert_str_eq(reason_of(&answer), "program type absent");
	ck_assert_ptr_nonnull(strstr(answer.cause.evidence, "a socket_filter loads"));
}
END_TEST

START_TEST(a_kernel_that_refuses_everything_says_nothing_about_a_type)
{
	struct kvet_probe_attempt refused = attempt(EINVAL, ""), odd = attempt(E2BIG, "");
	struct kvet_probe_answer answer = judge_null(refused, refused, refused);

	ck_assert_int_eq(answer.verdict, KVET_UNDETERMINED);
	ck_assert_str_eq(reason_of(&answer), "refused without a verifier message");
	ck_assert_str_eq(answer.cause.evidence, "an empty program is refused");
	answer = judge_null(refused, odd, attempt(0, ""));
	ck_assert_int_eq(answer.verdict, KVET_UNDETERMINED);
}
END_TEST

START_TEST(a_refused_null_program_is_undetermined)
{
	struct kvet_probe_attempt ok = attempt(0, "");
	struct kvet_probe_answer answer = judge_null(attempt(EPERM, ""), ok, ok);

	ck_assert_int_eq(answer.verdict, KVET_UNDETERMINED);
	ck_assert_str_eq(reason_of(&answer), "not permitted");
	ck_assert_int_eq(answer.attempt.errnum, EPERM);
	ck_assert_str_eq(answer.cause.evidence, "");
	/* A want of privilege says nothing of the type, whichever errno it has. */
	answer = judge_null(attempt(EACCES, ""), ok, ok);
	ck_assert_str_eq(reason_of(&answer), "not permitted");
	ck_assert_str_eq(answer.cause.evidence, "");
	answer = judge_null(attempt(EINVAL, "strange words\n"), ok, ok);
	ck_assert_int_eq(answer.verdict, KVET_UNDETERMINED);
	ck_assert_str_eq(reason_of(&answer), "empty program refused");
	ck_assert_str_eq(answer.cause.evidence, "strange words");
}
END_TEST

START_TEST(an_attach_type_refused_as_an_impossible_one_is_absent)
{
	struct kvet_probe_controls controls =
		refusing(attempt(EINVAL, PROCESSED(0)), attempt(EINVAL, ""), attempt(0, ""));
	struct kvet_probe_answer answer;

	controls.has_sibling = true;
	controls.absent_attach = attempt(EINVAL, PROCESSED(0));
	answer = judge_with(attempt(EINVAL, ""), controls);
	ck_assert_int_eq(answer.verdict, KVET_NO);
	ck_assert_int_eq(answer.reason, KVET_REASON_ATTACH_ABSENT);
	/* With no attach type at all it is the type that is absent. */
	controls.has_sibling = false;
	answer = judge_with(attempt(EINVAL, ""), controls);
	ck_assert_int_eq(answer.reason, KVET_REASON_TYPE_ABSENT);
	/* A kernel that takes any attach type has not refused for this one. */
	controls.has_sibling = true;
	controls.absent_attach = attempt(0, "");
	answer = judge_with(attempt(EINVAL, ""), controls);
	ck_assert_int_eq(answer.verdict, KVET_UNDETERMINED);
}
END_TEST

START_TEST(a_type_for_which_no_target_was_found_is_undetermined)
{
	struct kvet_probe_controls controls =
		refusing(attempt(EINVAL, no_target_6_1), attempt(EINVAL, ""), attempt(0, ""));
	struct kvet_probe_answer answer;

	controls.targeted = controls.target_missing = true;
	answer = judge_with(attempt(EINVAL, ""), controls);
	ck_assert_int_eq(answer.verdict, KVET_UNDETERMINED);
	ck_assert_int_eq(answer.reason, KVET_REASON_NO_TARGET);
	ck_assert_str_ne(answer.cause.remedy, "");
	/* Want of permission comes first: it is what can be mended. */
	controls.null = attempt(EPERM, "");
	ck_assert_int_eq(judge_with(attempt(EPERM, ""), controls).reason,
			 KVET_REASON_NOT_PERMITTED);
	/* A type that is not built in is told from one that wants a target. */
	controls.null = attempt(EINVAL, "");
	ck_assert_int_eq(judge_with(attempt(EINVAL, ""), controls).reason, KVET_REASON_TYPE_ABSENT);
}
END_TEST

START_TEST(a_type_that_cannot_sleep_is_unsupported_in_the_words_of_every_kernel)
{
	static const char *const logs[] = { cannot_sleep_5_10, cannot_sleep_6_1, cannot_sleep_6_12,
					    cannot_sleep_7_3, cgroup_cannot_sleep_6_1 };
	static const char *const awake[] = { target_awake_6_1, target_awake_7_3 };
	struct kvet_probe_attempt absent = attempt(EINVAL, ""), ok = attempt(0, "");

	for (size_t i = 0; i < sizeof(logs) / sizeof(*logs); i++) {
		struct kvet_probe_answer answer = judge_null(attempt(EINVAL, logs[i]), absent, ok);

		ck_assert_int_eq(answer.verdict, KVET_NO);
		ck_assert_int_eq(answer.reason, KVET_REASON_CANNOT_SLEEP);
	}
	/* Another target may. */
	for (size_t i = 0; i < sizeof(awake) / sizeof(*awake); i++) {
		struct kvet_probe_answer answer = judge_null(attempt(EINVAL, awake[i]), absent, ok);

		ck_assert_int_eq(answer.verdict, KVET_UNDETERMINED);
		ck_assert_int_eq(answer.reason, KVET_REASON_NO_TARGET);
	}
}
END_TEST

START_TEST(what_one_target_is_refused_another_may_be_allowed)
{
	struct kvet_probe_controls controls = good();
	struct kvet_probe_answer answer;

	controls.targeted = true;
	answer = judge_with(attempt(EINVAL, not_allowed_6_18), controls);
	ck_assert_int_eq(answer.verdict, KVET_UNDETERMINED);
	ck_assert_int_eq(answer.reason, KVET_REASON_TARGET);
}
END_TEST

static struct kvet_probe_answer judge_bogus(struct kvet_probe_attempt bogus)
{
	struct kvet_probe_controls controls = { .bogus = bogus };

	return judge_with(attempt(0, loaded), controls);
}

START_TEST(an_impossible_helper_that_is_not_refused_as_such_spoils_the_answer)
{
	struct kvet_probe_answer answer = judge_bogus(attempt(0, loaded));

	ck_assert_int_eq(answer.verdict, KVET_UNDETERMINED);
	ck_assert_str_eq(reason_of(&answer), "nonexistent helper accepted");
	answer = judge_bogus(attempt(EINVAL, not_for_type_6_12));
	ck_assert_int_eq(answer.verdict, KVET_UNDETERMINED);
	ck_assert_str_eq(reason_of(&answer), "nonexistent helper refused unexpectedly");
	answer = judge_bogus(attempt(EPERM, ""));
	ck_assert_int_eq(answer.verdict, KVET_UNDETERMINED);
	ck_assert_str_eq(reason_of(&answer), "not permitted");
	ck_assert_str_eq(answer.cause.evidence, "said of a nonexistent helper");
	ck_assert_int_eq(answer.attempt.errnum, EPERM);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("probe controls");
	TCase *tc = tcase_create("controls");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, a_type_refused_as_an_impossible_one_is_absent);
	tcase_add_test(tc, a_kernel_that_refuses_everything_says_nothing_about_a_type);
	tcase_add_test(tc, a_refused_null_program_is_undetermined);
	tcase_add_test(tc, an_attach_type_refused_as_an_impossible_one_is_absent);
	tcase_add_test(tc, a_type_for_which_no_target_was_found_is_undetermined);
	tcase_add_test(tc, a_type_that_cannot_sleep_is_unsupported_in_the_words_of_every_kernel);
	tcase_add_test(tc, what_one_target_is_refused_another_may_be_allowed);
	tcase_add_test(tc, an_impossible_helper_that_is_not_refused_as_such_spoils_the_answer);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
