/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a pairing promises, held against machines to which things happen. A machine is what the
 * kernel keeps: each clock is computed from that, so that nothing here rests on what the library
 * holds to be the cause of a difference.
 */
#include <check.h>
#include <stdlib.h>

#include <kvet/clock.h>

#define S     1000000000LL
#define DAY   (86400 * S)
#define TICK  4000000LL
#define LIMIT 10000000LL /* 10 ms: two ticks, and more than any bracket */

struct machine {
	int64_t slept_ns; /* offs_boot */
	int64_t epoch_ns; /* TAI - BOOTTIME: whoever sets the clock sets this */
	int64_t tai_ns;   /* TAI - REALTIME */
	int64_t raw_ns;   /* MONOTONIC_RAW - MONOTONIC */
	int64_t lag_ns;   /* how late the coarse clock is at most */
	int64_t space_mono_ns, space_boot_ns;
};

/* All clocks agree by chance: nothing but a promise tells them apart. */
static const struct machine fresh = { .lag_ns = TICK };

/* A clock of the kernel's, minus its MONOTONIC. */
static int64_t offset_of(const struct machine *m, enum kvet_clock_id clock)
{
	switch (clock) {
	case KVET_CLOCK_BOOTTIME:
		return m->slept_ns;
	case KVET_CLOCK_TAI:
		return m->slept_ns + m->epoch_ns;
	case KVET_CLOCK_REALTIME:
		return m->slept_ns + m->epoch_ns - m->tai_ns;
	case KVET_CLOCK_MONOTONIC_RAW:
		return m->raw_ns;
	default:
		return 0;
	}
}

static int64_t space_of(const struct machine *m, enum kvet_clock_id clock)
{
	if (clock == KVET_CLOCK_BOOTTIME)
		return m->space_boot_ns;
	return clock == KVET_CLOCK_TAI || clock == KVET_CLOCK_REALTIME ? 0 : m->space_mono_ns;
}

static void see(struct kvet_clock_source *source, int64_t offset, int64_t lag_ns)
{
	*source = (struct kvet_clock_source){
		.verdict = KVET_YES,
		.measure.interval = { offset - lag_ns - 20, offset + 20, 9 },
	};
}

static struct kvet_clock_table table_of(const struct machine *m, bool bpf)
{
	struct kvet_clock_table table = {
		.tick_ns = TICK,
		.kernel.verdict = KVET_UNDETERMINED,
		.ns = { true, true, m->space_mono_ns, m->space_boot_ns },
		.space = { .verdict = KVET_YES,
			   .measure.interval =
				   kvet_clock_interval_point(m->space_boot_ns - m->space_mono_ns) },
		.envelope = { m->space_mono_ns - 500, m->space_mono_ns + 500, 9 },
	};

	for (int i = 0; i < KVET_CLOCK_COUNT; i++) {
		enum kvet_clock_id clock = (enum kvet_clock_id)i;
		int64_t lag_ns = clock == KVET_CLOCK_MONOTONIC_COARSE ? m->lag_ns : 0;

		see(&table.user[i], offset_of(m, clock) + space_of(m, clock) - m->space_mono_ns,
		    lag_ns);
		table.bpf[i].verdict = KVET_UNDETERMINED;
		if (bpf && kvet_clock_helper(clock) >= 0)
			see(&table.bpf[i], offset_of(m, clock), lag_ns);
	}
	table.bpf[KVET_CLOCK_MONOTONIC_COARSE].measure.still =
		(struct kvet_clock_interval){ -m->space_mono_ns, -m->space_mono_ns, 128 };
	return table;
}

/* What a day may bring. */
static const struct {
	const char *name;
	struct machine after;
} events[] = {
	{ "nothing", { .lag_ns = TICK } },
	{ "two ticks", { .lag_ns = 2 * TICK } },
	{ "a suspend", { .slept_ns = 30 * S, .lag_ns = TICK } },
	{ "a step", { .epoch_ns = -3600 * S, .lag_ns = TICK } },
	{ "a leap second", { .tai_ns = S, .lag_ns = TICK } },
	{ "a TAI offset", { .tai_ns = 37 * S, .epoch_ns = 37 * S, .lag_ns = TICK } },
	{ "500 ppm for a day", { .raw_ns = DAY / 2000, .lag_ns = TICK } },
	{ "all of it",
	  { .slept_ns = 7 * S, .epoch_ns = 9 * S, .tai_ns = S, .raw_ns = -S, .lag_ns = TICK } },
};

#define EVENTS (sizeof(events) / sizeof(*events))

static void for_each_pair(void (*visit)(const struct kvet_clock_pair *pair))
{
	for (int s = 0; s < KVET_CLOCK_COUNT * 2; s++)
		for (int r = 0; r < KVET_CLOCK_COUNT * 2; r++) {
			const struct kvet_clock_pair pair = {
				{ s % 2 ? KVET_CLOCK_USER : KVET_CLOCK_BPF,
				  (enum kvet_clock_id)(s / 2) },
				{ r % 2 ? KVET_CLOCK_USER : KVET_CLOCK_BPF,
				  (enum kvet_clock_id)(r / 2) },
			};

			if ((s % 2 || kvet_clock_helper(pair.stamp.clock) >= 0) &&
			    (r % 2 || kvet_clock_helper(pair.read.clock) >= 0))
				visit(&pair);
		}
}

static enum kvet_verdict within(const struct machine *m, const struct kvet_clock_pair *pair,
				bool bpf, bool now)
{
	struct kvet_clock_table table = table_of(m, bpf);
	struct kvet_clock_pairing pairing;

	kvet_clock_pair_judge(&table, pair, &pairing);
	ck_assert_int_eq(pairing.verdict, KVET_YES);
	return kvet_clock_pair_within(&pairing, LIMIT, now);
}

static void keeps_its_promise(const struct kvet_clock_pair *pair)
{
	for (int bpf = 0; bpf < 2; bpf++) {
		enum kvet_verdict promised = within(&fresh, pair, bpf, false);
		const char *breaks = NULL;

		ck_assert_int_eq(within(&fresh, pair, bpf, true), KVET_YES);
		for (size_t i = 0; i < EVENTS; i++)
			if (within(&events[i].after, pair, bpf, true) != KVET_YES)
				breaks = events[i].name;
		ck_assert_msg(
			(promised == KVET_YES) == !breaks, "%s:%s,%s:%s is promised %s, but for %s",
			kvet_clock_side_name(pair->stamp.side), kvet_clock_name(pair->stamp.clock),
			kvet_clock_side_name(pair->read.side), kvet_clock_name(pair->read.clock),
			kvet_verdict_name(promised), breaks ? breaks : "nothing");
		ck_assert_int_ne(promised, KVET_UNDETERMINED);
	}
}

START_TEST(a_yes_survives_whatever_happens_and_a_no_does_not)
{
	for_each_pair(keeps_its_promise);
}
END_TEST

static void is_shifted(const struct kvet_clock_pair *pair)
{
	const struct machine inside = { .lag_ns = TICK,
					.space_mono_ns = 3 * S,
					.space_boot_ns = 5 * S };
	int64_t stamp =
		pair->stamp.side == KVET_CLOCK_USER ? space_of(&inside, pair->stamp.clock) : 0;
	int64_t read = pair->read.side == KVET_CLOCK_USER ? space_of(&inside, pair->read.clock) : 0;

	for (int bpf = 0; bpf < 2; bpf++) {
		struct kvet_clock_table table = table_of(&inside, bpf);
		struct kvet_clock_pairing pairing;

		kvet_clock_pair_judge(&table, pair, &pairing);
		ck_assert_int_le(pairing.error.low_ns, stamp - read);
		ck_assert_int_ge(pairing.error.high_ns, stamp - read);
		ck_assert_int_eq(within(&inside, pair, bpf, true),
				 stamp == read ? KVET_YES : KVET_NO);
		/* A namespace's offsets are fixed: they make a no of a yes, never the reverse. */
		ck_assert_int_eq(within(&inside, pair, bpf, false),
				 stamp == read ? within(&fresh, pair, bpf, false) : KVET_NO);
	}
}

START_TEST(a_namespace_shifts_every_pairing_by_what_it_adds)
{
	for_each_pair(is_shifted);
}
END_TEST

START_TEST(a_lag_that_was_seen_beyond_the_limit_is_a_no)
{
	const struct machine late = { .lag_ns = 5 * TICK };
	const struct kvet_clock_pair pair = { { KVET_CLOCK_BPF, KVET_CLOCK_MONOTONIC_COARSE },
					      { KVET_CLOCK_USER, KVET_CLOCK_MONOTONIC } };
	struct kvet_clock_table table = table_of(&fresh, true);
	struct kvet_clock_pairing pairing;

	ck_assert_int_eq(within(&late, &pair, true, true), KVET_NO);
	ck_assert_int_eq(within(&late, &pair, true, false), KVET_NO);
	kvet_clock_pair_judge(&table, &pair, &pairing);
	ck_assert_int_eq(kvet_clock_pair_within(&pairing, TICK / 2, false), KVET_NO);
	/* More than was seen, and less than may come. */
	ck_assert_int_eq(kvet_clock_pair_within(&pairing, TICK * 3 / 2, false), KVET_UNDETERMINED);
	ck_assert_int_eq(kvet_clock_pair_within(&pairing, TICK * 3 / 2, true), KVET_YES);
	ck_assert_int_eq(kvet_clock_pair_within(&pairing, TICK * 5 / 2, false), KVET_YES);
}
END_TEST

START_TEST(what_is_not_measured_promises_nothing)
{
	const struct kvet_clock_pairing unknown = { .verdict = KVET_UNDETERMINED };
	const struct kvet_clock_pairing absent = { .verdict = KVET_NO };

	for (int now = 0; now < 2; now++) {
		ck_assert_int_eq(kvet_clock_pair_within(&unknown, LIMIT, now), KVET_UNDETERMINED);
		ck_assert_int_eq(kvet_clock_pair_within(&absent, LIMIT, now), KVET_UNDETERMINED);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clock promise");
	TCase *tc = tcase_create("promise");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, a_yes_survives_whatever_happens_and_a_no_does_not);
	tcase_add_test(tc, a_namespace_shifts_every_pairing_by_what_it_adds);
	tcase_add_test(tc, a_lag_that_was_seen_beyond_the_limit_is_a_no);
	tcase_add_test(tc, what_is_not_measured_promises_nothing);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
