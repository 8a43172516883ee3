/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Lines that the kernel does not write: of nm(1), and of editors on other systems. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/ksyms.h>

static int parse(struct kvet_ksyms **table, const char *text, struct kvet_cause *err)
{
	FILE *stream = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	int ret;

	ck_assert_ptr_nonnull(stream);
	*table = NULL;
	ret = kvet_ksyms_parse(table, stream, "copy", err);
	fclose(stream);
	return ret;
}

struct wanted {
	uint64_t address;
	const char *name;
	const char *module;
	uint64_t size;
	char type;
};

static void is(const char *text, const struct wanted *wanted, size_t count)
{
	struct kvet_cause err = { 0 };
	struct kvet_ksyms *table;

	ck_assert_msg(!parse(&table, text, &err), "%s", err.evidence);
	ck_assert_uint_eq(kvet_ksyms_count(table), count);
	for (uint32_t row = 0; row < count; row++) {
		struct kvet_symbol symbol = kvet_ksyms_row(table, row);

		ck_assert_uint_eq(symbol.address, wanted[row].address);
		ck_assert_uint_eq(symbol.size, wanted[row].size);
		ck_assert_int_eq(symbol.type, wanted[row].type);
		ck_assert_str_eq(symbol.name, wanted[row].name);
		ck_assert_pstr_eq(symbol.module, wanted[row].module);
	}
	kvet_ksyms_free(table);
}

static void refused(const char *text, const char *words)
{
	struct kvet_cause err = { 0 };
	struct kvet_ksyms *table;

	ck_assert_int_eq(parse(&table, text, &err), -EINVAL);
	ck_assert_ptr_null(table);
	ck_assert_msg(strstr(err.evidence, words) != NULL, "%s", err.evidence);
}

START_TEST(lines_end_as_windows_ends_them)
{
	static const struct wanted wanted[] = {
		{ 0xffffffff81000000, "_text", NULL, 0, 'T' },
		{ 0x1000, "x", "bpf", 0, 't' },
		{ 0xffffffff81000010, "vfs_read", NULL, 0, 'T' },
	};

	is("\xef\xbb\xbf"
	   "ffffffff81000000 T _text\r\n"
	   "\r\n"
	   "1000 t x\t[bpf]\r\n"
	   "ffffffff81000010 T vfs_read\r\n",
	   wanted, 3);
}
END_TEST

START_TEST(a_carriage_return_more_is_refused)
{
	refused("1000 T x\r\r\n", "the line has a carriage return");
	refused("1000 T x\r2000 T y\r\n", "not [MODULE]");
}
END_TEST

START_TEST(nm_prints_sizes_too)
{
	static const struct wanted wanted[] = {
		{ 0xffffffff81000000, "_text", NULL, 0, 'T' },
		{ 0xffffffff81000010, "vfs_read", NULL, 0x20, 'T' },
		{ 0x40, "a", NULL, 0xdeadbeef, 'd' },
		{ 0x1000, "b", NULL, 4, 'B' },
		{ 0x2000, "c", NULL, 0, 'b' },
	};

	is("                 U printk\n"
	   "ffffffff81000000 T _text\n"
	   "ffffffff81000010 0000000000000020 T vfs_read\n"
	   "0000000000000040 00000000deadbeef d a\n"
	   "00001000 00000004 B b\n"
	   "2000 b c\n",
	   wanted, 5);
}
END_TEST

START_TEST(what_is_no_size_is_refused)
{
	/* Seven digits are none of nm's sizes. */
	refused("ffffffff81000010 0000020 T vfs_read\n", "type letter");
	refused("ffffffff81000010 0000000000000020\n", "type letter");
	refused("ffffffff81000010 0000000000000020 \n", "type letter");
	refused("ffffffff81000010 00000000000000020 T vfs_read\n", "type letter");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ksyms line");
	TCase *tc = tcase_create("line");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, lines_end_as_windows_ends_them);
	tcase_add_test(tc, a_carriage_return_more_is_refused);
	tcase_add_test(tc, nm_prints_sizes_too);
	tcase_add_test(tc, what_is_no_size_is_refused);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
