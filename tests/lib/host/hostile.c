/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Below a sysroot, anything under the name of a file of the kernel's: a pipe that nobody writes to,
 * a device without an end, more bytes than there is memory. Each reader ends, and none believes it.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kvet/clock.h>
#include <kvet/kprobe.h>
#include <kvet/ksyms.h>

#include "host/btf.h"
#include "host/sys_read.h"
#include "tests/lib/tree.h"

static void make_pipe(const char *path)
{
	ck_assert_int_eq(mkfifo(tree_place(path), 0600), 0);
}

static void make_zeros(const char *path)
{
	ck_assert_int_eq(symlink("/dev/zero", tree_place(path)), 0);
}

static void make_huge(const char *path)
{
	tree_write(path, "");
	ck_assert_int_eq(truncate(tree_place(path), 1L << 40), 0);
}

static void make_null(const char *path)
{
	ck_assert_int_eq(symlink("/dev/null", tree_place(path)), 0);
}

static void make_loop(const char *path)
{
	ck_assert_int_eq(symlink(strrchr(path, '/') + 1, tree_place(path)), 0);
}

static void (*const makers[])(const char *path) = { make_pipe, make_zeros, make_huge, make_null,
						    make_loop };

#define MAKERS ((int)(sizeof(makers) / sizeof(*makers)))

static const char *const paths[] = {
	"/proc/kallsyms",
	"/proc/timer_list",
	"/proc/config.gz",
	"/proc/sys/kernel/kptr_restrict",
	"/sys/kernel/btf/vmlinux",
	"/sys/kernel/security/lockdown",
	"/sys/kernel/debug/kprobes/blacklist",
	"/sys/kernel/debug/kprobes/list",
	"/sys/kernel/tracing/available_filter_functions",
	"/sys/kernel/tracing/available_filter_functions_addrs",
};

START_TEST(each_reader_ends_and_believes_nothing)
{
	const struct kvet_kprobe_site site = { .symbol = "vfs_read", .address = 16 };
	const struct kvet_kprobe_site *const sites[] = { &site };
	struct kvet_kprobe_armed armed;
	struct kvet_ksyms_sites *lists;
	struct kvet_clock_kernel clock;
	struct kvet_ksyms *table = NULL;
	struct kvet_cause err = { 0 };
	struct kvet_btf *btf;
	int blacklisted, traceable, ret;
	long value;

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		makers[_i](paths[i]);
	ck_assert_int_lt(kvet_ksyms_load(&table, &tree_host, NULL, &err), 0);
	ck_assert_str_ne(err.evidence, "");
	ck_assert_int_lt(kvet_clock_kernel_read(&tree_host, &clock, &err), 0);
	/* Of what kvet alone refuses, no call has returned an errno. */
	ck_assert(makers[_i] == make_loop || !err.errnum);
	ck_assert_int_eq(kvet_host_config(&tree_host, "CONFIG_KPROBES", NULL, 0),
			 KVET_CONFIG_UNKNOWN);
	ck_assert_int_lt(kvet_host_sysctl(&tree_host, "kernel/kptr_restrict", &value, &err), 0);
	ck_assert_str_eq(kvet_host_lockdown(&tree_host), "unknown");
	ck_assert_int_lt(kvet_btf_read(&btf, &tree_host, KVET_BTF_KERNEL, NULL, &err), 0);
	ck_assert(makers[_i] == make_loop || !err.errnum);
	ck_assert_int_eq(kvet_ksyms_sites_read(&lists, &tree_host, NULL), 0);
	kvet_ksyms_sites_look(lists, "vfs_read", 16, 16, 16, &blacklisted, &traceable);
	ck_assert_int_eq(blacklisted, -1);
	ck_assert_int_eq(traceable, -1);
	kvet_ksyms_sites_free(lists);
	ret = kvet_kprobe_armed_read(&tree_host, sites, 1, false, &armed, NULL);
	/* An empty list is one. */
	ck_assert(makers[_i] == make_null ? !ret : ret < 0);
	ck_assert(!armed.known);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("host hostile");
	TCase *tc = tcase_create("hostile");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, tree_make, tree_drop);
	tcase_add_loop_test(tc, each_reader_ends_and_believes_nothing, 0, MAKERS);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
