/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Offsets that a compiler wrote into a program, and those that are none. */
#include <check.h>
#include <linux/bpf.h>
#include <stdlib.h>

#include "object/fixed_offset.h"

#define CALL(helper)                                        \
	{                                                   \
		.code = BPF_JMP | BPF_CALL, .imm = (helper) \
	}
#define COPY(to, from)                                                                  \
	{                                                                               \
		.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = (to), .src_reg = (from) \
	}
#define ADD(to, number)                                                               \
	{                                                                             \
		.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = (to), .imm = (number) \
	}
#define LOAD(to, from, at)                                                              \
	{                                                                               \
		.code = BPF_LDX | BPF_MEM | BPF_DW, .dst_reg = (to), .src_reg = (from), \
		.off = (at)                                                             \
	}
#define FIND(insns, typed, least) \
	kvet_fixed_offset_find(insns, sizeof(insns) / sizeof(*(insns)), typed, least)

START_TEST(a_constant_before_a_read_of_kernel_memory)
{
	static const int helpers[] = { 4, 45, 113, 115 };
	struct bpf_insn insns[] = { LOAD(3, 1, 8), ADD(3, 1256), CALL(helpers[_i]) };

	ck_assert_uint_eq(FIND(insns, false, 40), 1256);
	ck_assert_uint_eq(FIND(insns, false, 1257), 0);
	/* Of user memory. */
	insns[2].imm = 112;
	ck_assert_uint_eq(FIND(insns, false, 40), 0);
}
END_TEST

START_TEST(a_number_in_a_register_as_where_relocations_were_stripped)
{
	const struct bpf_insn insns[] = {
		LOAD(6, 1, 8), { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2, .imm = 2336 },
		COPY(3, 6),    { .code = BPF_ALU64 | BPF_ADD | BPF_X, .dst_reg = 3, .src_reg = 2 },
		CALL(113),
	};

	ck_assert_uint_eq(FIND(insns, false, 40), 2336);
}
END_TEST

START_TEST(the_stack_and_the_context_are_the_programs_own)
{
	const struct bpf_insn stack[] = { COPY(3, 10), ADD(3, 100), CALL(113) };
	const struct bpf_insn context[] = { COPY(3, 1), ADD(3, 100), CALL(113) };
	const struct bpf_insn below[] = { COPY(3, 10), ADD(3, -100), CALL(113) };

	ck_assert_uint_eq(FIND(stack, false, 40), 0);
	ck_assert_uint_eq(FIND(context, false, 40), 0);
	ck_assert_uint_eq(FIND(below, false, 40), 0);
}
END_TEST

START_TEST(what_a_call_spoils_is_forgotten)
{
	const struct bpf_insn insns[] = { LOAD(3, 1, 8), ADD(3, 1256), CALL(14), CALL(113) };

	ck_assert_uint_eq(FIND(insns, false, 40), 0);
}
END_TEST

START_TEST(a_pointer_from_the_context_of_a_typed_program)
{
	const struct bpf_insn insns[] = { LOAD(2, 1, 8), LOAD(2, 2, 1256) };

	ck_assert_uint_eq(FIND(insns, true, 40), 1256);
	ck_assert_uint_eq(FIND(insns, false, 40), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("object/fixed_offset");
	TCase *all = tcase_create("fixed_offset");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(all, a_constant_before_a_read_of_kernel_memory, 0, 4);
	tcase_add_test(all, a_number_in_a_register_as_where_relocations_were_stripped);
	tcase_add_test(all, the_stack_and_the_context_are_the_programs_own);
	tcase_add_test(all, what_a_call_spoils_is_forgotten);
	tcase_add_test(all, a_pointer_from_the_context_of_a_typed_program);
	suite_add_tcase(suite, all);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
