/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What an option table says of arguments, and of options beside each other. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/option_rules.h"

static struct common_args common;
static struct options_result result;

struct ruled {
	bool flag;
	const char *word;
	struct option_list list;
	struct option_number number;
	struct option_number time;
	struct option_number size;
};

#define RULED(member) offsetof(struct ruled, member)

static const struct option_spec rules[] = {
	{ "flag", 'f', NULL, OPTION_FLAG, RULED(flag), .excludes = "list THING", .help = "" },
	{ "word", 'w', "WORD", OPTION_STRING, RULED(word), .choices = "one two three",
	  .needs = "list number", .needs_for = "two", .help = "" },
	{ "list", 'l', "WORD", OPTION_LIST, RULED(list), .most = 4, .excludes = "word=three",
	  .help = "" },
	{ "number", 'n', "N", OPTION_NUMBER, RULED(number), .form = "1/N", .least = 2, .most = 9,
	  .help = "" },
	{ "time", 't', "TIME", OPTION_DURATION, RULED(time), .least = 1, .needs = "number",
	  .help = "" },
	{ "size", 's', "SIZE", OPTION_SIZE, RULED(size), .least = 4096, .most = 3 << 20,
	  .excludes = "flag", .help = "" },
	{ 0 },
};

/* What is said of the words, which are one line; "" if all is well. */
static const char *said_of(const char *line)
{
	static struct ruled ruled;
	static char copy[256], *words[32];
	int argc = 0;

	options_free(rules, &ruled);
	memset(&ruled, 0, sizeof(ruled));
	memset(&common, 0, sizeof(common));
	snprintf(copy, sizeof(copy), "kvet %s", line);
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
		words[argc++] = word;
	words[argc] = NULL;
	options_parse(argc, words, rules, &ruled, &common, false, &result);
	options_free(rules, &ruled);
	memset(&ruled, 0, sizeof(ruled));
	return result.complaint;
}

START_TEST(arguments_keep_to_choices_and_ranges)
{
	ck_assert_str_eq(said_of("-w one -n 2"), "");
	ck_assert_str_eq(said_of("-n 9"), "");
	ck_assert_str_eq(said_of("-n 1/9"), "");
	ck_assert_str_eq(said_of("-w on"), "--word requires one, two or three, not 'on'");
	ck_assert_str_eq(said_of("-w ones"), "--word requires one, two or three, not 'ones'");
	ck_assert_str_eq(said_of("--word="), "--word requires one, two or three, not ''");
	ck_assert_str_eq(said_of("-n 1"),
			 "--number requires a whole number from 2 to 9, or 1/N, not '1'");
	ck_assert_str_eq(said_of("-n 10"),
			 "--number requires a whole number from 2 to 9, or 1/N, not '10'");
	ck_assert_str_eq(said_of("-n 2/3"),
			 "--number requires a whole number from 2 to 9, or 1/N, not '2/3'");
	ck_assert_str_eq(said_of("-n 1/"),
			 "--number requires a whole number from 2 to 9, or 1/N, not '1/'");
	ck_assert_str_eq(said_of("-l four"), "");
	ck_assert_str_eq(said_of("-l fives"), "--list requires WORD of 1 to 4 bytes, not 'fives'");
	ck_assert_str_eq(said_of("--list="), "--list requires WORD of 1 to 4 bytes, not ''");
	ck_assert_str_eq(said_of("-s 4K"), "");
	ck_assert_str_eq(said_of("-s 3M"), "");
	ck_assert_str_eq(said_of("-s 4095"),
			 "--size requires a number of bytes from 4K to 3M (16M), not '4095'");
	ck_assert_str_eq(said_of("-s 1G"),
			 "--size requires a number of bytes from 4K to 3M (16M), not '1G'");
	ck_assert_str_eq(said_of("-f -s 4K"), "--size and --flag are mutually exclusive");
	ck_assert_str_eq(said_of("-n 2 -t 0s"),
			 "--time requires a number above 0 with ns, us, ms, s, m or h (10ms), not "
			 "'0s'");
}
END_TEST

START_TEST(options_need_one_of_their_list)
{
	ck_assert_str_eq(said_of("-t 1s"), "--time requires --number");
	ck_assert_str_eq(said_of("-t 1s -n 2"), "");
	ck_assert_str_eq(said_of("-w two"), "--word two requires --list or --number");
	ck_assert_str_eq(said_of("-w two -n 2"), "");
	ck_assert_str_eq(said_of("-w two -l a"), "");
	ck_assert_str_eq(said_of("-w one"), "");
}
END_TEST

START_TEST(options_exclude_each_other_in_either_order)
{
	ck_assert_str_eq(said_of("-f -l a"), "--flag and --list are mutually exclusive");
	ck_assert_str_eq(said_of("-l a -f"), "--flag and --list are mutually exclusive");
	ck_assert_str_eq(said_of("-f thing"), "--flag and THING are mutually exclusive");
	ck_assert_str_eq(said_of("-f"), "");
	ck_assert_str_eq(said_of("-l a -w three"),
			 "--list and --word three are mutually exclusive");
	ck_assert_str_eq(said_of("-w three -l a"),
			 "--list and --word three are mutually exclusive");
	ck_assert_str_eq(said_of("-l a -w one"), "");
	ck_assert_str_eq(said_of("-w three"), "");
}
END_TEST

START_TEST(a_wrong_argument_comes_before_a_broken_rule)
{
	ck_assert_str_eq(said_of("-f -l a -n x"),
			 "--number requires a whole number from 2 to 9, or 1/N, not 'x'");
}
END_TEST

START_TEST(a_command_may_refuse_a_common_option)
{
	ck_assert_str_eq(said_of("--sysroot /"), "");
	options_refuse("this", "json sysroot", &common, &result);
	ck_assert_str_eq(result.complaint, "--sysroot does not apply to this");
	ck_assert_str_eq(said_of("-j"), "");
	options_refuse("this", "sysroot", &common, &result);
	ck_assert_str_eq(result.complaint, "");
	options_refuse("this", NULL, &common, &result);
	ck_assert_str_eq(result.complaint, "");
}
END_TEST

START_TEST(standard_input_is_read_once)
{
	static const struct option_spec files[] = {
		{ "word", 'w', "FILE", OPTION_STRING, RULED(word), .help = "" },
		{ 0 },
	};
	static const char *const operands[] = { "-", "x", "-" };
	struct ruled ruled = { .word = "-" };
	const struct option_set file = { files, &ruled }, word = { rules, &ruled };

	ck_assert_uint_eq(option_stdin_reads(&file, 1, operands, 3), 3);
	ck_assert_uint_eq(option_stdin_reads(&file, 1, operands, 2), 2);
	ck_assert_uint_eq(option_stdin_reads(&word, 1, operands, 2), 1);
	ruled.word = "x";
	ck_assert_uint_eq(option_stdin_reads(&file, 1, operands, 1), 1);
	ruled.word = NULL;
	ck_assert_uint_eq(option_stdin_reads(&file, 1, operands, 0), 0);
	ck_assert_str_eq(said_of("- x"), "");
	ck_assert_str_eq(said_of("- x -"), "standard input can be read only once");
}
END_TEST

START_TEST(an_option_among_some_was_given)
{
	struct ruled ruled = { .flag = true };
	const struct option_set set = { rules, &ruled };

	ck_assert(option_any_given(&set, "number flag"));
	ck_assert(!option_any_given(&set, "number list"));
	ck_assert(!option_any_given(&set, NULL));
}
END_TEST

START_TEST(what_may_still_be_given)
{
	static const char *const items[] = { "x" };
	struct ruled ruled = { .list = { (const char **)(uintptr_t)items, 1 } };
	const struct option_set set = { rules, &ruled };
	const struct option_spec *flag = &rules[0], *word = &rules[1], *list = &rules[2],
				 *size = &rules[5];

	/* Repeatable, excluded by the list from its own side, not excluded. */
	ck_assert(option_may_follow(&set, 1, false, list));
	ck_assert(!option_may_follow(&set, 1, false, flag));
	ck_assert(option_may_follow(&set, 1, false, word));
	ck_assert(option_may_follow(&set, 1, false, size));
	ck_assert(option_word_excluded(&set, 1, "word=three"));
	ck_assert(!option_word_excluded(&set, 1, "word=two"));
	ruled = (struct ruled){ .word = "three" };
	ck_assert(!option_may_follow(&set, 1, false, word));
	ck_assert(!option_may_follow(&set, 1, false, list));
	ck_assert(option_may_follow(&set, 1, false, flag));
	/* An operand excludes it; and what excludes the flag, by the other's table. */
	ck_assert(!option_may_follow(&set, 1, true, flag));
	ruled = (struct ruled){ .flag = true };
	ck_assert(!option_may_follow(&set, 1, false, size));
	ruled = (struct ruled){ .size = { true, 4096 } };
	ck_assert(!option_may_follow(&set, 1, false, flag));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("option rules");
	TCase *tc = tcase_create("rules");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, arguments_keep_to_choices_and_ranges);
	tcase_add_test(tc, options_need_one_of_their_list);
	tcase_add_test(tc, options_exclude_each_other_in_either_order);
	tcase_add_test(tc, a_wrong_argument_comes_before_a_broken_rule);
	tcase_add_test(tc, a_command_may_refuse_a_common_option);
	tcase_add_test(tc, standard_input_is_read_once);
	tcase_add_test(tc, an_option_among_some_was_given);
	tcase_add_test(tc, what_may_still_be_given);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
