/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a function takes and returns, from BTF made by libbpf. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "kprobe/prototype.h"

static struct btf *made;
static struct kvet_btf *btf;
static struct kvet_kprobe_prototype prototype;
static char *bytes;
static int number; /* the type int */

static void setup(void)
{
	made = btf__new_empty();
	ck_assert_ptr_nonnull(made);
	btf = NULL;
	bytes = NULL;
	memset(&prototype, 0xff, sizeof(prototype));
	number = btf__add_int(made, "int", 4, BTF_INT_SIGNED);
}

static void teardown(void)
{
	kvet_btf_free(btf);
	btf__free(made);
	free(bytes);
}

static int find(const char *name)
{
	const void *raw;
	__u32 size;

	/* libbpf's own bytes go when another BTF stands on them. */
	raw = btf__raw_data(made, &size);
	bytes = malloc(size);
	ck_assert_ptr_nonnull(bytes);
	memcpy(bytes, raw, size);
	ck_assert_int_eq(kvet_btf_new(&btf, NULL, bytes, size, "made here", NULL), 0);
	ck_assert_int_eq(kvet_btf_index(btf, NULL), 0);
	return kvet_prototype_find(btf, name, &prototype);
}

/* A function f() with parameters of these types, up to 0. */
static void add_function(const int *params, int returns)
{
	int proto = btf__add_func_proto(made, returns);

	for (; *params; params++)
		ck_assert_int_eq(btf__add_func_param(made, "arg", *params), 0);
	ck_assert_int_gt(btf__add_func(made, "f", BTF_FUNC_STATIC, proto), 0);
}

static void check_value(size_t nth, enum kvet_kprobe_value_kind kind, unsigned int size)
{
	ck_assert_int_eq(prototype.values[nth].kind, kind);
	ck_assert_uint_eq(prototype.values[nth].size, size);
	ck_assert_int_eq(prototype.values[nth].place, (int)nth);
	ck_assert_str_eq(prototype.values[nth].name, "arg");
}

START_TEST(each_kind_of_value_is_told)
{
	int character = btf__add_int(made, "char", 1, BTF_INT_SIGNED);
	int byte = btf__add_int(made, "unsigned char", 1, 0);
	int truth = btf__add_int(made, "_Bool", 1, BTF_INT_BOOL);
	int string = btf__add_ptr(made, btf__add_const(made, character));
	int pointer = btf__add_ptr(made, byte);
	int alias = btf__add_typedef(made, "alias", btf__add_volatile(made, byte));

	add_function((const int[]){ number, alias, truth, string, pointer, 0 }, 0);
	ck_assert_int_eq(find("f"), 1);
	ck_assert_uint_eq(prototype.count, 5);
	check_value(0, KVET_KPROBE_SIGNED, 4);
	check_value(1, KVET_KPROBE_UNSIGNED, 1);
	check_value(2, KVET_KPROBE_BOOLEAN, 1);
	check_value(3, KVET_KPROBE_STRING, 8);
	check_value(4, KVET_KPROBE_POINTER, 8);
	ck_assert_int_eq(prototype.returns.kind, KVET_KPROBE_NOTHING);
	ck_assert_int_eq(prototype.returns.place, -1);
}
END_TEST

START_TEST(enums_are_numbers)
{
	int small = btf__add_enum(made, "small", 4);
	int large = btf__add_enum64(made, "large", 8, false);

	add_function((const int[]){ small, large, btf__add_ptr(made, 0), 0 }, small);
	ck_assert_int_eq(find("f"), 1);
	check_value(0, KVET_KPROBE_SIGNED, 4);
	check_value(1, KVET_KPROBE_UNSIGNED, 8);
	check_value(2, KVET_KPROBE_POINTER, 8);
	ck_assert_int_eq(prototype.returns.kind, KVET_KPROBE_SIGNED);
}
END_TEST

/* On s390x it goes by reference, elsewhere in two registers. */
START_TEST(a_structure_moves_what_comes_after_it)
{
	int pair = btf__add_struct(made, "pair", 16);

	add_function((const int[]){ number, pair, number, 0 }, 0);
	ck_assert_int_eq(find("f"), 1);
	ck_assert_uint_eq(prototype.count, 3);
	ck_assert_int_eq(prototype.values[1].kind, KVET_KPROBE_UNKNOWN);
	ck_assert_int_eq(prototype.values[1].place, -1);
#ifdef __s390x__
	ck_assert_int_eq(prototype.values[2].place, 2);
#else
	ck_assert_int_eq(prototype.values[2].place, 3);
#endif
}
END_TEST

START_TEST(what_goes_on_the_stack_has_no_place)
{
	const int n = number;

	add_function((const int[]){ n, n, n, n, n, n, n, n, 0 }, number);
	ck_assert_int_eq(find("f"), 1);
	ck_assert_uint_eq(prototype.count, 8);
	ck_assert_int_eq(prototype.values[4].place, 4);
	for (int i = 6; i < 8; i++) {
		ck_assert_int_eq(prototype.values[i].place, -1);
		ck_assert_int_eq(prototype.values[i].kind, KVET_KPROBE_UNKNOWN);
	}
}
END_TEST

START_TEST(an_open_list_ends_with_what_is_named)
{
	int proto = btf__add_func_proto(made, 0);

	btf__add_func_param(made, "format", number);
	btf__add_func_param(made, "", 0);
	btf__add_func(made, "f", BTF_FUNC_STATIC, proto);
	ck_assert_int_eq(find("f"), 1);
	ck_assert_uint_eq(prototype.count, 1);
}
END_TEST

/* Two static functions of one name: one prototype is enough if they agree. */
START_TEST(functions_of_a_name_agree_or_are_several)
{
	add_function((const int[]){ number, 0 }, number);
	add_function((const int[]){ number, 0 }, number);
	if (_i)
		add_function((const int[]){ number, 0 }, 0);
	ck_assert_int_eq(find("f"), _i ? 2 : 1);
	ck_assert_int_eq(kvet_prototype_find(btf, "g", &prototype), 0);
}
END_TEST

/* A module's BTF holds only what differs from the kernel's. */
START_TEST(a_modules_function_is_looked_for_in_both)
{
	struct kvet_btf *module = NULL;
	struct btf *split;
	const void *raw;
	__u32 size;

	add_function((const int[]){ number, 0 }, number);
	ck_assert_int_eq(find("f"), 1);
	split = btf__new_empty_split(made);
	btf__add_func(split, _i ? "f" : "g", BTF_FUNC_STATIC, btf__add_func_proto(split, 0));
	raw = btf__raw_data(split, &size);
	ck_assert_int_eq(kvet_btf_new(&module, btf, raw, size, "a module", NULL), 0);
	ck_assert_int_eq(kvet_btf_index(module, NULL), 0);
	ck_assert_int_eq(kvet_prototype_find(module, "f", &prototype), _i ? 2 : 1);
	ck_assert_int_eq(kvet_prototype_find(module, "g", &prototype), _i ? 0 : 1);
	kvet_btf_free(module);
	btf__free(split);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kprobe prototype");
	TCase *tc = tcase_create("prototype");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, each_kind_of_value_is_told);
	tcase_add_test(tc, enums_are_numbers);
	tcase_add_test(tc, a_structure_moves_what_comes_after_it);
	tcase_add_test(tc, what_goes_on_the_stack_has_no_place);
	tcase_add_test(tc, an_open_list_ends_with_what_is_named);
	tcase_add_loop_test(tc, functions_of_a_name_agree_or_are_several, 0, 2);
	tcase_add_loop_test(tc, a_modules_function_is_looked_for_in_both, 0, 2);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
