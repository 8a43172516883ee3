/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a BPF file system delegates, as the kernel writes it. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/delegation.h"

static char mount[64], options[256];

static bool parse(const char *line)
{
	return kvet_delegation_parse(line, mount, sizeof(mount), options, sizeof(options));
}

START_TEST(only_a_bpf_file_system_that_delegates_counts)
{
	ck_assert(parse("47 44 0:29 / /sys/fs/bpf rw,relatime - bpf none rw,delegate_cmds=any\n"));
	ck_assert_str_eq(mount, "/sys/fs/bpf");
	ck_assert_str_eq(options, "rw,delegate_cmds=any");
	/* Optional fields, of which there may be any number; a space in the path. */
	ck_assert(parse(
		"47 44 0:29 / /my\\040bpf rw shared:1 master:2 - bpf x rw,delegate_maps=0x3"));
	ck_assert_str_eq(mount, "/my bpf");
	ck_assert_str_eq(options, "rw,delegate_maps=0x3");
	ck_assert(!parse("47 44 0:29 / /sys/fs/bpf rw,relatime - bpf bpf rw,mode=700\n"));
	ck_assert(
		!parse("47 44 0:29 / /delegate_cmds rw - tmpfs delegate_ rw,delegate_cmds=any\n"));
	ck_assert(!parse("47 44 0:29 / /delegate_cmds=any rw - bpf bpf rw\n"));
	ck_assert(!parse(""));
	ck_assert(!parse(" - bpf "));
	ck_assert(!parse("47 44 0:29"));
}
END_TEST

START_TEST(a_name_a_mask_or_any)
{
	static const char text[] =
		"rw,delegate_cmds=prog_load:map_create,delegate_maps=any,delegate_progs=0x24";

	ck_assert(kvet_delegation_allows(text, "delegate_cmds", 5, "prog_load"));
	ck_assert(kvet_delegation_allows(text, "delegate_cmds", 0, "map_create"));
	ck_assert(!kvet_delegation_allows(text, "delegate_cmds", 18, "btf_load"));
	/* A part of a name is not the name. */
	ck_assert(!kvet_delegation_allows(text, "delegate_cmds", 6, "prog"));
	ck_assert(!kvet_delegation_allows(text, "delegate_cmds", 6, "prog_load_x"));
	ck_assert(kvet_delegation_allows(text, "delegate_maps", 22, "queue"));
	ck_assert(kvet_delegation_allows(text, "delegate_maps", 99, NULL));
	ck_assert(kvet_delegation_allows(text, "delegate_progs", 2, "kprobe"));
	ck_assert(kvet_delegation_allows(text, "delegate_progs", 5, NULL));
	ck_assert(!kvet_delegation_allows(text, "delegate_progs", 6, "xdp"));
	ck_assert(!kvet_delegation_allows(text, "delegate_progs", 70, NULL));
	/* What is not named delegates nothing. */
	ck_assert(!kvet_delegation_allows(text, "delegate_attachs", 0, "cgroup_inet_ingress"));
	ck_assert(!kvet_delegation_allows("", "delegate_cmds", 5, "prog_load"));
	ck_assert(!kvet_delegation_allows("delegate_cmdsx=any", "delegate_cmds", 5, "prog_load"));
	/* Names and a mask for what the kernel's BTF does not name. */
	ck_assert(kvet_delegation_allows("delegate_progs=xdp:0x4", "delegate_progs", 2, "kprobe"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("probe delegation");
	TCase *tc = tcase_create("delegation");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, only_a_bpf_file_system_that_delegates_counts);
	tcase_add_test(tc, a_name_a_mask_or_any);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
