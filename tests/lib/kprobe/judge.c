/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the kernel's lists rule out, without the kernel being asked. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <kvet/kprobe.h>

#include "tests/lib/tree.h"

#define BLACKLIST "/sys/kernel/debug/kprobes/blacklist"
#define FUNCTIONS "/sys/kernel/tracing/available_filter_functions"

static const char kernel[] = "ffffffff81000000 T _text\n"
			     "ffffffff81000100 T fine\n"
			     "ffffffff81000140 t fine.cold\n"
			     "ffffffff81000180 t fine.isra.0\n"
			     "ffffffff810001c0 T notrace\n"
			     "ffffffff810001e0 t notrace.part.0\n"
			     "ffffffff810001f0 t gone.cold\n"
			     "ffffffff81000200 T listed\n"
			     "ffffffff82000000 T _sinittext\n"
			     "ffffffff82000040 t setup\n"
			     "ffffffff82000080 T _einittext\n"
			     "ffffffff83000000 D data\n";

static struct kvet_kprobe_facts facts;
static struct kvet_cause cause;
static struct kvet_ksyms *table;

static void setup(void)
{
	FILE *stream = fmemopen((void *)(uintptr_t)kernel, strlen(kernel), "r");

	tree_make();
	ck_assert_int_eq(kvet_ksyms_parse(&table, stream, "copy", NULL), 0);
	fclose(stream);
}

static void teardown(void)
{
	kvet_kprobe_facts_deinit(&facts);
	kvet_ksyms_free(table);
	tree_drop();
}

static enum kvet_verdict judge(const char *name)
{
	struct kvet_ksyms_range range = kvet_ksyms_by_name(table, name);
	static const struct kvet_kprobe_wish wish;
	enum kvet_kprobe_backend backend;
	struct kvet_kprobe_ways *ways;
	struct kvet_kprobe_site site;
	enum kvet_verdict verdict;

	ck_assert_uint_eq(range.count, 1);
	kvet_kprobe_site_of(table, range.rows[0], &site);
	memset(&cause, 0, sizeof(cause));
	ways = kvet_kprobe_ways_open(&tree_host, &facts, &wish);
	ck_assert_ptr_nonnull(ways);
	verdict = kvet_kprobe_judge(ways, &site, KVET_KPROBE_ASK_NEVER, &backend, &cause);
	/* Nobody was asked: which way is taken is not known. */
	ck_assert_int_eq(backend, KVET_KPROBE_AUTO);
	kvet_kprobe_ways_close(ways);
	return verdict;
}

static void says(const char *name, enum kvet_verdict verdict, const char *words)
{
	ck_assert_msg(judge(name) == verdict, "%s: %s", name, cause.evidence);
	ck_assert_msg(strstr(cause.evidence, words) != NULL, "%s: %s", name, cause.evidence);
}

static void with_lists(void)
{
	tree_write(BLACKLIST, "0xffffffff81000200-0xffffffff81000240\tlisted\n");
	tree_write(FUNCTIONS, "fine\nlisted\n");
}

START_TEST(lists_decide_where_they_can_be_read)
{
	with_lists();
	kvet_kprobe_facts_read(&tree_host, &facts);
	ck_assert_int_eq(judge("fine"), KVET_YES);
	says("notrace", KVET_NO, "available_filter_functions does not list it");
	says("listed", KVET_NO, "blacklist");
	says("setup", KVET_NO, "__init");
	says("data", KVET_NO, "not text");
	/* Of a part its function counts. */
	says("fine.cold", KVET_UNDETERMINED, "a part of");
	says("fine.isra.0", KVET_UNDETERMINED, "a part of");
	says("notrace.part.0", KVET_NO, "available_filter_functions does not list it");
	says("gone.cold", KVET_NO, "available_filter_functions does not list it");
	/* The same by addresses. */
	kvet_kprobe_facts_deinit(&facts);
	tree_write(FUNCTIONS "_addrs", "ffffffff81000104 fine\nffffffff81000204 listed\n");
	kvet_kprobe_facts_read(&tree_host, &facts);
	ck_assert_int_eq(judge("fine"), KVET_YES);
	says("fine.cold", KVET_UNDETERMINED, "a part of");
	says("notrace.part.0", KVET_NO, "available_filter_functions does not list it");
	says("notrace", KVET_NO, "available_filter_functions does not list it");
}
END_TEST

START_TEST(lists_that_cannot_be_read_decide_nothing)
{
	kvet_kprobe_facts_read(&tree_host, &facts);
	says("fine", KVET_UNDETERMINED, "kprobe");
	says("setup", KVET_NO, "__init");
	says("data", KVET_NO, "not text");
	kvet_kprobe_facts_deinit(&facts);
	tree_write(BLACKLIST, "0xffffffff81000200-0xffffffff81000240\tlisted\n");
	kvet_kprobe_facts_read(&tree_host, &facts);
	says("listed", KVET_NO, "blacklist");
	says("fine", KVET_UNDETERMINED, "available_filter_functions cannot be read");
}
END_TEST

START_TEST(without_the_blacklist_a_function_of_the_other_list_is_not_certain)
{
	tree_write(FUNCTIONS, "fine\n");
	kvet_kprobe_facts_read(&tree_host, &facts);
	says("fine", KVET_UNDETERMINED, "kprobes/blacklist cannot be read");
}
END_TEST

START_TEST(what_is_certain_for_everybody_comes_first)
{
	struct utsname uts;
	char path[128];

	with_lists();
	uname(&uts);
	snprintf(path, sizeof(path), "/boot/config-%s", uts.release);
	tree_write(path, "# CONFIG_KPROBES is not set\n");
	kvet_kprobe_facts_read(&tree_host, &facts);
	says("fine", KVET_NO, "without kprobes");
}
END_TEST

START_TEST(kprobes_that_are_switched_off_are_no_yes)
{
	with_lists();
	tree_write("/sys/bus/event_source/devices/kprobe/type", "8\n");
	tree_write("/sys/kernel/debug/kprobes/enabled", "0\n");
	kvet_kprobe_facts_read(&tree_host, &facts);
	says("fine", KVET_UNDETERMINED, "disabled");
	says("notrace", KVET_NO, "available_filter_functions does not list it");
}
END_TEST

static uint32_t entries_of(const char *name)
{
	struct kvet_ksyms_range range = kvet_ksyms_by_name(table, name);
	struct kvet_kprobe_lists lists;
	struct kvet_kprobe_site site;

	kvet_kprobe_site_of(table, range.rows[0], &site);
	kvet_kprobe_lists_read(&tree_host, &facts, &site, &lists);
	return lists.entries;
}

START_TEST(a_list_of_names_tells_how_many_functions_have_one)
{
	tree_write(FUNCTIONS, "fine\nlisted\nfine [module]\nfine\n");
	kvet_kprobe_facts_read(&tree_host, &facts);
	ck_assert(!kvet_kprobe_lists_kept(&facts));
	ck_assert_uint_eq(entries_of("fine"), 3);
	ck_assert(kvet_kprobe_lists_kept(&facts));
	ck_assert_uint_eq(entries_of("listed"), 1);
	ck_assert_uint_eq(entries_of("notrace"), 0);
	/* With addresses it is known which. */
	kvet_kprobe_facts_deinit(&facts);
	tree_write(FUNCTIONS "_addrs", "ffffffff81000104 fine\nffffffff81000204 fine\n");
	kvet_kprobe_facts_read(&tree_host, &facts);
	ck_assert_uint_eq(entries_of("fine"), 0);
}
END_TEST

START_TEST(of_a_glob_what_is_ruled_out_is_sifted)
{
	struct kvet_kprobe_sites sites;
	struct kvet_kprobe_spec spec;

	with_lists();
	kvet_kprobe_facts_read(&tree_host, &facts);
	ck_assert_int_eq(kvet_kprobe_spec_parse("[fnls]*", &spec, NULL), 0);
	ck_assert_int_eq(kvet_kprobe_resolve(table, &spec, &sites, NULL), 0);
	ck_assert_uint_eq(sites.count, 6);
	kvet_kprobe_sift(&tree_host, &facts, &sites);
	for (size_t i = 0; i < sites.count; i++) {
		bool out = !strchr("f", sites.items[i].symbol[0]);

		ck_assert_msg((sites.items[i].verdict == KVET_NO) == out, "%s",
			      sites.items[i].symbol);
		ck_assert_msg(!*sites.items[i].cause.evidence == !out, "%s", sites.items[i].symbol);
	}
	kvet_kprobe_sites_deinit(&sites);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kprobe judge");
	TCase *tc = tcase_create("judge");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, lists_decide_where_they_can_be_read);
	tcase_add_test(tc, lists_that_cannot_be_read_decide_nothing);
	tcase_add_test(tc, without_the_blacklist_a_function_of_the_other_list_is_not_certain);
	tcase_add_test(tc, what_is_certain_for_everybody_comes_first);
	tcase_add_test(tc, kprobes_that_are_switched_off_are_no_yes);
	tcase_add_test(tc, a_list_of_names_tells_how_many_functions_have_one);
	tcase_add_test(tc, of_a_glob_what_is_ruled_out_is_sifted);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
