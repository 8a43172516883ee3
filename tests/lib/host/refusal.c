/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What facts mean for a refusal, and what to type about it: tables. */
#include <check.h>
#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/refusal.h>

#define BIT(capability) (1ULL << (capability))
#define ALL             (~0ULL)
#define TRACING         (BIT(CAP_BPF) | BIT(CAP_PERFMON))

static const int tracing[] = { CAP_BPF, CAP_PERFMON, -1 };
static const int perfmon[] = { CAP_PERFMON, -1 };
static const int syslog_alone[] = { CAP_SYSLOG, -1 };

/* Root of a bare host, whom nothing stands in the way of. */
static struct kvet_refusal all_of(enum kvet_call call)
{
	return (struct kvet_refusal){
		.call = call,
		.effective = ALL,
		.permitted = ALL,
		.bounding = ALL,
		.root = true,
		.reach = { .state = KVET_REACH_KERNEL },
		.unprivileged_bpf_disabled = 2,
		.perf_event_paranoid = 2,
		.lockdown = "none",
		.memlock = UINT64_MAX,
	};
}

/* The default capabilities of an engine: none of those that kvet lives by. */
static struct kvet_refusal contained(enum kvet_call call, enum kvet_place_kind kind)
{
	struct kvet_refusal refusal = all_of(call);

	refusal.effective = refusal.permitted = refusal.bounding =
		ALL & ~TRACING & ~BIT(CAP_SYS_ADMIN) & ~BIT(CAP_SYSLOG);
	refusal.seccomp = 2;
	refusal.place.kind = kind;
	strcpy(refusal.place.sign, kind == KVET_PLACE_UNIT ? "kvet.service" : "/.dockerenv");
	return refusal;
}

static struct kvet_cause explained(struct kvet_refusal refusal, int errnum, const int *capabilities)
{
	struct kvet_cause cause = { .errnum = errnum };

	kvet_refusal_explain(&refusal, capabilities, &cause);
	return cause;
}

static void is(struct kvet_cause cause, const char *evidence, const char *remedy)
{
	ck_assert_str_eq(cause.evidence, evidence);
	ck_assert_str_eq(cause.remedy, remedy);
}

START_TEST(missing_capabilities_are_told_by_the_set_that_still_has_them)
{
	struct kvet_refusal refusal = all_of(KVET_CALL_BPF);

	refusal.effective &= ~TRACING & ~BIT(CAP_SYS_ADMIN);
	is(explained(refusal, EPERM, tracing),
	   "CAP_BPF, CAP_PERFMON missing: permitted, but not effective; "
	   "kernel.unprivileged_bpf_disabled=2",
	   "run as root, or with CAP_BPF and CAP_PERFMON");
	refusal.permitted = refusal.effective;
	refusal.root = false;
	is(explained(refusal, EPERM, tracing),
	   "CAP_BPF, CAP_PERFMON missing: not effective, though in the bounding set; "
	   "kernel.unprivileged_bpf_disabled=2",
	   "run as root, or with CAP_BPF and CAP_PERFMON");
	refusal.bounding = refusal.effective;
	is(explained(refusal, EPERM, tracing),
	   "CAP_BPF, CAP_PERFMON missing: neither effective nor in the bounding set; "
	   "kernel.unprivileged_bpf_disabled=2",
	   "run as root, or with CAP_BPF and CAP_PERFMON");
	refusal.effective |= BIT(CAP_BPF);
	is(explained(refusal, EPERM, tracing),
	   "CAP_PERFMON missing: neither effective nor in the bounding set; "
	   "kernel.unprivileged_bpf_disabled=2",
	   "run as root, or with CAP_PERFMON");
}
END_TEST

/* Linux before 5.8. */
START_TEST(a_kernel_without_cap_bpf_asks_for_cap_sys_admin)
{
	static const int network[] = { CAP_BPF, CAP_NET_ADMIN, -1 };
	struct kvet_refusal refusal = all_of(KVET_CALL_BPF);

	refusal.admin_only = true;
	refusal.effective = refusal.permitted = refusal.bounding = 0;
	refusal.unprivileged_bpf_disabled = 1;
	is(explained(refusal, EPERM, tracing),
	   "CAP_SYS_ADMIN missing: neither effective nor in the bounding set; "
	   "kernel.unprivileged_bpf_disabled=1",
	   "run as root, or with CAP_SYS_ADMIN");
	is(explained(refusal, EPERM, network),
	   "CAP_SYS_ADMIN, CAP_NET_ADMIN missing: neither effective nor in the bounding set; "
	   "kernel.unprivileged_bpf_disabled=1",
	   "run as root, or with CAP_SYS_ADMIN and CAP_NET_ADMIN");
	/* Held, it is enough. */
	refusal.effective = BIT(CAP_SYS_ADMIN);
	ck_assert_ptr_null(
		strstr(explained(refusal, EPERM, tracing).evidence, "CAP_SYS_ADMIN missing"));
}
END_TEST

START_TEST(the_remedy_is_what_is_typed_in_the_place)
{
	static const struct {
		enum kvet_place_kind kind;
		const char *where, *absent, *bounded;
	} rows[] = {
		{ KVET_PLACE_CONTAINER, "in a container (/.dockerenv)",
		  "run the container with --cap-add BPF --cap-add PERFMON (--cap-add SYS_ADMIN "
		  "where "
		  "the engine does not know them)",
		  "run the container with --user 0, or setcap on kvet in the image: CAP_BPF and "
		  "CAP_PERFMON" },
		{ KVET_PLACE_POD, "in a pod (/.dockerenv)",
		  "securityContext.capabilities.add: [BPF, PERFMON]",
		  "securityContext.runAsUser: 0, or setcap on kvet in the image" },
		{ KVET_PLACE_UNIT, "in the unit kvet.service",
		  "AmbientCapabilities=CAP_BPF CAP_PERFMON",
		  "AmbientCapabilities=CAP_BPF CAP_PERFMON, or User=root" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct kvet_refusal refusal = contained(KVET_CALL_BPF, rows[i].kind);
		struct kvet_cause cause = explained(refusal, EPERM, tracing);

		ck_assert_ptr_nonnull(strstr(cause.evidence, rows[i].where));
		ck_assert_str_eq(cause.remedy, rows[i].absent);
		refusal.bounding = ALL;
		refusal.root = false;
		cause = explained(refusal, EPERM, tracing);
		ck_assert_ptr_nonnull(
			strstr(cause.evidence, "not effective, though in the bounding set"));
		ck_assert_str_eq(cause.remedy, rows[i].bounded);
	}
}
END_TEST

START_TEST(admin_includes_what_bpf_asks_and_not_what_files_ask)
{
	struct kvet_refusal refusal = all_of(KVET_CALL_BPF);
	struct kvet_cause cause;

	refusal.effective = refusal.permitted = BIT(CAP_SYS_ADMIN);
	cause = explained(refusal, EPERM, tracing);
	ck_assert_ptr_null(strstr(cause.evidence, "missing:"));
	refusal.call = KVET_CALL_FILE;
	cause = explained(refusal, EPERM, syslog_alone);
	ck_assert_ptr_nonnull(strstr(cause.evidence, "CAP_SYSLOG missing"));
	ck_assert_ptr_nonnull(strstr(cause.remedy, "CAP_SYSLOG"));
}
END_TEST

START_TEST(a_paranoia_of_a_distribution_is_named_with_its_sysctl)
{
	static const struct {
		long paranoid;
		uint64_t effective;
		bool named;
	} rows[] = {
		{ 3, BIT(CAP_BPF) | BIT(CAP_PERFMON) | BIT(CAP_SYSLOG), true },
		{ 4, BIT(CAP_BPF) | BIT(CAP_PERFMON), true },
		{ 3, BIT(CAP_SYS_ADMIN), false },
		{ 2, BIT(CAP_PERFMON), false },
		{ KVET_UNREADABLE, BIT(CAP_PERFMON), false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct kvet_refusal refusal = all_of(KVET_CALL_PERF);
		struct kvet_cause cause;

		refusal.effective = rows[i].effective;
		refusal.perf_event_paranoid = rows[i].paranoid;
		cause = explained(refusal, EACCES, perfmon);
		ck_assert_msg(!strstr(cause.evidence, "perf_event_paranoid=") != rows[i].named,
			      "%zu: %s", i, cause.evidence);
		ck_assert_msg(!strstr(cause.remedy, "sysctl kernel.perf_event_paranoid=2") !=
				      rows[i].named,
			      "%zu: %s", i, cause.remedy);
		/* What is certain leaves nobody else to look for. */
		ck_assert_msg(!strstr(cause.remedy, "security module") == rows[i].named, "%zu: %s",
			      i, cause.remedy);
	}
}
END_TEST

START_TEST(a_filter_is_named_where_it_is_proven)
{
	struct kvet_refusal refusal = all_of(KVET_CALL_BPF);
	struct kvet_cause cause;

	refusal.seccomp = 2;
	refusal.reach = (struct kvet_reach){ KVET_REACH_FILTER, EPERM, "bpf(BPF_PROG_LOAD)" };
	is(explained(refusal, EPERM, tracing),
	   "a seccomp filter answers bpf(BPF_PROG_LOAD) with EPERM: the kernel is not asked",
	   "run kvet outside of the sandbox that set the seccomp filter");
	/* Engines let through who has the capabilities: those come first. */
	refusal = contained(KVET_CALL_BPF, KVET_PLACE_POD);
	refusal.reach = (struct kvet_reach){ KVET_REACH_FILTER, ENOSYS, "bpf(BPF_MAP_CREATE)" };
	cause = explained(refusal, ENOSYS, tracing);
	ck_assert_ptr_nonnull(strstr(cause.evidence, "answers bpf(BPF_MAP_CREATE) with ENOSYS"));
	ck_assert_str_eq(cause.remedy,
			 "securityContext.capabilities.add: [BPF, PERFMON]; and "
			 "securityContext.seccompProfile.type: Unconfined, or a profile that "
			 "allows the call");
	/* Where the kernel was asked, a filter is not to blame. */
	refusal = all_of(KVET_CALL_BPF);
	refusal.seccomp = 2;
	cause = explained(refusal, EPERM, tracing);
	ck_assert_ptr_nonnull(strstr(cause.evidence, "the call reaches the kernel"));
	ck_assert_ptr_null(strstr(cause.remedy, "seccomp"));
	refusal.reach.state = KVET_REACH_UNKNOWN;
	ck_assert_ptr_nonnull(strstr(explained(refusal, EPERM, tracing).remedy, "seccomp"));
}
END_TEST

START_TEST(a_filter_that_kills_is_a_cause_without_an_errno)
{
	struct kvet_refusal refusal = contained(KVET_CALL_BPF, KVET_PLACE_UNIT);

	refusal.reach = (struct kvet_reach){ KVET_REACH_DEATH, SIGSYS, "bpf(BPF_MAP_CREATE)" };
	is(explained(refusal, 0, tracing),
	   "a seccomp filter kills any process that calls bpf(BPF_MAP_CREATE): killed by signal "
	   "SYS; "
	   "in the unit kvet.service",
	   "SystemCallFilter=bpf perf_event_open");
}
END_TEST

START_TEST(the_memory_limit_comes_first_where_the_kernel_charges_it)
{
	struct kvet_refusal refusal = all_of(KVET_CALL_BPF);
	struct kvet_cause cause;

	refusal.memlock = 0;
	refusal.charge = KVET_CHARGE_MEMLOCK;
	cause = explained(refusal, EPERM, tracing);
	ck_assert_int_eq(strncmp(cause.evidence, "RLIMIT_MEMLOCK=0: this kernel charges",
				 strlen("RLIMIT_MEMLOCK=0: this kernel charges")),
			 0);
	ck_assert_str_eq(cause.remedy, "ulimit -l unlimited");
	refusal.place.kind = KVET_PLACE_CONTAINER;
	ck_assert_str_eq(explained(refusal, EPERM, tracing).remedy,
			 "run the container with --ulimit memlock=-1");
	refusal.place.kind = KVET_PLACE_UNIT;
	ck_assert_str_eq(explained(refusal, EPERM, tracing).remedy, "LimitMEMLOCK=infinity");
	/* Not known: it is one of two. */
	refusal = all_of(KVET_CALL_BPF);
	refusal.memlock = 65536;
	cause = explained(refusal, EPERM, tracing);
	ck_assert_ptr_nonnull(strstr(cause.evidence, "RLIMIT_MEMLOCK=65536, which"));
	ck_assert_ptr_nonnull(strstr(cause.remedy, "ulimit -l unlimited; and look for"));
	/* And no limit is to blame where there is no account, another type loads, or a capability
	 * is missing. */
	refusal.charge = KVET_CHARGE_NONE;
	ck_assert_ptr_null(strstr(explained(refusal, EPERM, tracing).evidence, "MEMLOCK"));
	refusal.charge = KVET_CHARGE_MEMLOCK;
	refusal.others = true;
	cause = explained(refusal, EPERM, tracing);
	ck_assert_ptr_null(strstr(cause.evidence, "MEMLOCK"));
	ck_assert_ptr_nonnull(strstr(cause.evidence, "and a socket_filter loads"));
	refusal.others = false;
	ck_assert_ptr_null(strstr(explained(refusal, EPERM, tracing).evidence, "socket_filter"));
	refusal.effective = 0;
	ck_assert_ptr_null(strstr(explained(refusal, EPERM, tracing).evidence, "MEMLOCK"));
}
END_TEST

START_TEST(a_confinement_is_named_and_its_option)
{
	struct kvet_refusal refusal = all_of(KVET_CALL_PERF);
	struct kvet_cause cause;

	strcpy(refusal.label, "docker-default (enforce)");
	refusal.lockdown = "integrity";
	refusal.place.kind = KVET_PLACE_CONTAINER;
	cause = explained(refusal, EACCES, perfmon);
	ck_assert_ptr_nonnull(strstr(cause.evidence, "confined as docker-default (enforce)"));
	ck_assert_ptr_nonnull(strstr(cause.evidence, "lockdown is integrity"));
	ck_assert_str_eq(
		cause.remedy,
		"run the container with --security-opt apparmor=unconfined, or label=disable "
		"with SELinux");
}
END_TEST

START_TEST(capabilities_of_a_user_namespace_are_all_missing)
{
	struct kvet_refusal refusal = all_of(KVET_CALL_BPF);
	struct kvet_cause cause;

	refusal.user_namespace = true;
	cause = explained(refusal, EPERM, tracing);
	ck_assert_ptr_nonnull(strstr(cause.evidence, "CAP_BPF, CAP_PERFMON missing: in a user "
						     "namespace"));
	ck_assert_str_eq(cause.remedy, "run as root outside of the user namespace");
	refusal.place.kind = KVET_PLACE_CONTAINER;
	ck_assert_ptr_nonnull(strstr(explained(refusal, EPERM, tracing).remedy, "--userns=host"));
}
END_TEST

START_TEST(a_call_that_is_not_built_in_is_the_kernels_own_no)
{
	struct kvet_refusal refusal = all_of(KVET_CALL_BPF);

	strcpy(refusal.config, "# CONFIG_BPF_SYSCALL is not set (/proc/config.gz)");
	is(explained(refusal, ENOSYS, tracing),
	   "this kernel is built without it: # CONFIG_BPF_SYSCALL is not set (/proc/config.gz)",
	   "boot a kernel with CONFIG_BPF_SYSCALL=y");
}
END_TEST

START_TEST(of_other_errnos_nothing_is_said)
{
	static const int others[] = { EINVAL, ENOMEM, ENOENT, E2BIG, EBUSY, 0 };
	struct kvet_refusal refusal = contained(KVET_CALL_BPF, KVET_PLACE_CONTAINER);

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		is(explained(refusal, others[i], tracing), "", "");
}
END_TEST

START_TEST(what_was_said_before_stays_and_an_old_remedy_goes)
{
	struct kvet_refusal refusal = all_of(KVET_CALL_BPF);
	struct kvet_cause cause = { .errnum = EPERM, .evidence = "Operation not permitted" };

	refusal.effective = 0;
	strcpy(cause.remedy, "of another");
	kvet_refusal_explain(&refusal, tracing, &cause);
	ck_assert_int_eq(strncmp(cause.evidence, "Operation not permitted; CAP_BPF", 32), 0);
	ck_assert_ptr_null(strstr(cause.remedy, "of another"));
	kvet_refusal_explain(&refusal, tracing, NULL);
}
END_TEST

/* --- what to type ----------------------------------------------------------------------------- */

START_TEST(every_need_has_a_remedy_in_every_place)
{
	for (int need = 0; need < KVET_NEED_COUNT; need++)
		for (int kind = 0; kind < KVET_PLACE_COUNT; kind++) {
			const struct kvet_place place = { .kind = (enum kvet_place_kind)kind };
			char buf[320] = "";

			kvet_remedy((enum kvet_need)need, &place, tracing, buf, sizeof(buf));
			ck_assert_msg(*buf && !strchr(buf, '%'), "%d, %d: '%s'", need, kind, buf);
		}
}
END_TEST

START_TEST(remedies_are_the_words_of_the_engines)
{
	static const struct {
		enum kvet_need need;
		enum kvet_place_kind kind;
		const char *words;
	} rows[] = {
		{ KVET_NEED_FILTER, KVET_PLACE_CONTAINER, "--security-opt seccomp=" },
		{ KVET_NEED_FILTER, KVET_PLACE_UNIT, "SystemCallFilter=" },
		{ KVET_NEED_UNMASKED, KVET_PLACE_CONTAINER, "systempaths=unconfined" },
		{ KVET_NEED_UNMASKED, KVET_PLACE_POD, "procMount: Unmasked" },
		{ KVET_NEED_BOOT, KVET_PLACE_CONTAINER, "-v /boot:/boot:ro" },
		{ KVET_NEED_MEMLOCK, KVET_PLACE_CONTAINER, "--ulimit memlock=" },
		{ KVET_NEED_FILES, KVET_PLACE_CONTAINER, "--ulimit nofile=" },
		{ KVET_NEED_FILES, KVET_PLACE_UNIT, "LimitNOFILE=" },
		{ KVET_NEED_KPTR, KVET_PLACE_HOST, "sysctl kernel.kptr_restrict=1" },
		{ KVET_NEED_DEBUGFS, KVET_PLACE_CONTAINER, "-v /sys/kernel/debug:" },
		{ KVET_NEED_TRACEFS_WRITE, KVET_PLACE_CONTAINER, ":rw" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct kvet_place place = { .kind = rows[i].kind };
		char buf[320];

		kvet_remedy(rows[i].need, &place, NULL, buf, sizeof(buf));
		ck_assert_msg(strstr(buf, rows[i].words) != NULL, "%s", buf);
	}
}
END_TEST

/* One capability, two, three: as each place has lists. */
START_TEST(capabilities_are_listed_as_each_place_has_it)
{
	static const int lists[][4] = { { CAP_SYSLOG, -1 },
					{ CAP_PERFMON, CAP_SYSLOG, -1 },
					{ CAP_BPF, CAP_SYSLOG, CAP_NET_ADMIN, -1 } };
	static const char old[] = " (--cap-add SYS_ADMIN where the engine does not know them)";
	static const char *const words[KVET_PLACE_COUNT][3] = {
		[KVET_PLACE_HOST] = { "run as root, or with CAP_SYSLOG",
				      "run as root, or with CAP_PERFMON and CAP_SYSLOG",
				      "run as root, or with CAP_BPF, CAP_SYSLOG and "
				      "CAP_NET_ADMIN" },
		[KVET_PLACE_CONTAINER] = { "run the container with --cap-add SYSLOG",
					   "run the container with --cap-add PERFMON --cap-add "
					   "SYSLOG",
					   "run the container with --cap-add BPF --cap-add SYSLOG "
					   "--cap-add NET_ADMIN" },
		[KVET_PLACE_POD] = { "securityContext.capabilities.add: [SYSLOG]",
				     "securityContext.capabilities.add: [PERFMON, SYSLOG]",
				     "securityContext.capabilities.add: [BPF, SYSLOG, NET_ADMIN]" },
		[KVET_PLACE_UNIT] = { "AmbientCapabilities=CAP_SYSLOG",
				      "AmbientCapabilities=CAP_PERFMON CAP_SYSLOG",
				      "AmbientCapabilities=CAP_BPF CAP_SYSLOG CAP_NET_ADMIN" },
	};

	for (int kind = 0; kind < KVET_PLACE_COUNT; kind++)
		for (size_t i = 0; i < 3; i++) {
			const struct kvet_place place = { .kind = (enum kvet_place_kind)kind };
			char buf[320], wanted[320];

			/* Engines of before Linux 5.8 know neither BPF nor PERFMON. */
			snprintf(wanted, sizeof(wanted), "%s%s", words[kind][i],
				 kind == KVET_PLACE_CONTAINER && i ? old : "");
			kvet_remedy(KVET_NEED_CAPABILITIES, &place, lists[i], buf, sizeof(buf));
			ck_assert_str_eq(buf, wanted);
		}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("host refusal");
	TCase *tc = tcase_create("explain"), *remedy = tcase_create("remedy");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, missing_capabilities_are_told_by_the_set_that_still_has_them);
	tcase_add_test(tc, a_kernel_without_cap_bpf_asks_for_cap_sys_admin);
	tcase_add_test(tc, the_remedy_is_what_is_typed_in_the_place);
	tcase_add_test(tc, admin_includes_what_bpf_asks_and_not_what_files_ask);
	tcase_add_test(tc, a_paranoia_of_a_distribution_is_named_with_its_sysctl);
	tcase_add_test(tc, a_filter_is_named_where_it_is_proven);
	tcase_add_test(tc, a_filter_that_kills_is_a_cause_without_an_errno);
	tcase_add_test(tc, the_memory_limit_comes_first_where_the_kernel_charges_it);
	tcase_add_test(tc, a_confinement_is_named_and_its_option);
	tcase_add_test(tc, capabilities_of_a_user_namespace_are_all_missing);
	tcase_add_test(tc, a_call_that_is_not_built_in_is_the_kernels_own_no);
	tcase_add_test(tc, of_other_errnos_nothing_is_said);
	tcase_add_test(tc, what_was_said_before_stays_and_an_old_remedy_goes);
	suite_add_tcase(suite, tc);
	tcase_add_test(remedy, every_need_has_a_remedy_in_every_place);
	tcase_add_test(remedy, capabilities_are_listed_as_each_place_has_it);
	tcase_add_test(remedy, remedies_are_the_words_of_the_engines);
	suite_add_tcase(suite, remedy);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
