/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Pairings and identities, on a machine that has slept for 500 s, in a namespace or not. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/clock.h>

#define SLEPT     500000000000
#define REAL      1700000000000000000
#define TAI       (REAL + 37000000000)
#define TICK      4000000
#define SPACE     7000000000
#define BOOTSPACE (SPACE + 11000000000)

static void see(struct kvet_clock_source *source, int64_t low, int64_t high)
{
	source->verdict = KVET_YES;
	source->measure.interval = (struct kvet_clock_interval){ low, high, 9 };
}

static struct kvet_clock_table machine(bool inside)
{
	int64_t shift = inside ? SPACE : 0, boot_shift = inside ? BOOTSPACE : 0;
	struct kvet_clock_table table = { .tick_ns = TICK,
					  .kernel = { .verdict = KVET_UNDETERMINED } };

	see(&table.user[KVET_CLOCK_MONOTONIC], -20, 20);
	see(&table.user[KVET_CLOCK_BOOTTIME], SLEPT + boot_shift - shift - 20,
	    SLEPT + boot_shift - shift + 20);
	see(&table.user[KVET_CLOCK_REALTIME], REAL - shift - 20, REAL - shift + 20);
	see(&table.user[KVET_CLOCK_TAI], TAI - shift - 20, TAI - shift + 20);
	see(&table.user[KVET_CLOCK_MONOTONIC_RAW], -90020, -89980);
	see(&table.user[KVET_CLOCK_MONOTONIC_COARSE], -TICK, -10);
	see(&table.bpf[KVET_CLOCK_MONOTONIC], -30, 30);
	see(&table.bpf[KVET_CLOCK_BOOTTIME], SLEPT - 30, SLEPT + 30);
	see(&table.bpf[KVET_CLOCK_TAI], TAI - 30, TAI + 30);
	see(&table.bpf[KVET_CLOCK_MONOTONIC_COARSE], -TICK, -10);
	table.bpf[KVET_CLOCK_MONOTONIC_COARSE].measure.still =
		(struct kvet_clock_interval){ -shift, -shift, 128 };
	table.envelope = (struct kvet_clock_interval){ shift - 600, shift + 200, 9 };
	table.ns = (struct kvet_clock_namespace){ true, inside, shift, boot_shift };
	see(&table.space, boot_shift - shift, boot_shift - shift);
	return table;
}

static void withhold_bpf(struct kvet_clock_table *table)
{
	for (int i = 0; i < KVET_CLOCK_COUNT; i++) {
		table->bpf[i] = (struct kvet_clock_source){ .verdict = KVET_UNDETERMINED };
		strcpy(table->bpf[i].cause.evidence, "not for you");
	}
	table->envelope = kvet_clock_interval_all();
}

static struct kvet_clock_pairing judge(const struct kvet_clock_table *table, const char *text)
{
	struct kvet_clock_pairing pairing;
	struct kvet_clock_pair pair;

	ck_assert_int_eq(kvet_clock_pair_parse(text, &pair, NULL), 0);
	kvet_clock_pair_judge(table, &pair, &pairing);
	return pairing;
}

/* The error lies within slack of wanted, and its interval holds wanted. */
static void errs(const struct kvet_clock_table *table, const char *text, int64_t wanted,
		 int64_t slack, int64_t slept_ns)
{
	struct kvet_clock_pairing pairing = judge(table, text);

	ck_assert_msg(pairing.verdict == KVET_YES, "%s: %s", text, pairing.cause.evidence);
	ck_assert_msg(pairing.error.low_ns <= wanted && wanted <= pairing.error.high_ns,
		      "%s: %lld to %lld holds %lld", text, (long long)pairing.error.low_ns,
		      (long long)pairing.error.high_ns, (long long)wanted);
	ck_assert_int_le(pairing.error.high_ns - pairing.error.low_ns, 2 * slack);
	ck_assert_int_eq(pairing.slept_ns, slept_ns);
}

START_TEST(the_founding_bug_is_the_time_slept)
{
	struct kvet_clock_table table = machine(false);

	errs(&table, "bpf:boottime,user:monotonic", SLEPT, 50, 1000000000);
	errs(&table, "bpf:mono,user:boot", -SLEPT, 50, -1000000000);
	errs(&table, "bpf:boot,user:boot", 0, 50, 0);
	errs(&table, "bpf:mono,user:mono", 0, 50, 0);
	errs(&table, "bpf:tai,user:tai", 0, 50, 0);
	errs(&table, "bpf:tai,user:real", 37000000000, 50, 0);
	errs(&table, "bpf:boot,user:real", SLEPT - REAL, 50, 0);
	errs(&table, "user:real,bpf:mono", REAL, 50, 1000000000);
	errs(&table, "user:boot,user:mono", SLEPT, 40, 1000000000);
	errs(&table, "bpf:boot,bpf:mono", SLEPT, 60, 1000000000);
	errs(&table, "bpf:boot,bpf:boot", 0, 0, 0);
	errs(&table, "bpf:coarse,user:mono", -10, TICK, 0);
}
END_TEST

/* In a namespace the sides' coarse clocks are apart by what it adds, and by nothing else. */
START_TEST(the_coarse_clock_of_one_side_minus_that_of_the_other)
{
	struct kvet_clock_table table = machine(true);

	errs(&table, "bpf:coarse,user:coarse", -SPACE, 0, 0);
	errs(&table, "user:coarse,bpf:coarse", SPACE, 0, 0);
	errs(&table, "user:coarse,user:coarse", 0, 0, 0);
	/* Seen apart by more than that while it stood still: what was seen counts. */
	table.bpf[KVET_CLOCK_MONOTONIC_COARSE].measure.still =
		(struct kvet_clock_interval){ -SPACE + 5, -SPACE + 5, 128 };
	errs(&table, "bpf:coarse,user:coarse", -SPACE + 5, 0, 0);
	errs(&table, "user:coarse,bpf:coarse", SPACE - 5, 0, 0);
}
END_TEST

START_TEST(the_kernel_s_integer_makes_it_exact)
{
	for (int inside = 0; inside < 2; inside++) {
		struct kvet_clock_table table = machine(inside);

		see(&table.kernel, SLEPT + 7, SLEPT + 7);
		errs(&table, "bpf:boot,user:mono", SLEPT + 7 - (inside ? SPACE : 0), 0, 1000000000);
		errs(&table, "bpf:mono,user:boot", -SLEPT - 7 - (inside ? BOOTSPACE : 0), 0,
		     -1000000000);
		withhold_bpf(&table);
		errs(&table, "bpf:boot,user:mono", SLEPT + 7 - (inside ? SPACE : 0), 0, 1000000000);
		/* One that contradicts the readings does not count. */
		table = machine(inside);
		see(&table.kernel, 7, 7);
		errs(&table, "bpf:boot,user:mono", SLEPT - (inside ? SPACE : 0), 50, 1000000000);
	}
}
END_TEST

START_TEST(a_namespace_shifts_what_user_space_reads)
{
	struct kvet_clock_table table = machine(true);

	errs(&table, "bpf:boottime,user:monotonic", SLEPT - SPACE, 50, 1000000000);
	errs(&table, "bpf:boottime,user:boottime", -BOOTSPACE, 50, 0);
	errs(&table, "bpf:tai,user:tai", 0, 50, 0);
}
END_TEST

START_TEST(a_namespace_that_is_not_known_leaves_the_envelope)
{
	struct kvet_clock_table table = machine(true);

	table.space.verdict = KVET_UNDETERMINED;
	memset(&table.ns, 0, sizeof(table.ns));
	errs(&table, "bpf:boottime,user:monotonic", SLEPT - SPACE, 450, 1000000000);
	withhold_bpf(&table);
	ck_assert_int_eq(judge(&table, "bpf:boot,user:mono").verdict, KVET_UNDETERMINED);
}
END_TEST

/* What /proc says of the namespace is no better than a measurement that it contradicts. */
START_TEST(a_namespace_that_the_measurement_contradicts_is_not_believed)
{
	struct kvet_clock_table table = machine(true);

	table.ns.monotonic_ns = table.ns.boottime_ns = 0;
	see(&table.space, 0, 0);
	errs(&table, "bpf:mono,user:mono", -SPACE, 450, 0);
	errs(&table, "user:mono,bpf:mono", SPACE, 450, 0);
}
END_TEST

START_TEST(every_clock_is_moved_by_what_the_kernel_moves_it_by)
{
	/* Suspend, step, leap second, rate, tick: of the two clocks, what one has alone. */
	static const char *const movers[KVET_CLOCK_COUNT][KVET_CLOCK_COUNT] = {
		/*             mono    boot    tai    real    raw     coarse */
		/* mono */ { "", "s", "sp", "spl", "r", "t" },
		/* boot */ { "s", "", "p", "pl", "sr", "st" },
		/* tai */ { "sp", "p", "", "l", "spr", "spt" },
		/* real */ { "spl", "pl", "l", "", "splr", "splt" },
		/* raw */ { "r", "sr", "spr", "splr", "", "rt" },
		/* coarse */ { "t", "st", "spt", "splt", "rt", "" },
	};
	static const char letters[] = "splrt";

	for (int a = 0; a < KVET_CLOCK_COUNT; a++)
		for (int b = 0; b < KVET_CLOCK_COUNT; b++) {
			unsigned int wanted = 0;

			for (const char *c = movers[a][b]; *c; c++)
				wanted |= 1U << (strchr(letters, *c) - letters);
			ck_assert_uint_eq(
				kvet_clock_apart_by((enum kvet_clock_id)a, (enum kvet_clock_id)b),
				wanted);
		}
}
END_TEST

START_TEST(without_bpf_its_side_is_inferred_and_said_to_be)
{
	for (int inside = 0; inside < 2; inside++) {
		struct kvet_clock_table table = machine(inside);
		struct kvet_clock_pairing pairing;

		withhold_bpf(&table);
		errs(&table, "bpf:boottime,user:monotonic", SLEPT - (inside ? SPACE : 0), 50,
		     1000000000);
		errs(&table, "bpf:tai,user:tai", 0, 50, 0);
		pairing = judge(&table, "bpf:boottime,user:monotonic");
		ck_assert(pairing.inferred);
		ck_assert_str_eq(pairing.cause.evidence, "not for you");
		ck_assert(!judge(&table, "user:boot,user:mono").inferred);
	}
}
END_TEST

START_TEST(a_helper_that_is_not_there_is_a_no)
{
	struct kvet_clock_table table = machine(false);

	table.bpf[KVET_CLOCK_TAI].verdict = KVET_NO;
	ck_assert_int_eq(judge(&table, "bpf:tai,user:tai").verdict, KVET_NO);
	ck_assert_int_eq(judge(&table, "user:tai,bpf:tai").verdict, KVET_NO);
	ck_assert_int_eq(judge(&table, "bpf:boot,user:tai").verdict, KVET_YES);
}
END_TEST

START_TEST(what_is_no_pairing_is_refused_with_its_words)
{
	static const struct {
		const char *text, *words;
	} wrong[] = {
		{ "", "is not STAMP,READ" },
		{ "bpf:boot", "is not STAMP,READ" },
		{ "boot,mono", "bpf:boot or user:boot" },
		{ "bpf:boot,mono", "bpf:mono or user:mono" },
		{ "kernel:boot,user:mono", "unknown side 'kernel': use bpf or user" },
		{ "bpf:bootime,user:mono", "did you mean 'boottime'?" },
		{ "bpf:boot,user:", "unknown clock ''" },
		{ "bpf:boot,user:mono,user:tai", "unknown clock" },
		{ "bpf:realtime,user:mono", "no helper" },
		{ "bpf:monotonic_raw,user:mono", "no helper" },
		{ "bpf:xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx,user:"
		  "tai",
		  "is not a clock" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct kvet_clock_pair pair;
		struct kvet_cause err;

		ck_assert_int_eq(kvet_clock_pair_parse(wrong[i].text, &pair, &err), -EINVAL);
		ck_assert_msg(strstr(err.evidence, wrong[i].words) != NULL, "'%s': '%s' says '%s'",
			      wrong[i].text, err.evidence, wrong[i].words);
	}
}
END_TEST

START_TEST(every_clock_has_a_name_that_finds_it)
{
	for (int i = 0; i < KVET_CLOCK_COUNT; i++) {
		enum kvet_clock_id clock = (enum kvet_clock_id)i;

		ck_assert_int_eq(kvet_clock_by_name(kvet_clock_name(clock)), i);
		ck_assert_int_eq(kvet_clock_helper(clock) < 0,
				 kvet_clock_helper_name(clock) == NULL);
	}
	ck_assert_int_eq(kvet_clock_by_name("sundial"), -1);
}
END_TEST

/* --- which clock a helper reads --------------------------------------------------------------- */

static struct kvet_clock_identity identify(const struct kvet_clock_table *table,
					   enum kvet_clock_id clock)
{
	struct kvet_clock_identity identity;

	kvet_clock_identify(table, clock, &identity);
	return identity;
}

START_TEST(each_helper_is_told_from_all_other_clocks_after_a_suspend)
{
	for (int inside = 0; inside < 2; inside++) {
		struct kvet_clock_table table = machine(inside);

		for (int i = 0; i < KVET_CLOCK_COUNT; i++) {
			struct kvet_clock_identity identity;

			if (kvet_clock_helper((enum kvet_clock_id)i) < 0)
				continue;
			identity = identify(&table, (enum kvet_clock_id)i);
			ck_assert_msg(identity.verdict == KVET_YES, "%d: %s", i,
				      identity.cause.evidence);
			ck_assert(identity.present);
			ck_assert_uint_eq(identity.matches, 1U << i);
		}
	}
}
END_TEST

START_TEST(before_the_first_suspend_two_clocks_match)
{
	struct kvet_clock_table table = machine(false);

	see(&table.user[KVET_CLOCK_BOOTTIME], -20, 20);
	see(&table.bpf[KVET_CLOCK_BOOTTIME], -30, 30);
	ck_assert_uint_eq(identify(&table, KVET_CLOCK_BOOTTIME).matches,
			  1U << KVET_CLOCK_BOOTTIME | 1U << KVET_CLOCK_MONOTONIC);
}
END_TEST

START_TEST(a_helper_that_reads_another_clock_is_found_out)
{
	struct kvet_clock_table table = machine(false);
	struct kvet_clock_identity identity;

	see(&table.bpf[KVET_CLOCK_BOOTTIME], -30, 30);
	identity = identify(&table, KVET_CLOCK_BOOTTIME);
	ck_assert_int_eq(identity.verdict, KVET_NO);
	ck_assert_uint_eq(identity.matches, 1U << KVET_CLOCK_MONOTONIC);
	ck_assert_ptr_nonnull(strstr(identity.cause.evidence, "boottime"));
}
END_TEST

/* What the helper showed, minus what user space's own coarse clock did while it stood still. */
static void stand(struct kvet_clock_table *table, int64_t low, int64_t high, uint64_t samples)
{
	table->bpf[KVET_CLOCK_MONOTONIC_COARSE].measure.still =
		(struct kvet_clock_interval){ low, high, samples };
}

START_TEST(a_coarse_clock_shows_what_user_space_s_own_does)
{
	static const struct {
		int64_t low, high;
		uint64_t samples;
		enum kvet_verdict verdict;
		bool matches;
	} cases[] = {
		{ 0, 0, 128, KVET_YES, true },
		{ 1, 1, 128, KVET_NO, false },
		{ -1, -1, 128, KVET_NO, false },
		{ 50, TICK, 512, KVET_NO, false },         /* MONOTONIC itself */
		{ SLEPT, SLEPT, 512, KVET_NO, false },     /* a coarse BOOTTIME */
		{ 0, TICK, 256, KVET_UNDETERMINED, true }, /* disturbed */
		{ -3, 0, 256, KVET_UNDETERMINED, true },
		{ 0, 0, 0, KVET_UNDETERMINED, false }, /* it never stood still */
	};

	for (int inside = 0; inside < 2; inside++)
		for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
			struct kvet_clock_table table = machine(inside);
			int64_t shift = inside ? SPACE : 0;
			struct kvet_clock_identity identity;

			stand(&table, cases[i].low - shift, cases[i].high - shift,
			      cases[i].samples);
			identity = identify(&table, KVET_CLOCK_MONOTONIC_COARSE);
			ck_assert_int_eq(identity.verdict, cases[i].verdict);
			ck_assert_uint_eq(identity.matches,
					  cases[i].matches ? 1U << KVET_CLOCK_MONOTONIC_COARSE : 0);
			ck_assert_int_eq(!*identity.cause.evidence, identity.verdict == KVET_YES);
		}
}
END_TEST

/* A virtual machine that was not run for a while: its next tick is late, and the lag long. */
START_TEST(a_late_tick_makes_no_other_clock_of_it)
{
	static const int64_t lags[][2] = {
		{ -TICK, -10 }, { -3 * TICK, -2 * TICK }, { -400 * TICK, -30 }, { TICK, 2 * TICK }
	};

	for (size_t i = 0; i < sizeof(lags) / sizeof(*lags); i++) {
		struct kvet_clock_table table = machine(false);

		see(&table.bpf[KVET_CLOCK_MONOTONIC_COARSE], lags[i][0], lags[i][1]);
		see(&table.user[KVET_CLOCK_MONOTONIC_COARSE], -TICK, -10);
		stand(&table, 0, 0, 128);
		ck_assert_int_eq(identify(&table, KVET_CLOCK_MONOTONIC_COARSE).verdict, KVET_YES);
	}
}
END_TEST

START_TEST(nothing_is_said_where_nothing_was_read)
{
	struct kvet_clock_table table = machine(false);

	table.space.verdict = KVET_UNDETERMINED;
	ck_assert_int_eq(identify(&table, KVET_CLOCK_BOOTTIME).verdict, KVET_UNDETERMINED);
	withhold_bpf(&table);
	ck_assert_int_eq(identify(&table, KVET_CLOCK_BOOTTIME).verdict, KVET_UNDETERMINED);
	ck_assert(!identify(&table, KVET_CLOCK_BOOTTIME).present);
	table.bpf[KVET_CLOCK_TAI].verdict = KVET_NO;
	ck_assert_int_eq(identify(&table, KVET_CLOCK_TAI).verdict, KVET_NO);
	/* A helper that ran, beside one that did not, has no bracket to be placed by. */
	see(&table.bpf[KVET_CLOCK_BOOTTIME], -30, 30);
	table.space.verdict = KVET_YES;
	ck_assert_int_eq(identify(&table, KVET_CLOCK_BOOTTIME).verdict, KVET_UNDETERMINED);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clock pair");
	TCase *tc = tcase_create("pair"), *id = tcase_create("identify");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, the_founding_bug_is_the_time_slept);
	tcase_add_test(tc, the_coarse_clock_of_one_side_minus_that_of_the_other);
	tcase_add_test(tc, the_kernel_s_integer_makes_it_exact);
	tcase_add_test(tc, a_namespace_shifts_what_user_space_reads);
	tcase_add_test(tc, a_namespace_that_is_not_known_leaves_the_envelope);
	tcase_add_test(tc, a_namespace_that_the_measurement_contradicts_is_not_believed);
	tcase_add_test(tc, every_clock_is_moved_by_what_the_kernel_moves_it_by);
	tcase_add_test(tc, without_bpf_its_side_is_inferred_and_said_to_be);
	tcase_add_test(tc, a_helper_that_is_not_there_is_a_no);
	tcase_add_test(tc, what_is_no_pairing_is_refused_with_its_words);
	tcase_add_test(tc, every_clock_has_a_name_that_finds_it);
	tcase_add_test(id, each_helper_is_told_from_all_other_clocks_after_a_suspend);
	tcase_add_test(id, before_the_first_suspend_two_clocks_match);
	tcase_add_test(id, a_helper_that_reads_another_clock_is_found_out);
	tcase_add_test(id, a_coarse_clock_shows_what_user_space_s_own_does);
	tcase_add_test(id, a_late_tick_makes_no_other_clock_of_it);
	tcase_add_test(id, nothing_is_said_where_nothing_was_read);
	suite_add_tcase(suite, tc);
	suite_add_tcase(suite, id);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
