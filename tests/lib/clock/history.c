/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* When a machine slept, against machines of which all is known. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>

#include "clock/history.h"

#define S       1000000000LL
#define MS      1000000LL
#define REAL    (1700000000 * S)
#define SLEEPS  6
#define STARTS  64
#define MOMENTS 500

/* Sleeps in the order of MONOTONIC, at which the machine was when it fell asleep. */
struct machine {
	int sleeps;
	int64_t at_ns[SLEEPS];
	int64_t for_ns[SLEEPS];
	int64_t now_ns;
};

static int64_t slept_at(const struct machine *m, int64_t mono_ns)
{
	int64_t slept = 0;

	for (int i = 0; i < m->sleeps && m->at_ns[i] <= mono_ns; i++)
		slept += m->for_ns[i];
	return slept;
}

static struct kvet_clock_map map_of(const struct machine *m)
{
	struct kvet_clock_map map = { .ns = { .known = true } };
	int64_t slept = slept_at(m, m->now_ns);

	map.offset[KVET_CLOCK_BOOTTIME] = kvet_clock_interval_point(slept);
	map.offset[KVET_CLOCK_TAI] = kvet_clock_interval_point(REAL + slept + 37 * S);
	map.offset[KVET_CLOCK_REALTIME] =
		(struct kvet_clock_interval){ REAL + slept - 20, REAL + slept + 20, 9 };
	return map;
}

static int64_t below(int64_t limit)
{
	return ((int64_t)random() << 31 | random()) % limit;
}

static struct machine some_machine(void)
{
	struct machine m = { .sleeps = (int)below(SLEEPS + 1), .now_ns = S };

	for (int i = 0; i < m.sleeps; i++) {
		m.now_ns += S + below(100 * S);
		m.at_ns[i] = m.now_ns;
		m.for_ns[i] = 5 * MS + below(50 * S);
	}
	m.now_ns += S + below(100 * S);
	return m;
}

/* Tasks of that machine. Now and then one is preempted between its two readings, for long. */
static struct kvet_clock_history *history_of(const struct machine *m, size_t count)
{
	struct kvet_clock_start starts[STARTS];
	struct kvet_clock_history *history = NULL;

	for (size_t i = 0; i < count; i++) {
		int64_t mono = below(m->now_ns);

		starts[i].mono_ns = (uint64_t)mono;
		starts[i].boot_ns =
			(uint64_t)(mono + slept_at(m, mono) + below(i % 8 ? 500 : 10 * S));
	}
	ck_assert_int_eq(kvet_clock_history_of(starts, count, &history, NULL), 0);
	return history;
}

static void lies_within(int64_t truth, const struct kvet_clock_stamp *stamp)
{
	int64_t off = truth - (int64_t)stamp->ns;

	ck_assert_int_le(off < 0 ? -off : off, stamp->uncertainty_ns);
	ck_assert_uint_le(stamp->slept_ns, stamp->uncertainty_ns);
}

/* The same moment of a machine, by each clock. */
static int64_t moment_by(enum kvet_clock_id clock, const struct machine *m, int64_t mono)
{
	int64_t boot = mono + slept_at(m, mono);

	switch (clock) {
	case KVET_CLOCK_MONOTONIC:
		return mono;
	case KVET_CLOCK_TAI:
		return REAL + boot + 37 * S;
	case KVET_CLOCK_REALTIME:
		return REAL + boot;
	default:
		return boot;
	}
}

static const struct {
	enum kvet_clock_id from, to;
	bool exact; /* both include the time of a suspend: the history does not matter */
} conversions[] = {
	{ KVET_CLOCK_MONOTONIC, KVET_CLOCK_BOOTTIME, false },
	{ KVET_CLOCK_MONOTONIC, KVET_CLOCK_REALTIME, false },
	{ KVET_CLOCK_REALTIME, KVET_CLOCK_MONOTONIC, false },
	{ KVET_CLOCK_BOOTTIME, KVET_CLOCK_MONOTONIC, false },
	{ KVET_CLOCK_BOOTTIME, KVET_CLOCK_TAI, true },
};

START_TEST(a_stamp_of_any_moment_is_off_by_no_more_than_it_says)
{
	enum kvet_clock_id from = conversions[_i].from, to = conversions[_i].to;

	srandom(4711);
	for (int i = 0; i < MOMENTS; i++) {
		struct machine m = some_machine();
		struct kvet_clock_history *history = history_of(&m, (size_t)below(STARTS));
		struct kvet_clock_map map = map_of(&m);
		int64_t mono = below(m.now_ns);

		for (int known = 0; known < 2; known++) {
			struct kvet_clock_stamp stamp;
			int ret = kvet_clock_history_convert(known ? history : NULL, &map, from,
							     (uint64_t)moment_by(from, &m, mono),
							     to, &stamp, NULL);

			ck_assert_int_eq(ret, 0);
			lies_within(moment_by(to, &m, mono), &stamp);
			if (conversions[_i].exact)
				ck_assert_uint_eq(stamp.uncertainty_ns, 0);
		}
		kvet_clock_history_free(history);
	}
}
END_TEST

static struct kvet_clock_stamp to_boot(const struct kvet_clock_history *history,
				       const struct kvet_clock_map *map, int64_t mono)
{
	struct kvet_clock_stamp stamp;

	ck_assert_int_eq(kvet_clock_history_convert(history, map, KVET_CLOCK_MONOTONIC,
						    (uint64_t)mono, KVET_CLOCK_BOOTTIME, &stamp,
						    NULL),
			 0);
	return stamp;
}

#define ANY INT64_MAX

static const struct {
	struct machine machine;
	struct kvet_clock_start starts[STARTS];
	size_t count;
	struct {
		int64_t mono_ns, boot_ns;
		int64_t most_ns; /* of the uncertainty */
	} moments[SLEEPS + 1];
} told[] = {
	/* It slept for 7 s at 100 s, and for 30 s at 200 s; two tasks began in each stretch. */
	{ { 2, { 100 * S, 200 * S }, { 7 * S, 30 * S }, 300 * S },
	  { { 10 * S, 10 * S },
	    { 20 * S, 20 * S + 90 },
	    { 110 * S, 117 * S + 50 },
	    { 120 * S, 127 * S + 70 },
	    { 210 * S, 247 * S + 60 },
	    { 220 * S, 257 * S + 80 } },
	  6,
	  { { 299 * S, 336 * S, 0 }, /* after the last */
	    { 220 * S, 257 * S, 0 },
	    { 205 * S, 242 * S, 30 * S + MS }, /* no task since it woke */
	    { 195 * S, 202 * S, 30 * S + MS }, /* none before it fell asleep */
	    { 120 * S, 127 * S, 2 * MS },
	    { 20 * S, 20 * S, 2 * MS },
	    { 5 * S, 5 * S, 0 } } }, /* before all */
	/* A start whose two readings were 8 s apart says nothing about a suspend; the second start
	 * came after the suspend, and bounds nothing before the first. */
	{ { 1, { 100 * S }, { 7 * S }, 300 * S },
	  { { 50 * S, 58 * S }, { 110 * S, 117 * S + 50 } },
	  2,
	  { { 60 * S, 60 * S, ANY }, { 120 * S, 127 * S, ANY } } },
	/* Only starts after a moment tell what was slept until then. */
	{ { 1, { 100 * S }, { 7 * S }, 300 * S },
	  { { 10 * S, 10 * S }, { 20 * S, 20 * S } },
	  2,
	  { { 200 * S, 207 * S, ANY }, { 15 * S, 15 * S, ANY } } },
};

START_TEST(tasks_around_a_moment_make_it_certain)
{
	struct kvet_clock_map map = map_of(&told[_i].machine);
	struct kvet_clock_history *history = NULL;

	ck_assert_int_eq(kvet_clock_history_of(told[_i].starts, told[_i].count, &history, NULL), 0);
	for (size_t i = 0; i <= SLEEPS && told[_i].moments[i].mono_ns; i++) {
		struct kvet_clock_stamp stamp = to_boot(history, &map, told[_i].moments[i].mono_ns);

		lies_within(told[_i].moments[i].boot_ns, &stamp);
		ck_assert_int_le((int64_t)stamp.uncertainty_ns, told[_i].moments[i].most_ns);
	}
	kvet_clock_history_free(history);
}
END_TEST

START_TEST(nothing_is_known_where_nobody_tells)
{
	const struct machine m = { 1, { 100 * S }, { 7 * S }, 300 * S };
	struct kvet_clock_map map = map_of(&m);
	struct kvet_clock_history *none = NULL;

	ck_assert_int_eq(kvet_clock_history_of(NULL, 0, &none, NULL), 0);
	ck_assert_uint_eq(to_boot(none, &map, 200 * S).uncertainty_ns, 7 * S);
	ck_assert_uint_eq(to_boot(NULL, &map, 200 * S).uncertainty_ns, 7 * S);
	ck_assert_uint_eq(to_boot(NULL, &map, 200 * S).ns, 207 * S);
	kvet_clock_history_free(none);
	kvet_clock_history_free(NULL);
}
END_TEST

START_TEST(this_machine_tells_or_says_why_not)
{
	const struct kvet_host host = { .sysroot = NULL };
	struct kvet_clock_history *history = NULL;
	struct kvet_cause err = { 0 };
	int ret = kvet_clock_history_read(&host, &history, &err);

	if (ret) {
		/* Where no call has failed there is no errno: the kernel may have the other order
		 * of bytes than an emulated machine. */
		ck_assert(err.errnum == -ret || !err.errnum);
		ck_assert_str_ne(err.source, "");
		ck_assert_str_ne(err.evidence, "");
	} else {
		struct kvet_clock_interval total = kvet_clock_interval_point(INT64_MAX);

		/* This process is in it, and began later than at 0. */
		ck_assert_int_lt(
			kvet_clock_history_at(history, &total, KVET_CLOCK_MONOTONIC, 0, 0).high_ns,
			INT64_MAX);
	}
	kvet_clock_history_free(history);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clock history");
	TCase *tc = tcase_create("history");
	SRunner *runner = srunner_create(suite);
	int failed;

	kvet_host_quiet_libbpf();
	tcase_add_loop_test(tc, a_stamp_of_any_moment_is_off_by_no_more_than_it_says, 0,
			    sizeof(conversions) / sizeof(*conversions));
	tcase_add_loop_test(tc, tasks_around_a_moment_make_it_certain, 0,
			    sizeof(told) / sizeof(*told));
	tcase_add_test(tc, nothing_is_known_where_nobody_tells);
	tcase_add_test(tc, this_machine_tells_or_says_why_not);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
