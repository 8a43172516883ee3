/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <stdlib.h>

#include "cmd/output/human.h"

START_TEST(a_figure_has_the_unit_that_people_would_take)
{
	static const struct {
		int64_t ns;
		const char *text;
	} cases[] = {
		{ 0, "0 ns" },
		{ 1, "1 ns" },
		{ -999, "-999 ns" },
		{ 1000, "1 us" },
		{ 12345, "12.3 us" },
		{ -4375388, "-4.38 ms" },
		{ 6600000000, "6.6 s" },
		{ 5030231511, "5.03 s" },
		{ 100000000000, "100 s" },
		{ 119000000000, "119 s" },
		{ 120000000000, "2 min" },
		{ 5400000000000, "90 min" },
		{ 95000000000000, "26.4 h" },
		{ -86400000000000, "-24 h" },
		{ 604800000000000, "7 days" },
		{ 1795419965970279170, "56.9 years" },
		{ INT64_MAX, "292 years" },
		{ INT64_MIN, "-292 years" },
	};
	char buf[HUMAN_SIZE];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		ck_assert_str_eq(human_duration(cases[i].ns, buf), cases[i].text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("human");
	TCase *tc = tcase_create("human");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, a_figure_has_the_unit_that_people_would_take);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
