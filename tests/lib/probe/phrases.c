/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Each phrase that the verifier may write, alone and among others, in the words of the kernel's
 * kernel/bpf/verifier.c from 5.10 on.
 */
#include <check.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/probe.h>

#include "bpf/verifier_log.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

static const struct {
	const char *line;
	enum kvet_log_meaning meaning;
} lines[] = {
	{ "invalid func unknown#211", KVET_LOG_UNKNOWN_HELPER },
	{ "unknown func bpf_override_return#58", KVET_LOG_NOT_FOR_TYPE },
	{ "program of this type cannot use helper bpf_override_return#58", KVET_LOG_NOT_FOR_TYPE },
	{ "func bpf_get_func_ip#173 not supported for program type 5", KVET_LOG_NOT_SUPPORTED },
	{ "func bpf_get_attach_cookie#174 supported only for fentry/fexit/fmod_ret programs",
	  KVET_LOG_NOT_SUPPORTED },
	{ "helper call is not allowed in probe", KVET_LOG_NOT_ALLOWED },
	{ "Extension program changes packet data, while original does not", KVET_LOG_NOT_ALLOWED },
	{ "helper call might sleep in a non-sleepable prog", KVET_LOG_SLEEPABLE_ONLY },
	{ "sleepable helper bpf_copy_from_user#148 in non-sleepable prog",
	  KVET_LOG_SLEEPABLE_ONLY },
	{ "cannot call GPL-restricted function from non-GPL compatible program",
	  KVET_LOG_GPL_ONLY },
	{ "cannot call GPL only function from proprietary program", KVET_LOG_GPL_ONLY },
	{ "Sleepable programs can only use array, hash, ringbuf and local storage maps",
	  KVET_LOG_MAP_AWAKE },
	{ "sleepable programs can only use array and hash maps", KVET_LOG_MAP_AWAKE },
	{ "sleepable progs cannot use bpf_spin_lock yet", KVET_LOG_MAP_AWAKE },
	{ "tracing progs cannot use bpf_spin_lock yet", KVET_LOG_MAP_REFUSED },
	{ "socket filter progs cannot use bpf_spin_lock yet", KVET_LOG_MAP_REFUSED },
	{ "tracing progs cannot use bpf_timer yet", KVET_LOG_MAP_REFUSED },
	{ "Only fentry/fexit/fmod_ret, lsm, iter, uprobe, and struct_ops programs can be sleepable",
	  KVET_LOG_CANNOT_SLEEP },
	{ "raw_tracepoint programs cannot be sleepable", KVET_LOG_CANNOT_SLEEP },
	{ "Program of this type cannot be sleepable", KVET_LOG_CANNOT_SLEEP },
	{ "vfs_read is not sleepable", KVET_LOG_TARGET_AWAKE },
	{ "Sleepable program cannot attach to vfs_read", KVET_LOG_TARGET_AWAKE },
	{ "R1 type=scalar expected=fp", KVET_LOG_ARGUMENTS },
	{ "R10 type=ctx expected=map_ptr", KVET_LOG_ARGUMENTS },
	{ "R2 !read_ok", KVET_LOG_ARGUMENTS },
	{ "R1 leaks addr into helper function", KVET_LOG_ARGUMENTS },
	{ "R1 is not a scalar", KVET_LOG_ARGUMENTS },
	{ "At program exit the register R0 has value (0x0; 0xffffffff) should have been in (0x0; "
	  "0x1)",
	  KVET_LOG_EXIT_VALUE },
	{ "the moon is in the wrong phase", KVET_LOG_OTHER },
	/* An R that is no register's, or not where a complaint begins. */
	{ "ERR1 type=ctx expected=fp", KVET_LOG_OTHER },
	{ "Rx type=ctx expected=fp", KVET_LOG_OTHER },
	{ "arg#0 R1 type=ctx expected=fp", KVET_LOG_OTHER },
	{ "since R2 !read_ok", KVET_LOG_OTHER },
	{ "", KVET_LOG_OTHER },
};

START_TEST(each_phrase_means_what_it_says)
{
	char log[512];

	ck_assert_int_eq(kvet_verifier_log_read(lines[_i].line), lines[_i].meaning);
	/* Wherever it stands among what says nothing. */
	snprintf(log, sizeof(log),
		 "func#0 @0\n0: R1=ctx() R10=fp0\n0: (85) call x#1\n%s\nprocessed 1 insns (limit "
		 "1000000) max_states_per_insn 0\n",
		 lines[_i].line);
	ck_assert_int_eq(kvet_verifier_log_read(log), lines[_i].meaning);
	ck_assert_int_eq(kvet_verifier_log_is_wordless(log), !*lines[_i].line);
}
END_TEST

/* A refusal counts more than a complaint about arguments, whichever comes first. */
START_TEST(of_two_phrases_the_refusal_counts)
{
	static const char refusal[] = "unknown func bpf_override_return#58",
			  complaint[] = "R1 type=scalar expected=fp";
	char log[256], words[256];

	snprintf(log, sizeof(log), "%s\n%s\n", refusal, complaint);
	ck_assert_int_eq(kvet_verifier_log_read(log), KVET_LOG_NOT_FOR_TYPE);
	kvet_verifier_log_words(log, words, sizeof(words));
	ck_assert_str_eq(words, refusal);
	snprintf(log, sizeof(log), "%s\n%s\n", complaint, refusal);
	ck_assert_int_eq(kvet_verifier_log_read(log), KVET_LOG_NOT_FOR_TYPE);
	kvet_verifier_log_words(log, words, sizeof(words));
	ck_assert_str_eq(words, refusal);
}
END_TEST

START_TEST(what_says_nothing_of_why_is_no_word)
{
	static const char *const wordless[] = {
		"0: (85) call bpf_ktime_get_ns#5",
		"0: R1=ctx() R10=fp0",
		"R1=ctx() R10=fp0",
		"R1_w=0 R10=fp0",
		"; int x = 1;",
		"func#0 @0",
		"Validating prog() func#0...",
		"processed 3 insns (limit 1000000) max_states_per_insn 0",
		"",
	};

	for (size_t i = 0; i < LENGTH(wordless); i++)
		ck_assert_msg(kvet_verifier_log_is_wordless(wordless[i]), "%s", wordless[i]);
	ck_assert(!kvet_verifier_log_is_wordless("Validated"));
	ck_assert(!kvet_verifier_log_is_wordless("R1 is odd"));
	ck_assert(!kvet_verifier_log_is_wordless("12 is odd"));
}
END_TEST

/* Helpers whose load writes into the kernel's log: a run over all leaves these out, and no others.
 */
START_TEST(the_helpers_that_alarm_are_three)
{
	for (int helper = 0; helper < kvet_probe_names_end(); helper++)
		ck_assert_int_eq(kvet_probe_helper_alarms(helper),
				 helper == BPF_FUNC_trace_printk ||
					 helper == BPF_FUNC_trace_vprintk ||
					 helper == BPF_FUNC_probe_write_user);
}
END_TEST

/* What the verifier has looked up, the kernel's BTF names; reason by reason. */
START_TEST(each_reason_says_whether_the_helper_was_found)
{
	static const enum kvet_probe_reason found[] = {
		KVET_REASON_LOADED,        KVET_REASON_ARGUMENTS,      KVET_REASON_NOT_FOR_TYPE,
		KVET_REASON_NOT_SUPPORTED, KVET_REASON_NOT_ALLOWED,    KVET_REASON_MAP_REFUSED,
		KVET_REASON_UNTRIED,       KVET_REASON_SLEEPABLE_ONLY, KVET_REASON_SLEEPABLE_NEVER,
		KVET_REASON_PRIVILEGE,     KVET_REASON_LOCKDOWN,       KVET_REASON_TARGET,
		KVET_REASON_FOLLOWS,
	};

	for (int reason = 0; reason < KVET_REASON_COUNT; reason++) {
		const struct kvet_probe_answer answer = { .reason =
								  (enum kvet_probe_reason)reason };
		bool is_found = false;

		for (size_t i = 0; i < LENGTH(found); i++)
			is_found = is_found || (int)found[i] == reason;
		ck_assert_int_eq(kvet_probe_oracles_disagree(&answer, KVET_NO), is_found);
		ck_assert_int_eq(kvet_probe_oracles_disagree(&answer, KVET_YES),
				 reason == KVET_REASON_UNKNOWN_HELPER);
		ck_assert(!kvet_probe_oracles_disagree(&answer, KVET_UNDETERMINED));
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("probe phrases");
	TCase *tc = tcase_create("phrases");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, each_phrase_means_what_it_says, 0, LENGTH(lines));
	tcase_add_test(tc, of_two_phrases_the_refusal_counts);
	tcase_add_test(tc, what_says_nothing_of_why_is_no_word);
	tcase_add_test(tc, the_helpers_that_alarm_are_three);
	tcase_add_test(tc, each_reason_says_whether_the_helper_was_found);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
