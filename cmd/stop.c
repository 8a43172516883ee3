/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#include <kvet/host.h>

#include "stop.h"

#define MS 1000000LL

/* How long a command may take to notice the signal and end by itself. */
#define PATIENCE_NS (500 * MS)

/* timeout(1) sends its signal twice, to the process and to its group; a person's two signals are
 * further apart. */
#define ECHO_NS (300 * MS)

static volatile sig_atomic_t caught;
static struct timespec caught_at; /* written by the first signal, read by later ones */
static int pipe_fds[2] = { -1, -1 };

/* Held while a thread decides how the process ends, and never released by the thread that ends
 * it. */
static pthread_mutex_t end_lock = PTHREAD_MUTEX_INITIALIZER;
static bool held;
static void (*taker)(void *context);
static void *taker_context;

static long long ns_since(const struct timespec *then)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - then->tv_sec) * 1000 * MS + (now.tv_nsec - then->tv_nsec);
}

void stop_die(int number)
{
	sigset_t set;

	signal(number, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, number);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	raise(number);
}

/* A shell without job control lets its background jobs ignore SIGINT, so that Ctrl-C does not end
 * them. That of a terminal comes from the kernel; one that kill(1) sent is meant for kvet. */
static bool only_sent;

/* What the signals did before stop_open(). */
static struct {
	int number;
	struct sigaction action;
} earlier[] = {
	{ .number = SIGINT }, { .number = SIGTERM }, { .number = SIGHUP }, { .number = SIGPIPE }
};

static void on_signal(int number, siginfo_t *info, void *unused)
{
	int saved = errno;

	(void)unused;
	if (number == SIGINT && only_sent && info->si_code > 0)
		return;
	if (caught && ns_since(&caught_at) > ECHO_NS)
		stop_die(number);
	if (!caught)
		clock_gettime(CLOCK_MONOTONIC, &caught_at);
	caught = number;
	/* A full pipe is readable too, which is all that matters. */
	if (write(pipe_fds[1], "", 1) < 0)
		errno = saved;
	errno = saved;
}

int stop_open(void)
{
	struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };
	static const size_t count = sizeof(earlier) / sizeof(*earlier);

	if (pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	/* One handler at a time: it compares with the time that the one before it noted. */
	for (size_t i = 0; i < count; i++)
		sigaddset(&action.sa_mask, earlier[i].number);
	for (size_t i = 0; i < count; i++) {
		bool ignored = !sigaction(earlier[i].number, NULL, &earlier[i].action) &&
			       earlier[i].action.sa_handler == SIG_IGN;

		only_sent = only_sent || (ignored && earlier[i].number == SIGINT);
		/* What nohup(1) or trap(1) ignores stays ignored. */
		if (earlier[i].number != SIGPIPE && (!ignored || earlier[i].number == SIGINT))
			sigaction(earlier[i].number, &action, NULL);
	}
	/* If the reader has ended, the write fails and is reported after clean-up. */
	signal(SIGPIPE, SIG_IGN);
	return 0;
}

void stop_forget(void)
{
	for (size_t i = 0; i < sizeof(earlier) / sizeof(*earlier); i++)
		sigaction(earlier[i].number, &earlier[i].action, NULL);
}

int stop_caught(void)
{
	return caught;
}

int stop_fd(void)
{
	return pipe_fds[0];
}

static void *watch(void *unused)
{
	const struct timespec patience = { .tv_nsec = PATIENCE_NS };
	struct pollfd fd = { .fd = pipe_fds[0], .events = POLLIN };

	/* Closing a document requires no privilege. */
	(void)kvet_host_keep_capabilities(NULL, NULL);
	while (poll(&fd, 1, -1) < 0 && errno == EINTR)
		;
	clock_nanosleep(CLOCK_MONOTONIC, 0, &patience, NULL);
	pthread_mutex_lock(&end_lock);
	if (!held)
		taker(taker_context);
	pthread_mutex_unlock(&end_lock);
	return unused;
}

void stop_begin(void (*take_over)(void *context), void *context)
{
	sigset_t all, before;
	pthread_t thread;

	taker = take_over;
	taker_context = context;
	/* Signals must interrupt the command's waiting, not this thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (!pthread_create(&thread, NULL, watch, NULL))
		pthread_detach(thread);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void stop_hold(void)
{
	pthread_mutex_lock(&end_lock);
	held = true;
	pthread_mutex_unlock(&end_lock);
}

void stop_end(void)
{
	pthread_mutex_lock(&end_lock);
}
