/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <stdlib.h>

#include <kvet/clock.h>

/* A table whose sources say these; low > high stands for a source that is withheld. */
static struct kvet_clock_table said(int64_t user_low, int64_t user_high, int64_t bpf_low,
				    int64_t bpf_high)
{
	struct kvet_clock_table table = { 0 };

	table.user[KVET_CLOCK_BOOTTIME].measure.interval =
		(struct kvet_clock_interval){ user_low, user_high, 100 };
	table.bpf[KVET_CLOCK_BOOTTIME].measure.interval =
		(struct kvet_clock_interval){ bpf_low, bpf_high, 50 };
	table.bpf[KVET_CLOCK_BOOTTIME].verdict = bpf_low > bpf_high ? KVET_UNDETERMINED : KVET_YES;
	table.kernel.verdict = KVET_UNDETERMINED;
	table.space.measure.interval = kvet_clock_interval_point(0);
	return table;
}

static void kernel_says(struct kvet_clock_table *table, int64_t offset_ns)
{
	table->kernel.verdict = KVET_YES;
	table->kernel.measure.interval = kvet_clock_interval_point(offset_ns);
}

static void concludes(const struct kvet_clock_table *table, int64_t low, int64_t high,
		      enum kvet_verdict agree, unsigned int reasons)
{
	struct kvet_clock_conclusion conclusion;

	kvet_clock_conclude(table, &conclusion);
	ck_assert_int_eq(conclusion.offset.low_ns, low);
	ck_assert_int_eq(conclusion.offset.high_ns, high);
	ck_assert_str_eq(kvet_verdict_name(conclusion.agree), kvet_verdict_name(agree));
	ck_assert_uint_eq(conclusion.reasons, reasons);
}

START_TEST(the_kernel_s_integer_makes_it_exact)
{
	struct kvet_clock_table table = said(80, 120, 70, 130);

	kernel_says(&table, 101);
	concludes(&table, 101, 101, KVET_YES, 0);
}
END_TEST

START_TEST(without_it_the_two_sides_intersect)
{
	struct kvet_clock_table table = said(80, 120, 70, 110);

	concludes(&table, 80, 110, KVET_YES, KVET_CLOCK_KERNEL_WITHHELD);
}
END_TEST

START_TEST(the_user_side_alone_agrees_with_nobody)
{
	struct kvet_clock_table table = said(80, 120, 1, 0);

	concludes(&table, 80, 120, KVET_UNDETERMINED,
		  KVET_CLOCK_KERNEL_WITHHELD | KVET_CLOCK_BPF_WITHHELD);
}
END_TEST

START_TEST(a_namespace_is_taken_off_the_user_side_alone)
{
	struct kvet_clock_table table = said(4000080, 4000120, 70, 130);

	table.space.measure.interval = kvet_clock_interval_point(4000000);
	kernel_says(&table, 101);
	concludes(&table, 101, 101, KVET_YES, KVET_CLOCK_SHIFTED);
	table = said(-3999920, -3999880, 1, 0);
	table.space.measure.interval = kvet_clock_interval_point(-4000000);
	concludes(&table, 80, 120, KVET_UNDETERMINED,
		  KVET_CLOCK_SHIFTED | KVET_CLOCK_KERNEL_WITHHELD | KVET_CLOCK_BPF_WITHHELD);
}
END_TEST

START_TEST(a_namespace_that_is_not_known_silences_the_user_side)
{
	struct kvet_clock_table table = said(4000080, 4000120, 70, 130);

	table.space.verdict = KVET_UNDETERMINED;
	concludes(&table, 70, 130, KVET_UNDETERMINED,
		  KVET_CLOCK_SHIFT_UNKNOWN | KVET_CLOCK_KERNEL_WITHHELD);
	kernel_says(&table, 101);
	concludes(&table, 101, 101, KVET_YES, KVET_CLOCK_SHIFT_UNKNOWN);
}
END_TEST

START_TEST(nobody_to_listen_to_leaves_it_open)
{
	struct kvet_clock_table table = said(4000080, 4000120, 1, 0);

	table.space.verdict = KVET_UNDETERMINED;
	concludes(&table, INT64_MIN, INT64_MAX, KVET_UNDETERMINED,
		  KVET_CLOCK_SHIFT_UNKNOWN | KVET_CLOCK_KERNEL_WITHHELD | KVET_CLOCK_BPF_WITHHELD);
}
END_TEST

START_TEST(a_suspend_while_measuring_is_a_reason_not_a_conflict)
{
	struct kvet_clock_table table = said(80, 120, 70, 130);

	table.suspends = 1;
	kernel_says(&table, 101);
	concludes(&table, 101, 101, KVET_YES, KVET_CLOCK_SLEPT);
}
END_TEST

START_TEST(a_conflict_is_named_and_the_nearest_to_the_kernel_is_believed)
{
	struct kvet_clock_table table = said(80, 120, 200, 230);

	concludes(&table, 200, 230, KVET_NO, KVET_CLOCK_KERNEL_WITHHELD | KVET_CLOCK_CONFLICT);
	kernel_says(&table, 101);
	concludes(&table, 101, 101, KVET_NO, KVET_CLOCK_CONFLICT);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clock conclude");
	TCase *tc = tcase_create("conclude");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, the_kernel_s_integer_makes_it_exact);
	tcase_add_test(tc, without_it_the_two_sides_intersect);
	tcase_add_test(tc, the_user_side_alone_agrees_with_nobody);
	tcase_add_test(tc, a_namespace_is_taken_off_the_user_side_alone);
	tcase_add_test(tc, a_namespace_that_is_not_known_silences_the_user_side);
	tcase_add_test(tc, nobody_to_listen_to_leaves_it_open);
	tcase_add_test(tc, a_suspend_while_measuring_is_a_reason_not_a_conflict);
	tcase_add_test(tc, a_conflict_is_named_and_the_nearest_to_the_kernel_is_believed);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
