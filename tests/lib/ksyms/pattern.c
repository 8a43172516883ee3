/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Patterns against their oracles: regexec(3) and fnmatch(3), asked for every name and told
 * nothing of literals. Expressions and globs are made by a grammar, out of the few characters
 * that the names are made of, so that many match.
 */
#include <check.h>
#include <fnmatch.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "ksyms/bytes_read.h"
#include "ksyms/expression.h"
#include "ksyms/pattern.h"
#include "ksyms/table.h"

#define NAMES    400
#define PATTERNS 4000
#define SEEDS    3

static uint64_t seed;

static uint32_t draw(uint32_t below)
{
	seed = seed * 6364136223846793005 + 1442695040888963407;
	return (uint32_t)(seed >> 33) % below;
}

static char names[NAMES][16];
static char table_text[NAMES * 40];

static void make_names(void)
{
	for (size_t i = 0; i < NAMES; i++) {
		size_t len = 1 + draw(9);

		for (size_t c = 0; c < len; c++)
			names[i][c] = "aabbcAB01_.-]"[draw(13)];
		names[i][len] = '\0';
	}
	for (size_t i = 0, used = 0; i < NAMES; i++)
		used += (size_t)sprintf(table_text + used, "%016zx t %s\n", 0x1000 + i * 16,
					names[i]);
}

/* --- a grammar of extended regular expressions ----------------------------------------------- */

struct words {
	char text[512];
	size_t len;
	int groups; /* that have ended: what a back-reference may mean */
};

static void add(struct words *words, const char *text)
{
	size_t len = strlen(text);

	if (words->len + len >= sizeof(words->text))
		return;
	memcpy(words->text + words->len, text, len + 1);
	words->len += len;
}

#define PICK(array) ((array)[draw(sizeof(array) / sizeof(*(array)))])

static void add_bracket(struct words *words, const char *negation)
{
	static const char *const elements[] = {
		"a",         "b",         "1",         "_",         "a-c",   "0-9",   "A-Z",
		"[:lower:]", "[:digit:]", "[:alnum:]", "[:punct:]", "[.-.]", "[=a=]", "[.a.]-c",
		"{",         "(",         "|",         "*",         "$",     "b-b",
	};

	add(words, "[");
	if (!draw(4))
		add(words, negation);
	if (!draw(6))
		add(words, "]");
	do
		add(words, PICK(elements));
	while (draw(2));
	if (!draw(6))
		add(words, "-");
	add(words, "]");
}

static void add_repeat(struct words *words)
{
	static const char *const repeats[] = {
		"*",    "+",    "?",    "{0}", "{1}", "{2}", "{0,1}",    "{1,2}",
		"{2,}", "{0,}", "{,2}", "**",  "+?",  "?*",  "{2}{0,1}", "+*",
	};

	add(words, PICK(repeats));
}

static void add_alternatives(struct words *words, int depth);

static void add_part(struct words *words, int depth)
{
	static const char *const plain[] = { "a", "b", "c", "A", "0", "1", "_", "ab", "ba", "a_b" };
	static const char *const escapes[] = { "\\.", "\\]", "\\w", "\\W",
					       "\\_", "\\-", "\\a", "\\*" };
	static const char *const anchors[] = { "^", "$", "\\b", "\\<", "\\>", "\\B", "\\`", "\\'" };

	switch (draw(14)) {
	case 0:
		add(words, ".");
		break;
	case 1:
		add(words, PICK(escapes));
		break;
	case 2:
	case 3:
		add_bracket(words, "^");
		break;
	case 4:
		if (draw(3))
			break;
		add(words, PICK(anchors));
		return; /* nothing can be repeated behind one */
	case 5:
	case 6:
		if (!depth)
			break;
		add(words, "(");
		add_alternatives(words, depth - 1);
		add(words, ")");
		words->groups++;
		break;
	case 7:
		if (words->groups) {
			const char reference[] = { '\\',
						   (char)('1' + draw((uint32_t)words->groups)),
						   '\0' };

			add(words, reference);
			break;
		}
		/* fall through */
	default:
		add(words, PICK(plain));
		break;
	}
	if (words->len && !draw(4) && !strchr("(|", words->text[words->len - 1]))
		add_repeat(words);
}

static void add_alternatives(struct words *words, int depth)
{
	do {
		if (words->len && words->text[words->len - 1] != '(')
			add(words, draw(5) ? "" : "|");
		for (uint32_t parts = draw(12) ? 1 + draw(3) : 0; parts; parts--)
			add_part(words, depth);
	} while (!draw(3));
}

static void make_expression(struct words *words)
{
	*words = (struct words){ 0 };
	if (!draw(5))
		add(words, "^");
	add_alternatives(words, 3);
	if (!draw(5))
		add(words, "$");
}

/* --- a grammar of globs -------------------------------------------------------------------- */

static void make_glob(struct words *words)
{
	static const char *const parts[] = { "a",          "b",
					     "c",          "A",
					     "0",          "_",
					     "ab",         "*",
					     "*",          "?",
					     "\\a",        "\\*",
					     "\\[",        "[]",
					     "[!",         "[",
					     "-",          "[^]",
					     ".",          "[a\\]b]",
					     "[[:lower:]", "[[:digit:]-]",
					     "]",          "a_b",
					     "[[.a.]b]",   "[[=a=]]" };

	*words = (struct words){ 0 };
	for (uint32_t count = 1 + draw(5); count; count--) {
		if (draw(4))
			add(words, PICK(parts));
		else
			add_bracket(words, draw(2) ? "!" : "^");
	}
}

/* --- against the oracles ------------------------------------------------------------------- */

struct power {
	size_t literals, matches, refused;
};

/* How often a table that was made for the query alone has a match. */
static size_t selected(const struct kvet_ksyms_query *query)
{
	struct kvet_ksyms_filter filter = { .prefix_symbols = true };
	struct kvet_cause err = { 0 };
	struct kvet_ksyms_search search;
	struct kvet_ksyms_match match;
	struct kvet_ksyms *table = NULL;
	struct ksyms_source *source;
	struct ksyms_bytes bytes;
	FILE *stream = fmemopen(table_text, strlen(table_text), "r");
	size_t count = 0;

	ck_assert_int_eq(kvet_ksyms_bytes_stream(&bytes, stream, &err), 0);
	ck_assert_int_eq(kvet_ksyms_scan_open(&source, &bytes, "text", NULL, 0, &err), 0);
	ck_assert_int_eq(kvet_ksyms_select(&table, source, query, 1, 0, &err), 0);
	ksyms_source_free(source);
	fclose(stream);
	kvet_ksyms_search_init(&search, table, query, &filter);
	while (kvet_ksyms_search_next(&search, &match))
		count++;
	kvet_ksyms_free(table);
	return count;
}

static void compare(const char *text, const regex_t *regex, struct power *power)
{
	struct kvet_ksyms_query query;
	struct kvet_cause err = { 0 };
	size_t count = 0;

	ck_assert_msg(!kvet_ksyms_query_parse(&query, text, regex, &err), "'%s': %s", text,
		      err.evidence);
	if (!query.pattern) {
		kvet_ksyms_query_deinit(&query);
		return;
	}
	for (size_t i = 0; i < NAMES; i++) {
		bool wanted =
			regex ? !regexec(regex, names[i], 0, NULL, 0) : !fnmatch(text, names[i], 0);

		/* An assertion for each name would take longer than all else. */
		if (kvet_ksyms_pattern_matches(query.pattern, names[i]) != wanted)
			ck_abort_msg("'%s' on '%s': %d is wanted, by '%s'", text, names[i], wanted,
				     kvet_ksyms_pattern_literal(query.pattern));
		count += wanted;
	}
	power->matches += count > 0;
	if (kvet_ksyms_pattern_literal(query.pattern)) {
		power->literals++;
		ck_assert_msg(selected(&query) == count, "'%s'", text);
	}
	kvet_ksyms_query_deinit(&query);
}

/* Under an emulator each takes twenty times as long, and all of them are tried without one. */
static size_t patterns(void)
{
	const char *emulator = getenv("EMULATOR");

	return emulator && *emulator ? PATTERNS / 8 : PATTERNS;
}

START_TEST(expressions_find_what_regexec_finds)
{
	struct power power = { 0 };
	struct words words;
	char literal[sizeof(words.text)];
	regex_t regex;

	seed = (uint64_t)_i + 1;
	make_names();
	for (size_t n = 0, count = patterns(); n < count; n++) {
		make_expression(&words);
		if (!words.len)
			continue;
		if (regcomp(&regex, words.text, REG_EXTENDED | REG_NOSUB)) {
			power.refused++;
			continue;
		}
		/* regexec(3) itself would crash: see ksyms/expression.h. */
		if (kvet_ksyms_expression_read(words.text, literal, NULL))
			power.refused++;
		else
			compare(words.text, &regex, &power);
		regfree(&regex);
	}
	/* The test has something to say: most of them are expressions, many match, and many have a
	 * literal. */
	ck_assert_uint_lt(power.refused, patterns() / 5);
	ck_assert_uint_gt(power.matches, patterns() / 4);
	ck_assert_uint_gt(power.literals, patterns() / 4);
}
END_TEST

START_TEST(globs_find_what_fnmatch_finds)
{
	struct power power = { 0 };
	struct words words;

	seed = (uint64_t)_i + 100;
	make_names();
	for (size_t n = 0, count = patterns(); n < count; n++) {
		make_glob(&words);
		if (strpbrk(words.text, "*?["))
			compare(words.text, NULL, &power);
	}
	ck_assert_uint_gt(power.matches, patterns() / 20);
	ck_assert_uint_gt(power.literals, patterns() / 4);
}
END_TEST

/* --- literals: what is demanded is found, and nothing else ------------------------------------ */

static const struct {
	const char *text, *literal;
	bool regex;
} literals[] = {
	{ "vfs_read", "vfs_read", true },
	{ "^.{12}$", "", true },
	{ "^[a-z]{10}$", "", true },
	{ "^[[:lower:]abc]fs_read$", "fs_read", true },
	{ "[]ab]cd", "cd", true },
	{ "[^]ab]cd", "cd", true },
	{ "[[.].]ab]cd", "cd", true },
	{ "[[=]=]ab]cd", "cd", true },
	{ "[a-]cd", "cd", true },
	{ "abc|abd", "", true },
	{ "x(abc|abd)yz", "yz", true },
	{ "(abc)d", "abc", true },
	{ "(abc)?d", "d", true },
	{ "((abc)d){0,3}ef", "ef", true },
	{ "(abc){2}d", "abc", true },
	{ "ab(cd(ef|g)hij)*k", "ab", true },
	{ "abc*d", "ab", true },
	{ "abc+d", "abc", true },
	{ "abc+*d", "ab", true },
	{ "abc{0}d", "ab", true },
	{ "abc{,2}d", "ab", true },
	{ "abc{2,}d", "abc", true },
	{ "a{12}", "a", true },
	{ "foo\\.constprop\\.0$", "foo.constprop.0", true },
	{ "ab\\wcde", "cde", true },
	{ "(a)bc\\1d", "bc", true },
	{ "ab)c", "ab)c", true },
	{ "ab|", "", true },
	{ "(|ab)z", "z", true },
	{ "vfs_*", "vfs_", false },
	{ "[[:lower:]]fs_read", "fs_read", false },
	{ "vfs_rea[[:lower:]]", "vfs_rea", false },
	{ "[]a]bc", "", false },
	{ "[a\\]b]cd", "", false },
	{ "ab[cd", "ab", false },
	{ "ab\\*cde", "cde", false },
};

START_TEST(a_literal_is_what_every_match_holds)
{
	struct kvet_ksyms_pattern *pattern;
	struct kvet_cause err = { 0 };
	const char *literal;

	ck_assert_int_eq(
		kvet_ksyms_pattern_new(&pattern, literals[_i].text, literals[_i].regex, &err), 0);
	literal = kvet_ksyms_pattern_literal(pattern);
	ck_assert_msg(!strcmp(literal ? literal : "", literals[_i].literal), "'%s': '%s', not '%s'",
		      literals[_i].text, literal ? literal : "", literals[_i].literal);
	kvet_ksyms_pattern_free(pattern);
}
END_TEST

static const char *const modules[][2] = {
	{ "ext4:*", "ext4" },
	{ "ext4:[[:lower:]]*", "ext4" },
	{ "[[:lower:]]fs_read", "" },
	{ "vfs_rea[[:lower:]]", "" },
	{ "*[a:b]c", "" },
	{ "ext*:foo", "" },
	{ "core::fmt*", "" },
	{ ":a*", "" },
	{ "a\\:b*", "" },
};

START_TEST(a_colon_ends_a_module_only_where_it_is_one)
{
	struct kvet_ksyms_query query;

	ck_assert_int_eq(kvet_ksyms_query_parse(&query, modules[_i][0], false, NULL), 0);
	ck_assert_uint_eq(query.module_len, strlen(modules[_i][1]));
	kvet_ksyms_query_deinit(&query);
}
END_TEST

/* What the matcher keeps is thrown away, and it matches the same. */
START_TEST(a_matcher_that_is_renewed_matches_the_same)
{
	struct kvet_ksyms_pattern *pattern;
	char name[512];

	ck_assert_int_eq(kvet_ksyms_pattern_new(&pattern, "^(a|b)*a(a|b){9}$", true, NULL), 0);
	seed = 7;
	for (size_t i = 0; i < 3000; i++) {
		size_t len = 10 + draw(490);

		for (size_t c = 0; c < len; c++)
			name[c] = "ab"[draw(2)];
		name[len] = '\0';
		ck_assert_int_eq(kvet_ksyms_pattern_matches(pattern, name), name[len - 10] == 'a');
	}
	kvet_ksyms_pattern_free(pattern);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ksyms pattern");
	TCase *cases = tcase_create("pattern");
	SRunner *runner;
	int failed;

	tcase_set_timeout(cases, 120);
	tcase_add_loop_test(cases, expressions_find_what_regexec_finds, 0, SEEDS);
	tcase_add_loop_test(cases, globs_find_what_fnmatch_finds, 0, SEEDS);
	tcase_add_loop_test(cases, a_literal_is_what_every_match_holds, 0,
			    sizeof(literals) / sizeof(*literals));
	tcase_add_loop_test(cases, a_colon_ends_a_module_only_where_it_is_one, 0,
			    sizeof(modules) / sizeof(*modules));
	tcase_add_test(cases, a_matcher_that_is_renewed_matches_the_same);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
