/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One program that calls several helpers: what is written, and what is read from its log. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "probe/bundle.h"
#include "recorded_logs.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

/* As a kprobe program met it on 6.18, and a program of sched_cls on 5.10. */
static const char refused_6_18[] = "0: R1=ctx() R10=fp0\n"
				   "0: (bf) r6 = r1                       ; R1=ctx() R6=ctx()\n"
				   "1: (85) call bpf_ktime_get_ns#5       ; R0=scalar()\n"
				   "2: (bf) r1 = r6                       ; R1=ctx() R6=ctx()\n"
				   "3: (85) call bpf_ktime_get_boot_ns#125        ; R0=scalar()\n"
				   "4: (bf) r1 = r6                       ; R1=ctx() R6=ctx()\n"
				   "5: (85) call bpf_ktime_get_coarse_ns#160\n"
				   "program of this type cannot use helper "
				   "bpf_ktime_get_coarse_ns#160\n" PROCESSED(6);
static const char refused_5_10[] = "0: (bf) r6 = r1\n"
				   "1: (85) call bpf_ktime_get_ns#5\n"
				   "2: (bf) r1 = r6\n"
				   "3: (85) call unknown#208\n"
				   "invalid func unknown#208\n" PROCESSED(4);
static const char argument_6_18[] = "0: R1=ctx() R10=fp0\n"
				    "0: (bf) r6 = r1                       ; R1=ctx() R6=ctx()\n"
				    "1: (85) call bpf_send_signal#109\n"
				    "R1 leaks addr into helper function\n" PROCESSED(2);
/* Words about the program, not about the call. */
static const char other_6_18[] = "0: R1=ctx() R10=fp0\n"
				 "0: (bf) r6 = r1                       ; R1=ctx() R6=ctx()\n"
				 "1: (85) call bpf_ktime_get_ns#5       ; R0=scalar()\n"
				 "BPF program is too large. Processed 2 insn\n" PROCESSED(2);
static const char wordless_6_18[] =
	"0: R1=ctx() R10=fp0\n"
	"0: (bf) r6 = r1                       ; R1=ctx() R6=ctx()\n"
	"1: (85) call bpf_ktime_get_ns#5       ; R0=scalar()\n" PROCESSED(2);

static const int asked[] = { BPF_FUNC_ktime_get_ns, BPF_FUNC_ktime_get_boot_ns,
			     BPF_FUNC_ktime_get_coarse_ns, BPF_FUNC_send_signal,
			     BPF_FUNC_ktime_get_tai_ns };

static struct kvet_probe_attempt attempt;

static int refused(int errnum, const char *log)
{
	memset(&attempt, 0xa5, sizeof(attempt));
	return kvet_bundle_refused(asked, LENGTH(asked), errnum, log, &attempt);
}

START_TEST(the_last_call_of_the_log_is_the_one_that_was_refused)
{
	ck_assert_int_eq(refused(EINVAL, refused_6_18), 2);
	ck_assert_int_eq(attempt.errnum, EINVAL);
	ck_assert(!attempt.log_cut);
	ck_assert_str_eq(attempt.log, "5: (85) call bpf_ktime_get_coarse_ns#160\n"
				      "program of this type cannot use helper "
				      "bpf_ktime_get_coarse_ns#160\n" PROCESSED(6));
	ck_assert_int_eq(refused(EINVAL, refused_5_10), 4);
	ck_assert_str_eq(attempt.log,
			 "3: (85) call unknown#208\ninvalid func unknown#208\n" PROCESSED(4));
	ck_assert_int_eq(refused(EACCES, argument_6_18), 3);
	ck_assert_int_eq(attempt.errnum, EACCES);
}
END_TEST

START_TEST(what_is_not_about_one_of_the_calls_says_nothing)
{
	static char long_log[8192];

	ck_assert_int_eq(refused(0, loaded), -1);
	ck_assert_int_eq(refused(0, refused_6_18), -1);
	ck_assert_int_eq(refused(EPERM, ""), -1);
	ck_assert_int_eq(refused(E2BIG, other_6_18), -1);
	ck_assert_int_eq(refused(EAGAIN, wordless_6_18), -1);
	/* A helper that the program does not call. */
	ck_assert_int_eq(refused(EINVAL, not_for_type_6_12), -1);
	ck_assert_int_eq(refused(EINVAL, "0: R1=ctx() R10=fp0\ninvalid func unknown#5\n"), -1);
	strcpy(long_log, refused_6_18);
	memset(long_log + strlen(long_log), 'x', sizeof(long_log) - strlen(long_log) - 1);
	ck_assert_int_eq(refused(EINVAL, long_log), -1);
}
END_TEST

START_TEST(a_program_that_loads_answers_for_all_of_its_calls)
{
	static char log[sizeof(attempt.log) + 1];

	memset(&attempt, 0xa5, sizeof(attempt));
	ck_assert(kvet_bundle_loaded(0, PROCESSED(36), &attempt));
	ck_assert_int_eq(attempt.errnum, 0);
	ck_assert(!attempt.log_cut);
	ck_assert_str_eq(attempt.log, PROCESSED(36));
	ck_assert(!kvet_bundle_loaded(EINVAL, PROCESSED(36), &attempt));
	memset(log, 'x', sizeof(attempt.log) - 1);
	ck_assert(kvet_bundle_loaded(0, log, &attempt));
	log[sizeof(attempt.log) - 1] = 'x';
	ck_assert(!kvet_bundle_loaded(0, log, &attempt));
}
END_TEST

/* Every call finds the context in r1, as in a program of its own. */
START_TEST(each_call_finds_the_context)
{
	struct bpf_insn insns[KVET_BUNDLE_SIZE];
	size_t count, length;
	const int *helpers = kvet_bundle_helpers(&count);

	for (size_t calls = 1; calls <= count; calls++) {
		size_t called = 0;

		memset(insns, 0xa5, sizeof(insns));
		length = kvet_bundle_write(helpers, calls, 7, insns);
		ck_assert_uint_eq(length, 2 * calls + 2);
		ck_assert_uint_le(length, KVET_BUNDLE_SIZE);
		/* r6 = r1 */
		ck_assert_int_eq(insns[0].code, BPF_ALU64 | BPF_MOV | BPF_X);
		ck_assert_int_eq(insns[0].dst_reg, BPF_REG_6);
		ck_assert_int_eq(insns[0].src_reg, BPF_REG_1);
		for (size_t i = 1; i < length - 2; i++) {
			if (insns[i].code == (BPF_JMP | BPF_CALL)) {
				ck_assert_int_eq(insns[i].src_reg, 0);
				ck_assert_int_eq(insns[i].imm, helpers[called++]);
				continue;
			}
			/* r1 = r6, between two calls */
			ck_assert_int_eq(insns[i].code, BPF_ALU64 | BPF_MOV | BPF_X);
			ck_assert_int_eq(insns[i].dst_reg, BPF_REG_1);
			ck_assert_int_eq(insns[i].src_reg, BPF_REG_6);
			ck_assert_int_eq(insns[i + 1].code, BPF_JMP | BPF_CALL);
		}
		ck_assert_uint_eq(called, calls);
		ck_assert_int_eq(insns[length - 2].code, BPF_ALU64 | BPF_MOV | BPF_K);
		ck_assert_int_eq(insns[length - 2].dst_reg, BPF_REG_0);
		ck_assert_int_eq(insns[length - 2].imm, 7);
		ck_assert_int_eq(insns[length - 1].code, BPF_JMP | BPF_EXIT);
	}
}
END_TEST

START_TEST(each_helper_has_its_place)
{
	size_t count;
	const int *helpers = kvet_bundle_helpers(&count);

	ck_assert_uint_eq(count, KVET_BUNDLE_MOST);
	for (size_t i = 0; i < count; i++)
		ck_assert_int_eq(kvet_bundle_place(helpers[i]), (int)i);
	ck_assert_int_eq(kvet_bundle_place(BPF_FUNC_map_lookup_elem), -1);
	ck_assert_int_eq(kvet_bundle_place(0), -1);
}
END_TEST

/* These change what may come after them, or what the program is. */
START_TEST(what_changes_the_program_has_one_of_its_own)
{
	static const int alone[] = {
		BPF_FUNC_tail_call,         BPF_FUNC_spin_lock,        BPF_FUNC_spin_unlock,
		BPF_FUNC_ringbuf_reserve,   BPF_FUNC_sk_lookup_tcp,    BPF_FUNC_sk_release,
		BPF_FUNC_get_attach_cookie, BPF_FUNC_get_func_ip,      BPF_FUNC_override_return,
		BPF_FUNC_skb_vlan_pop,      BPF_FUNC_set_hash_invalid, BPF_FUNC_set_retval,
		BPF_FUNC_get_route_realm,   BPF_FUNC_sys_close,        BPF_FUNC_copy_from_user,
	};

	for (size_t i = 0; i < LENGTH(alone); i++)
		ck_assert_int_eq(kvet_bundle_place(alone[i]), -1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("probe bundle");
	TCase *tc = tcase_create("bundle");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, the_last_call_of_the_log_is_the_one_that_was_refused);
	tcase_add_test(tc, what_is_not_about_one_of_the_calls_says_nothing);
	tcase_add_test(tc, a_program_that_loads_answers_for_all_of_its_calls);
	tcase_add_test(tc, each_call_finds_the_context);
	tcase_add_test(tc, each_helper_has_its_place);
	tcase_add_test(tc, what_changes_the_program_has_one_of_its_own);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
