/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/cause.h>
#include <kvet/nearest.h>

#include "core/fail.h"

/* A string of size - 1 bytes. */
static const char *filled(char *buf, size_t size)
{
	memset(buf, 'x', size - 1);
	buf[size - 1] = '\0';
	return buf;
}

START_TEST(a_cause_is_filled_whole)
{
	struct kvet_cause cause;

	memset(&cause, 0xa5, sizeof(cause));
	kvet_cause_fill(&cause, EPERM, "open", "%s: %d%%", "file", 5);
	ck_assert_int_eq(cause.errnum, EPERM);
	ck_assert_str_eq(cause.source, "open");
	ck_assert_str_eq(cause.evidence, "file: 5%");
	ck_assert_str_eq(cause.remedy, "");
}
END_TEST

START_TEST(what_does_not_fit_is_cut)
{
	struct kvet_cause cause;
	char text[4096];

	kvet_cause_fill(&cause, 0, filled(text, sizeof(text)), "%s", filled(text, sizeof(text)));
	ck_assert_uint_eq(strlen(cause.source), sizeof(cause.source) - 1);
	ck_assert_uint_eq(strlen(cause.evidence), sizeof(cause.evidence) - 1);
	ck_assert_str_eq(cause.remedy, "");
	kvet_cause_remedy(&cause, "%s", text);
	ck_assert_uint_eq(strlen(cause.remedy), sizeof(cause.remedy) - 1);
	kvet_cause_add(&cause, "%s", text);
	ck_assert_uint_eq(strlen(cause.evidence), sizeof(cause.evidence) - 1);
}
END_TEST

START_TEST(words_are_added_after_a_separator)
{
	struct kvet_cause cause;

	kvet_cause_fill(&cause, 0, "here", "%s", "");
	kvet_cause_add(&cause, "%s", "one");
	ck_assert_str_eq(cause.evidence, "one");
	kvet_cause_add(&cause, "%d", 2);
	ck_assert_str_eq(cause.evidence, "one; 2");
}
END_TEST

START_TEST(adding_stays_within_the_evidence_however_full_it_is)
{
	struct kvet_cause cause;
	char text[sizeof(cause.evidence)];

	for (size_t len = sizeof(text) - 8; len < sizeof(text); len++) {
		kvet_cause_fill(&cause, 0, "here", "%s", filled(text, len + 1));
		kvet_cause_remedy(&cause, "do");
		kvet_cause_add(&cause, "%s", "many words more than fit");
		ck_assert_uint_lt(strlen(cause.evidence), sizeof(cause.evidence));
		ck_assert_int_eq(strncmp(cause.evidence, text, len), 0);
		ck_assert_str_eq(cause.remedy, "do");
	}
}
END_TEST

START_TEST(a_failure_returns_its_negative_errno_and_fills_the_error)
{
	struct kvet_cause err;

	ck_assert_int_eq(kvet_fail(&err, ENOENT, "open", "%s", "file"), -ENOENT);
	ck_assert_int_eq(err.errnum, ENOENT);
	ck_assert_str_eq(err.source, "open");
	ck_assert_str_eq(err.evidence, "file");
	ck_assert_int_eq(kvet_fail_memory(&err), -ENOMEM);
	ck_assert_int_eq(err.errnum, ENOMEM);
}
END_TEST

START_TEST(a_failure_that_left_no_errno_is_one_all_the_same)
{
	struct kvet_cause err;

	ck_assert_int_lt(kvet_fail(&err, 0, "open", "file"), 0);
	ck_assert_int_eq(err.errnum, 0);
	ck_assert_int_lt(kvet_reject(NULL, 0, "open", "file"), 0);
}
END_TEST

START_TEST(nobody_has_to_take_the_cause)
{
	kvet_cause_fill(NULL, EPERM, "open", "%s", "x");
	kvet_cause_add(NULL, "%s", "x");
	kvet_cause_remedy(NULL, "%s", "x");
	ck_assert_int_eq(kvet_fail(NULL, EPERM, "open", "%s", "x"), -EPERM);
	ck_assert_int_eq(kvet_fail_memory(NULL), -ENOMEM);
}
END_TEST

START_TEST(an_errno_has_its_symbolic_name)
{
	char buf[32];

	ck_assert_str_eq(kvet_errno_name(EPERM, buf, sizeof(buf)), "EPERM");
	ck_assert_str_eq(kvet_errno_name(E2BIG, buf, sizeof(buf)), "E2BIG");
	ck_assert_str_eq(kvet_errno_name(EOPNOTSUPP, buf, sizeof(buf)), "EOPNOTSUPP");
	ck_assert_str_eq(kvet_errno_name(524, buf, sizeof(buf)), "ENOTSUPP");
	/* The first and the last of include/linux/errno.h, and the gap in it. */
	ck_assert_str_eq(kvet_errno_symbol(512), "ERESTARTSYS");
	ck_assert_str_eq(kvet_errno_symbol(517), "EPROBE_DEFER");
	ck_assert_str_eq(kvet_errno_symbol(521), "EBADHANDLE");
	ck_assert_str_eq(kvet_errno_symbol(531), "ENOGRACE");
	ck_assert_ptr_null(kvet_errno_symbol(520));
	ck_assert_ptr_null(kvet_errno_symbol(532));
	ck_assert_ptr_null(kvet_errno_symbol(0));
	ck_assert_ptr_null(kvet_errno_symbol(-EPERM));
}
END_TEST

START_TEST(an_errno_of_the_kernel_has_words)
{
	ck_assert_str_eq(kvet_errno_text(EPERM), strerror(EPERM));
	ck_assert_str_eq(kvet_errno_text(511), "Unknown error 511");
	ck_assert_str_eq(kvet_errno_text(512), "ERESTARTSYS");
	ck_assert_str_eq(kvet_errno_text(524), "not supported by this kernel");
	ck_assert_str_eq(kvet_errno_text(525), "ETOOSMALL");
	ck_assert_str_eq(kvet_errno_text(532), "Unknown error 532");
}
END_TEST

START_TEST(an_errno_without_a_name_is_its_number)
{
	char buf[32], small[6];

	ck_assert_str_eq(kvet_errno_name(9999, buf, sizeof(buf)), "errno 9999");
	ck_assert_str_eq(kvet_errno_name(-1, buf, sizeof(buf)), "errno -1");
	ck_assert_str_eq(kvet_errno_name(9999, small, sizeof(small)), "errno");
}
END_TEST

START_TEST(the_text_of_a_cause_has_the_parts_that_it_has)
{
	static const struct {
		struct kvet_cause cause;
		const char *text;
	} cases[] = {
		{ { EPERM, "open", "/x: refused", "be root" }, "open: EPERM: /x: refused" },
		{ { 0, "kallsyms", "no symbol", "" }, "kallsyms: no symbol" },
		{ { EPERM, "open", "", "" }, "open: EPERM" },
		{ { 0, "open", "", "" }, "open" },
		{ { EPERM, "", "refused", "" }, "EPERM: refused" },
		{ { 0, "", "refused", "" }, "refused" },
		{ { 0, "", "", "" }, "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char buf[sizeof(struct kvet_cause)];

		ck_assert_str_eq(kvet_cause_text(&cases[i].cause, buf, sizeof(buf)), cases[i].text);
	}
}
END_TEST

START_TEST(the_worst_of_two_verdicts_is_the_less_certain)
{
	static const enum kvet_verdict worst[3][3] = {
		[KVET_YES] = { KVET_YES, KVET_NO, KVET_UNDETERMINED },
		[KVET_NO] = { KVET_NO, KVET_NO, KVET_UNDETERMINED },
		[KVET_UNDETERMINED] = { KVET_UNDETERMINED, KVET_UNDETERMINED, KVET_UNDETERMINED },
	};

	for (int a = 0; a < KVET_VERDICT_COUNT; a++)
		for (int b = 0; b < KVET_VERDICT_COUNT; b++)
			ck_assert_int_eq(
				kvet_verdict_worst((enum kvet_verdict)a, (enum kvet_verdict)b),
				worst[a][b]);
}
END_TEST

START_TEST(verdicts_have_names)
{
	ck_assert_str_eq(kvet_verdict_name(KVET_YES), "yes");
	ck_assert_str_eq(kvet_verdict_name(KVET_NO), "no");
	ck_assert_str_eq(kvet_verdict_name(KVET_UNDETERMINED), "undetermined");
}
END_TEST

START_TEST(distance_counts_letters_put_in_left_out_changed_and_swapped)
{
	ck_assert_uint_eq(kvet_nearest_distance("", ""), 0);
	ck_assert_uint_eq(kvet_nearest_distance("abc", "abc"), 0);
	ck_assert_uint_eq(kvet_nearest_distance("abc", ""), 3);
	ck_assert_uint_eq(kvet_nearest_distance("", "abc"), 3);
	ck_assert_uint_eq(kvet_nearest_distance("abc", "abxc"), 1);
	ck_assert_uint_eq(kvet_nearest_distance("abc", "ac"), 1);
	ck_assert_uint_eq(kvet_nearest_distance("abc", "axc"), 1);
	ck_assert_uint_eq(kvet_nearest_distance("abc", "acb"), 1);
	ck_assert_uint_eq(kvet_nearest_distance("ab", "ba"), 1);
	ck_assert_uint_eq(kvet_nearest_distance("abcdef", "badcfe"), 3);
	ck_assert_uint_eq(kvet_nearest_distance("kitten", "sitting"), 3);
	ck_assert_uint_eq(kvet_nearest_distance("ca", "abc"), 3); /* restricted: no letter twice */
}
END_TEST

START_TEST(words_past_the_limit_are_like_nothing)
{
	char longest[KVET_NEAREST_WORD_MAX + 1], longer[KVET_NEAREST_WORD_MAX + 2];
	struct kvet_nearest nearest;

	filled(longest, sizeof(longest));
	filled(longer, sizeof(longer));
	ck_assert_uint_eq(kvet_nearest_distance(longest, longest), 0);
	ck_assert_uint_eq(kvet_nearest_distance(longest, longer), (size_t)-1);
	ck_assert_uint_eq(kvet_nearest_distance(longer, longest), (size_t)-1);
	kvet_nearest_init(&nearest, longer);
	kvet_nearest_offer(&nearest, longer);
	ck_assert_ptr_null(nearest.best);
}
END_TEST

START_TEST(the_nearest_is_the_first_of_the_least_distance)
{
	struct kvet_nearest nearest;

	kvet_nearest_init(&nearest, "format");
	ck_assert_ptr_null(nearest.best);
	kvet_nearest_offer(&nearest, "verbose");
	ck_assert_ptr_null(nearest.best);
	kvet_nearest_offer(&nearest, "formxx");
	ck_assert_str_eq(nearest.best, "formxx");
	kvet_nearest_offer(&nearest, "foxmat");
	kvet_nearest_offer(&nearest, "fxrmat");
	ck_assert_str_eq(nearest.best, "foxmat");
	ck_assert_uint_eq(nearest.distance, 1);
}
END_TEST

START_TEST(a_third_of_the_letters_may_be_wrong)
{
	struct kvet_nearest nearest;

	kvet_nearest_init(&nearest, "abcdef");
	kvet_nearest_offer(&nearest, "xyzdef");
	ck_assert_ptr_null(nearest.best);
	kvet_nearest_offer(&nearest, "xycdef");
	ck_assert_str_eq(nearest.best, "xycdef");
}
END_TEST

START_TEST(what_no_call_has_refused_has_no_errno_for_the_user)
{
	struct kvet_cause err = { 0 };

	ck_assert_int_eq(kvet_reject(&err, EINVAL, "query", "'%s' is none", "x"), -EINVAL);
	ck_assert_int_eq(err.errnum, 0);
	ck_assert_str_eq(err.source, "query");
	ck_assert_str_eq(err.evidence, "'x' is none");
	ck_assert_int_eq(kvet_reject(NULL, ENOENT, "query", "none"), -ENOENT);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("core cause");
	TCase *tc = tcase_create("cause");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, a_cause_is_filled_whole);
	tcase_add_test(tc, what_does_not_fit_is_cut);
	tcase_add_test(tc, words_are_added_after_a_separator);
	tcase_add_test(tc, adding_stays_within_the_evidence_however_full_it_is);
	tcase_add_test(tc, a_failure_returns_its_negative_errno_and_fills_the_error);
	tcase_add_test(tc, a_failure_that_left_no_errno_is_one_all_the_same);
	tcase_add_test(tc, what_no_call_has_refused_has_no_errno_for_the_user);
	tcase_add_test(tc, nobody_has_to_take_the_cause);
	tcase_add_test(tc, an_errno_has_its_symbolic_name);
	tcase_add_test(tc, an_errno_of_the_kernel_has_words);
	tcase_add_test(tc, an_errno_without_a_name_is_its_number);
	tcase_add_test(tc, the_text_of_a_cause_has_the_parts_that_it_has);
	tcase_add_test(tc, the_worst_of_two_verdicts_is_the_less_certain);
	tcase_add_test(tc, verdicts_have_names);
	tcase_add_test(tc, distance_counts_letters_put_in_left_out_changed_and_swapped);
	tcase_add_test(tc, words_past_the_limit_are_like_nothing);
	tcase_add_test(tc, the_nearest_is_the_first_of_the_least_distance);
	tcase_add_test(tc, a_third_of_the_letters_may_be_wrong);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
