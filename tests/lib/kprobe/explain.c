/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/kprobe.h>

static const struct kvet_kprobe_site site = {
	.symbol = "vfs_read",
	.address = 0xffffffff81000101,
	.offset = 0x1d,
	.extent = 0x80,
};
static struct kvet_kprobe_facts facts;
static struct kvet_kprobe_lists lists;
static struct kvet_refusal refusal;
static struct kvet_cause cause;

/* A host where nothing speaks against kprobes. */
static void setup(void)
{
	facts = (struct kvet_kprobe_facts){
		.pmu_type = 6,
		.config = KVET_CONFIG_YES,
		.config_evidence = "/boot/config-6.12: CONFIG_KPROBES=y",
		.lockdown = "none",
	};
	refusal = (struct kvet_refusal){
		.call = KVET_CALL_PERF,
		.effective = ~0ULL,
		.permitted = ~0ULL,
		.bounding = ~0ULL,
		.root = true,
		.reach = { .state = KVET_REACH_KERNEL },
		.perf_event_paranoid = 2,
		.lockdown = "none",
	};
	lists = (struct kvet_kprobe_lists){ .blacklisted = 0, .traceable = 1 };
	memset(&cause, 0, sizeof(cause));
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

static void explain(int errnum, enum kvet_verdict verdict)
{
	ck_assert_int_eq(kvet_kprobe_explain(errnum, &site, &facts, &lists, &refusal, &cause),
			 verdict);
	ck_assert_int_eq(cause.errnum, errnum);
	ck_assert_str_ne(cause.source, "");
	ck_assert_str_ne(cause.evidence, "");
}

START_TEST(eilseq_is_no_instruction_boundary)
{
	explain(EILSEQ, KVET_NO);
	says("vfs_read+0x1d");
	says("instruction boundary");
}
END_TEST

START_TEST(einval_of_a_blacklisted_function_says_so)
{
	lists = (struct kvet_kprobe_lists){ .blacklisted = 1, .traceable = 0 };
	explain(EINVAL, KVET_NO);
	says("vfs_read");
	says("on the kernel's kprobe blacklist");
	says_not("notrace");
}
END_TEST

START_TEST(the_blacklist_counts_where_the_other_list_is_unreadable)
{
	lists = (struct kvet_kprobe_lists){ .blacklisted = 1, .traceable = -1 };
	explain(EINVAL, KVET_NO);
	says("on the kernel's kprobe blacklist");
	says_not("not readable");
}
END_TEST

START_TEST(einval_of_an_untraceable_function_says_so)
{
	lists = (struct kvet_kprobe_lists){ .blacklisted = 0, .traceable = 0 };
	explain(EINVAL, KVET_NO);
	says("vfs_read");
	says("available_filter_functions does not list it");
	says_not("blacklist");
}
END_TEST

START_TEST(einval_without_readable_lists_names_every_reason)
{
	lists = (struct kvet_kprobe_lists){ .blacklisted = -1, .traceable = -1 };
	explain(EINVAL, KVET_NO);
	says("blacklisted, notrace, or freed __init text");
	says("kprobes/blacklist not readable");
	says("available_filter_functions not readable");
}
END_TEST

START_TEST(einval_against_both_lists_says_what_they_say)
{
	explain(EINVAL, KVET_NO);
	says("kprobes/blacklist does not list it");
	says("available_filter_functions lists a function of that name");
	says_not("not readable");
}
END_TEST

START_TEST(enoent_is_no_text_at_the_address)
{
	explain(ENOENT, KVET_NO);
	says("0xffffffff81000101");
	advises("resolve it again");
}
END_TEST

START_TEST(eperm_under_confidentiality_is_lockdown)
{
	facts.lockdown = "confidentiality";
	explain(EPERM, KVET_NO);
	says("locked down (confidentiality)");
	advises("lockdown=");
}
END_TEST

/* It is confidentiality that refuses kprobes, and nothing less. */
START_TEST(under_integrity_no_errno_is_lockdown)
{
	static const int errnums[] = { EPERM, EACCES, ENOSYS };

	facts.lockdown = "integrity";
	for (size_t i = 0; i < sizeof(errnums) / sizeof(*errnums); i++) {
		explain(errnums[i], KVET_UNDETERMINED);
		says_not("locked down (");
	}
}
END_TEST

static void without_perfmon(void)
{
	refusal.effective = 0;
}

/* What others may be told first, a sysctl or a filter, changes nothing for anybody. */
START_TEST(lockdown_comes_before_a_missing_capability)
{
	static const int errnums[] = { EPERM, EACCES, ENOSYS };

	facts.lockdown = "confidentiality";
	without_perfmon();
	for (size_t i = 0; i < sizeof(errnums) / sizeof(*errnums); i++) {
		explain(errnums[i], KVET_NO);
		says("locked down");
		says_not("CAP_PERFMON");
	}
}
END_TEST

/* The rest is kvet_refusal_explain()'s, whose tables are in tests/lib/host/refusal.c. */
START_TEST(a_refusal_is_explained_as_everywhere)
{
	static const int errnums[] = { EPERM, EACCES, ENOSYS };

	for (size_t i = 0; i < 2 * sizeof(errnums) / sizeof(*errnums); i++) {
		setup();
		/* One that is not known is none. */
		facts.lockdown = i < sizeof(errnums) / sizeof(*errnums) ? "integrity" : "unknown";
		without_perfmon();
		explain(errnums[i % 3], KVET_UNDETERMINED);
		says(kvet_errno_text(errnums[i % 3]));
		says("CAP_PERFMON missing");
		says("kernel.perf_event_paranoid=2");
		says_not("locked down");
		advises("CAP_PERFMON");
	}
}
END_TEST

START_TEST(any_other_errno_is_undetermined_in_the_kernels_words)
{
	static const int errnums[] = { ENOMEM, EBUSY, EMFILE, ENODEV, EOPNOTSUPP, 524 };

	for (size_t i = 0; i < sizeof(errnums) / sizeof(*errnums); i++) {
		setup();
		explain(errnums[i], KVET_UNDETERMINED);
		says(kvet_errno_text(errnums[i]));
	}
}
END_TEST

START_TEST(an_earlier_cause_leaves_nothing_behind)
{
	without_perfmon();
	explain(EPERM, KVET_UNDETERMINED);
	explain(EILSEQ, KVET_NO);
	ck_assert_str_eq(cause.remedy, "");
	says_not("CAP_PERFMON");
}
END_TEST

/* --- whether kprobes work at all ----------------------------------------------------------- */

static void unusable(enum kvet_verdict verdict, const char *words, const char *remedy)
{
	ck_assert_int_eq(kvet_kprobe_usable(&facts, &cause), verdict);
	ck_assert_str_ne(cause.source, "");
	says(words);
	advises(remedy);
}

START_TEST(kprobes_are_usable_where_nothing_speaks_against_them)
{
	ck_assert_int_eq(kvet_kprobe_usable(&facts, &cause), KVET_YES);
}
END_TEST

START_TEST(an_unknown_configuration_does_not_speak_against_kprobes)
{
	facts.config = KVET_CONFIG_UNKNOWN;
	facts.config_evidence[0] = '\0';
	ck_assert_int_eq(kvet_kprobe_usable(&facts, &cause), KVET_YES);
}
END_TEST

START_TEST(a_pmu_counts_more_than_a_configuration_file)
{
	facts.config = KVET_CONFIG_NO;
	ck_assert_int_eq(kvet_kprobe_usable(&facts, &cause), KVET_YES);
}
END_TEST

START_TEST(a_kernel_built_without_kprobes_is_a_no)
{
	facts.pmu_type = -1;
	facts.config = KVET_CONFIG_NO;
	strcpy(facts.config_evidence, "/proc/config.gz: CONFIG_KPROBES is not set");
	unusable(KVET_NO, "built without kprobes", "CONFIG_KPROBES=y");
	says("/proc/config.gz: CONFIG_KPROBES is not set");
	ck_assert_int_eq(cause.errnum, 0);
}
END_TEST

START_TEST(no_pmu_with_kprobes_configured_is_undetermined)
{
	facts.pmu_type = -1;
	unusable(KVET_UNDETERMINED, "no kprobe PMU", "mount sysfs");
	says("/boot/config-6.12: CONFIG_KPROBES=y");
	ck_assert_int_eq(cause.errnum, 0);
}
END_TEST

START_TEST(no_pmu_and_no_configuration_says_unknown)
{
	facts.pmu_type = -1;
	facts.config = KVET_CONFIG_UNKNOWN;
	facts.config_evidence[0] = '\0';
	unusable(KVET_UNDETERMINED, "CONFIG_KPROBES: unknown", "mount sysfs");
}
END_TEST

/* tracefs alone will do, though a file says that there are no kprobes. */
START_TEST(tracefs_without_a_pmu_is_enough)
{
	facts.pmu_type = -1;
	facts.tracefs = true;
	ck_assert_int_eq(kvet_kprobe_usable(&facts, &cause), KVET_YES);
	facts.config = KVET_CONFIG_NO;
	ck_assert_int_eq(kvet_kprobe_usable(&facts, &cause), KVET_YES);
}
END_TEST

/* The PMU and tracefs refuse them; links of many functions do not. */
START_TEST(a_lockdown_does_not_rule_out_every_back_end)
{
	facts.lockdown = "confidentiality";
	ck_assert_int_eq(kvet_kprobe_usable(&facts, &cause), KVET_YES);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kprobe explain");
	TCase *tc = tcase_create("explain"), *usable = tcase_create("usable");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, eilseq_is_no_instruction_boundary);
	tcase_add_test(tc, einval_of_a_blacklisted_function_says_so);
	tcase_add_test(tc, the_blacklist_counts_where_the_other_list_is_unreadable);
	tcase_add_test(tc, einval_of_an_untraceable_function_says_so);
	tcase_add_test(tc, einval_without_readable_lists_names_every_reason);
	tcase_add_test(tc, einval_against_both_lists_says_what_they_say);
	tcase_add_test(tc, enoent_is_no_text_at_the_address);
	tcase_add_test(tc, eperm_under_confidentiality_is_lockdown);
	tcase_add_test(tc, under_integrity_no_errno_is_lockdown);
	tcase_add_test(tc, lockdown_comes_before_a_missing_capability);
	tcase_add_test(tc, a_refusal_is_explained_as_everywhere);
	tcase_add_test(tc, any_other_errno_is_undetermined_in_the_kernels_words);
	tcase_add_test(tc, an_earlier_cause_leaves_nothing_behind);
	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(usable, setup, NULL);
	tcase_add_test(usable, kprobes_are_usable_where_nothing_speaks_against_them);
	tcase_add_test(usable, an_unknown_configuration_does_not_speak_against_kprobes);
	tcase_add_test(usable, a_pmu_counts_more_than_a_configuration_file);
	tcase_add_test(usable, a_kernel_built_without_kprobes_is_a_no);
	tcase_add_test(usable, no_pmu_with_kprobes_configured_is_undetermined);
	tcase_add_test(usable, no_pmu_and_no_configuration_says_unknown);
	tcase_add_test(usable, tracefs_without_a_pmu_is_enough);
	tcase_add_test(usable, a_lockdown_does_not_rule_out_every_back_end);
	suite_add_tcase(suite, usable);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
