/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <bpf/libbpf.h>
#include <check.h>
#include <limits.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/probe.h>

START_TEST(a_helper_is_known_with_its_prefix_and_without)
{
	ck_assert_int_eq(kvet_probe_helper_by_name("bpf_ktime_get_ns"), BPF_FUNC_ktime_get_ns);
	ck_assert_int_eq(kvet_probe_helper_by_name("ktime_get_ns"), BPF_FUNC_ktime_get_ns);
	ck_assert_int_eq(kvet_probe_helper_by_name("bpf_sys_bpf"), BPF_FUNC_sys_bpf);
	ck_assert_int_eq(kvet_probe_helper_by_name("sys_bpf"), BPF_FUNC_sys_bpf);
}
END_TEST

START_TEST(a_helper_that_is_not_known_has_no_number)
{
	static const char *const names[] = { "",
					     "bpf_",
					     "bpf_unspec",
					     "unspec",
					     "bpf_ktime",
					     "bpf_ktime_get_nsx",
					     "BPF_FUNC_ktime_get_ns",
					     "bpf_bpf_ktime_get_ns",
					     " ktime_get_ns",
					     "KTIME_GET_NS" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		ck_assert_int_eq(kvet_probe_helper_by_name(names[i]), -1);
}
END_TEST

START_TEST(every_helper_number_has_a_name_that_leads_back_to_it)
{
	int count = 0;

	for (int i = 1; kvet_probe_helper_name(i); i++, count++) {
		ck_assert_int_eq(strncmp(kvet_probe_helper_name(i), "bpf_", 4), 0);
		ck_assert_int_eq(kvet_probe_helper_by_name(kvet_probe_helper_name(i)), i);
	}
	ck_assert_int_ge(count, 211);
	ck_assert_int_ge(count, __BPF_FUNC_MAX_ID - 1);
	ck_assert_str_eq(kvet_probe_helper_name(211), "bpf_cgrp_storage_delete");
}
END_TEST

START_TEST(numbers_outside_have_no_name)
{
	static const int numbers[] = { 0, -1, INT_MIN, INT_MAX, 100000 };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		ck_assert_ptr_null(kvet_probe_helper_name(numbers[i]));
		ck_assert_ptr_null(kvet_probe_type_name(numbers[i]));
	}
}
END_TEST

START_TEST(program_types_are_named_as_libbpf_names_them)
{
	int known = 0;

	for (int i = 1; kvet_probe_type_name(i); i++) {
		const char *libbpf = libbpf_bpf_prog_type_str((enum bpf_prog_type)i);

		ck_assert_int_eq(kvet_probe_type_by_name(kvet_probe_type_name(i)), i);
		if (!libbpf)
			continue;
		ck_assert_str_eq(kvet_probe_type_name(i), libbpf);
		known++;
	}
	ck_assert_int_ge(known, 31);
	ck_assert_str_eq(kvet_probe_type_name(32), "netfilter");
}
END_TEST

START_TEST(a_type_that_is_not_known_has_no_number)
{
	ck_assert_int_eq(kvet_probe_type_by_name("kprobe"), BPF_PROG_TYPE_KPROBE);
	ck_assert_int_eq(kvet_probe_type_by_name(""), -1);
	ck_assert_int_eq(kvet_probe_type_by_name("unspec"), -1);
	ck_assert_int_eq(kvet_probe_type_by_name("KPROBE"), -1);
	ck_assert_int_eq(kvet_probe_type_by_name("kprobes"), -1);
}
END_TEST

START_TEST(a_misspelt_helper_is_led_to_the_nearest)
{
	ck_assert_str_eq(kvet_probe_helper_nearest("bpf_ktime_get_boot_nz"),
			 "bpf_ktime_get_boot_ns");
	ck_assert_str_eq(kvet_probe_helper_nearest("ktime_gte_ns"), "bpf_ktime_get_ns");
	ck_assert_str_eq(kvet_probe_helper_nearest("bpf_overide_return"), "bpf_override_return");
}
END_TEST

START_TEST(a_word_like_no_helper_is_led_nowhere)
{
	ck_assert_ptr_null(kvet_probe_helper_nearest(""));
	ck_assert_ptr_null(kvet_probe_helper_nearest("bpf_"));
	ck_assert_ptr_null(kvet_probe_helper_nearest("bpf_zzzzzzzzzzzz"));
	ck_assert_ptr_null(kvet_probe_type_nearest("zzzzzzzz"));
	ck_assert_ptr_null(kvet_probe_type_nearest(""));
}
END_TEST

START_TEST(a_misspelt_type_is_led_to_the_nearest)
{
	ck_assert_str_eq(kvet_probe_type_nearest("kprobes"), "kprobe");
	ck_assert_str_eq(kvet_probe_type_nearest("tracepiont"), "tracepoint");
	ck_assert_str_eq(kvet_probe_type_nearest("raw-tracepoint"), "raw_tracepoint");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("probe names");
	TCase *tc = tcase_create("names");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, a_helper_is_known_with_its_prefix_and_without);
	tcase_add_test(tc, a_helper_that_is_not_known_has_no_number);
	tcase_add_test(tc, every_helper_number_has_a_name_that_leads_back_to_it);
	tcase_add_test(tc, numbers_outside_have_no_name);
	tcase_add_test(tc, program_types_are_named_as_libbpf_names_them);
	tcase_add_test(tc, a_type_that_is_not_known_has_no_number);
	tcase_add_test(tc, a_misspelt_helper_is_led_to_the_nearest);
	tcase_add_test(tc, a_word_like_no_helper_is_led_nowhere);
	tcase_add_test(tc, a_misspelt_type_is_led_to_the_nearest);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
