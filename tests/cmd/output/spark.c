/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <stdlib.h>

#include "cmd/output/spark.h"

static void shows(const int64_t *numbers, size_t count, bool unicode, const char *wanted)
{
	char *line = spark(numbers, count, unicode);

	ck_assert_str_eq(line, wanted);
	free(line);
}

START_TEST(each_number_is_a_bar_between_the_least_and_the_most)
{
	static const int64_t numbers[] = { 0, 1, 2, 3, 4, 5, 6, 7 };

	shows(numbers, 8, false, "_.-=+*%#");
	shows(numbers, 8, true, "▁▂▃▄▅▆▇█");
	shows(numbers, 3, false, "_=#");
}
END_TEST

START_TEST(equal_numbers_lie_low)
{
	static const int64_t numbers[] = { 9, 9, 9 };

	shows(numbers, 3, false, "___");
	shows(numbers, 0, false, "");
}
END_TEST

START_TEST(the_whole_range_of_numbers_fits)
{
	static const int64_t numbers[] = { INT64_MIN, 0, INT64_MAX };

	shows(numbers, 3, false, "_=#");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("spark");
	TCase *tc = tcase_create("spark");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, each_number_is_a_bar_between_the_least_and_the_most);
	tcase_add_test(tc, equal_numbers_lie_low);
	tcase_add_test(tc, the_whole_range_of_numbers_fits);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
