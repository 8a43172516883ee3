/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>

#include "probe/option.h"
#include "probe/privilege.h"

static struct kvet_probe_limits limits_of(const char *lockdown, int helper)
{
	static const struct kvet_privilege privilege = { .missing = "",
							 .missing_write_user = "CAP_SYS_ADMIN" };
	static const struct kvet_host host;
	struct kvet_probe_limits limits;
	struct kvet_denials denials;

	kvet_denials_init(&denials, &host);
	denials.lockdown = lockdown;
	memset(&limits, 0xa5, sizeof(limits));
	kvet_privilege_limits(&privilege, &denials, helper, &limits);
	kvet_denials_deinit(&denials);
	return limits;
}

START_TEST(write_user_takes_more_than_the_others)
{
	ck_assert_str_eq(limits_of("none", BPF_FUNC_probe_write_user).missing, "CAP_SYS_ADMIN");
	ck_assert_str_eq(limits_of("none", BPF_FUNC_probe_read).missing, "");
	ck_assert_str_eq(limits_of("none", 100000).missing, "");
}
END_TEST

START_TEST(a_lockdown_takes_away_what_reads_or_writes_memory)
{
	static const int readers[] = { BPF_FUNC_probe_read, BPF_FUNC_probe_read_str,
				       BPF_FUNC_probe_read_kernel, BPF_FUNC_probe_read_kernel_str };
	static const int others[] = { BPF_FUNC_probe_read_user, BPF_FUNC_ktime_get_ns,
				      BPF_FUNC_override_return, BPF_FUNC_copy_from_user };

	for (size_t i = 0; i < 4; i++) {
		ck_assert_str_eq(limits_of("confidentiality", readers[i]).locked,
				 "confidentiality");
		ck_assert_str_eq(limits_of("confidentiality", others[i]).locked, "");
		ck_assert_str_eq(limits_of("integrity", readers[i]).locked, "");
		/* It may be. */
		ck_assert_str_eq(limits_of("unknown", readers[i]).locked, "unknown");
		ck_assert_str_eq(limits_of("unknown", others[i]).locked, "");
	}
	ck_assert_str_eq(limits_of("integrity", BPF_FUNC_probe_write_user).locked, "integrity");
	ck_assert_str_eq(limits_of("confidentiality", BPF_FUNC_probe_write_user).locked,
			 "confidentiality");
	ck_assert_str_eq(limits_of("none", BPF_FUNC_probe_write_user).locked, "");
}
END_TEST

/* The options that a helper for a type rests on, one after the other. */
static void rests_on(int helper, int type, const char *first, const char *second)
{
	const char *option = kvet_option_of(helper, type, 0);

	ck_assert(first ? option && !strcmp(option, first) : !option);
	option = kvet_option_of(helper, type, 1);
	ck_assert(second ? option && !strcmp(option, second) : !option);
	ck_assert_ptr_null(kvet_option_of(helper, type, 2));
}

START_TEST(what_a_type_and_a_helper_rest_on)
{
	rests_on(BPF_FUNC_override_return, BPF_PROG_TYPE_KPROBE, "CONFIG_BPF_EVENTS",
		 "CONFIG_BPF_KPROBE_OVERRIDE");
	rests_on(BPF_FUNC_ktime_get_ns, BPF_PROG_TYPE_KPROBE, "CONFIG_BPF_EVENTS", NULL);
	/* No option gives it to any other type. */
	rests_on(BPF_FUNC_override_return, BPF_PROG_TYPE_XDP, NULL, NULL);
	rests_on(BPF_FUNC_override_return, BPF_PROG_TYPE_TRACEPOINT, "CONFIG_BPF_EVENTS", NULL);
	rests_on(BPF_FUNC_ktime_get_ns, BPF_PROG_TYPE_LIRC_MODE2, "CONFIG_BPF_LIRC_MODE2", NULL);
	rests_on(BPF_FUNC_lwt_seg6_action, BPF_PROG_TYPE_LWT_SEG6LOCAL, "CONFIG_IPV6_SEG6_BPF",
		 NULL);
	rests_on(BPF_FUNC_lwt_seg6_action, BPF_PROG_TYPE_XDP, NULL, NULL);
}
END_TEST

static int type_of(const char *name)
{
	for (int type = 0; type < kvet_probe_type_names_end(); type++) {
		const char *known = kvet_probe_type_name(type);

		if (known && !strcmp(known, name))
			return type;
	}
	return -1;
}

/* is_perfmon_prog_type() and is_net_admin_prog_type() of the kernel's kernel/bpf/syscall.c, type by
 * type; every one takes CAP_BPF besides. */
START_TEST(each_type_takes_what_the_kernel_asks_for)
{
	static const struct {
		const char *type;
		bool perfmon, net_admin;
	} rows[] = {
		{ "socket_filter", false, false },
		{ "kprobe", true, false },
		{ "sched_cls", false, true },
		{ "sched_act", false, true },
		{ "tracepoint", true, false },
		{ "xdp", false, true },
		{ "perf_event", true, false },
		{ "cgroup_skb", false, false },
		{ "cgroup_sock", false, true },
		{ "lwt_in", false, true },
		{ "lwt_out", false, true },
		{ "lwt_xmit", false, true },
		{ "sock_ops", false, true },
		{ "sk_skb", false, true },
		{ "cgroup_device", false, true },
		{ "sk_msg", false, true },
		{ "raw_tracepoint", true, false },
		{ "cgroup_sock_addr", false, true },
		{ "lwt_seg6local", false, true },
		{ "lirc_mode2", false, true },
		{ "sk_reuseport", false, false },
		{ "flow_dissector", false, true },
		{ "cgroup_sysctl", false, true },
		{ "raw_tracepoint_writable", true, false },
		{ "cgroup_sockopt", false, true },
		{ "tracing", true, false },
		{ "struct_ops", true, false },
		{ "ext", true, true },
		{ "lsm", true, false },
		{ "sk_lookup", false, false },
		{ "syscall", false, false },
		{ "netfilter", false, true },
	};

	ck_assert_int_ge(sizeof(rows) / sizeof(*rows), 32);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int type = type_of(rows[i].type);
		bool bpf = false, perfmon = false, net_admin = false;

		ck_assert_msg(type >= 0, "%s", rows[i].type);
		for (const int *each = kvet_privilege_needed(type); *each >= 0; each++) {
			bpf = bpf || *each == CAP_BPF;
			perfmon = perfmon || *each == CAP_PERFMON;
			net_admin = net_admin || *each == CAP_NET_ADMIN;
		}
		ck_assert_msg(bpf && perfmon == rows[i].perfmon && net_admin == rows[i].net_admin,
			      "%s: %d, %d, %d", rows[i].type, bpf, perfmon, net_admin);
	}
}
END_TEST

START_TEST(write_user_alone_takes_admin)
{
	for (int helper = 1; helper < kvet_probe_names_end(); helper++) {
		bool admin = false;

		for (const int *each = kvet_privilege_of_helper(helper); *each >= 0; each++)
			admin = admin || *each == CAP_SYS_ADMIN;
		ck_assert_int_eq(admin, helper == BPF_FUNC_probe_write_user);
	}
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
	tcase_add_test(tc, each_type_takes_what_the_kernel_asks_for);
	tcase_add_test(tc, write_user_alone_takes_admin);
	tcase_add_test(tc, what_a_type_and_a_helper_rest_on);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
