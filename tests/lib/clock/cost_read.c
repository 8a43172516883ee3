/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a reading costs is the machine's: here, that there is a figure wherever there can be one. */
#include <check.h>
#include <stdlib.h>

#include <kvet/clock.h>

static const struct kvet_host host;

START_TEST(every_clock_of_user_space_costs_something)
{
	struct kvet_clock_costs costs;

	kvet_clock_costs_read(&host, &costs);
	for (int i = 0; i < KVET_CLOCK_COUNT; i++) {
		ck_assert_uint_gt(costs.user_ns[i], 0);
		ck_assert_int_lt(costs.vdso[i], KVET_VERDICT_COUNT);
	}
}
END_TEST

START_TEST(every_helper_that_can_be_run_costs_something)
{
	const struct kvet_clock_effort effort = { .samples = 1 };
	struct kvet_clock_costs costs;

	kvet_clock_costs_read(&host, &costs);
	for (int i = 0; i < KVET_CLOCK_COUNT; i++) {
		enum kvet_clock_id clock = (enum kvet_clock_id)i;
		struct kvet_clock_source source = { .verdict = KVET_NO };

		if (kvet_clock_helper(clock) >= 0)
			ck_assert_int_eq(kvet_clock_measure_bpf(&host, clock, &effort, &source,
								NULL, NULL, NULL),
					 0);
		ck_assert_int_eq(costs.bpf_ns[i] > 0, source.verdict == KVET_YES);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clock cost read");
	TCase *tc = tcase_create("read");
	SRunner *runner = srunner_create(suite);
	int failed;

	kvet_host_quiet_libbpf();
	tcase_add_test(tc, every_clock_of_user_space_costs_something);
	tcase_add_test(tc, every_helper_that_can_be_run_costs_something);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
