/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/clock.h>

#define S    1000000000LL
#define REAL (1700000000 * S)

/* A machine that has slept for slept_ns, whose wall clock was set ahead by set_ns. */
static struct kvet_clock_map map_of(int64_t slept_ns, int64_t set_ns, int64_t noise_ns)
{
	struct kvet_clock_map map = { .ns = { .known = true } };
	int64_t real = REAL + slept_ns + set_ns;

	map.offset[KVET_CLOCK_BOOTTIME] =
		(struct kvet_clock_interval){ slept_ns - noise_ns, slept_ns + noise_ns, 9 };
	map.offset[KVET_CLOCK_REALTIME] =
		(struct kvet_clock_interval){ real - noise_ns, real + noise_ns, 9 };
	map.offset[KVET_CLOCK_TAI] = (struct kvet_clock_interval){ real + 37 * S - noise_ns,
								   real + 37 * S + noise_ns, 9 };
	return map;
}

static void converts(const struct kvet_clock_map *map, enum kvet_clock_id from, uint64_t ns,
		     enum kvet_clock_id to, uint64_t wanted, uint64_t uncertainty, uint64_t slept)
{
	struct kvet_clock_stamp stamp;

	ck_assert_int_eq(kvet_clock_map_convert(map, from, ns, to, &stamp, NULL), 0);
	ck_assert_uint_eq(stamp.ns, wanted);
	ck_assert_uint_eq(stamp.uncertainty_ns, uncertainty);
	ck_assert_uint_eq(stamp.slept_ns, slept);
}

START_TEST(stamps_are_converted_with_their_uncertainty)
{
	struct kvet_clock_map map = map_of(500 * S, 0, 20);

	converts(&map, KVET_CLOCK_BOOTTIME, 600 * S, KVET_CLOCK_REALTIME, REAL + 600 * S, 40, 0);
	converts(&map, KVET_CLOCK_REALTIME, REAL + 600 * S, KVET_CLOCK_BOOTTIME, 600 * S, 40, 0);
	converts(&map, KVET_CLOCK_TAI, REAL + 637 * S, KVET_CLOCK_REALTIME, REAL + 600 * S, 40, 0);
	converts(&map, KVET_CLOCK_BOOTTIME, 7, KVET_CLOCK_BOOTTIME, 7, 0, 0);
}
END_TEST

START_TEST(a_stamp_of_monotonic_may_be_from_before_a_sleep)
{
	struct kvet_clock_map map = map_of(500 * S, 0, 20);

	converts(&map, KVET_CLOCK_MONOTONIC, 100 * S, KVET_CLOCK_REALTIME, REAL + 600 * S, 500 * S,
		 500 * S - 20);
	converts(&map, KVET_CLOCK_REALTIME, REAL + 600 * S, KVET_CLOCK_MONOTONIC, 100 * S, 500 * S,
		 500 * S - 20);
	converts(&map, KVET_CLOCK_BOOTTIME, 600 * S, KVET_CLOCK_MONOTONIC, 100 * S, 500 * S,
		 500 * S - 20);
	map = map_of(0, 0, 0);
	converts(&map, KVET_CLOCK_MONOTONIC, 100 * S, KVET_CLOCK_REALTIME, REAL + 100 * S, 0, 0);
}
END_TEST

START_TEST(what_has_no_place_on_the_other_clock_is_refused)
{
	struct kvet_clock_map map = map_of(500 * S, 0, 20);
	struct kvet_clock_stamp stamp = { .ns = 4711 };
	struct kvet_cause err;

	ck_assert_int_eq(kvet_clock_map_convert(&map, KVET_CLOCK_REALTIME, REAL - S,
						KVET_CLOCK_BOOTTIME, &stamp, &err),
			 -ERANGE);
	ck_assert_int_eq(kvet_clock_map_convert(&map, KVET_CLOCK_BOOTTIME, UINT64_MAX,
						KVET_CLOCK_REALTIME, &stamp, &err),
			 -ERANGE);
	ck_assert_int_eq(kvet_clock_map_convert(&map, KVET_CLOCK_BOOTTIME, INT64_MAX,
						KVET_CLOCK_REALTIME, &stamp, &err),
			 -ERANGE);
	ck_assert_int_eq(kvet_clock_map_convert(&map, KVET_CLOCK_MONOTONIC_RAW, 1,
						KVET_CLOCK_REALTIME, &stamp, &err),
			 -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.evidence, "monotonic_raw"));
	ck_assert_uint_eq(stamp.ns, 4711);
}
END_TEST

START_TEST(an_event_with_both_stamps_tells_whether_the_map_holds)
{
	struct kvet_clock_map map = map_of(500 * S, 0, 20);

	ck_assert_int_eq(kvet_clock_map_drift(&map, 100 * S, 600 * S, 0), 0);
	ck_assert_int_eq(kvet_clock_map_drift(&map, 100 * S, 600 * S + 120, 100), 0);
	ck_assert_int_eq(kvet_clock_map_drift(&map, 100 * S, 607 * S, 100), 7 * S - 20);
	ck_assert_int_eq(kvet_clock_map_drift(&map, 100 * S, 590 * S, 100), -10 * S + 20);
	ck_assert_int_eq(kvet_clock_map_drift(&map, 100 * S, 607 * S, UINT64_MAX), 0);
}
END_TEST

static struct kvet_clock_change change(struct kvet_clock_map before, struct kvet_clock_map after)
{
	struct kvet_clock_change found;

	kvet_clock_map_compare(&before, &after, &found);
	return found;
}

START_TEST(nothing_happened)
{
	struct kvet_clock_change found = change(map_of(5 * S, 0, 20), map_of(5 * S + 10, 0, 20));

	ck_assert(!found.slept && !found.stepped && !found.moved);
}
END_TEST

START_TEST(a_suspend_is_no_step_of_the_wall_clock)
{
	struct kvet_clock_change found = change(map_of(5 * S, 0, 20), map_of(8 * S, 0, 20));

	ck_assert(found.slept && !found.stepped && !found.moved);
	ck_assert_int_eq(found.slept_ns.low_ns, 3 * S - 40);
	ck_assert_int_eq(found.slept_ns.high_ns, 3 * S + 40);
	found = change(map_of(5 * S, 0, 0), map_of(8 * S, 0, 0));
	ck_assert_int_eq(found.slept_ns.low_ns, 3 * S);
	ck_assert_int_eq(found.slept_ns.high_ns, 3 * S);
}
END_TEST

START_TEST(a_step_of_the_wall_clock_is_no_suspend)
{
	struct kvet_clock_change found = change(map_of(5 * S, 0, 20), map_of(5 * S, -2 * S, 20));

	ck_assert(!found.slept && found.stepped && !found.moved);
	ck_assert_int_le(found.stepped_ns.low_ns, -2 * S);
	ck_assert_int_ge(found.stepped_ns.high_ns, -2 * S);
}
END_TEST

START_TEST(both_at_once_are_told_apart)
{
	struct kvet_clock_change found = change(map_of(5 * S, 0, 20), map_of(9 * S, S, 20));

	ck_assert(found.slept && found.stepped);
	ck_assert_int_ge(found.stepped_ns.high_ns, S);
	ck_assert_int_le(found.stepped_ns.low_ns, S);
}
END_TEST

START_TEST(another_namespace_is_noticed)
{
	static const struct kvet_clock_namespace spaces[] = {
		{ true, false, 0, 0 }, { true, true, 0, 0 }, { true, true, 1, 0 },
		{ true, true, 0, 1 },  { true, true, 1, 1 },
	};
	const size_t count = sizeof(spaces) / sizeof(*spaces);

	for (size_t i = 0; i < count * count; i++) {
		struct kvet_clock_map from = map_of(5 * S, 0, 20), to = from;

		from.ns = spaces[i / count];
		to.ns = spaces[i % count];
		ck_assert_int_eq(change(from, to).moved, i / count != i % count);
	}
}
END_TEST

/* What is told, set and leapt, each alone and with the others: TAI = REALTIME + told. */
static struct kvet_clock_map told(int64_t slept_ns, int64_t set_ns, int64_t told_ns)
{
	struct kvet_clock_map map = map_of(slept_ns, set_ns, 20);
	struct kvet_clock_interval less = kvet_clock_interval_point(37 * S - told_ns);

	map.offset[KVET_CLOCK_TAI] =
		kvet_clock_interval_subtract(&map.offset[KVET_CLOCK_TAI], &less);
	return map;
}

START_TEST(a_leap_second_is_no_step)
{
	static const struct {
		int64_t slept_ns, set_ns, told_ns;
		bool slept, stepped, leapt, retold;
	} cases[] = {
		{ 0, -S, S, false, false, true, false },    /* inserted */
		{ 0, S, -S, false, false, true, false },    /* deleted */
		{ 3 * S, -S, S, true, false, true, false }, /* and a suspend meanwhile */
		{ 0, -S, 0, false, true, false, false },    /* a step of a second */
		{ 0, S, 0, false, true, false, false },
		{ 0, -2 * S, 2 * S, false, true, false, true }, /* no leap is as long */
		{ 0, 0, 37 * S, false, false, false, true },    /* what NTP tells after a boot */
		{ 0, 0, S, false, false, false, true },
		{ 0, 5 * S, 37 * S, false, true, false, true },
		{ 0, -S / 2, 0, false, true, false, false },
		{ 3 * S, 0, 0, true, false, false, false },
		{ 0, 0, 0, false, false, false, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct kvet_clock_change found = change(
			told(0, 0, 0), told(cases[i].slept_ns, cases[i].set_ns, cases[i].told_ns));

		ck_assert_int_eq(found.slept, cases[i].slept);
		ck_assert_int_eq(found.stepped, cases[i].stepped);
		ck_assert_int_eq(found.leapt, cases[i].leapt);
		ck_assert_int_eq(found.retold, cases[i].retold);
		ck_assert_int_le(found.stepped_ns.low_ns, cases[i].set_ns);
		ck_assert_int_ge(found.stepped_ns.high_ns, cases[i].set_ns);
		ck_assert_int_le(found.retold_ns.low_ns, cases[i].told_ns);
		ck_assert_int_ge(found.retold_ns.high_ns, cases[i].told_ns);
	}
}
END_TEST

START_TEST(a_map_of_this_machine_agrees_with_the_next)
{
	const struct kvet_clock_effort effort = { .samples = 1000 };
	struct kvet_clock_map a, b;

	ck_assert_int_eq(kvet_clock_map_read(NULL, &effort, &a, NULL), 0);
	ck_assert_int_eq(kvet_clock_map_read(NULL, &effort, &b, NULL), 0);
	ck_assert(!change(a, b).slept);
}
END_TEST

START_TEST(a_watch_sees_nothing_while_nothing_happens)
{
	struct kvet_clock_watch *watch = NULL;
	struct kvet_clock_change found;
	struct kvet_clock_map map;

	ck_assert_int_eq(kvet_clock_watch_open(&watch, NULL, NULL), 0);
	ck_assert_int_ge(kvet_clock_watch_fd(watch), 0);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(kvet_clock_watch_next(watch, &map, &found, NULL), 0);
		ck_assert(!found.slept && !found.moved);
		ck_assert_int_le(map.offset[KVET_CLOCK_BOOTTIME].low_ns,
				 map.offset[KVET_CLOCK_BOOTTIME].high_ns);
	}
	kvet_clock_watch_close(watch);
	kvet_clock_watch_close(NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clock map");
	TCase *tc = tcase_create("map");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, stamps_are_converted_with_their_uncertainty);
	tcase_add_test(tc, a_stamp_of_monotonic_may_be_from_before_a_sleep);
	tcase_add_test(tc, what_has_no_place_on_the_other_clock_is_refused);
	tcase_add_test(tc, an_event_with_both_stamps_tells_whether_the_map_holds);
	tcase_add_test(tc, nothing_happened);
	tcase_add_test(tc, a_suspend_is_no_step_of_the_wall_clock);
	tcase_add_test(tc, a_step_of_the_wall_clock_is_no_suspend);
	tcase_add_test(tc, both_at_once_are_told_apart);
	tcase_add_test(tc, another_namespace_is_noticed);
	tcase_add_test(tc, a_leap_second_is_no_step);
	tcase_add_test(tc, a_map_of_this_machine_agrees_with_the_next);
	tcase_add_test(tc, a_watch_sees_nothing_while_nothing_happens);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
