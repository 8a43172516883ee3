/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a log of live registers says of the helpers that a variant is offered. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/late.h"
#include "probe/offers.h"
#include "probe/program_load.h"
#include "recorded_logs.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))
#define BOGUS     "      0: .12345.... (85) call unknown#2147483647\n"
#define END                                 \
	"      9: .......... (95) exit\n"   \
	"0: R1=ctx() R10=fp0\n"             \
	"0: (85) call unknown#2147483647\n" \
	"invalid func unknown#2147483647\n" PROCESSED(1)
#define BEGIN "func#0 @0\nLive regs before insn:\n"

/* Of cgroup_sock_addr on 6.18: connect4, and bind4, which is not offered bpf_bind(). */
static const char connect4[] =
	BEGIN BOGUS "      1: .12....... (85) call bpf_map_lookup_elem#1\n"
		    "      2: .12345.... (85) call bpf_probe_read#4\n"
		    "      3: .......... (85) call bpf_ktime_get_ns#5\n"
		    "      4: .12345.... (85) call bpf_perf_event_output#25\n"
		    "      5: .123...... (85) call bpf_bind#64\n"
		    "      6: .1........ (85) call bpf_set_retval#187\n" END;
static const char bind4[] = BEGIN BOGUS "      1: .12....... (85) call bpf_map_lookup_elem#1\n"
					"      2: .12345.... (85) call bpf_probe_read#4\n"
					"      3: .......... (85) call bpf_ktime_get_ns#5\n"
					"      4: .12345.... (85) call bpf_perf_event_output#25\n"
					"      5: .12345.... (85) call bpf_bind#64\n"
					"      6: .1........ (85) call bpf_set_retval#187\n" END;
/* Of bpf_dummy_ops, whose programs are offered nothing. */
static const char nothing[] = BEGIN BOGUS "      1: .12345.... (85) call bpf_map_lookup_elem#1\n"
					  "      2: .12345.... (85) call bpf_ktime_get_ns#5\n" END;
/* A kernel that counts no register of a helper that it does not know. */
static const char uncounted[] = BEGIN "      0: .......... (85) call unknown#2147483647\n"
				      "      1: .12....... (85) call bpf_map_lookup_elem#1\n"
				      "      2: .12345.... (85) call bpf_probe_read#4\n" END;
/* Before 6.15, of a log of level 2. */
static const char silent[] = "func#0 @0\n"
			     "0: R1=ctx() R10=fp0\n"
			     "0: (85) call unknown#2147483647\n"
			     "invalid func unknown#2147483647\n" PROCESSED(1);

static struct kvet_offers offers;

static size_t read_log(const char *log)
{
	size_t absent = 0;

	memset(&offers, 0xa5, sizeof(offers));
	kvet_offers_read(log, &offers);
	for (int helper = 0; helper < KVET_OFFERS_END; helper++)
		absent += offers.absent[helper];
	return absent;
}

START_TEST(a_call_that_reads_five_registers_for_fewer_arguments_is_not_offered)
{
	ck_assert_uint_eq(read_log(connect4), 1);
	ck_assert(offers.absent[BPF_FUNC_probe_read]);
	ck_assert(offers.is_said);
	ck_assert(offers.is_trusted);
	ck_assert_uint_eq(read_log(bind4), 2);
	ck_assert(offers.absent[BPF_FUNC_probe_read]);
	ck_assert(offers.absent[BPF_FUNC_bind]);
}
END_TEST

/* The two agree, so that the log says nothing of it. */
START_TEST(nothing_is_said_of_a_helper_with_five_arguments)
{
	static const int five[] = { BPF_FUNC_perf_event_output, BPF_FUNC_skb_store_bytes,
				    BPF_FUNC_sk_lookup_tcp, BPF_FUNC_trace_printk };

	for (size_t i = 0; i < LENGTH(five); i++)
		ck_assert(!kvet_offers_tell(five[i]));
	ck_assert(!kvet_offers_tell(0));
	ck_assert(!kvet_offers_tell(-1));
	ck_assert(!kvet_offers_tell(KVET_OFFERS_END));
	ck_assert(!kvet_offers_tell(KVET_PROBE_IMPOSSIBLE));
	/* The kernel warns when it looks these up. */
	ck_assert(!kvet_offers_tell(BPF_FUNC_trace_printk));
	ck_assert(!kvet_offers_tell(BPF_FUNC_probe_write_user));
	ck_assert(kvet_offers_tell(BPF_FUNC_ktime_get_ns));
	ck_assert(kvet_offers_tell(BPF_FUNC_map_update_elem));
	ck_assert(kvet_offers_tell(KVET_HELPER_CGRP_STORAGE_DELETE));
}
END_TEST

START_TEST(a_log_that_says_the_same_of_all_helpers_says_nothing)
{
	ck_assert_uint_eq(read_log(nothing), 0);
	ck_assert(offers.is_said);
	ck_assert(!offers.is_trusted);
}
END_TEST

START_TEST(a_log_without_the_control_says_nothing)
{
	static const char *const logs[] = { uncounted, silent, "", not_for_type_6_12,
					    BEGIN "      1: .12345.... (85) call bpf_bind#64\n" };

	for (size_t i = 0; i < LENGTH(logs); i++) {
		ck_assert_uint_eq(read_log(logs[i]), 0);
		ck_assert(!offers.is_said);
		ck_assert(!offers.is_trusted);
	}
}
END_TEST

START_TEST(lines_of_another_form_are_no_lines_of_registers)
{
	ck_assert_uint_eq(read_log(BEGIN BOGUS
				   "      1: .12....... (85) call bpf_map_lookup_elem#1\n"
				   "      2: .12345... (85) call bpf_bind#64\n"
				   "      2: .12345..... (85) call bpf_bind#64\n"
				   "      2  .12345.... (85) call bpf_bind#64\n"
				   "      2: .12345.... (85) call pc+64\n"
				   "      2: .12345.... (b7) r1 = 0 #64\n"
				   "      2: .12345.... (85) call bpf_bind#212\n"
				   "      2: .12345"),
			  0);
	ck_assert(offers.is_trusted);
}
END_TEST

START_TEST(all_are_asked_about_first_and_then_what_is_absent_with_a_control)
{
	int helpers[KVET_OFFERS_END];
	size_t count = kvet_offers_list(NULL, helpers);

	ck_assert_uint_gt(count, 150);
	ck_assert_uint_lt(count, KVET_OFFERS_END);
	for (size_t i = 0; i < count; i++) {
		ck_assert(kvet_offers_tell(helpers[i]));
		ck_assert(!i || helpers[i] > helpers[i - 1]);
	}
	read_log(bind4);
	count = kvet_offers_list(&offers, helpers);
	ck_assert_uint_eq(count, 3);
	ck_assert_int_eq(helpers[0], BPF_FUNC_map_lookup_elem);
	ck_assert_int_eq(helpers[1], BPF_FUNC_probe_read);
	ck_assert_int_eq(helpers[2], BPF_FUNC_bind);
	/* The control is the first that is offered. */
	offers.absent[BPF_FUNC_map_lookup_elem] = true;
	count = kvet_offers_list(&offers, helpers);
	ck_assert_uint_eq(count, 4);
	ck_assert_int_eq(helpers[0], BPF_FUNC_map_lookup_elem);
	ck_assert_int_eq(helpers[1], BPF_FUNC_map_update_elem);
}
END_TEST

START_TEST(the_program_calls_a_nonexistent_helper_first)
{
	static const int helpers[] = { BPF_FUNC_map_lookup_elem, BPF_FUNC_bind };
	struct bpf_insn insns[KVET_OFFERS_SIZE];

	memset(insns, 0xa5, sizeof(insns));
	ck_assert_uint_eq(kvet_offers_write(helpers, 2, insns), 4);
	for (size_t i = 0; i < 3; i++) {
		ck_assert_int_eq(insns[i].code, BPF_JMP | BPF_CALL);
		ck_assert_int_eq(insns[i].src_reg, 0);
		ck_assert_int_eq(insns[i].imm, i ? helpers[i - 1] : KVET_PROBE_IMPOSSIBLE);
	}
	ck_assert_int_eq(insns[3].code, BPF_JMP | BPF_EXIT);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("probe offers");
	TCase *tc = tcase_create("offers");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, a_call_that_reads_five_registers_for_fewer_arguments_is_not_offered);
	tcase_add_test(tc, nothing_is_said_of_a_helper_with_five_arguments);
	tcase_add_test(tc, a_log_that_says_the_same_of_all_helpers_says_nothing);
	tcase_add_test(tc, a_log_without_the_control_says_nothing);
	tcase_add_test(tc, lines_of_another_form_are_no_lines_of_registers);
	tcase_add_test(tc, all_are_asked_about_first_and_then_what_is_absent_with_a_control);
	tcase_add_test(tc, the_program_calls_a_nonexistent_helper_first);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
