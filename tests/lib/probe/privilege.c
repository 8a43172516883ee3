/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "probe/privilege.h"

static struct kvet_probe_limits limits_of(const struct kvet_privilege *privilege, int helper)
{
	struct kvet_probe_limits limits;

	memset(&limits, 0xa5, sizeof(limits));
	kvet_privilege_limits(privilege, helper, &limits);
	return limits;
}

START_TEST(write_user_takes_more_than_the_others)
{
	static const struct kvet_privilege privilege = { .missing = "",
							 .missing_write_user = "CAP_SYS_ADMIN",
							 .lockdown = "none" };

	ck_assert_str_eq(limits_of(&privilege, BPF_FUNC_probe_write_user).missing, "CAP_SYS_ADMIN");
	ck_assert_str_eq(limits_of(&privilege, BPF_FUNC_probe_read).missing, "");
	ck_assert_str_eq(limits_of(&privilege, 100000).missing, "");
}
END_TEST

START_TEST(a_lockdown_takes_away_what_reads_or_writes_memory)
{
	static const int readers[] = { BPF_FUNC_probe_read, BPF_FUNC_probe_read_str,
				       BPF_FUNC_probe_read_kernel, BPF_FUNC_probe_read_kernel_str };
	static const int others[] = { BPF_FUNC_probe_read_user, BPF_FUNC_ktime_get_ns,
				      BPF_FUNC_override_return, BPF_FUNC_copy_from_user };
	struct kvet_privilege privilege = { .lockdown = "confidentiality" };

	for (size_t i = 0; i < 4; i++) {
		privilege.lockdown = "confidentiality";
		ck_assert_str_eq(limits_of(&privilege, readers[i]).locked, "confidentiality");
		ck_assert_str_eq(limits_of(&privilege, others[i]).locked, "");
		privilege.lockdown = "integrity";
		ck_assert_str_eq(limits_of(&privilege, readers[i]).locked, "");
		privilege.lockdown = "unknown";
		ck_assert_str_eq(limits_of(&privilege, readers[i]).locked, "");
	}
	privilege.lockdown = "integrity";
	ck_assert_str_eq(limits_of(&privilege, BPF_FUNC_probe_write_user).locked, "integrity");
	privilege.lockdown = "none";
	ck_assert_str_eq(limits_of(&privilege, BPF_FUNC_probe_write_user).locked, "");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("probe privilege");
	TCase *tc = tcase_create("privilege");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, write_user_takes_more_than_the_others);
	tcase_add_test(tc, a_lockdown_takes_away_what_reads_or_writes_memory);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
