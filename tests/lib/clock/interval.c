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

START_TEST(a_point_holds_one_value)
{
	is(kvet_clock_interval_point(-7), -7, -7, 0);
	is(kvet_clock_interval_point(INT64_MIN), INT64_MIN, INT64_MIN, 0);
}
END_TEST

START_TEST(the_middle_is_no_further_from_an_end_than_the_uncertainty)
{
	static const struct kvet_clock_interval intervals[] = {
		{ 0, 0, 1 },
		{ -30, 20, 1 },
		{ 3, 4, 1 },
		{ -4, -3, 1 },
		{ INT64_MIN, INT64_MAX, 1 },
		{ INT64_MAX, INT64_MAX, 1 },
	};
	static const int64_t middles[] = { 0, -5, 3, -4, -1, INT64_MAX };

	for (size_t i = 0; i < sizeof(middles) / sizeof(*middles); i++) {
		int64_t middle = kvet_clock_interval_middle(&intervals[i]);
		uint64_t most = kvet_clock_interval_uncertainty(&intervals[i]);

		ck_assert_int_eq(middle, middles[i]);
		ck_assert_uint_le((uint64_t)middle - (uint64_t)intervals[i].low_ns, most);
		ck_assert_uint_eq((uint64_t)intervals[i].high_ns - (uint64_t)middle, most);
	}
}
END_TEST

START_TEST(a_rate_is_rounded_outwards)
{
	struct kvet_clock_interval start = { 0, 0, 1 }, end = { 1000, 1000, 1 };
	int64_t low, high;

	ck_assert(kvet_clock_rate(&start, &end, 1000000000, &low, &high));
	ck_assert_int_eq(low, 1000);
	ck_assert_int_eq(high, 1000);
	ck_assert(kvet_clock_rate(&start, &end, 3000000000, &low, &high));
	ck_assert_int_eq(low, 333);
	ck_assert_int_eq(high, 334);
	ck_assert(kvet_clock_rate(&end, &start, 3000000000, &low, &high));
	ck_assert_int_eq(low, -334);
	ck_assert_int_eq(high, -333);
	ck_assert(!kvet_clock_rate(&start, &end, 0, &low, &high));
}
END_TEST

/* --- properties, on clocks made up from a fixed seed ------------------------------------------ */

#define ROUNDS 2000

struct random {
	uint64_t state;
};

/* Marsaglia's xorshift64. */
static uint64_t next(struct random *random)
{
	random->state ^= random->state << 13;
	random->state ^= random->state >> 7;
	random->state ^= random->state << 17;
	return random->state;
}

/* A reading of two clocks that are offset_ns apart, with delays of 0 to 999 ns around it. */
static struct kvet_clock_sample reading(struct random *random, int64_t offset_ns)
{
	uint64_t before = ((uint64_t)1 << 50) + next(random) % ((uint64_t)1 << 50);
	uint64_t middle = before + next(random) % 1000;

	return (struct kvet_clock_sample){
		.before_ns = before,
		.clock_ns = middle + (uint64_t)offset_ns,
		.after_ns = middle + next(random) % 1000,
	};
}

static int64_t any_offset(struct random *random)
{
	return (int64_t)(next(random) % ((uint64_t)1 << 50)) - ((int64_t)1 << 49);
}

START_TEST(the_true_offset_is_always_inside_and_samples_never_widen)
{
	struct random random = { .state = 0x9e3779b97f4a7c15 };

	for (int round = 0; round < ROUNDS; round++) {
		struct kvet_clock_interval interval = kvet_clock_interval_all();
		int64_t offset = any_offset(&random);

		for (int i = 0; i < 20; i++) {
			struct kvet_clock_interval before = interval;
			struct kvet_clock_sample one = reading(&random, offset);

			ck_assert(kvet_clock_interval_add(&interval, &one));
			ck_assert(interval.low_ns <= offset && offset <= interval.high_ns);
			ck_assert(interval.low_ns >= before.low_ns &&
				  interval.high_ns <= before.high_ns);
		}
	}
}
END_TEST

START_TEST(the_intersection_is_empty_exactly_when_the_offset_left_it)
{
	struct random random = { .state = 88172645463325252 };

	for (int round = 0; round < ROUNDS; round++) {
		struct kvet_clock_interval interval = kvet_clock_interval_all(), before;
		int64_t offset = any_offset(&random);
		/* From no change at all to one that any bracket shows. */
		int64_t change = (int64_t)(next(&random) % 8000) - 4000;
		struct kvet_clock_sample one;
		bool remains;

		for (int i = 0; i < 20; i++) {
			one = reading(&random, offset);
			ck_assert(kvet_clock_interval_add(&interval, &one));
		}
		before = interval;
		one = reading(&random, offset + change);
		remains = kvet_clock_interval_add(&interval, &one);
		if (!change)
			ck_assert(remains);
		if (change < -2000 || change > 2000)
			ck_assert(!remains);
		if (!remains)
			ck_assert(interval.low_ns == before.low_ns &&
				  interval.high_ns == before.high_ns);
	}
}
END_TEST

START_TEST(the_order_of_the_samples_does_not_matter)
{
	struct random random = { .state = 2463534242 };

	for (int round = 0; round < ROUNDS; round++) {
		struct kvet_clock_interval forth = kvet_clock_interval_all(), back = forth;
		int64_t offset = any_offset(&random);
		struct kvet_clock_sample samples[16];

		for (int i = 0; i < 16; i++) {
			samples[i] = reading(&random, offset);
			ck_assert(kvet_clock_interval_add(&forth, &samples[i]));
		}
		for (int i = 15; i >= 0; i--)
			ck_assert(kvet_clock_interval_add(&back, &samples[i]));
		is(back, forth.low_ns, forth.high_ns, 16);
	}
}
END_TEST

START_TEST(a_difference_of_intervals_holds_the_difference_of_their_values)
{
	struct random random = { .state = 362436069 };

	for (int round = 0; round < ROUNDS; round++) {
		int64_t a = any_offset(&random), b = any_offset(&random);
		struct kvet_clock_interval of_a = kvet_clock_interval_all(), of_b = of_a, apart;
		struct kvet_clock_sample one = reading(&random, a);

		ck_assert(kvet_clock_interval_add(&of_a, &one));
		one = reading(&random, b);
		ck_assert(kvet_clock_interval_add(&of_b, &one));
		apart = kvet_clock_interval_subtract(&of_a, &of_b);
		ck_assert(apart.low_ns <= a - b && a - b <= apart.high_ns);
	}
}
END_TEST

START_TEST(intervals_overlap_if_one_value_may_be_both)
{
	static const struct {
		struct kvet_clock_interval a, b;
		bool overlap;
	} cases[] = {
		{ { 0, 10, 1 }, { 10, 20, 1 }, true }, { { 0, 10, 1 }, { 11, 20, 1 }, false },
		{ { 5, 5, 1 }, { 5, 5, 1 }, true },    { { 0, 10, 1 }, { 3, 4, 1 }, true },
		{ { -5, -1, 1 }, { -1, 3, 1 }, true }, { { -5, -1, 1 }, { 0, 3, 1 }, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ck_assert_int_eq(kvet_clock_interval_overlap(&cases[i].a, &cases[i].b),
				 cases[i].overlap);
		ck_assert_int_eq(kvet_clock_interval_overlap(&cases[i].b, &cases[i].a),
				 cases[i].overlap);
	}
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
	tcase_add_test(tc, a_point_holds_one_value);
	tcase_add_test(tc, the_middle_is_no_further_from_an_end_than_the_uncertainty);
	tcase_add_test(tc, a_rate_is_rounded_outwards);
	tcase_add_test(tc, the_true_offset_is_always_inside_and_samples_never_widen);
	tcase_add_test(tc, the_intersection_is_empty_exactly_when_the_offset_left_it);
	tcase_add_test(tc, the_order_of_the_samples_does_not_matter);
	tcase_add_test(tc, intervals_overlap_if_one_value_may_be_both);
	tcase_add_test(tc, a_difference_of_intervals_holds_the_difference_of_their_values);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
