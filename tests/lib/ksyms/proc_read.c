/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Loading from a host or a copy, and why addresses are hidden. */
#include <check.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>

#include <kvet/ksyms.h>

#include "tests/lib/tree.h"

#define RESTRICT "/proc/sys/kernel/kptr_restrict"
#define PARANOID "/proc/sys/kernel/perf_event_paranoid"
#define LOCKDOWN "/sys/kernel/security/lockdown"

static struct kvet_cause err;
static struct kvet_cause cause;

/* Garbage, so that a cause that is not filled whole shows. */
static void setup(void)
{
	tree_make();
	memset(&err, 0, sizeof(err));
	memset(&cause, 0xa5, sizeof(cause));
}

static void says(const char *words)
{
	ck_assert_msg(strstr(cause.evidence, words) != NULL, "%s", cause.evidence);
}

static void says_not(const char *words)
{
	ck_assert_msg(strstr(cause.evidence, words) == NULL, "%s", cause.evidence);
}

static void advises(const char *words)
{
	ck_assert_msg(strstr(cause.remedy, words) != NULL, "%s", cause.remedy);
}

/* Whether a capability is there; what a test takes away it gives back. */
static void syslog_becomes(cap_flag_value_t value)
{
	const cap_value_t syslog = CAP_SYSLOG;
	cap_t caps = cap_get_proc();

	ck_assert_int_eq(cap_set_flag(caps, CAP_EFFECTIVE, 1, &syslog, value), 0);
	ck_assert_int_eq(cap_set_proc(caps), 0);
	cap_free(caps);
}

/* --- loading ------------------------------------------------------------------------------- */

START_TEST(the_table_is_read_below_the_sysroot)
{
	struct kvet_ksyms *table = NULL;

	tree_write("/proc/kallsyms", "1000 T one\n2000 T two\n");
	ck_assert_int_eq(kvet_ksyms_load(&table, &tree_host, NULL, &err), 0);
	ck_assert_uint_eq(kvet_ksyms_count(table), 2);
	ck_assert_uint_eq(kvet_ksyms_by_name(table, "two").count, 1);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(a_copy_is_read_wherever_it_is)
{
	static const struct kvet_host elsewhere = { .sysroot = "/nowhere" };
	struct kvet_ksyms *table = NULL;

	tree_write("/copy", "1000 T one\n");
	tree_write("/proc/kallsyms", "2000 T two\n");
	ck_assert_int_eq(kvet_ksyms_load(&table, &elsewhere, tree_place("/copy"), &err), 0);
	ck_assert_uint_eq(kvet_ksyms_count(table), 1);
	ck_assert_str_eq(kvet_ksyms_row(table, 0).name, "one");
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(a_table_that_is_not_there_is_named)
{
	struct kvet_ksyms *table = NULL;

	ck_assert_int_eq(kvet_ksyms_load(&table, &tree_host, NULL, &err), -ENOENT);
	ck_assert_ptr_null(table);
	ck_assert_int_eq(err.errnum, ENOENT);
	ck_assert_str_eq(err.source, "open");
	ck_assert_ptr_nonnull(strstr(err.evidence, tree_root));
	ck_assert_ptr_nonnull(strstr(err.evidence, "/proc/kallsyms"));
	ck_assert_int_eq(kvet_ksyms_load(&table, &tree_host, "/nowhere/copy", &err), -ENOENT);
	ck_assert_ptr_nonnull(strstr(err.evidence, "/nowhere/copy"));
	ck_assert_int_eq(kvet_ksyms_load(&table, &tree_host, NULL, NULL), -ENOENT);
}
END_TEST

START_TEST(a_table_that_cannot_be_read_is_no_empty_table)
{
	struct kvet_ksyms *table = NULL;

	tree_write_unreadable("/proc/kallsyms");
	ck_assert_int_eq(kvet_ksyms_load(&table, &tree_host, NULL, &err), -EISDIR);
	ck_assert_ptr_null(table);
	ck_assert_int_eq(err.errnum, EISDIR);
	ck_assert_str_eq(err.source, "read");
}
END_TEST

START_TEST(a_bad_line_is_named_by_the_files_path)
{
	struct kvet_ksyms *table = NULL;

	tree_write("/copy", "1000 T one\nbad\n");
	ck_assert_int_eq(kvet_ksyms_load(&table, NULL, tree_place("/copy"), &err), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.evidence, tree_root));
	ck_assert_ptr_nonnull(strstr(err.evidence, "/copy:2: "));
}
END_TEST

/* --- why addresses are hidden -------------------------------------------------------------- */

START_TEST(the_cause_names_what_the_kernel_looks_at)
{
	tree_write(RESTRICT, "1\n");
	tree_write(PARANOID, "-1\n");
	tree_write(LOCKDOWN, "none [integrity] confidentiality\n");
	kvet_ksyms_hidden_cause(&tree_host, NULL, &cause);
	/* No call has failed. */
	ck_assert_int_eq(cause.errnum, 0);
	ck_assert_str_eq(cause.source, tree_place("/proc/kallsyms"));
	says("every address is hidden");
	says("kernel.kptr_restrict=1,");
	says("kernel.perf_event_paranoid=-1,");
	says(kvet_host_capable(CAP_SYSLOG) ? "CAP_SYSLOG held" : "CAP_SYSLOG missing");
	says("lockdown integrity");
	says_not("copy");
	ck_assert_str_ne(cause.remedy, "");
}
END_TEST

START_TEST(what_cannot_be_read_is_called_unreadable)
{
	kvet_ksyms_hidden_cause(&tree_host, NULL, &cause);
	says("kernel.kptr_restrict=unreadable,");
	says("kernel.perf_event_paranoid=unreadable,");
	says("lockdown unknown");
	tree_write_unreadable(RESTRICT);
	tree_write(PARANOID, "yes\n");
	tree_write_unreadable(LOCKDOWN);
	kvet_ksyms_hidden_cause(&tree_host, NULL, &cause);
	says("kernel.kptr_restrict=unreadable,");
	says("kernel.perf_event_paranoid=unreadable,");
	says("lockdown unknown");
}
END_TEST

START_TEST(where_the_kernel_hides_from_everybody_being_root_is_no_remedy)
{
	tree_write(RESTRICT, "2\n");
	tree_write(PARANOID, "1\n");
	kvet_ksyms_hidden_cause(&tree_host, NULL, &cause);
	says("kernel.kptr_restrict=2,");
	advises("sysctl kernel.kptr_restrict=1");
}
END_TEST

START_TEST(without_cap_syslog_it_is_the_remedy)
{
	bool held = kvet_host_capable(CAP_SYSLOG);

	tree_write(RESTRICT, "0\n");
	tree_write(PARANOID, "2\n");
	if (held)
		syslog_becomes(CAP_CLEAR);
	kvet_ksyms_hidden_cause(&tree_host, NULL, &cause);
	if (held)
		syslog_becomes(CAP_SET);
	says("CAP_SYSLOG missing");
	/* In the words of wherever this runs. */
	advises("SYSLOG");
}
END_TEST

START_TEST(with_cap_syslog_it_is_not_the_remedy)
{
	tree_write(RESTRICT, "1\n");
	tree_write(PARANOID, "2\n");
	if (!kvet_host_capable(CAP_SYSLOG))
		return; /* the other test has it */
	kvet_ksyms_hidden_cause(&tree_host, NULL, &cause);
	says("CAP_SYSLOG held");
	ck_assert_ptr_null(strstr(cause.remedy, "SYSLOG"));
	ck_assert_str_ne(cause.remedy, "");
}
END_TEST

START_TEST(a_copy_with_zeros_is_to_be_taken_again)
{
	tree_write(RESTRICT, "0\n");
	tree_write(PARANOID, "1\n");
	kvet_ksyms_hidden_cause(&tree_host, "/var/tmp/copy", &cause);
	ck_assert_str_eq(cause.source, "/var/tmp/copy");
	says("the file may be of another host, this one has kernel.kptr_restrict=0");
	advises("copy the file again");
}
END_TEST

START_TEST(a_path_of_any_length_fits_the_cause)
{
	char path[4000];

	memset(path, 'p', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	kvet_ksyms_hidden_cause(&tree_host, path, &cause);
	ck_assert_uint_eq(strlen(cause.source), sizeof(cause.source) - 1);
	says("kernel.kptr_restrict=unreadable");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ksyms proc read");
	TCase *load = tcase_create("load"), *hidden = tcase_create("hidden");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(load, setup, tree_drop);
	tcase_add_test(load, the_table_is_read_below_the_sysroot);
	tcase_add_test(load, a_copy_is_read_wherever_it_is);
	tcase_add_test(load, a_table_that_is_not_there_is_named);
	tcase_add_test(load, a_table_that_cannot_be_read_is_no_empty_table);
	tcase_add_test(load, a_bad_line_is_named_by_the_files_path);
	suite_add_tcase(suite, load);
	tcase_add_checked_fixture(hidden, setup, tree_drop);
	tcase_add_test(hidden, the_cause_names_what_the_kernel_looks_at);
	tcase_add_test(hidden, what_cannot_be_read_is_called_unreadable);
	tcase_add_test(hidden, where_the_kernel_hides_from_everybody_being_root_is_no_remedy);
	tcase_add_test(hidden, without_cap_syslog_it_is_the_remedy);
	tcase_add_test(hidden, with_cap_syslog_it_is_not_the_remedy);
	tcase_add_test(hidden, a_copy_with_zeros_is_to_be_taken_again);
	tcase_add_test(hidden, a_path_of_any_length_fits_the_cause);
	suite_add_tcase(suite, hidden);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
