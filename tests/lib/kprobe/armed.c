/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <errno.h>
#include <string.h>
#include <stdlib.h>

#include "tests/lib/tree.h"

#include <kvet/kprobe.h>

#define LIST "/sys/kernel/debug/kprobes/list"

static struct kvet_kprobe_armed armed;
static bool returns;

START_TEST(a_line_says_where_and_how)
{
	ck_assert(kvet_kprobe_list_parse("ffffffff812a6b40  k  vfs_read+0x0    [FTRACE]\n", &armed,
					 &returns));
	ck_assert(armed.known && armed.ftrace && !armed.optimized && !armed.disabled && !returns);
	ck_assert_uint_eq(armed.address, 0xffffffff812a6b40);
	ck_assert(kvet_kprobe_list_parse("ffffffff812a6b49  k  vfs_read+0x9    [OPTIMIZED]\n",
					 &armed, &returns));
	ck_assert(armed.optimized && !armed.ftrace);
	ck_assert(kvet_kprobe_list_parse("ffffffffc0000010  r  f+0x0  ext4 [DISABLED][FTRACE]\n",
					 &armed, &returns));
	ck_assert(returns && armed.disabled && !armed.gone);
	ck_assert(kvet_kprobe_list_parse("ffffffffc0000010  k  f+0x0  ext4 [GONE]\n", &armed,
					 &returns));
	ck_assert(armed.gone);
}
END_TEST

START_TEST(what_is_no_line_of_the_list_is_none)
{
	ck_assert(!kvet_kprobe_list_parse("", &armed, &returns));
	ck_assert(!kvet_kprobe_list_parse("\n", &armed, &returns));
	ck_assert(!kvet_kprobe_list_parse("vfs_read k\n", &armed, &returns));
	ck_assert(!kvet_kprobe_list_parse("ffffffff812a6b40  x  vfs_read+0x0\n", &armed, &returns));
}
END_TEST

START_TEST(an_address_that_is_hidden_is_not_known)
{
	ck_assert(kvet_kprobe_list_parse("0000000000000000  k  vfs_read+0x0\n", &armed, &returns));
	ck_assert(!armed.known);
}
END_TEST

START_TEST(an_entry_may_be_probed_behind_its_endbr)
{
	const struct kvet_kprobe_site entry = { .address = 0x1000 };
	const struct kvet_kprobe_site inside = { .address = 0x1000, .offset = 8 };

	armed = (struct kvet_kprobe_armed){ .known = true, .address = 0x1004 };
	ck_assert(kvet_kprobe_is_at(&armed, &entry));
	ck_assert(!kvet_kprobe_is_at(&armed, &inside));
	armed.address = 0x1000;
	ck_assert(kvet_kprobe_is_at(&armed, &inside));
	armed.address = 0x1005;
	ck_assert(!kvet_kprobe_is_at(&armed, &entry));
}
END_TEST

START_TEST(each_site_finds_its_own)
{
	const struct kvet_kprobe_site a = { .address = 0x1000 }, b = { .address = 0x2000 },
				      c = { .address = 0x3000 };
	const struct kvet_kprobe_site *sites[] = { &a, &b, &c };
	struct kvet_kprobe_armed found[3];

	tree_write(LIST, "0000000000002000  r  g+0x0    [FTRACE]\n"
			 "0000000000001004  k  f+0x4    [FTRACE]\n"
			 "0000000000002000  k  g+0x0    [OPTIMIZED]\n");
	ck_assert_int_eq(kvet_kprobe_armed_read(&tree_host, sites, 3, false, found, NULL), 0);
	ck_assert(found[0].known && found[0].address == 0x1004);
	ck_assert(found[1].known && found[1].optimized);
	ck_assert(!found[2].known);
	ck_assert_int_eq(kvet_kprobe_armed_read(&tree_host, sites, 3, true, found, NULL), 0);
	ck_assert(!found[0].known && found[1].known && found[1].ftrace);
}
END_TEST

START_TEST(a_list_that_cannot_be_read_says_nothing)
{
	const struct kvet_kprobe_site a = { .address = 0x1000 };
	const struct kvet_kprobe_site *sites[] = { &a };
	struct kvet_cause err;

	memset(&armed, 0xa5, sizeof(armed));
	ck_assert_int_eq(kvet_kprobe_armed_read(&tree_host, sites, 1, false, &armed, &err),
			 -ENOENT);
	ck_assert_ptr_nonnull(strstr(err.source, "/sys/kernel/debug/kprobes/list"));
	ck_assert_ptr_nonnull(strstr(err.remedy, "debug"));
	ck_assert(!armed.known);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kprobe armed");
	TCase *tc = tcase_create("armed");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, tree_make, tree_drop);
	tcase_add_test(tc, a_line_says_where_and_how);
	tcase_add_test(tc, what_is_no_line_of_the_list_is_none);
	tcase_add_test(tc, an_address_that_is_hidden_is_not_known);
	tcase_add_test(tc, an_entry_may_be_probed_behind_its_endbr);
	tcase_add_test(tc, each_site_finds_its_own);
	tcase_add_test(tc, a_list_that_cannot_be_read_says_nothing);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
