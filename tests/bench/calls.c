/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a guest needs to measure with; busybox has no clock that fine.
 *
 *   calls read MS               one byte of /dev/zero, over and over: calls a second
 *   calls time RUNS COMMAND...  the shortest of so many runs, in ms; its output goes into nothing
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int read_zero(double ms)
{
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	double start = now_ms(), end = start;
	unsigned long calls = 0;
	char byte;

	while (end - start < ms) {
		for (int i = 0; i < 1000; i++)
			calls += read(fd, &byte, 1) == 1;
		end = now_ms();
	}
	printf("%.0f\n", (double)calls / (end - start) * 1e3);
	return 0;
}

static double run(char **command)
{
	double start = now_ms();
	pid_t pid = fork();

	if (!pid) {
		int nothing = open("/dev/null", O_RDWR);

		dup2(nothing, 0);
		dup2(nothing, 1);
		dup2(nothing, 2);
		execvp(*command, command);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
	return now_ms() - start;
}

static int time_command(int runs, char **command)
{
	double least = 1e18;

	for (int i = 0; i < runs; i++) {
		double taken = run(command);

		least = taken < least ? taken : least;
	}
	printf("%.1f\n", least);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "read"))
		return read_zero(atof(argv[2]));
	if (argc > 3 && !strcmp(argv[1], "time"))
		return time_command(atoi(argv[2]), argv + 3);
	return 2;
}
