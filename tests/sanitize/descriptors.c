/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Part of a kvet that is built with sanitizers: at its end, no descriptor may be open that was not
 * in the beginning, but for the two of its stop pipe. One that is left open is a leak as one of
 * memory is, and ends kvet with the status that no test expects.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MOST          1024
#define STOP_PIPE     2
#define STATUS_LEAKED 99

static bool was_open[MOST];
static pid_t first;

__attribute__((constructor)) static void begin(void)
{
	first = getpid();
	for (int fd = 0; fd < MOST; fd++)
		was_open[fd] = fcntl(fd, F_GETFD) >= 0;
}

__attribute__((destructor)) static void end(void)
{
	char path[64], what[256];
	int pipes = 0, leaked = 0;

	if (getpid() != first)
		return;
	for (int fd = 0; fd < MOST; fd++) {
		ssize_t len;

		/* Where a standard one was closed, kvet puts something in its place. */
		if (fd <= STDERR_FILENO || was_open[fd] || fcntl(fd, F_GETFD) < 0)
			continue;
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		len = readlink(path, what, sizeof(what) - 1);
		what[len < 0 ? 0 : len] = '\0';
		if (!strncmp(what, "pipe:", 5) && ++pipes <= STOP_PIPE)
			continue;
		leaked++;
		dprintf(STDERR_FILENO, "descriptor %d is left open: %s\n", fd, what);
	}
	if (leaked)
		_exit(STATUS_LEAKED);
}
