/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How a line falls into words: a table, and any bytes. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/batch/words.h"

#define WORDS_MOST 4

static const struct row {
	const char *line;
	enum words_end end;
	const char *words[WORDS_MOST]; /* or the complaint, if it is wrong */
} rows[] = {
	{ "", WORDS_WHOLE, { NULL } },
	{ " \t ", WORDS_WHOLE, { NULL } },
	{ "# all of it", WORDS_WHOLE, { NULL } },
	{ "a b", WORDS_WHOLE, { "a", "b" } },
	{ "\ta  b\t", WORDS_WHOLE, { "a", "b" } },
	{ "a\r", WORDS_WHOLE, { "a" } },
	{ "a #b c", WORDS_WHOLE, { "a" } },
	{ "a#b", WORDS_WHOLE, { "a#b" } },
	{ "''#b", WORDS_WHOLE, { "#b" } },
	{ "a '' \"\"", WORDS_WHOLE, { "a", "", "" } },
	{ "'a b'c\"d e\"",
	  WORDS_WHOLE,
	  { "a bc"
	    "d e" } },
	{ "'\\'", WORDS_WHOLE, { "\\" } },
	{ "\"\\\"\\\\\\$\\`\\n\"", WORDS_WHOLE, { "\"\\$`\\n" } },
	{ "'$x `y`'", WORDS_WHOLE, { "$x `y`" } },
	{ "\\'a\\ b\\#", WORDS_WHOLE, { "'a b#" } },
	{ "\\$ \\; \\|", WORDS_WHOLE, { "$", ";", "|" } },
	{ "vfs_* a?[b] ~", WORDS_WHOLE, { "vfs_*", "a?[b]", "~" } },
	{ "a \\", WORDS_GOES_ON, { NULL } },
	{ "a\\", WORDS_GOES_ON, { NULL } },
	{ "\\", WORDS_GOES_ON, { NULL } },
	{ "# a \\", WORDS_WHOLE, { NULL } },
	{ "'a", WORDS_WRONG, { "a single quote is not closed" } },
	{ "\"a", WORDS_WRONG, { "a double quote is not closed" } },
	{ "\"a\\\"", WORDS_WRONG, { "a double quote is not closed" } },
	{ "\"$a\"", WORDS_WRONG, { "'$' and '`' are not expanded" } },
	{ "\"`a\"", WORDS_WRONG, { "'$' and '`' are not expanded" } },
	{ "$a", WORDS_WRONG, { "'$' does not do here what a shell does: quote it" } },
	{ "a`b", WORDS_WRONG, { "'`' does not" } },
	{ "a; b", WORDS_WRONG, { "';' does not" } },
	{ "a & b", WORDS_WRONG, { "'&' does not" } },
	{ "a | b", WORDS_WRONG, { "'|' does not" } },
	{ "a >b", WORDS_WRONG, { "'>' does not" } },
	{ "a <b", WORDS_WRONG, { "'<' does not" } },
	{ "(a)", WORDS_WRONG, { "'(' does not" } },
	{ "a)", WORDS_WRONG, { "')' does not" } },
};

#define ROWS (sizeof(rows) / sizeof(*rows))

START_TEST(a_line_falls_into_words_as_in_a_shell)
{
	const struct row *row = &rows[_i];
	struct words words;

	ck_assert_msg(words_split(row->line, &words) == row->end, "%s", row->line);
	if (row->end == WORDS_WRONG)
		ck_assert_msg(strstr(words.complaint, row->words[0]), "%s: %s", row->line,
			      words.complaint);
	for (size_t i = 0; row->end == WORDS_WHOLE && i < WORDS_MOST; i++) {
		if (i >= words.count) {
			ck_assert_ptr_null(row->words[i]);
			continue;
		}
		ck_assert_ptr_nonnull(row->words[i]);
		ck_assert_str_eq(words.items[i], row->words[i]);
	}
	if (row->end == WORDS_WHOLE)
		ck_assert_ptr_null(words.items[words.count]);
	words_free(&words);
	ck_assert_ptr_null(words.items);
}
END_TEST

/* Any bytes, of those that mean something: no word reaches past its memory, and the words of a
 * whole line that are quoted again are the same. */
START_TEST(words_that_are_quoted_again_are_the_same)
{
	static const char alphabet[] = "ab '\"\\#$`;\t*";
	unsigned int seed = 1;

	for (int round = 0; round < 20000; round++) {
		char line[24], again[128];
		size_t used = 0;
		struct words words, second;

		for (size_t i = 0; i < sizeof(line) - 1; i++) {
			seed = seed * 1103515245 + 12345;
			line[i] = alphabet[(seed >> 16) % (sizeof(alphabet) - 1)];
		}
		line[seed % sizeof(line)] = '\0';
		line[sizeof(line) - 1] = '\0';
		if (words_split(line, &words) != WORDS_WHOLE) {
			words_free(&words);
			continue;
		}
		for (size_t i = 0; i < words.count; i++) {
			again[used++] = ' ';
			for (const char *c = words.items[i]; *c; c++) {
				again[used++] = '\\';
				again[used++] = *c;
			}
			if (!*words.items[i]) {
				again[used++] = '\'';
				again[used++] = '\'';
			}
		}
		again[used] = '\0';
		ck_assert_int_eq(words_split(again, &second), WORDS_WHOLE);
		ck_assert_uint_eq(second.count, words.count);
		for (size_t i = 0; i < words.count; i++)
			ck_assert_str_eq(second.items[i], words.items[i]);
		words_free(&second);
		words_free(&words);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("batch words");
	TCase *tc = tcase_create("words");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, a_line_falls_into_words_as_in_a_shell, 0, (int)ROWS);
	tcase_add_test(tc, words_that_are_quoted_again_are_the_same);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
