/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the name of a section says. */
#include <check.h>
#include <linux/bpf.h>
#include <stdlib.h>

#include "object/section.h"

static struct kvet_section section;

static void parse(const char *name)
{
	kvet_section_parse(name, &section);
}

START_TEST(a_name_and_its_target)
{
	parse("kprobe/vfs_read");
	ck_assert(section.known && section.kind == KVET_TARGET_KPROBE && !section.returns);
	ck_assert_uint_eq(section.type, BPF_PROG_TYPE_KPROBE);
	ck_assert_str_eq(section.target, "vfs_read");
	parse("kretprobe/vfs_read");
	ck_assert(section.returns);
	parse("tracepoint/sched/sched_switch");
	ck_assert_str_eq(section.target, "sched/sched_switch");
	parse("uprobe//bin/sh:main");
	ck_assert_str_eq(section.target, "/bin/sh:main");
}
END_TEST

START_TEST(without_a_target_the_loader_sets_it)
{
	parse("fentry");
	ck_assert(section.known && section.btf_prefix && !section.target);
	parse("fentry/");
	ck_assert(section.known && !section.target);
}
END_TEST

START_TEST(what_only_begins_like_one_is_unknown)
{
	parse("kprobes/vfs_read");
	ck_assert(!section.known);
	parse("kprob");
	ck_assert(!section.known);
	parse("");
	ck_assert(!section.known);
	parse(".text");
	ck_assert(!section.known);
}
END_TEST

START_TEST(an_old_name_is_a_guess)
{
	parse("xdp_drop");
	ck_assert(section.known && section.guessed);
	ck_assert_uint_eq(section.type, BPF_PROG_TYPE_XDP);
	parse("sk_skb1");
	ck_assert_uint_eq(section.type, BPF_PROG_TYPE_SK_SKB);
	parse("xdp");
	ck_assert(!section.guessed);
	parse("socket/1");
	ck_assert(section.known && !section.guessed);
	parse("tc_egress");
	ck_assert_uint_eq(section.type, BPF_PROG_TYPE_SCHED_CLS);
	parse("tcx");
	ck_assert(!section.known);
}
END_TEST

START_TEST(a_word_for_a_target)
{
	ck_assert(kvet_section_is_placeholder("dummy_file_read"));
	ck_assert(kvet_section_is_placeholder("func"));
	ck_assert(!kvet_section_is_placeholder("func_id"));
	ck_assert(!kvet_section_is_placeholder("vfs_read"));
}
END_TEST

START_TEST(the_longer_name_counts)
{
	parse("xdp/devmap");
	ck_assert_uint_eq(section.attach, BPF_XDP_DEVMAP);
	parse("xdp");
	ck_assert_uint_eq(section.attach, BPF_XDP);
	parse("xdp/my_name");
	ck_assert_uint_eq(section.attach, BPF_XDP);
	ck_assert_ptr_null(section.target);
	parse("cgroup/sock_create");
	ck_assert_uint_eq(section.attach, BPF_CGROUP_INET_SOCK_CREATE);
	parse("sk_skb/stream_verdict");
	ck_assert_uint_eq(section.attach, BPF_SK_SKB_STREAM_VERDICT);
}
END_TEST

START_TEST(flags_of_the_name)
{
	parse("fentry.s/vfs_read");
	ck_assert_uint_eq(section.flags, BPF_F_SLEEPABLE);
	parse("fentry/vfs_read");
	ck_assert_uint_eq(section.flags, 0);
	parse("syscall");
	ck_assert_uint_eq(section.flags, BPF_F_SLEEPABLE);
	parse("xdp.frags");
	ck_assert_uint_eq(section.flags, 1U << 5);
}
END_TEST

START_TEST(names_in_the_kernels_btf)
{
	parse("lsm/file_open");
	ck_assert_str_eq(section.btf_prefix, "bpf_lsm_");
	ck_assert(!section.btf_typedef);
	parse("tp_btf/sched_switch");
	ck_assert_str_eq(section.btf_prefix, "btf_trace_");
	ck_assert(section.btf_typedef);
	parse("iter/task");
	ck_assert_str_eq(section.btf_prefix, "bpf_iter_");
	parse("raw_tp/sched_switch");
	ck_assert_ptr_null(section.btf_prefix);
}
END_TEST

START_TEST(the_oldest_attach_type_of_a_type)
{
	ck_assert_uint_eq(kvet_section_oldest_attach(BPF_PROG_TYPE_CGROUP_SOCK_ADDR),
			  BPF_CGROUP_INET4_BIND);
	ck_assert_uint_eq(kvet_section_oldest_attach(BPF_PROG_TYPE_XDP), BPF_XDP_DEVMAP);
	ck_assert_uint_eq(kvet_section_oldest_attach(BPF_PROG_TYPE_KPROBE), 0);
	ck_assert_uint_eq(kvet_section_oldest_attach(BPF_PROG_TYPE_LSM), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("object/section");
	TCase *all = tcase_create("section");
	SRunner *runner;
	int failed;

	tcase_add_test(all, a_name_and_its_target);
	tcase_add_test(all, without_a_target_the_loader_sets_it);
	tcase_add_test(all, what_only_begins_like_one_is_unknown);
	tcase_add_test(all, an_old_name_is_a_guess);
	tcase_add_test(all, a_word_for_a_target);
	tcase_add_test(all, the_longer_name_counts);
	tcase_add_test(all, flags_of_the_name);
	tcase_add_test(all, names_in_the_kernels_btf);
	tcase_add_test(all, the_oldest_attach_type_of_a_type);
	suite_add_tcase(suite, all);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
