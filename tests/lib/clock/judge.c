/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <stdlib.h>

#include <kvet/clock.h>

static void judges(int64_t low, int64_t high, uint64_t limit, enum kvet_verdict verdict)
{
	struct kvet_clock_interval interval = { low, high, 1 };

	ck_assert_str_eq(kvet_verdict_name(kvet_clock_judge(&interval, limit)),
			 kvet_verdict_name(verdict));
}

START_TEST(an_interval_below_the_limit_is_within)
{
	judges(40, 60, 100, KVET_YES);
	judges(-60, -40, 100, KVET_YES);
	judges(-60, 40, 100, KVET_YES);
}
END_TEST

START_TEST(an_interval_above_the_limit_is_not)
{
	judges(140, 160, 100, KVET_NO);
	judges(-160, -140, 100, KVET_NO);
}
END_TEST

START_TEST(a_limit_inside_the_interval_leaves_it_open)
{
	judges(40, 160, 100, KVET_UNDETERMINED);
	judges(-160, -40, 100, KVET_UNDETERMINED);
	judges(-160, 40, 100, KVET_UNDETERMINED);
	judges(-40, 160, 100, KVET_UNDETERMINED);
	judges(-160, 160, 100, KVET_UNDETERMINED);
}
END_TEST

START_TEST(the_limit_itself_is_within)
{
	judges(100, 100, 100, KVET_YES);
	judges(-100, 100, 100, KVET_YES);
	judges(-100, -100, 100, KVET_YES);
	judges(101, 101, 100, KVET_NO);
	judges(-101, -101, 100, KVET_NO);
	judges(100, 101, 100, KVET_UNDETERMINED);
	judges(-101, -100, 100, KVET_UNDETERMINED);
}
END_TEST

START_TEST(a_limit_of_zero_asks_for_equal_clocks)
{
	judges(0, 0, 0, KVET_YES);
	judges(-1, 1, 0, KVET_UNDETERMINED);
	judges(0, 1, 0, KVET_UNDETERMINED);
	judges(1, 2, 0, KVET_NO);
	judges(-2, -1, 0, KVET_NO);
}
END_TEST

START_TEST(the_most_extreme_offsets_are_judged)
{
	judges(INT64_MIN, INT64_MIN, (uint64_t)1 << 63, KVET_YES);
	judges(INT64_MIN, INT64_MIN, INT64_MAX, KVET_NO);
	judges(INT64_MAX, INT64_MAX, INT64_MAX, KVET_YES);
	judges(INT64_MIN, INT64_MAX, UINT64_MAX, KVET_YES);
}
END_TEST

START_TEST(no_samples_decide_nothing)
{
	struct kvet_clock_interval all = kvet_clock_interval_all();

	ck_assert_int_eq(kvet_clock_judge(&all, 0), KVET_UNDETERMINED);
	ck_assert_int_eq(kvet_clock_judge(&all, INT64_MAX), KVET_UNDETERMINED);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clock judge");
	TCase *tc = tcase_create("judge");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, an_interval_below_the_limit_is_within);
	tcase_add_test(tc, an_interval_above_the_limit_is_not);
	tcase_add_test(tc, a_limit_inside_the_interval_leaves_it_open);
	tcase_add_test(tc, the_limit_itself_is_within);
	tcase_add_test(tc, a_limit_of_zero_asks_for_equal_clocks);
	tcase_add_test(tc, the_most_extreme_offsets_are_judged);
	tcase_add_test(tc, no_samples_decide_nothing);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
