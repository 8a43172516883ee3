/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <errno.h>
#include <stdlib.h>

#include <kvet/clock.h>

static const struct kvet_clock_effort thousand = { .samples = 1000 };

START_TEST(every_clock_of_this_machine_gives_an_interval)
{
	for (int clock = 0; clock < KVET_CLOCK_COUNT; clock++) {
		struct kvet_clock_measure measure = { 0 };
		struct kvet_cause err = { 0 };

		ck_assert_int_eq(kvet_clock_measure_user((enum kvet_clock_id)clock, &thousand,
							 &measure, &err),
				 0);
		ck_assert_uint_eq(measure.interval.samples, 1000);
		ck_assert_int_le(measure.interval.low_ns, measure.interval.high_ns);
		ck_assert_uint_ne(measure.tightest_ns, UINT64_MAX);
		ck_assert_int_eq(err.errnum, 0);
	}
}
END_TEST

START_TEST(monotonic_is_not_apart_from_itself)
{
	struct kvet_clock_measure measure = { 0 };

	ck_assert_int_eq(kvet_clock_measure_user(KVET_CLOCK_MONOTONIC, &thousand, &measure, NULL),
			 0);
	ck_assert_int_le(measure.interval.low_ns, 0);
	ck_assert_int_ge(measure.interval.high_ns, 0);
}
END_TEST

START_TEST(an_intersection_is_no_wider_than_its_tightest_bracket)
{
	struct kvet_clock_measure measure = { 0 };

	ck_assert_int_eq(kvet_clock_measure_user(KVET_CLOCK_BOOTTIME, &thousand, &measure, NULL),
			 0);
	if (measure.changes)
		return; /* this machine has just been suspended */
	ck_assert_uint_le((uint64_t)(measure.interval.high_ns - measure.interval.low_ns),
			  measure.tightest_ns);
}
END_TEST

START_TEST(two_measures_without_a_suspend_overlap)
{
	struct kvet_clock_measure a = { 0 }, b = { 0 };

	ck_assert_int_eq(kvet_clock_measure_user(KVET_CLOCK_BOOTTIME, &thousand, &a, NULL), 0);
	ck_assert_int_eq(kvet_clock_measure_user(KVET_CLOCK_BOOTTIME, &thousand, &b, NULL), 0);
	ck_assert(kvet_clock_interval_overlap(&a.interval, &b.interval));
}
END_TEST

START_TEST(zero_samples_are_refused)
{
	const struct kvet_clock_effort none = { 0 };
	struct kvet_clock_measure measure = { .changes = 4711 };
	struct kvet_cause err = { 0 };

	ck_assert_int_eq(kvet_clock_measure_user(KVET_CLOCK_BOOTTIME, &none, &measure, &err),
			 -EINVAL);
	ck_assert_str_eq(err.source, "clock_gettime");
	ck_assert_uint_eq(measure.changes, 4711);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clock vdso read");
	TCase *tc = tcase_create("read");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, every_clock_of_this_machine_gives_an_interval);
	tcase_add_test(tc, monotonic_is_not_apart_from_itself);
	tcase_add_test(tc, an_intersection_is_no_wider_than_its_tightest_bracket);
	tcase_add_test(tc, two_measures_without_a_suspend_overlap);
	tcase_add_test(tc, zero_samples_are_refused);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
