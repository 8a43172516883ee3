/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/kprobe.h>

static const char kernel[] = "ffffffff81000000 T _text\n"
			     "ffffffff81000000 T _stext\n"
			     "ffffffff81000100 T vfs_read\n"
			     "ffffffff81000180 t twice\n"
			     "ffffffff810001c0 W weak\n"
			     "ffffffff810001c0 T strong\n"
			     "ffffffff81000200 t twice\n"
			     "ffffffff81000240 w weaker\n"
			     "ffffffff81000280 t same\n"
			     "ffffffff81000280 t same\n"
			     "ffffffff810002c0 t both\n"
			     "ffffffff82000000 D jiffies\n"
			     "ffffffff82000008 r both\n"
			     "ffffffff82000010 d table\n"
			     "ffffffff82000010 t shadow\n"
			     "ffffffff82000040 A absolute\n"
			     "ffffffffc0000000 t twice\t[m]\n"
			     "ffffffffc0000040 t of_m\t[m]\n"
			     "ffffffffc0001000 t twice\t[n]\n";

static struct kvet_ksyms *table;
static struct kvet_kprobe_sites sites;

static void load(const char *text)
{
	FILE *stream = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	struct kvet_cause err = { 0 };

	ck_assert_ptr_nonnull(stream);
	ck_assert_msg(kvet_ksyms_parse(&table, stream, "copy", &err) == 0, "%s", err.evidence);
	fclose(stream);
}

static void setup(void)
{
	load(kernel);
}

static void teardown(void)
{
	kvet_kprobe_sites_deinit(&sites);
	ck_assert_ptr_null(sites.items);
	ck_assert_uint_eq(sites.count, 0);
	kvet_ksyms_free(table);
}

static void resolve(const char *text, enum kvet_verdict verdict, size_t count)
{
	struct kvet_kprobe_spec spec;
	struct kvet_cause err = { 0 };

	kvet_kprobe_sites_deinit(&sites);
	ck_assert_int_eq(kvet_kprobe_spec_parse(text, &spec, &err), 0);
	ck_assert_int_eq(kvet_kprobe_resolve(table, &spec, &sites, &err), 0);
	ck_assert_msg(sites.verdict == verdict, "%s: %s: %s", text,
		      kvet_verdict_name(sites.verdict), sites.cause.evidence);
	ck_assert_uint_eq(sites.count, count);
	if (verdict == KVET_YES)
		ck_assert_str_eq(sites.cause.evidence, "");
}

static void none(const char *text, enum kvet_verdict verdict, const char *words)
{
	resolve(text, verdict, 0);
	ck_assert_msg(strstr(sites.cause.evidence, words) != NULL, "%s", sites.cause.evidence);
	ck_assert_str_ne(sites.cause.source, "");
}

static void is(size_t index, const char *symbol, const char *module, uint64_t address,
	       uint64_t offset, enum kvet_verdict verdict)
{
	const struct kvet_kprobe_site *site = &sites.items[index];

	ck_assert_str_eq(site->symbol, symbol);
	if (module)
		ck_assert_str_eq(site->module, module);
	else
		ck_assert_ptr_null(site->module);
	ck_assert_uint_eq(site->address, address);
	ck_assert_uint_eq(site->offset, offset);
	ck_assert_int_eq(site->verdict, verdict);
	ck_assert_int_eq(*site->cause.evidence != '\0', verdict != KVET_YES);
}

START_TEST(a_unique_symbol_is_one_site)
{
	resolve("vfs_read", KVET_YES, 1);
	is(0, "vfs_read", NULL, 0xffffffff81000100, 0, KVET_YES);
	ck_assert_uint_eq(sites.items[0].extent, 0x80);
	ck_assert(sites.items[0].unique);
}
END_TEST

START_TEST(a_name_that_stands_many_times_is_many_sites)
{
	resolve("twice", KVET_YES, 4);
	ck_assert(!sites.items[0].unique && !sites.items[3].unique);
	is(0, "twice", NULL, 0xffffffff81000180, 0, KVET_YES);
	is(1, "twice", NULL, 0xffffffff81000200, 0, KVET_YES);
	is(2, "twice", "m", 0xffffffffc0000000, 0, KVET_YES);
	is(3, "twice", "n", 0xffffffffc0001000, 0, KVET_YES);
}
END_TEST

/* By name, the kernel may find data, or the instance of another module. */
START_TEST(one_site_may_share_its_name)
{
	resolve("both", KVET_YES, 1);
	ck_assert(!sites.items[0].unique);
	kvet_kprobe_sites_deinit(&sites);
	resolve("m:twice", KVET_YES, 1);
	ck_assert(!sites.items[0].unique);
}
END_TEST

START_TEST(an_offset_applies_to_every_site)
{
	resolve("twice+4", KVET_YES, 4);
	is(0, "twice", NULL, 0xffffffff81000184, 4, KVET_YES);
	is(3, "twice", "n", 0xffffffffc0001004, 4, KVET_YES);
}
END_TEST

START_TEST(a_name_twice_at_one_address_is_one_site)
{
	resolve("same", KVET_YES, 1);
	is(0, "same", NULL, 0xffffffff81000280, 0, KVET_YES);
}
END_TEST

START_TEST(an_alias_is_the_name_that_was_asked_for)
{
	resolve("_stext", KVET_YES, 1);
	is(0, "_stext", NULL, 0xffffffff81000000, 0, KVET_YES);
}
END_TEST

START_TEST(weak_symbols_are_text)
{
	resolve("weak", KVET_YES, 1);
	is(0, "weak", NULL, 0xffffffff810001c0, 0, KVET_YES);
	resolve("weaker", KVET_YES, 1);
	is(0, "weaker", NULL, 0xffffffff81000240, 0, KVET_YES);
}
END_TEST

START_TEST(a_data_symbol_is_a_no)
{
	none("jiffies", KVET_NO, "not text");
	ck_assert_ptr_nonnull(strstr(sites.cause.evidence, "'D'"));
	none("table", KVET_NO, "'d'");
	none("absolute", KVET_NO, "'A'");
}
END_TEST

START_TEST(only_the_text_among_symbols_of_a_name_counts)
{
	resolve("both", KVET_YES, 1);
	is(0, "both", NULL, 0xffffffff810002c0, 0, KVET_YES);
}
END_TEST

START_TEST(an_unknown_name_is_a_no)
{
	none("no_such_function", KVET_NO, "no symbol 'no_such_function'");
	none("vfs_rea", KVET_NO, "no symbol 'vfs_rea'");
}
END_TEST

START_TEST(a_module_narrows_the_sites)
{
	resolve("m:twice", KVET_YES, 1);
	is(0, "twice", "m", 0xffffffffc0000000, 0, KVET_YES);
	resolve("n:twice+1", KVET_YES, 1);
	is(0, "twice", "n", 0xffffffffc0001001, 1, KVET_YES);
}
END_TEST

START_TEST(vmlinux_is_the_kernel_proper)
{
	resolve("vmlinux:twice", KVET_YES, 2);
	is(0, "twice", NULL, 0xffffffff81000180, 0, KVET_YES);
	is(1, "twice", NULL, 0xffffffff81000200, 0, KVET_YES);
	none("vmlinux:of_m", KVET_NO, "no symbol 'of_m' in module 'vmlinux'");
	/* As bcc has it. */
	resolve("kernel:twice", KVET_YES, 2);
	none("kernel:of_m", KVET_NO, "no symbol 'of_m' in module 'kernel'");
}
END_TEST

START_TEST(a_symbol_of_another_module_is_a_no_that_says_so)
{
	none("m:vfs_read", KVET_NO, "no symbol 'vfs_read' in module 'm'");
	none("o:twice", KVET_NO, "no symbol 'twice' in module 'o'");
	none("o:no_such_function", KVET_NO, "no symbol 'no_such_function'");
}
END_TEST

START_TEST(the_last_byte_of_a_function_is_accepted)
{
	resolve("vfs_read+0x7f", KVET_YES, 1);
	is(0, "vfs_read", NULL, 0xffffffff8100017f, 0x7f, KVET_YES);
}
END_TEST

START_TEST(an_offset_past_the_end_is_refused)
{
	resolve("vfs_read+0x80", KVET_YES, 1);
	is(0, "vfs_read", NULL, 0xffffffff81000180, 0x80, KVET_NO);
	ck_assert_ptr_nonnull(strstr(sites.items[0].cause.evidence, "past the end of vfs_read"));
	ck_assert_ptr_nonnull(strstr(sites.items[0].cause.evidence, "0x80"));
	resolve("vfs_read+0xffffffffffffffff", KVET_YES, 1);
	ck_assert_int_eq(sites.items[0].verdict, KVET_NO);
}
END_TEST

START_TEST(an_offset_may_fit_one_site_and_not_another)
{
	/* In the kernel 0x40 bytes each; in m as well; in n up to the page's end. */
	resolve("twice+0x40", KVET_YES, 4);
	is(0, "twice", NULL, 0xffffffff810001c0, 0x40, KVET_NO);
	is(1, "twice", NULL, 0xffffffff81000240, 0x40, KVET_NO);
	is(2, "twice", "m", 0xffffffffc0000040, 0x40, KVET_NO);
	is(3, "twice", "n", 0xffffffffc0001040, 0x40, KVET_YES);
}
END_TEST

START_TEST(an_address_inside_a_function_names_it)
{
	resolve("0xffffffff81000110", KVET_YES, 1);
	is(0, "vfs_read", NULL, 0xffffffff81000110, 0x10, KVET_YES);
	ck_assert_uint_eq(sites.items[0].extent, 0x80);
	resolve("0xffffffffc0000041", KVET_YES, 1);
	is(0, "of_m", "m", 0xffffffffc0000041, 1, KVET_YES);
}
END_TEST

START_TEST(an_address_with_aliases_is_one_site)
{
	resolve("0xffffffff810001c4", KVET_YES, 1);
	is(0, "weak", NULL, 0xffffffff810001c4, 4, KVET_YES);
}
END_TEST

START_TEST(an_address_takes_the_text_among_its_aliases)
{
	resolve("0xffffffff82000011", KVET_YES, 1);
	is(0, "shadow", NULL, 0xffffffff82000011, 1, KVET_YES);
}
END_TEST

START_TEST(an_address_in_data_is_a_no)
{
	none("0xffffffff82000004", KVET_NO, "not text");
}
END_TEST

START_TEST(an_address_in_no_symbol_is_a_no)
{
	none("0x1000", KVET_NO, "no symbol contains 0x1000");
	none("0xffffffffc0002000", KVET_NO, "no symbol contains 0xffffffffc0002000");
	none("0xffffffff82000041", KVET_NO, "no symbol contains");
	none("0xffffffffffffffff", KVET_NO, "no symbol contains");
}
END_TEST

START_TEST(a_hidden_table_leaves_it_undetermined)
{
	kvet_ksyms_free(table);
	load("0000000000000000 T vfs_read\n0000000000000000 t twice\n"
	     "0000000000000000 t twice\n");
	none("vfs_read", KVET_UNDETERMINED, "hidden");
	none("twice+4", KVET_UNDETERMINED, "hidden");
	none("vmlinux:twice", KVET_UNDETERMINED, "hidden");
	none("0xffffffff81000100", KVET_UNDETERMINED, "hidden");
}
END_TEST

START_TEST(a_name_that_a_hidden_table_lacks_is_a_no)
{
	kvet_ksyms_free(table);
	load("0000000000000000 T vfs_read\n");
	none("no_such_function", KVET_NO, "no symbol");
}
END_TEST

/* The symbols of a glob's sites, in one word. */
static const char *glob(const char *text)
{
	static char names[256];
	struct kvet_kprobe_spec spec;

	kvet_kprobe_sites_deinit(&sites);
	ck_assert_int_eq(kvet_kprobe_spec_parse(text, &spec, NULL), 0);
	ck_assert_int_eq(kvet_kprobe_resolve(table, &spec, &sites, NULL), 0);
	*names = '\0';
	for (size_t i = 0; i < sites.count; i++) {
		strcat(names, sites.items[i].symbol);
		strcat(names, " ");
		ck_assert_int_eq(sites.items[i].verdict, KVET_YES);
		ck_assert_uint_eq(sites.items[i].offset, 0);
	}
	return names;
}

START_TEST(a_glob_means_every_instance_of_every_match)
{
	ck_assert_str_eq(glob("tw*"), "twice twice twice twice ");
	ck_assert_str_eq(glob("m:*"), "twice of_m ");
	ck_assert_str_eq(glob("vmlinux:tw?ce"), "twice twice ");
	/* Two names of one address are one site; data does not count. */
	ck_assert_str_eq(glob("[sw]*"), "weak weaker same shadow ");
	ck_assert_str_eq(glob("bo*"), "both ");
}
END_TEST

START_TEST(a_glob_without_a_match_says_so)
{
	ck_assert_str_eq(glob("nosuch*"), "");
	ck_assert_int_eq(sites.verdict, KVET_NO);
	ck_assert_ptr_nonnull(strstr(sites.cause.evidence, "'nosuch*'"));
	ck_assert_str_eq(glob("n:of*"), "");
	ck_assert_ptr_nonnull(strstr(sites.cause.evidence, "in module 'n'"));
}
END_TEST

START_TEST(a_glob_may_have_classes)
{
	ck_assert_str_eq(glob("[[:lower:]]fs_read"), "vfs_read ");
	ck_assert_str_eq(glob("m:tw[[:alpha:]]ce"), "twice ");
	ck_assert_str_eq(glob("vfs_rea[![:lower:]]"), "");
}
END_TEST

START_TEST(text_and_an_offset_mean_what_stands_there)
{
	resolve("_text+0x104", KVET_YES, 1);
	is(0, "vfs_read", NULL, 0xffffffff81000104, 4, KVET_YES);
	resolve("vmlinux:_stext+0x200", KVET_YES, 1);
	is(0, "twice", NULL, 0xffffffff81000200, 0, KVET_YES);
	resolve("_text+0xff", KVET_YES, 1);
	is(0, "_text", NULL, 0xffffffff810000ff, 0xff, KVET_YES);
	none("_text+0x1000000", KVET_NO, "not text");
	none("_text+0x9000000", KVET_NO, "no symbol contains");
	resolve("_text+0x7f000000", KVET_YES, 1);
	is(0, "_text", NULL, 0, 0x7f000000, KVET_NO);
	none("m:_text+0x104", KVET_NO, "no symbol '_text' in module 'm'");
}
END_TEST

/* Whichever architecture's wrappers the table has. */
START_TEST(a_system_call_is_its_wrapper)
{
	static const char *const prefixes[] = { "__x64_sys_", "__arm64_sys_", "__s390x_sys_",
						"__riscv_sys_" };

	none("syscall:read", KVET_NO, "have no wrappers");
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		char text[256], symbol[64];

		snprintf(text, sizeof(text),
			 "ffffffff81000000 T %sread\nffffffff81000040 T %sreadv\n"
			 "ffffffff81000080 T __ia32_sys_read\nffffffff810000c0 T read\n",
			 prefixes[i], prefixes[i]);
		kvet_ksyms_free(table);
		load(text);
		resolve("syscall:read", KVET_YES, 1);
		snprintf(symbol, sizeof(symbol), "%sread", prefixes[i]);
		ck_assert_str_eq(sites.items[0].symbol, symbol);
		ck_assert(sites.items[0].syscall);
		ck_assert_str_eq(kvet_kprobe_syscall_name(symbol), "read");
		resolve("syscall:rea*", KVET_YES, 2);
		ck_assert(sites.items[0].syscall && sites.items[1].syscall);
		none("syscall:write", KVET_NO, "no symbol");
		resolve("read", KVET_YES, 1);
		ck_assert(!sites.items[0].syscall);
	}
	ck_assert_ptr_null(kvet_kprobe_syscall_name("vfs_read"));
}
END_TEST

START_TEST(a_mapping_symbol_is_no_function)
{
	kvet_ksyms_free(table);
	load("ffffffff81000000 T _text\n"
	     "ffffffffc0000000 t f\t[m]\n"
	     "ffffffffc0000000 t $x\t[m]\n"
	     "ffffffffc0000010 t $d.1\t[m]\n"
	     "ffffffffc0000018 t .Lpart\t[m]\n"
	     "ffffffffc0000040 t g\t[m]\n");
	ck_assert_str_eq(glob("m:*"), "f g ");
	none("$x", KVET_NO, "mapping symbol");
	none("m:.Lpart", KVET_NO, "mapping symbol");
	none("n:$x", KVET_NO, "in module 'n'");
	resolve("0xffffffffc0000011", KVET_YES, 1);
	is(0, "f", "m", 0xffffffffc0000011, 0x11, KVET_YES);
	resolve("f+0x3f", KVET_YES, 1);
}
END_TEST

START_TEST(a_glob_leaves_out_what_no_call_enters)
{
	kvet_ksyms_free(table);
	load("ffffffff81000000 T _text\n"
	     "ffffffff81000010 t __pfx_foo\n"
	     "ffffffff81000020 t foo\n"
	     "ffffffff81000040 t foo.isra.0\n"
	     "ffffffff81000060 t foo.cold\n"
	     "ffffffff81000080 t foo.isra.0.cold\n"
	     "ffffffff810000a0 t foo.colder\n"
	     "ffffffff810000b0 t foo.cold.12\n"
	     "ffffffff810000c0 t end\n");
	ck_assert_str_eq(glob("*foo*"), "foo foo.isra.0 foo.colder ");
	ck_assert_str_eq(glob("foo.cold*"), "foo.cold foo.colder foo.cold.12 ");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kprobe resolve");
	TCase *tc = tcase_create("resolve");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_unique_symbol_is_one_site);
	tcase_add_test(tc, a_glob_may_have_classes);
	tcase_add_test(tc, text_and_an_offset_mean_what_stands_there);
	tcase_add_test(tc, a_system_call_is_its_wrapper);
	tcase_add_test(tc, a_mapping_symbol_is_no_function);
	tcase_add_test(tc, a_name_that_stands_many_times_is_many_sites);
	tcase_add_test(tc, one_site_may_share_its_name);
	tcase_add_test(tc, an_offset_applies_to_every_site);
	tcase_add_test(tc, a_name_twice_at_one_address_is_one_site);
	tcase_add_test(tc, an_alias_is_the_name_that_was_asked_for);
	tcase_add_test(tc, weak_symbols_are_text);
	tcase_add_test(tc, a_data_symbol_is_a_no);
	tcase_add_test(tc, only_the_text_among_symbols_of_a_name_counts);
	tcase_add_test(tc, an_unknown_name_is_a_no);
	tcase_add_test(tc, a_module_narrows_the_sites);
	tcase_add_test(tc, vmlinux_is_the_kernel_proper);
	tcase_add_test(tc, a_symbol_of_another_module_is_a_no_that_says_so);
	tcase_add_test(tc, the_last_byte_of_a_function_is_accepted);
	tcase_add_test(tc, an_offset_past_the_end_is_refused);
	tcase_add_test(tc, an_offset_may_fit_one_site_and_not_another);
	tcase_add_test(tc, an_address_inside_a_function_names_it);
	tcase_add_test(tc, an_address_with_aliases_is_one_site);
	tcase_add_test(tc, an_address_takes_the_text_among_its_aliases);
	tcase_add_test(tc, an_address_in_data_is_a_no);
	tcase_add_test(tc, an_address_in_no_symbol_is_a_no);
	tcase_add_test(tc, a_hidden_table_leaves_it_undetermined);
	tcase_add_test(tc, a_name_that_a_hidden_table_lacks_is_a_no);
	tcase_add_test(tc, a_glob_means_every_instance_of_every_match);
	tcase_add_test(tc, a_glob_without_a_match_says_so);
	tcase_add_test(tc, a_glob_leaves_out_what_no_call_enters);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
