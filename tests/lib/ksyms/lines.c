/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Lines of a table that the kernel of today does not write: nm's, people's, Linux 4.15's. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/ksyms.h>

static struct kvet_cause err;

static int try(struct kvet_ksyms **table, const char *text)
{
	FILE *stream = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	int ret;

	ck_assert_ptr_nonnull(stream);
	*table = NULL;
	err = (struct kvet_cause){ 0 };
	ret = kvet_ksyms_parse(table, stream, "copy", &err);
	fclose(stream);
	return ret;
}

static struct kvet_ksyms *parse(const char *text)
{
	struct kvet_ksyms *table;

	ck_assert_msg(try(&table, text) == 0, "%s", err.evidence);
	return table;
}

/* The text is refused, and the evidence names the place and says what is wrong. */
static void refused(const char *text, const char *place, const char *words)
{
	struct kvet_ksyms *table;

	ck_assert_int_eq(try(&table, text), -EINVAL);
	ck_assert_ptr_null(table);
	ck_assert_msg(!strncmp(err.evidence, place, strlen(place)), "%s", err.evidence);
	ck_assert_msg(strstr(err.evidence, words) != NULL, "%s", err.evidence);
}

static void is(const struct kvet_ksyms *table, uint32_t row, uint64_t address, char type,
	       const char *name, const char *module)
{
	struct kvet_symbol symbol = kvet_ksyms_row(table, row);

	ck_assert_uint_eq(symbol.address, address);
	ck_assert_int_eq(symbol.type, type);
	ck_assert_str_eq(symbol.name, name);
	ck_assert_pstr_eq(symbol.module, module);
}

START_TEST(a_line_without_a_symbol_is_passed_over)
{
	static const char *const none[] = {
		"",
		" ",
		"\t",
		"# a comment",
		"  # and one more",
		"                 U printk",
		"                 w __weak_one",
		"                 v __weak_data",
		"         U short",
		"0000000000000000 U of_a_module_that_is_being_loaded\t[ext4]",
	};

	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
		struct kvet_ksyms *table;
		char text[512];

		snprintf(text, sizeof(text), "%s\n1000 T first\n%s\n%s\n2000 T last\n%s\n", none[i],
			 none[i], none[i], none[i]);
		table = parse(text);
		ck_assert_uint_eq(kvet_ksyms_count(table), 2);
		is(table, 0, 0x1000, 'T', "first", NULL);
		is(table, 1, 0x2000, 'T', "last", NULL);
		kvet_ksyms_free(table);
		snprintf(text, sizeof(text), "%s\n", none[i]);
		refused(text, "copy: ", "no line defines one");
		/* They count, as lines. */
		snprintf(text, sizeof(text), "%s\n%s\nwrong\n", none[i], none[i]);
		refused(text, "copy:3: ", "no address");
	}
}
END_TEST

START_TEST(no_more_than_that_is_passed_over)
{
	static const char *const wrong[] = { "U printk", " T here",   " U",
					     "  U ",     " 1000 T x", "; no comment of nm",
					     "1000 U",   " (null)",   "(nil) T x" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		char text[64];

		snprintf(text, sizeof(text), "1000 T x\n%s\n", wrong[i]);
		refused(text, "copy:2: ", "ADDRESS TYPE NAME");
	}
}
END_TEST

START_TEST(a_null_address_is_zero)
{
	struct kvet_ksyms *table = parse("          (null) A irq_stack_union\n"
					 "(null) t hidden\t[m]\n"
					 "1000 T _text\n");

	is(table, 0, 0, 'A', "irq_stack_union", NULL);
	is(table, 1, 0, 't', "hidden", "m");
	is(table, 2, 0x1000, 'T', "_text", NULL);
	ck_assert(!kvet_ksyms_hidden(table));
	kvet_ksyms_free(table);
	table = parse("          (null) A irq_stack_union\n          (null) T _text\n");
	ck_assert(kvet_ksyms_hidden(table));
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(a_stub_is_called_one)
{
	static const char stub[] = "ffffffffffffffff B The real System.map is in the "
				   "linux-image-6.1.0-13-amd64-dbg package\n";

	refused(stub, "copy: ",
		"\"The real System.map is in the linux-image-6.1.0-13-amd64-dbg "
		"package\"");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ksyms lines");
	TCase *tc = tcase_create("lines");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, a_line_without_a_symbol_is_passed_over);
	tcase_add_test(tc, no_more_than_that_is_passed_over);
	tcase_add_test(tc, a_null_address_is_zero);
	tcase_add_test(tc, a_stub_is_called_one);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
