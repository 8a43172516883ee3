/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Makes calls of kernel functions whose arguments and values are known, and prints them: the oracle
 * of kvet trace --return --args.
 *
 *   calls open THREADS CALLS   each thread opens CALLS files, of which every third exists:
 *                              a line "TID DFD NAME VALUE" for each
 *   calls read THREADS         each thread reads from a pipe of its own, all at the same time:
 *                              a line "TID COUNT VALUE" for each
 *   calls files THREADS        each thread reads from a file of its own:
 *                              a line "TID NAME SIZE" for each
 *   calls send THREADS         each thread sends a datagram to a port of its own, every other one
 * without a checksum: a line "TID PORT LENGTH UNCHECKED" for each, PORT as the network has its
 * bytes calls killed THREADS       the same as read, but the process ends while they read: prints
 * nothing
 *
 * Only the threads are named "calls": what the process itself does has another name.
 */
#include <errno.h>
#include <fcntl.h>
#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define THREADS_MOST 64

struct job {
	int number;
	int calls;
	int pipe[2];
	atomic_long tid; /* 0: it has not begun */
	pthread_t thread;
};

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* The path is absolute, so the kernel does not look at the directory's descriptor. */
static void *open_files(void *opaque)
{
	const struct job *job = opaque;

	for (int i = 0; i < job->calls; i++) {
		int dfd = 100000 + job->number * 1000 + i;
		char name[64];
		int fd;

		snprintf(name, sizeof(name), i % 3 ? "/kvet.none/%d/%d" : "/dev/null", job->number,
			 i);
		fd = openat(dfd, name, O_RDONLY);
		printf("%ld %d %s %d\n", syscall(SYS_gettid), dfd, name, fd < 0 ? -errno : fd);
	}
	return NULL;
}

static void *read_file(void *opaque)
{
	const struct job *job = opaque;
	int size = 100 + job->number;
	char path[64], byte;
	int fd;

	snprintf(path, sizeof(path), "/tmp/kvet.calls.%d", job->number);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	if (fd < 0 || ftruncate(fd, size) || read(fd, &byte, 1) != 1)
		fail(path);
	printf("%ld %s %d\n", syscall(SYS_gettid), path + strlen("/tmp/"), size);
	return NULL;
}

static void *send_datagram(void *opaque)
{
	const struct job *job = opaque;
	const struct sockaddr_in to = { .sin_family = AF_INET,
					.sin_port = htons((uint16_t)(5000 + job->number)),
					.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int unchecked = job->number % 2, length = 10 + job->number;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	static const char data[THREADS_MOST + 10];

	if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof(to)) ||
	    setsockopt(fd, SOL_SOCKET, SO_NO_CHECK, &unchecked, sizeof(unchecked)) ||
	    send(fd, data, (size_t)length, 0) != length)
		fail("socket");
	printf("%ld %u %d %d\n", syscall(SYS_gettid), to.sin_port, length, unchecked);
	return NULL;
}

static void *read_pipe(void *opaque)
{
	struct job *job = opaque;
	char buffer[1000];
	size_t count = 100 + (size_t)job->number;
	ssize_t got;

	job->tid = syscall(SYS_gettid);
	got = read(job->pipe[0], buffer, count);
	printf("%ld %zu %zd\n", job->tid, count, got);
	return NULL;
}

/* Whether a thread sleeps: it is in read(2) then. Its name has no space. */
static int sleeps(const struct job *job)
{
	char path[64], state = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%ld/stat", job->tid);
	file = fopen(path, "r");
	if (!file)
		return 0;
	if (fscanf(file, "%*s %*s %c", &state) != 1)
		state = 0;
	fclose(file);
	return state == 'S';
}

static void wait_for(const struct job *jobs, int count)
{
	for (int i = 0; i < count; i++)
		while (!jobs[i].tid || !sleeps(&jobs[i]))
			usleep(10000);
}

int main(int argc, char **argv)
{
	static struct job jobs[THREADS_MOST];
	const char *mode = argc > 2 ? argv[1] : "";
	int threads = argc > 2 ? atoi(argv[2]) : 0;
	int opens = !strcmp(mode, "open"), files = !strcmp(mode, "files"),
	    sends = !strcmp(mode, "send"), waits = !opens && !files && !sends;

	if (threads < 1 || threads > THREADS_MOST || (opens && argc < 4)) {
		fputs("usage: calls open THREADS CALLS | read, files, send or killed THREADS\n",
		      stderr);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 0; i < threads; i++) {
		jobs[i].number = i;
		jobs[i].calls = opens ? atoi(argv[3]) : 0;
		if (pipe(jobs[i].pipe))
			fail("pipe");
		if (pthread_create(&jobs[i].thread, NULL,
				   opens   ? open_files
				   : files ? read_file
				   : sends ? send_datagram
					   : read_pipe,
				   &jobs[i]))
			fail("pthread_create");
	}
	prctl(PR_SET_NAME, "watcher");
	if (waits)
		wait_for(jobs, threads);
	if (!strcmp(mode, "killed"))
		_exit(0);
	for (int i = 0; i < threads && waits; i++)
		if (write(jobs[i].pipe[1],
			  "0123456789012345678901234567890123456789012345678901234567890123",
			  (size_t)i + 1) != i + 1)
			fail("write");
	for (int i = 0; i < threads; i++)
		pthread_join(jobs[i].thread, NULL);
	return 0;
}
