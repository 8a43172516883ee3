/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How signals end kvet: each case in a process of its own, which tells by how it ends. */
#include <check.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmd/stop.h"

#define TOOK_OVER 7
#define WENT_ON   8

static void pause_ms(long ms)
{
	struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	while (nanosleep(&left, &left))
		;
}

static void take_over(void *context)
{
	_exit(*(int *)context + stop_caught());
}

/* What a command does that looks at nothing: it only gives up where all else has failed. */
static void compute(void)
{
	pause_ms(60000);
	_exit(WENT_ON);
}

static int status_of(void (*run)(void))
{
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (!pid) {
		/* The tests may run under nohup(1). */
		signal(SIGHUP, SIG_DFL);
		if (stop_open())
			_exit(99);
		run();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

static void signal_and_compute(void)
{
	static int code = TOOK_OVER;

	stop_begin(take_over, &code);
	raise(SIGTERM);
	compute();
}

START_TEST(another_thread_ends_what_does_not_look_up)
{
	int status = status_of(signal_and_compute);

	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), TOOK_OVER + SIGTERM);
}
END_TEST

/* The first half of a second has passed, and nobody has taken over. */
static void hold_and_go_on(void)
{
	static int code = TOOK_OVER;

	stop_begin(take_over, &code);
	stop_hold();
	raise(SIGINT);
	pause_ms(1500);
	_exit(stop_caught() == SIGINT ? WENT_ON : 99);
}

START_TEST(what_cleans_up_itself_is_left_to_do_so)
{
	int status = status_of(hold_and_go_on);

	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), WENT_ON);
}
END_TEST

static void end_and_go_on(void)
{
	static int code = TOOK_OVER;

	stop_begin(take_over, &code);
	stop_end();
	raise(SIGINT);
	pause_ms(1500);
	_exit(WENT_ON);
}

START_TEST(who_ends_the_process_is_not_taken_over)
{
	int status = status_of(end_and_go_on);

	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), WENT_ON);
}
END_TEST

static void two_signals(void)
{
	stop_hold();
	raise(SIGINT);
	pause_ms(400);
	raise(SIGTERM);
	compute();
}

START_TEST(a_second_signal_ends_at_once)
{
	int status = status_of(two_signals);

	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), SIGTERM);
}
END_TEST

/* timeout(1) sends one to the process, and one to its group. */
static void one_signal_twice(void)
{
	stop_hold();
	raise(SIGINT);
	raise(SIGINT);
	_exit(WENT_ON);
}

START_TEST(the_same_signal_sent_twice_is_one)
{
	int status = status_of(one_signal_twice);

	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), WENT_ON);
}
END_TEST

static void look(void)
{
	struct pollfd fd = { .fd = stop_fd(), .events = POLLIN };

	if (stop_caught() || poll(&fd, 1, 0))
		_exit(99);
	raise(SIGHUP);
	_exit(stop_caught() == SIGHUP && poll(&fd, 1, 0) == 1 ? WENT_ON : 98);
}

START_TEST(a_signal_is_seen_and_can_be_waited_for)
{
	int status = status_of(look);

	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), WENT_ON);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stop");
	TCase *tc = tcase_create("stop");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, another_thread_ends_what_does_not_look_up);
	tcase_add_test(tc, what_cleans_up_itself_is_left_to_do_so);
	tcase_add_test(tc, who_ends_the_process_is_not_taken_over);
	tcase_add_test(tc, a_second_signal_ends_at_once);
	tcase_add_test(tc, the_same_signal_sent_twice_is_one);
	tcase_add_test(tc, a_signal_is_seen_and_can_be_waited_for);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
