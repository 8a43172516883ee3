/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The variants of program types, row by row, against what libbpf makes of the same words: it knows
 * the sections of object files ("cgroup/connect4"), and their types and attach types. */
#include <bpf/libbpf.h>
#include <check.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/probe.h>

#include "probe/variant.h"

/* The section of a variant, as far as libbpf has one of the same name. */
static const struct {
	const char *type, *variant, *section;
} sections[] = {
	{ "tracing", "fentry", "fentry/x" },
	{ "tracing", "fexit", "fexit/x" },
	{ "tracing", "fmod_ret", "fmod_ret/x" },
	{ "tracing", "raw_tp", "tp_btf/x" },
	{ "tracing", "iter", "iter/x" },
	{ "tracing", "iter_tcp", "iter/x" },
	{ "lsm", "mac", "lsm/x" },
	{ "lsm", "cgroup", "lsm_cgroup/x" },
	{ "cgroup_skb", "ingress", "cgroup_skb/ingress" },
	{ "cgroup_skb", "egress", "cgroup_skb/egress" },
	{ "cgroup_sock", "sock_create", "cgroup/sock_create" },
	{ "cgroup_sock", "sock_release", "cgroup/sock_release" },
	{ "cgroup_sock", "post_bind4", "cgroup/post_bind4" },
	{ "cgroup_sock", "post_bind6", "cgroup/post_bind6" },
	{ "cgroup_sock_addr", "connect4", "cgroup/connect4" },
	{ "cgroup_sock_addr", "connect6", "cgroup/connect6" },
	{ "cgroup_sock_addr", "bind4", "cgroup/bind4" },
	{ "cgroup_sock_addr", "bind6", "cgroup/bind6" },
	{ "cgroup_sock_addr", "sendmsg4", "cgroup/sendmsg4" },
	{ "cgroup_sock_addr", "sendmsg6", "cgroup/sendmsg6" },
	{ "cgroup_sock_addr", "recvmsg4", "cgroup/recvmsg4" },
	{ "cgroup_sock_addr", "recvmsg6", "cgroup/recvmsg6" },
	{ "cgroup_sock_addr", "getpeername4", "cgroup/getpeername4" },
	{ "cgroup_sock_addr", "getpeername6", "cgroup/getpeername6" },
	{ "cgroup_sock_addr", "getsockname4", "cgroup/getsockname4" },
	{ "cgroup_sock_addr", "getsockname6", "cgroup/getsockname6" },
	{ "cgroup_sockopt", "getsockopt", "cgroup/getsockopt" },
	{ "cgroup_sockopt", "setsockopt", "cgroup/setsockopt" },
	{ "sk_reuseport", "select", "sk_reuseport" },
	{ "sk_reuseport", "select_or_migrate", "sk_reuseport/migrate" },
	{ "sk_lookup", NULL, "sk_lookup" },
};

/* Those that are newer than the libbpf that kvet is built with: numbers of the kernel's <bpf.h>. */
static const struct {
	const char *type, *variant;
	int attach;
} numbers[] = {
	{ "tracing", "fsession", 58 },
	{ "cgroup_sock_addr", "connect_unix", 49 },
	{ "cgroup_sock_addr", "sendmsg_unix", 50 },
	{ "cgroup_sock_addr", "recvmsg_unix", 51 },
	{ "cgroup_sock_addr", "getpeername_unix", 52 },
	{ "cgroup_sock_addr", "getsockname_unix", 53 },
	{ "netfilter", NULL, 45 },
};

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

static const struct kvet_variant *find(const char *type, const char *name)
{
	size_t count;
	const struct kvet_variant *variants = kvet_variants(kvet_probe_type_by_name(type), &count);

	for (size_t i = 0; i < count; i++)
		if (name && variants[i].name ? !strcmp(name, variants[i].name)
					     : name == variants[i].name)
			return &variants[i];
	ck_abort_msg("%s has no variant %s", type, name ? name : "of its own");
	return NULL;
}

START_TEST(each_attach_type_is_that_of_libbpfs_section)
{
	enum bpf_attach_type attach;
	enum bpf_prog_type type;

	libbpf_set_print(NULL);
	ck_assert_int_eq(libbpf_prog_type_by_name(sections[_i].section, &type, &attach), 0);
	ck_assert_int_eq(kvet_probe_type_by_name(sections[_i].type), (int)type);
	ck_assert_msg(find(sections[_i].type, sections[_i].variant)->attach == (int)attach, "%s",
		      sections[_i].section);
}
END_TEST

START_TEST(those_that_libbpf_does_not_know_have_the_kernels_numbers)
{
	ck_assert_int_eq(find(numbers[_i].type, numbers[_i].variant)->attach, numbers[_i].attach);
}
END_TEST

static bool is_listed(const char *type, const char *name)
{
	for (size_t i = 0; i < LENGTH(sections); i++)
		if (!strcmp(sections[i].type, type) &&
		    (name && sections[i].variant ? !strcmp(sections[i].variant, name)
						 : name == sections[i].variant))
			return true;
	for (size_t i = 0; i < LENGTH(numbers); i++)
		if (!strcmp(numbers[i].type, type) &&
		    (name && numbers[i].variant ? !strcmp(numbers[i].variant, name)
						: name == numbers[i].variant))
			return true;
	return false;
}

/* A new row is one of the lists above too. */
START_TEST(no_attach_type_is_left_out_of_this_test)
{
	for (int type = 1; type < kvet_probe_type_names_end(); type++) {
		const char *name = kvet_probe_type_name(type);
		size_t count;
		const struct kvet_variant *variants = kvet_variants(type, &count);

		ck_assert_uint_ge(count, 1);
		for (size_t i = 0; name && i < count; i++)
			if (variants[i].attach)
				ck_assert_msg(is_listed(name, variants[i].name), "%s/%s", name,
					      variants[i].name ? variants[i].name : "");
	}
}
END_TEST

START_TEST(a_program_that_replaces_another_is_named_by_what_it_replaces)
{
	size_t count;
	const struct kvet_variant *variants = kvet_variants(BPF_PROG_TYPE_EXT, &count);

	ck_assert_uint_ge(count, 18);
	for (size_t i = 0; i < count; i++) {
		ck_assert_int_eq(variants[i].replaced, kvet_probe_type_by_name(variants[i].name));
		ck_assert_int_eq(variants[i].target, KVET_TARGET_PROGRAM);
		ck_assert_int_eq(variants[i].attach, 0);
	}
}
END_TEST

/* What a load names besides its type is what the verifier looks for. */
START_TEST(each_variant_has_the_target_that_its_load_names)
{
	static const struct {
		const char *type, *variant;
		enum kvet_target target;
		const char *first; /* of its candidates */
	} targets[] = {
		{ "tracing", "fentry", KVET_TARGET_FUNCTION, "security_file_open" },
		{ "tracing", "fexit", KVET_TARGET_FUNCTION, "security_file_open" },
		{ "tracing", "fsession", KVET_TARGET_FUNCTION, "security_file_open" },
		{ "tracing", "fmod_ret", KVET_TARGET_FUNCTION, "security_file_open" },
		{ "tracing", "raw_tp", KVET_TARGET_TRACEPOINT, "btf_trace_sched_switch" },
		{ "tracing", "iter", KVET_TARGET_FUNCTION, "bpf_iter_task" },
		{ "tracing", "iter_tcp", KVET_TARGET_FUNCTION, "bpf_iter_tcp" },
		{ "lsm", "mac", KVET_TARGET_FUNCTION, "bpf_lsm_file_open" },
		{ "lsm", "cgroup", KVET_TARGET_FUNCTION, "bpf_lsm_socket_post_create" },
		{ "struct_ops", NULL, KVET_TARGET_MEMBER, NULL },
		{ "cgroup_skb", "egress", KVET_TARGET_NONE, NULL },
		{ "sk_lookup", NULL, KVET_TARGET_NONE, NULL },
		{ "kprobe", NULL, KVET_TARGET_NONE, NULL },
	};

	for (size_t i = 0; i < LENGTH(targets); i++) {
		const struct kvet_variant *variant = find(targets[i].type, targets[i].variant);

		ck_assert_int_eq(variant->target, targets[i].target);
		if (targets[i].first)
			ck_assert_str_eq(variant->candidates[0], targets[i].first);
		else
			ck_assert_ptr_null(variant->candidates);
	}
}
END_TEST

START_TEST(a_type_that_nobody_knows_has_one_variant)
{
	size_t count;
	const struct kvet_variant *variants = kvet_variants(100000, &count);

	ck_assert_uint_eq(count, 1);
	ck_assert_ptr_null(variants[0].name);
	ck_assert_int_eq(variants[0].attach, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("probe variant");
	TCase *tc = tcase_create("variant");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, each_attach_type_is_that_of_libbpfs_section, 0, LENGTH(sections));
	tcase_add_loop_test(tc, those_that_libbpf_does_not_know_have_the_kernels_numbers, 0,
			    LENGTH(numbers));
	tcase_add_test(tc, no_attach_type_is_left_out_of_this_test);
	tcase_add_test(tc, a_program_that_replaces_another_is_named_by_what_it_replaces);
	tcase_add_test(tc, each_variant_has_the_target_that_its_load_names);
	tcase_add_test(tc, a_type_that_nobody_knows_has_one_variant);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
