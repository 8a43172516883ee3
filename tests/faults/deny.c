/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Runs a command under a seccomp filter that refuses a call, as the profiles of container engines
 * and systemd's SystemCallFilter= do.
 *
 * Usage: deny [CALL:]ANSWER COMMAND [ARGUMENT]...
 * CALL is bpf (default) or perf_event_open; ANSWER a number as in errno(1), kill or trap.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What the filter returns; 0 is none of the answers. */
static unsigned int action_of(const char *answer)
{
	long errnum = strtol(answer, NULL, 10);

	if (!strcmp(answer, "kill"))
		return SECCOMP_RET_KILL_PROCESS;
	if (!strcmp(answer, "trap"))
		return SECCOMP_RET_TRAP;
	if (errnum < 1 || errnum > 4095)
		return 0;
	return SECCOMP_RET_ERRNO | ((unsigned int)errnum & SECCOMP_RET_DATA);
}

int main(int argc, char **argv)
{
	const char *colon = argc > 2 ? strchr(argv[1], ':') : NULL;
	unsigned int action = argc > 2 ? action_of(colon ? colon + 1 : argv[1]) : 0;
	int call = colon && !strncmp(argv[1], "perf_event_open:", 16) ? __NR_perf_event_open
								      : __NR_bpf;
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)call, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(filter) / sizeof(*filter), filter };

	if (!action) {
		fprintf(stderr, "usage: deny [CALL:]ANSWER COMMAND [ARGUMENT]...\n");
		return 2;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
		perror("deny: prctl");
		return 126;
	}
	execvp(argv[2], argv + 2);
	fprintf(stderr, "deny: %s: %s\n", argv[2], strerror(errno));
	return 127;
}
