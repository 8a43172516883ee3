/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Durations and sizes as options have them. */
#include <check.h>
#include <stdlib.h>

#include "cmd/options.h"

static void duration_is(const char *text, uint64_t expected)
{
	uint64_t ns = 77;

	ck_assert_msg(option_duration_parse(text, &ns), "%s", text);
	ck_assert_uint_eq(ns, expected);
}

static void is_no_duration(const char *text)
{
	uint64_t ns = 77;

	ck_assert_msg(!option_duration_parse(text, &ns), "%s", text);
	ck_assert_uint_eq(ns, 77);
}

START_TEST(durations_have_units)
{
	duration_is("7ns", 7);
	duration_is("7us", 7000);
	duration_is("10ms", 10000000);
	duration_is("2s", 2000000000);
	duration_is("1m", UINT64_C(60000000000));
	duration_is("1h", UINT64_C(3600000000000));
}
END_TEST

START_TEST(durations_have_fractions)
{
	duration_is("1.5ms", 1500000);
	duration_is("0.001s", 1000000);
	duration_is("0.000000001s", 1);
	duration_is("1.9ns", 1);
	duration_is("0.5h", UINT64_C(1800000000000));
	duration_is("0.0000000000003h", 1);
	duration_is("0.3333333333333h", UINT64_C(1199999999999));
	duration_is("0.00000000002m", 1);
	duration_is("0.33333333333333333333333333333333333333s", 333333333);
	duration_is("01.50s", 1500000000);
}
END_TEST

START_TEST(sizes_have_units_of_1024)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} good[] = { { "0", 0 },
		     { "7", 7 },
		     { "1K", 1024 },
		     { "16M", 16 << 20 },
		     { "2G", UINT64_C(2) << 30 },
		     { "9223372036854775807", INT64_MAX },
		     { "8589934591G", UINT64_C(8589934591) << 30 } };
	static const char *const bad[] = { "",
					   "K",
					   "1k",
					   "1KB",
					   "1.5M",
					   "-1",
					   "+1",
					   " 1",
					   "1 K",

					   "1T",
					   "1MM",
					   "1M ",
					   "9223372036854775808",
					   "8589934592G",
					   "18446744073709551616",
					   "99999999999999999999999K" };
	uint64_t bytes;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		ck_assert_msg(option_size_parse(good[i].text, &bytes), "%s", good[i].text);
		ck_assert_uint_eq(bytes, good[i].bytes);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(!option_size_parse(bad[i], &bytes), "%s", bad[i]);
}
END_TEST
START_TEST(no_time_is_a_duration)
{
	duration_is("0s", 0);
	duration_is("0.0ms", 0);
	duration_is("0ns", 0);
}
END_TEST

START_TEST(a_duration_fits_63_bits)
{
	duration_is("9223372036854775807ns", INT64_MAX);
	is_no_duration("9223372036854775808ns");
	is_no_duration("18446744073709551615ns");
	is_no_duration("18446744073709551616ns");
	is_no_duration("99999999999999999999999999ns");
	duration_is("9223372036s", UINT64_C(9223372036000000000));
	duration_is("9223372036.854775807s", INT64_MAX);
	is_no_duration("9223372036.854775808s");
	is_no_duration("9223372037s");
	is_no_duration("2562048h");
	is_no_duration("9999999999999999999h");
}
END_TEST

START_TEST(what_is_no_duration_is_refused)
{
	static const char *const texts[] = { "",     "s",      "10",   "1.5",  "-1s",
					     "+1s",  " 1s",    "1 s",  "1s ",  "1.s",
					     ".5s",  "1.5.5s", "1e3s", "0x1s", "1S",
					     "1sec", "1,5s",   "ms",   "inf",  "1\xc2\xb5s" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		is_no_duration(texts[i]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("option units");
	TCase *tc = tcase_create("units");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, durations_have_units);
	tcase_add_test(tc, durations_have_fractions);
	tcase_add_test(tc, sizes_have_units_of_1024);
	tcase_add_test(tc, no_time_is_a_duration);
	tcase_add_test(tc, a_duration_fits_63_bits);
	tcase_add_test(tc, what_is_no_duration_is_refused);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
