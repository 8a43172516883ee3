/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/options.h"

struct args {
	bool all;
	const char *file;
	struct option_list types;
	struct option_number count;
	struct option_number limit;
};

static const struct option_spec own[] = {
	{ "all", 'a', NULL, OPTION_FLAG, offsetof(struct args, all), .help = "all" },
	{ "kallsyms", 'k', "FILE", OPTION_STRING, offsetof(struct args, file), .help = "file" },
	{ "type", 't', "TYPE", OPTION_LIST, offsetof(struct args, types), .help = "types" },
	{ "count", 'n', "N", OPTION_NUMBER, offsetof(struct args, count), .help = "count" },
	{ "limit", 0, "DURATION", OPTION_DURATION, offsetof(struct args, limit), .help = "limit" },
	{ 0 },
};

static struct args args;
static struct common_args common;
static struct options_result result;
static char *words[32];

/* Parses the words after the program's name, ended by NULL. */
static void parse_as(bool operands_first, const char *first, va_list more)
{
	int argc = 0;

	options_free(own, &args);
	memset(&args, 0, sizeof(args));
	memset(&common, 0, sizeof(common));
	memset(&result, 0xa5, sizeof(result));
	words[argc++] = (char *)"kvet";
	for (const char *word = first; word; word = va_arg(more, const char *))
		words[argc++] = (char *)word;
	words[argc] = NULL;
	options_parse(argc, words, own, &args, &common, operands_first, &result);
}

static void parse(const char *first, ...)
{
	va_list more;

	va_start(more, first);
	parse_as(false, first, more);
	va_end(more);
}

static void parse_operands_first(const char *first, ...)
{
	va_list more;

	va_start(more, first);
	parse_as(true, first, more);
	va_end(more);
}

START_TEST(options_of_every_type_are_stored)
{
	parse("-a", "--kallsyms", "file", "-t", "one", "--type=two", "-n12", "--limit", "1.5ms",
	      "--json", "operand", NULL);
	ck_assert_str_eq(result.complaint, "");
	ck_assert(args.all);
	ck_assert_str_eq(args.file, "file");
	ck_assert_uint_eq(args.types.count, 2);
	ck_assert_str_eq(args.types.items[0], "one");
	ck_assert_str_eq(args.types.items[1], "two");
	ck_assert(args.count.given);
	ck_assert_uint_eq(args.count.value, 12);
	ck_assert(args.limit.given);
	ck_assert_uint_eq(args.limit.value, 1500000);
	ck_assert(common.json);
	ck_assert(!common.pretty);
	ck_assert_uint_eq(result.count, 1);
	ck_assert_str_eq(result.operands[0], "operand");
}
END_TEST

START_TEST(what_is_not_given_stays_unset)
{
	parse(NULL);
	ck_assert_str_eq(result.complaint, "");
	ck_assert(!args.all);
	ck_assert_ptr_null(args.file);
	ck_assert_uint_eq(args.types.count, 0);
	ck_assert(!args.count.given);
	ck_assert(!args.limit.given);
	ck_assert_uint_eq(result.count, 0);
}
END_TEST

START_TEST(options_may_follow_operands)
{
	parse("x", "-a", "y", "--", "-n", NULL);
	ck_assert_str_eq(result.complaint, "");
	ck_assert(args.all);
	ck_assert_uint_eq(result.count, 3);
	ck_assert_str_eq(result.operands[0], "x");
	ck_assert_str_eq(result.operands[1], "y");
	ck_assert_str_eq(result.operands[2], "-n");
}
END_TEST

START_TEST(options_before_a_subcommand_stop_at_it)
{
	parse_operands_first("--json", "probe", "--nonsense", NULL);
	ck_assert_str_eq(result.complaint, "");
	ck_assert(common.json);
	ck_assert_uint_eq(result.count, 2);
	ck_assert_str_eq(result.operands[0], "probe");
	ck_assert_str_eq(result.operands[1], "--nonsense");
}
END_TEST

START_TEST(letters_may_be_joined)
{
	parse("-ajn3", NULL);
	ck_assert_str_eq(result.complaint, "");
	ck_assert(args.all);
	ck_assert(common.json);
	ck_assert_uint_eq(args.count.value, 3);
}
END_TEST

START_TEST(an_unknown_option_is_led_to_the_nearest)
{
	parse("--kalsyms", "file", NULL);
	ck_assert_str_eq(result.complaint,
			 "unknown option '--kalsyms': did you mean '--kallsyms'?");
	parse("--vebrose", NULL);
	ck_assert_str_eq(result.complaint, "unknown option '--vebrose': did you mean '--verbose'?");
	parse("--kalsyms=file", NULL);
	ck_assert_ptr_nonnull(strstr(result.complaint, "did you mean '--kallsyms'?"));
}
END_TEST

START_TEST(an_option_like_no_other_is_just_unknown)
{
	parse("--zzzzzzzzz", NULL);
	ck_assert_str_eq(result.complaint, "unknown option '--zzzzzzzzz'");
	parse("-Z", NULL);
	ck_assert_str_eq(result.complaint, "unknown option '-Z'");
	parse("-aZ", NULL);
	ck_assert_str_eq(result.complaint, "unknown option '-Z'");
	parse("-?", NULL);
	ck_assert_str_eq(result.complaint, "unknown option '-?'");
	parse("-:", NULL);
	ck_assert_str_eq(result.complaint, "unknown option '-:'");
}
END_TEST

START_TEST(a_missing_argument_is_named)
{
	parse("--kallsyms", NULL);
	ck_assert_str_eq(result.complaint, "option '--kallsyms' requires FILE");
	parse("-t", NULL);
	ck_assert_str_eq(result.complaint, "option '-t' requires TYPE");
	parse("operand", "--format", NULL);
	ck_assert_str_eq(result.complaint, "option '--format' requires FORMAT");
}
END_TEST

START_TEST(a_flag_takes_no_argument)
{
	parse("--all=yes", NULL);
	ck_assert_str_eq(result.complaint, "option '--all' takes no argument");
	parse("--json=1", NULL);
	ck_assert_str_eq(result.complaint, "option '--json' takes no argument");
}
END_TEST

START_TEST(the_first_mistake_is_told_and_the_rest_is_still_read)
{
	parse("--zzzzzzzzz", "-Q", "--format", "jsonl", "-n", "none", NULL);
	ck_assert_str_eq(result.complaint, "unknown option '--zzzzzzzzz'");
	ck_assert_str_eq(common.format, "jsonl");
}
END_TEST

START_TEST(numbers_are_whole_and_fit)
{
	static const char *const texts[] = { "",
					     "-1",
					     "+1",
					     " 1",
					     "1 ",
					     "0x10",
					     "1.0",
					     "ten",
					     "9223372036854775808",
					     "99999999999999999999999" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		char complaint[128];

		parse("--count", texts[i], NULL);
		snprintf(complaint, sizeof(complaint), "--count requires a whole number, not '%s'",
			 texts[i]);
		ck_assert_str_eq(result.complaint, complaint);
		ck_assert(!args.count.given);
	}
	parse("--count", "9223372036854775807", NULL);
	ck_assert_str_eq(result.complaint, "");
	ck_assert_uint_eq(args.count.value, INT64_MAX);
	parse("--count", "0", NULL);
	ck_assert(args.count.given);
}
END_TEST

START_TEST(a_duration_without_a_unit_is_told_the_units)
{
	parse("--limit", "10", NULL);
	ck_assert_str_eq(result.complaint,
			 "--limit requires a number with ns, us, ms, s, m or h (10ms), not '10'");
	ck_assert(!args.limit.given);
}
END_TEST

START_TEST(a_very_long_word_is_cut_in_the_complaint)
{
	char word[2000];

	memset(word, 'x', sizeof(word));
	memcpy(word, "--", 2);
	word[sizeof(word) - 1] = '\0';
	parse(word, NULL);
	ck_assert_uint_eq(strlen(result.complaint), sizeof(result.complaint) - 1);
}
END_TEST

static enum output_format format_of(bool live)
{
	struct output_options options;

	options_output(&common, live, &options);
	ck_assert_str_eq(result.complaint, "");
	return options.format;
}

START_TEST(the_format_follows_the_common_options)
{
	parse(NULL);
	ck_assert_int_eq(format_of(false), OUTPUT_TEXT);
	ck_assert_int_eq(format_of(true), OUTPUT_TEXT);
	parse("--json", NULL);
	ck_assert_int_eq(format_of(false), OUTPUT_JSON);
	ck_assert_int_eq(format_of(true), OUTPUT_JSONL);
	parse("-p", NULL);
	ck_assert_int_eq(format_of(false), OUTPUT_JSON);
	parse("--format", "jsonl", NULL);
	ck_assert_int_eq(format_of(false), OUTPUT_JSONL);
	parse("--json", "-q", NULL);
	ck_assert_int_eq(format_of(false), OUTPUT_NONE);
}
END_TEST

START_TEST(a_wrong_format_or_colour_is_told)
{
	struct output_options options;

	parse("--format", "xml", NULL);
	ck_assert_str_eq(result.complaint,
			 "--format requires text, json, jsonl, prometheus or nagios, not 'xml'");
	parse("--color", "sometimes", NULL);
	ck_assert_str_eq(result.complaint,
			 "--color requires auto, always or never, not 'sometimes'");
	parse("--color", "always", NULL);
	options_output(&common, false, &options);
	ck_assert_str_eq(result.complaint, "");
	ck_assert(options.color);
	parse("--color", "never", NULL);
	options_output(&common, false, &options);
	ck_assert_str_eq(result.complaint, "");
	ck_assert(!options.color);
}
END_TEST

/* Whether text is coloured with these in the environment; NULL: not there. */
static bool colors(const char *term, const char *no_color)
{
	struct output_options options;

	if (term)
		setenv("TERM", term, 1);
	else
		unsetenv("TERM");
	if (no_color)
		setenv("NO_COLOR", no_color, 1);
	else
		unsetenv("NO_COLOR");
	options_output(&common, false, &options);
	ck_assert_str_eq(result.complaint, "");
	return options.color;
}

/* stdout becomes fd; returns what it was, for stdout_back(). */
static int stdout_to(int fd)
{
	int saved;

	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	ck_assert_int_ge(dup2(fd, STDOUT_FILENO), 0);
	return saved;
}

static void stdout_back(int saved)
{
	dup2(saved, STDOUT_FILENO);
	close(saved);
}

START_TEST(a_terminal_is_coloured_unless_the_environment_says_no)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), terminal, saved;
	bool plain, unset, dumb, forbidden, empty, always, never;

	if (master < 0 || grantpt(master) || unlockpt(master))
		return; /* no devpts mounted: what a terminal gets cannot be asked */
	terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
	if (terminal < 0)
		return; /* the same */
	parse(NULL);
	saved = stdout_to(terminal);
	plain = colors("xterm", NULL);
	unset = colors(NULL, NULL);
	dumb = colors("dumb", NULL);
	forbidden = colors("xterm", "1");
	empty = colors("xterm", "");
	parse("--color=always", NULL);
	always = colors("dumb", "1");
	parse("--color=never", NULL);
	never = colors("xterm", NULL);
	stdout_back(saved);
	close(terminal);
	close(master);
	ck_assert(plain);
	ck_assert(!unset);
	ck_assert(!dumb);
	ck_assert(!forbidden);
	ck_assert(empty); /* no-color.org: "when present and not an empty string" */
	ck_assert(always);
	ck_assert(!never);
}
END_TEST

START_TEST(what_is_no_terminal_is_not_coloured_unless_asked)
{
	int null = open("/dev/null", O_WRONLY), saved;
	bool by_itself, asked_auto, always;

	parse(NULL);
	saved = stdout_to(null);
	by_itself = colors("xterm", NULL);
	parse("--color=auto", NULL);
	asked_auto = colors("xterm", NULL);
	parse("--color=always", NULL);
	always = colors("xterm", NULL);
	stdout_back(saved);
	close(null);
	ck_assert(!by_itself);
	ck_assert(!asked_auto);
	ck_assert(always);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("options");
	TCase *tc = tcase_create("options");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, options_of_every_type_are_stored);
	tcase_add_test(tc, what_is_not_given_stays_unset);
	tcase_add_test(tc, options_may_follow_operands);
	tcase_add_test(tc, options_before_a_subcommand_stop_at_it);
	tcase_add_test(tc, letters_may_be_joined);
	tcase_add_test(tc, an_unknown_option_is_led_to_the_nearest);
	tcase_add_test(tc, an_option_like_no_other_is_just_unknown);
	tcase_add_test(tc, a_missing_argument_is_named);
	tcase_add_test(tc, a_flag_takes_no_argument);
	tcase_add_test(tc, the_first_mistake_is_told_and_the_rest_is_still_read);
	tcase_add_test(tc, numbers_are_whole_and_fit);
	tcase_add_test(tc, a_duration_without_a_unit_is_told_the_units);
	tcase_add_test(tc, a_very_long_word_is_cut_in_the_complaint);
	tcase_add_test(tc, the_format_follows_the_common_options);
	tcase_add_test(tc, a_wrong_format_or_colour_is_told);
	tcase_add_test(tc, a_terminal_is_coloured_unless_the_environment_says_no);
	tcase_add_test(tc, what_is_no_terminal_is_not_coloured_unless_asked);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	options_free(own, &args);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
