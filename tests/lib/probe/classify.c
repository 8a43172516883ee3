/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The verifier's words are recordings: 5.10 to 7.3 in virtual machines, 6.18 on a host; what is
 * composed instead says so. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENOTSUPP_KERNEL 524

#include "bpf/verifier_log.h"

#include "judge.h"

START_TEST(zero_bytes_before_the_words_do_not_hide_them)
{
	for (size_t zeros = 0; zeros < 5; zeros++) {
		char log[64] = { 0 };

		memcpy(log + zeros, "invalid func 113\n", 17);
		kvet_verifier_log_strip(log, sizeof(log));
		ck_assert_str_eq(log, "invalid func 113\n");
		ck_assert_int_eq(kvet_verifier_log_read(log), KVET_LOG_UNKNOWN_HELPER);
	}
}
END_TEST

START_TEST(a_log_of_zeros_alone_is_empty_and_a_full_one_is_ended)
{
	char log[8] = { 0 };

	kvet_verifier_log_strip(log, sizeof(log));
	ck_assert_str_eq(log, "");
	memset(log, 'x', sizeof(log));
	kvet_verifier_log_strip(log, sizeof(log));
	ck_assert_str_eq(log, "xxxxxxx");
	log[0] = '\0';
	kvet_verifier_log_strip(log, sizeof(log));
	ck_assert_str_eq(log, "xxxxxx");
}
END_TEST

static void is(int errnum, const char *log, enum kvet_verdict verdict, const char *reason)
{
	struct kvet_probe_answer answer = judge(errnum, log, "");

	ck_assert_int_eq(answer.verdict, verdict);
	ck_assert_str_eq(reason_of(&answer), reason);
	ck_assert_str_eq(answer.attempt.log, log);
	ck_assert_int_eq(answer.attempt.errnum, errnum);
}

static void says(int errnum, const char *log, enum kvet_verdict verdict, const char *reason,
		 const char *evidence)
{
	is(errnum, log, verdict, reason);
	ck_assert_str_eq(judge(errnum, log, "").cause.evidence, evidence);
}

START_TEST(a_program_that_loads_is_supported)
{
	is(0, loaded, KVET_YES, "loaded");
	is(0, "", KVET_YES, "loaded");
}
END_TEST

START_TEST(a_number_that_the_kernel_lacks_is_unsupported)
{
	says(EINVAL, unknown_5_10, KVET_NO, "unknown to this kernel", "invalid func unknown#173");
}
END_TEST

START_TEST(a_number_that_a_kernel_without_names_lacks_is_unsupported)
{
	/* 4.9 writes neither a name nor a '#'; not recorded. */
	says(EINVAL, "0: (85) call 173\ninvalid func 173\n", KVET_NO, "unknown to this kernel",
	     "invalid func 173");
}
END_TEST

START_TEST(a_helper_of_other_types_is_unsupported_in_the_words_of_every_kernel)
{
	static const char old[] = "unknown func bpf_override_return#58";
	static const char new[] = "program of this type cannot use helper bpf_override_return#58";

	says(EINVAL, not_for_type_5_10, KVET_NO, "not for this program type", old);
	says(EINVAL, not_for_type_6_1, KVET_NO, "not for this program type", old);
	says(EINVAL, not_for_type_6_12, KVET_NO, "not for this program type", new);
	says(EINVAL, not_for_type_7_3, KVET_NO, "not for this program type", new);
}
END_TEST

START_TEST(the_same_words_for_want_of_a_capability_are_undetermined)
{
	static const char *const missing[] = { "CAP_PERFMON", "CAP_BPF", "CAP_BPF, CAP_PERFMON" };

	for (size_t i = 0; i < 3; i++) {
		struct kvet_probe_answer answer = judge(EINVAL, not_for_type_6_12, missing[i]);
		char words[64];

		snprintf(words, sizeof(words), "; %s missing", missing[i]);
		ck_assert_int_eq(answer.verdict, KVET_UNDETERMINED);
		ck_assert_ptr_nonnull(strstr(answer.cause.evidence, words));
		ck_assert_ptr_nonnull(strstr(answer.cause.evidence, "cannot use helper"));
	}
	ck_assert_str_eq(judge(EINVAL, not_for_type_5_10, "CAP_PERFMON").cause.remedy,
			 "run as root, or with CAP_PERFMON");
	ck_assert_str_eq(judge(EINVAL, not_for_type_7_3, "CAP_BPF, CAP_PERFMON").cause.remedy,
			 "run as root, or with CAP_BPF and CAP_PERFMON");
}
END_TEST

START_TEST(under_a_lockdown_that_is_known_the_same_words_are_a_no)
{
	struct kvet_probe_answer answer =
		judge_limited(attempt(EINVAL, not_for_type_6_12), good(), "", "confidentiality");

	ck_assert_int_eq(answer.verdict, KVET_NO);
	ck_assert_str_eq(reason_of(&answer), "not for this program type or locked down");
	ck_assert_ptr_nonnull(strstr(answer.cause.evidence, "lockdown is confidentiality"));
	/* No privilege would change it. */
	answer = judge_limited(attempt(EINVAL, not_for_type_6_12), good(), "CAP_PERFMON",
			       "confidentiality");
	ck_assert_int_eq(answer.verdict, KVET_NO);
	ck_assert_int_eq(answer.reason, KVET_REASON_LOCKDOWN);
	/* One that cannot be read may be none. */
	answer = judge_limited(attempt(EINVAL, not_for_type_6_12), good(), "", "unknown");
	ck_assert_int_eq(answer.verdict, KVET_UNDETERMINED);
	ck_assert_int_eq(answer.reason, KVET_REASON_LOCKDOWN);
}
END_TEST

static struct kvet_probe_answer settled(struct kvet_probe_answer answer, const char *locked,
					const char *option)
{
	struct kvet_probe_limits limits = { .locked = locked };

	kvet_probe_settle(&limits, option,
			  option ? "# CONFIG_X is not set (/proc/config.gz)" : NULL, &answer);
	return answer;
}

START_TEST(what_the_kernel_was_built_without_is_a_no_for_everyone)
{
	struct kvet_probe_controls refusing = good();
	struct kvet_probe_answer answer;

	/* The kernel's no gets its reason. */
	answer = settled(judge(EINVAL, not_for_type_6_12, ""), "", "CONFIG_X");
	ck_assert_int_eq(answer.verdict, KVET_NO);
	ck_assert_int_eq(answer.reason, KVET_REASON_NOT_FOR_TYPE);
	ck_assert_str_eq(answer.option, "CONFIG_X");
	ck_assert_ptr_nonnull(strstr(answer.cause.evidence, "# CONFIG_X is not set"));
	ck_assert_ptr_nonnull(strstr(answer.cause.remedy, "CONFIG_X"));
	/* Who may not ask need not. */
	answer = settled(judge(EINVAL, not_for_type_6_12, "CAP_PERFMON"), "", "CONFIG_X");
	ck_assert_int_eq(answer.verdict, KVET_NO);
	ck_assert_int_eq(answer.reason, KVET_REASON_NOT_BUILT);
	refusing.null = attempt(EPERM, "");
	answer = settled(judge_with(attempt(EPERM, ""), refusing), "", "CONFIG_X");
	ck_assert_int_eq(answer.verdict, KVET_NO);
	ck_assert_int_eq(answer.reason, KVET_REASON_NOT_BUILT);
	/* What did happen outweighs what stands in a file. */
	answer = settled(judge(0, "", ""), "", "CONFIG_X");
	ck_assert_int_eq(answer.verdict, KVET_YES);
	ck_assert_ptr_null(answer.option);
	answer = settled(judge(ENOMEM, "", ""), "", "CONFIG_X");
	ck_assert_int_eq(answer.verdict, KVET_UNDETERMINED);
	answer = settled(judge(EINVAL, unknown_5_10, ""), "", "CONFIG_X");
	ck_assert_int_eq(answer.reason, KVET_REASON_UNKNOWN_HELPER);
	ck_assert_ptr_null(answer.option);
}
END_TEST

START_TEST(a_known_lockdown_settles_what_may_not_be_asked)
{
	struct kvet_probe_controls refusing = good();
	struct kvet_probe_answer refused;

	refusing.null = attempt(EPERM, "");
	refused = judge_with(attempt(EPERM, ""), refusing);
	ck_assert_int_eq(settled(refused, "integrity", NULL).verdict, KVET_NO);
	ck_assert_int_eq(settled(refused, "integrity", NULL).reason, KVET_REASON_LOCKDOWN);
	ck_assert_int_eq(settled(refused, "unknown", NULL).verdict, KVET_UNDETERMINED);
	ck_assert_int_eq(settled(refused, "", NULL).reason, KVET_REASON_NOT_PERMITTED);
	ck_assert_int_eq(settled(judge(0, "", ""), "integrity", NULL).verdict, KVET_YES);
}
END_TEST

START_TEST(a_kernel_that_lets_the_scheduler_sleep_does_not_check)
{
	struct kvet_probe_controls controls = good();
	struct kvet_probe_answer answer;

	controls.sleep_unchecked = true;
	answer = judge_with(attempt(0, ""), controls);
	ck_assert_int_eq(answer.verdict, KVET_NO);
	ck_assert_int_eq(answer.reason, KVET_REASON_CANNOT_SLEEP);
	ck_assert_ptr_nonnull(strstr(answer.cause.evidence, "does not check"));
}
END_TEST

START_TEST(a_want_of_privilege_does_not_hide_a_number_that_the_kernel_lacks)
{
	ck_assert_int_eq(judge(EINVAL, unknown_5_10, "CAP_PERFMON").verdict, KVET_NO);
}
END_TEST

START_TEST(refused_arguments_mean_that_the_helper_was_accepted)
{
	static const char reason[] = "accepted; arguments refused later";

	is(EACCES, arguments_5_10, KVET_YES, reason);
	is(EACCES, arguments_6_1, KVET_YES, reason);
	is(EACCES, arguments_list_6_1, KVET_YES, reason);
	is(EACCES, arguments_6_12, KVET_YES, reason);
	is(EACCES, arguments_7_3, KVET_YES, reason);
	/* Not recorded: composed from the wording noted for these kernels. */
	is(EACCES, "0: (85) call bpf_trace_printk#6\nR2 !read_ok\n", KVET_YES, reason);
	is(EACCES, "0: (85) call bpf_loop#181\nR1 leaks addr into helper function\n", KVET_YES,
	   reason);
	is(EINVAL, "0: (85) call bpf_x#1\nR1 is not a scalar\n", KVET_YES, reason);
	is(EINVAL,
	   "0: (85) call bpf_ktime_get_ns#5\n1: (95) exit\n"
	   "At program exit the register R0 has value (0x0; 0xffffffff) should have been in "
	   "(0x0; 0x1)\n",
	   KVET_YES, reason);
}
END_TEST

START_TEST(a_register_state_is_no_complaint_about_arguments)
{
	is(EINVAL, "0: R1=ctx() expected=R10=fp0 but got lost\n", KVET_UNDETERMINED,
	   "refused without a verifier message");
	is(EINVAL, "ERR1 type=ctx expected=fp\n", KVET_UNDETERMINED,
	   "unrecognised verifier message");
}
END_TEST

START_TEST(a_helper_that_cannot_work_in_the_type_is_unsupported)
{
	static const char reason[] = "not supported for this program type";
	static const char words[] = "func bpf_get_func_ip#173 not supported for program type 5";

	says(ENOTSUPP_KERNEL, not_supported_6_1, KVET_NO, reason, words);
	says(ENOTSUPP_KERNEL, not_supported_6_18, KVET_NO, reason, words);
}
END_TEST

START_TEST(a_helper_that_is_not_allowed_in_the_probe_is_unsupported)
{
	says(EINVAL, not_allowed_6_1, KVET_NO, "not allowed in this program type",
	     "helper call is not allowed in probe");
	says(EINVAL, not_allowed_6_18, KVET_NO, "not allowed in this program type",
	     "helper call is not allowed in probe");
}
END_TEST

START_TEST(a_helper_that_may_sleep_is_for_sleepable_programs)
{
	static const char reason[] = "only in sleepable programs";

	says(EINVAL, sleepable_6_1, KVET_NO, reason,
	     "helper call might sleep in a non-sleepable prog");
	says(EINVAL, sleepable_6_12, KVET_NO, reason,
	     "helper call might sleep in a non-sleepable prog");
	says(EINVAL, sleepable_7_3, KVET_NO, reason,
	     "sleepable helper bpf_copy_from_user#148 in non-sleepable prog");
	ck_assert_ptr_nonnull(
		strstr(judge(EINVAL, sleepable_7_3, "").cause.remedy, "BPF_F_SLEEPABLE"));
}
END_TEST

START_TEST(a_refusal_of_the_licence_is_undetermined)
{
	/* Composed. */
	is(EINVAL, "cannot call GPL-restricted function from non-GPL compatible program\n",
	   KVET_UNDETERMINED, "refused as GPL-only");
	is(EINVAL, "cannot call GPL only function from proprietary program\n", KVET_UNDETERMINED,
	   "refused as GPL-only");
}
END_TEST

START_TEST(a_wordless_refusal_is_undetermined)
{
	is(EPERM, "", KVET_UNDETERMINED, "not permitted");
	is(EACCES, "", KVET_UNDETERMINED, "not permitted");
	is(ENOSYS, "", KVET_UNDETERMINED, "bpf(2) not available");
	is(ENOMEM, "", KVET_UNDETERMINED, "out of memory");
	is(EAGAIN, "", KVET_UNDETERMINED, "interrupted");
	is(EINTR, "", KVET_UNDETERMINED, "interrupted");
	is(E2BIG, "", KVET_UNDETERMINED, "attributes unknown to this kernel");
	is(EINVAL, "", KVET_UNDETERMINED, "refused without a verifier message");
	is(ENOTSUPP_KERNEL, "", KVET_UNDETERMINED, "refused without a verifier message");
	/* A count of instructions is no word on why. */
	is(EPERM, PROCESSED(0), KVET_UNDETERMINED, "not permitted");
	is(EINVAL, PROCESSED(0), KVET_UNDETERMINED, "refused without a verifier message");
}
END_TEST

START_TEST(unknown_words_are_undetermined_with_the_words_as_evidence)
{
	says(EINVAL,
	     "0: R1=ctx() R10=fp0\n"
	     "0: (85) call bpf_override_return#58\n"
	     "the moon is in the wrong phase\n"
	     "and so is the helper\n" PROCESSED(1),
	     KVET_UNDETERMINED, "unrecognised verifier message",
	     "the moon is in the wrong phase; and so is the helper");
	says(EPERM, "no\n", KVET_UNDETERMINED, "unrecognised verifier message", "no");
}
END_TEST

START_TEST(unknown_words_of_any_length_fit)
{
	char log[sizeof(((struct kvet_probe_attempt *)0)->log)];

	memset(log, 'x', sizeof(log) - 1);
	log[sizeof(log) - 1] = '\0';
	for (size_t i = 700; i < sizeof(log) - 1; i += 700)
		log[i] = '\n';
	is(EINVAL, log, KVET_UNDETERMINED, "unrecognised verifier message");
	ck_assert_uint_eq(strlen(judge(EINVAL, log, "").cause.evidence),
			  sizeof(((struct kvet_cause *)0)->evidence) - 1);
}
END_TEST

START_TEST(a_log_that_was_cut_off_is_undetermined_unless_the_words_are_in_it)
{
	struct kvet_probe_attempt cut = attempt(ENOSPC, "0: (85) call bpf_override_return#58\n");
	struct kvet_probe_answer answer;

	cut.log_cut = true;
	answer = judge_with(cut, good());
	ck_assert_int_eq(answer.verdict, KVET_UNDETERMINED);
	ck_assert_str_eq(reason_of(&answer), "verifier log cut off");
	cut = attempt(ENOSPC, not_for_type_6_12);
	cut.log_cut = true;
	answer = judge_with(cut, good());
	ck_assert_int_eq(answer.verdict, KVET_NO);
}
END_TEST

START_TEST(the_oracles_disagree_where_one_knows_what_the_other_does_not)
{
	struct kvet_probe_answer unknown = judge(EINVAL, unknown_5_10, "");
	struct kvet_probe_answer refused = judge(EINVAL, not_for_type_6_12, "");
	struct kvet_probe_answer ok = judge(0, loaded, ""), denied = judge(EPERM, "", "");

	ck_assert(kvet_probe_oracles_disagree(&unknown, KVET_YES));
	ck_assert(!kvet_probe_oracles_disagree(&unknown, KVET_NO));
	ck_assert(kvet_probe_oracles_disagree(&refused, KVET_NO));
	ck_assert(!kvet_probe_oracles_disagree(&refused, KVET_YES));
	ck_assert(kvet_probe_oracles_disagree(&ok, KVET_NO));
	ck_assert(!kvet_probe_oracles_disagree(&ok, KVET_YES));
	/* Who was not let in has seen nothing. */
	ck_assert(!kvet_probe_oracles_disagree(&denied, KVET_NO));
	ck_assert(!kvet_probe_oracles_disagree(&denied, KVET_YES));
	ck_assert(!kvet_probe_oracles_disagree(&ok, KVET_UNDETERMINED));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("probe classify");
	TCase *tc = tcase_create("classify");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, zero_bytes_before_the_words_do_not_hide_them);
	tcase_add_test(tc, a_log_of_zeros_alone_is_empty_and_a_full_one_is_ended);
	tcase_add_test(tc, a_program_that_loads_is_supported);
	tcase_add_test(tc, a_number_that_the_kernel_lacks_is_unsupported);
	tcase_add_test(tc, a_number_that_a_kernel_without_names_lacks_is_unsupported);
	tcase_add_test(tc, a_helper_of_other_types_is_unsupported_in_the_words_of_every_kernel);
	tcase_add_test(tc, the_same_words_for_want_of_a_capability_are_undetermined);
	tcase_add_test(tc, under_a_lockdown_that_is_known_the_same_words_are_a_no);
	tcase_add_test(tc, what_the_kernel_was_built_without_is_a_no_for_everyone);
	tcase_add_test(tc, a_known_lockdown_settles_what_may_not_be_asked);
	tcase_add_test(tc, a_kernel_that_lets_the_scheduler_sleep_does_not_check);
	tcase_add_test(tc, a_want_of_privilege_does_not_hide_a_number_that_the_kernel_lacks);
	tcase_add_test(tc, refused_arguments_mean_that_the_helper_was_accepted);
	tcase_add_test(tc, a_register_state_is_no_complaint_about_arguments);
	tcase_add_test(tc, a_helper_that_cannot_work_in_the_type_is_unsupported);
	tcase_add_test(tc, a_helper_that_is_not_allowed_in_the_probe_is_unsupported);
	tcase_add_test(tc, a_helper_that_may_sleep_is_for_sleepable_programs);
	tcase_add_test(tc, a_refusal_of_the_licence_is_undetermined);
	tcase_add_test(tc, a_wordless_refusal_is_undetermined);
	tcase_add_test(tc, unknown_words_are_undetermined_with_the_words_as_evidence);
	tcase_add_test(tc, unknown_words_of_any_length_fit);
	tcase_add_test(tc, a_log_that_was_cut_off_is_undetermined_unless_the_words_are_in_it);
	tcase_add_test(tc, the_oracles_disagree_where_one_knows_what_the_other_does_not);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
