/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A BTF made here, as small as one can be that passes for a kernel's. */
#include <check.h>
#include <errno.h>
#include <linux/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe/kernel_btf.h"

static struct btf *btf;
static struct kvet_kernel *kernel;

static void setup(void)
{
	btf = btf__new_empty();
	ck_assert_ptr_nonnull(btf);
	kernel = NULL;
}

static void teardown(void)
{
	kvet_kernel_free(kernel);
	btf__free(btf);
}

static void add_enum(const char *name, const char *const *names, const int *values)
{
	ck_assert_int_gt(btf__add_enum(btf, name, 4), 0);
	for (; *names; names++)
		ck_assert_int_eq(btf__add_enum_value(btf, *names, *values++), 0);
}

static void add_enums(void)
{
	static const char *const helpers[] = { "BPF_FUNC_unspec", "BPF_FUNC_map_lookup_elem",
					       "BPF_FUNC_from_the_future", "__BPF_FUNC_MAX_ID",
					       NULL };
	static const int helper_values[] = { 0, 1, 500, 501 };
	static const char *const types[] = { "BPF_PROG_TYPE_UNSPEC", "BPF_PROG_TYPE_KPROBE",
					     "BPF_PROG_TYPE_NEW_KIND", "__MAX_BPF_PROG_TYPE",
					     NULL };
	static const int type_values[] = { 0, 2, 33, 34 };

	add_enum("bpf_func_id", helpers, helper_values);
	add_enum("bpf_prog_type", types, type_values);
}

/* A struct with a number and count function pointers, and the kernel's mark of struct_ops. */
static int add_ops(const char *name, int count)
{
	char mark[64];
	int number, proto, pointer, ops;

	snprintf(mark, sizeof(mark), "bpf_struct_ops_%s", name);
	number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	proto = btf__add_func_proto(btf, number);
	pointer = btf__add_ptr(btf, proto);
	ck_assert_int_gt(pointer, 0);
	ops = btf__add_struct(btf, name, (uint32_t)(8 + 8 * count));
	ck_assert_int_gt(ops, 0);
	ck_assert_int_eq(btf__add_field(btf, "flags", number, 0, 0), 0);
	for (int i = 0; i < count; i++) {
		char member[16];

		snprintf(member, sizeof(member), "call_%d", i);
		ck_assert_int_eq(btf__add_field(btf, member, pointer, (uint32_t)(64 + 64 * i), 0),
				 0);
	}
	ck_assert_int_gt(btf__add_struct(btf, mark, 8), 0);
	return ops;
}

static int make_of(const void *raw, __u32 size, struct kvet_cause *err)
{
	struct kvet_btf *types = NULL;
	int ret = kvet_btf_new(&types, NULL, raw, size, "made here", err);

	return ret ? ret : kvet_kernel_new(&kernel, types, err);
}

static void make(void)
{
	const void *raw;
	__u32 size;

	raw = btf__raw_data(btf, &size);
	ck_assert_int_eq(make_of(raw, size, NULL), 0);
}

START_TEST(helpers_and_types_are_named_as_the_headers_would)
{
	add_enums();
	make();
	ck_assert_str_eq(kvet_kernel_helper_name(kernel, 1), "bpf_map_lookup_elem");
	ck_assert_str_eq(kvet_kernel_helper_name(kernel, 500), "bpf_from_the_future");
	ck_assert_str_eq(kvet_kernel_type_name(kernel, 2), "kprobe");
	ck_assert_str_eq(kvet_kernel_type_name(kernel, 33), "new_kind");
	ck_assert_int_eq(kvet_kernel_helpers_end(kernel), 501);
	ck_assert_int_eq(kvet_kernel_types_end(kernel), 34);
}
END_TEST

START_TEST(numbers_without_a_name_have_none)
{
	static const int numbers[] = { -1, 0, 2, 499, 501, 0x7fffffff };

	add_enums();
	make();
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		ck_assert_ptr_null(kvet_kernel_helper_name(kernel, numbers[i]));
	ck_assert_ptr_null(kvet_kernel_type_name(kernel, 0));
	ck_assert_ptr_null(kvet_kernel_type_name(kernel, 34));
}
END_TEST

START_TEST(a_btf_without_the_enums_is_no_kernels)
{
	struct kvet_cause err;
	const void *raw;
	__u32 size;

	ck_assert_int_gt(btf__add_int(btf, "int", 4, BTF_INT_SIGNED), 0);
	raw = btf__raw_data(btf, &size);
	ck_assert_int_eq(make_of(raw, size, &err), -EINVAL);
	ck_assert_ptr_null(kernel);
	ck_assert_ptr_nonnull(strstr(err.evidence, "bpf_func_id"));
}
END_TEST

START_TEST(a_number_out_of_all_bounds_is_not_believed)
{
	static const char *const names[] = { "BPF_FUNC_map_lookup_elem", "BPF_FUNC_far",
					     "BPF_FUNC_before", NULL };
	static const int values[] = { 1, 0x7ffffff0, -1000000 };

	add_enum("bpf_func_id", names, values);
	add_enum("bpf_prog_type", (const char *const[]){ "BPF_PROG_TYPE_KPROBE", NULL },
		 (const int[]){ 2 });
	make();
	ck_assert_int_eq(kvet_kernel_helpers_end(kernel), 2);
}
END_TEST

START_TEST(struct_ops_are_the_structs_that_the_kernel_marked)
{
	const char *name;
	int id, member;

	add_enums();
	id = add_ops("tcp_congestion_ops", 2);
	make();
	ck_assert_uint_eq(kvet_kernel_ops_count(kernel), 1);
	ck_assert_str_eq(kvet_kernel_ops_name(kernel, 0), "tcp_congestion_ops");
	ck_assert_int_eq((int)kvet_kernel_ops_id(kernel, 0), id);
	name = kvet_kernel_ops_member(kernel, 0, 0, &member);
	ck_assert_str_eq(name, "call_0");
	ck_assert_int_eq(member, 1); /* after the one that is no function pointer */
	name = kvet_kernel_ops_member(kernel, 0, 1, &member);
	ck_assert_str_eq(name, "call_1");
	ck_assert_int_eq(member, 2);
	ck_assert_ptr_null(kvet_kernel_ops_member(kernel, 0, 2, &member));
}
END_TEST

START_TEST(a_marked_struct_without_functions_is_the_mechanisms_own)
{
	add_enums();
	add_ops("value", 0);
	add_ops("sched_ext_ops", 1);
	make();
	ck_assert_uint_eq(kvet_kernel_ops_count(kernel), 1);
	ck_assert_str_eq(kvet_kernel_ops_name(kernel, 0), "sched_ext_ops");
}
END_TEST

START_TEST(functions_and_typedefs_are_found_by_name)
{
	int number, proto, func, typedef_id;

	add_enums();
	number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	proto = btf__add_func_proto(btf, number);
	func = btf__add_func(btf, "vfs_read", BTF_FUNC_STATIC, proto);
	typedef_id = btf__add_typedef(btf, "btf_trace_sched_switch", number);
	make();
	ck_assert_int_eq((int)kvet_kernel_find(kernel, "vfs_read", true), func);
	ck_assert_int_eq((int)kvet_kernel_find(kernel, "btf_trace_sched_switch", false),
			 typedef_id);
	ck_assert_int_eq((int)kvet_kernel_find(kernel, "vfs_read", false), 0);
	ck_assert_int_eq((int)kvet_kernel_find(kernel, "vfs_rea", true), 0);
}
END_TEST

/* Each word of it replaced: it is refused, or every question has an answer. */
START_TEST(a_damaged_one_is_refused_or_answers)
{
	const void *raw;
	__u32 size, *words;
	size_t refused = 0;

	add_enums();
	add_ops("tcp_congestion_ops", 2);
	raw = btf__raw_data(btf, &size);
	words = malloc(size);
	memcpy(words, raw, size);
	for (size_t at = sizeof(struct btf_header) / 4; at < size / 4; at++) {
		__u32 before = words[at];
		int member;

		words[at] = 0x00ffffff;
		if (make_of(words, size, NULL)) {
			words[at] = before;
			refused++;
			continue;
		}
		for (size_t i = 0; i < kvet_kernel_ops_count(kernel); i++) {
			ck_assert_ptr_nonnull(kvet_kernel_ops_name(kernel, i));
			ck_assert_ptr_nonnull(kvet_kernel_ops_member(kernel, i, 0, &member));
		}
		ck_assert_uint_eq(kvet_kernel_find(kernel, "nowhere", true), 0);
		kvet_kernel_free(kernel);
		kernel = NULL;
		words[at] = before;
	}
	ck_assert_uint_gt(refused, 20);
	free(words);
}
END_TEST

START_TEST(the_first_function_of_a_name_is_found)
{
	int proto, first;

	add_enums();
	proto = btf__add_func_proto(btf, 0);
	first = btf__add_func(btf, "vfs_read", BTF_FUNC_STATIC, proto);
	for (int i = 0; i < 50; i++)
		ck_assert_int_gt(btf__add_func(btf, "vfs_read", BTF_FUNC_STATIC, proto), 0);
	make();
	ck_assert_int_eq((int)kvet_kernel_find(kernel, "vfs_read", true), first);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_named)
{
	const struct kvet_host host = { .sysroot = "/nonexistent" };
	struct kvet_cause err;

	ck_assert_int_eq(kvet_kernel_read(&kernel, &host, &err), -ENOENT);
	ck_assert_ptr_nonnull(strstr(err.evidence, "/nonexistent/sys/kernel/btf/vmlinux"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("probe kernel_btf");
	TCase *tc = tcase_create("kernel");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, helpers_and_types_are_named_as_the_headers_would);
	tcase_add_test(tc, numbers_without_a_name_have_none);
	tcase_add_test(tc, a_btf_without_the_enums_is_no_kernels);
	tcase_add_test(tc, a_number_out_of_all_bounds_is_not_believed);
	tcase_add_test(tc, struct_ops_are_the_structs_that_the_kernel_marked);
	tcase_add_test(tc, a_marked_struct_without_functions_is_the_mechanisms_own);
	tcase_add_test(tc, functions_and_typedefs_are_found_by_name);
	tcase_add_test(tc, a_damaged_one_is_refused_or_answers);
	tcase_add_test(tc, the_first_function_of_a_name_is_found);
	tcase_add_test(tc, a_file_that_is_not_there_is_named);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
