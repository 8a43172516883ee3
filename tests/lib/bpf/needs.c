/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which capabilities a call of bpf(2) requires, and what a refusal says of them. */
#include <check.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/late.h"
#include "bpf/needs.h"
#include "bpf/own_load.h"

static void is(const int *needed, bool perfmon, bool net_admin)
{
	bool has[3] = { false };

	for (; *needed >= 0; needed++) {
		has[0] = has[0] || *needed == CAP_BPF;
		has[1] = has[1] || *needed == CAP_PERFMON;
		has[2] = has[2] || *needed == CAP_NET_ADMIN;
	}
	ck_assert(has[0]);
	ck_assert(has[1] == perfmon);
	ck_assert(has[2] == net_admin);
}

START_TEST(each_type_requires_its_own)
{
	is(kvet_bpf_program_needs(BPF_PROG_TYPE_SOCKET_FILTER), false, false);
	is(kvet_bpf_program_needs(BPF_PROG_TYPE_SYSCALL), false, false);
	is(kvet_bpf_program_needs(BPF_PROG_TYPE_KPROBE), true, false);
	is(kvet_bpf_program_needs(BPF_PROG_TYPE_LSM), true, false);
	is(kvet_bpf_program_needs(BPF_PROG_TYPE_XDP), false, true);
	is(kvet_bpf_program_needs(BPF_PROG_TYPE_CGROUP_SOCK_ADDR), false, true);
	is(kvet_bpf_program_needs(BPF_PROG_TYPE_EXT), true, true);
	is(kvet_bpf_map_needs(BPF_MAP_TYPE_HASH), false, false);
	is(kvet_bpf_map_needs(BPF_MAP_TYPE_SOCKMAP), false, true);
	is(kvet_bpf_map_needs(BPF_MAP_TYPE_XSKMAP), false, true);
	is(kvet_bpf_call_needs(), false, false);
}
END_TEST

/* Not more than the call requires, however few this process holds. */
START_TEST(a_refusal_names_what_the_call_requires)
{
	static const int nothing[] = { -1 };
	struct kvet_cause cause;

	ck_assert_int_eq(kvet_bpf_fail(NULL, EPERM, "bpf(BPF_PROG_LOAD)", nothing, NULL, &cause),
			 -EPERM);
	ck_assert_ptr_null(strstr(cause.evidence, "CAP_BPF"));
	ck_assert_ptr_null(strstr(cause.remedy, "CAP_PERFMON"));
	ck_assert_str_eq(cause.source, "bpf(BPF_PROG_LOAD)");
	/* A verifier message says why itself. */
	kvet_bpf_fail(NULL, EACCES, "bpf(BPF_PROG_LOAD)", kvet_bpf_program_needs(BPF_PROG_TYPE_XDP),
		      "unknown func bpf_x#9\n", &cause);
	ck_assert_ptr_nonnull(strstr(cause.evidence, "unknown func"));
	ck_assert_str_eq(cause.remedy, "");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bpf/needs");
	TCase *tests = tcase_create("needs");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tests, each_type_requires_its_own);
	tcase_add_test(tests, a_refusal_names_what_the_call_requires);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
