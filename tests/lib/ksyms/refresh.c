/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Tables that outlive modules: when they are stale, and what a new one is made of. */
#include <check.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/ksyms.h>

#include "ksyms/table.h"
#include "tests/lib/tree.h"

#define KERNEL "ffffffff81000000 T _text\nffffffff81000010 T one\nffffffff81000020 t two\n"
#define FIRST                                                                              \
	"ffffffffc0000000 t first_init\t[first]\nffffffffc0000040 T first_exit\t[first]\n" \
	"ffffffffc0000040 d $d\t[first]\n"
#define SECOND                                                                         \
	"ffffffffc0002000 t two\t[second]\nffffffffc0002010 t second_only\t[second]\n" \
	"ffffffffc0001ff0 r __this\t[second]\n"

static struct kvet_cause err;
static struct kvet_ksyms *old, *fresh;

static void setup(void)
{
	tree_make();
	memset(&err, 0, sizeof(err));
	old = fresh = NULL;
}

static void teardown(void)
{
	kvet_ksyms_free(old);
	kvet_ksyms_free(fresh);
	tree_drop();
}

static void write_host(const char *kallsyms, const char *modules)
{
	tree_write("/proc/kallsyms", kallsyms);
	tree_write("/proc/modules", modules);
}

static struct kvet_ksyms *load(const struct kvet_ksyms_options *options)
{
	struct kvet_ksyms *table = NULL;

	ck_assert_msg(!kvet_ksyms_open(&table, &tree_host, options, &err), "%s", err.evidence);
	return table;
}

static void tree_move(const char *from, const char *to)
{
	char place[PATH_MAX];

	strcpy(place, tree_place(from));
	ck_assert_int_eq(rename(place, tree_place(to)), 0);
}

static void load_old(void)
{
	old = load(&(struct kvet_ksyms_options){ .lasting = true });
}

static void is_stale(enum kvet_verdict verdict, const char *words)
{
	char text[2048];
	struct kvet_cause cause;

	ck_assert_str_eq(kvet_verdict_name(kvet_ksyms_stale(&tree_host, old, &cause)),
			 kvet_verdict_name(verdict));
	kvet_cause_text(&cause, text, sizeof(text));
	ck_assert_msg(words ? strstr(text, words) != NULL : !*cause.evidence, "%s", text);
}

/* Every row, its extent, and every look-up of its name. */
static void is_same(const struct kvet_ksyms *table, const struct kvet_ksyms *wanted)
{
	struct kvet_ksyms_range all = kvet_ksyms_all(table), those = kvet_ksyms_all(wanted);

	ck_assert_uint_eq(all.count, those.count);
	ck_assert_uint_eq(table->seen, wanted->seen);
	ck_assert_uint_eq(table->mapping, wanted->mapping);
	ck_assert_uint_eq(table->strings.count, wanted->strings.count);
	for (size_t i = 0; i < all.count; i++) {
		struct kvet_symbol a = kvet_ksyms_row(table, all.rows[i]),
				   b = kvet_ksyms_row(wanted, those.rows[i]);

		ck_assert_uint_eq(a.address, b.address);
		ck_assert_uint_eq(a.extent, b.extent);
		ck_assert_str_eq(a.name, b.name);
		ck_assert_int_eq(a.type, b.type);
		ck_assert_str_eq(a.module ? a.module : "", b.module ? b.module : "");
		ck_assert(a.has_relative == b.has_relative && a.relative == b.relative);
		ck_assert_uint_eq(kvet_ksyms_by_name(table, a.name).count,
				  kvet_ksyms_by_name(wanted, a.name).count);
	}
}

/* --- stale --------------------------------------------------------------------------------- */

START_TEST(a_table_is_stale_once_modules_came_or_went)
{
	write_host(KERNEL FIRST, "first 8192 0 - Live 0xffffffffc0000000\n");
	load_old();
	is_stale(KVET_NO, NULL);
	tree_write("/proc/modules", "first 8192 2 second,third, Live 0xffffffffc0000000 (OE)\n");
	is_stale(KVET_NO, NULL);
	tree_write("/proc/modules", "second 4096 0 - Live 0xffffffffc0002000\n"
				    "first 8192 0 - Live 0xffffffffc0000000\n");
	is_stale(KVET_YES, "modules loaded: second");
	tree_write("/proc/modules", "");
	is_stale(KVET_YES, "modules removed: first");
	tree_write("/proc/modules", "first 8192 0 - Live 0xffffffffc0004000\n");
	is_stale(KVET_YES, "modules loaded again, or in another state: first");
	tree_write("/proc/modules", "first 4096 0 - Live 0xffffffffc0000000\n");
	is_stale(KVET_YES, "modules loaded again, or in another state: first");
	tree_write("/proc/modules", "first 8192 0 - Unloading 0xffffffffc0000000\n");
	is_stale(KVET_YES, "modules loaded again, or in another state: first");
}
END_TEST

START_TEST(a_module_that_was_loaded_again_at_its_old_place_is_told_by_its_directory)
{
	write_host(KERNEL FIRST, "first 8192 0 - Live 0xffffffffc0000000\n");
	tree_write("/sys/module/first/refcnt", "0\n");
	load_old();
	is_stale(KVET_NO, NULL);
	/* It stays until the other is there, so that they cannot have one number. */
	tree_write("/sys/module/next/refcnt", "0\n");
	tree_move("/sys/module/first", "/sys/gone");
	tree_move("/sys/module/next", "/sys/module/first");
	is_stale(KVET_YES, "modules loaded again, or in another state: first");
}
END_TEST

START_TEST(only_some_of_many_modules_are_named)
{
	write_host(KERNEL, "");
	load_old();
	tree_write("/proc/modules", "f 1 0 - Live 0x0\ne 1 0 - Live 0x0\nd 1 0 - Live 0x0\n"
				    "c 1 0 - Live 0x0\nb 1 0 - Live 0x0\na 1 0 - Live 0x0\n");
	is_stale(KVET_YES, "modules loaded: a, b, c, d and 2 more");
}
END_TEST

START_TEST(without_the_list_of_modules_it_is_not_known)
{
	write_host(KERNEL, "");
	load_old();
	ck_assert_int_eq(remove(tree_place("/proc/modules")), 0);
	/* A kernel without modules. */
	is_stale(KVET_NO, NULL);
	tree_write("/proc/modules/file", "");
	is_stale(KVET_UNDETERMINED, "/proc/modules: EISDIR");
}
END_TEST

START_TEST(a_table_tells_only_if_it_was_asked_to)
{
	struct kvet_ksyms_options file = { .lasting = true };

	write_host(KERNEL, "");
	old = load(NULL);
	is_stale(KVET_UNDETERMINED, "without the option to last");
	ck_assert_int_eq(kvet_ksyms_refresh(&fresh, &tree_host, old, &err), -EINVAL);
	kvet_ksyms_free(old);
	file.path = tree_place("/proc/kallsyms");
	old = load(&file);
	is_stale(KVET_NO, "the table of a file does not change");
	ck_assert_int_eq(kvet_ksyms_refresh(&fresh, &tree_host, old, &err), -EINVAL);
	ck_assert_ptr_null(fresh);
}
END_TEST

/* Programs and links of a running kernel, which no fixture has. */
START_TEST(bpf_programs_that_came_and_went_are_counted)
{
	uint32_t ids[] = { 3, 5, 9, 12 }, later[] = { 5, 12, 13, 14, 15 };
	struct ksyms_loaded before = { .programs = { ids, 4 }, .links = { ids, 4 } },
			    after = { .programs = { later, 5 }, .links = { ids, 4 } };
	struct kvet_cause cause;

	ck_assert_int_eq(kvet_ksyms_loaded_differ(&before, &after, &cause), KVET_YES);
	ck_assert_str_eq(cause.evidence, "BPF programs: 3 came, 2 went");
	after.programs = before.programs;
	ck_assert_int_eq(kvet_ksyms_loaded_differ(&before, &after, &cause), KVET_NO);
	after.links.count = 3;
	ck_assert_int_eq(kvet_ksyms_loaded_differ(&before, &after, &cause), KVET_YES);
	ck_assert_str_eq(cause.evidence, "BPF links: 0 came, 1 went");
	strcpy(after.no_bpf.source, "bpf(BPF_PROG_GET_NEXT_ID)");
	strcpy(after.no_bpf.evidence, "CAP_SYS_ADMIN missing");
	ck_assert_int_eq(kvet_ksyms_loaded_differ(&before, &after, &cause), KVET_UNDETERMINED);
	ck_assert_str_eq(cause.evidence, "CAP_SYS_ADMIN missing");
}
END_TEST

/* --- refreshed ------------------------------------------------------------------------------ */

START_TEST(a_new_table_has_what_is_there_now_and_the_old_one_stays)
{
	struct kvet_ksyms *whole, *before;

	write_host(KERNEL FIRST, "first 8192 0 - Live 0xffffffffc0000000\n");
	load_old();
	before = load(NULL);
	write_host(KERNEL SECOND, "second 8192 0 - Live 0xffffffffc0002000\n");
	ck_assert_int_eq(kvet_ksyms_refresh(&fresh, &tree_host, old, &err), 0);
	whole = load(NULL);
	is_same(fresh, whole);
	is_same(old, before);
	ck_assert_uint_eq(kvet_ksyms_by_name(fresh, "first_init").count, 0);
	ck_assert_uint_eq(kvet_ksyms_by_name(fresh, "two").count, 2);
	/* It can be refreshed in turn. */
	kvet_ksyms_free(old);
	old = fresh;
	fresh = NULL;
	is_stale(KVET_NO, NULL);
	write_host(KERNEL, "");
	is_stale(KVET_YES, "modules removed: second");
	ck_assert_int_eq(kvet_ksyms_refresh(&fresh, &tree_host, old, &err), 0);
	ck_assert_uint_eq(kvet_ksyms_count(fresh), 3);
	kvet_ksyms_free(whole);
	kvet_ksyms_free(before);
}
END_TEST

/* Modules of random sizes, in random order, that share names with each other and the kernel; the
 * oracle is the table that is loaded whole. */
START_TEST(a_refreshed_table_is_the_one_that_is_loaded_whole)
{
	char *text = NULL;
	size_t size;
	unsigned int seed = 1;

	for (int round = 0; round < 40; round++) {
		FILE *stream = open_memstream(&text, &size);
		struct kvet_ksyms *whole;

		fputs("ffffffff81000000 T _text\n", stream);
		for (unsigned int i = 0; i < 700; i++)
			fprintf(stream, "%" PRIx64 " t %s%u\n",
				UINT64_C(0xffffffff81000000) + i * 24, i % 50 ? "name" : "$x.",
				i % 500);
		for (int module = rand_r(&seed) % 5; module > 0; module--) {
			uint64_t base = UINT64_C(0xffffffffc0000000) +
					(unsigned int)(rand_r(&seed) % 16) * UINT64_C(0x10000);

			for (int rows = rand_r(&seed) % 300; rows > 0; rows--)
				fprintf(stream, "%" PRIx64 " %c %s%d\t[m%d]\n",
					base + (unsigned int)(rand_r(&seed) % 0xf000),
					"tTdr"[rand_r(&seed) % 4],
					rand_r(&seed) % 9 ? "name" : "$x.", rand_r(&seed) % 800,
					rand_r(&seed) % 3 ? module : 9);
		}
		fclose(stream);
		write_host(text, "");
		free(text);
		if (!old)
			load_old();
		ck_assert_int_eq(kvet_ksyms_refresh(&fresh, &tree_host, old, &err), 0);
		whole = load(NULL);
		is_same(fresh, whole);
		kvet_ksyms_free(whole);
		kvet_ksyms_free(old);
		old = fresh;
		fresh = NULL;
	}
}
END_TEST

START_TEST(a_row_of_the_kernel_after_those_of_modules_is_kept)
{
	struct kvet_ksyms *whole;

	write_host(KERNEL FIRST "ffffffff81000030 t late\n", "");
	load_old();
	write_host(KERNEL SECOND "ffffffff81000030 t late\n", "");
	ck_assert_int_eq(kvet_ksyms_refresh(&fresh, &tree_host, old, &err), 0);
	whole = load(NULL);
	ck_assert_uint_eq(kvet_ksyms_by_name(fresh, "late").count, 1);
	ck_assert_uint_eq(kvet_ksyms_count(fresh), kvet_ksyms_count(whole));
	kvet_ksyms_free(whole);
}
END_TEST

/* The rows of the kernel proper are not read, so they could not be told from a kernel's whose
 * addresses are 0. */
START_TEST(addresses_that_are_hidden_now_are_not_mixed_with_those_that_were_not)
{
	write_host(KERNEL FIRST, "");
	load_old();
	write_host("0000000000000000 T _text\n0000000000000000 t first_init\t[first]\n", "");
	ck_assert_int_eq(kvet_ksyms_refresh(&fresh, &tree_host, old, &err), -EACCES);
	ck_assert_msg(strstr(err.evidence, "kptr_restrict") != NULL, "%s", err.evidence);
	ck_assert_ptr_null(fresh);
}
END_TEST

START_TEST(addresses_that_were_hidden_are_all_read)
{
	struct kvet_ksyms *whole;

	write_host("0000000000000000 T _text\n0000000000000000 T one\n0000000000000000 t two\n",
		   "");
	load_old();
	ck_assert(kvet_ksyms_hidden(old));
	write_host(KERNEL FIRST, "");
	ck_assert_int_eq(kvet_ksyms_refresh(&fresh, &tree_host, old, &err), 0);
	whole = load(NULL);
	is_same(fresh, whole);
	kvet_ksyms_free(whole);
}
END_TEST

START_TEST(a_table_for_queries_is_not_refreshed)
{
	struct kvet_ksyms_query query;

	write_host(KERNEL FIRST, "");
	ck_assert_int_eq(kvet_ksyms_query_parse(&query, "one", false, &err), 0);
	old = load(&(struct kvet_ksyms_options){
		.queries = &query, .query_count = 1, .lasting = true });
	is_stale(KVET_NO, NULL);
	ck_assert_int_eq(kvet_ksyms_refresh(&fresh, &tree_host, old, &err), -EINVAL);
	ck_assert_msg(strstr(err.evidence, "only the answers") != NULL, "%s", err.evidence);
	kvet_ksyms_query_deinit(&query);
}
END_TEST

/* --- named modules -------------------------------------------------------------------------- */

static struct kvet_ksyms *load_modules(const char *const *modules, size_t count)
{
	return load(&(struct kvet_ksyms_options){
		.modules = modules, .module_count = count, .lasting = true });
}

START_TEST(only_the_symbols_of_the_named_modules_are_loaded)
{
	static const char *const one[] = { "second" }, *const both[] = { "kernel", "second" },
				 *const none[] = { "absent", "secon", "second_only" };
	struct kvet_ksyms *whole;
	size_t seen;

	write_host(KERNEL FIRST SECOND, "");
	whole = load(NULL);
	seen = kvet_ksyms_count(whole);
	old = load_modules(one, 1);
	ck_assert_uint_eq(kvet_ksyms_count(old), 3);
	ck_assert_uint_eq(kvet_ksyms_seen(old), seen);
	for (uint32_t row = 0; row < 3; row++) {
		struct kvet_symbol symbol = kvet_ksyms_row(old, row),
				   same = kvet_ksyms_row(whole, row + 6);

		ck_assert_str_eq(symbol.module, "second");
		ck_assert_str_eq(symbol.name, same.name);
		ck_assert_uint_eq(symbol.extent, same.extent);
	}
	kvet_ksyms_free(old);
	old = load_modules(both, 2);
	ck_assert_uint_eq(kvet_ksyms_count(old), 6);
	ck_assert_uint_eq(kvet_ksyms_by_name(old, "two").count, 2);
	kvet_ksyms_free(old);
	old = load_modules(none, 3);
	ck_assert_uint_eq(kvet_ksyms_count(old), 0);
	ck_assert_uint_eq(kvet_ksyms_seen(old), seen);
	ck_assert(!kvet_ksyms_hidden(old));
	kvet_ksyms_free(whole);
}
END_TEST

START_TEST(a_refreshed_table_is_of_the_same_modules)
{
	static const char *const names[] = { "second" };

	write_host(KERNEL FIRST, "first 8192 0 - Live 0xffffffffc0000000\n");
	old = load_modules(names, 1);
	ck_assert_uint_eq(kvet_ksyms_count(old), 0);
	write_host(KERNEL FIRST SECOND, "second 8192 0 - Live 0xffffffffc0002000\n");
	is_stale(KVET_YES, "modules loaded: second; modules removed: first");
	ck_assert_int_eq(kvet_ksyms_refresh(&fresh, &tree_host, old, &err), 0);
	ck_assert_uint_eq(kvet_ksyms_count(fresh), 3);
	ck_assert_uint_eq(kvet_ksyms_by_name(fresh, "one").count, 0);
}
END_TEST

START_TEST(hidden_addresses_are_seen_without_a_row_of_the_module)
{
	static const char *const names[] = { "first" };

	write_host("0000000000000000 T _text\n0000000000000000 T one\n", "");
	old = load_modules(names, 1);
	ck_assert(kvet_ksyms_hidden(old));
}
END_TEST

/* Queries that select rows of the kernel proper, beside a module's. */
START_TEST(queries_are_answered_from_the_named_modules)
{
	static const char *const names[] = { "second" };
	struct kvet_ksyms_query query;
	struct kvet_ksyms_search search;
	struct kvet_ksyms_match match;

	write_host(KERNEL FIRST SECOND, "");
	ck_assert_int_eq(kvet_ksyms_query_parse(&query, "two", false, &err), 0);
	old = load(&(struct kvet_ksyms_options){
		.queries = &query, .query_count = 1, .modules = names, .module_count = 1 });
	kvet_ksyms_search_init(&search, old, &query, NULL);
	ck_assert(kvet_ksyms_search_next(&search, &match));
	ck_assert_str_eq(kvet_ksyms_row(old, match.row).module, "second");
	ck_assert(!kvet_ksyms_search_next(&search, &match));
	kvet_ksyms_query_deinit(&query);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ksyms refresh");
	TCase *tc = tcase_create("refresh");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_table_is_stale_once_modules_came_or_went);
	tcase_add_test(tc,
		       a_module_that_was_loaded_again_at_its_old_place_is_told_by_its_directory);
	tcase_add_test(tc, only_some_of_many_modules_are_named);
	tcase_add_test(tc, without_the_list_of_modules_it_is_not_known);
	tcase_add_test(tc, a_table_tells_only_if_it_was_asked_to);
	tcase_add_test(tc, bpf_programs_that_came_and_went_are_counted);
	tcase_add_test(tc, a_new_table_has_what_is_there_now_and_the_old_one_stays);
	tcase_add_test(tc, a_refreshed_table_is_the_one_that_is_loaded_whole);
	tcase_add_test(tc, a_row_of_the_kernel_after_those_of_modules_is_kept);
	tcase_add_test(tc, addresses_that_are_hidden_now_are_not_mixed_with_those_that_were_not);
	tcase_add_test(tc, addresses_that_were_hidden_are_all_read);
	tcase_add_test(tc, a_table_for_queries_is_not_refreshed);
	tcase_add_test(tc, only_the_symbols_of_the_named_modules_are_loaded);
	tcase_add_test(tc, a_refreshed_table_is_of_the_same_modules);
	tcase_add_test(tc, hidden_addresses_are_seen_without_a_row_of_the_module);
	tcase_add_test(tc, queries_are_answered_from_the_named_modules);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
