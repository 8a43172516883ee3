/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <stdlib.h>

#include "clock/program.h"

#define HELPER 125

static struct bpf_insn insns[KVET_CLOCK_PROGRAM_LENGTH];

static void write_program(void)
{
	kvet_clock_program(HELPER, 7, insns);
}

START_TEST(it_begins_with_the_map_and_ends_with_0)
{
	const struct bpf_insn *last = &insns[KVET_CLOCK_PROGRAM_LENGTH - 1];

	ck_assert_uint_eq(insns[0].code, BPF_LD | BPF_DW | BPF_IMM);
	ck_assert_uint_eq(insns[0].src_reg, BPF_PSEUDO_MAP_VALUE);
	ck_assert_int_eq(insns[0].imm, 7);
	ck_assert_uint_eq(insns[1].code, 0);
	ck_assert_int_eq(insns[1].imm, 0);
	ck_assert_uint_eq(last[-1].code, BPF_ALU64 | BPF_MOV | BPF_K);
	ck_assert_uint_eq(last[-1].dst_reg, BPF_REG_0);
	ck_assert_int_eq(last[-1].imm, 0);
	ck_assert_uint_eq(last->code, BPF_JMP | BPF_EXIT);
}
END_TEST

START_TEST(every_reading_is_stored_in_its_place)
{
	static const int calls[] = { BPF_FUNC_ktime_get_ns, HELPER, BPF_FUNC_ktime_get_ns };
	const struct bpf_insn *at = insns + 2;

	for (int i = 0; i < 3 * KVET_CLOCK_CHUNK; i++, at += 2) {
		ck_assert_uint_eq(at->code, BPF_JMP | BPF_CALL);
		ck_assert_uint_eq(at->src_reg, 0);
		ck_assert_int_eq(at->imm, calls[i % 3]);
		ck_assert_uint_eq(at[1].code, BPF_STX | BPF_MEM | BPF_DW);
		ck_assert_uint_eq(at[1].dst_reg, insns[0].dst_reg);
		ck_assert_uint_eq(at[1].src_reg, BPF_REG_0);
		ck_assert_int_eq(at[1].off, i * 8);
	}
	ck_assert_ptr_eq(at, insns + KVET_CLOCK_PROGRAM_LENGTH - 2);
}
END_TEST

START_TEST(a_batch_is_nothing_but_calls_between_its_readings)
{
	const struct bpf_insn *at = insns + 2;

	kvet_clock_program_batch(HELPER, 7, insns);
	ck_assert_int_eq(insns[0].imm, 7);
	ck_assert_int_eq(at[0].imm, BPF_FUNC_ktime_get_ns);
	ck_assert_int_eq(at[1].off, 0);
	at += 2;
	for (int i = 0; i < KVET_CLOCK_BATCH; i++, at++) {
		ck_assert_uint_eq(at->code, BPF_JMP | BPF_CALL);
		ck_assert_int_eq(at->imm, HELPER);
	}
	for (int i = 1; i < 3; i++, at += 2) {
		ck_assert_int_eq(at[0].imm, BPF_FUNC_ktime_get_ns);
		ck_assert_int_eq(at[1].off, i * 8);
	}
	ck_assert_uint_eq(at[0].code, BPF_ALU64 | BPF_MOV | BPF_K);
	ck_assert_uint_eq(at[1].code, BPF_JMP | BPF_EXIT);
	ck_assert_ptr_eq(at + 2, insns + KVET_CLOCK_PROGRAM_LENGTH);
}
END_TEST

START_TEST(an_unprivileged_process_may_load_it)
{
	/* BPF_MAXINSNS. */
	ck_assert_int_le(KVET_CLOCK_PROGRAM_LENGTH, 4096);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clock program");
	TCase *tc = tcase_create("program");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, write_program, NULL);
	tcase_add_test(tc, it_begins_with_the_map_and_ends_with_0);
	tcase_add_test(tc, every_reading_is_stored_in_its_place);
	tcase_add_test(tc, a_batch_is_nothing_but_calls_between_its_readings);
	tcase_add_test(tc, an_unprivileged_process_may_load_it);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
