/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Why a name is not there: on hosts of our own, each with what explains one of the reasons. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <kvet/ksyms.h>

#include "tests/lib/tree.h"

static struct kvet_ksyms *table;
static char said[1400];

static void setup(void)
{
	tree_make();
	tree_write("/proc/kallsyms", "ffffffff81000000 T _text\n"
				     "ffffffff81000010 t __pfx_vfs_read\n"
				     "ffffffff81000020 T vfs_read\n"
				     "ffffffff81000040 T __x64_sys_openat\n"
				     "ffffffff81000060 t __se_sys_openat\n"
				     "ffffffff81000080 T __ia32_sys_openat\n"
				     "ffffffff810000a0 t copied.constprop.0\n"
				     "ffffffff810000c0 t copied.cold\n"
				     "ffffffff810000e0 t part.cold\n"
				     "ffffffff81000100 T built_in_open\n"
				     "ffffffff82000000 D vfs_raad\n"
				     "ffffffffc0000000 t loaded_open\t[loaded]\n");
	ck_assert_int_eq(kvet_ksyms_load(&table, &tree_host, NULL, NULL), 0);
}

static void teardown(void)
{
	kvet_ksyms_free(table);
	tree_drop();
}

/* Writes a file of depmod's. */
static void write_list(const char *name, const char *text)
{
	struct utsname uts;
	char path[256];

	uname(&uts);
	snprintf(path, sizeof(path), "/lib/modules/%s/%s", uts.release, name);
	tree_write(path, text);
}

/* What is said of a query: evidence and remedy. */
static const char *reasons(const char *text, const char *types, const char *module)
{
	const struct kvet_ksyms_filter filter = { .types = types, .module = module };
	struct kvet_ksyms_query query;
	struct kvet_cause cause;

	ck_assert_int_eq(kvet_ksyms_query_parse(&query, text, false, NULL), 0);
	kvet_ksyms_absent_cause(&tree_host, table, &query, &filter, &cause);
	kvet_ksyms_query_deinit(&query);
	snprintf(said, sizeof(said), "%s|%s", cause.evidence, cause.remedy);
	return said;
}

static void says(const char *text, const char *words)
{
	ck_assert_msg(strstr(reasons(text, NULL, NULL), words) != NULL, "%s: %s", text, said);
}

static void says_not(const char *text, const char *words)
{
	ck_assert_msg(strstr(reasons(text, NULL, NULL), words) == NULL, "%s: %s", text, said);
}

START_TEST(a_system_call_has_names_of_its_own)
{
	static const char *const names[] = { "openat", "sys_openat", "SyS_openat",
					     "__arm64_sys_openat", "__do_sys_openat" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		says(names[i],
		     "it is a system call, implemented by __x64_sys_openat, __ia32_sys_openat, "
		     "__se_sys_openat|did you mean __x64_sys_openat?");
		says_not(names[i], "variables");
		says_not(names[i], "inlined");
	}
	says_not("sys_", "system call");
	says_not("penat", "system call");
}
END_TEST

START_TEST(the_compilers_copies_are_named_and_their_parts_not_recommended)
{
	says("copied",
	     "2 compiler-generated variants: copied.constprop.0, copied.cold|did you mean "
	     "copied.constprop.0?");
	says("part", "1 compiler-generated variant: part.cold|");
	says_not("part", "did you mean");
}
END_TEST

START_TEST(one_slip_of_the_pen_blames_nothing_else)
{
	tree_write("/proc/config.gz", "# CONFIG_KALLSYMS_ALL is not set\n");
	ck_assert_str_eq(reasons("vfs_raed", "tTwW", NULL), "|did you mean vfs_read?");
	ck_assert_str_eq(reasons("vfs_reed", "tTwW", NULL), "|did you mean vfs_read?");
	/* What is not asked for is not recommended. */
	says("vfs_raaad", "did you mean vfs_raad?");
	ck_assert_ptr_null(strstr(reasons("vfs_raaad", "tTwW", NULL), "vfs_raad?"));
}
END_TEST

START_TEST(variables_are_blamed_only_where_they_could_be_meant)
{
	tree_write("/proc/config.gz", "# CONFIG_KALLSYMS_ALL is not set\n");
	says("jiffies", "the table lists no variables: # CONFIG_KALLSYMS_ALL is not set");
	says("jiffies", "a function of that name may be inlined");
	ck_assert_ptr_null(strstr(reasons("jiffies", "tTwW", NULL), "variables"));
	ck_assert_ptr_nonnull(strstr(reasons("jiffies", "D", NULL), "variables"));
	tree_write("/proc/config.gz", "CONFIG_KALLSYMS_ALL=y\n");
	says_not("jiffies", "variables");
}
END_TEST

START_TEST(a_module_is_not_loaded_or_built_in)
{
	says("nomod:f", "no symbol belongs to module 'nomod': it is not loaded|");
	write_list("modules.dep", "kernel/fs/on-disk.ko.xz: kernel/lib/other.ko.xz\n");
	says("on_disk:f", "'on_disk': it is not loaded");
	says("on_disk:f", "|modprobe on_disk");
	says_not("disk:f", "modprobe");
	says_not("other:f", "modprobe");
	write_list("modules.builtin", "kernel/fs/built-in.ko\n");
	says("built_in:built_in_open", "'built_in' is built in");
	says("built_in:built_in_open", "did you mean vmlinux:built_in_open?");
	says("built_in:nosuch", "'built_in' is built in");
	says_not("built_in:nosuch", "not loaded");
	ck_assert_ptr_nonnull(strstr(reasons("built_in_open", NULL, "built_in"), "is built in"));
	/* The kernel's own word for it: one that was loaded has a state. */
	tree_write("/sys/module/param/parameters/x", "1\n");
	says("param:f", "'param' is built in");
	tree_write("/sys/module/empty/initstate", "live\n");
	says("empty:f", "not loaded");
	says("loaded:vfs_read", "did you mean vmlinux:vfs_read?");
	says("vmlinux:loaded_open", "did you mean loaded:loaded_open?");
	says_not("loaded:vfs_read", "not loaded");
}
END_TEST

START_TEST(a_module_that_could_be_loaded_exports_it)
{
	write_list("modules.symbols", "# Aliases for symbols, used by symbol_request().\n"
				      "alias symbol:kvm_wake_up kvm\n"
				      "alias symbol:kvm_wake_up_all kvm_intel\n");
	says("kvm_wake_up", "module 'kvm' exports it, but is not loaded|modprobe kvm");
	says("kvm_wake_up_all", "|modprobe kvm_intel");
	says_not("kvm_wake", "modprobe");
	says_not("kvm_wake_up", "inlined");
}
END_TEST

START_TEST(of_a_file_the_host_says_nothing)
{
	struct kvet_ksyms *running = table;

	write_list("modules.symbols", "alias symbol:kvm_wake_up kvm\n");
	write_list("modules.builtin", "kernel/fs/built-in.ko\n");
	tree_write("/proc/config.gz", "# CONFIG_KALLSYMS_ALL is not set\n");
	ck_assert_int_eq(kvet_ksyms_load(&table, &tree_host, tree_place("/proc/kallsyms"), NULL),
			 0);
	ck_assert_str_eq(reasons("kvm_wake_up", NULL, NULL), "|");
	says_not("built_in:f", "built in");
	kvet_ksyms_free(table);
	table = running;
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ksyms absent");
	TCase *tc = tcase_create("absent");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_system_call_has_names_of_its_own);
	tcase_add_test(tc, the_compilers_copies_are_named_and_their_parts_not_recommended);
	tcase_add_test(tc, one_slip_of_the_pen_blames_nothing_else);
	tcase_add_test(tc, variables_are_blamed_only_where_they_could_be_meant);
	tcase_add_test(tc, a_module_is_not_loaded_or_built_in);
	tcase_add_test(tc, a_module_that_could_be_loaded_exports_it);
	tcase_add_test(tc, of_a_file_the_host_says_nothing);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
