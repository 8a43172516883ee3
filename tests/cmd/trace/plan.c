/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From SPECs to sites, on a table that no kernel has. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/trace/plan.h"
#include "tests/cmd/context.h"

static const char symbols[] = "ffffffff81000000 T _text\n"
			      "ffffffff81000010 t short_and_long\n"
			      "ffffffff81000014 t between\n"
			      "ffffffff81000020 T vfs_read\n"
			      "ffffffff81000100 t short_and_long\n"
			      "ffffffff81000200 t last\n"
			      "ffffffffc0000000 t alone\t[kvet_loaded]\n"
			      "ffffffffc0000010 t twice\t[kvet_loaded]\n"
			      "ffffffffc0000020 t twice\t[kvet_loaded]\n";
static char root[] = "/tmp/kvet-plan.XXXXXX", folder[64], table[96];
static struct context context;
static struct lines lines;
static struct trace_plan plan;

static void setup(void)
{
	FILE *file;

	snprintf(root, sizeof(root), "/tmp/kvet-plan.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
	snprintf(folder, sizeof(folder), "%s/proc", root);
	ck_assert_int_eq(mkdir(folder, 0700), 0);
	snprintf(table, sizeof(table), "%s/kallsyms", folder);
	file = fopen(table, "w");
	ck_assert_ptr_nonnull(file);
	fputs(symbols, file);
	ck_assert_int_eq(fclose(file), 0);
	context = (struct context){ .host.sysroot = root };
}

static void teardown(void)
{
	trace_plan_deinit(&plan, &context);
	plan = (struct trace_plan){ .count = 0 };
	lines_free(&lines);
	lines = (struct lines){ .count = 0 };
	unlink(table);
	rmdir(folder);
	rmdir(root);
}

/* The status of these SPECs; NULL at the end. */
static enum status resolved(struct trace_choice choice, const char *const *specs)
{
	for (; *specs; specs++)
		ck_assert_int_eq(lines_add(&context, &lines, *specs), STATUS_YES);
	ck_assert_int_eq(trace_plan_parse(&plan, &context, &lines), STATUS_YES);
	return trace_plan_resolve(&plan, &context, &choice);
}
#define RESOLVED(choice, ...) \
	resolved((struct trace_choice)choice, (const char *const[]){ __VA_ARGS__, NULL })

START_TEST(an_address_that_two_specs_mean_is_one_site_the_firsts)
{
	ck_assert_int_eq(RESOLVED({ .nth = 0 }, "vfs_read", "vfs_read+0x0", "0xffffffff81000020",
				  "vfs_read+4"),
			 STATUS_YES);
	ck_assert_uint_eq(plan.site_count, 2);
	ck_assert_ptr_eq(plan.owners[0], &plan.requests[0]);
	ck_assert_uint_eq(plan.sites[0]->address, 0xffffffff81000020);
	ck_assert_uint_eq(plan.numbers[0], 1);
	ck_assert_ptr_eq(plan.owners[1], &plan.requests[3]);
	ck_assert_uint_eq(plan.sites[1]->address, 0xffffffff81000024);
	ck_assert_uint_eq(plan.numbers[1], 4);
}
END_TEST

START_TEST(of_a_symbol_of_two_addresses_one_is_chosen_or_all)
{
	ck_assert_int_eq(RESOLVED({ .nth = 0 }, "short_and_long"), STATUS_NO);
	ck_assert_uint_eq(plan.site_count, 0);
	teardown();
	setup();
	ck_assert_int_eq(RESOLVED({ .all = true }, "short_and_long"), STATUS_YES);
	ck_assert_uint_eq(plan.site_count, 2);
	teardown();
	setup();
	ck_assert_int_eq(RESOLVED({ .nth = 2 }, "short_and_long"), STATUS_YES);
	ck_assert_uint_eq(plan.site_count, 1);
	ck_assert_uint_eq(plan.sites[0]->address, 0xffffffff81000100);
	ck_assert_uint_eq(plan.numbers[0], 2);
	teardown();
	setup();
	ck_assert_int_eq(RESOLVED({ .nth = 3 }, "short_and_long"), STATUS_NO);
	ck_assert_uint_eq(plan.site_count, 0);
}
END_TEST

/* An offset beyond one of them is no reason to refuse the other. */
START_TEST(one_instance_that_is_long_enough_will_do)
{
	ck_assert_int_eq(RESOLVED({ .all = true }, "short_and_long+8"), STATUS_YES);
	ck_assert_uint_eq(plan.site_count, 2);
	ck_assert_int_ne(plan.sites[0]->verdict, KVET_YES);
	ck_assert_int_eq(plan.sites[1]->verdict, KVET_YES);
	teardown();
	setup();
	ck_assert_int_eq(RESOLVED({ .all = true }, "short_and_long+0x200"), STATUS_NO);
}
END_TEST

START_TEST(one_that_is_not_there_is_a_no_and_the_others_have_their_sites)
{
	ck_assert_int_eq(RESOLVED({ .nth = 0 }, "no_such_function", "vfs_read"), STATUS_NO);
	ck_assert_uint_eq(plan.site_count, 1);
	ck_assert_uint_eq(plan.numbers[0], 2);
	ck_assert_int_eq(plan.requests[0].status, STATUS_NO);
	ck_assert_int_eq(plan.requests[1].status, STATUS_YES);
}
END_TEST

static enum status parsed(const char *spec)
{
	plan.waits = true;
	ck_assert_int_eq(lines_add(&context, &lines, spec), STATUS_YES);
	return trace_plan_parse(&plan, &context, &lines);
}

/* Modules of these names are loaded nowhere, whatever the table says. */
START_TEST(what_waits_is_told_from_others_by_its_name)
{
	plan.waits = true;
	ck_assert_int_eq(RESOLVED({ .nth = 0 }, "kvet_absent:one", "kvet-absent:other",
				  "kvet_absent:one", "vfs_read"),
			 STATUS_YES);
	ck_assert_uint_eq(plan.site_count, 3);
	for (size_t i = 0; i < 2; i++) {
		ck_assert(plan.sites[i]->waits);
		ck_assert_uint_eq(plan.sites[i]->address, 0);
		ck_assert_str_eq(plan.sites[i]->module, "kvet_absent");
	}
	ck_assert_str_eq(plan.sites[1]->symbol, "other");
	ck_assert(!plan.sites[2]->waits);
	ck_assert_uint_eq(plan.sites[2]->address, 0xffffffff81000020);
	ck_assert_uint_eq(plan.numbers[2], 4);
}
END_TEST

START_TEST(a_loaded_module_has_the_name_once_or_the_kernel_would_choose)
{
	plan.waits = true;
	ck_assert_int_eq(RESOLVED({ .nth = 0 }, "kvet_loaded:alone"), STATUS_YES);
	ck_assert(plan.sites[0]->waits);
	ck_assert_uint_eq(plan.sites[0]->address, 0xffffffffc0000000);
	teardown();
	setup();
	plan.waits = true;
	ck_assert_int_eq(RESOLVED({ .nth = 0 }, "kvet_loaded:twice"), STATUS_NO);
	ck_assert_uint_eq(plan.site_count, 0);
}
END_TEST

START_TEST(waiting_takes_a_module_and_neither_an_offset_nor_a_glob)
{
	static const char *const wrong[] = { "vfs_read", "vmlinux:vfs_read", "kernel:vfs_read",
					     "kvet_absent:one+4", "kvet_absent:on*" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		ck_assert_int_eq(parsed(wrong[i]), STATUS_USAGE);
		teardown();
		setup();
	}
	ck_assert_int_eq(parsed("kvet_absent:one"), STATUS_YES);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("trace plan");
	TCase *tcase = tcase_create("resolve");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, an_address_that_two_specs_mean_is_one_site_the_firsts);
	tcase_add_test(tcase, of_a_symbol_of_two_addresses_one_is_chosen_or_all);
	tcase_add_test(tcase, one_instance_that_is_long_enough_will_do);
	tcase_add_test(tcase, one_that_is_not_there_is_a_no_and_the_others_have_their_sites);
	tcase_add_test(tcase, what_waits_is_told_from_others_by_its_name);
	tcase_add_test(tcase, a_loaded_module_has_the_name_once_or_the_kernel_would_choose);
	tcase_add_test(tcase, waiting_takes_a_module_and_neither_an_offset_nor_a_glob);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
