/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <stdlib.h>

#include <kvet/clock.h>

static struct kvet_clock_sample sample(uint64_t before, uint64_t boot, uint64_t after)
{
	return (struct kvet_clock_sample){ before, boot, after };
}

static bool add(struct kvet_clock_interval *interval, uint64_t before, uint64_t boot,
		uint64_t after)
{
	struct kvet_clock_sample one = sample(before, boot, after);

	return kvet_clock_interval_add(interval, &one);
}

static void is(struct kvet_clock_interval interval, int64_t low, int64_t high, uint64_t samples)
{
	ck_assert_int_eq(interval.low_ns, low);
	ck_assert_int_eq(interval.high_ns, high);
	ck_assert_uint_eq(interval.samples, samples);
}

START_TEST(the_interval_of_no_samples_excludes_nothing)
{
	is(kvet_clock_interval_all(), INT64_MIN, INT64_MAX, 0);
}
END_TEST

START_TEST(one_sample_gives_its_bracket)
{
	struct kvet_clock_interval interval = kvet_clock_interval_all();

	ck_assert(add(&interval, 1000, 5010, 1030));
	is(interval, 3980, 4010, 1);
}
END_TEST

START_TEST(samples_intersect)
{
	struct kvet_clock_interval interval = kvet_clock_interval_all();

	ck_assert(add(&interval, 1000, 5010, 1030)); /* 3980 to 4010 */
	ck_assert(add(&interval, 2000, 6005, 2100)); /* 3905 to 4005 */
	ck_assert(add(&interval, 3000, 7090, 3100)); /* 3990 to 4090 */
	is(interval, 3990, 4005, 3);
}
END_TEST

START_TEST(a_wider_sample_narrows_nothing_but_counts)
{
	struct kvet_clock_interval interval = kvet_clock_interval_all();

	ck_assert(add(&interval, 1000, 5010, 1030));
	ck_assert(add(&interval, 2000, 6500, 3000)); /* 3500 to 4500 */
	is(interval, 3980, 4010, 2);
}
END_TEST

START_TEST(an_empty_intersection_leaves_the_interval_alone)
{
	struct kvet_clock_interval interval = kvet_clock_interval_all();

	ck_assert(add(&interval, 1000, 5010, 1030));
	ck_assert(!add(&interval, 2000, 6011, 2000)); /* 4011 */
	ck_assert(!add(&interval, 2000, 5979, 2000)); /* 3979 */
	is(interval, 3980, 4010, 1);
}
END_TEST

START_TEST(the_ends_belong_to_the_interval)
{
	struct kvet_clock_interval interval = kvet_clock_interval_all();

	ck_assert(add(&interval, 1000, 5010, 1030));
	ck_assert(add(&interval, 2000, 6010, 2000)); /* 4010, the upper end */
	is(interval, 4010, 4010, 2);
	ck_assert(add(&interval, 3000, 7010, 3020)); /* 3990 to 4010 */
	is(interval, 4010, 4010, 3);
}
END_TEST

START_TEST(an_exact_reading_gives_one_point)
{
	struct kvet_clock_interval interval = kvet_clock_interval_all();

	ck_assert(add(&interval, 7, 7, 7));
	is(interval, 0, 0, 1);
}
END_TEST

START_TEST(a_boottime_behind_monotonic_is_a_negative_offset)
{
	struct kvet_clock_interval interval = kvet_clock_interval_all();

	ck_assert(add(&interval, 5000, 1000, 5030));
	is(interval, -4030, -4000, 1);
}
END_TEST

START_TEST(readings_past_the_signed_range_still_subtract_exactly)
{
	struct kvet_clock_interval interval = kvet_clock_interval_all();

	ck_assert(add(&interval, UINT64_MAX - 10, UINT64_MAX, UINT64_MAX - 4));
	is(interval, 4, 10, 1);
}
END_TEST

START_TEST(a_difference_past_the_range_stays_at_its_end)
{
	struct kvet_clock_interval interval = kvet_clock_interval_all();

	ck_assert(add(&interval, 0, UINT64_MAX, UINT64_MAX));
	is(interval, 0, INT64_MAX, 1);
	interval = kvet_clock_interval_all();
	ck_assert(add(&interval, 0, 0, UINT64_MAX));
	is(interval, INT64_MIN, 0, 1);
	interval = kvet_clock_interval_all();
	ck_assert(add(&interval, 0, (uint64_t)1 << 63, 1));
	is(interval, INT64_MAX, INT64_MAX, 1);
}
END_TEST

START_TEST(a_monotonic_that_went_backwards_excludes_everything)
{
	struct kvet_clock_interval interval = kvet_clock_interval_all();

	ck_assert(!add(&interval, 1001, 5000, 1000));
	is(interval, INT64_MIN, INT64_MAX, 0);
}
END_TEST

START_TEST(subtracting_takes_the_far_ends)
{
	struct kvet_clock_interval a = { 100, 140, 9 }, b = { 30, 50, 5 };

	is(kvet_clock_interval_subtract(&a, &b), 50, 110, 5);
	is(kvet_clock_interval_subtract(&b, &a), -110, -50, 5);
	is(kvet_clock_interval_subtract(&a, &a), -40, 40, 9);
}
END_TEST

START_TEST(subtracting_stays_at_the_ends_of_the_range)
{
	struct kvet_clock_interval lowest = { INT64_MIN, INT64_MIN, 1 };
	struct kvet_clock_interval highest = { INT64_MAX, INT64_MAX, 1 };
	struct kvet_clock_interval all = kvet_clock_interval_all();
	struct kvet_clock_interval zero = { 0, 0, 1 };

	is(kvet_clock_interval_subtract(&highest, &lowest), INT64_MAX, INT64_MAX, 1);
	is(kvet_clock_interval_subtract(&lowest, &highest), INT64_MIN, INT64_MIN, 1);
	is(kvet_clock_interval_subtract(&zero, &lowest), INT64_MAX, INT64_MAX, 1);
	is(kvet_clock_interval_subtract(&all, &all), INT64_MIN, INT64_MAX, 0);
	is(kvet_clock_interval_subtract(&all, &zero), INT64_MIN, INT64_MAX, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clock interval");
	TCase *tc = tcase_create("interval");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, the_interval_of_no_samples_excludes_nothing);
	tcase_add_test(tc, one_sample_gives_its_bracket);
	tcase_add_test(tc, samples_intersect);
	tcase_add_test(tc, a_wider_sample_narrows_nothing_but_counts);
	tcase_add_test(tc, an_empty_intersection_leaves_the_interval_alone);
	tcase_add_test(tc, the_ends_belong_to_the_interval);
	tcase_add_test(tc, an_exact_reading_gives_one_point);
	tcase_add_test(tc, a_boottime_behind_monotonic_is_a_negative_offset);
	tcase_add_test(tc, readings_past_the_signed_range_still_subtract_exactly);
	tcase_add_test(tc, a_difference_past_the_range_stays_at_its_end);
	tcase_add_test(tc, a_monotonic_that_went_backwards_excludes_everything);
	tcase_add_test(tc, subtracting_takes_the_far_ends);
	tcase_add_test(tc, subtracting_stays_at_the_ends_of_the_range);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
