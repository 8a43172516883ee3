/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which instructions are live: small programs, written as instructions. */
#include <check.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "object/live_code.h"
#include "object/register.h"

#define SECTION 1
#define MOST    16

#define MOVE(r, n)                                                              \
	{                                                                       \
		.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = (r), .imm = (n) \
	}
#define COPY(r, s)                                                                  \
	{                                                                           \
		.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = (r), .src_reg = (s) \
	}
#define ADD(r, n)                                                               \
	{                                                                       \
		.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = (r), .imm = (n) \
	}
#define JUMP_IF(op, r, n, to)                                                           \
	{                                                                               \
		.code = BPF_JMP | (op) | BPF_K, .dst_reg = (r), .imm = (n), .off = (to) \
	}
#define JUMP(to)                                      \
	{                                             \
		.code = BPF_JMP | BPF_JA, .off = (to) \
	}
#define CALL(n)                                        \
	{                                              \
		.code = BPF_JMP | BPF_CALL, .imm = (n) \
	}
#define EXIT                               \
	{                                  \
		.code = BPF_JMP | BPF_EXIT \
	}

static struct kvet_image image;
static struct kvet_image_code code;
static struct kvet_elf_function function;
static struct bpf_insn insns[MOST];
static uint8_t marks[MOST];
static const struct kvet_elf_reference *references[MOST];

static void setup(void)
{
	memset(&image, 0, sizeof(image));
	memset(marks, 0, sizeof(marks));
	memset(references, 0, sizeof(references));
	code = (struct kvet_image_code){
		.section = SECTION, .insns = insns, .marks = marks, .references = references
	};
	function = (struct kvet_elf_function){ .name = "f", .section = SECTION, .program = true };
	image.codes = &code;
	image.code_count = 1;
	image.elf.functions = &function;
	image.elf.function_count = 1;
}

/* Marks the program, and compares: "1" for each live instruction, "." for each dead one. */
static void live_is(const struct bpf_insn *program, size_t count, const char *wanted)
{
	char found[MOST + 1] = "";

	memcpy(insns, program, count * sizeof(*insns));
	code.count = count;
	function.end = count * sizeof(*insns);
	ck_assert_int_eq(kvet_live_code_mark(&image, NULL), 0);
	for (size_t i = 0; i < count; i++)
		found[i] = marks[i] & KVET_MARK_LIVE ? '1' : '.';
	ck_assert_str_eq(found, wanted);
}

#define LIVE_IS(wanted, ...)                                                  \
	do {                                                                  \
		const struct bpf_insn program[] = { __VA_ARGS__ };            \
		live_is(program, sizeof(program) / sizeof(*program), wanted); \
	} while (0)

START_TEST(behind_a_constant_only_one_way_is_live)
{
	LIVE_IS("11.1", MOVE(1, 0), JUMP_IF(BPF_JEQ, 1, 0, 1), CALL(5), EXIT);
}
END_TEST

START_TEST(behind_the_other_constant_the_other)
{
	LIVE_IS("1111", MOVE(1, 1), JUMP_IF(BPF_JEQ, 1, 0, 1), CALL(5), EXIT);
}
END_TEST

START_TEST(what_is_not_known_is_live_both_ways)
{
	LIVE_IS("111", JUMP_IF(BPF_JEQ, 1, 0, 1), CALL(5), EXIT);
}
END_TEST

START_TEST(a_call_forgets_its_registers_and_keeps_the_others)
{
	LIVE_IS("1111", MOVE(1, 0), CALL(5), JUMP_IF(BPF_JEQ, 1, 0, 0), EXIT);
	setup();
	LIVE_IS("111.1", MOVE(6, 0), CALL(5), JUMP_IF(BPF_JEQ, 6, 0, 1), CALL(6), EXIT);
	setup();
	LIVE_IS("11111", MOVE(0, 0), CALL(5), JUMP_IF(BPF_JEQ, 0, 0, 1), CALL(6), EXIT);
}
END_TEST

START_TEST(where_two_paths_meet_only_what_both_know_counts)
{
	/* if (r1) r2 = 1 else r2 = 0; if (r2 == 0) ... */
	LIVE_IS("1111111", JUMP_IF(BPF_JEQ, 1, 0, 2), MOVE(2, 1), JUMP(1), MOVE(2, 0),
		JUMP_IF(BPF_JEQ, 2, 0, 1), CALL(5), EXIT);
	setup();
	LIVE_IS("11111.1", JUMP_IF(BPF_JEQ, 1, 0, 2), MOVE(2, 0), JUMP(1), MOVE(2, 0),
		JUMP_IF(BPF_JEQ, 2, 0, 1), CALL(5), EXIT);
}
END_TEST

START_TEST(a_loop_that_changes_a_register_makes_it_unknown)
{
	/* r1 = 0; again: if (r1 == 3) call 5; r1 += 1; if (r2 != 0) goto again */
	LIVE_IS("111111", MOVE(1, 0), JUMP_IF(BPF_JNE, 1, 3, 1), CALL(5), ADD(1, 1),
		JUMP_IF(BPF_JNE, 2, 0, -4), EXIT);
}
END_TEST

START_TEST(copies_and_arithmetic_are_followed)
{
	LIVE_IS("1111.1", MOVE(1, 2), COPY(3, 1), ADD(3, 5), JUMP_IF(BPF_JEQ, 3, 7, 1), CALL(5),
		EXIT);
}
END_TEST

START_TEST(the_second_half_of_a_constant_is_no_instruction)
{
	LIVE_IS("1.1.1", { .code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = 1, .imm = 0 },
		{ .imm = 1 }, JUMP_IF(BPF_JNE, 1, 0, 1), CALL(5), EXIT);
}
END_TEST

START_TEST(an_instruction_whose_relocation_failed_is_not_a_constant)
{
	marks[0] = KVET_MARK_INVALID;
	LIVE_IS("1111", MOVE(1, 0), JUMP_IF(BPF_JEQ, 1, 0, 1), CALL(5), EXIT);
}
END_TEST

START_TEST(an_extern_that_is_missing_is_0_and_one_that_is_there_is_not)
{
	static struct kvet_image_extern item = { .name = "perhaps", .kind = KVET_EXTERN_KFUNC };
	static const struct kvet_elf_reference reference = { .symbol = "perhaps" };
	const char *const wanted[] = {
		[KVET_YES] = "1.1.1", [KVET_NO] = "1.111", [KVET_UNDETERMINED] = "1.111"
	};

	image.externs = &item;
	image.extern_count = 1;
	for (int i = 0; i < KVET_VERDICT_COUNT; i++) {
		memset(marks, 0, sizeof(marks));
		references[0] = &reference;
		item.present = (enum kvet_verdict)i;
		LIVE_IS(wanted[i], { .code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = 1 }, { 0 },
			JUMP_IF(BPF_JNE, 1, 0, 1), CALL(5), EXIT);
	}
	/* And the other way: dead if it is known to be missing. */
	memset(marks, 0, sizeof(marks));
	item.present = KVET_NO;
	LIVE_IS("1.1.1", { .code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = 1 }, { 0 },
		JUMP_IF(BPF_JEQ, 1, 0, 1), CALL(5), EXIT);
}
END_TEST

START_TEST(code_that_no_compiler_writes_is_survived)
{
	LIVE_IS("1.", JUMP(-5), EXIT);
	setup();
	LIVE_IS("1", JUMP_IF(BPF_JEQ, 15, 0, 32000));
	setup();
	LIVE_IS("1", { .code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = 1 });
	setup();
	LIVE_IS("111", { .code = 0xff, .dst_reg = 15, .src_reg = 15 }, MOVE(12, 1), EXIT);
}
END_TEST

/* --- registers ------------------------------------------------------------------------------ */

static struct kvet_register computed(uint8_t instruction, uint64_t a, uint64_t b)
{
	const struct bpf_insn insn = { .code = instruction };

	return kvet_register_compute(&insn, kvet_register_number(a), kvet_register_number(b));
}

START_TEST(arithmetic_is_that_of_bpf)
{
	const struct {
		uint8_t code;
		uint64_t a, b, wanted;
	} rows[] = {
		{ BPF_ALU64 | BPF_ADD, 1, 2, 3 },
		{ BPF_ALU64 | BPF_SUB, 1, 2, UINT64_MAX },
		{ BPF_ALU | BPF_SUB, 1, 2, UINT32_MAX },
		{ BPF_ALU64 | BPF_MUL, 6, 7, 42 },
		{ BPF_ALU64 | BPF_OR, 5, 2, 7 },
		{ BPF_ALU64 | BPF_AND, 6, 3, 2 },
		{ BPF_ALU64 | BPF_XOR, 6, 3, 5 },
		{ BPF_ALU64 | BPF_LSH, 1, 65, 2 },
		{ BPF_ALU | BPF_LSH, 1, 33, 2 },
		{ BPF_ALU64 | BPF_RSH, UINT64_MAX, 63, 1 },
		{ BPF_ALU64 | BPF_ARSH, UINT64_MAX, 63, UINT64_MAX },
		{ BPF_ALU | BPF_ARSH, 0x80000000, 31, UINT32_MAX },
		{ BPF_ALU | BPF_RSH, 0x100000002, 1, 1 },
		{ BPF_ALU64 | BPF_NEG, 1, 0, UINT64_MAX },
		{ BPF_ALU | BPF_MOV, 0, UINT64_MAX, UINT32_MAX },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct kvet_register result = computed(rows[i].code, rows[i].a, rows[i].b);

		ck_assert_int_eq(result.kind, KVET_REGISTER_NUMBER);
		ck_assert_msg(result.number == rows[i].wanted, "row %zu", i);
	}
	ck_assert_int_eq(computed(BPF_ALU64 | BPF_DIV, 6, 3).kind, KVET_REGISTER_ANY);
}
END_TEST

static int jumps(uint8_t instruction, uint64_t a, uint64_t b)
{
	const struct bpf_insn insn = { .code = instruction };

	return kvet_register_jumps(&insn, kvet_register_number(a), kvet_register_number(b));
}

START_TEST(jumps_are_those_of_bpf)
{
	ck_assert_int_eq(jumps(BPF_JMP | BPF_JGT, UINT64_MAX, 1), 1);
	ck_assert_int_eq(jumps(BPF_JMP | BPF_JSGT, UINT64_MAX, 1), 0);
	ck_assert_int_eq(jumps(BPF_JMP | BPF_JGE, 1, 1), 1);
	ck_assert_int_eq(jumps(BPF_JMP | BPF_JLT, 1, 1), 0);
	ck_assert_int_eq(jumps(BPF_JMP | BPF_JLE, 1, 1), 1);
	ck_assert_int_eq(jumps(BPF_JMP | BPF_JSLT, UINT64_MAX, 1), 1);
	ck_assert_int_eq(jumps(BPF_JMP | BPF_JSGE, UINT64_MAX, 1), 0);
	ck_assert_int_eq(jumps(BPF_JMP | BPF_JSLE, 1, 1), 1);
	ck_assert_int_eq(jumps(BPF_JMP | BPF_JSET, 6, 8), 0);
	ck_assert_int_eq(jumps(BPF_JMP32 | BPF_JEQ, 0x100000001, 1), 1);
	ck_assert_int_eq(jumps(BPF_JMP | BPF_JEQ, 0x100000001, 1), 0);
	ck_assert_int_eq(jumps(BPF_JMP | 0xe0, 1, 1), -1);
}
END_TEST

START_TEST(two_addresses_are_together_one_that_is_not_0)
{
	const struct kvet_register data = { KVET_REGISTER_DATA, 1, 8 };
	const struct kvet_register other = { KVET_REGISTER_DATA, 1, 9 };
	const struct bpf_insn equal = { .code = BPF_JMP | BPF_JEQ };

	ck_assert_int_eq(kvet_register_join(data, data).kind, KVET_REGISTER_DATA);
	ck_assert_int_eq(kvet_register_join(data, other).kind, KVET_REGISTER_POINTER);
	ck_assert_int_eq(kvet_register_join(data, kvet_register_number(0)).kind, KVET_REGISTER_ANY);
	ck_assert_int_eq(kvet_register_jumps(&equal, data, kvet_register_number(0)), 0);
	ck_assert_int_eq(kvet_register_jumps(&equal, data, kvet_register_number(1)), -1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("object/live_code");
	TCase *all = tcase_create("live_code");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(all, setup, NULL);
	tcase_add_test(all, behind_a_constant_only_one_way_is_live);
	tcase_add_test(all, behind_the_other_constant_the_other);
	tcase_add_test(all, what_is_not_known_is_live_both_ways);
	tcase_add_test(all, a_call_forgets_its_registers_and_keeps_the_others);
	tcase_add_test(all, where_two_paths_meet_only_what_both_know_counts);
	tcase_add_test(all, a_loop_that_changes_a_register_makes_it_unknown);
	tcase_add_test(all, copies_and_arithmetic_are_followed);
	tcase_add_test(all, the_second_half_of_a_constant_is_no_instruction);
	tcase_add_test(all, an_instruction_whose_relocation_failed_is_not_a_constant);
	tcase_add_test(all, an_extern_that_is_missing_is_0_and_one_that_is_there_is_not);
	tcase_add_test(all, code_that_no_compiler_writes_is_survived);
	tcase_add_test(all, arithmetic_is_that_of_bpf);
	tcase_add_test(all, jumps_are_those_of_bpf);
	tcase_add_test(all, two_addresses_are_together_one_that_is_not_0);
	suite_add_tcase(suite, all);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
