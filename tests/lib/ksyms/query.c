/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/ksyms.h>

static struct kvet_ksyms *parse(const char *text)
{
	FILE *stream = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	struct kvet_ksyms *table = NULL;
	struct kvet_cause err = { 0 };

	ck_assert_ptr_nonnull(stream);
	ck_assert_msg(kvet_ksyms_parse(&table, stream, "copy", &err) == 0, "%s", err.evidence);
	fclose(stream);
	return table;
}

/* The names of a range, in its order, each followed by a space. */
static const char *names(const struct kvet_ksyms *table, struct kvet_ksyms_range range)
{
	static char words[1024];

	words[0] = '\0';
	for (size_t i = 0; i < range.count; i++) {
		strcat(words, kvet_ksyms_row(table, range.rows[i]).name);
		strcat(words, " ");
	}
	return words;
}

#define at(table, address)         names(table, kvet_ksyms_at(table, address))
#define containing(table, address) names(table, kvet_ksyms_containing(table, address))

static uint64_t extent(const struct kvet_ksyms *table, const char *name)
{
	struct kvet_ksyms_range range = kvet_ksyms_by_name(table, name);

	ck_assert_uint_eq(range.count, 1);
	return kvet_ksyms_row(table, range.rows[0]).extent;
}

START_TEST(rows_in_any_order_are_found)
{
	struct kvet_ksyms *table = parse("3000 T c\n1000 T a\n4000 T d\n2000 T b\n");

	ck_assert_str_eq(at(table, 0x1000), "a ");
	ck_assert_str_eq(at(table, 0x2000), "b ");
	ck_assert_str_eq(at(table, 0x3000), "c ");
	ck_assert_str_eq(at(table, 0x4000), "d ");
	ck_assert_str_eq(containing(table, 0x2fff), "b ");
	ck_assert_str_eq(containing(table, 0x3001), "c ");
	ck_assert_uint_eq(extent(table, "a"), 0x1000);
	ck_assert_uint_eq(extent(table, "c"), 0x1000);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(rows_of_a_name_come_by_address)
{
	struct kvet_ksyms *table = parse("3000 t x\t[m]\n1000 d x\n2000 t y\n2000 t x\n");
	struct kvet_ksyms_range range = kvet_ksyms_by_name(table, "x");

	ck_assert_uint_eq(range.count, 3);
	ck_assert_uint_eq(kvet_ksyms_row(table, range.rows[0]).address, 0x1000);
	ck_assert_uint_eq(kvet_ksyms_row(table, range.rows[1]).address, 0x2000);
	ck_assert_uint_eq(kvet_ksyms_row(table, range.rows[2]).address, 0x3000);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(rows_of_an_address_come_in_the_tables_order)
{
	struct kvet_ksyms *table = parse("1000 T z\n2000 T between\n1000 T a\n1000 T m\n");

	ck_assert_str_eq(at(table, 0x1000), "z a m ");
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(a_name_is_matched_whole)
{
	struct kvet_ksyms *table = parse("1000 T vfs_read\n2000 T vfs_readv\n3000 T Vfs_read\n");

	ck_assert_uint_eq(kvet_ksyms_by_name(table, "vfs_read").count, 1);
	ck_assert_uint_eq(kvet_ksyms_by_name(table, "vfs_rea").count, 0);
	ck_assert_uint_eq(kvet_ksyms_by_name(table, "").count, 0);
	ck_assert_uint_eq(kvet_ksyms_by_name(table, "zzz").count, 0);
	ck_assert_uint_eq(kvet_ksyms_by_name(table, "AAA").count, 0);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(no_row_is_at_an_address_between_symbols)
{
	struct kvet_ksyms *table = parse("1000 T a\n2000 T b\n");

	ck_assert_str_eq(at(table, 0), "");
	ck_assert_str_eq(at(table, 0xfff), "");
	ck_assert_str_eq(at(table, 0x1001), "");
	ck_assert_str_eq(at(table, 0x2001), "");
	ck_assert_str_eq(at(table, UINT64_MAX), "");
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(a_table_of_zeros_is_hidden)
{
	struct kvet_ksyms *table = parse("0000000000000000 T a\n"
					 "0000000000000000 T b\n"
					 "0000000000000000 t c\t[m]\n");

	ck_assert(kvet_ksyms_hidden(table));
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(a_hidden_table_answers_by_name_alone)
{
	struct kvet_ksyms *table = parse("0 T a\n0 T b\n0 t a\t[m]\n");

	ck_assert_uint_eq(kvet_ksyms_by_name(table, "a").count, 2);
	ck_assert_uint_eq(kvet_ksyms_by_name(table, "c").count, 0);
	ck_assert_str_eq(at(table, 0), "");
	ck_assert_str_eq(containing(table, 0), "");
	ck_assert_str_eq(containing(table, 1), "");
	ck_assert_str_eq(containing(table, 0xffffffff81000000), "");
	ck_assert_uint_eq(extent(table, "b"), 0);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(one_zero_among_addresses_is_legitimate)
{
	struct kvet_ksyms *table = parse("0000000000000000 A fixed_percpu_data\n"
					 "ffffffff81000000 T _text\n");

	ck_assert(!kvet_ksyms_hidden(table));
	ck_assert_str_eq(at(table, 0), "fixed_percpu_data ");
	ck_assert_str_eq(at(table, 0xffffffff81000000), "_text ");
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(one_address_among_zeros_is_not_hidden)
{
	struct kvet_ksyms *table = parse("0 T a\n0 T b\n1 T c\n");

	ck_assert(!kvet_ksyms_hidden(table));
	ck_assert_str_eq(at(table, 0), "a b ");
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(absolute_symbols_contain_nothing)
{
	struct kvet_ksyms *table = parse("0 A __per_cpu_start\n"
					 "1000 a cpu_debug_store\n"
					 "ffffffff81000000 T _text\n");

	ck_assert_uint_eq(extent(table, "__per_cpu_start"), 0);
	ck_assert_uint_eq(extent(table, "cpu_debug_store"), 0);
	ck_assert_str_eq(containing(table, 1), "");
	ck_assert_str_eq(containing(table, 0xfff), "");
	ck_assert_str_eq(containing(table, 0x1001), "");
	ck_assert_str_eq(containing(table, 0xffffffff80ffffff), "");
	ck_assert_str_eq(containing(table, 0xffffffff81000001), "_text ");
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(an_extent_ends_at_the_next_distinct_address)
{
	struct kvet_ksyms *table = parse("1000 T __x64_sys_read\n"
					 "1000 T __ia32_sys_read\n"
					 "1040 t next\n"
					 "1040 t alias_of_next\n"
					 "1100 t last\n");

	ck_assert_uint_eq(extent(table, "__x64_sys_read"), 0x40);
	ck_assert_uint_eq(extent(table, "__ia32_sys_read"), 0x40);
	ck_assert_uint_eq(extent(table, "next"), 0xc0);
	ck_assert_uint_eq(extent(table, "alias_of_next"), 0xc0);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(an_extent_may_span_pages_within_a_module)
{
	struct kvet_ksyms *table = parse("1010 t a\t[m]\n9000 t b\t[m]\n");

	ck_assert_uint_eq(extent(table, "a"), 0x9000 - 0x1010);
	ck_assert_str_eq(containing(table, 0x8fff), "a ");
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(an_extent_ends_with_its_page_where_the_module_changes)
{
	struct kvet_ksyms *table = parse("1010 t of_kernel\n"
					 "9000 t of_m\t[m]\n"
					 "9800 t of_n\t[n]\n"
					 "a000 t of_o\t[o]\n");

	ck_assert_uint_eq(extent(table, "of_kernel"), 0xff0);
	ck_assert_str_eq(containing(table, 0x1fff), "of_kernel ");
	ck_assert_str_eq(containing(table, 0x2000), "");
	ck_assert_str_eq(containing(table, 0x8fff), "");
	/* The next one may stand in the same page, or right at its end. */
	ck_assert_uint_eq(extent(table, "of_m"), 0x800);
	ck_assert_uint_eq(extent(table, "of_n"), 0x800);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(one_alias_of_the_same_module_lifts_the_page_bound)
{
	struct kvet_ksyms *table = parse("1010 t a\t[m]\n9000 t b\t[n]\n9000 t c\t[m]\n");

	ck_assert_uint_eq(extent(table, "a"), 0x9000 - 0x1010);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(the_same_module_twice_is_one_module)
{
	/* The rows of m do not stand together: its name is read twice. */
	struct kvet_ksyms *table = parse("1010 t a\t[m]\n20000 t x\t[n]\n9000 t b\t[m]\n");

	ck_assert_uint_eq(extent(table, "a"), 0x9000 - 0x1010);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(the_last_extent_ends_with_its_page)
{
	struct kvet_ksyms *table = parse("1000 T a\n2010 T last\n2010 T alias\n");

	ck_assert_uint_eq(extent(table, "last"), 0xff0);
	ck_assert_uint_eq(extent(table, "alias"), 0xff0);
	ck_assert_str_eq(containing(table, 0x2fff), "last alias ");
	ck_assert_str_eq(containing(table, 0x3000), "");
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(a_last_symbol_at_a_pages_start_has_the_whole_page)
{
	struct kvet_ksyms *table = parse("1000 T a\n2000 T last\n");

	ck_assert_uint_eq(extent(table, "last"), 0x1000);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(containing_gives_all_aliases)
{
	struct kvet_ksyms *table = parse("1000 T a\n2000 T next\n1000 W b\n1000 t c\n");

	ck_assert_str_eq(containing(table, 0x1000), "a b c ");
	ck_assert_str_eq(containing(table, 0x1abc), "a b c ");
	ck_assert_str_eq(containing(table, 0x2000), "next ");
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(nothing_contains_an_address_below_the_first)
{
	struct kvet_ksyms *table = parse("1000 T a\n2000 T b\n");

	ck_assert_str_eq(containing(table, 0), "");
	ck_assert_str_eq(containing(table, 0xfff), "");
	ck_assert_str_eq(containing(table, 0x1000), "a ");
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(nothing_contains_an_address_far_after_the_last)
{
	struct kvet_ksyms *table = parse("1000 T a\n2000 T b\n");

	ck_assert_str_eq(containing(table, 0x2fff), "b ");
	ck_assert_str_eq(containing(table, 0x3000), "");
	ck_assert_str_eq(containing(table, UINT64_MAX), "");
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(the_last_page_of_all_has_an_extent)
{
	struct kvet_ksyms *table = parse("fffffffffffff000 t a\t[m]\n"
					 "fffffffffffff800 t b\t[n]\n");

	ck_assert_uint_eq(extent(table, "a"), 0x800);
	ck_assert_uint_eq(extent(table, "b"), 0x800);
	ck_assert_str_eq(containing(table, 0xfffffffffffff7ff), "a ");
	ck_assert_str_eq(containing(table, UINT64_MAX), "b ");
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(the_last_address_of_all_may_bear_a_symbol)
{
	struct kvet_ksyms *table = parse("1000 T a\nffffffffffffffff T last\n");

	ck_assert_str_eq(at(table, UINT64_MAX), "last ");
	ck_assert_str_eq(containing(table, UINT64_MAX), "last ");
	ck_assert_uint_eq(extent(table, "last"), 1);
	kvet_ksyms_free(table);
}
END_TEST

/* --- against a naive scan ------------------------------------------------------------------ */

#define ROWS      2000
#define NAMES     300
#define ADDRESSES 700

static uint64_t seed = 0x9e3779b97f4a7c15;

static uint32_t draw(uint32_t below)
{
	seed = seed * 6364136223846793005 + 1442695040888963407;
	return (uint32_t)(seed >> 33) % below;
}

static struct {
	uint64_t address;
	char name[16];
} rows[ROWS];

static struct kvet_ksyms *generate(void)
{
	struct kvet_ksyms *table = NULL;
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	for (int i = 0; i < ROWS; i++) {
		rows[i].address = 0xffffffff81000000 + draw(ADDRESSES) * 16;
		sprintf(rows[i].name, "f%u", draw(NAMES));
		fprintf(stream, "%016" PRIx64 " t %s%s\n", rows[i].address, rows[i].name,
			i % 7 ? "" : "\t[m]");
	}
	fclose(stream);
	table = parse(text);
	free(text);
	ck_assert_uint_eq(kvet_ksyms_count(table), ROWS);
	return table;
}

/* Whether a range holds each of the wanted rows once, and no other. */
static void holds(struct kvet_ksyms_range range, const bool *wanted)
{
	bool seen[ROWS] = { false };
	size_t count = 0;

	for (int i = 0; i < ROWS; i++)
		count += wanted[i];
	ck_assert_uint_eq(range.count, count);
	for (size_t i = 0; i < range.count; i++) {
		ck_assert_uint_lt(range.rows[i], ROWS);
		ck_assert(wanted[range.rows[i]]);
		ck_assert(!seen[range.rows[i]]);
		seen[range.rows[i]] = true;
	}
}

START_TEST(generated_names_are_found_as_a_scan_finds_them)
{
	struct kvet_ksyms *table = generate();
	bool wanted[ROWS];
	char name[16];

	/* Past NAMES: names that do not exist. */
	for (unsigned int n = 0; n < NAMES + 20; n++) {
		struct kvet_ksyms_range range;

		sprintf(name, "f%u", n);
		for (int i = 0; i < ROWS; i++)
			wanted[i] = !strcmp(rows[i].name, name);
		range = kvet_ksyms_by_name(table, name);
		holds(range, wanted);
		for (size_t i = 1; i < range.count; i++)
			ck_assert_uint_le(rows[range.rows[i - 1]].address,
					  rows[range.rows[i]].address);
	}
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(generated_addresses_are_found_as_a_scan_finds_them)
{
	struct kvet_ksyms *table = generate();
	bool wanted[ROWS];

	/* Steps of 8: every second one bears no symbol. */
	for (uint64_t step = 0; step < ADDRESSES * 2 + 20; step++) {
		uint64_t address = 0xffffffff81000000 + step * 8 - 64;
		struct kvet_ksyms_range range = kvet_ksyms_at(table, address);

		for (int i = 0; i < ROWS; i++)
			wanted[i] = rows[i].address == address;
		holds(range, wanted);
		for (size_t i = 1; i < range.count; i++)
			ck_assert_uint_lt(range.rows[i - 1], range.rows[i]);
	}
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(generated_addresses_are_contained_by_the_nearest_below)
{
	struct kvet_ksyms *table = generate();
	uint64_t first = UINT64_MAX, last = 0;
	bool wanted[ROWS];

	for (int i = 0; i < ROWS; i++) {
		first = rows[i].address < first ? rows[i].address : first;
		last = rows[i].address > last ? rows[i].address : last;
	}
	for (uint64_t address = first; address < last; address += 4) {
		uint64_t nearest = 0;

		for (int i = 0; i < ROWS; i++)
			if (rows[i].address <= address && rows[i].address > nearest)
				nearest = rows[i].address;
		for (int i = 0; i < ROWS; i++)
			wanted[i] = rows[i].address == nearest;
		holds(kvet_ksyms_containing(table, address), wanted);
	}
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(an_absolute_symbol_does_not_contain_its_own_address)
{
	struct kvet_ksyms *table = parse("1000 A absolute\n2000 T text\n");

	ck_assert_str_eq(at(table, 0x1000), "absolute ");
	ck_assert_str_eq(containing(table, 0x1000), "");
	kvet_ksyms_free(table);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ksyms query");
	TCase *tc = tcase_create("query");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, rows_in_any_order_are_found);
	tcase_add_test(tc, rows_of_a_name_come_by_address);
	tcase_add_test(tc, rows_of_an_address_come_in_the_tables_order);
	tcase_add_test(tc, a_name_is_matched_whole);
	tcase_add_test(tc, no_row_is_at_an_address_between_symbols);
	tcase_add_test(tc, a_table_of_zeros_is_hidden);
	tcase_add_test(tc, a_hidden_table_answers_by_name_alone);
	tcase_add_test(tc, one_zero_among_addresses_is_legitimate);
	tcase_add_test(tc, one_address_among_zeros_is_not_hidden);
	tcase_add_test(tc, absolute_symbols_contain_nothing);
	tcase_add_test(tc, an_extent_ends_at_the_next_distinct_address);
	tcase_add_test(tc, an_extent_may_span_pages_within_a_module);
	tcase_add_test(tc, an_extent_ends_with_its_page_where_the_module_changes);
	tcase_add_test(tc, one_alias_of_the_same_module_lifts_the_page_bound);
	tcase_add_test(tc, the_same_module_twice_is_one_module);
	tcase_add_test(tc, the_last_extent_ends_with_its_page);
	tcase_add_test(tc, a_last_symbol_at_a_pages_start_has_the_whole_page);
	tcase_add_test(tc, containing_gives_all_aliases);
	tcase_add_test(tc, nothing_contains_an_address_below_the_first);
	tcase_add_test(tc, nothing_contains_an_address_far_after_the_last);
	tcase_add_test(tc, the_last_page_of_all_has_an_extent);
	tcase_add_test(tc, the_last_address_of_all_may_bear_a_symbol);
	tcase_add_test(tc, generated_names_are_found_as_a_scan_finds_them);
	tcase_add_test(tc, generated_addresses_are_found_as_a_scan_finds_them);
	tcase_add_test(tc, generated_addresses_are_contained_by_the_nearest_below);
	tcase_add_test(tc, an_absolute_symbol_does_not_contain_its_own_address);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
