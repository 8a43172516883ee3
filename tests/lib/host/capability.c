/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What this process holds, against the kernel's own account of it. */
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

#include <kvet/refusal.h>

#include "tests/lib/tree.h"

#define STATUS "/proc/self/status"

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

/* One of the sets, by its name in proc(5). */
static unsigned long long set_of(const char *name)
{
	FILE *file = fopen(STATUS, "r");
	unsigned long long mask = 0;
	char line[256], found_name[16];
	int found = 0;

	ck_assert_ptr_nonnull(file);
	while (fgets(line, sizeof(line), file)) {
		unsigned long long value;

		if (sscanf(line, "%15[^:]: %llx", found_name, &value) == 2 &&
		    !strcmp(found_name, name)) {
			mask = value;
			found++;
		}
	}
	fclose(file);
	ck_assert_int_eq(found, 1);
	return mask;
}

static void holds_what_the_kernel_says(void)
{
	unsigned long long mask = set_of("CapEff");

	for (int capability = 0; capability <= CAP_LAST_CAP; capability++)
		ck_assert_msg(kvet_host_capable(capability) ==
				      ((mask >> capability & 1) && !kvet_host_in_user_namespace()),
			      "capability %d", capability);
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
	if (!(set_of("CapEff") >> CAP_BPF & 1) || !kvet_host_in_user_namespace() ||
	    kvet_host_capable(CAP_BPF) || kvet_host_capable(CAP_SYS_ADMIN))
		return 1;
	if (strcmp(kvet_host_missing_for_bpf(tracing, buf, sizeof(buf)), "CAP_BPF, CAP_PERFMON"))
		return 1;
	cause.errnum = EPERM;
	kvet_refusal_add(&tree_host, KVET_CALL_BPF, tracing, &cause);
	return !strstr(cause.evidence, "in a user namespace") || !*cause.remedy;
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

/* --- what is gathered for a refusal ----------------------------------------------------------- */

START_TEST(all_three_sets_are_the_kernels)
{
	struct kvet_refusal refusal;

	without(CAP_SYSLOG);
	kvet_refusal_read(&refusal, &tree_host, KVET_CALL_FILE);
	ck_assert_uint_eq(refusal.effective, set_of("CapEff"));
	ck_assert_uint_eq(refusal.permitted, set_of("CapPrm"));
	ck_assert_uint_eq(refusal.bounding, set_of("CapBnd"));
	ck_assert(refusal.root == !geteuid());
}
END_TEST

START_TEST(what_the_host_says_is_below_the_sysroot)
{
	struct kvet_refusal refusal;

	kvet_refusal_read(&refusal, &tree_host, KVET_CALL_BPF);
	ck_assert_int_eq(refusal.unprivileged_bpf_disabled, KVET_UNREADABLE);
	ck_assert_int_eq(refusal.perf_event_paranoid, KVET_UNREADABLE);
	ck_assert_str_eq(refusal.lockdown, "unknown");
	tree_write("/proc/sys/kernel/unprivileged_bpf_disabled", "1\n");
	tree_write("/proc/sys/kernel/perf_event_paranoid", "4\n");
	tree_write("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	/* The process's own is not. */
	tree_write("/proc/self/status", "Name:\tx\nSeccomp:\t7\n");
	kvet_refusal_read(&refusal, &tree_host, KVET_CALL_BPF);
	ck_assert_int_eq(refusal.unprivileged_bpf_disabled, 1);
	ck_assert_int_eq(refusal.perf_event_paranoid, 4);
	ck_assert_str_eq(refusal.lockdown, "integrity");
	ck_assert_int_ne(refusal.seccomp, 7);
}
END_TEST

START_TEST(the_memory_limit_counts_for_who_may_not_raise_it)
{
	struct rlimit limit, small = { 65536, 65536 };
	bool may_raise = kvet_host_capable(CAP_SYS_RESOURCE);
	struct kvet_refusal refusal;

	ck_assert_int_eq(getrlimit(RLIMIT_MEMLOCK, &limit), 0);
	small.rlim_max = limit.rlim_max;
	if (limit.rlim_max < small.rlim_cur)
		small.rlim_cur = limit.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_MEMLOCK, &small), 0);
	if (may_raise) {
		kvet_refusal_read(&refusal, &tree_host, KVET_CALL_BPF);
		ck_assert_uint_eq(refusal.memlock, UINT64_MAX);
		without(CAP_SYS_RESOURCE);
	}
	kvet_refusal_read(&refusal, &tree_host, KVET_CALL_BPF);
	setrlimit(RLIMIT_MEMLOCK, &limit);
	ck_assert_uint_eq(refusal.memlock, small.rlim_cur);
	ck_assert_int_eq(refusal.charge, KVET_CHARGE_UNKNOWN);
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
	tcase_add_test(refusal, all_three_sets_are_the_kernels);
	tcase_add_test(refusal, what_the_host_says_is_below_the_sysroot);
	tcase_add_test(refusal, the_memory_limit_counts_for_who_may_not_raise_it);
	suite_add_tcase(suite, refusal);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
