/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What kernels wrote of programs that they refused, and what it means. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "object/judge.h"
#include "object/target_read.h"
#include "object/trace.h"

/* Recorded: the log of level 4. */
static const struct recorded {
	const char *kernel;
	int errnum;
	const char *log;
	enum kvet_object_reason reason;
} recorded[] = {
	{ "5.10", EINVAL, "invalid func unknown#208\nprocessed 1 insns (limit 1000000)\n",
	  KVET_OBJECT_HELPER_UNKNOWN },
	{ "6.1", EINVAL, "invalid func unknown#9999\nprocessed 1 insns (limit 1000000)\n",
	  KVET_OBJECT_HELPER_UNKNOWN },
	{ "5.10", EINVAL, "unknown func bpf_skb_load_bytes#26\nprocessed 4 insns\n",
	  KVET_OBJECT_HELPER_TYPE },
	{ "7.3", EINVAL,
	  "program of this type cannot use helper bpf_skb_load_bytes#26\nverification time 33 "
	  "usec\nstack depth 8\nsubprog 0 (f) main insns_self 4\nprocessed 4 insns\n",
	  KVET_OBJECT_HELPER_TYPE },
	{ "6.1", EINVAL, "helper call might sleep in a non-sleepable prog\nprocessed 3 insns\n",
	  KVET_OBJECT_HELPER_SLEEPABLE },
	{ "7.3", EINVAL, "sleepable helper bpf_copy_from_user#148 in non-sleepable prog\n",
	  KVET_OBJECT_HELPER_SLEEPABLE },
	{ "all", EINVAL,
	  "cannot call GPL-restricted function from non-GPL compatible program\nprocessed 1\n",
	  KVET_OBJECT_LICENSE },
	{ "all", EINVAL, "invalid func unknown#195896080\nprocessed 2 insns\n",
	  KVET_OBJECT_RELOCATION },
	{ "6.12", EACCES,
	  "arg#0 reference type('UNKNOWN ') size cannot be determined: -22\n"
	  "invalid access to map value, value_size=8 off=24 size=8\n"
	  "R0 min value is outside of the allowed memory range\nprocessed 9 insns\n",
	  KVET_OBJECT_ACCESS },
	{ "5.10", EACCES, "R0 invalid mem access 'map_value_or_null'\nprocessed 6 insns\n",
	  KVET_OBJECT_ACCESS },
	{ "6.1", EACCES, "R0 !read_ok\n", KVET_OBJECT_ACCESS },
	{ "6.12", E2BIG, "The sequence of 8193 jumps is too complex.\nprocessed 57349 insns\n",
	  KVET_OBJECT_TOO_COMPLEX },
	{ "5.10", EFAULT, "The sequence of 8193 jumps is too complex.\nprocessed 57349 insns\n",
	  KVET_OBJECT_TOO_COMPLEX },
	{ "all", E2BIG, "BPF program is too large. Processed 1000001 insn\nprocessed 1000001\n",
	  KVET_OBJECT_TOO_COMPLEX },
	{ "5.10", EINVAL, "Arg#0 type PTR in globbad() is not supported yet.\n",
	  KVET_OBJECT_ARGUMENT },
	{ "6.1", EACCES, "func 'sched_switch' doesn't have 7-th argument\n", KVET_OBJECT_ACCESS },
	{ "6.1", EINVAL, "vfs_read() is not modifiable\n", KVET_OBJECT_TARGET_REFUSED },
	{ "6.1", EINVAL, "vfs_read is not sleepable\n", KVET_OBJECT_SLEEPABLE },
	{ "5.10", EINVAL, "Only fentry/fexit/fmod_ret and lsm programs can be sleepable\n",
	  KVET_OBJECT_SLEEPABLE },
	{ "7.3", EINVAL, "Attaching tracing programs to function '__rcu_read_lock' is rejected.\n",
	  KVET_OBJECT_TARGET_REFUSED },
	{ "6.12", EINVAL, "The function _printk with variable args is unsupported.\n",
	  KVET_OBJECT_TARGET_REFUSED },
	{ "7.3", ENOENT, "The address of function finish_task_switch cannot be found\n",
	  KVET_OBJECT_BTF_TARGET },
	{ "6.12", EINVAL,
	  "At program exit the register R0 has smin=5 smax=5 should have been in [-4095, 0]\n",
	  KVET_OBJECT_EXIT_VALUE },
	{ "6.1", 524, "attach_btf_id 0 is not a supported struct\n", KVET_OBJECT_STRUCT_OPS },
	{ "6.12", EACCES, "calling kernel function bpf_task_acquire is not allowed\n",
	  KVET_OBJECT_KFUNC },
	{ "6.18", EINVAL,
	  "func 'undo_cwnd' arg0 has btf_id 3018 type STRUCT 'sock'\n"
	  "kernel function bbr_undo_cwnd args#0 expected pointer to STRUCT sock but R1 has a "
	  "pointer to STRUCT tcp_sock\n",
	  KVET_OBJECT_ARGUMENT },
	{ "6.12", EINVAL, "R1 must be referenced or trusted\n", KVET_OBJECT_ARGUMENT },
	{ "6.12", EACCES, "Possibly NULL pointer passed to trusted arg0\n", KVET_OBJECT_ARGUMENT },
	{ "6.12", EINVAL, "Unreleased reference id=2 alloc_insn=5\n", KVET_OBJECT_VERIFIER },
};

static const struct kvet_object_facts root = { .missing = "", .lockdown = "none" };
static struct kvet_object_evidence evidence;
static int helper;

static void start(enum kvet_object_outcome outcome, int errnum, const char *log)
{
	memset(&evidence, 0, sizeof(evidence));
	evidence.outcome = outcome;
	evidence.errnum = errnum;
	evidence.control = evidence.control_type = -1;
	snprintf(evidence.program.log, sizeof(evidence.program.log), "%s", log);
}

static enum kvet_object_doubt judge(const struct kvet_object_facts *facts)
{
	return kvet_object_judge(&evidence, facts, &helper);
}

START_TEST(each_recorded_refusal_has_its_reason)
{
	const struct recorded *one = &recorded[_i];

	start(KVET_OUTCOME_REFUSED, one->errnum, one->log);
	judge(&root);
	ck_assert_msg(evidence.program.load == KVET_NO && evidence.program.reason == one->reason,
		      "%s: %s: %s", one->kernel, one->log,
		      kvet_object_reason_name(evidence.program.reason));
	ck_assert_int_eq(evidence.program.cause.errnum, one->errnum);
	ck_assert_str_ne(evidence.program.cause.evidence, "");
}
END_TEST

START_TEST(a_helper_is_named)
{
	start(KVET_OUTCOME_REFUSED, EINVAL, "invalid func unknown#125\n");
	judge(&root);
	ck_assert_str_eq(evidence.program.helper, "bpf_ktime_get_boot_ns");
	ck_assert_ptr_nonnull(strstr(evidence.program.cause.remedy, "BPF_FUNC_ktime_get_boot_ns"));
	start(KVET_OUTCOME_REFUSED, EINVAL, "unknown func bpf_skb_load_bytes#26\n");
	ck_assert_int_eq(judge(&root), KVET_DOUBT_HELPER);
	ck_assert_int_eq(helper, 26);
	ck_assert_str_eq(evidence.program.helper, "bpf_skb_load_bytes");
	/* No helper of the object's. */
	start(KVET_OUTCOME_REFUSED, EINVAL, "invalid func unknown#195896080\n");
	judge(&root);
	ck_assert_str_eq(evidence.program.helper, "");
}
END_TEST

START_TEST(a_lockdown_takes_helpers_from_everybody)
{
	static const char log[] = "program of this type cannot use helper bpf_probe_read#4\n";
	struct kvet_object_facts facts = { .lockdown = "confidentiality" };

	start(KVET_OUTCOME_REFUSED, EINVAL, log);
	judge(&facts);
	ck_assert_int_eq(evidence.program.load, KVET_NO);
	ck_assert_int_eq(evidence.program.reason, KVET_OBJECT_LOCKDOWN);
	facts.lockdown = "unknown";
	start(KVET_OUTCOME_REFUSED, EINVAL, log);
	judge(&facts);
	ck_assert_int_eq(evidence.program.load, KVET_UNDETERMINED);
	ck_assert_int_eq(evidence.program.reason, KVET_OBJECT_LOCKDOWN);
	facts.lockdown = "integrity";
	start(KVET_OUTCOME_REFUSED, EINVAL, log);
	judge(&facts);
	ck_assert_int_eq(evidence.program.reason, KVET_OBJECT_HELPER_TYPE);
}
END_TEST

START_TEST(missing_privilege_is_no_no)
{
	const struct kvet_object_facts facts = { .missing = "CAP_PERFMON",
						 .missing_to_load = "CAP_PERFMON",
						 .lockdown = "none" };

	start(KVET_OUTCOME_REFUSED, EINVAL, "unknown func bpf_probe_read_kernel#113\n");
	judge(&facts);
	ck_assert_int_eq(evidence.program.load, KVET_UNDETERMINED);
	ck_assert_int_eq(evidence.program.reason, KVET_OBJECT_PRIVILEGE);
	start(KVET_OUTCOME_REFUSED, EPERM, "");
	judge(&facts);
	ck_assert_int_eq(evidence.program.reason, KVET_OBJECT_PRIVILEGE);
	ck_assert_ptr_nonnull(strstr(evidence.program.cause.remedy, "CAP_PERFMON"));
	/* Recorded on 6.1; kvet itself gives that capability up. */
	start(KVET_OUTCOME_REFUSED, EACCES,
	      "destructive kfunc calls require CAP_SYS_BOOT capabilities\nprocessed 1 insns\n");
	judge(&root);
	ck_assert_int_eq(evidence.program.load, KVET_UNDETERMINED);
	ck_assert_int_eq(evidence.program.reason, KVET_OBJECT_PRIVILEGE);
}
END_TEST

START_TEST(a_refusal_without_words_is_asked_about)
{
	start(KVET_OUTCOME_REFUSED, EPERM, "");
	ck_assert_int_eq(judge(&root), KVET_DOUBT_TYPE);
	ck_assert_int_eq(evidence.program.load, KVET_UNDETERMINED);
	ck_assert_int_eq(evidence.program.reason, KVET_OBJECT_REFUSED);
	start(KVET_OUTCOME_REFUSED, EAGAIN, "");
	judge(&root);
	ck_assert_int_eq(evidence.program.reason, KVET_OBJECT_INTERRUPTED);
	start(KVET_OUTCOME_REFUSED, E2BIG, "");
	judge(&root);
	ck_assert_int_eq(evidence.program.load, KVET_NO);
	ck_assert_int_eq(evidence.program.reason, KVET_OBJECT_TOO_LARGE);
	/* xdp.frags on 5.10. */
	start(KVET_OUTCOME_REFUSED, EINVAL, "processed 0 insns\n");
	evidence.control = EINVAL;
	evidence.control_type = 0;
	judge(&root);
	ck_assert_int_eq(evidence.program.load, KVET_NO);
	ck_assert_int_eq(evidence.program.reason, KVET_OBJECT_TYPE_ABSENT);
	evidence.control_type = EINVAL;
	ck_assert_int_eq(judge(&root), KVET_DOUBT_TYPE);
	evidence.control = 0;
	judge(&root);
	ck_assert_int_eq(evidence.program.reason, KVET_OBJECT_VERIFIER);
}
END_TEST

START_TEST(what_libbpf_requires_first)
{
	static const struct {
		enum kvet_object_reason reason;
		const char *part;
	} blocked[] = {
		{ KVET_OBJECT_KFUNC, "no kfunc 'thing'" },
		{ KVET_OBJECT_KSYM, "no symbol 'thing'" },
		{ KVET_OBJECT_KCONFIG, "no value for thing" },
		{ KVET_OBJECT_BTF_TARGET, "has no 'thing'" },
	};

	for (size_t i = 0; i < sizeof(blocked) / sizeof(*blocked); i++) {
		start(KVET_OUTCOME_BLOCKED, 0, "");
		evidence.reason = blocked[i].reason;
		snprintf(evidence.symbol, sizeof(evidence.symbol), "thing");
		judge(&root);
		ck_assert_int_eq(evidence.program.load, KVET_NO);
		ck_assert_int_eq(evidence.program.reason, blocked[i].reason);
		ck_assert_ptr_nonnull(strstr(evidence.program.cause.evidence, blocked[i].part));
	}
	start(KVET_OUTCOME_BLOCKED, 0, "");
	evidence.reason = KVET_OBJECT_NO_CONFIG;
	judge(&root);
	ck_assert_int_eq(evidence.program.load, KVET_UNDETERMINED);
	/* Numbers of libbpf's own are no errno. */
	start(KVET_OUTCOME_BLOCKED, 4003, "");
	evidence.reason = KVET_OBJECT_LIBBPF;
	judge(&root);
	ck_assert_int_eq(evidence.program.load, KVET_UNDETERMINED);
	ck_assert_int_eq(evidence.program.cause.errnum, 0);
}
END_TEST

START_TEST(a_dummy_target_is_the_loaders)
{
	start(KVET_OUTCOME_BLOCKED, ESRCH, "");
	evidence.reason = KVET_OBJECT_BTF_TARGET;
	snprintf(evidence.program.section, sizeof(evidence.program.section), "fentry/dummy_read");
	judge(&root);
	ck_assert_int_eq(evidence.program.load, KVET_UNDETERMINED);
	ck_assert_int_eq(evidence.program.reason, KVET_OBJECT_PLACEHOLDER);
}
END_TEST

START_TEST(a_map_that_is_refused_is_named)
{
	start(KVET_OUTCOME_REFUSED, EINVAL, "invalid func unknown#2001000000\n");
	snprintf(evidence.symbol, sizeof(evidence.symbol), "events");
	judge(&root);
	ck_assert_int_eq(evidence.program.reason, KVET_OBJECT_MAP);
	ck_assert_ptr_nonnull(strstr(evidence.program.cause.evidence, "'events'"));
}
END_TEST

START_TEST(words_without_remarks)
{
	char words[256];

	kvet_object_verifier_words("arg#0 type is not a struct\nfirst\nsecond\nverification time 3 "
				   "usec\nstack depth 0\nprocessed 3 insns\n",
				   words, sizeof(words));
	ck_assert_str_eq(words, "first; second");
	/* 7.3 */
	kvet_object_verifier_words("cause\nSuggestion: do this\nand that\n", words, sizeof(words));
	ck_assert_str_eq(words, "cause");
	kvet_object_verifier_words("processed 0 insns (limit 1000000)\n", words, sizeof(words));
	ck_assert_str_eq(words, "");
}
END_TEST

/* --- where it was refused --------------------------------------------------------------------- */

START_TEST(the_end_of_a_trace)
{
	struct kvet_trace_end end;

	ck_assert(kvet_trace_end_read("; int f(void *ctx)\n0: (b7) r6 = 0                       ; "
				      "R6_w=0\n7: (79) r6 = *(u64 *)(r0 +24)\nR0_w=map_value(off=0"
				      ",ks=4,vs=8) R10=fp0\ninvalid access\nprocessed 9 insns\n",
				      &end));
	ck_assert_uint_eq(end.index, 7);
	ck_assert_str_eq(end.instruction, "(79) r6 = *(u64 *)(r0 +24)");
	ck_assert_str_eq(end.state, "R0_w=map_value(off=0,ks=4,vs=8) R10=fp0");
	/* Newer kernels write the state after the instruction. */
	ck_assert(kvet_trace_end_read("4: (85) call bpf_copy_from_user#148      ; R3_w=1 R10=fp0\n"
				      "helper call might sleep\n",
				      &end));
	ck_assert_str_eq(end.instruction, "(85) call bpf_copy_from_user#148");
	ck_assert_str_eq(end.state, "R3_w=1 R10=fp0");
	/* 5.10: the state comes before. */
	ck_assert(kvet_trace_end_read("3: R0=inv(id=0) R10=fp0\n3: (79) r0 = *(u64 *)(r0 +0)\n"
				      "R0 invalid mem access 'inv'\n",
				      &end));
	ck_assert_uint_eq(end.index, 3);
	ck_assert_str_eq(end.state, "R0=inv(id=0) R10=fp0");
	ck_assert(!kvet_trace_end_read("processed 0 insns\n", &end));
	ck_assert(!kvet_trace_end_read("", &end));
}
END_TEST

START_TEST(processed_instructions)
{
	ck_assert_uint_eq(kvet_trace_processed("x\nprocessed 123 insns (limit 1000000)\n"), 123);
	ck_assert_uint_eq(kvet_trace_processed("nothing"), 0);
}
END_TEST

START_TEST(the_end_of_a_tracepoints_format)
{
	ck_assert_uint_eq(kvet_target_format_end("name: x\nformat:\n"
						 "\tfield:int a;\toffset:8;\tsize:4;\tsigned:1;\n"
						 "\tfield:int b;\toffset:60;\tsize:4;\tsigned:1;\n"
						 "\nprint fmt: \"offset:%d\", REC->a\n"),
			  64);
	ck_assert_uint_eq(kvet_target_format_end(""), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("object/judge");
	TCase *all = tcase_create("judge");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(all, each_recorded_refusal_has_its_reason, 0,
			    (int)(sizeof(recorded) / sizeof(*recorded)));
	tcase_add_test(all, a_helper_is_named);
	tcase_add_test(all, a_lockdown_takes_helpers_from_everybody);
	tcase_add_test(all, missing_privilege_is_no_no);
	tcase_add_test(all, a_refusal_without_words_is_asked_about);
	tcase_add_test(all, what_libbpf_requires_first);
	tcase_add_test(all, a_dummy_target_is_the_loaders);
	tcase_add_test(all, a_map_that_is_refused_is_named);
	tcase_add_test(all, words_without_remarks);
	tcase_add_test(all, the_end_of_a_trace);
	tcase_add_test(all, processed_instructions);
	tcase_add_test(all, the_end_of_a_tracepoints_format);
	suite_add_tcase(suite, all);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
