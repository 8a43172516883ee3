/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which boot a log tells of, and where its addresses are in a table of another one. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/ksyms_text.h>

#include "ksyms/boot.h"
#include "ksyms/table.h"

#define BASE 0xffffffff81000000ULL

/* image is where the table has the kernel, offset where the log's boot has moved it from BASE. */
static const struct {
	uint64_t image, offset, delta;
} boots[] = {
	/* The table is as it was linked (System.map): all has moved by the offset. */
	{ BASE, 0x1d000000, 0x1d000000 },
	{ BASE + 0x1000, 0x1d000000, 0x1d000000 },
	/* It is of the log's own boot. */
	{ BASE + 0x1d000000, 0x1d000000, 0 },
	{ BASE + 0x1d000040, 0x1d000000, 0 },
	/* It is of another: what is between the two. */
	{ BASE + 0x2000000, 0x1d000000, 0x1b000000 },
	{ BASE + 0x1d000000, 0x2000000, -0x1b000000ULL },
	{ BASE, 0, 0 },
};

START_TEST(each_boot_is_moved_by_what_lies_between)
{
	ck_assert_uint_eq(kvet_ksyms_boot_delta(boots[_i].image, boots[_i].offset, BASE),
			  boots[_i].delta);
}
END_TEST

static struct kvet_ksyms *parse(const char *text)
{
	FILE *stream = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	struct kvet_ksyms *table = NULL;

	ck_assert_int_eq(kvet_ksyms_parse(&table, stream, "copy", NULL), 0);
	fclose(stream);
	return table;
}

static const char table_text[] = "ffffffff81000000 T _text\n"
				 "ffffffff81000040 t f\n"
				 "ffffffff81000080 T _etext\n"
				 "ffffffffc0000000 t long\t[m]\n"
				 "ffffffffc0003000 t last\t[m]\n";

static void names(struct kvet_ksyms_log *log, const char *line, const char *expected)
{
	struct kvet_ksyms_text text;

	ck_assert_int_eq(kvet_ksyms_log_line(log, line, strlen(line), false, &text, NULL), 0);
	ck_assert_uint_eq(text.len, strlen(expected));
	ck_assert_msg(!memcmp(text.bytes, expected, text.len), "%.*s", (int)text.len, text.bytes);
}

/* A function of a module may be longer than a page, if the next one is text too; the last ends with
 * its page. */
START_TEST(a_module_s_function_is_named_to_its_end)
{
	struct kvet_ksyms *table = parse(table_text);
	struct kvet_ksyms_log *log = NULL;

	ck_assert_int_eq(kvet_ksyms_log_new(&log, table, NULL, NULL), 0);
	names(log, "at ffffffffc0002100", "at ffffffffc0002100 <long+0x2100/0x3000 [m]>");
	names(log, "at ffffffffc0003100", "at ffffffffc0003100 <last+0x100/0x1000 [m]>");
	names(log, "at ffffffffc0004100", "at ffffffffc0004100");
	kvet_ksyms_log_free(log);
	kvet_ksyms_free(table);
}
END_TEST

/* Modules are loaded each at a place of its own: one that was elsewhere says nothing of the kernel.
 */
START_TEST(a_module_that_was_elsewhere_moves_nothing_else)
{
	struct kvet_ksyms *table = parse(table_text);
	struct kvet_ksyms_log *log = NULL;
	struct kvet_cause doubt;

	ck_assert_int_eq(kvet_ksyms_log_new(&log, table, NULL, NULL), 0);
	names(log, "[<ffffffffc0705010>] long+0x10/0x3000 [m]",
	      "[<ffffffffc0705010>] long+0x10/0x3000 <0xffffffffc0000010> [m]");
	ck_assert(kvet_ksyms_log_doubt(log, &doubt));
	ck_assert_str_eq(doubt.remedy, "");
	names(log, "at ffffffff81000044", "at ffffffff81000044 <f+0x4/0x40>");
	kvet_ksyms_log_free(log);
	kvet_ksyms_free(table);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ksyms boot");
	TCase *tc = tcase_create("boot");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, each_boot_is_moved_by_what_lies_between, 0,
			    sizeof(boots) / sizeof(*boots));
	tcase_add_test(tc, a_module_s_function_is_named_to_its_end);
	tcase_add_test(tc, a_module_that_was_elsewhere_moves_nothing_else);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
