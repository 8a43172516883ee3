/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <stdlib.h>

#include "cmd/output/columns.h"

static const struct field one_fields[] = { { "name", FIELD_STRING, "", 0 },
					   { "hits", FIELD_INTEGER, "", 0 },
					   { "cause", FIELD_STRING, "", 0 } };
static const struct field other_fields[] = { { "name", FIELD_STRING, "", 0 },
					     { "time_ns", FIELD_TIME, "", 0 } };
static const struct schema one = SCHEMA("one", one_fields), other = SCHEMA("other", other_fields);
static const struct schema *const schemas[] = { &one, &other, NULL };

static void selects(const char *list, const struct schema *schema, size_t count, size_t first,
		    size_t second)
{
	size_t fields[3] = { 99, 99, 99 };

	ck_assert_uint_eq(columns_of(list, schema, fields), count);
	ck_assert_uint_eq(fields[0], first);
	ck_assert_uint_eq(fields[1], second);
}

START_TEST(a_list_selects_in_its_order_each_once)
{
	selects("hits,name", &one, 2, 1, 0);
	selects("hits,name", &other, 1, 0, 99);
	selects("HITS,hits,Name,hits", &one, 2, 1, 0);
	selects("time_ns", &one, 0, 99, 99);
	selects(NULL, &one, 0, 99, 99);
	selects("hit,hitss,nam", &one, 0, 99, 99);
}
END_TEST

START_TEST(a_name_may_be_of_one_record_alone)
{
	selects("one.name", &one, 1, 0, 99);
	selects("one.name", &other, 0, 99, 99);
	selects("Other.NAME,time_ns", &other, 2, 0, 1);
	selects("one.", &one, 0, 99, 99);
	selects("onename", &one, 0, 99, 99);
}
END_TEST

static void misses(const char *list, const char *word, size_t expected)
{
	size_t len = 99;

	ck_assert_ptr_eq(columns_unknown(list, schemas, &len), word);
	if (word)
		ck_assert_uint_eq(len, expected);
}

START_TEST(the_first_name_that_no_record_has_is_found)
{
	static const char list[] = "name,other.cause,time_ns,zzz", gap[] = "name,,hits",
			  end[] = "name,";

	misses(list, list + 5, 11);
	misses(gap, gap + 5, 0);
	misses(end, end + 5, 0);
	misses("NAME,one.cause,time_ns", NULL, 0);
	misses(NULL, NULL, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("output columns");
	TCase *tc = tcase_create("columns");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, a_list_selects_in_its_order_each_once);
	tcase_add_test(tc, a_name_may_be_of_one_record_alone);
	tcase_add_test(tc, the_first_name_that_no_record_has_is_found);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
