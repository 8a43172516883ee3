/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The records of the kernel's iterator, from memory instead. */
#include <check.h>
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ksym_record.h"
#include "ksyms/records.h"
#include "ksyms/table.h"

static char bytes[1 << 15];
static size_t used, taken;

static void put(const void *from, size_t size)
{
	ck_assert_uint_le(used + size, sizeof(bytes));
	memcpy(bytes + used, from, size);
	used += size;
}

/* As the program copies them: what follows the NUL in its word may be anything. */
static void put_words(const char *text, size_t words)
{
	static const char junk[] = "junkjunk";
	size_t size = strlen(text) + 1;

	put(text, size);
	put(junk, words * 8 - size);
}

static size_t words_of(const char *text)
{
	return text ? (strlen(text) + 1 + 7) / 8 : 0;
}

static void put_whole(uint32_t number, uint64_t address, char type, bool exported, const char *name,
		      const char *module)
{
	struct ksym_record record = { .address = address,
				      .number = number,
				      .name_words = (uint8_t)words_of(name),
				      .module_words = (uint8_t)words_of(module),
				      .exported = exported,
				      .type = type };

	put(&record, sizeof(record));
	put_words(name, record.name_words);
	if (module)
		put_words(module, record.module_words);
}

static void put_bare(uint64_t address)
{
	struct ksym_record record = { .address = address };

	put(&record, sizeof(record));
}

/* A few bytes at a time: records are cut anywhere. */
static ssize_t read_some(void *ctx, char *buf, size_t size)
{
	size_t rest = used - taken;

	(void)ctx;
	size = size < 13 ? size : 13;
	size = size < rest ? size : rest;
	memcpy(buf, bytes + taken, size);
	taken += size;
	return (ssize_t)size;
}

/* All is put again for the next one. */
static void close_bytes(void *ctx)
{
	(void)ctx;
	used = taken = 0;
}

static struct ksyms_source *open_records(uint64_t own)
{
	static const struct ksyms_bytes from = { .read = read_some, .close = close_bytes };
	struct ksyms_source *source = NULL;

	ck_assert_int_eq(kvet_ksyms_records_open(&source, &from, own, NULL), 0);
	return source;
}

START_TEST(whole_records_are_rows)
{
	struct ksyms_source *source;
	struct kvet_ksyms *table = NULL;
	char name[512];

	memset(name, 'n', 511);
	name[511] = '\0';
	put_whole(0, 0x1000, 'T', false, "_text", NULL);
	put_whole(1, 0x1010, 't', true, "exported", "m");
	put_whole(2, 0x1020, 'T', false, "not_exported", "m");
	put_whole(3, 0x1030, 'd', false, name, "a_module_with_a_long_name");
	source = open_records(0);
	ck_assert_int_eq(kvet_ksyms_build(&table, source, NULL), 0);
	ksyms_source_free(source);
	ck_assert_uint_eq(kvet_ksyms_count(table), 4);
	ck_assert_int_eq(kvet_ksyms_row(table, 0).type, 'T');
	ck_assert_ptr_null(kvet_ksyms_row(table, 0).module);
	ck_assert_int_eq(kvet_ksyms_row(table, 1).type, 'T');
	ck_assert_int_eq(kvet_ksyms_row(table, 2).type, 't');
	ck_assert_str_eq(kvet_ksyms_row(table, 3).name, name);
	ck_assert_str_eq(kvet_ksyms_row(table, 3).module, "a_module_with_a_long_name");
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(the_last_symbol_shown_twice_is_one)
{
	struct ksyms_source *source;
	struct kvet_ksyms *table = NULL;

	put_whole(0, 0x1000, 'T', false, "a", NULL);
	put_whole(1, 0x1000, 'T', false, "a", NULL); /* an alias of the same name is another */
	put_whole(1, 0x1000, 'T', false, "a", NULL);
	source = open_records(0);
	ck_assert_int_eq(kvet_ksyms_build(&table, source, NULL), 0);
	ksyms_source_free(source);
	ck_assert_uint_eq(kvet_ksyms_count(table), 2);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(the_iterators_own_program_is_no_row)
{
	struct ksyms_source *source;
	struct kvet_ksyms *table = NULL;

	put_whole(0, 0x1000, 'T', false, "a", NULL);
	put_whole(1, 0x5000, 't', false, "bpf_prog_other", "bpf");
	put_whole(2, 0x6000, 't', false, "bpf_prog_own", "bpf");
	source = open_records(0x6000);
	ck_assert_int_eq(kvet_ksyms_build(&table, source, NULL), 0);
	ksyms_source_free(source);
	ck_assert_uint_eq(kvet_ksyms_count(table), 2);
	ck_assert_uint_eq(kvet_ksyms_by_name(table, "bpf_prog_own").count, 0);
	kvet_ksyms_free(table);
}
END_TEST

/* The text has no such row either. */
START_TEST(a_symbol_without_a_name_is_no_row)
{
	struct kvet_ksyms_query query;
	struct ksyms_source *source;
	struct kvet_ksyms *table = NULL;

	for (int whole = 0; whole < 2; whole++) {
		put_whole(0, 0x1000, 'T', false, "_text", NULL);
		put_whole(1, 0, 'U', false, "", "m");
		put_whole(2, 0x5000, 't', false, "of_m", "m");
		put_whole(2, 0x5000, 't', false, "of_m", "m");
		source = open_records(0);
		ck_assert_int_eq(kvet_ksyms_query_parse(&query, "0x0", false, NULL), 0);
		ck_assert_int_eq(whole ? kvet_ksyms_build(&table, source, NULL)
				       : kvet_ksyms_select(&table, source, &query, 1, 0, NULL),
				 0);
		ksyms_source_free(source);
		ck_assert_uint_eq(kvet_ksyms_by_name(table, "").count, 0);
		ck_assert_uint_eq(kvet_ksyms_between(table, 0, 0xfff).count, 0);
		if (whole)
			ck_assert_uint_eq(kvet_ksyms_count(table), 2);
		else
			ck_assert_uint_eq(kvet_ksyms_seen(table), 2);
		kvet_ksyms_query_deinit(&query);
		kvet_ksyms_free(table);
		table = NULL;
	}
}
END_TEST

/* What the program writes for a name: it, the address that ends it, and the modules. */
START_TEST(what_is_left_out_is_counted_and_ends_extents)
{
	struct kvet_ksyms_query query;
	struct ksyms_source *source;
	struct kvet_ksyms *table = NULL;
	struct kvet_ksyms_range range;

	put_whole(0, 0x1000, 'T', false, "_text", NULL);
	put_bare(0x1008);
	put_whole(70, 0x4000, 'T', false, "wanted", NULL);
	put_bare(0x4040);
	put_whole(99, 0x9000, 't', false, "of_m", "m");
	put_whole(99, 0x9000, 't', false, "of_m", "m");
	source = open_records(0);
	ck_assert_int_eq(kvet_ksyms_query_parse(&query, "wanted", false, NULL), 0);
	ck_assert_int_eq(kvet_ksyms_select(&table, source, &query, 1, 0, NULL), 0);
	ksyms_source_free(source);
	range = kvet_ksyms_by_name(table, "wanted");
	ck_assert_uint_eq(range.count, 1);
	ck_assert_uint_eq(kvet_ksyms_row(table, range.rows[0]).extent, 0x40);
	ck_assert_int_eq(kvet_ksyms_row(table, range.rows[0]).relative, 0x3000);
	ck_assert_uint_eq(kvet_ksyms_seen(table), 100);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(a_name_left_out_that_matters_is_asked_for_again)
{
	struct kvet_ksyms_query query;
	struct ksyms_source *source;
	struct kvet_ksyms *table = NULL;

	put_whole(0, 0x1000, 'T', false, "_text", NULL);
	put_bare(0x1008);
	source = open_records(0);
	ck_assert_int_eq(kvet_ksyms_query_parse(&query, "0x1100", false, NULL), 0);
	ck_assert_int_eq(kvet_ksyms_select(&table, source, &query, 1, 0, NULL), -EAGAIN);
	ck_assert_ptr_null(table);
	ksyms_source_free(source);
}
END_TEST

/* The rows "wanted" of a kernel in which two names have its address: as the program writes them if
 * the other comes first (early), or after it. */
static int ask_with_alias(bool early, size_t aliases, struct kvet_ksyms **table)
{
	struct kvet_ksyms_query query;
	struct ksyms_source *source;
	int ret;

	put_bare(0x1000);
	put_whole(1, 0x1000, 'T', false, "_text", NULL);
	put_bare(0x1008);
	if (early)
		put_bare(0x4000);
	put_whole(71, 0x4000, 'T', false, "wanted", NULL);
	if (!early)
		put_whole(72, 0x4000, 'T', false, "alias", NULL);
	put_bare(0x4040);
	put_whole(99, 0x9000, 't', false, "of_m", "m");
	source = open_records(0);
	ck_assert_int_eq(kvet_ksyms_query_parse(&query, "wanted", false, NULL), 0);
	ret = kvet_ksyms_select(table, source, &query, 1, aliases, NULL);
	ksyms_source_free(source);
	return ret;
}

START_TEST(aliases_are_kept_if_they_are_required)
{
	struct kvet_ksyms *table = NULL;
	struct kvet_ksyms_range range;

	ck_assert_int_eq(ask_with_alias(false, 0, &table), 0);
	ck_assert_uint_eq(kvet_ksyms_at(table, 0x4000).count, 1);
	kvet_ksyms_free(table);
	ck_assert_int_eq(ask_with_alias(false, 1, &table), 0);
	range = kvet_ksyms_at(table, 0x4000);
	ck_assert_uint_eq(range.count, 2);
	ck_assert_str_eq(kvet_ksyms_row(table, range.rows[0]).name, "wanted");
	ck_assert_str_eq(kvet_ksyms_row(table, range.rows[1]).name, "alias");
	ck_assert_uint_eq(kvet_ksyms_row(table, range.rows[1]).extent, 0x40);
	ck_assert_uint_eq(kvet_ksyms_by_name(table, "of_m").count, 0);
	kvet_ksyms_free(table);
}
END_TEST

/* That one is before _text too does not matter: nobody asks about it. */
START_TEST(an_alias_before_the_name_is_asked_for_again)
{
	struct kvet_ksyms *table = NULL;

	ck_assert_int_eq(ask_with_alias(true, 1, &table), -EAGAIN);
	ck_assert_ptr_null(table);
	ck_assert_int_eq(ask_with_alias(true, 0, &table), 0);
	ck_assert_uint_eq(kvet_ksyms_by_name(table, "wanted").count, 1);
	kvet_ksyms_free(table);
}
END_TEST

/* The rows of a module are in no order. */
START_TEST(an_alias_in_a_module_is_asked_for_again)
{
	struct kvet_ksyms_query query;
	struct ksyms_source *source;
	struct kvet_ksyms *table = NULL;

	put_whole(0, 0x1000, 'T', false, "_text", NULL);
	put_bare(0x1008);
	put_whole(8, 0x9000, 't', false, "alias", "m");
	put_whole(9, 0x9100, 't', false, "between", "m");
	put_whole(10, 0x9000, 't', false, "wanted", "m");
	source = open_records(0);
	ck_assert_int_eq(kvet_ksyms_query_parse(&query, "wanted", false, NULL), 0);
	ck_assert_int_eq(kvet_ksyms_select(&table, source, &query, 1, 1, NULL), -EAGAIN);
	ck_assert_ptr_null(table);
	ksyms_source_free(source);
}
END_TEST

static uint64_t bit_of(const char first[8])
{
	uint64_t word;

	memcpy(&word, first, sizeof(word));
	return ksym_asked_bit(le64toh(word));
}

/* In the kernel's buffer the rest of a longer name follows the NUL. */
START_TEST(what_follows_a_name_does_not_change_its_bit)
{
	ck_assert_uint_eq(bit_of("add\0\0\0\0"), bit_of("add\0read"));
	ck_assert_uint_eq(bit_of("\0\0\0\0\0\0\0"), bit_of("\0x\x80\xff\x01yz"));
	ck_assert_uint_ne(bit_of("add\0\0\0\0"), bit_of("adds\0\0\0"));
	ck_assert_uint_ne(bit_of("vfs_read"), bit_of("vfs_rea"));
	ck_assert_uint_ne(bit_of("vfs_read"), bit_of("vfs_writ"));
	ck_assert_uint_lt(bit_of("\xff\xfe\xfd\xfc\x80\x81\x82\x83"), 1 << KSYM_ASKED_BITS);
}
END_TEST

START_TEST(a_cut_record_is_an_error)
{
	size_t size;

	put_whole(0, 0x1000, 'T', false, "_text", "m");
	size = used;
	for (size_t cut = 1; cut < size; cut++) {
		struct ksyms_source *source;
		struct kvet_ksyms *table = NULL;
		struct kvet_cause err = { 0 };

		put_whole(0, 0x1000, 'T', false, "_text", "m");
		used = cut;
		source = open_records(0);
		ck_assert_int_eq(kvet_ksyms_build(&table, source, &err), -EBADMSG);
		ck_assert_str_ne(err.evidence, "");
		ksyms_source_free(source);
	}
}
END_TEST

/* Up to the first greater address of the kernel proper, and no further: a cut record follows. */
static int ask_before_a_cut(bool sorted, const char *text, struct kvet_ksyms **table)
{
	struct kvet_ksyms_query query;
	struct ksyms_source *source;
	int ret;

	put_whole(0, 0x20, 'A', false, "per_cpu", NULL);
	put_whole(1, 0x1000, 'T', false, "_text", NULL);
	put_whole(2, 0x1100, 'T', false, "a", NULL);
	put_whole(3, 0x1100, 'T', false, "alias_of_a", NULL);
	put_whole(4, 0x1200, 'T', false, "b", NULL);
	put("cut", 3);
	source = open_records(0);
	source->kernel_sorted = sorted;
	ck_assert_int_eq(kvet_ksyms_query_parse(&query, text, false, NULL), 0);
	ret = kvet_ksyms_select(table, source, &query, 1, 0, NULL);
	kvet_ksyms_query_deinit(&query);
	ksyms_source_free(source);
	return ret;
}

START_TEST(an_address_of_the_kernel_needs_no_more_than_what_follows_it)
{
	struct kvet_ksyms *table = NULL;
	struct kvet_ksyms_range range;

	ck_assert_int_eq(ask_before_a_cut(true, "0x1104", &table), 0);
	range = kvet_ksyms_containing(table, 0x1104);
	ck_assert_uint_eq(range.count, 2);
	ck_assert_str_eq(kvet_ksyms_row(table, range.rows[0]).name, "a");
	ck_assert_str_eq(kvet_ksyms_row(table, range.rows[1]).name, "alias_of_a");
	ck_assert_uint_eq(kvet_ksyms_row(table, range.rows[1]).extent, 0x100);
	ck_assert_int_eq(kvet_ksyms_row(table, range.rows[0]).relative, 0x100);
	ck_assert_uint_eq(kvet_ksyms_seen(table), 0);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(what_may_still_come_is_read)
{
	static const struct {
		bool sorted;
		const char *text;
	} asked[] = {
		{ false, "0x1104" }, /* a file may have any order */
		{ true, "0x1200" },  /* another symbol at it may follow */
		{ true, "0x24" },    /* a module may lie below the kernel */
		{ true, "a" },       /* a name may come again */
		{ true, "a+0x4" },
	};

	for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++) {
		struct kvet_ksyms *table = NULL;

		ck_assert_msg(ask_before_a_cut(asked[i].sorted, asked[i].text, &table) == -EBADMSG,
			      "%s", asked[i].text);
		ck_assert_ptr_null(table);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ksyms records");
	TCase *tc = tcase_create("records");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, whole_records_are_rows);
	tcase_add_test(tc, the_last_symbol_shown_twice_is_one);
	tcase_add_test(tc, the_iterators_own_program_is_no_row);
	tcase_add_test(tc, a_symbol_without_a_name_is_no_row);
	tcase_add_test(tc, what_is_left_out_is_counted_and_ends_extents);
	tcase_add_test(tc, a_name_left_out_that_matters_is_asked_for_again);
	tcase_add_test(tc, aliases_are_kept_if_they_are_required);
	tcase_add_test(tc, an_alias_before_the_name_is_asked_for_again);
	tcase_add_test(tc, an_alias_in_a_module_is_asked_for_again);
	tcase_add_test(tc, what_follows_a_name_does_not_change_its_bit);
	tcase_add_test(tc, a_cut_record_is_an_error);
	tcase_add_test(tc, an_address_of_the_kernel_needs_no_more_than_what_follows_it);
	tcase_add_test(tc, what_may_still_come_is_read);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
