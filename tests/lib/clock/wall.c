/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <stdlib.h>

#include <kvet/clock.h>

static void parses(const char *text, uint64_t wanted)
{
	uint64_t ns = 4711;

	ck_assert_msg(kvet_clock_wall_parse(text, &ns), "'%s'", text);
	ck_assert_uint_eq(ns, wanted);
}

START_TEST(times_are_written_in_utc_to_the_nanosecond)
{
	char buf[KVET_CLOCK_WALL_SIZE];

	ck_assert_str_eq(kvet_clock_wall_format(0, buf), "1970-01-01T00:00:00.000000000Z");
	ck_assert_str_eq(kvet_clock_wall_format(1709209845000000001, buf),
			 "2024-02-29T12:30:45.000000001Z");
	ck_assert_str_eq(kvet_clock_wall_format(INT64_MAX, buf), "2262-04-11T23:47:16.854775807Z");
}
END_TEST

START_TEST(what_was_written_is_read_back)
{
	uint64_t state = 88172645463325252;

	for (int i = 0; i < 10000; i++) {
		char buf[KVET_CLOCK_WALL_SIZE];

		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		parses(kvet_clock_wall_format(state >> 1, buf), state >> 1);
	}
}
END_TEST

START_TEST(all_forms_of_the_standard_are_read)
{
	parses("2024-02-29T12:30:45Z", 1709209845000000000);
	parses("2024-02-29t12:30:45z", 1709209845000000000);
	parses("2024-02-29 12:30:45.5Z", 1709209845500000000);
	parses("2024-02-29T12:30:45.000000001+00:00", 1709209845000000001);
	parses("2024-02-29T14:30:45+02:00", 1709209845000000000);
	parses("2024-02-28T23:00:45-13:30", 1709209845000000000);
	parses("2016-12-31T23:59:60Z", 1483228800000000000);
	parses("1970-01-01T00:00:00Z", 0);
	parses("2262-04-11T23:47:16.854775807Z", INT64_MAX);
}
END_TEST

START_TEST(anything_else_is_refused)
{
	static const char *const wrong[] = {
		"",
		"1709209845",
		"2024-02-29",
		"2024-02-29T12:30:45",
		"2024-02-29T12:30Z",
		"2024-02-29T12:30:45.Z",
		"2024-02-29T12:30:45.0000000001Z",
		"2024-02-29T12:30:45Z ",
		"2024-02-29T12:30:45+0200",
		"2024-02-29T12:30:45+24:00",
		"2024-2-29T12:30:45Z",
		"2023-02-29T12:30:45Z",
		"2100-02-29T00:00:00Z",
		"2024-02-31T00:00:00Z",
		"2024-04-31T00:00:00Z",
		"2024-00-10T00:00:00Z",
		"2024-13-10T00:00:00Z",
		"2024-02-00T00:00:00Z",
		"2024-02-29T24:00:00Z",
		"2024-02-29T12:60:00Z",
		"2024-02-29T12:30:61Z",
		"1969-12-31T23:59:59Z",
		"1970-01-01T00:00:00+00:01",
		"2262-04-11T23:47:16.854775808Z",
		"9999-01-01T00:00:00Z",
		"-2024-02-29T12:30:45Z",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		uint64_t ns = 4711;

		ck_assert_msg(!kvet_clock_wall_parse(wrong[i], &ns), "'%s'", wrong[i]);
		ck_assert_uint_eq(ns, 4711);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clock wall");
	TCase *tc = tcase_create("wall");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, times_are_written_in_utc_to_the_nanosecond);
	tcase_add_test(tc, what_was_written_is_read_back);
	tcase_add_test(tc, all_forms_of_the_standard_are_read);
	tcase_add_test(tc, anything_else_is_refused);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
