/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What seccomp filters do to calls, against filters of our own, each in a child that keeps it. */
#include <check.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kvet/refusal.h>

static const struct kvet_host machine;

/* One call, all of it or where its first argument is so, is answered like this. */
struct rule {
	const char *name;
	int call;
	int argument; /* -1: any */
	unsigned int action;
};

static bool install(const struct rule *rule)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)rule->call, 0, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)rule->argument, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JA, rule->argument >= 0, 0, 0),
		BPF_STMT(BPF_RET | BPF_K, rule->action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(filter) / sizeof(*filter), filter };

	return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
	       !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* What a child under the rule finds out of a call; without a rule, what this process does. */
static struct kvet_reach reach_under(const struct rule *rule, enum kvet_call call)
{
	struct kvet_reach reach = { 0 };
	int ends[2], status;
	pid_t child;

	ck_assert_int_eq(pipe(ends), 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (!child) {
		if (rule && !install(rule))
			_exit(2);
		kvet_reach_read(&machine, call, &reach);
		_exit(write(ends[1], &reach, sizeof(reach)) != sizeof(reach));
	}
	close(ends[1]);
	ck_assert_int_eq(read(ends[0], &reach, sizeof(reach)), sizeof(reach));
	close(ends[0]);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(WIFEXITED(status) && !WEXITSTATUS(status), "%s: status %x",
		      rule ? rule->name : "no filter", status);
	return reach;
}

static bool is_filtered(void)
{
	return kvet_host_seccomp(&machine) != 0;
}

START_TEST(without_a_filter_every_call_reaches_the_kernel)
{
	if (is_filtered())
		return; /* this process has one already */
	for (int call = 0; call < KVET_CALL_COUNT; call++)
		ck_assert_int_eq(reach_under(NULL, (enum kvet_call)call).state, KVET_REACH_KERNEL);
}
END_TEST

START_TEST(each_answer_of_a_filter_is_told_from_the_kernels)
{
	static const struct {
		struct rule rule;
		enum kvet_call call;
		enum kvet_reach_state state;
		int number;
		const char *name;
	} rows[] = {
		{ { "EACCES for bpf", SYS_bpf, -1, SECCOMP_RET_ERRNO | EACCES },
		  KVET_CALL_BPF,
		  KVET_REACH_FILTER,
		  EACCES,
		  "bpf" },
		{ { "ENOSYS for bpf", SYS_bpf, -1, SECCOMP_RET_ERRNO | ENOSYS },
		  KVET_CALL_BPF,
		  KVET_REACH_FILTER,
		  ENOSYS,
		  "bpf" },
		{ { "EINVAL for bpf", SYS_bpf, -1, SECCOMP_RET_ERRNO | EINVAL },
		  KVET_CALL_BPF,
		  KVET_REACH_FILTER,
		  EINVAL,
		  "bpf" },
		{ { "one command", SYS_bpf, BPF_PROG_LOAD, SECCOMP_RET_ERRNO | EACCES },
		  KVET_CALL_BPF,
		  KVET_REACH_FILTER,
		  EACCES,
		  "bpf(BPF_PROG_LOAD)" },
		{ { "bpf is killed", SYS_bpf, -1, SECCOMP_RET_KILL_PROCESS },
		  KVET_CALL_BPF,
		  KVET_REACH_DEATH,
		  SIGSYS,
		  "bpf(BPF_MAP_CREATE)" },
		{ { "one command is killed", SYS_bpf, BPF_LINK_CREATE, SECCOMP_RET_KILL_THREAD },
		  KVET_CALL_BPF,
		  KVET_REACH_DEATH,
		  SIGSYS,
		  "bpf(BPF_LINK_CREATE)" },
		{ { "bpf is trapped", SYS_bpf, -1, SECCOMP_RET_TRAP },
		  KVET_CALL_BPF,
		  KVET_REACH_DEATH,
		  SIGSYS,
		  "bpf(BPF_MAP_CREATE)" },
		{ { "EPERM for perf_event_open", SYS_perf_event_open, -1,
		    SECCOMP_RET_ERRNO | EPERM },
		  KVET_CALL_PERF,
		  KVET_REACH_FILTER,
		  EPERM,
		  "perf_event_open" },
		{ { "perf_event_open is killed", SYS_perf_event_open, -1,
		    SECCOMP_RET_KILL_PROCESS },
		  KVET_CALL_PERF,
		  KVET_REACH_DEATH,
		  SIGSYS,
		  "perf_event_open" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct kvet_reach reach = reach_under(&rows[i].rule, rows[i].call);

		ck_assert_msg(reach.state == rows[i].state && reach.number == rows[i].number,
			      "%s: state %d, number %d", rows[i].rule.name, reach.state,
			      reach.number);
		ck_assert_msg(!strcmp(reach.call, rows[i].name), "%s: %s", rows[i].rule.name,
			      reach.call);
	}
}
END_TEST

START_TEST(a_filter_that_means_another_call_is_none)
{
	static const struct rule other = { "reboot", SYS_reboot, -1, SECCOMP_RET_KILL_PROCESS };

	if (is_filtered())
		return;
	/* To nobody, kernels before 5.19 answer EPERM themselves: then it is not known. */
	ck_assert_int_eq(reach_under(&other, KVET_CALL_PERF).state, KVET_REACH_KERNEL);
	ck_assert_int_ne(reach_under(&other, KVET_CALL_BPF).state, KVET_REACH_FILTER);
	ck_assert_int_ne(reach_under(&other, KVET_CALL_BPF).state, KVET_REACH_DEATH);
}
END_TEST

/* Runs in a child: whether death is told, with a cause that has no errno. */
static int told_of_death(const struct rule *rule)
{
	struct kvet_cause cause;

	if (!install(rule) || !kvet_reach_is_death(&machine, KVET_CALL_BPF, &cause))
		return 1;
	return cause.errnum || strcmp(cause.source, "bpf(BPF_PROG_LOAD)") != 0 ||
	       !strstr(cause.evidence, "signal SYS") || !*cause.remedy ||
	       !kvet_reach_is_death(&machine, KVET_CALL_BPF, NULL);
}

START_TEST(whoever_would_die_of_the_call_is_told)
{
	static const struct rule kills = { "kill", SYS_bpf, BPF_PROG_LOAD,
					   SECCOMP_RET_KILL_PROCESS };
	pid_t child = fork();
	int status;

	ck_assert_int_ge(child, 0);
	if (!child) {
		/* The caller's own ways with its children do not matter. */
		signal(SIGSYS, SIG_IGN);
		_exit(told_of_death(&kills));
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("host reach");
	TCase *tc = tcase_create("reach");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, without_a_filter_every_call_reaches_the_kernel);
	tcase_add_test(tc, each_answer_of_a_filter_is_told_from_the_kernels);
	tcase_add_test(tc, a_filter_that_means_another_call_is_none);
	tcase_add_test(tc, whoever_would_die_of_the_call_is_told);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
