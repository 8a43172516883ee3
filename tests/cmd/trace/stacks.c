/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Stacks as text, on a table that no kernel has. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/trace/stacks.h"

/* vfs_read has two names; last_call ends where next begins; two modules have a function "poll". */
static const char symbols[] = "ffffffff81000000 T _text\n"
			      "ffffffff81000020 T vfs_read\n"
			      "ffffffff81000020 T alias_read\n"
			      "ffffffff81000100 t last_call\n"
			      "ffffffff81000200 t next\n"
			      "ffffffff81000300 t end\n"
			      "ffffffffc0000000 t poll\t[ext4]\n"
			      "ffffffffc0000100 t after\t[ext4]\n";

static char path[] = "/tmp/kvet-stacks.XXXXXX";
static struct kvet_ksyms *table;
static struct trace_stacks *stacks;

static void setup(void)
{
	const struct context context = { .host.sysroot = NULL };

	struct kvet_cause err;
	int fd;

	snprintf(path, sizeof(path), "/tmp/kvet-stacks.XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, symbols, sizeof(symbols) - 1), (ssize_t)sizeof(symbols) - 1);
	close(fd);
	ck_assert_msg(!kvet_ksyms_load(&table, &context.host, path, &err), "%s", err.evidence);
	stacks = trace_stacks_new(&context, table);
	ck_assert_ptr_nonnull(stacks);
}

static void teardown(void)
{
	trace_stacks_free(stacks);
	kvet_ksyms_free(table);
	unlink(path);
}

static const char *first_of(uint64_t address)
{
	return trace_stacks_kernel(stacks, &address, 1)->items[0];
}

static const char *caller_of(uint64_t address)
{
	const uint64_t frames[] = { 0xffffffff81000020, address };
	const struct trace_stack_words *words = trace_stacks_kernel(stacks, frames, 2);

	ck_assert_uint_eq(words->count, 2);
	return words->items[1];
}

START_TEST(every_name_of_a_frame_is_there)
{
	ck_assert_str_eq(first_of(0xffffffff81000025), "vfs_read+0x5|alias_read+0x5");
	ck_assert_str_eq(first_of(0xffffffffc0000010), "poll+0x10 [ext4]");
	ck_assert_str_eq(first_of(0x10), "0x10");
}
END_TEST

START_TEST(a_return_address_belongs_to_the_byte_before_it)
{
	ck_assert_str_eq(first_of(0xffffffff81000200), "next+0x0");
	ck_assert_str_eq(caller_of(0xffffffff81000200), "last_call+0x100");
	ck_assert_str_eq(caller_of(0xffffffff81000201), "next+0x1");
	ck_assert_str_eq(caller_of(0xffffffffc0000100), "poll+0x100 [ext4]");
}
END_TEST

static void require_folded(const char *comm, const char *wanted)
{
	char *line = trace_stacks_fold(stacks, comm);

	ck_assert_ptr_nonnull(line);
	ck_assert_str_eq(line, wanted);
	free(line);
}

START_TEST(a_folded_stack_is_outermost_first_without_offsets)
{
	const uint64_t frames[] = { 0xffffffff81000025, 0xffffffffc0000010, 0x10 };
	const struct kvet_user_frame user[] = {
		{ .in_file = true, .build_id = { 0xab, 0xcd, 0xef, 0x01 }, .at = 0x1234 },
		{ .at = 0x99 },
	};

	require_folded("", "");
	trace_stacks_kernel(stacks, frames, 3);
	require_folded("", "0x10;poll [ext4];vfs_read|alias_read");
	require_folded("a b;c\n", "a b_c_;0x10;poll [ext4];vfs_read|alias_read");
	trace_stacks_user(stacks, 0, "sh", user, 2);
	require_folded("sh", "sh;0x99;[abcdef01...]+0x1234;0x10;poll [ext4];vfs_read|alias_read");
	trace_stacks_kernel(stacks, frames, 0);
	require_folded("c++", "c++;0x99;[abcdef01...]+0x1234");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("trace stacks");
	TCase *tests = tcase_create("stacks");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, every_name_of_a_frame_is_there);
	tcase_add_test(tests, a_return_address_belongs_to_the_byte_before_it);
	tcase_add_test(tests, a_folded_stack_is_outermost_first_without_offsets);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
