/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Conditions, as the programs in the kernel read them. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "kprobe/pattern.h"
#include "trace/conditions.h"

static struct kvet_condition parsed(const char *text)
{
	struct kvet_condition condition;
	struct kvet_kprobe_wrong wrong;

	ck_assert_msg(kvet_condition_parse(text, &condition, &wrong), "%s: %s", text, wrong.why);
	return condition;
}

START_TEST(each_condition_has_its_question)
{
	static const struct {
		const char *text;
		enum trace_subject subject;
		enum trace_operation operation;
		unsigned int flags;
	} cases[] = {
		{ "a == 1", TRACE_SUBJECT_ARGUMENT, TRACE_IS_EQUAL, TRACE_WHERE },
		{ "a->b != 1", TRACE_SUBJECT_ARGUMENT, TRACE_IS_UNEQUAL,
		  TRACE_WHERE | TRACE_WHERE_READS },
		{ "a ~ \"x\"", TRACE_SUBJECT_ARGUMENT, TRACE_IS_GLOB,
		  TRACE_WHERE | TRACE_WHERE_READS },
		{ "ret < 1", TRACE_SUBJECT_RETURN, TRACE_IS_LESS, TRACE_WHERE_RETURN },
		{ "ret->a & 1", TRACE_SUBJECT_RETURN, TRACE_IS_BITS,
		  TRACE_WHERE_RETURN | TRACE_WHERE_READS },
		{ "errno <= 1", TRACE_SUBJECT_ERRNO, TRACE_IS_MOST, TRACE_WHERE_RETURN },
		{ "duration > 1", TRACE_SUBJECT_DURATION, TRACE_IS_GREATER, TRACE_WHERE_RETURN },
		{ "comm == \"x\"", TRACE_SUBJECT_COMM, TRACE_IS_EQUAL, TRACE_WHERE },
		{ "pid >= 1", TRACE_SUBJECT_PID, TRACE_IS_LEAST, TRACE_WHERE },
		{ "uid == 1", TRACE_SUBJECT_UID, TRACE_IS_EQUAL, TRACE_WHERE },
		{ "cpu == 1", TRACE_SUBJECT_CPU, TRACE_IS_EQUAL, TRACE_WHERE },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct kvet_condition condition = parsed(cases[i].text);
		struct trace_question questions[TRACE_CONDITIONS] = { 0 };

		kvet_trace_questions(&condition, 1, questions);
		ck_assert_uint_eq(questions[0].subject, cases[i].subject);
		ck_assert_uint_eq(questions[0].operation, cases[i].operation);
		ck_assert_uint_eq(questions[0].is_text, condition.is_text);
		ck_assert_msg(kvet_trace_questions_flags(&condition, 1) == cases[i].flags, "%s",
			      cases[i].text);
	}
	ck_assert_uint_eq(kvet_trace_questions_flags(NULL, 0), 0);
}
END_TEST

START_TEST(a_term_has_the_bits_of_its_number)
{
	struct kvet_condition condition = parsed("a->b == 1");
	struct kvet_condition_term at = { .expression = { .form = KVET_KPROBE_FORM_SIGNED,
							  .place = 2,
							  .pointers = 1,
							  .offsets = { 8, 16 },
							  .size = 4,
							  .register_size = 4,
							  .is_signed = true },
					  .value = 7 };
	struct trace_term term = kvet_trace_term(&condition, &at);

	ck_assert_uint_eq(term.path.form, TRACE_PATH_VALUE);
	ck_assert_uint_eq(term.path.place, 2);
	ck_assert_uint_eq(term.path.pointers, 1);
	ck_assert_uint_eq(term.path.offsets[1], 16);
	ck_assert_uint_eq(term.value, 7);
	ck_assert_uint_eq(term.width, 32);
	ck_assert_uint_eq(term.is_signed, 1);
	at.expression.bits = 3;
	at.expression.shift = 5;
	at.expression.form = KVET_KPROBE_FORM_UNSIGNED;
	term = kvet_trace_term(&condition, &at);
	ck_assert_uint_eq(term.width, 3);
	ck_assert_uint_eq(term.shift, 5);
	ck_assert_uint_eq(term.is_signed, 0);
	at.expression = (struct kvet_kprobe_expression){ .form = KVET_KPROBE_FORM_UNSIGNED,
							 .register_size = 2 };
	ck_assert_uint_eq(kvet_trace_term(&condition, &at).width, 16);
	at.expression.form = KVET_KPROBE_FORM_NONE;
	ck_assert_uint_eq(kvet_trace_term(&condition, &at).path.form, TRACE_PATH_NONE);
}
END_TEST

/* A pointer to text is read for a text only. */
START_TEST(a_text_is_at_the_pointer)
{
	const struct kvet_condition_term at = { .expression = { .form = KVET_KPROBE_FORM_STRING,
								.register_size = 8 } };
	struct kvet_condition text = parsed("a ~ \"x*\""), pointer = parsed("a == NULL");

	ck_assert_uint_eq(kvet_trace_term(&text, &at).path.form, TRACE_PATH_STRING);
	ck_assert_uint_eq(kvet_trace_term(&pointer, &at).path.form, TRACE_PATH_VALUE);
}
END_TEST

START_TEST(a_text_has_the_pattern_that_it_is_matched_with)
{
	static struct trace_pattern pattern;
	struct kvet_condition condition = parsed("a ~ \"x*\"");

	ck_assert(kvet_trace_pattern(&condition, &pattern));
	ck_assert_uint_eq(pattern.cells['x'].step, 1);
	ck_assert_uint_eq(pattern.cells['y'].step, 0);
	ck_assert_uint_eq(pattern.cells['y'].stay, 2);
	ck_assert_uint_eq(pattern.accept, 2);
	ck_assert_uint_eq(pattern.open, 2);
	condition = parsed("a == \"x*\"");
	ck_assert(kvet_trace_pattern(&condition, &pattern));
	ck_assert_uint_eq(pattern.cells['*'].step, 2);
	ck_assert_uint_eq(pattern.accept, 4);
	ck_assert_uint_eq(pattern.open, 0);
	condition = parsed("a == 3");
	ck_assert(!kvet_trace_pattern(&condition, &pattern));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("trace conditions");
	TCase *tc = tcase_create("conditions");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, each_condition_has_its_question);
	tcase_add_test(tc, a_term_has_the_bits_of_its_number);
	tcase_add_test(tc, a_text_is_at_the_pointer);
	tcase_add_test(tc, a_text_has_the_pattern_that_it_is_matched_with);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
