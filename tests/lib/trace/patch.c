/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The site's number, in the place of the mark in a program. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "trace/decode.h"

#include "bpf/trace.skel.h"

static struct bpf_insn mov(__u8 class, __s32 imm)
{
	return (struct bpf_insn){ .code = class | BPF_MOV | BPF_K, .dst_reg = 1, .imm = imm };
}

static const struct bpf_insn end = { .code = BPF_JMP | BPF_EXIT };

START_TEST(the_mark_is_patched)
{
	static const __u8 classes[] = { BPF_ALU64, BPF_ALU };

	for (size_t i = 0; i < 2; i++) {
		struct bpf_insn insns[] = { mov(BPF_ALU64, 5), mov(classes[i], TRACE_SITE_MARK),
					    mov(BPF_ALU64, 6), end };

		ck_assert_uint_eq(kvet_trace_patch(insns, 4, 42), 1);
		ck_assert_int_eq(insns[0].imm, 5);
		ck_assert_int_eq(insns[1].imm, 42);
		ck_assert_int_eq(insns[1].code, classes[i] | BPF_MOV | BPF_K);
		ck_assert_int_eq(insns[1].dst_reg, 1);
		ck_assert_int_eq(insns[2].imm, 6);
	}
}
END_TEST

START_TEST(a_program_without_mark_has_none)
{
	struct bpf_insn insns[] = { mov(BPF_ALU64, TRACE_SITE_MARK - 1), end };

	ck_assert_uint_eq(kvet_trace_patch(insns, 2, 42), 0);
	ck_assert_int_eq(insns[0].imm, TRACE_SITE_MARK - 1);
	ck_assert_uint_eq(kvet_trace_patch(insns, 0, 42), 0);
}
END_TEST

START_TEST(two_marks_are_counted)
{
	struct bpf_insn insns[] = { mov(BPF_ALU64, TRACE_SITE_MARK),
				    mov(BPF_ALU64, TRACE_SITE_MARK), end };

	ck_assert_uint_eq(kvet_trace_patch(insns, 3, 42), 2);
}
END_TEST

START_TEST(a_mark_in_a_64_bit_immediate_is_left_alone)
{
	struct bpf_insn first = { .code = BPF_LD | BPF_DW | BPF_IMM, .imm = TRACE_SITE_MARK };
	/* The second slot has code 0; were it a mov, it would still be no instruction. */
	struct bpf_insn insns[] = { first,
				    { .imm = TRACE_SITE_MARK },
				    first,
				    mov(BPF_ALU64, TRACE_SITE_MARK),
				    mov(BPF_ALU64, TRACE_SITE_MARK),
				    end };

	ck_assert_uint_eq(kvet_trace_patch(insns, 6, 42), 1);
	for (size_t i = 0; i < 4; i++)
		ck_assert_int_eq(insns[i].imm, TRACE_SITE_MARK);
	ck_assert_int_eq(insns[4].imm, 42);
}
END_TEST

START_TEST(a_mark_elsewhere_than_in_a_mov_is_left_alone)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .imm = TRACE_SITE_MARK },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .imm = TRACE_SITE_MARK },
		{ .code = BPF_JMP | BPF_JNE | BPF_K, .imm = TRACE_SITE_MARK },
		{ .code = BPF_JMP32 | BPF_JSGE | BPF_K, .imm = TRACE_SITE_MARK },
		{ .code = BPF_ST | BPF_MEM | BPF_W, .imm = TRACE_SITE_MARK },
		end,
	};

	ck_assert_uint_eq(kvet_trace_patch(insns, 6, 42), 0);
	for (size_t i = 0; i < 5; i++)
		ck_assert_int_eq(insns[i].imm, TRACE_SITE_MARK);
}
END_TEST

START_TEST(every_site_number_fits)
{
	static const uint32_t sites[] = { 0, 1, 0x7fffffff, 0x80000000, UINT32_MAX };

	for (size_t i = 0; i < sizeof(sites) / sizeof(*sites); i++) {
		struct bpf_insn insns[] = { mov(BPF_ALU64, TRACE_SITE_MARK), end };

		ck_assert_uint_eq(kvet_trace_patch(insns, 2, sites[i]), 1);
		ck_assert_uint_eq((uint32_t)insns[0].imm, sites[i]);
	}
}
END_TEST

static void has_exactly_one_mark(const struct bpf_program *program)
{
	const struct bpf_insn *before = bpf_program__insns(program);
	size_t count = bpf_program__insn_cnt(program), changed = 0;
	struct bpf_insn *insns = calloc(count, sizeof(*insns));

	ck_assert_uint_gt(count, 0);
	ck_assert_ptr_nonnull(insns);
	memcpy(insns, before, count * sizeof(*insns));
	ck_assert_uint_eq(kvet_trace_patch(insns, count, 42), 1);
	for (size_t i = 0; i < count; i++) {
		if (!memcmp(&insns[i], &before[i], sizeof(*insns)))
			continue;
		changed++;
		ck_assert_int_eq(before[i].imm, TRACE_SITE_MARK);
		ck_assert_int_eq(insns[i].imm, 42);
	}
	ck_assert_uint_eq(changed, 1);
	ck_assert_uint_eq(kvet_trace_patch(insns, count, 43), 0);
	free(insns);
}

START_TEST(the_real_programs_have_exactly_one_mark)
{
	struct trace_bpf *bpf = trace_bpf__open();

	ck_assert_ptr_nonnull(bpf);
	has_exactly_one_mark(bpf->progs.kvet_mark);
	has_exactly_one_mark(bpf->progs.kvet_mark_in);
	has_exactly_one_mark(bpf->progs.kvet_lmark);
	has_exactly_one_mark(bpf->progs.kvet_lmark_in);
	has_exactly_one_mark(bpf->progs.kvet_tramp);
	has_exactly_one_mark(bpf->progs.kvet_tramp_in);
	has_exactly_one_mark(bpf->progs.kvet_ltramp);
	has_exactly_one_mark(bpf->progs.kvet_ltramp_in);
	trace_bpf__destroy(bpf);
}
END_TEST

static void is_light(const struct bpf_program *light, const struct bpf_program *any)
{
	ck_assert_uint_gt(bpf_program__insn_cnt(light), 0);
	ck_assert_uint_lt(bpf_program__insn_cnt(light) * 6, bpf_program__insn_cnt(any));
}

/* What loading takes is by the number of instructions. */
START_TEST(light_programs_are_much_shorter)
{
	struct trace_bpf *bpf = trace_bpf__open();

	ck_assert_ptr_nonnull(bpf);
	is_light(bpf->progs.kvet_lmark, bpf->progs.kvet_mark);
	is_light(bpf->progs.kvet_lmark_in, bpf->progs.kvet_mark_in);
	is_light(bpf->progs.kvet_lcookie, bpf->progs.kvet_cookie);
	is_light(bpf->progs.kvet_lcookie_in, bpf->progs.kvet_cookie_in);
	is_light(bpf->progs.kvet_lmulti, bpf->progs.kvet_multi);
	is_light(bpf->progs.kvet_lmulti_in, bpf->progs.kvet_multi_in);
	is_light(bpf->progs.kvet_ltramp, bpf->progs.kvet_tramp);
	is_light(bpf->progs.kvet_ltramp_in, bpf->progs.kvet_tramp_in);
	trace_bpf__destroy(bpf);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("trace patch");
	TCase *patch = tcase_create("patch");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(patch, the_mark_is_patched);
	tcase_add_test(patch, a_program_without_mark_has_none);
	tcase_add_test(patch, two_marks_are_counted);
	tcase_add_test(patch, a_mark_in_a_64_bit_immediate_is_left_alone);
	tcase_add_test(patch, a_mark_elsewhere_than_in_a_mov_is_left_alone);
	tcase_add_test(patch, every_site_number_fits);
	tcase_add_test(patch, the_real_programs_have_exactly_one_mark);
	tcase_add_test(patch, light_programs_are_much_shorter);
	suite_add_tcase(suite, patch);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
