/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How far a program reads its context, and the buffer that the context's first word points to. */
#include <check.h>
#include <linux/bpf.h>
#include <stdlib.h>

#include "object/context.h"

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
#define STORE_WORD(to, at)                                                     \
	{                                                                      \
		.code = BPF_ST | BPF_MEM | BPF_W, .dst_reg = (to), .off = (at) \
	}
#define CONTEXT_END(insns) kvet_context_end(insns, sizeof(insns) / sizeof(*(insns)))
#define BUFFER_END(insns)  kvet_context_buffer_end(insns, sizeof(insns) / sizeof(*(insns)))

START_TEST(reads_through_a_copy_and_a_sum)
{
	const struct bpf_insn insns[] = { COPY(6, 1), CALL(5), ADD(6, 16), LOAD(0, 6, 8) };

	ck_assert_uint_eq(CONTEXT_END(insns), 32);
	ck_assert_uint_eq(BUFFER_END(insns), 0);
}
END_TEST

/* A hostile object's, which no verifier takes. */
START_TEST(sums_beyond_all_numbers_of_32_bits)
{
	const struct bpf_insn up[] = { ADD(1, 0x7fffffff), ADD(1, 0x7fffffff), ADD(1, 0x7fffffff),
				       LOAD(0, 1, 8) };
	const struct bpf_insn down[] = { ADD(1, -0x7fffffff), ADD(1, -0x7fffffff), LOAD(0, 1, 8) };

	ck_assert_uint_eq(CONTEXT_END(up), UINT32_MAX);
	ck_assert_uint_eq(CONTEXT_END(down), 0);
}
END_TEST

START_TEST(what_a_call_spoils_is_no_context)
{
	const struct bpf_insn insns[] = { LOAD(0, 1, 0), CALL(5), LOAD(0, 1, 80) };

	ck_assert_uint_eq(CONTEXT_END(insns), 8);
}
END_TEST

START_TEST(the_first_word_leads_to_the_buffer)
{
	const struct bpf_insn written[] = { LOAD(2, 1, 0), COPY(7, 2), STORE_WORD(7, 4) };
	const struct bpf_insn read[] = { LOAD(2, 1, 0), ADD(2, 8), LOAD(0, 2, 0) };
	const struct bpf_insn second[] = { LOAD(2, 1, 8), STORE_WORD(2, 4) };

	ck_assert_uint_eq(BUFFER_END(written), 8);
	ck_assert_uint_eq(CONTEXT_END(written), 8);
	ck_assert_uint_eq(BUFFER_END(read), 16);
	/* Only the first argument does. */
	ck_assert_uint_eq(BUFFER_END(second), 0);
}
END_TEST

START_TEST(the_stack_is_neither)
{
	const struct bpf_insn insns[] = { STORE_WORD(10, -4), LOAD(0, 10, -8) };

	ck_assert_uint_eq(CONTEXT_END(insns), 0);
	ck_assert_uint_eq(BUFFER_END(insns), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("object/context");
	TCase *all = tcase_create("context");
	SRunner *runner;
	int failed;

	tcase_add_test(all, reads_through_a_copy_and_a_sum);
	tcase_add_test(all, sums_beyond_all_numbers_of_32_bits);
	tcase_add_test(all, what_a_call_spoils_is_no_context);
	tcase_add_test(all, the_first_word_leads_to_the_buffer);
	tcase_add_test(all, the_stack_is_neither);
	suite_add_tcase(suite, all);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
