/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What this process holds, against the kernel's own account of it; and why bpf(2) refuses. */
#include <check.h>
#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kvet/host.h>

#include "tests/lib/tree.h"

#define UNPRIVILEGED "/proc/sys/kernel/unprivileged_bpf_disabled"
#define STATUS       "/proc/self/status"

static const int tracing[] = { CAP_BPF, CAP_PERFMON, -1 };
static struct kvet_cause cause;
static cap_t before;

static void setup(void)
{
	tree_make();
	memset(&cause, 0, sizeof(cause));
	before = cap_get_proc();
}

static void teardown(void)
{
	cap_set_proc(before);
	cap_free(before);
	tree_drop();
}

/* Lets go of every effective capability; teardown() takes them up again. */
static void without_capabilities(void)
{
	cap_t caps = cap_get_proc();

	ck_assert_int_eq(cap_clear_flag(caps, CAP_EFFECTIVE), 0);
	ck_assert_int_eq(cap_set_proc(caps), 0);
	cap_free(caps);
}

/* Lets go of one. Returns whether it was held. */
static bool without(cap_value_t capability)
{
	bool held = kvet_host_capable(capability);
	cap_t caps = cap_get_proc();

	ck_assert_int_eq(cap_set_flag(caps, CAP_EFFECTIVE, 1, &capability, CAP_CLEAR), 0);
	ck_assert_int_eq(cap_set_proc(caps), 0);
	cap_free(caps);
	return held;
}

static unsigned long long effective(void)
{
	FILE *file = fopen(STATUS, "r");
	unsigned long long mask = 0;
	char line[256];
	int found = 0;

	ck_assert_ptr_nonnull(file);
	while (fgets(line, sizeof(line), file))
		found += sscanf(line, "CapEff: %llx", &mask) == 1;
	fclose(file);
	ck_assert_int_eq(found, 1);
	return mask;
}

static void holds_what_the_kernel_says(void)
{
	unsigned long long mask = effective();

	for (int capability = 0; capability <= CAP_LAST_CAP; capability++)
		ck_assert_msg(kvet_host_capable(capability) ==
				      ((mask >> capability & 1) && !kvet_host_in_user_namespace()),
			      "capability %d", capability);
}

static void says(const char *words)
{
	ck_assert_msg(strstr(cause.evidence, words) != NULL, "%s", cause.evidence);
}

static void says_not(const char *words)
{
	ck_assert_msg(strstr(cause.evidence, words) == NULL, "%s", cause.evidence);
}

START_TEST(every_capability_is_held_as_the_kernel_says)
{
	holds_what_the_kernel_says();
	without(CAP_SYSLOG);
	holds_what_the_kernel_says();
	without_capabilities();
	holds_what_the_kernel_says();
}
END_TEST

START_TEST(a_capability_that_is_only_permitted_is_not_held)
{
	without_capabilities();
	ck_assert(!kvet_host_capable(CAP_CHOWN));
	ck_assert(!kvet_host_capable(CAP_BPF));
}
END_TEST

START_TEST(numbers_that_are_no_capability_are_not_held)
{
	ck_assert(!kvet_host_capable(CAP_LAST_CAP + 1));
	ck_assert(!kvet_host_capable(63));
	ck_assert(!kvet_host_capable(64));
	ck_assert(!kvet_host_capable(INT_MAX));
}
END_TEST

START_TEST(missing_capabilities_are_named_in_the_order_asked)
{
	static const int three[] = { CAP_PERFMON, CAP_SYS_ADMIN, CAP_BPF, -1 };
	char buf[128];

	without_capabilities();
	ck_assert_str_eq(kvet_host_missing_capabilities(three, buf, sizeof(buf)),
			 "CAP_PERFMON, CAP_SYS_ADMIN, CAP_BPF");
}
END_TEST

START_TEST(names_that_do_not_fit_are_cut)
{
	char buf[64];

	without_capabilities();
	for (size_t size = 1; size < sizeof(buf); size++) {
		memset(buf, '!', sizeof(buf));
		kvet_host_missing_capabilities(tracing, buf, size);
		ck_assert_uint_lt(strnlen(buf, sizeof(buf)), size);
		ck_assert_int_eq(buf[size], '!');
		ck_assert_int_eq(strncmp(buf, "CAP_BPF, CAP_PERFMON", strlen(buf)), 0);
	}
}
END_TEST

START_TEST(cap_sys_admin_includes_what_bpf_asks)
{
	char buf[64];

	if (!kvet_host_capable(CAP_SYS_ADMIN))
		return; /* the next test has it */
	without(CAP_BPF);
	without(CAP_PERFMON);
	ck_assert_str_eq(kvet_host_missing_for_bpf(tracing, buf, sizeof(buf)), "");
	ck_assert_str_eq(kvet_host_missing_capabilities(tracing, buf, sizeof(buf)),
			 "CAP_BPF, CAP_PERFMON");
}
END_TEST

START_TEST(without_cap_sys_admin_each_counts)
{
	bool perfmon = kvet_host_capable(CAP_PERFMON);
	char buf[64];

	without(CAP_SYS_ADMIN);
	without(CAP_BPF);
	ck_assert_str_eq(kvet_host_missing_for_bpf(tracing, buf, sizeof(buf)),
			 perfmon ? "CAP_BPF" : "CAP_BPF, CAP_PERFMON");
}
END_TEST

/* Runs in a child, in a user namespace of its own: 0 as it should be, 1 not, 2 no namespace. */
static int in_a_user_namespace(void)
{
	char buf[64];

	if (unshare(CLONE_NEWUSER))
		return 2;
	/* It holds them all now, but only there. */
	if (!(effective() >> CAP_BPF & 1) || !kvet_host_in_user_namespace() ||
	    kvet_host_capable(CAP_BPF) || kvet_host_capable(CAP_SYS_ADMIN))
		return 1;
	if (strcmp(kvet_host_missing_for_bpf(tracing, buf, sizeof(buf)), "CAP_BPF, CAP_PERFMON"))
		return 1;
	kvet_host_explain_bpf_eperm(&tree_host, tracing, &cause);
	return !strstr(cause.evidence, "in a user namespace") ||
	       !strstr(cause.remedy, "outside of the user namespace");
}

START_TEST(capabilities_of_a_child_user_namespace_do_not_count)
{
	pid_t child = fork();
	int status;

	ck_assert_int_ge(child, 0);
	if (!child)
		_exit(in_a_user_namespace());
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	if (WEXITSTATUS(status) == 2)
		return; /* user namespaces are not for us here */
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

/* --- why bpf(2) says EPERM ----------------------------------------------------------------- */

START_TEST(a_refusal_names_the_missing_capabilities_and_the_sysctl)
{
	tree_write(UNPRIVILEGED, "2\n");
	tree_write(STATUS, "Name:\tx\nSeccomp:\t0\n");
	without_capabilities();
	kvet_host_explain_bpf_eperm(&tree_host, tracing, &cause);
	says("CAP_BPF, CAP_PERFMON missing");
	says("kernel.unprivileged_bpf_disabled=2");
	says_not("seccomp");
	says_not("lockdown");
	if (!kvet_host_in_user_namespace())
		ck_assert_str_eq(cause.remedy, "run as root, or with CAP_BPF and CAP_PERFMON");
}
END_TEST

START_TEST(a_sysctl_that_cannot_be_read_is_left_out)
{
	without_capabilities();
	kvet_host_explain_bpf_eperm(&tree_host, tracing, &cause);
	says("CAP_BPF, CAP_PERFMON missing");
	says_not("unprivileged_bpf_disabled");
}
END_TEST

START_TEST(a_seccomp_filter_is_named_beside_a_missing_capability)
{
	tree_write(STATUS, "Name:\tx\nSeccomp:\t2\n");
	without_capabilities();
	kvet_host_explain_bpf_eperm(&tree_host, tracing, &cause);
	says("CAP_BPF, CAP_PERFMON missing");
	says("seccomp mode 2");
}
END_TEST

START_TEST(what_was_said_before_stays)
{
	strcpy(cause.evidence, "Operation not permitted");
	strcpy(cause.source, "bpf(BPF_PROG_LOAD)");
	cause.errnum = EPERM;
	without_capabilities();
	kvet_host_explain_bpf_eperm(&tree_host, tracing, &cause);
	ck_assert_int_eq(strncmp(cause.evidence, "Operation not permitted; ", 25), 0);
	ck_assert_str_eq(cause.source, "bpf(BPF_PROG_LOAD)");
	ck_assert_int_eq(cause.errnum, EPERM);
}
END_TEST

START_TEST(with_every_capability_others_are_looked_at)
{
	static const int none[] = { -1 };

	tree_write("/sys/kernel/security/lockdown", "none integrity [confidentiality]\n");
	tree_write(STATUS, "Name:\tx\nSeccomp:\t0\n");
	tree_write(UNPRIVILEGED, "2\n");
	kvet_host_explain_bpf_eperm(&tree_host, none, &cause);
	says("no capability is missing");
	says("lockdown is confidentiality");
	says("seccomp mode 0");
	says_not("unprivileged_bpf_disabled");
	ck_assert_str_ne(cause.remedy, "");
}
END_TEST

START_TEST(the_memory_limit_counts_for_who_may_not_raise_it)
{
	static const int none[] = { -1 };
	struct rlimit limit, small = { 65536, 65536 };
	bool may_raise = kvet_host_capable(CAP_SYS_RESOURCE);

	ck_assert_int_eq(getrlimit(RLIMIT_MEMLOCK, &limit), 0);
	small.rlim_max = limit.rlim_max;
	if (limit.rlim_max < small.rlim_cur)
		small.rlim_cur = limit.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_MEMLOCK, &small), 0);
	if (may_raise) {
		kvet_host_explain_bpf_eperm(&tree_host, none, &cause);
		says_not("RLIMIT_MEMLOCK");
		without(CAP_SYS_RESOURCE);
	}
	memset(&cause, 0, sizeof(cause));
	kvet_host_explain_bpf_eperm(&tree_host, none, &cause);
	setrlimit(RLIMIT_MEMLOCK, &limit);
	says("RLIMIT_MEMLOCK=65536");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("host capability");
	TCase *tc = tcase_create("capability"), *refusal = tcase_create("refusal");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, every_capability_is_held_as_the_kernel_says);
	tcase_add_test(tc, a_capability_that_is_only_permitted_is_not_held);
	tcase_add_test(tc, numbers_that_are_no_capability_are_not_held);
	tcase_add_test(tc, missing_capabilities_are_named_in_the_order_asked);
	tcase_add_test(tc, names_that_do_not_fit_are_cut);
	tcase_add_test(tc, cap_sys_admin_includes_what_bpf_asks);
	tcase_add_test(tc, without_cap_sys_admin_each_counts);
	tcase_add_test(tc, capabilities_of_a_child_user_namespace_do_not_count);
	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(refusal, setup, teardown);
	tcase_add_test(refusal, a_refusal_names_the_missing_capabilities_and_the_sysctl);
	tcase_add_test(refusal, a_sysctl_that_cannot_be_read_is_left_out);
	tcase_add_test(refusal, a_seccomp_filter_is_named_beside_a_missing_capability);
	tcase_add_test(refusal, what_was_said_before_stays);
	tcase_add_test(refusal, with_every_capability_others_are_looked_at);
	tcase_add_test(refusal, the_memory_limit_counts_for_who_may_not_raise_it);
	suite_add_tcase(suite, refusal);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
