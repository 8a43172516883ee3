/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Queries against the whole table, against a table made for them, and against a slow scan. */
#include <check.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ksyms/bytes_read.h"
#include "ksyms/scan.h"
#include "ksyms/table.h"

#define ROWS 3000

static uint64_t seed;

static uint32_t draw(uint32_t below)
{
	seed = seed * 6364136223846793005 + 1442695040888963407;
	return (uint32_t)(seed >> 33) % below;
}

static struct {
	uint64_t address;
	char name[600];
	char module[24];
	char type;
} rows[ROWS];

/* Sorted at first, then modules in any order, with duplicates and aliases of all kinds. */
static void generate(uint64_t from)
{
	uint64_t address = 0xffffffff81000000;

	seed = from;
	for (size_t i = 0; i < ROWS; i++) {
		bool core = i < ROWS / 2;

		address = core ? address + draw(4) * 8 + (draw(50) ? 0 : 0x20000)
			       : 0xffffffffc0000000 + draw(4000) * 8;
		rows[i].address = i ? address : 0xffffffff81000000;
		rows[i].type = "tTwWdDbBrRaA"[draw(12)];
		snprintf(rows[i].name, sizeof(rows[i].name), "%s%u%s", draw(9) ? "f" : "g.",
			 draw(900), draw(20) ? "" : ".constprop.0");
		/* Mapping symbols, in modules, as arm64 has them. */
		if (!core && !draw(6))
			snprintf(
				rows[i].name, sizeof(rows[i].name), "%s%u",
				((const char *const[]){ "$x.", "$d.", ".L", "$xrv64i2p" })[draw(4)],
				draw(200));
		if (!draw(100))
			memset(rows[i].name, 'n', 511);
		rows[i].module[0] = '\0';
		if (!core)
			snprintf(rows[i].module, sizeof(rows[i].module), "m%zu",
				 (i - ROWS / 2) / 300);
	}
	strcpy(rows[0].name, "_text");
	rows[0].type = 'T';
}

static FILE *text_of(char **text)
{
	size_t size;
	FILE *stream = open_memstream(text, &size);

	for (size_t i = 0; i < ROWS; i++)
		fprintf(stream, "%016" PRIx64 " %c %s%s%s%s\n", rows[i].address, rows[i].type,
			rows[i].name, *rows[i].module ? "\t[" : "", rows[i].module,
			*rows[i].module ? "]" : "");
	fclose(stream);
	return fmemopen(*text, size, "r");
}

static struct kvet_ksyms *load(const struct kvet_ksyms_query *query)
{
	struct kvet_cause err = { 0 };
	struct ksyms_source *source;
	struct kvet_ksyms *table = NULL;
	struct ksyms_bytes bytes;
	char *text = NULL;
	FILE *stream = text_of(&text);

	ck_assert_int_eq(kvet_ksyms_bytes_stream(&bytes, stream, &err), 0);
	ck_assert_int_eq(kvet_ksyms_scan_open(&source, &bytes, "text", NULL, 0, &err), 0);
	ck_assert_int_eq(query ? kvet_ksyms_select(&table, source, query, 1, 0, &err)
			       : kvet_ksyms_build(&table, source, &err),
			 0);
	ksyms_source_free(source);
	fclose(stream);
	free(text);
	return table;
}

static bool absolute(size_t i)
{
	return rows[i].type == 'a' || rows[i].type == 'A';
}

static bool mapping(size_t i)
{
	return rows[i].name[0] == '$' || !strncmp(rows[i].name, ".L", 2);
}

/* The extent as the header has it, found by going through all rows. */
static uint64_t extent_of(size_t row)
{
	uint64_t after = 0, address = rows[row].address, page_end = (address | 4095) + 1;
	bool same = false;

	for (size_t i = 0; i < ROWS; i++)
		if (!mapping(i) && rows[i].address > address && (!after || rows[i].address < after))
			after = rows[i].address;
	for (size_t i = 0; i < ROWS; i++)
		same = same || (!mapping(i) && rows[i].address == after &&
				!strcmp(rows[i].module, rows[row].module));
	if (absolute(row) || mapping(row))
		return 0;
	if (!after || (!same && after > page_end))
		after = page_end;
	return after - address;
}

static struct kvet_ksyms_query query_of(const char *text, bool regex)
{
	struct kvet_ksyms_query query;
	struct kvet_cause err = { 0 };

	ck_assert_msg(kvet_ksyms_query_parse(&query, text, regex, &err) == 0, "%s", err.evidence);
	return query;
}

/* What a search finds, as one string. */
static char *found(const struct kvet_ksyms *table, const struct kvet_ksyms_query *query,
		   const struct kvet_ksyms_filter *filter)
{
	struct kvet_ksyms_search search;
	struct kvet_ksyms_match match;
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	kvet_ksyms_search_init(&search, table, query, filter);
	while (kvet_ksyms_search_next(&search, &match)) {
		struct kvet_symbol symbol = kvet_ksyms_row(table, match.row);

		fprintf(stream,
			"%" PRIx64 "+%" PRIx64 " %" PRIx64 " %c %.20s [%s] %d %" PRIx64 "\n",
			symbol.address, match.offset, symbol.extent, symbol.type, symbol.name,
			symbol.module ? symbol.module : "", symbol.has_relative, symbol.relative);
	}
	fclose(stream);
	return text;
}

/* Many at a time find what each finds, in the same order: names, addresses, patterns, nothing. */
START_TEST(many_at_a_time_find_what_each_finds)
{
	enum {
		COUNT = 200
	};
	struct kvet_ksyms_query queries[COUNT];
	struct kvet_ksyms_matches matches = { 0 };
	/* A query points into its text. */
	static char texts[COUNT][640];
	size_t ends[COUNT], m = 0;
	struct kvet_symbol symbols[8];

	generate((uint64_t)_i + 1);
	struct kvet_ksyms *whole = load(NULL);

	for (size_t i = 0; i < COUNT; i++) {
		size_t row = draw(ROWS);
		char *text = texts[i];

		if (draw(10) == 0)
			snprintf(text, sizeof(texts[i]), "%s", draw(2) ? "nosuch" : "f1*");
		else if (draw(2))
			snprintf(text, sizeof(texts[i]), "%s", rows[row].name);
		else
			snprintf(text, sizeof(texts[i]), "0x%" PRIx64,
				 rows[row].address + draw(12));
		ck_assert_int_eq(kvet_ksyms_query_parse(&queries[i], text, false, NULL), 0);
	}
	/* In two pieces, the second behind the first. */
	ck_assert_int_eq(kvet_ksyms_search_many(whole, queries, 50, NULL, &matches, ends, NULL), 0);
	ck_assert_int_eq(kvet_ksyms_search_many(whole, queries + 50, COUNT - 50, NULL, &matches,
						ends + 50, NULL),
			 0);
	for (size_t i = 0; i < COUNT; i++) {
		struct kvet_ksyms_search search;
		struct kvet_ksyms_match match;

		kvet_ksyms_search_init(&search, whole, &queries[i], NULL);
		for (; kvet_ksyms_search_next(&search, &match); m++) {
			ck_assert_uint_lt(m, matches.count);
			ck_assert_uint_eq(matches.items[m].row, match.row);
			ck_assert_uint_eq(matches.items[m].offset, match.offset);
		}
		ck_assert_uint_eq(ends[i], m);
		kvet_ksyms_query_deinit(&queries[i]);
	}
	ck_assert_uint_eq(matches.count, m);
	ck_assert_uint_gt(m, COUNT);
	for (size_t i = 0; i < m; i++) {
		struct kvet_symbol one = kvet_ksyms_row(whole, matches.items[i].row);

		if (i % 8 == 0)
			kvet_ksyms_rows(whole, &matches.items[i], m - i < 8 ? m - i : 8, symbols);
		ck_assert_str_eq(symbols[i % 8].name, one.name);
		ck_assert_uint_eq(symbols[i % 8].address, one.address);
	}
	free(matches.items);
	kvet_ksyms_free(whole);
}
END_TEST

START_TEST(a_table_made_for_a_query_answers_as_the_whole_one)
{
	generate((uint64_t)_i + 1);
	struct kvet_ksyms *whole = load(NULL);

	for (int n = 0; n < 60; n++) {
		struct kvet_ksyms_query query;
		struct kvet_ksyms *some;
		char text[640], *a, *b;
		size_t row = draw(ROWS);

		if (n % 7 == 0)
			snprintf(text, sizeof(text), "*f%u*", draw(100));
		else if (n % 3 == 0)
			snprintf(text, sizeof(text), "%s", rows[row].name);
		else if (n % 3 == 1)
			snprintf(text, sizeof(text), "0x%" PRIx64, rows[row].address + draw(64));
		else
			snprintf(text, sizeof(text), "%s:%s+0x%x",
				 *rows[row].module ? rows[row].module : "vmlinux", rows[row].name,
				 draw(32));
		query = query_of(text, false);
		some = load(&query);
		a = found(whole, &query, NULL);
		b = found(some, &query, NULL);
		ck_assert_msg(!strcmp(a, b), "%s:\n%s---\n%s", text, a, b);
		ck_assert_uint_eq(kvet_ksyms_seen(some), ROWS);
		ck_assert_uint_lt(kvet_ksyms_count(some), ROWS);
		free(a);
		free(b);
		kvet_ksyms_free(some);
		kvet_ksyms_query_deinit(&query);
	}
	kvet_ksyms_free(whole);
}
END_TEST

START_TEST(only_patterns_with_letters_to_go_by_need_no_whole_table)
{
	static const struct {
		const char *text;
		bool regex, takes;
	} patterns[] = {
		{ "vfs_*", false, true },    { "*", false, false },
		{ "__pfx_*", false, false }, { "x_close*", false, false },
		{ "_read*", false, false },  { "pf*", false, false },
		{ "*_show", false, false },  { "^tcp_.*sock$", true, true },
		{ "a|b", true, false },      { "(tcp)?_sock", true, false },
		{ "tcp.?sock", true, true }, { "[tcp]*", false, false },
		{ "c_stop*", false, true },
	};

	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
		struct kvet_ksyms_query query = query_of(patterns[i].text, patterns[i].regex);

		ck_assert_msg(kvet_ksyms_select_takes(&query, 1) == patterns[i].takes, "%s",
			      patterns[i].text);
		kvet_ksyms_query_deinit(&query);
	}
}
END_TEST

START_TEST(extents_are_those_of_a_slow_scan)
{
	generate((uint64_t)_i + 100);
	struct kvet_ksyms *table = load(NULL);

	for (uint32_t row = 0; row < ROWS; row++)
		ck_assert_uint_eq(kvet_ksyms_row(table, row).extent, extent_of(row));
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(names_and_addresses_are_found_as_a_slow_scan_finds_them)
{
	generate((uint64_t)_i + 200);
	struct kvet_ksyms *table = load(NULL);

	for (size_t row = 0; row < ROWS; row += 7) {
		struct kvet_ksyms_range by_name = kvet_ksyms_by_name(table, rows[row].name);
		struct kvet_ksyms_range at = kvet_ksyms_at(table, rows[row].address);
		size_t names = 0, addresses = 0;

		for (size_t i = 0; i < ROWS; i++) {
			names += !strcmp(rows[i].name, rows[row].name);
			addresses += rows[i].address == rows[row].address && !mapping(i);
		}
		ck_assert_uint_eq(by_name.count, names);
		ck_assert_uint_eq(at.count, addresses);
		for (size_t i = 0; i < names; i++)
			ck_assert_str_eq(rows[by_name.rows[i]].name, rows[row].name);
		for (size_t i = 1; i < names; i++)
			ck_assert_uint_le(rows[by_name.rows[i - 1]].address,
					  rows[by_name.rows[i]].address);
		for (size_t i = 1; i < addresses; i++)
			ck_assert_uint_lt(at.rows[i - 1], at.rows[i]);
	}
	kvet_ksyms_free(table);
}
END_TEST

static size_t lines_of(const char *text)
{
	size_t lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

static void finds(const struct kvet_ksyms *table, const char *text, bool regex,
		  const struct kvet_ksyms_filter *filter, size_t wanted)
{
	struct kvet_ksyms_query query = query_of(text, regex);
	char *words = found(table, &query, filter);

	ck_assert_msg(lines_of(words) == wanted, "%s: %zu, not %zu:\n%s", text, lines_of(words),
		      wanted, words);
	free(words);
	kvet_ksyms_query_deinit(&query);
}

START_TEST(patterns_match_as_fnmatch_and_regexec_would)
{
	size_t f1 = 0, f1_text = 0, ends_3 = 0, copies = 0, dots = 0, all = 0;

	generate(7);
	struct kvet_ksyms *table = load(NULL);

	for (size_t i = 0; i < ROWS; i++) {
		const char *name = rows[i].name;
		size_t len = strlen(name);

		all += !mapping(i);
		if (mapping(i))
			continue;
		f1 += !strncmp(name, "f1", 2);
		f1_text += !strncmp(name, "f1", 2) && strchr("tTwW", rows[i].type);
		ends_3 += name[len - 1] == '3';
		copies += strstr(name, ".constprop.0") != NULL;
		dots += name[0] == 'g' || name[0] == 'f';
	}
	finds(table, "f1*", false, NULL, f1);
	finds(table, "f1*", false, &(struct kvet_ksyms_filter){ .types = "tTwW" }, f1_text);
	finds(table, "*3", false, NULL, ends_3);
	finds(table, "3$", true, NULL, ends_3);
	finds(table, "^f1", true, NULL, f1);
	finds(table, "\\.constprop\\.0$", true, NULL, copies);
	finds(table, "co?n(st|xx)prop", true, NULL, copies);
	finds(table, "constpro+p", true, NULL, copies);
	finds(table, "constpropx*", true, NULL, copies);
	finds(table, "constprop{1}", true, NULL, copies);
	finds(table, "^[gf]", true, NULL, dots);
	finds(table, "[fg]*", false, NULL, dots);
	finds(table, "*", false, NULL, all);
	finds(table, "*", false, &(struct kvet_ksyms_filter){ .prefix_symbols = true }, ROWS);
	finds(table, "nothing*", false, NULL, 0);
	kvet_ksyms_free(table);
}
END_TEST

static struct kvet_ksyms *parse(const char *text)
{
	FILE *stream = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	struct kvet_ksyms *table = NULL;

	ck_assert_int_eq(kvet_ksyms_parse(&table, stream, "text", NULL), 0);
	fclose(stream);
	return table;
}

START_TEST(prefix_symbols_need_name_and_distance)
{
	struct kvet_ksyms *table = parse("1000 t __pfx_near\n1010 t near\n"
					 "2000 t __pfx_far\n2041 t far\n"
					 "6000 t __pfx_edge\n6040 t edge\n"
					 "3000 t __pfx_gone\n3010 t other\n"
					 "4000 t __cfi_called\n4010 t called\n"
					 "5000 t __pfx_of_m\t[m]\n5010 t of_m\t[n]\n");
	const struct kvet_ksyms_filter all = { .prefix_symbols = true };

	finds(table, "__pfx_*", false, NULL, 3);
	finds(table, "__pfx_*", false, &all, 5);
	finds(table, "__cfi_*", false, NULL, 0);
	finds(table, "0x1000-0x1011", false, NULL, 1);
	finds(table, "0x1000-0x1011", false, &all, 2);
	/* Who names it, or an address in it, means it. */
	finds(table, "__pfx_near", false, NULL, 1);
	finds(table, "0x1004", false, NULL, 1);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(suffixes_are_those_of_compilers)
{
	struct kvet_ksyms *table =
		parse("1000 t foo\n1010 t foo.constprop.0\n1020 t foo.isra.0\n1030 t foo.cold\n"
		      "1040 t foo.llvm.123\n1050 d foo.0\n1060 t foobar.isra.0\n"
		      "1070 t foo.part.0.isra.0\n");
	const struct kvet_ksyms_filter suffixes = { .suffixes = true };

	finds(table, "foo", false, NULL, 1);
	finds(table, "foo", false, &suffixes, 6);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(sums_must_fit)
{
	struct kvet_ksyms *table = parse("1000 t f\n1040 t g\n2000 t f\n2100 t h\n");

	finds(table, "f+0x10", false, NULL, 2);
	finds(table, "f+16", false, NULL, 2);
	finds(table, "f+0x80", false, NULL, 1);
	finds(table, "f+0x10/0x40", false, NULL, 1);
	finds(table, "f+0x10/0x50", false, NULL, 0);
	finds(table, "f+0x100", false, NULL, 0);
	finds(table, "1000-1041", false, NULL, 2);
	finds(table, "1010-1040", false, NULL, 1);
	finds(table, "1020", false, NULL, 1);
	kvet_ksyms_free(table);
}
END_TEST

/* As the kernel prints it: to the end of the module's text, where the next symbol is data. */
START_TEST(the_last_function_of_a_module_ends_with_its_text)
{
	struct kvet_ksyms *table = parse("1000 t f\n3020 t g\n5f00 t f\t[m]\n6020 r d\t[m]\n");

	finds(table, "f+0x10/0x100", false, NULL, 1);
	finds(table, "f+0x10/0x120", false, NULL, 1);
	finds(table, "f+0x10/0x110", false, NULL, 0);
	finds(table, "f+0x10/0x1000", false, NULL, 0);
	finds(table, "f+0x10/0", false, NULL, 0);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(what_is_no_query_is_refused)
{
	static const char *const wrong[] = { "",    "0x",    "0x1g",  "f+",
					     "f+x", "+3",    "f+1/",  "0x2-0x1",
					     "1-1", "0x1-g", "f+1/z", "0x11112222333344445" };
	struct kvet_ksyms_query query;
	struct kvet_cause err;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		memset(&err, 0, sizeof(err));
		ck_assert_msg(kvet_ksyms_query_parse(&query, wrong[i], false, &err) == -EINVAL,
			      "%s", wrong[i]);
		ck_assert_str_ne(err.evidence, "");
	}
	ck_assert_int_eq(kvet_ksyms_query_parse(&query, "(", true, &err), -EINVAL);
	ck_assert_str_eq(err.source, "regcomp");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ksyms search");
	TCase *tc = tcase_create("search");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, many_at_a_time_find_what_each_finds, 0, 3);
	tcase_add_loop_test(tc, a_table_made_for_a_query_answers_as_the_whole_one, 0, 5);
	tcase_add_test(tc, only_patterns_with_letters_to_go_by_need_no_whole_table);
	tcase_add_loop_test(tc, extents_are_those_of_a_slow_scan, 0, 3);
	tcase_add_loop_test(tc, names_and_addresses_are_found_as_a_slow_scan_finds_them, 0, 3);
	tcase_add_test(tc, patterns_match_as_fnmatch_and_regexec_would);
	tcase_add_test(tc, prefix_symbols_need_name_and_distance);
	tcase_add_test(tc, suffixes_are_those_of_compilers);
	tcase_add_test(tc, sums_must_fit);
	tcase_add_test(tc, the_last_function_of_a_module_ends_with_its_text);
	tcase_add_test(tc, what_is_no_query_is_refused);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
