/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <errno.h>
#include <stdlib.h>

#include <kvet/clock.h>

START_TEST(the_clocks_of_this_machine_give_an_interval)
{
	struct kvet_clock_measure measure = { 0 };
	struct kvet_error err = { 0 };

	ck_assert_int_eq(kvet_clock_measure_user(1000, &measure, &err), 0);
	ck_assert_uint_eq(measure.interval.samples, 1000);
	ck_assert_int_le(measure.interval.low_ns, measure.interval.high_ns);
	ck_assert_int_eq(err.cause.errnum, 0);
}
END_TEST

START_TEST(two_measures_without_a_suspend_overlap)
{
	struct kvet_clock_measure a = { 0 }, b = { 0 };
	struct kvet_clock_interval difference;

	ck_assert_int_eq(kvet_clock_measure_user(100, &a, NULL), 0);
	ck_assert_int_eq(kvet_clock_measure_user(100, &b, NULL), 0);
	difference = kvet_clock_interval_subtract(&a.interval, &b.interval);
	ck_assert_int_le(difference.low_ns, 0);
	ck_assert_int_ge(difference.high_ns, 0);
}
END_TEST

START_TEST(zero_samples_are_refused)
{
	struct kvet_clock_measure measure = { .suspends = 4711 };
	struct kvet_error err = { 0 };

	ck_assert_int_eq(kvet_clock_measure_user(0, &measure, &err), -EINVAL);
	ck_assert_str_eq(err.cause.source, "clock_gettime");
	ck_assert_uint_eq(measure.suspends, 4711);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clock vdso read");
	TCase *tc = tcase_create("read");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, the_clocks_of_this_machine_give_an_interval);
	tcase_add_test(tc, two_measures_without_a_suspend_overlap);
	tcase_add_test(tc, zero_samples_are_refused);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
