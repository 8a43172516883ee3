/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#include <kvet/clock.h>

#include "clock/context.h"
#include "clock/path_read.h"
#include "tests/lib/tree.h"

/* --- adjtimex(2): states as machines show them ----------------------------------------------- */

static struct kvet_clock_ntp describe(int state, const struct timex *timex)
{
	struct kvet_clock_ntp ntp;

	kvet_clock_ntp_describe(state, timex, &ntp);
	return ntp;
}

START_TEST(a_clock_that_nobody_holds)
{
	/* Debian under QEMU, nothing running: status is STA_UNSYNC alone. */
	const struct timex timex = { .status = STA_UNSYNC, .maxerror = 16000000 };
	struct kvet_clock_ntp ntp = describe(TIME_ERROR, &timex);

	ck_assert(!ntp.synchronized);
	ck_assert_str_eq(ntp.state, "error");
	ck_assert_int_eq(ntp.max_error_ns, 16000000000);
	ck_assert_int_eq(ntp.frequency_ppb, 0);
	ck_assert_int_eq(ntp.tai_s, 0);
}
END_TEST

START_TEST(a_clock_that_ntp_holds)
{
	const struct timex timex = {
		.status = STA_PLL | STA_NANO, .freq = -812345, .maxerror = 34500, .tai = 37
	};
	struct kvet_clock_ntp ntp = describe(TIME_OK, &timex);

	ck_assert(ntp.synchronized);
	ck_assert_str_eq(ntp.state, "ok");
	ck_assert_int_eq(ntp.frequency_ppb, -12395);
	ck_assert_int_eq(ntp.max_error_ns, 34500000);
	ck_assert_int_eq(ntp.tai_s, 37);
}
END_TEST

START_TEST(leap_seconds_have_names)
{
	const struct timex timex = { .status = STA_PLL };

	ck_assert_str_eq(describe(TIME_INS, &timex).state, "insert");
	ck_assert_str_eq(describe(TIME_DEL, &timex).state, "delete");
	ck_assert_str_eq(describe(TIME_OOP, &timex).state, "leap");
	ck_assert_str_eq(describe(TIME_WAIT, &timex).state, "wait");
	ck_assert_str_eq(describe(99, &timex).state, "error");
	ck_assert(describe(TIME_INS, &timex).synchronized);
}
END_TEST

/* --- /dev/kmsg -------------------------------------------------------------------------------- */

START_TEST(the_last_resume_counts)
{
	/* Debian 6.12 under QEMU. */
	ck_assert_uint_eq(kvet_clock_last_resume("6,976,1955321,-;PM: suspend entry (deep)\n"
						 "6,985,1985664,-;PM: suspend exit\n"
						 "6,986,1990000,-;PM: suspend entry (deep)\n"
						 " SUBSYSTEM=acpi\n"
						 "6,995,9985664,-,caller=T1;PM: suspend exit\n"
						 "6,996,9999999,-;e1000: link up\n"),
			  9985664000);
}
END_TEST

START_TEST(a_log_without_a_resume_has_none)
{
	ck_assert_uint_eq(kvet_clock_last_resume(""), 0);
	ck_assert_uint_eq(kvet_clock_last_resume("6,985,1985664,-;PM: suspend entry (deep)\n"), 0);
	ck_assert_uint_eq(kvet_clock_last_resume("PM: suspend exit\n;PM: suspend exit\n"), 0);
	ck_assert_uint_eq(kvet_clock_last_resume("12,1,5,-;somebody wrote: PM: suspend exit\n"), 0);
}
END_TEST

/* --- all of it -------------------------------------------------------------------------------- */

START_TEST(files_are_read_below_the_sysroot)
{
	struct kvet_clock_context context;

	tree_write("/sys/devices/system/clocksource/clocksource0/current_clocksource", "acpi_pm\n");
	tree_write("/sys/power/suspend_stats/success", "3\n");
	tree_write("/dev/kmsg", "6,985,1985664,-;PM: suspend exit\n");
	kvet_clock_context_read(&tree_host, &context);
	ck_assert_str_eq(context.clocksource, "acpi_pm");
	ck_assert_int_eq(context.suspends, 3);
	ck_assert_uint_eq(context.last_suspend_ns, 1985664000);
}
END_TEST

START_TEST(what_is_not_there_is_unknown)
{
	struct kvet_clock_context context;

	kvet_clock_context_read(&tree_host, &context);
	ck_assert_str_eq(context.clocksource, "");
	ck_assert_int_eq(context.suspends, -1);
	ck_assert_uint_eq(context.last_suspend_ns, 0);
}
END_TEST

START_TEST(the_path_is_tried_without_harm_to_this_thread)
{
	enum kvet_verdict vdso[KVET_CLOCK_COUNT];
	struct timespec now;

	kvet_clock_path_read(vdso);
	/* Coarse clocks need no clock source, which is all that the vDSO may lack. */
	for (int i = 0; i < KVET_CLOCK_COUNT; i++)
		ck_assert(vdso[i] != KVET_YES || vdso[KVET_CLOCK_MONOTONIC_COARSE] == KVET_YES);
	/* CPU time has no vDSO: this thread may still make the call. */
	ck_assert_int_eq(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clock context read");
	TCase *pure = tcase_create("pure"), *tc = tcase_create("read");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(pure, a_clock_that_nobody_holds);
	tcase_add_test(pure, a_clock_that_ntp_holds);
	tcase_add_test(pure, leap_seconds_have_names);
	tcase_add_test(pure, the_last_resume_counts);
	tcase_add_test(pure, a_log_without_a_resume_has_none);
	tcase_add_checked_fixture(tc, tree_make, tree_drop);
	tcase_add_test(tc, files_are_read_below_the_sysroot);
	tcase_add_test(tc, what_is_not_there_is_unknown);
	tcase_add_test(tc, the_path_is_tried_without_harm_to_this_thread);
	suite_add_tcase(suite, pure);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
