/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "usyms/file.h"

/* Bytes 0x1000 to 0x1fff are at 0x401000, 0x2000 to 0x20ff at 0x600000. */
static const struct usyms_segment segments[] = { { 0x1000, 0x1000, 0x401000 },
						 { 0x2000, 0x100, 0x600000 } };

static struct usyms_file file;

static void add(uint64_t start, uint64_t size, const char *name)
{
	ck_assert(kvet_usyms_file_add(&file, start, size, name));
}

static void setup(void)
{
	file.segments = malloc(sizeof(segments));
	ck_assert_ptr_nonnull(file.segments);
	memcpy(file.segments, segments, sizeof(segments));
	file.segment_count = 2;
}

static void teardown(void)
{
	kvet_usyms_file_deinit(&file);
}

/* What is at an offset, or "none". */
static const char *at(uint64_t offset, bool returned)
{
	static char buf[256];

	strcpy(buf, "none");
	kvet_usyms_file_names(&file, offset, returned, buf, sizeof(buf));
	return buf;
}

START_TEST(every_name_of_an_address_is_there)
{
	add(0x401100, 0x20, "read");
	add(0x401100, 0x20, "__read");
	add(0x401120, 0x10, "write@@GLIBC_2.2.5");
	kvet_usyms_file_sort(&file);
	ck_assert_str_eq(at(0x1100, false), "__read|read+0x0");
	ck_assert_str_eq(at(0x111f, false), "__read|read+0x1f");
	ck_assert_str_eq(at(0x1120, false), "write+0x0");
	ck_assert_str_eq(at(0x1130, false), "none");
	ck_assert_str_eq(at(0x10ff, false), "none");
}
END_TEST

START_TEST(a_return_address_belongs_to_the_byte_before_it)
{
	add(0x401100, 0x20, "last_instruction_is_a_call");
	add(0x401120, 0x10, "next");
	kvet_usyms_file_sort(&file);
	ck_assert_str_eq(at(0x1120, true), "last_instruction_is_a_call+0x20");
	ck_assert_str_eq(at(0x1121, true), "next+0x1");
	ck_assert_str_eq(at(0x1100, true), "none");
}
END_TEST

START_TEST(functions_may_lie_in_each_other)
{
	add(0x401100, 0x100, "outer");
	add(0x401110, 0x10, "inner");
	add(0x401180, 0x10, "later");
	kvet_usyms_file_sort(&file);
	ck_assert_str_eq(at(0x1118, false), "outer+0x18|inner+0x8");
	ck_assert_str_eq(at(0x1130, false), "outer+0x30");
	ck_assert_str_eq(at(0x1188, false), "outer+0x88|later+0x8");
	ck_assert_str_eq(at(0x11ff, false), "outer+0xff");
}
END_TEST

START_TEST(aliases_of_different_sizes_are_told_apart)
{
	add(0x401100, 0x10, "a");
	add(0x401100, 0x8, "b");
	add(0x401100, 0x10, "c");
	kvet_usyms_file_sort(&file);
	ck_assert_str_eq(at(0x1104, false), "a|b|c+0x4");
	ck_assert_str_eq(at(0x110c, false), "a+0xc|c+0xc");
}
END_TEST

START_TEST(a_function_of_both_tables_is_there_once)
{
	add(0x401100, 0x8, "main");
	add(0x401100, 0x10, "main");
	kvet_usyms_file_sort(&file);
	ck_assert_uint_eq(file.symbol_count, 1);
	ck_assert_str_eq(at(0x110c, false), "main+0xc");
}
END_TEST

START_TEST(what_is_no_function_is_not_kept)
{
	add(0x401100, 0, "without_size");
	add(UINT64_MAX - 1, 16, "past_the_end");
	add(0x401100, 4, "");
	add(0x401100, 4, "@@VERSION");
	kvet_usyms_file_sort(&file);
	ck_assert_uint_eq(file.symbol_count, 0);
	ck_assert_str_eq(at(0x1100, false), "none");
}
END_TEST

START_TEST(an_offset_is_looked_up_in_its_segment)
{
	add(0x600010, 0x10, "second");
	kvet_usyms_file_sort(&file);
	ck_assert_str_eq(at(0x2018, false), "second+0x8");
	ck_assert(kvet_usyms_file_has(&file, 0x1fff));
	ck_assert(kvet_usyms_file_has(&file, 0x20ff));
	ck_assert(!kvet_usyms_file_has(&file, 0x2100));
	ck_assert(!kvet_usyms_file_has(&file, 0xfff));
	ck_assert(!kvet_usyms_file_has(&file, UINT64_MAX));
}
END_TEST

START_TEST(a_text_that_does_not_fit_is_truncated)
{
	char buf[8];

	add(0x401100, 0x20, "a_long_name");
	kvet_usyms_file_sort(&file);
	ck_assert(kvet_usyms_file_names(&file, 0x1100, false, buf, sizeof(buf)));
	ck_assert_str_eq(buf, "a_long_");
}
END_TEST

/* An oracle that is not our own: each of many functions, by a linear search. */
START_TEST(all_functions_agree_with_a_linear_search)
{
	unsigned int seed = 7;

	for (int i = 0; i < 200; i++) {
		char name[16];

		seed = seed * 1103515245 + 12345;
		snprintf(name, sizeof(name), "f%d", i);
		add(0x401000 + (seed >> 8) % 0xe00, 1 + (seed >> 20) % 0x60, name);
	}
	kvet_usyms_file_sort(&file);
	for (uint64_t offset = 0x1000; offset < 0x2000; offset++) {
		uint64_t address = offset - 0x1000 + 0x401000;
		const char *text = at(offset, false);
		size_t wanted = 0, found = !!strcmp(text, "none");

		for (size_t i = 0; i < file.symbol_count; i++)
			wanted += file.symbols[i].start <= address && address < file.symbols[i].end;
		for (; *text; text++)
			found += *text == '|';
		ck_assert_uint_eq(found, wanted);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("usyms/file");
	TCase *tests = tcase_create("file");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, every_name_of_an_address_is_there);
	tcase_add_test(tests, a_return_address_belongs_to_the_byte_before_it);
	tcase_add_test(tests, functions_may_lie_in_each_other);
	tcase_add_test(tests, aliases_of_different_sizes_are_told_apart);
	tcase_add_test(tests, a_function_of_both_tables_is_there_once);
	tcase_add_test(tests, what_is_no_function_is_not_kept);
	tcase_add_test(tests, an_offset_is_looked_up_in_its_segment);
	tcase_add_test(tests, a_text_that_does_not_fit_is_truncated);
	tcase_add_test(tests, all_functions_agree_with_a_linear_search);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
