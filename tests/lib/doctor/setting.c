/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a setting means for a process: a table with every answer of every check. */
#include <check.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>

#include "doctor/setting.h"

#define BIT(capability) (1ULL << (capability))

/* Root of a bare host, whom nothing stands in the way of. */
static struct doctor_facts fit(void)
{
	const struct kvet_refusal process = {
		.effective = ~0ULL,
		.permitted = ~0ULL,
		.bounding = ~0ULL,
		.root = true,
		.reach = { .state = KVET_REACH_KERNEL },
		.unprivileged_bpf_disabled = 2,
		.perf_event_paranoid = 2,
		.lockdown = "none",
		.charge = KVET_CHARGE_NONE,
		.memlock = UINT64_MAX,
	};

	return (struct doctor_facts){
		.bpf = process,
		.perf = process,
		.kprobes = { .pmu_type = 8, .tracefs = true, .config = KVET_CONFIG_YES },
		.mounts = { .bpffs = "/sys/fs/bpf", .cgroup2 = "/sys/fs/cgroup" },
		.lsm = { .text = "lockdown,capability,bpf" },
		.clocksource = { .text = "tsc" },
		.ftrace_enabled = { .value = 1 },
		.kprobes_enabled = { .value = 1 },
		.jit = { .value = 1 },
		.tracefs = "/sys/kernel/tracing",
		.tracefs_writable = true,
	};
}

/* --- changes of that host --------------------------------------------------------------------- */

static void nobody(struct doctor_facts *facts)
{
	facts->bpf.effective = facts->bpf.permitted = 0;
	facts->perf.effective = facts->perf.permitted = 0;
	facts->bpf.root = facts->perf.root = false;
}

static void admin_only(struct doctor_facts *facts)
{
	nobody(facts);
	facts->bpf.effective = facts->perf.effective = BIT(CAP_SYS_ADMIN) | BIT(CAP_SYSLOG);
}

static void perfmon_only(struct doctor_facts *facts)
{
	nobody(facts);
	facts->bpf.effective = facts->perf.effective = BIT(CAP_PERFMON);
}

static void user_namespace(struct doctor_facts *facts)
{
	facts->bpf.user_namespace = facts->perf.user_namespace = true;
}

static void pid_namespace(struct doctor_facts *facts)
{
	facts->pid_namespace = true;
}

static void container(struct doctor_facts *facts)
{
	facts->bpf.place.kind = KVET_PLACE_CONTAINER;
	strcpy(facts->bpf.place.sign, "/.dockerenv");
}

static void masked(struct doctor_facts *facts)
{
	container(facts);
	strcpy(facts->masked, "/proc/timer_list");
}

static void filter(struct doctor_facts *facts)
{
	facts->bpf.seccomp = facts->perf.seccomp = 2;
}

static void filter_answers(struct doctor_facts *facts)
{
	filter(facts);
	facts->perf.reach = (struct kvet_reach){ KVET_REACH_FILTER, EPERM, "perf_event_open" };
}

static void filter_kills(struct doctor_facts *facts)
{
	filter(facts);
	facts->bpf.reach = (struct kvet_reach){ KVET_REACH_DEATH, 31, "bpf" };
}

static void filter_unknown(struct doctor_facts *facts)
{
	filter(facts);
	facts->bpf.reach.state = KVET_REACH_UNKNOWN;
}

#define CHANGE(name, code)                           \
	static void name(struct doctor_facts *facts) \
	{                                            \
		code;                                \
	}

CHANGE(integrity, facts->bpf.lockdown = "integrity")
CHANGE(confidentiality, facts->bpf.lockdown = "confidentiality")
CHANGE(lockdown_unknown, facts->bpf.lockdown = "unknown")
CHANGE(lsm_without, strcpy(facts->lsm.text, "lockdown,bpfilter,xbpf"))
CHANGE(lsm_unread, facts->lsm.errnum = EACCES)
CHANGE(lsm_not_built, facts->bpf_lsm_option.value = KVET_CONFIG_NO)
CHANGE(bpf_for_all, nobody(facts); facts->bpf.unprivileged_bpf_disabled = 0)
CHANGE(bpf_unread, nobody(facts); facts->bpf.unprivileged_bpf_disabled = KVET_UNREADABLE)
CHANGE(paranoid_3, perfmon_only(facts); facts->perf.perf_event_paranoid = 3)
CHANGE(paranoid_3_root, facts->perf.perf_event_paranoid = 3)
CHANGE(paranoid_off, nobody(facts); facts->perf.perf_event_paranoid = -1)
CHANGE(paranoid_unread, facts->perf.perf_event_paranoid = KVET_UNREADABLE)
CHANGE(kptr_1, facts->kptr_restrict.value = 1)
CHANGE(kptr_1_nobody, nobody(facts); facts->kptr_restrict.value = 1)
CHANGE(kptr_2, facts->kptr_restrict.value = 2)
CHANGE(kptr_unread, facts->kptr_restrict.errnum = EACCES)
CHANGE(limit, facts->bpf.memlock = 65536)
CHANGE(limit_charged, limit(facts); facts->bpf.charge = KVET_CHARGE_MEMLOCK)
CHANGE(limit_unknown, limit(facts); facts->bpf.charge = KVET_CHARGE_UNKNOWN)
CHANGE(modules, facts->modules.loaded = 7)
CHANGE(modules_bare, modules(facts); facts->modules.without_btf = 2;
       strcpy(facts->modules.first, "nvidia"))
CHANGE(modules_none, facts->modules.errnum = ENOENT)
CHANGE(modules_unread, facts->modules.errnum = EACCES)
CHANGE(no_bpffs, *facts->mounts.bpffs = '\0')
CHANGE(mounts_unread, facts->mounts = (struct doctor_mounts){ .errnum = EACCES })
CHANGE(mounts_cut, facts->mounts = (struct doctor_mounts){ .errnum = E2BIG })
CHANGE(mounts_found_early, facts->mounts.errnum = E2BIG)
CHANGE(jit_off, facts->jit.value = 0)
CHANGE(jit_not_built, facts->jit_option.value = KVET_CONFIG_NO)
CHANGE(jit_always, facts->always_option.value = KVET_CONFIG_YES; facts->jit.errnum = ENOENT)
CHANGE(jit_absent, facts->jit.errnum = ENOENT)
CHANGE(jit_unread, facts->jit.errnum = EACCES)
CHANGE(hardened_1, facts->jit_harden.value = 1)
CHANGE(hardened_2, facts->jit_harden.value = 2)
CHANGE(hardened_unread, facts->jit_harden.errnum = EPERM)
CHANGE(no_kprobes, facts->kprobes.pmu_type = -1; facts->kprobes.tracefs = false;
       facts->kprobes.config = KVET_CONFIG_NO;
       strcpy(facts->kprobes.config_evidence, "# CONFIG_KPROBES is not set"))
CHANGE(kprobes_unseen, no_kprobes(facts); facts->kprobes.config = KVET_CONFIG_UNKNOWN)
CHANGE(disarmed, facts->kprobes_enabled.value = 0)
CHANGE(disarmed_container, disarmed(facts); container(facts))
CHANGE(no_debugfs, facts->kprobes_enabled.errnum = ENOENT)
CHANGE(debugfs_closed, facts->kprobes_enabled.errnum = EACCES)
CHANGE(ftrace_off, facts->ftrace_enabled.value = 0)
CHANGE(ftrace_absent, facts->ftrace_enabled.errnum = ENOENT)
CHANGE(ftrace_not_built, ftrace_absent(facts); facts->ftrace_option.value = KVET_CONFIG_NO)
CHANGE(no_tracefs, *facts->tracefs = '\0')
CHANGE(tracefs_closed, facts->tracefs_errnum = EACCES)
CHANGE(tracefs_read_only, facts->tracefs_writable = false)
CHANGE(slow_clock, strcpy(facts->clocksource.text, "hpet"))
CHANGE(clock_unread, facts->clocksource.errnum = ENOENT)
CHANGE(hybrid, facts->mounts.cgroup1 = true)
CHANGE(only_v1, hybrid(facts); *facts->mounts.cgroup2 = '\0')
CHANGE(no_cgroup, *facts->mounts.cgroup2 = '\0')

/* NULL: the host as it is. Finding and remedy: parts of them; a NULL remedy: none. */
static const struct row {
	enum kvet_check check;
	void (*change)(struct doctor_facts *);
	enum kvet_verdict verdict;
	const char *finding;
	const char *remedy;
} rows[] = {
	{ KVET_CHECK_CAPABILITIES, NULL, KVET_YES, "are effective, and CAP_SYS_ADMIN", NULL },
	{ KVET_CHECK_CAPABILITIES, admin_only, KVET_YES, "are effective", NULL },
	{ KVET_CHECK_CAPABILITIES, perfmon_only, KVET_NO, "CAP_BPF, CAP_SYSLOG missing",
	  "run as root, or with CAP_BPF and CAP_SYSLOG" },
	{ KVET_CHECK_CAPABILITIES, user_namespace, KVET_NO,
	  "CAP_BPF, CAP_PERFMON, CAP_SYSLOG missing: in a user namespace",
	  "outside of the user namespace" },
	{ KVET_CHECK_USER_NAMESPACE, NULL, KVET_YES, "in the initial user namespace", NULL },
	{ KVET_CHECK_USER_NAMESPACE, user_namespace, KVET_NO, "do not count",
	  "outside of the user namespace" },
	{ KVET_CHECK_PID_NAMESPACE, NULL, KVET_YES, "in the initial PID namespace", NULL },
	{ KVET_CHECK_PID_NAMESPACE, pid_namespace, KVET_NO, "not those that BPF programs see",
	  "nsenter -t 1 -p" },
	{ KVET_CHECK_CONTAINER, NULL, KVET_YES, "not in a container", NULL },
	{ KVET_CHECK_CONTAINER, container, KVET_YES, "in a container (/.dockerenv)", NULL },
	{ KVET_CHECK_CONTAINER, masked, KVET_NO, "hidden: /proc/timer_list", "systempaths" },
	{ KVET_CHECK_SECCOMP, NULL, KVET_YES, "no seccomp filter", NULL },
	{ KVET_CHECK_SECCOMP, filter, KVET_YES, "allows bpf(2)", NULL },
	{ KVET_CHECK_SECCOMP, filter_answers, KVET_NO, "answers perf_event_open with EPERM",
	  "seccomp filter" },
	{ KVET_CHECK_SECCOMP, filter_kills, KVET_NO, "kills any process that calls bpf",
	  "seccomp filter" },
	{ KVET_CHECK_SECCOMP, filter_unknown, KVET_UNDETERMINED, "seccomp mode 2",
	  "seccomp filter" },
	{ KVET_CHECK_LOCKDOWN, NULL, KVET_YES, "none", NULL },
	{ KVET_CHECK_LOCKDOWN, integrity, KVET_YES, "integrity", NULL },
	{ KVET_CHECK_LOCKDOWN, confidentiality, KVET_NO, "refused to everyone",
	  "boot without lockdown=confidentiality" },
	{ KVET_CHECK_LOCKDOWN, lockdown_unknown, KVET_UNDETERMINED, "cannot be read",
	  "mount -t securityfs" },
	{ KVET_CHECK_LSM, NULL, KVET_YES, "bpf is active", NULL },
	{ KVET_CHECK_LSM, lsm_without, KVET_NO, "bpf is not active",
	  "boot with lsm=lockdown,bpfilter,xbpf,bpf" },
	{ KVET_CHECK_LSM, lsm_unread, KVET_UNDETERMINED, "EACCES", "mount -t securityfs" },
	{ KVET_CHECK_LSM, lsm_not_built, KVET_NO, "built without", "CONFIG_BPF_LSM=y" },
	{ KVET_CHECK_UNPRIVILEGED_BPF, NULL, KVET_YES,
	  "2: requires CAP_BPF, which this process has", NULL },
	{ KVET_CHECK_UNPRIVILEGED_BPF, nobody, KVET_NO, "which this process lacks", "CAP_BPF" },
	{ KVET_CHECK_UNPRIVILEGED_BPF, bpf_for_all, KVET_YES, "0: every process", NULL },
	{ KVET_CHECK_UNPRIVILEGED_BPF, bpf_unread, KVET_UNDETERMINED, "cannot be read", NULL },
	{ KVET_CHECK_PERF_EVENT_PARANOID, NULL, KVET_YES, "2: this process has CAP_PERFMON", NULL },
	{ KVET_CHECK_PERF_EVENT_PARANOID, nobody, KVET_NO, "2: kernel events require CAP_PERFMON",
	  "CAP_PERFMON" },
	{ KVET_CHECK_PERF_EVENT_PARANOID, paranoid_3, KVET_NO, "3: some distributions'",
	  "perf_event_paranoid=2" },
	{ KVET_CHECK_PERF_EVENT_PARANOID, paranoid_3_root, KVET_YES,
	  "3: this process has CAP_SYS_ADMIN", NULL },
	{ KVET_CHECK_PERF_EVENT_PARANOID, paranoid_off, KVET_YES, "-1: does not restrict", NULL },
	{ KVET_CHECK_PERF_EVENT_PARANOID, paranoid_unread, KVET_UNDETERMINED, "cannot be read",
	  NULL },
	{ KVET_CHECK_KPTR_RESTRICT, NULL, KVET_YES, "0", NULL },
	{ KVET_CHECK_KPTR_RESTRICT, kptr_1, KVET_YES, "1: this process has CAP_SYSLOG", NULL },
	{ KVET_CHECK_KPTR_RESTRICT, kptr_1_nobody, KVET_NO, "1: requires CAP_SYSLOG",
	  "CAP_SYSLOG" },
	{ KVET_CHECK_KPTR_RESTRICT, kptr_2, KVET_NO, "2: addresses are hidden from everyone",
	  "sysctl kernel.kptr_restrict=1" },
	{ KVET_CHECK_KPTR_RESTRICT, kptr_unread, KVET_UNDETERMINED, "EACCES", "run as root" },
	{ KVET_CHECK_MEMLOCK, NULL, KVET_YES, "unlimited", NULL },
	{ KVET_CHECK_MEMLOCK, limit, KVET_YES, "65536: this kernel does not charge", NULL },
	{ KVET_CHECK_MEMLOCK, limit_charged, KVET_NO, "this kernel charges", "ulimit -l" },
	{ KVET_CHECK_MEMLOCK, limit_unknown, KVET_UNDETERMINED, "without BTF", "ulimit -l" },
	{ KVET_CHECK_MODULE_BTF, NULL, KVET_YES, "no module is loaded", NULL },
	{ KVET_CHECK_MODULE_BTF, modules, KVET_YES, "all 7", NULL },
	{ KVET_CHECK_MODULE_BTF, modules_bare, KVET_NO,
	  "2 of 7 loaded modules have no BTF, as nvidia", "CONFIG_DEBUG_INFO_BTF_MODULES=y" },
	{ KVET_CHECK_MODULE_BTF, modules_none, KVET_YES, "has no modules", NULL },
	{ KVET_CHECK_MODULE_BTF, modules_unread, KVET_UNDETERMINED, "EACCES", NULL },
	{ KVET_CHECK_BPFFS, NULL, KVET_YES, "mounted on /sys/fs/bpf", NULL },
	{ KVET_CHECK_BPFFS, no_bpffs, KVET_NO, "no BPF file system", "mount -t bpf" },
	{ KVET_CHECK_BPFFS, mounts_unread, KVET_UNDETERMINED, "EACCES", NULL },
	{ KVET_CHECK_BPFFS, mounts_cut, KVET_UNDETERMINED, "not in the first 1 MiB", NULL },
	{ KVET_CHECK_BPFFS, mounts_found_early, KVET_YES, "mounted on /sys/fs/bpf", NULL },
	{ KVET_CHECK_JIT, NULL, KVET_YES, "bpf_jit_enable=1", NULL },
	{ KVET_CHECK_JIT, jit_off, KVET_NO, "programs are interpreted",
	  "sysctl net.core.bpf_jit_enable=1" },
	{ KVET_CHECK_JIT, jit_not_built, KVET_NO, "built without", "CONFIG_BPF_JIT=y" },
	{ KVET_CHECK_JIT, jit_always, KVET_YES, "always on", NULL },
	{ KVET_CHECK_JIT, jit_absent, KVET_UNDETERMINED, "network namespace", NULL },
	{ KVET_CHECK_JIT, jit_unread, KVET_UNDETERMINED, "EACCES", "run as root" },
	{ KVET_CHECK_JIT_HARDEN, NULL, KVET_YES, "bpf_jit_harden=0", NULL },
	{ KVET_CHECK_JIT_HARDEN, hardened_1, KVET_NO, "without CAP_BPF are blinded",
	  "bpf_jit_harden=0" },
	{ KVET_CHECK_JIT_HARDEN, hardened_2, KVET_NO, "all programs are blinded",
	  "bpf_jit_harden=0" },
	{ KVET_CHECK_JIT_HARDEN, hardened_unread, KVET_UNDETERMINED, "EPERM", "run as root" },
	{ KVET_CHECK_KPROBES, NULL, KVET_YES, "built in: kprobe PMU, tracefs kprobe_events", NULL },
	{ KVET_CHECK_KPROBES, no_kprobes, KVET_NO, "# CONFIG_KPROBES is not set",
	  "CONFIG_KPROBES=y" },
	{ KVET_CHECK_KPROBES, kprobes_unseen, KVET_UNDETERMINED, "kprobe", NULL },
	{ KVET_CHECK_KPROBES_ENABLED, NULL, KVET_YES, "is 1", NULL },
	{ KVET_CHECK_KPROBES_ENABLED, disarmed, KVET_NO, "all kprobes are disarmed",
	  "echo 1 >/sys/kernel/debug/kprobes/enabled" },
	{ KVET_CHECK_KPROBES_ENABLED, disarmed_container, KVET_NO, "all kprobes are disarmed",
	  "on the host: echo 1" },
	{ KVET_CHECK_KPROBES_ENABLED, no_kprobes, KVET_NO, "built without kprobes", NULL },
	{ KVET_CHECK_KPROBES_ENABLED, no_debugfs, KVET_UNDETERMINED, "debugfs is not mounted",
	  "mount -t debugfs" },
	{ KVET_CHECK_KPROBES_ENABLED, debugfs_closed, KVET_UNDETERMINED, "EACCES", "run as root" },
	{ KVET_CHECK_FTRACE_ENABLED, NULL, KVET_YES, "ftrace_enabled=1", NULL },
	{ KVET_CHECK_FTRACE_ENABLED, ftrace_off, KVET_NO, "disarmed",
	  "sysctl kernel.ftrace_enabled=1" },
	{ KVET_CHECK_FTRACE_ENABLED, ftrace_absent, KVET_UNDETERMINED, "ENOENT", NULL },
	{ KVET_CHECK_FTRACE_ENABLED, ftrace_not_built, KVET_NO, "built without ftrace",
	  "CONFIG_DYNAMIC_FTRACE=y" },
	{ KVET_CHECK_TRACEFS, NULL, KVET_YES, "/sys/kernel/tracing", NULL },
	{ KVET_CHECK_TRACEFS, tracefs_read_only, KVET_YES, "read only", NULL },
	{ KVET_CHECK_TRACEFS, no_tracefs, KVET_NO, "not mounted", "mount -t tracefs" },
	{ KVET_CHECK_TRACEFS, tracefs_closed, KVET_UNDETERMINED, "EACCES", "run as root" },
	{ KVET_CHECK_CLOCKSOURCE, NULL, KVET_YES, "tsc", NULL },
	{ KVET_CHECK_CLOCKSOURCE, slow_clock, KVET_NO, "hpet: slow to read",
	  "available_clocksource" },
	{ KVET_CHECK_CLOCKSOURCE, clock_unread, KVET_UNDETERMINED, "ENOENT", NULL },
	{ KVET_CHECK_CGROUP, NULL, KVET_YES, "v2 on /sys/fs/cgroup", NULL },
	{ KVET_CHECK_CGROUP, hybrid, KVET_YES, "beside v1", NULL },
	{ KVET_CHECK_CGROUP, only_v1, KVET_NO, "only v1", "unified_cgroup_hierarchy" },
	{ KVET_CHECK_CGROUP, no_cgroup, KVET_NO, "no cgroup", "mount -t cgroup2" },
	{ KVET_CHECK_CGROUP, mounts_unread, KVET_UNDETERMINED, "EACCES", NULL },
	{ KVET_CHECK_CGROUP, mounts_cut, KVET_UNDETERMINED, "not in the first 1 MiB", NULL },
	{ KVET_CHECK_CGROUP, mounts_found_early, KVET_YES, "v2 on /sys/fs/cgroup", NULL },
};

#define ROWS (sizeof(rows) / sizeof(*rows))

static bool judge(const struct doctor_facts *facts, enum kvet_check check,
		  struct kvet_finding *found)
{
	return kvet_doctor_setting_judge(facts, check, found) ||
	       kvet_doctor_facility_judge(facts, check, found);
}

START_TEST(a_setting_is_judged_for_this_process)
{
	const struct row *row = &rows[_i];
	struct doctor_facts facts = fit();
	struct kvet_finding found = { .verdict = KVET_VERDICT_COUNT };

	if (row->change)
		row->change(&facts);
	ck_assert(judge(&facts, row->check, &found));
	ck_assert_msg(found.verdict == row->verdict, "%s: %s: %s", kvet_check_name(row->check),
		      kvet_verdict_name(found.verdict), found.finding);
	ck_assert_msg(strstr(found.finding, row->finding), "'%s' is not in '%s'", row->finding,
		      found.finding);
	if (row->remedy)
		ck_assert_msg(strstr(found.remedy, row->remedy), "'%s' is not in '%s'", row->remedy,
			      found.remedy);
	if (found.verdict == KVET_YES)
		ck_assert_str_eq(found.remedy, "");
}
END_TEST

/* Each check that reads a setting has a yes in the table, and something else. */
START_TEST(the_table_is_whole)
{
	unsigned int seen[KVET_CHECK_COUNT] = { 0 };

	for (size_t i = 0; i < ROWS; i++)
		seen[rows[i].check] |= rows[i].verdict == KVET_YES ? 1 : 2;
	for (int i = 0; i < KVET_CHECK_COUNT; i++) {
		struct doctor_facts facts = fit();
		struct kvet_finding found;

		if (judge(&facts, (enum kvet_check)i, &found))
			ck_assert_msg(seen[i] == 3, "%s", kvet_check_name((enum kvet_check)i));
	}
}
END_TEST

START_TEST(each_check_has_a_name_and_a_reason)
{
	for (int i = 0; i < KVET_CHECK_COUNT; i++) {
		enum kvet_check check = (enum kvet_check)i;

		ck_assert_int_eq(kvet_check_by_name(kvet_check_name(check)), i);
		ck_assert_int_gt(strlen(kvet_check_why(check)), 20);
	}
	ck_assert_int_eq(kvet_check_by_name("kprobe"), -1);
	ck_assert_str_eq(kvet_check_nearest("kprobe_enabled"), "kprobes_enabled");
	ck_assert_ptr_null(kvet_check_nearest("something else"));
}
END_TEST

START_TEST(mounts_are_found_wherever_they_are)
{
	struct doctor_mounts mounts = { 0 };

	kvet_doctor_mounts_parse("22 27 0:21 / /proc rw,relatime - proc proc rw\n"
				 "30 25 0:27 / /mnt/pins rw shared:3 master:1 - bpf none rw\n"
				 "31 25 0:28 / /sys/fs/bpf rw - bpf none rw\n"
				 "no mount at all\n"
				 "33 25 0:28 / /bpf rw - ext4 /dev/bpf rw\n"
				 "41 31 0:38 / /run/unified rw - cgroup2 cgroup2 rw",
				 &mounts);
	ck_assert_str_eq(mounts.bpffs, "/mnt/pins");
	ck_assert_str_eq(mounts.cgroup2, "/run/unified");
	ck_assert(!mounts.cgroup1);
	kvet_doctor_mounts_parse("32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n",
				 &mounts);
	ck_assert(mounts.cgroup1);
}
END_TEST

/* "cgroup2" without its last letter would be another file system. */
START_TEST(the_last_line_of_a_list_that_is_cut_does_not_count)
{
	struct doctor_mounts mounts = { .errnum = E2BIG };

	kvet_doctor_mounts_parse("30 27 0:29 / /mnt/pins rw - bpf none rw\n"
				 "31 27 0:30 / /run/unified rw - cgroup",
				 &mounts);
	ck_assert_str_eq(mounts.bpffs, "/mnt/pins");
	ck_assert(!mounts.cgroup1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("doctor/setting");
	TCase *tests = tcase_create("setting");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, a_setting_is_judged_for_this_process, 0, (int)ROWS);
	tcase_add_test(tests, the_table_is_whole);
	tcase_add_test(tests, each_check_has_a_name_and_a_reason);
	tcase_add_test(tests, mounts_are_found_wherever_they_are);
	tcase_add_test(tests, the_last_line_of_a_list_that_is_cut_does_not_count);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
