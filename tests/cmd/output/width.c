/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/output/width.h"

#define WIDE  "\xe4\xb8\xad"     /* U+4E2D */
#define ACUTE "\xc3\xa9"         /* U+00E9 */
#define ABOVE "\xcc\x81"         /* U+0301, a mark on the letter before */
#define BIRD  "\xf0\x9f\x90\xa7" /* U+1F427 */

static void is(const char *text, size_t expected)
{
	ck_assert_uint_eq(width_of(text, strlen(text)), expected);
}

START_TEST(characters_are_as_wide_as_they_are_shown)
{
	is("", 0);
	is("abc", 3);
	is(ACUTE "\xe2\x82\xac", 2);
	is(WIDE, 2);
	is("a" WIDE BIRD "b", 6);
	is("e" ABOVE, 1);
	is("\\x1b", 4);
}
END_TEST

START_TEST(what_is_no_character_is_a_column_a_byte)
{
	is("\xff\xfe", 2);
	is("\xe4\xb8", 2);
	ck_assert_uint_eq(width_of(WIDE, 2), 2);
}
END_TEST

START_TEST(a_prefix_holds_whole_characters)
{
	static const char text[] = "a" WIDE "b" WIDE;

	ck_assert_uint_eq(width_prefix(text, strlen(text), 0), 0);
	ck_assert_uint_eq(width_prefix(text, strlen(text), 1), 1);
	ck_assert_uint_eq(width_prefix(text, strlen(text), 2), 1);
	ck_assert_uint_eq(width_prefix(text, strlen(text), 3), 4);
	ck_assert_uint_eq(width_prefix(text, strlen(text), 5), 5);
	ck_assert_uint_eq(width_prefix(text, strlen(text), 6), 8);
	ck_assert_uint_eq(width_prefix(text, strlen(text), 99), 8);
	/* A mark goes with its letter. */
	ck_assert_uint_eq(width_prefix("e" ABOVE "x", 4, 1), 3);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("output width");
	TCase *tc = tcase_create("width");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, characters_are_as_wide_as_they_are_shown);
	tcase_add_test(tc, what_is_no_character_is_a_column_a_byte);
	tcase_add_test(tc, a_prefix_holds_whole_characters);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
