/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/kprobe.h>

static void is(const char *text, const char *module, const char *symbol, uint64_t offset,
	       uint64_t address)
{
	struct kvet_kprobe_spec spec;
	struct kvet_cause err = { 0 };

	memset(&spec, 0xa5, sizeof(spec));
	ck_assert_msg(kvet_kprobe_spec_parse(text, &spec, &err) == 0, "%s", err.evidence);
	ck_assert_str_eq(spec.module, module);
	ck_assert_str_eq(spec.symbol, symbol);
	ck_assert_uint_eq(spec.offset, offset);
	ck_assert_uint_eq(spec.address, address);
}

/* The text is refused, the evidence quotes it and says why, and the spec stays as it was. */
static void refused(const char *text, const char *words)
{
	struct kvet_kprobe_spec spec, before;
	struct kvet_cause err = { 0 };

	memset(&spec, 0xa5, sizeof(spec));
	before = spec;
	ck_assert_msg(kvet_kprobe_spec_parse(text, &spec, &err) == -EINVAL, "'%s' is taken", text);
	ck_assert_int_eq(err.errnum, 0);
	ck_assert_msg(strstr(err.evidence, text) != NULL, "%s", err.evidence);
	ck_assert_msg(strstr(err.evidence, words) != NULL, "%s", err.evidence);
	ck_assert_str_ne(err.remedy, "");
	ck_assert_mem_eq(&spec, &before, sizeof(spec));
	ck_assert_int_eq(kvet_kprobe_spec_parse(text, &spec, NULL), -EINVAL);
}

START_TEST(a_symbol_stands_alone)
{
	is("vfs_read", "", "vfs_read", 0, 0);
	is("foo.constprop.0", "", "foo.constprop.0", 0, 0);
	is("__func__.0", "", "__func__.0", 0, 0);
}
END_TEST

START_TEST(an_offset_is_decimal)
{
	is("vfs_read+16", "", "vfs_read", 16, 0);
	is("vfs_read+0", "", "vfs_read", 0, 0);
}
END_TEST

START_TEST(an_offset_is_hexadecimal_with_0x)
{
	is("vfs_read+0x10", "", "vfs_read", 16, 0);
	is("vfs_read+0XfF", "", "vfs_read", 255, 0);
}
END_TEST

START_TEST(an_offset_with_a_leading_zero_is_decimal)
{
	is("vfs_read+010", "", "vfs_read", 10, 0);
	is("vfs_read+0089", "", "vfs_read", 89, 0);
}
END_TEST

START_TEST(a_module_stands_before_the_colon)
{
	is("nf_tables:nft_do_chain", "nf_tables", "nft_do_chain", 0, 0);
	is("nf_tables:nft_do_chain+0x4", "nf_tables", "nft_do_chain", 4, 0);
	is("vmlinux:vfs_read+4", "vmlinux", "vfs_read", 4, 0);
	is("bpf:bpf_prog_6deef7357e7b4530", "bpf", "bpf_prog_6deef7357e7b4530", 0, 0);
}
END_TEST

START_TEST(an_address_begins_with_0x)
{
	is("0xffffffff81000000", "", "", 0, 0xffffffff81000000);
	is("0XFFFFFFFF8100ABCD", "", "", 0, 0xffffffff8100abcd);
	is("0x1", "", "", 0, 1);
	is("0xffffffffffffffff", "", "", 0, UINT64_MAX);
}
END_TEST

START_TEST(a_symbol_may_begin_with_a_digit)
{
	is("0abc", "", "0abc", 0, 0);
	is("1000", "", "1000", 0, 0);
}
END_TEST

START_TEST(the_largest_offset_fits)
{
	is("f+18446744073709551615", "", "f", UINT64_MAX, 0);
	is("f+0xffffffffffffffff", "", "f", UINT64_MAX, 0);
}
END_TEST

START_TEST(an_offset_past_64_bits_is_refused)
{
	refused("f+18446744073709551616", "offset");
	refused("f+0x10000000000000000", "offset");
	refused("f+99999999999999999999999999", "offset");
}
END_TEST

START_TEST(an_address_past_64_bits_is_refused)
{
	refused("0x10000000000000000", "16 hexadecimal digits");
	refused("0x1ffffffff81000000", "16 hexadecimal digits");
}
END_TEST

START_TEST(an_address_that_is_no_number_is_refused)
{
	refused("0x", "address");
	refused("0xg", "address");
	refused("0x10g", "address");
	refused("0x-1", "address");
	refused("0x+1", "address");
	refused("0x1000+4", "address");
	refused("0x1000:f", "address");
}
END_TEST

START_TEST(an_offset_that_is_no_number_is_refused)
{
	refused("f+", "offset");
	refused("f+x", "offset");
	refused("f+0x", "offset");
	refused("f+0xg", "offset");
	refused("f+10h", "offset");
	refused("f+ff", "offset");
	refused("f+-1", "offset");
	refused("f++1", "offset");
	refused("f+1+2", "offset");
	refused("f+1.5", "offset");
	refused("m:f+", "offset");
}
END_TEST

START_TEST(an_empty_part_is_refused)
{
	refused("", "no symbol");
	refused("+4", "no symbol");
	refused("m:", "no symbol");
	refused("m:+4", "no symbol");
	refused(":f", "no module");
	refused(":", "no module");
	refused(":f+4", "no module");
}
END_TEST

START_TEST(a_second_colon_is_refused)
{
	refused("m:n:f", "more than one ':'");
	refused("m::f", "more than one ':'");
	refused("m:f+4:2", "more than one ':'");
}
END_TEST

START_TEST(white_space_is_refused)
{
	refused(" f", "white space");
	refused("f ", "white space");
	refused("f + 4", "white space");
	refused("m: f", "white space");
	refused("f\t", "white space");
	refused("f\n", "white space");
	refused("0x1000 ", "white space");
	refused("f+ 4", "white space");
	refused(" ", "white space");
}
END_TEST

START_TEST(names_fill_their_room_and_no_more)
{
	char module[65] = { 0 }, symbol[513] = { 0 }, text[600];

	memset(module, 'm', 63);
	memset(symbol, 's', 511);
	sprintf(text, "%s:%s+1", module, symbol);
	is(text, module, symbol, 1, 0);
	sprintf(text, "f:%ss", symbol);
	refused(text, "too long");
	sprintf(text, "%sm:f", module);
	refused(text, "too long");
}
END_TEST

START_TEST(a_doubled_prefix_is_refused)
{
	refused("0x0x10", "address");
	refused("f+0x0x10", "offset");
}
END_TEST

START_TEST(every_kind_of_white_space_is_refused)
{
	refused("f\r", "white space");
	refused("f\v", "white space");
}
END_TEST

START_TEST(what_could_mean_two_things_is_refused)
{
	refused("m:0x1000", "an address takes no module");
	refused("f+1:g", "cannot contain '+'");
}
END_TEST

START_TEST(a_glob_is_told_from_a_name)
{
	struct kvet_kprobe_spec spec;

	ck_assert_int_eq(kvet_kprobe_spec_parse("vfs_*", &spec, NULL), 0);
	ck_assert(spec.glob);
	ck_assert_int_eq(kvet_kprobe_spec_parse("ext4:ext4_[a-f]?", &spec, NULL), 0);
	ck_assert(spec.glob);
	ck_assert_str_eq(spec.module, "ext4");
	ck_assert_int_eq(kvet_kprobe_spec_parse("vfs_read", &spec, NULL), 0);
	ck_assert(!spec.glob);
	refused("vfs_*+0", "a glob");
	ck_assert_int_eq(kvet_kprobe_spec_parse("[[:lower:]]fs_read", &spec, NULL), 0);
	ck_assert_str_eq(spec.symbol, "[[:lower:]]fs_read");
	ck_assert_str_eq(spec.module, "");
	ck_assert_int_eq(kvet_kprobe_spec_parse("ext4:*[[:digit:]]", &spec, NULL), 0);
	ck_assert_str_eq(spec.symbol, "*[[:digit:]]");
	ck_assert_str_eq(spec.module, "ext4");
	refused("ext*:f", "a module's name must be complete, not a glob");
	refused("a:b:[[:digit:]]", "more than one ':'");
	refused("ext*:vfs_read", "module");
}
END_TEST

START_TEST(what_bpftrace_writes_is_understood)
{
	static const struct {
		const char *word;
		bool returns;
	} providers[] = { { "", false },
			  { "kprobe:", false },
			  { "k:", false },
			  { "kretprobe:", true },
			  { "kr:", true } };
	char text[64];

	for (size_t i = 0; i < sizeof(providers) / sizeof(*providers); i++) {
		struct kvet_kprobe_spec spec;

		snprintf(text, sizeof(text), "%svfs_read+0x4", providers[i].word);
		is(text, "", "vfs_read", 4, 0);
		snprintf(text, sizeof(text), "%sext4:ext4_open", providers[i].word);
		is(text, "ext4", "ext4_open", 0, 0);
		snprintf(text, sizeof(text), "%s0xffffffff81000000", providers[i].word);
		is(text, "", "", 0, 0xffffffff81000000);
		snprintf(text, sizeof(text), "%svfs_*", providers[i].word);
		ck_assert_int_eq(kvet_kprobe_spec_parse(text, &spec, NULL), 0);
		ck_assert(spec.glob && spec.returns == providers[i].returns);
	}
	/* Modules may begin like it. */
	is("kprobe_example:f", "kprobe_example", "f", 0, 0);
	is("kvm:f", "kvm", "f", 0, 0);
}
END_TEST

START_TEST(a_system_call_is_named)
{
	static const char *const wrong[] = { "syscall:", "syscall:read+1", "syscall:ext4:read",
					     "syscall:a b" };
	struct kvet_kprobe_spec spec;

	ck_assert_int_eq(kvet_kprobe_spec_parse("syscall:openat", &spec, NULL), 0);
	ck_assert(spec.syscall && !spec.glob);
	ck_assert_str_eq(spec.symbol, "openat");
	ck_assert_str_eq(spec.module, "");
	ck_assert_int_eq(kvet_kprobe_spec_parse("syscall:open*", &spec, NULL), 0);
	ck_assert(spec.syscall && spec.glob);
	ck_assert_int_eq(kvet_kprobe_spec_parse("openat", &spec, NULL), 0);
	ck_assert(!spec.syscall);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		ck_assert_msg(kvet_kprobe_spec_parse(wrong[i], &spec, NULL) == -EINVAL, "%s",
			      wrong[i]);
}
END_TEST

START_TEST(what_is_no_kprobe_to_bpftrace_is_refused_as_such)
{
	static const char *const texts[] = {
		"fentry:vfs_read",
		"fexit:vfs_read",
		"kfunc:vfs_read",
		"kretfunc:vfs_read",
		"tracepoint:sched:sched_switch",
		"rawtracepoint:sched_switch",
		"uprobe:/bin/sh:readline",
		"uretprobe:/bin/sh:readline",
		"usdt:/bin/sh:probe",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		refused(texts[i], "kvet probes kprobes only");
	refused("kprobe:", "no symbol");
	refused("kprobe:a:b:c", "more than one ':'");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kprobe spec");
	TCase *tc = tcase_create("spec");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, a_symbol_stands_alone);
	tcase_add_test(tc, an_offset_is_decimal);
	tcase_add_test(tc, an_offset_is_hexadecimal_with_0x);
	tcase_add_test(tc, an_offset_with_a_leading_zero_is_decimal);
	tcase_add_test(tc, a_module_stands_before_the_colon);
	tcase_add_test(tc, an_address_begins_with_0x);
	tcase_add_test(tc, a_symbol_may_begin_with_a_digit);
	tcase_add_test(tc, the_largest_offset_fits);
	tcase_add_test(tc, an_offset_past_64_bits_is_refused);
	tcase_add_test(tc, an_address_past_64_bits_is_refused);
	tcase_add_test(tc, an_address_that_is_no_number_is_refused);
	tcase_add_test(tc, an_offset_that_is_no_number_is_refused);
	tcase_add_test(tc, an_empty_part_is_refused);
	tcase_add_test(tc, a_second_colon_is_refused);
	tcase_add_test(tc, white_space_is_refused);
	tcase_add_test(tc, names_fill_their_room_and_no_more);
	tcase_add_test(tc, what_could_mean_two_things_is_refused);
	tcase_add_test(tc, every_kind_of_white_space_is_refused);
	tcase_add_test(tc, a_doubled_prefix_is_refused);
	tcase_add_test(tc, a_glob_is_told_from_a_name);
	tcase_add_test(tc, what_bpftrace_writes_is_understood);
	tcase_add_test(tc, a_system_call_is_named);
	tcase_add_test(tc, what_is_no_kprobe_to_bpftrace_is_refused_as_such);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
