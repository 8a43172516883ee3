/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whose events in tracefs are whose: by their names. Who lives is tested in tests/vm. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "kprobe/tracefs_attach.h"

START_TEST(a_group_names_its_process)
{
	uint64_t lock;
	uint32_t pid;

	ck_assert(kvet_kprobe_group_parse("kvet_4194304_4611686018427387903", &pid, &lock));
	ck_assert_uint_eq(pid, 4194304);
	ck_assert_uint_eq(lock, UINT64_MAX >> 2);
}
END_TEST

START_TEST(a_group_of_others_is_none_of_ours)
{
	static const char *const names[] = { "kprobes",  "kvet",      "kvet_",      "kvet_1",
					     "kvet_1_",  "kvet_1_2_", "kvet_1_2x",  "kvet_a_2",
					     "kvet_1_b", "akvet_1_2", "kvet_1_2_3", "" };
	uint64_t lock;
	uint32_t pid;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		ck_assert_msg(!kvet_kprobe_group_parse(names[i], &pid, &lock), "%s", names[i]);
}
END_TEST

START_TEST(a_line_of_kprobe_events_has_its_name)
{
	char name[64];
	size_t len;

	ck_assert(kvet_kprobe_event_parse("p:kvet_7_8/site_0 0xffffffff81000000\n", name,
					  sizeof(name), &len));
	ck_assert_str_eq(name, "kvet_7_8/site_0");
	ck_assert_uint_eq(len, strlen("kvet_7_8"));
	ck_assert(kvet_kprobe_event_parse("r16:kvet_7_8/site_1 vfs_read+0", name, sizeof(name),
					  &len));
	ck_assert_str_eq(name, "kvet_7_8/site_1");
}
END_TEST

START_TEST(a_line_that_is_not_ours_is_left_alone)
{
	static const char *const lines[] = {
		"p:kprobes/site_0 vfs_read\n",
		"p:kvet_7_8 vfs_read\n",
		"kvet_7_8/site_0\n",
		"p:kvet_7_8_9/site_0 vfs_read\n",
		"\n",
		"",
		"p:kvet_7_8/a_name_that_is_longer_than_what_there_is_room_for_in_the_buffer x\n",
	};
	char name[64];
	size_t len;

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		ck_assert_msg(!kvet_kprobe_event_parse(lines[i], name, sizeof(name), &len), "%s",
			      lines[i]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kprobe tracefs");
	TCase *tc = tcase_create("names");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, a_group_names_its_process);
	tcase_add_test(tc, a_group_of_others_is_none_of_ours);
	tcase_add_test(tc, a_line_of_kprobe_events_has_its_name);
	tcase_add_test(tc, a_line_that_is_not_ours_is_left_alone);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
