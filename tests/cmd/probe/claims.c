/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Parts of probe helpers that need no kernel: libbpf's answer beside kvet's, and doubts that are
 * alike. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/probe/helpers_doubts.h"
#include "cmd/probe/helpers_libbpf.h"

/* main.c's, which is not linked. */
static char errors[8][1024];
static size_t error_count;

void context_error(struct context *context, const struct kvet_cause *cause)
{
	(void)context;
	ck_assert_uint_lt(error_count, 8);
	strcpy(errors[error_count++], cause->evidence);
}

START_TEST(only_plain_questions_are_libbpfs_too)
{
	const struct kvet_probe_question plain = { .helper = 5, .type = 2 },
					 variant = { .helper = 5, .type = 2, .variant = 1 },
					 sleepable = { .helper = 5, .type = 2, .sleepable = true };

	ck_assert(libbpf_comparable(&plain));
	ck_assert(!libbpf_comparable(&variant));
	ck_assert(!libbpf_comparable(&sleepable));
}
END_TEST

/* Every answer of libbpf beside every verdict. */
START_TEST(what_libbpf_says_is_right_wrong_unfounded_or_misleading)
{
	static const struct {
		int answered, ret, errnum;
		enum kvet_verdict verdict;
		int unfounded, wrong, misleading;
	} cases[] = {
		{ 1, 1, 0, KVET_YES, 0, 0, 0 },
		{ 1, 1, ENOENT, KVET_YES, 0, 0, 1 },
		{ 1, 0, 0, KVET_YES, 0, 1, 0 },
		{ 1, 0, EINVAL, KVET_YES, 0, 1, 0 },
		{ 1, 1, 0, KVET_NO, 0, 1, 0 },
		{ 1, 1, ENOENT, KVET_NO, 0, 1, 1 },
		{ 1, 0, EINVAL, KVET_NO, 0, 0, 0 },
		{ 1, 1, EPERM, KVET_UNDETERMINED, 1, 0, 1 },
		{ 1, 0, EPERM, KVET_UNDETERMINED, 1, 0, 0 },
		{ 1, -EPERM, EPERM, KVET_YES, 0, 0, 0 },
		{ 1, -EPERM, EPERM, KVET_NO, 0, 0, 0 },
		{ 1, -EPERM, EPERM, KVET_UNDETERMINED, 0, 0, 0 },
		{ 0, 1, ENOENT, KVET_NO, 0, 0, 0 },
		{ 0, 0, 0, KVET_UNDETERMINED, 0, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct kvet_probe_libbpf libbpf = { .answered = cases[i].answered,
							  .ret = cases[i].ret,
							  .errnum = cases[i].errnum };
		struct libbpf_claim claim = libbpf_claim(&libbpf, cases[i].verdict);

		ck_assert_msg(claim.unfounded == cases[i].unfounded &&
				      claim.wrong == cases[i].wrong &&
				      claim.misleading == cases[i].misleading,
			      "case %zu", i);
	}
}
END_TEST

static void note(struct doubts *doubts, int reason, int errnum, const char *evidence,
		 const char *remedy)
{
	struct kvet_probe_answer answer = { .reason = reason, .cause.errnum = errnum };

	strcpy(answer.cause.evidence, evidence);
	strcpy(answer.cause.remedy, remedy);
	doubts_note(doubts, NULL, &answer);
}

/* Reason, errno and remedy make a kind; the words of the kernel do not. */
START_TEST(doubts_of_a_kind_are_told_once_with_their_number)
{
	struct doubts doubts;

	error_count = 0;
	ck_assert_int_eq(doubts_init(&doubts), 0);
	note(&doubts, 1, EPERM, "first", "do this");
	note(&doubts, 1, EPERM, "as the first", "do this");
	note(&doubts, 1, EPERM, "as the first", "do this");
	note(&doubts, 1, EPERM, "another remedy", "do that");
	note(&doubts, 1, EINVAL, "another errno", "do this");
	note(&doubts, 2, EPERM, "another reason", "do this");
	note(&doubts, 2, EPERM, "as the last", "do this");
	ck_assert_uint_eq(error_count, 0);
	doubts_put(&doubts, NULL);
	ck_assert_uint_eq(error_count, 4);
	ck_assert_str_eq(errors[0], "first; and 2 more answers like this one");
	ck_assert_str_eq(errors[1], "another remedy");
	ck_assert_str_eq(errors[2], "another errno");
	ck_assert_str_eq(errors[3], "another reason; and 1 more answers like this one");
	doubts_deinit(&doubts);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("probe helpers");
	TCase *tcase = tcase_create("parts");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, only_plain_questions_are_libbpfs_too);
	tcase_add_test(tcase, what_libbpf_says_is_right_wrong_unfounded_or_misleading);
	tcase_add_test(tcase, doubts_of_a_kind_are_told_once_with_their_number);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
