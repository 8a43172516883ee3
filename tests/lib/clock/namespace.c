/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock/namespace.h"

static void parses(const char *text, int64_t monotonic, int64_t boottime)
{
	int64_t mono = 4711, boot = 4711;

	ck_assert_int_eq(kvet_clock_namespace_parse(text, &mono, &boot, NULL), 0);
	ck_assert_int_eq(mono, monotonic);
	ck_assert_int_eq(boot, boottime);
}

static void refuses(const char *text, int errnum)
{
	int64_t mono = 4711, boot = 4711;
	struct kvet_cause err = { 0 };

	ck_assert_msg(kvet_clock_namespace_parse(text, &mono, &boot, &err) == -errnum,
		      "'%s' is refused", text);
	ck_assert_int_eq(err.errnum, 0);
	ck_assert_str_eq(err.source, "/proc/self/timens_offsets");
	ck_assert_str_ne(err.evidence, "");
	ck_assert_int_eq(mono, 4711);
	ck_assert_int_eq(boot, 4711);
	ck_assert_int_eq(kvet_clock_namespace_parse(text, &mono, &boot, NULL), -errnum);
}

START_TEST(the_initial_namespace_adds_nothing)
{
	parses("monotonic           0         0\n"
	       "boottime            0         0\n",
	       0, 0);
}
END_TEST

START_TEST(seconds_and_nanoseconds_add_up)
{
	parses("monotonic        5000         1\n"
	       "boottime       100000 999999999\n",
	       5000000000001, 100000999999999);
}
END_TEST

START_TEST(nanoseconds_add_up_on_negative_seconds_too)
{
	parses("monotonic          -1 500000000\n"
	       "boottime        -7063         1\n",
	       -500000000, -7062999999999);
}
END_TEST

START_TEST(the_last_line_needs_no_newline)
{
	parses("monotonic 1 0\nboottime 2 0", 1000000000, 2000000000);
}
END_TEST

START_TEST(the_order_of_the_clocks_and_other_clocks_do_not_matter)
{
	parses("boottime 2 0\ntai 37 0\n\nmonotonic_raw 8 0\nmonotonic 1 0\n", 1000000000,
	       2000000000);
}
END_TEST

START_TEST(the_largest_offsets_fit)
{
	parses("monotonic  9223372036 854775807\n"
	       "boottime  -9223372036         0\n",
	       INT64_MAX, -9223372036000000000);
}
END_TEST

START_TEST(offsets_past_64_bits_are_out_of_range)
{
	refuses("monotonic 9223372036 854775808\nboottime 0 0\n", ERANGE);
	refuses("monotonic 0 0\nboottime -9223372038 0\n", ERANGE);
	refuses("monotonic 0 0\nboottime 9223372036854775807 0\n", ERANGE);
}
END_TEST

START_TEST(a_missing_clock_is_refused)
{
	refuses("", EINVAL);
	refuses("\n", EINVAL);
	refuses("monotonic 0 0\n", EINVAL);
	refuses("boottime 0 0\n", EINVAL);
	refuses("1 0 0\n7 0 0\n", EINVAL);
}
END_TEST

START_TEST(malformed_lines_are_refused)
{
	static const char *const lines[] = {
		"monotonic",
		"monotonic ",
		"monotonic 1",
		"monotonic 1 ",
		"monotonic\n1 0",
		"monotonic 1\n0",
		"monotonic x 0",
		"monotonic 1 y",
		"monotonic 1 0 0",
		"monotonic 1.5 0",
		"monotonic 0x10 0",
		"monotonic +1 0",
		"monotonic - 1 0",
		"monotonic 1 -1",
		"monotonic 1 1000000000",
		"monotonic 99999999999999999999 0",
		"monotonic 1 99999999999999999999",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		char text[128];

		snprintf(text, sizeof(text), "%s\nboottime 0 0\n", lines[i]);
		refuses(text, EINVAL);
		snprintf(text, sizeof(text), "boottime 0 0\n%s", lines[i]);
		refuses(text, EINVAL);
	}
}
END_TEST

START_TEST(it_shifts_what_counts_from_the_boot_and_nothing_else)
{
	const struct kvet_clock_namespace ns = { true, true, 7, 11 };
	static const int64_t shifts[KVET_CLOCK_COUNT] = {
		[KVET_CLOCK_MONOTONIC] = 7,     [KVET_CLOCK_BOOTTIME] = 11,
		[KVET_CLOCK_TAI] = 0,           [KVET_CLOCK_REALTIME] = 0,
		[KVET_CLOCK_MONOTONIC_RAW] = 7, [KVET_CLOCK_MONOTONIC_COARSE] = 7,
	};

	for (int a = 0; a < KVET_CLOCK_COUNT; a++)
		for (int b = 0; b < KVET_CLOCK_COUNT; b++) {
			struct kvet_clock_interval apart = kvet_clock_namespace_apart(
				&ns, (enum kvet_clock_id)a, (enum kvet_clock_id)b);

			ck_assert_int_eq(kvet_clock_namespace_shift(&ns, (enum kvet_clock_id)a),
					 shifts[a]);
			ck_assert_int_eq(apart.low_ns, shifts[a] - shifts[b]);
			ck_assert_int_eq(apart.high_ns, shifts[a] - shifts[b]);
		}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clock namespace");
	TCase *tc = tcase_create("parse");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, it_shifts_what_counts_from_the_boot_and_nothing_else);
	tcase_add_test(tc, the_initial_namespace_adds_nothing);
	tcase_add_test(tc, seconds_and_nanoseconds_add_up);
	tcase_add_test(tc, nanoseconds_add_up_on_negative_seconds_too);
	tcase_add_test(tc, the_last_line_needs_no_newline);
	tcase_add_test(tc, the_order_of_the_clocks_and_other_clocks_do_not_matter);
	tcase_add_test(tc, the_largest_offsets_fit);
	tcase_add_test(tc, offsets_past_64_bits_are_out_of_range);
	tcase_add_test(tc, a_missing_clock_is_refused);
	tcase_add_test(tc, malformed_lines_are_refused);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
