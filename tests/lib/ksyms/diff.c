/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What differs between two tables, change by change. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/ksyms.h>

#define TEXT      "ffffffff81000000 T _text\n"
#define MOVED     "ffffffff91000000 T _text\n"
#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

static struct kvet_ksyms *parse(const char *text)
{
	FILE *stream = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	struct kvet_ksyms *table = NULL;

	ck_assert_int_eq(kvet_ksyms_parse(&table, stream, "copy", NULL), 0);
	fclose(stream);
	return table;
}

static const struct {
	const char *before, *after, *changes; /* the names of the changes, in their order */
} rows[] = {
	{ TEXT "ffffffff81000040 t f\n", TEXT "ffffffff81000040 t f\n", "" },
	{ TEXT "ffffffff81000040 t f\n", TEXT, "removed " },
	{ TEXT, TEXT "ffffffff81000040 t f\n", "added " },
	{ TEXT "ffffffff81000040 t f\n", TEXT "ffffffff81000080 t f\n", "moved " },
	/* The kernel as a whole has moved. */
	{ TEXT "ffffffff81000040 t f\n", MOVED "ffffffff91000040 t f\n", "" },
	{ TEXT "ffffffff81000040 t f\n", MOVED "ffffffff91000080 t f\n", "moved " },
	/* Another letter is another symbol, be it at the same place. */
	{ TEXT "ffffffff81000040 t f\n", TEXT "ffffffff81000040 d f\n", "removed added " },
	{ TEXT "ffffffff81000040 t f\n", TEXT "ffffffff81000040 T f\n", "removed added " },
	/* But for a number of the per-CPU area, which is absolute in the kernel's own table. */
	{ TEXT "0000000000001000 A cpu\n", TEXT "0000000000001000 D cpu\n", "" },
	/* So is one of another module. */
	{ TEXT "ffffffffc0000000 t f\t[m]\n", TEXT "ffffffffc0000000 t f\t[n]\n",
	  "removed added " },
	{ TEXT "ffffffffc0000000 t f\t[m]\n", TEXT "ffffffff81000040 t f\n", "removed added " },
	/* Two of a name that become one: one is gone. */
	{ TEXT "ffffffff81000040 t f\nffffffff81000080 t f\n", TEXT "ffffffff81000040 t f\n",
	  "removed " },
	{ TEXT "ffffffff81000040 t f\n", TEXT "ffffffff81000040 t f\nffffffff81000080 t f\n",
	  "added " },
};

static const char *changes(const struct kvet_ksyms_comparison *comparison)
{
	static char words[128];

	words[0] = '\0';
	for (size_t i = 0; i < comparison->count; i++)
		strcat(strcat(words, kvet_ksyms_change_name(comparison->differences[i].change)),
		       " ");
	return words;
}

START_TEST(each_change_is_told)
{
	struct kvet_ksyms *before = parse(rows[_i].before), *after = parse(rows[_i].after);
	struct kvet_ksyms_comparison comparison;

	ck_assert_int_eq(kvet_ksyms_diff(before, after, NULL, &comparison, NULL), 0);
	ck_assert_str_eq(changes(&comparison), rows[_i].changes);
	free(comparison.differences);
	kvet_ksyms_free(before);
	kvet_ksyms_free(after);
}
END_TEST

/* What the kernel's symbols are measured from: _text, and only where it is not there _stext. */
START_TEST(the_anchor_is_text)
{
	static const struct {
		const char *before, *after, *anchor;
	} cases[] = {
		{ TEXT "ffffffff81000010 T _stext\n", MOVED "ffffffff91000020 T _stext\n",
		  "_text" },
		{ "ffffffff81000010 T _stext\nffffffff81000000 T startup_64\n",
		  "ffffffff91000010 T _stext\nffffffff91000000 T startup_64\n", "_stext" },
		/* A name that is there twice is none. */
		{ TEXT TEXT "ffffffff81000010 T _stext\n", TEXT TEXT "ffffffff81000010 T _stext\n",
		  "_stext" },
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct kvet_ksyms *before = parse(cases[i].before), *after = parse(cases[i].after);
		struct kvet_ksyms_comparison comparison;

		ck_assert_int_eq(kvet_ksyms_diff(before, after, NULL, &comparison, NULL), 0);
		ck_assert_str_eq(comparison.anchor, cases[i].anchor);
		free(comparison.differences);
		kvet_ksyms_free(before);
		kvet_ksyms_free(after);
	}
}
END_TEST

/* A filter holds for both tables, and for what was compared. */
START_TEST(what_a_filter_leaves_out_is_not_compared)
{
	static const struct kvet_ksyms_filter text = { .types = "tT" };
	struct kvet_ksyms *before = parse(TEXT "ffffffff81000040 d gone\nffffffff81000080 t f\n");
	struct kvet_ksyms *after = parse(TEXT "ffffffff81000040 d new\nffffffff81000080 t f\n");
	struct kvet_ksyms_comparison comparison;

	ck_assert_int_eq(kvet_ksyms_diff(before, after, &text, &comparison, NULL), 0);
	ck_assert_str_eq(changes(&comparison), "");
	ck_assert_uint_eq(comparison.compared, 4);
	free(comparison.differences);
	ck_assert_int_eq(kvet_ksyms_diff(before, after, NULL, &comparison, NULL), 0);
	ck_assert_str_eq(changes(&comparison), "removed added ");
	ck_assert_uint_eq(comparison.compared, 6);
	free(comparison.differences);
	kvet_ksyms_free(before);
	kvet_ksyms_free(after);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ksyms diff");
	TCase *tc = tcase_create("diff");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, each_change_is_told, 0, LENGTH(rows));
	tcase_add_test(tc, the_anchor_is_text);
	tcase_add_test(tc, what_a_filter_leaves_out_is_not_compared);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
