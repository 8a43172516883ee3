/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/ksyms.h>

static struct kvet_cause err;

static int parse_bytes(struct kvet_ksyms **table, const char *text, size_t len)
{
	FILE *stream = len ? fmemopen((void *)(uintptr_t)text, len, "r") : fopen("/dev/null", "r");
	int ret;

	ck_assert_ptr_nonnull(stream);
	*table = NULL;
	memset(&err, 0, sizeof(err));
	ret = kvet_ksyms_parse(table, stream, "copy", &err);
	fclose(stream);
	return ret;
}

static struct kvet_ksyms *parse(const char *text)
{
	struct kvet_ksyms *table;

	ck_assert_msg(parse_bytes(&table, text, strlen(text)) == 0, "%s", err.evidence);
	ck_assert_ptr_nonnull(table);
	return table;
}

/* The text is refused, and the evidence names the place and says what is wrong. */
static void refused_bytes(const char *text, size_t len, const char *place, const char *words)
{
	struct kvet_ksyms *table;

	ck_assert_int_eq(parse_bytes(&table, text, len), -EINVAL);
	ck_assert_ptr_null(table);
	ck_assert_int_eq(err.errnum, 0);
	ck_assert_msg(!strncmp(err.evidence, place, strlen(place)), "%s", err.evidence);
	ck_assert_msg(strstr(err.evidence, words) != NULL, "%s", err.evidence);
}

static void refused(const char *text, const char *place, const char *words)
{
	refused_bytes(text, strlen(text), place, words);
}

static void is(const struct kvet_ksyms *table, uint32_t row, uint64_t address, char type,
	       const char *name, const char *module)
{
	struct kvet_symbol symbol = kvet_ksyms_row(table, row);

	ck_assert_uint_eq(symbol.address, address);
	ck_assert_int_eq(symbol.type, type);
	ck_assert_str_eq(symbol.name, name);
	if (module)
		ck_assert_str_eq(symbol.module, module);
	else
		ck_assert_ptr_null(symbol.module);
}

START_TEST(a_kernel_line_gives_address_type_and_name)
{
	struct kvet_ksyms *table = parse("ffffffff81000000 T _text\n");

	ck_assert_uint_eq(kvet_ksyms_count(table), 1);
	is(table, 0, 0xffffffff81000000, 'T', "_text", NULL);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(a_module_follows_a_tab)
{
	struct kvet_ksyms *table = parse("ffffffffc0000000 t nf_hook\t[nf_tables]\n");

	is(table, 0, 0xffffffffc0000000, 't', "nf_hook", "nf_tables");
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(a_module_may_follow_a_space)
{
	struct kvet_ksyms *table = parse("ffffffffc0000000 t nf_hook [nf_tables]\n");

	is(table, 0, 0xffffffffc0000000, 't', "nf_hook", "nf_tables");
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(pseudo_modules_are_named_as_the_kernel_does)
{
	struct kvet_ksyms *table =
		parse("ffffffffc0000000 t bpf_prog_6deef7357e7b4530_sd_fw_egress\t[bpf]\n"
		      "ffffffffc0001000 t kprobe_insn_page\t[__builtin__kprobes]\n"
		      "ffffffffc0002000 t ftrace_trampoline\t[__builtin__ftrace]\n"
		      "ffffffffc0003000 t bpf_prog_1\t[bpf]\n");

	is(table, 0, 0xffffffffc0000000, 't', "bpf_prog_6deef7357e7b4530_sd_fw_egress", "bpf");
	is(table, 1, 0xffffffffc0001000, 't', "kprobe_insn_page", "__builtin__kprobes");
	is(table, 2, 0xffffffffc0002000, 't', "ftrace_trampoline", "__builtin__ftrace");
	is(table, 3, 0xffffffffc0003000, 't', "bpf_prog_1", "bpf");
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(a_module_whose_name_begins_anothers_stays_apart)
{
	struct kvet_ksyms *table = parse("1000 t a\t[nf]\n"
					 "2000 t b\t[nf_tables]\n"
					 "3000 t c\t[nf]\n"
					 "4000 t d\n");

	is(table, 0, 0x1000, 't', "a", "nf");
	is(table, 1, 0x2000, 't', "b", "nf_tables");
	is(table, 2, 0x3000, 't', "c", "nf");
	is(table, 3, 0x4000, 't', "d", NULL);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(a_name_may_stand_at_many_addresses)
{
	struct kvet_ksyms *table = parse("3000 r __func__.0\n"
					 "1000 r __func__.0\n"
					 "1800 r __func__.00\n"
					 "2000 r __func__.0\n");
	struct kvet_ksyms_range range = kvet_ksyms_by_name(table, "__func__.0");

	ck_assert_uint_eq(range.count, 3);
	is(table, range.rows[0], 0x1000, 'r', "__func__.0", NULL);
	is(table, range.rows[1], 0x2000, 'r', "__func__.0", NULL);
	is(table, range.rows[2], 0x3000, 'r', "__func__.0", NULL);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(an_address_may_bear_many_names)
{
	struct kvet_ksyms *table = parse("1000 T zebra\n"
					 "1000 W aardvark\n"
					 "1000 t middle\n");
	struct kvet_ksyms_range range = kvet_ksyms_at(table, 0x1000);

	ck_assert_uint_eq(range.count, 3);
	is(table, range.rows[0], 0x1000, 'T', "zebra", NULL);
	is(table, range.rows[1], 0x1000, 'W', "aardvark", NULL);
	is(table, range.rows[2], 0x1000, 't', "middle", NULL);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(names_are_kept_whole_however_long)
{
	static const size_t lengths[] = { 127, 128, 511, 512, 4095, 70000 };

	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		size_t len = lengths[i];
		char *name = malloc(len + 1), *text = malloc(len + 64);
		struct kvet_ksyms *table;

		ck_assert(name && text);
		memset(name, 'n', len);
		name[len - 1] = 'z';
		name[len] = '\0';
		sprintf(text, "1000 t %s\t[bpf]\n2000 T next\n", name);
		table = parse(text);
		is(table, 0, 0x1000, 't', name, "bpf");
		is(table, 1, 0x2000, 'T', "next", NULL);
		ck_assert_uint_eq(kvet_ksyms_by_name(table, name).count, 1);
		name[len - 1] = '\0';
		ck_assert_uint_eq(kvet_ksyms_by_name(table, name).count, 0);
		kvet_ksyms_free(table);
		free(name);
		free(text);
	}
}
END_TEST

START_TEST(names_may_hold_any_byte_but_white_space)
{
	struct kvet_ksyms *table = parse("1000 t foo.constprop.0.isra.1\n"
					 "2000 t _RNvXs_3core<impl>::fmt\n"
					 "3000 t \xff\x80[x]\t[m]\n");

	is(table, 0, 0x1000, 't', "foo.constprop.0.isra.1", NULL);
	is(table, 1, 0x2000, 't', "_RNvXs_3core<impl>::fmt", NULL);
	is(table, 2, 0x3000, 't', "\xff\x80[x]", "m");
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(hexadecimal_digits_may_be_upper_case)
{
	struct kvet_ksyms *table = parse("FFFFFFFF8100ABCD T upper\n"
					 "ffffFFFF8100AbCd T mixed\n");

	is(table, 0, 0xffffffff8100abcd, 'T', "upper", NULL);
	is(table, 1, 0xffffffff8100abcd, 'T', "mixed", NULL);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(addresses_take_one_to_sixteen_digits)
{
	struct kvet_ksyms *table = parse("0 A zero\n"
					 "c0008000 T of_32_bits\n"
					 "ffffffffffffffff T last\n");

	is(table, 0, 0, 'A', "zero", NULL);
	is(table, 1, 0xc0008000, 'T', "of_32_bits", NULL);
	is(table, 2, UINT64_MAX, 'T', "last", NULL);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(rows_keep_the_order_of_the_file)
{
	struct kvet_ksyms *table = parse("3000 T c\n1000 T a\n2000 T b\n");

	ck_assert_uint_eq(kvet_ksyms_count(table), 3);
	is(table, 0, 0x3000, 'T', "c", NULL);
	is(table, 1, 0x1000, 'T', "a", NULL);
	is(table, 2, 0x2000, 'T', "b", NULL);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(every_letter_of_nm_is_a_type)
{
	static const char types[] = "ABDRTVWabdnrtuvwN?";
	char text[32];

	for (const char *type = types; *type; type++) {
		struct kvet_ksyms *table;

		sprintf(text, "1000 %c name\n", *type);
		table = parse(text);
		is(table, 0, 0x1000, *type, "name", NULL);
		kvet_ksyms_free(table);
	}
}
END_TEST

START_TEST(a_bad_address_is_refused)
{
	refused("100g T x\n", "copy:1: ", "no address");
	refused("0x1000 T x\n", "copy:1: ", "no address");
	refused("-1 T x\n", "copy:1: ", "no address");
	refused(" 1000 T x\n", "copy:1: ", "no address");
	refused(" T x\n", "copy:1: ", "no address");
	refused("1000\tT x\n", "copy:1: ", "no address");
	refused("1000\n", "copy:1: ", "no address");
	refused("(____ptrval____) T x\n", "copy:1: ", "no address");
}
END_TEST

START_TEST(an_address_of_17_digits_is_refused)
{
	refused("1ffffffff81000000 T x\n", "copy:1: ", "no address (1 to 16 hexadecimal digits)");
	refused("00000000000000000 T x\n", "copy:1: ", "no address (1 to 16 hexadecimal digits)");
}
END_TEST

START_TEST(a_line_without_type_is_refused)
{
	refused("1000 \n", "copy:1: ", "no type");
	refused("1000 T\n", "copy:1: ", "no type");
	refused("1000  name\n", "copy:1: ", "no type");
	refused("1000 name\n", "copy:1: ", "no type");
	refused("1000 7 name\n", "copy:1: ", "no type");
	refused("1000 T\tname\n", "copy:1: ", "no type");
}
END_TEST

START_TEST(a_line_without_name_is_refused)
{
	refused("1000 T \n", "copy:1: ", "no name");
	refused("1000 T  name\n", "copy:1: ", "no name");
	refused("1000 T \t[bpf]\n", "copy:1: ", "no name");
}
END_TEST

START_TEST(what_is_no_module_after_the_name_is_refused)
{
	refused("1000 T x junk\n", "copy:1: ", "not [MODULE]");
	refused("1000 T x \n", "copy:1: ", "not [MODULE]");
	refused("1000 T x\t\n", "copy:1: ", "not [MODULE]");
	refused("1000 T x\t[bpf\n", "copy:1: ", "not [MODULE]");
	refused("1000 T x\tbpf]\n", "copy:1: ", "not [MODULE]");
	refused("1000 T x\t[]\n", "copy:1: ", "not [MODULE]");
	refused("1000 T x\t[\n", "copy:1: ", "not [MODULE]");
	refused("1000 T x\t[bpf] more\n", "copy:1: ", "not [MODULE]");
	refused("1000 T x\t[bpf] \n", "copy:1: ", "not [MODULE]");
}
END_TEST

START_TEST(two_modules_after_the_name_are_refused)
{
	refused("1000 T x\t[bpf] [ext4]\n", "copy:1: ", "not [MODULE]");
	refused("1000 T x\t[bpf]\t[ext4]\n", "copy:1: ", "not [MODULE]");
	refused("1000 T x\t[a b]\n", "copy:1: ", "not [MODULE]");
}
END_TEST

START_TEST(a_nul_byte_is_refused)
{
	static const char in_name[] = "1000 T x\n2000 T a\0b\n", first[] = "\0\n",
			  at_end[] = "1000 T x\0\n";

	refused_bytes(in_name, sizeof(in_name) - 1, "copy:2: ", "NUL");
	refused_bytes(first, sizeof(first) - 1, "copy:1: ", "NUL");
	refused_bytes(at_end, sizeof(at_end) - 1, "copy:1: ", "NUL");
}
END_TEST

START_TEST(a_cut_last_line_is_refused)
{
	refused("1000 T x\n2000 T y", "copy:2: ", "truncated");
	refused("1000 T x", "copy:1: ", "truncated");
	refused("1000 T x\n2000 T y\n3", "copy:3: ", "truncated");
}
END_TEST

START_TEST(an_empty_file_is_refused)
{
	refused("", "copy: ", "empty");
}
END_TEST

START_TEST(the_line_at_fault_is_counted_from_one)
{
	char text[64 * 1000], *end = text;

	for (int i = 0; i < 999; i++)
		end += sprintf(end, "%x T symbol_%d\n", 0x1000 + i, i);
	sprintf(end, "junk\n");
	refused(text, "copy:1000: ", "no address");
}
END_TEST

START_TEST(a_refusal_without_an_error_to_fill_is_a_refusal)
{
	static char text[] = "junk\n";
	FILE *stream = fmemopen(text, strlen(text), "r");
	struct kvet_ksyms *table = NULL;

	ck_assert_int_eq(kvet_ksyms_parse(&table, stream, "copy", NULL), -EINVAL);
	ck_assert_ptr_null(table);
	fclose(stream);
}
END_TEST

/* Gives one line, and then the error of the cookie. */
struct broken {
	int reads;
	int errnum;
	const char *text;
};

static ssize_t broken_read(void *cookie, char *buf, size_t size)
{
	struct broken *broken = cookie;
	size_t len = strlen(broken->text);

	if (broken->reads++ == 0 && len) {
		ck_assert_uint_ge(size, len);
		memcpy(buf, broken->text, len);
		return (ssize_t)len;
	}
	errno = broken->errnum;
	return -1;
}

static void read_error(const char *text, int errnum)
{
	struct broken broken = { .errnum = errnum, .text = text };
	FILE *stream = fopencookie(&broken, "r", (cookie_io_functions_t){ .read = broken_read });
	struct kvet_ksyms *table = NULL;

	ck_assert_ptr_nonnull(stream);
	memset(&err, 0, sizeof(err));
	ck_assert_int_eq(kvet_ksyms_parse(&table, stream, "copy", &err), -errnum);
	ck_assert_ptr_null(table);
	ck_assert_int_eq(err.errnum, errnum);
	ck_assert_str_eq(err.source, "read");
	ck_assert_ptr_nonnull(strstr(err.evidence, "copy"));
	ck_assert_ptr_nonnull(strstr(err.evidence, strerror(errnum)));
	fclose(stream);
}

START_TEST(a_read_error_is_reported)
{
	read_error("", EIO);
	read_error("", EACCES);
}
END_TEST

START_TEST(a_read_error_after_whole_lines_is_reported)
{
	read_error("1000 T x\n2000 T y\n", EIO);
}
END_TEST

START_TEST(freeing_no_table_is_fine)
{
	kvet_ksyms_free(NULL);
}
END_TEST

START_TEST(a_read_error_inside_a_line_is_not_a_cut_file)
{
	read_error("1000 T x\n2000 T", EIO);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ksyms parse");
	TCase *tc = tcase_create("parse");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, a_kernel_line_gives_address_type_and_name);
	tcase_add_test(tc, a_module_follows_a_tab);
	tcase_add_test(tc, a_module_may_follow_a_space);
	tcase_add_test(tc, pseudo_modules_are_named_as_the_kernel_does);
	tcase_add_test(tc, a_module_whose_name_begins_anothers_stays_apart);
	tcase_add_test(tc, a_name_may_stand_at_many_addresses);
	tcase_add_test(tc, an_address_may_bear_many_names);
	tcase_add_test(tc, names_are_kept_whole_however_long);
	tcase_add_test(tc, names_may_hold_any_byte_but_white_space);
	tcase_add_test(tc, hexadecimal_digits_may_be_upper_case);
	tcase_add_test(tc, addresses_take_one_to_sixteen_digits);
	tcase_add_test(tc, rows_keep_the_order_of_the_file);
	tcase_add_test(tc, every_letter_of_nm_is_a_type);
	tcase_add_test(tc, a_bad_address_is_refused);
	tcase_add_test(tc, an_address_of_17_digits_is_refused);
	tcase_add_test(tc, a_line_without_type_is_refused);
	tcase_add_test(tc, a_line_without_name_is_refused);
	tcase_add_test(tc, what_is_no_module_after_the_name_is_refused);
	tcase_add_test(tc, two_modules_after_the_name_are_refused);
	tcase_add_test(tc, a_nul_byte_is_refused);
	tcase_add_test(tc, a_cut_last_line_is_refused);
	tcase_add_test(tc, an_empty_file_is_refused);
	tcase_add_test(tc, the_line_at_fault_is_counted_from_one);
	tcase_add_test(tc, a_refusal_without_an_error_to_fill_is_a_refusal);
	tcase_add_test(tc, a_read_error_is_reported);
	tcase_add_test(tc, a_read_error_after_whole_lines_is_reported);
	tcase_add_test(tc, freeing_no_table_is_fine);
	tcase_add_test(tc, a_read_error_inside_a_line_is_not_a_cut_file);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
