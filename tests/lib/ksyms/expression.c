/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What an expression may take of the machine: up to its bounds, and one past them. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ksyms/pattern.h"

/* front, middle, back: each as often as the expression says. */
static char *repeat(const char *front, const char *middle, const char *back, size_t times)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	for (size_t i = 0; i < times; i++)
		fputs(front, stream);
	fputs(middle, stream);
	for (size_t i = 0; i < times; i++)
		fputs(back, stream);
	fclose(stream);
	return text;
}

static const struct {
	const char *front, *middle, *back;
	size_t times;
	const char *bound;
} bounds[] = {
	{ "(", "a", ")", 100, NULL },
	{ "(", "a", ")", 101, "100 nested parentheses or" },
	{ "(", "a", ")", 100000, "100 nested parentheses or" },
	{ "(", "", "", 100000, "100 nested parentheses or" },
	{ "(", "a", ")*", 100, NULL },
	{ "", "a", "*", 100, NULL },
	{ "", "a", "*", 101, "100 nested parentheses or" },
	{ "", "a", "+", 100000, "100 nested parentheses or" },
	{ "", "a", "|a", 1000, NULL },
	{ "", "a", "|a", 1001, "1000 alt" },
	{ "(a|", "a", ")", 90, NULL },
	{ "", "", "a", 10000, NULL },
	{ "", "", "a", 10001, "10000 char" },
	{ "", "", "[a]", 10001, "10000 char" },
	{ "", "", "()", 10001, "10000 char" },
	{ "", "", "^", 10001, "10000 char" },
	{ "", "", "a?", 500, NULL },
	{ "", "", "a?", 501, "1000 alt" },
	{ "", "^.{511}$", "", 0, NULL },
	{ "", "a{10000}", "", 0, NULL },
	{ "", "a{10001}", "", 0, "10000 char" },
	{ "", "(a{99}){100}", "", 0, NULL },
	{ "", "((a{100}){100}){100}", "", 0, "10000 char" },
	{ "", "a{100}{100}{100}", "", 0, "10000 char" },
	{ "", "(((((a{9,}){9,}){9,}){9,}){9,}){9,}", "", 0, "10000 char" },
	{ "", "(a?){1000}", "", 0, "1000 alt" },
	{ "", "a{0,1000}", "", 0, "1000 alt" },
	{ "", "(a|b){1000}", "", 0, NULL },
	{ "", "(a|b){1001}", "", 0, "1000 alt" },
	{ "", "a{32767}{32767}{32767}{32767}{32767}{32767}{32767}{32767}", "", 0, "10000 char" },
	{ "", "a{99999999999999999999999}", "", 0, "10000 char" },
	{ "", "(.)\\1{2}", "", 0, NULL },
	{ "", "(.*)\\1{2}", "", 0, NULL },
	{ "", "(.)\\1*", "", 0, NULL },
	{ "", "(.)(a(b\\1))?", "", 0, NULL },
	{ "", "(.)(a|\\1){1,2}", "", 0, NULL },
	{ "", "(a+|[b-d]e*|\\w)\\1+", "", 0, NULL },
	{ "", "((a)|b)\\2+", "", 0, NULL },
	{ "", "(a?)(b{2,})\\2+", "", 0, NULL },
	{ "", "((.)\\2)\\1*", "", 0, NULL },
	{ "", "()\\1+*$", "", 0, "back-reference" },
	{ "", "(.*)\\1*", "", 0, "back-reference" },
	{ "", "(a{0,3})\\1?", "", 0, "back-reference" },
	{ "", "(a{0})\\1?", "", 0, "back-reference" },
	{ "", "(a|)\\1+", "", 0, "back-reference" },
	{ "", "(|a)\\1+", "", 0, "back-reference" },
	{ "", "(a|b|c*)\\1+", "", 0, "back-reference" },
	{ "", "(a*|b|c)\\1+", "", 0, "back-reference" },
	{ "", "(^$\\b\\<)\\1+", "", 0, "back-reference" },
	{ "", "(b)(a?)\\2+", "", 0, "back-reference" },
	{ "", "((a?)\\2)\\1*", "", 0, "back-reference" },
	{ "", "(.?)(a(b\\1))?", "", 0, "back-reference" },
	{ "", "(.?)(a|\\1){1,2}", "", 0, "back-reference" },
	{ "", "(a)(b)(c)(d)(e)(f)(g)(h)(i*)\\9+", "", 0, "back-reference" },
	{ "", "[[.(.]((((((((((()))))))))))]", "", 0, NULL },
};

START_TEST(what_would_take_the_machine_is_refused)
{
	char *text = repeat(bounds[_i].front, bounds[_i].middle, bounds[_i].back, bounds[_i].times);
	struct kvet_ksyms_pattern *pattern = NULL;
	struct kvet_cause err = { 0 };
	int ret = kvet_ksyms_pattern_new(&pattern, text, true, &err);

	ck_assert_msg(ret == (bounds[_i].bound ? -EINVAL : 0), "%.60s, %zu times: %d, %s", text,
		      bounds[_i].times, ret, err.evidence);
	/* The bound is named, and it is not regcomp(3) that has met it. */
	if (ret) {
		ck_assert_str_eq(err.source, "query");
		ck_assert_ptr_nonnull(strstr(err.evidence, bounds[_i].bound));
	}
	kvet_ksyms_pattern_free(pattern);
	free(text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ksyms expression");
	TCase *tc = tcase_create("expression");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, what_would_take_the_machine_is_refused, 0,
			    sizeof(bounds) / sizeof(*bounds));
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
