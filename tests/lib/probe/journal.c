/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "probe/errno_journal.h"

static void fails(struct kvet_probe_journal *journal, size_t question, int errnum, long number,
		  unsigned long argument, const char *path)
{
	struct kvet_errno_entry entry = {
		.question = question, .errnum = errnum, .number = number, .argument = argument
	};

	snprintf(entry.path, sizeof(entry.path), "%s", path);
	ck_assert_int_eq(kvet_errno_journal_add(journal, &entry), 0);
}

static struct kvet_probe_libbpf left(int errnum)
{
	return (struct kvet_probe_libbpf){ .answered = true, .ret = 1, .errnum = errnum };
}

static void is(const struct kvet_probe_libbpf *answer, enum kvet_probe_origin origin,
	       const char *source)
{
	ck_assert_int_eq(answer->origin, origin);
	ck_assert_str_eq(answer->source, source);
}

START_TEST(no_errno_has_no_origin)
{
	struct kvet_probe_journal journal = { 0 };
	struct kvet_probe_libbpf answer = left(0);

	fails(&journal, 0, ENOENT, SYS_openat, 0, "/proc/version_signature");
	kvet_errno_journal_attribute(&journal, "", &answer, 1);
	is(&answer, KVET_ORIGIN_NONE, "");
	kvet_errno_journal_deinit(&journal);
}
END_TEST

START_TEST(an_errno_is_of_the_call_that_returned_it)
{
	struct kvet_probe_journal journal = { 0 };
	struct kvet_probe_libbpf answer = left(ENOENT);

	fails(&journal, 0, ENOENT, SYS_openat, 0, "/proc/version_signature");
	kvet_errno_journal_attribute(&journal, "", &answer, 1);
	is(&answer, KVET_ORIGIN_SYSCALL, "openat(\"/proc/version_signature\")");
	ck_assert_int_eq(answer.ret, 1);
	ck_assert_int_eq(answer.errnum, ENOENT);
	kvet_errno_journal_deinit(&journal);
}
END_TEST

START_TEST(the_last_call_that_returned_it_is_named)
{
	struct kvet_probe_journal journal = { 0 };
	struct kvet_probe_libbpf answer = left(EINVAL);

	fails(&journal, 0, EINVAL, SYS_close, 0, "");
	fails(&journal, 0, EINVAL, SYS_bpf, BPF_PROG_LOAD, "");
	fails(&journal, 0, ENOENT, SYS_openat, 0, "/later");
	kvet_errno_journal_attribute(&journal, "", &answer, 1);
	is(&answer, KVET_ORIGIN_SYSCALL, "bpf(BPF_PROG_LOAD)");
	kvet_errno_journal_deinit(&journal);
}
END_TEST

START_TEST(an_errno_that_no_call_returned_was_set_in_user_space)
{
	struct kvet_probe_journal journal = { 0 };
	struct kvet_probe_libbpf answer = left(EOPNOTSUPP);

	fails(&journal, 0, EINVAL, SYS_bpf, BPF_PROG_LOAD, "");
	kvet_errno_journal_attribute(&journal, "", &answer, 1);
	is(&answer, KVET_ORIGIN_USER, "set in user space");
	kvet_errno_journal_deinit(&journal);
}
END_TEST

START_TEST(calls_count_for_their_own_question_alone)
{
	struct kvet_probe_journal journal = { 0 };
	struct kvet_probe_libbpf answers[] = { left(ENOENT), left(ENOENT), left(EINVAL) };

	fails(&journal, 0, ENOENT, SYS_openat, 0, "/first");
	fails(&journal, 2, EINVAL, SYS_bpf, BPF_PROG_LOAD, "");
	fails(&journal, 2, ENOENT, SYS_openat, 0, "/third");
	fails(&journal, 3, ENOENT, SYS_openat, 0, "/none");
	fails(&journal, (size_t)-1, ENOENT, SYS_openat, 0, "/none");
	kvet_errno_journal_attribute(&journal, "", answers, 3);
	is(&answers[0], KVET_ORIGIN_SYSCALL, "openat(\"/first\")");
	is(&answers[1], KVET_ORIGIN_USER, "set in user space");
	is(&answers[2], KVET_ORIGIN_SYSCALL, "bpf(BPF_PROG_LOAD)");
	kvet_errno_journal_deinit(&journal);
}
END_TEST

START_TEST(calls_that_could_not_be_followed_leave_it_unknown)
{
	struct kvet_probe_journal journal = { 0 };
	struct kvet_probe_libbpf answers[] = { left(EINVAL), left(0) };

	fails(&journal, 0, EINVAL, SYS_bpf, BPF_PROG_LOAD, "");
	kvet_errno_journal_attribute(&journal, "ptrace(PTRACE_TRACEME): EPERM", answers, 2);
	is(&answers[0], KVET_ORIGIN_UNKNOWN, "unknown: ptrace(PTRACE_TRACEME): EPERM");
	is(&answers[1], KVET_ORIGIN_NONE, "");
	kvet_errno_journal_deinit(&journal);
}
END_TEST

START_TEST(a_question_without_an_answer_keeps_how_the_child_died)
{
	struct kvet_probe_journal journal = { 0 };
	struct kvet_probe_libbpf answer = { .answered = false,
					    .origin = KVET_ORIGIN_UNKNOWN,
					    .errnum = EINVAL,
					    .source = "killed by SIGSEGV" };

	fails(&journal, 0, EINVAL, SYS_bpf, BPF_PROG_LOAD, "");
	kvet_errno_journal_attribute(&journal, "", &answer, 1);
	is(&answer, KVET_ORIGIN_UNKNOWN, "killed by SIGSEGV");
	kvet_errno_journal_attribute(&journal, "lost", &answer, 1);
	is(&answer, KVET_ORIGIN_UNKNOWN, "killed by SIGSEGV");
	kvet_errno_journal_deinit(&journal);
}
END_TEST

/* What Debian 12's libbpf did when it was asked on these kernels, call for call. */
START_TEST(recorded_journals_are_attributed_as_they_were)
{
	static const char version[] = "/proc/version_signature";
	static const char leak[] = "faccessat2(\"/proc/version_signature\")";
	struct kvet_probe_journal journal = { 0 };
	struct kvet_probe_libbpf answers[] = {
		left(EINVAL), /* 5.10, kprobe, ktime_get_boot_ns: a yes */
		left(EINVAL), /* 5.10, lirc_mode2, which is not there: a yes */
		left(ENOENT), /* 7.3, kprobe, ktime_get_boot_ns: a yes */
		left(EINVAL), /* 7.3, kprobe, override_return: a yes, and wrong */
		left(0),      /* 7.3, syscall, ktime_get_ns: a yes */
		left(0),      /* 7.3, tracing: EOPNOTSUPP, without touching errno */
	};
	char buf[128];

	fails(&journal, 0, ENOENT, SYS_faccessat2, (unsigned long)-100, version);
	/* Before 5.11 libbpf tries whether memory is accounted for, with a load that fails. */
	fails(&journal, 0, EINVAL, SYS_bpf, BPF_PROG_LOAD, "");
	fails(&journal, 1, EINVAL, SYS_bpf, BPF_PROG_LOAD, "");
	fails(&journal, 1, EINVAL, SYS_bpf, BPF_PROG_LOAD, "");
	fails(&journal, 2, ENOENT, SYS_faccessat2, (unsigned long)-100, version);
	fails(&journal, 3, ENOENT, SYS_faccessat2, (unsigned long)-100, version);
	fails(&journal, 3, EINVAL, SYS_bpf, BPF_PROG_LOAD, "");
	kvet_errno_journal_attribute(&journal, "", answers, 6);
	is(&answers[0], KVET_ORIGIN_SYSCALL, "bpf(BPF_PROG_LOAD)");
	is(&answers[1], KVET_ORIGIN_SYSCALL, "bpf(BPF_PROG_LOAD)");
	is(&answers[2], KVET_ORIGIN_SYSCALL, leak);
	is(&answers[3], KVET_ORIGIN_SYSCALL, "bpf(BPF_PROG_LOAD)");
	is(&answers[4], KVET_ORIGIN_NONE, "");
	is(&answers[5], KVET_ORIGIN_NONE, "");

	ck_assert_uint_eq(kvet_probe_journal_count(&journal, 0), 2);
	ck_assert_uint_eq(kvet_probe_journal_count(&journal, 2), 1);
	ck_assert_uint_eq(kvet_probe_journal_count(&journal, 4), 0);
	ck_assert_uint_eq(kvet_probe_journal_count(&journal, 6), 0);
	ck_assert_str_eq(kvet_probe_journal_describe(&journal, 3, 0, buf, sizeof(buf)),
			 "faccessat2(\"/proc/version_signature\"): ENOENT");
	ck_assert_str_eq(kvet_probe_journal_describe(&journal, 3, 1, buf, sizeof(buf)),
			 "bpf(BPF_PROG_LOAD): EINVAL");
	ck_assert_str_eq(kvet_probe_journal_describe(&journal, 3, 2, buf, sizeof(buf)), "");
	kvet_errno_journal_deinit(&journal);
}
END_TEST

START_TEST(a_journal_holds_as_many_calls_as_there_are)
{
	struct kvet_probe_journal journal = { 0 };
	struct kvet_probe_libbpf answer = left(ENOENT);

	for (int i = 0; i < 1000; i++) {
		char path[32];

		snprintf(path, sizeof(path), "/%d", i);
		fails(&journal, 0, i == 999 ? EINVAL : ENOENT, SYS_openat, 0, path);
	}
	ck_assert_uint_eq(journal.count, 1000);
	kvet_errno_journal_attribute(&journal, "", &answer, 1);
	is(&answer, KVET_ORIGIN_SYSCALL, "openat(\"/998\")");
	kvet_errno_journal_deinit(&journal);
	ck_assert_uint_eq(journal.count, 0);
	ck_assert_ptr_null(journal.entries);
}
END_TEST

static void describes(long number, unsigned long argument, const char *path, const char *words)
{
	struct kvet_errno_entry entry = { .number = number, .argument = argument };
	char buf[256];

	snprintf(entry.path, sizeof(entry.path), "%s", path);
	kvet_errno_entry_describe(&entry, buf, sizeof(buf));
	ck_assert_str_eq(buf, words);
}

START_TEST(calls_are_described_by_name_command_and_path)
{
	describes(SYS_close, 3, "", "close");
	describes(SYS_openat, 0, "/proc/x", "openat(\"/proc/x\")");
	describes(SYS_openat, 0, "", "openat");
	describes(SYS_bpf, BPF_MAP_CREATE, "", "bpf(BPF_MAP_CREATE)");
	describes(SYS_bpf, BPF_BTF_LOAD, "", "bpf(BPF_BTF_LOAD)");
	describes(SYS_bpf, 100000, "", "bpf");
	describes(99999, 0, "", "system call 99999");
	describes(-1, 0, "", "system call -1");
}
END_TEST

/* A load of a program that begins with a call of the helper. */
static struct kvet_errno_entry load_of(int type, int helper, bool logged)
{
	return (struct kvet_errno_entry){ .errnum = EINVAL,
					  .number = SYS_bpf,
					  .argument = BPF_PROG_LOAD,
					  .load = { type, helper, logged } };
}

static void is_described(const struct kvet_errno_entry *entry, const char *expected)
{
	char buf[256];

	kvet_errno_entry_describe(entry, buf, sizeof(buf));
	ck_assert_str_eq(buf, expected);
}

START_TEST(a_load_says_whose_question_it_put)
{
	const struct kvet_probe_question question = { .helper = BPF_FUNC_ktime_get_coarse_ns,
						      .type = BPF_PROG_TYPE_SOCKET_FILTER };
	struct kvet_errno_entry entry = load_of(question.type, question.helper, true);

	ck_assert(kvet_errno_entry_asks(&entry, &question));
	is_described(&entry, "bpf(BPF_PROG_LOAD socket_filter)");
	/* The very program that libbpf tells memory accounting by, but nobody reads its log. */
	entry = load_of(question.type, question.helper, false);
	ck_assert(!kvet_errno_entry_asks(&entry, &question));
	entry.aside = true;
	is_described(&entry, "bpf(BPF_PROG_LOAD socket_filter): libbpf's own probe");
	entry = load_of(BPF_PROG_TYPE_KPROBE, question.helper, true);
	ck_assert(!kvet_errno_entry_asks(&entry, &question));
	is_described(&entry, "bpf(BPF_PROG_LOAD kprobe)");
	entry = load_of(question.type, BPF_FUNC_ktime_get_ns, true);
	ck_assert(!kvet_errno_entry_asks(&entry, &question));
	entry = load_of(question.type, question.helper, true);
	entry.argument = BPF_MAP_CREATE;
	ck_assert(!kvet_errno_entry_asks(&entry, &question));
	entry = load_of(question.type, question.helper, true);
	entry.number = SYS_openat;
	ck_assert(!kvet_errno_entry_asks(&entry, &question));
}
END_TEST

START_TEST(a_path_that_could_not_be_read_says_why)
{
	struct kvet_errno_entry entry = { .errnum = ENOENT,
					  .number = SYS_openat,
					  .unreadable = EPERM };

	is_described(&entry, "openat(path unknown: process_vm_readv: EPERM)");
	entry.number = SYS_bpf;
	entry.argument = BPF_PROG_LOAD;
	is_described(&entry, "bpf(BPF_PROG_LOAD)");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("probe journal");
	TCase *tc = tcase_create("journal");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, no_errno_has_no_origin);
	tcase_add_test(tc, an_errno_is_of_the_call_that_returned_it);
	tcase_add_test(tc, the_last_call_that_returned_it_is_named);
	tcase_add_test(tc, an_errno_that_no_call_returned_was_set_in_user_space);
	tcase_add_test(tc, calls_count_for_their_own_question_alone);
	tcase_add_test(tc, calls_that_could_not_be_followed_leave_it_unknown);
	tcase_add_test(tc, a_question_without_an_answer_keeps_how_the_child_died);
	tcase_add_test(tc, recorded_journals_are_attributed_as_they_were);
	tcase_add_test(tc, a_journal_holds_as_many_calls_as_there_are);
	tcase_add_test(tc, calls_are_described_by_name_command_and_path);
	tcase_add_test(tc, a_load_says_whose_question_it_put);
	tcase_add_test(tc, a_path_that_could_not_be_read_says_why);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
