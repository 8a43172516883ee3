/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a query means, form by form; which names are copies, or the compiler's own, one by one. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "ksyms/pattern.h"
#include "ksyms/table.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

static const struct {
	const char *text;
	enum kvet_ksyms_query_kind kind;
	size_t module_len, name_len;
	bool has_address;
	uint64_t address;
	bool has_offset;
	uint64_t offset;
} queries[] = {
	{ "vfs_read", KVET_KSYMS_NAME, 0, 8, false, 0, false, 0 },
	/* Digits alone may be a name too. */
	{ "dead", KVET_KSYMS_NAME, 0, 4, true, 0xdead, false, 0 },
	{ "1234567890abcdef", KVET_KSYMS_NAME, 0, 16, true, 0x1234567890abcdef, false, 0 },
	{ "1234567890abcdef0", KVET_KSYMS_NAME, 0, 17, false, 0, false, 0 },
	{ "0xdead", KVET_KSYMS_ADDRESS, 0, 6, true, 0xdead, false, 0 },
	{ "0XDEAD", KVET_KSYMS_ADDRESS, 0, 6, true, 0xdead, false, 0 },
	{ "m:f", KVET_KSYMS_NAME, 1, 3, false, 0, false, 0 },
	{ "m:f+4", KVET_KSYMS_NAME, 1, 3, false, 0, true, 4 },
	/* Names of C++ and Rust. */
	{ "core::fmt", KVET_KSYMS_NAME, 0, 9, false, 0, false, 0 },
	{ ":f", KVET_KSYMS_NAME, 0, 2, false, 0, false, 0 },
	{ "m:", KVET_KSYMS_NAME, 0, 2, false, 0, false, 0 },
	{ "f+010", KVET_KSYMS_NAME, 0, 1, false, 0, true, 10 },
	{ "f+0x10", KVET_KSYMS_NAME, 0, 1, false, 0, true, 0x10 },
};

START_TEST(each_form_means_what_it_says)
{
	struct kvet_ksyms_query query;

	ck_assert_int_eq(kvet_ksyms_query_parse(&query, queries[_i].text, false, NULL), 0);
	ck_assert_int_eq(query.kind, queries[_i].kind);
	ck_assert_uint_eq(query.module_len, queries[_i].module_len);
	ck_assert_uint_eq(query.name_len, queries[_i].name_len);
	ck_assert_int_eq(query.has_address, queries[_i].has_address);
	if (query.has_address)
		ck_assert_uint_eq(query.address, queries[_i].address);
	ck_assert_int_eq(query.has_offset, queries[_i].has_offset);
	ck_assert_uint_eq(query.offset, queries[_i].offset);
	kvet_ksyms_query_deinit(&query);
}
END_TEST

START_TEST(what_is_nearly_a_form_is_refused)
{
	static const char *const texts[] = { "f+1x",
					     "f+x1",
					     "f+99999999999999999999",
					     "f+0x11112222333344445",
					     "1-1",
					     "0x10-0x10",
					     "0x10-0xf",
					     "0x1-",
					     "f+1/1x" };

	for (size_t i = 0; i < LENGTH(texts); i++) {
		struct kvet_ksyms_query query;

		ck_assert_msg(kvet_ksyms_query_parse(&query, texts[i], false, NULL) != 0, "%s",
			      texts[i]);
	}
}
END_TEST

static const struct {
	const char *name;
	enum kvet_ksyms_name_kind kind;
} kinds[] = {
	{ "vfs_read", KVET_KSYMS_ORDINARY },
	{ "read2", KVET_KSYMS_ORDINARY },
	{ "_", KVET_KSYMS_ORDINARY },
	{ "7", KVET_KSYMS_ORDINARY },
	{ ".7", KVET_KSYMS_ORDINARY },
	{ "foo.", KVET_KSYMS_ORDINARY },
	{ "foo.bar", KVET_KSYMS_ORDINARY },
	{ "my__warned", KVET_KSYMS_ORDINARY },
	{ "foo.constprop.0", KVET_KSYMS_COPY },
	{ "foo.isra.0", KVET_KSYMS_COPY },
	{ "foo.part.3", KVET_KSYMS_COPY },
	{ "foo.cold", KVET_KSYMS_COPY },
	{ "foo.cold.2", KVET_KSYMS_COPY },
	{ "foo.llvm.123", KVET_KSYMS_COPY },
	{ "foo.lto_priv.0", KVET_KSYMS_COPY },
	{ "foo.localalias", KVET_KSYMS_COPY },
	{ "foo.part.0.isra.0", KVET_KSYMS_COPY },
	{ "__UNIQUE_ID_x123", KVET_KSYMS_GENERIC },
	{ "__compound_literal.5", KVET_KSYMS_GENERIC },
	{ "___tp_str.1", KVET_KSYMS_GENERIC },
	{ "__already_done.9", KVET_KSYMS_GENERIC },
	{ "__warned.3", KVET_KSYMS_GENERIC },
	{ "__bpf_trace_tp_map_sched_switch", KVET_KSYMS_GENERIC },
	{ "count.12", KVET_KSYMS_GENERIC },
	{ "a.0", KVET_KSYMS_GENERIC },
};

START_TEST(each_name_is_of_its_kind)
{
	ck_assert_msg(kvet_ksyms_name_kind(kinds[_i].name) == kinds[_i].kind, "%s", kinds[_i].name);
}
END_TEST

START_TEST(a_suffix_is_a_compiler_s)
{
	for (size_t i = 0; i < LENGTH(kinds); i++) {
		const char *dot = strchr(kinds[i].name + 1, '.');

		if (dot)
			ck_assert_msg(kvet_ksyms_copy_suffix(dot) ==
					      (kinds[i].kind == KVET_KSYMS_COPY),
				      "%s", kinds[i].name);
	}
}
END_TEST

/* Whoever searches by a literal must not miss what stands in front of a function's name. */
START_TEST(a_literal_that_may_be_of_a_prefix_is_none)
{
	static const struct {
		const char *glob;
		bool certain;
	} globs[] = {
		{ "*vfs_read*", true }, { "*__pfx_*", false }, { "*pfx*", false },
		{ "*__cfi_*", false },  { "*cfi*", false },    { "*x_vfs*", false },
		{ "*i_vfs*", false },   { "*_vfs*", false },   { "*fi_v*", false },
		{ "*vfs*", true },
	};

	for (size_t i = 0; i < LENGTH(globs); i++) {
		struct kvet_ksyms_pattern *pattern;

		ck_assert_int_eq(kvet_ksyms_pattern_new(&pattern, globs[i].glob, false, NULL), 0);
		ck_assert_msg((kvet_ksyms_pattern_literal(pattern) != NULL) == globs[i].certain,
			      "%s", globs[i].glob);
		kvet_ksyms_pattern_free(pattern);
	}
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

/* The names that a query finds, each followed by a blank. */
static const char *found(const struct kvet_ksyms *table, const char *text)
{
	static char words[256];
	struct kvet_ksyms_search search;
	struct kvet_ksyms_query query;
	struct kvet_ksyms_match match;

	words[0] = '\0';
	ck_assert_int_eq(kvet_ksyms_query_parse(&query, text, false, NULL), 0);
	kvet_ksyms_search_init(&search, table, &query, NULL);
	while (kvet_ksyms_search_next(&search, &match))
		strcat(strcat(words, kvet_ksyms_row(table, match.row).name), " ");
	kvet_ksyms_query_deinit(&query);
	return words;
}

#define MAPPED                        \
	"ffffffff80ff0000 t below\n"  \
	"ffffffff81000000 T _text\n"  \
	"ffffffff81000040 t f\n"      \
	"ffffffffc0000000 t f\t[m]\n" \
	"ffffffffc0000100 t g\t[n]\n"
#define HIDDEN "0 T a\n0 T b\n0 t a\t[m]\n"

static const struct {
	const char *table, *query, *names;
} finds[] = {
	{ MAPPED, "_text+0x44", "f " },
	{ MAPPED, "vmlinux:_text+0x44", "f " },
	{ MAPPED, "m:_text+0x44", "" },
	{ MAPPED, "_text+0x4", "_text " },
	/* There is none past the end of all addresses. */
	{ MAPPED, "_text+0xffffffffffffffff", "" },
	{ MAPPED, "_text+0xffffffffffff0000", "" },
	{ MAPPED, "f", "f f " },
	{ MAPPED, "m:f", "f " },
	{ MAPPED, "n:f", "" },
	{ MAPPED, "vmlinux:f", "f " },
	{ MAPPED, "n:g", "g " },
	/* A range includes the symbol that extends into it. */
	{ MAPPED, "ffffffff81000020-ffffffff81000041", "_text f " },
	{ MAPPED, "ffffffff81000040-ffffffff81000041", "f " },
	/* Nothing is known of hidden addresses, not even of 0. */
	{ HIDDEN, "0x0", "" },
	{ HIDDEN, "0x1", "" },
	{ HIDDEN, "0x0-0x10", "" },
	{ HIDDEN, "m:a", "a " },
};

START_TEST(each_query_finds_what_is_there)
{
	struct kvet_ksyms *table = parse(finds[_i].table);

	ck_assert_str_eq(found(table, finds[_i].query), finds[_i].names);
	kvet_ksyms_free(table);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ksyms meaning");
	TCase *tc = tcase_create("meaning");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, each_form_means_what_it_says, 0, LENGTH(queries));
	tcase_add_test(tc, what_is_nearly_a_form_is_refused);
	tcase_add_loop_test(tc, each_name_is_of_its_kind, 0, LENGTH(kinds));
	tcase_add_test(tc, a_suffix_is_a_compiler_s);
	tcase_add_test(tc, a_literal_that_may_be_of_a_prefix_is_none);
	tcase_add_loop_test(tc, each_query_finds_what_is_there, 0, LENGTH(finds));
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
