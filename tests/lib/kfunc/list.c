/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which functions of a BTF are kfuncs, how a program calls one, and what the verifier's words mean.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kfunc/call.h"
#include "kfunc/judge.h"
#include "kfunc/kfuncs.h"

static struct btf *made;
static struct kvet_btf *btf;
static struct kvet_kfuncs *kfuncs;
static int number, plain, pointer, context;

static int function(const char *name, int argument)
{
	int proto = btf__add_func_proto(made, number);

	if (argument)
		ck_assert_int_eq(btf__add_func_param(made, "first", argument), 0);
	return btf__add_func(made, name, BTF_FUNC_STATIC, proto);
}

static void setup(void)
{
	made = btf__new_empty();
	number = btf__add_int(made, "int", 4, BTF_INT_SIGNED);
	plain = btf__add_ptr(made, btf__add_struct(made, "task_struct", 8));
	context = btf__add_ptr(made, btf__add_const(made, btf__add_struct(made, "xdp_md", 8)));
	pointer = btf__add_typedef(made, "pointer", plain);
	ck_assert_int_gt(pointer, 0);
	kfuncs = calloc(1, sizeof(*kfuncs));
	kfuncs->places = calloc(1, sizeof(*kfuncs->places));
	kfuncs->places[0].fd = -1;
	kfuncs->place_count = 1;
}

static void teardown(void)
{
	kvet_kfuncs_free(kfuncs);
	btf__free(made);
}

/* Reads what was made. */
static void make(void)
{
	__u32 size;
	const void *raw = btf__raw_data(made, &size);

	ck_assert_int_eq(kvet_btf_new(&btf, NULL, raw, size, "made here", NULL), 0);
	ck_assert_int_eq(kvet_btf_index(btf, NULL), 0);
	kfuncs->places[0].btf = kfuncs->places[0].own = btf;
}

START_TEST(the_tag_marks_a_function_and_nothing_else)
{
	int marked = function("marked", 0);
	int variable;

	function("unmarked", 0);
	ck_assert_int_gt(btf__add_decl_tag(made, "bpf_kfunc", marked, -1), 0);
	ck_assert_int_gt(btf__add_decl_tag(made, "bpf_fastcall", marked, -1), 0);
	variable = btf__add_var(made, "variable", BTF_VAR_STATIC, number);
	ck_assert_int_gt(btf__add_decl_tag(made, "bpf_kfunc", variable, -1), 0);
	ck_assert_int_gt(btf__add_decl_tag(made, "bpf_kfunc", marked, -1), 0);
	make();
	ck_assert_int_eq(kvet_kfunc_put_tagged(kfuncs, 0), 0);
	ck_assert_uint_eq(kvet_kfuncs_count(kfuncs), 1);
	ck_assert_str_eq(kvet_kfuncs_at(kfuncs, 0).name, "marked");
	ck_assert_ptr_null(kvet_kfuncs_at(kfuncs, 0).module);
	ck_assert_uint_eq(kvet_kfuncs_at(kfuncs, 0).id, (unsigned int)marked);
}
END_TEST

static size_t put_sets(const char *text)
{
	struct kvet_ksyms *table;
	FILE *stream = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	size_t sets;

	ck_assert_ptr_nonnull(stream);
	ck_assert_int_eq(kvet_ksyms_parse(&table, stream, "made here", NULL), 0);
	fclose(stream);
	ck_assert_int_eq(kvet_kfunc_put_sets(kfuncs, table, &sets), 0);
	kvet_ksyms_free(table);
	return sets;
}

START_TEST(what_is_in_a_set_with_flags_is_listed)
{
	function("first", 0);
	function("second__2", 0);
	function("hook", 0);
	function("of_a_list", 0);
	function("far", 0);
	make();
	/* In the kernel's order of addresses, which the table's lines do not have. */
	ck_assert_uint_eq(put_sets("ffffffff81000110 r __BTF_ID__func__second__2__12\n"
				   "ffffffff81000108 r __BTF_ID__func__first__11\n"
				   "ffffffff81000100 r __BTF_ID__set8__some_ids\n"
				   /* A list, whose ids have no flags. */
				   "ffffffff81000118 r __BTF_ID__func__of_a_list__13\n"
				   "ffffffff8100011c r __BTF_ID__struct__file__14\n"
				   "ffffffff81000120 r __BTF_ID__set__hooks\n"
				   "ffffffff81000128 r __BTF_ID__func__hook__15\n"
				   "ffffffff81000200 r __BTF_ID__set8__more_ids\n"
				   "ffffffff81000208 r __BTF_ID__func__first__16\n"
				   "ffffffff81000210 r __BTF_ID__func__not_in_btf__17\n"
				   "ffffffff81000220 r __BTF_ID__func__far__18\n"
				   "ffffffff81000300 r __BTF_ID__set8__of_a_module	[m]\n"
				   "ffffffff81000308 r __BTF_ID__func__far__19	[m]\n"),
			  3);
	ck_assert_uint_eq(kvet_kfuncs_count(kfuncs), 2);
	ck_assert_str_eq(kvet_kfuncs_at(kfuncs, 0).name, "first");
	ck_assert_str_eq(kvet_kfuncs_at(kfuncs, 1).name, "second__2");
	ck_assert_int_eq((int)kvet_kfuncs_at(kfuncs, 1).listed, KVET_KFUNC_IN_SET);
}
END_TEST

START_TEST(a_name_is_added_once_and_only_if_it_exists)
{
	function("first", 0);
	function("first", number);
	make();
	ck_assert_int_eq(kvet_kfuncs_add(kfuncs, "first", NULL), 0);
	ck_assert_int_eq(kvet_kfuncs_add(kfuncs, "first", NULL), 0);
	ck_assert_uint_eq(kvet_kfuncs_count(kfuncs), 2);
	ck_assert_int_eq((int)kvet_kfuncs_at(kfuncs, 1).listed, KVET_KFUNC_NAMED);
	ck_assert_int_eq(kvet_kfuncs_add(kfuncs, "second", NULL), -ENOENT);
	/* Where a module's BTF cannot be read, it may be there. */
	kfuncs->places[0].btf = NULL;
	kfuncs->count = 0;
	ck_assert_int_eq(kvet_kfuncs_add(kfuncs, "second", NULL), -ENODATA);
}
END_TEST

/* The instruction that sets R1 last before the call, and the call. */
static void call(int id, int16_t module, struct bpf_insn *first, struct bpf_insn *called)
{
	struct bpf_insn insns[KVET_KFUNC_CALL_MOST];
	size_t count = kvet_kfunc_call(btf, (uint32_t)id, module, 7, insns);

	ck_assert_uint_le(count, KVET_KFUNC_CALL_MOST);
	memset(first, 0, sizeof(*first));
	for (size_t i = 0; i < count; i++) {
		if (insns[i].code == (BPF_JMP | BPF_CALL))
			*called = insns[i];
		else if (insns[i].dst_reg == BPF_REG_1)
			*first = insns[i];
	}
	ck_assert_int_eq(insns[count - 2].imm, 7);
	ck_assert_int_eq(insns[count - 1].code, BPF_JMP | BPF_EXIT);
}

START_TEST(the_prototype_suggests_what_is_passed)
{
	int none = function("none", 0), a_number = function("a_number", number);
	int memory = function("memory", pointer), its_context = function("its_context", context);
	struct bpf_insn first, called;

	make();
	call(none, 0, &first, &called);
	ck_assert_int_eq(first.code, 0);
	ck_assert_int_eq(called.src_reg, BPF_PSEUDO_KFUNC_CALL);
	ck_assert_int_eq(called.imm, none);
	ck_assert_int_eq(called.off, 0);
	call(a_number, 1, &first, &called);
	ck_assert_int_eq(first.code, BPF_ALU64 | BPF_MOV | BPF_K);
	ck_assert_int_eq(first.imm, 0);
	ck_assert_int_eq(called.off, 1);
	call(memory, 0, &first, &called);
	ck_assert_int_eq(first.code, BPF_ALU64 | BPF_ADD | BPF_K);
	ck_assert_int_eq(first.imm, -64);
	call(its_context, 0, &first, &called);
	ck_assert_int_eq(first.code, BPF_ALU64 | BPF_MOV | BPF_X);
	ck_assert_int_eq(first.src_reg, BPF_REG_6);
}
END_TEST

#define AT_CALL "0: R1=ctx() R10=fp0\n9: (85) call bpf_f#1\n"

/* As kernels write it (5.10, 6.1, 6.12, 6.18, 7.3). */
static const struct row {
	const char *log;
	int errnum;
	enum kvet_verdict verdict;
	enum kvet_probe_reason reason;
} rows[] = {
	{ "", 0, KVET_YES, KVET_REASON_LOADED },
	{ AT_CALL "calling kernel function bpf_f is not allowed\nprocessed 10 insns\n", EACCES,
	  KVET_NO, KVET_REASON_NOT_FOR_TYPE },
	{ AT_CALL "program must be sleepable to call sleepable kfunc bpf_f\n", EACCES, KVET_NO,
	  KVET_REASON_SLEEPABLE_ONLY },
	{ AT_CALL "destructive kfunc calls require CAP_SYS_BOOT capability\n", EACCES,
	  KVET_UNDETERMINED, KVET_REASON_CAPABILITY },
	{ AT_CALL "arg#0 expected pointer to ctx, but got fp\n", EINVAL, KVET_YES,
	  KVET_REASON_ARGUMENTS },
	{ AT_CALL "R1 must be referenced or trusted\n", EINVAL, KVET_YES, KVET_REASON_ARGUMENTS },
	{ AT_CALL "10: (b7) r0 = 0\n11: (95) exit\nUnreleased reference id=2 alloc_insn=9\n",
	  EINVAL, KVET_YES, KVET_REASON_FOLLOWS },
	/* A function without arguments. */
	{ "0: R1=ctx() R10=fp0\n0: (85) call bpf_rcu_read_lock#71234        ;\n"
	  "1: (b7) r0 = 0                        ; R0_w=0\n2: (95) exit\n"
	  "BPF_EXIT instruction in main prog cannot be used inside bpf_rcu_read_lock-ed region\n",
	  EINVAL, KVET_YES, KVET_REASON_FOLLOWS },
	{ "BPF_CALL uses reserved fields\n", EINVAL, KVET_NO, KVET_REASON_UNKNOWN_HELPER },
	{ "JIT is required for calling kernel function\n", 524, KVET_NO, KVET_REASON_NO_JIT },
	{ "loading/calling other bpf or kernel functions are allowed for CAP_BPF and "
	  "CAP_SYS_ADMIN\n",
	  EPERM, KVET_UNDETERMINED, KVET_REASON_CAPABILITY },
	{ "metadata kfuncs require device-bound program\n", EINVAL, KVET_UNDETERMINED,
	  KVET_REASON_TARGET },
	/* Before the call: it is not about what is passed. */
	{ "kernel btf_id 1 is not a function\n", EINVAL, KVET_UNDETERMINED,
	  KVET_REASON_WORDS_UNKNOWN },
	{ "", EPERM, KVET_UNDETERMINED, KVET_REASON_NOT_PERMITTED },
	{ "", EINVAL, KVET_UNDETERMINED, KVET_REASON_WORDLESS },
};

#define ROWS (sizeof(rows) / sizeof(*rows))

START_TEST(what_the_verifier_says_means_what_the_table_says)
{
	const struct row *row = &rows[_i];
	struct kvet_probe_attempt attempt = { .errnum = row->errnum };
	struct kvet_probe_controls controls = { .targeted = false };
	struct kvet_probe_answer answer = { .option = NULL };

	strcpy(attempt.log, row->log);
	kvet_kfunc_judge(&attempt, &controls, &answer);
	ck_assert_int_eq((int)answer.verdict, (int)row->verdict);
	ck_assert_int_eq((int)answer.reason, (int)row->reason);
	ck_assert_int_eq(answer.verdict == KVET_YES, !*answer.cause.source);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kfunc list");
	TCase *tc = tcase_create("list");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_tag_marks_a_function_and_nothing_else);
	tcase_add_test(tc, what_is_in_a_set_with_flags_is_listed);
	tcase_add_test(tc, a_name_is_added_once_and_only_if_it_exists);
	tcase_add_test(tc, the_prototype_suggests_what_is_passed);
	tcase_add_loop_test(tc, what_the_verifier_says_means_what_the_table_says, 0, (int)ROWS);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
