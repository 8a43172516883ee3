/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Patterns, matched byte by byte as bpf/trace_conditions.bpf.h does, beside fnmatch(3). */
#include <check.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "kprobe/pattern.h"

static struct kvet_pattern pattern;
static size_t at;

static uint64_t state_after(const char *text)
{
	uint64_t state = 1;

	for (; *text; text++)
		state = (state & pattern.step[(unsigned char)*text]) << 1 |
			(state & pattern.stay[(unsigned char)*text]);
	return state;
}

static bool matches(const char *glob, const char *text)
{
	const char *why = kvet_pattern_make(glob, strlen(glob), true, &pattern, &at);

	ck_assert_msg(!why, "%s: %s", glob, why);
	return state_after(text) & pattern.accept;
}

START_TEST(globs_match_what_they_match)
{
	static const struct {
		const char *glob, *text;
		bool matches;
	} cases[] = {
		{ "", "", true },
		{ "", "a", false },
		{ "*", "", true },
		{ "*", "a/b", true },
		{ "a*", "a", true },
		{ "a*", "ba", false },
		{ "*a", "banana", true },
		{ "*a", "bananas", false },
		{ "a*b*c", "aXbYbZc", true },
		{ "a*b*c", "acb", false },
		{ "?", "", false },
		{ "??", "ab", true },
		{ "[a-c]x", "bx", true },
		{ "[a-c]x", "dx", false },
		{ "[!a-c]x", "dx", true },
		{ "[^a-c]x", "ax", false },
		{ "[]a]", "]", true },
		{ "[a-]", "-", true },
		{ "\\*", "*", true },
		{ "\\*", "x", false },
		{ "[\\]]", "]", true },
		{ "/etc/*", "/etc/", true },
		{ "/etc/*", "/etc", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		ck_assert_msg(matches(cases[i].glob, cases[i].text) == cases[i].matches, "%s of %s",
			      cases[i].glob, cases[i].text);
}
END_TEST

/* Texts of few letters, so that many match. */
static void draw(char *text, const char *letters, size_t most)
{
	size_t size = (size_t)rand() % (most + 1);

	for (size_t i = 0; i < size; i++)
		text[i] = letters[(size_t)rand() % strlen(letters)];
	text[size] = '\0';
}

START_TEST(globs_match_as_fnmatch_says)
{
	char glob[16], text[16];

	srand(1);
	for (int i = 0; i < 20000; i++) {
		draw(glob, "ab*?", 8);
		draw(text, "abc", 8);
		ck_assert_msg(matches(glob, text) == !fnmatch(glob, text, 0), "%s of %s", glob,
			      text);
	}
}
END_TEST

START_TEST(a_text_matches_only_itself)
{
	ck_assert_ptr_null(kvet_pattern_make("a*[b]\\\"", 7, false, &pattern, &at));
	ck_assert(state_after("a*[b]\"") & pattern.accept);
	ck_assert(!(state_after("ab") & pattern.accept));
	ck_assert(!pattern.open);
}
END_TEST

/* Whatever follows: only after a star at the end. */
START_TEST(an_open_end_matches_what_follows)
{
	ck_assert(matches("/etc/*", "/etc/passwd"));
	ck_assert(state_after("/etc/x") & pattern.open);
	ck_assert(!(state_after("/et") & pattern.open));
	ck_assert(!state_after("/var"));
	ck_assert(matches("*c", "abc"));
	ck_assert(!(state_after("abc") & pattern.open));
}
END_TEST

START_TEST(what_is_no_pattern_has_its_place)
{
	static const struct {
		const char *glob;
		size_t at;
		const char *why;
	} cases[] = {
		{ "ab[c", 2, "']' is missing" },
		{ "[", 0, "']' is missing" },
		{ "[]", 0, "']' is missing" },
		{ "[a-", 0, "']' is missing" },
		{ "x[[:alpha:]]", 1, "characters and ranges" },
		{ "0123456789012345678901234567890123456789012345678901234567890123", 63,
		  "at most 63" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *glob = cases[i].glob,
			   *why = kvet_pattern_make(glob, strlen(glob), true, &pattern, &at);

		ck_assert_msg(why && strstr(why, cases[i].why), "%s: %s", glob, why);
		ck_assert_uint_eq(at, cases[i].at);
	}
}
END_TEST

/* The last place that a state has. */
START_TEST(as_many_characters_as_there_are_places)
{
	char text[64];

	memset(text, 'x', 63);
	text[63] = '\0';
	ck_assert(matches(text, text));
	text[62] = '*';
	ck_assert(matches(text, text));
	text[61] = '\0';
	ck_assert(!(state_after(text) & pattern.accept));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kprobe pattern");
	TCase *tc = tcase_create("pattern");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, globs_match_what_they_match);
	tcase_add_test(tc, globs_match_as_fnmatch_says);
	tcase_add_test(tc, a_text_matches_only_itself);
	tcase_add_test(tc, an_open_end_matches_what_follows);
	tcase_add_test(tc, what_is_no_pattern_has_its_place);
	tcase_add_test(tc, as_many_characters_as_there_are_places);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
