/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * delegate [OPTION=VALUE]... -- COMMAND...: runs a command as the root of a new user namespace, in
 * which a BPF file system with these options (delegate_cmds=any) is mounted on /sys/fs/bpf. The
 * namespace opens it, but only who is privileged outside may set them (Linux 6.9).
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOUNT_POINT "/sys/fs/bpf"
#define SET_STRING  1 /* FSCONFIG_SET_STRING */
#define CMD_CREATE  6 /* FSCONFIG_CMD_CREATE */
#define FROM_EMPTY  4 /* MOVE_MOUNT_F_EMPTY_PATH */

static void check(int failed, const char *what)
{
	if (failed) {
		perror(what);
		exit(125);
	}
}

static void say(int fd)
{
	check(write(fd, "", 1) != 1, "write");
}

static void hear(int fd)
{
	char c;

	check(read(fd, &c, 1) != 1, "the other side");
}

static void write_file(pid_t pid, const char *name, const char *text)
{
	char path[64];
	FILE *stream;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	stream = fopen(path, "w");
	check(!stream || fputs(text, stream) < 0 || fclose(stream), path);
}

static void run_inside(volatile int *shared, int from, int to, char **command)
{
	int mount;

	check(unshare(CLONE_NEWUSER | CLONE_NEWNS), "unshare");
	say(to);
	hear(from);
	check(setresgid(0, 0, 0) || setresuid(0, 0, 0), "setresuid");
	*shared = (int)syscall(SYS_fsopen, "bpf", 0);
	check(*shared < 0, "fsopen");
	say(to);
	hear(from);
	mount = (int)syscall(SYS_fsmount, *shared, 0, 0);
	check(mount < 0, "fsmount");
	check((int)syscall(SYS_move_mount, mount, "", -1, MOUNT_POINT, FROM_EMPTY), "move_mount");
	execvp(command[0], command);
	check(1, command[0]);
}

static void set_options(int fs, char **options)
{
	for (; *options; options++) {
		char *value = strchr(*options, '=');

		check(!value, *options);
		*value++ = '\0';
		check((int)syscall(SYS_fsconfig, fs, SET_STRING, *options, value, 0), *options);
	}
	check((int)syscall(SYS_fsconfig, fs, CMD_CREATE, NULL, NULL, 0), "fsconfig");
}

int main(int argc, char **argv)
{
	volatile int *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int up[2], down[2], status, pidfd, fs, end = 1;
	pid_t pid;

	while (end < argc && strcmp(argv[end], "--") != 0)
		end++;
	if (end + 1 >= argc)
		return 2;
	argv[end] = NULL;
	mkdir(MOUNT_POINT, 0755);
	check(shared == MAP_FAILED || pipe(up) || pipe(down), "pipe");
	pid = fork();
	check(pid < 0, "fork");
	if (!pid)
		run_inside(shared, down[0], up[1], argv + end + 1);
	close(up[1]);
	hear(up[0]);
	write_file(pid, "setgroups", "deny");
	write_file(pid, "uid_map", "0 0 1");
	write_file(pid, "gid_map", "0 0 1");
	say(down[1]);
	hear(up[0]);
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	fs = (int)syscall(SYS_pidfd_getfd, pidfd, *shared, 0);
	check(pidfd < 0 || fs < 0, "pidfd_getfd");
	set_options(fs, argv + 1);
	say(down[1]);
	check(waitpid(pid, &status, 0) != pid, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}
