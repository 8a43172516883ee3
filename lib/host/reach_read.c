/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether calls reach the kernel. A child tries them, since a filter may kill the caller. */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/fail.h"
#include "host/sys_read.h"

#include <kvet/refusal.h>

/* More than a page of attributes is E2BIG, before any of it is read (kernel:
 * bpf_check_uarg_tail_zero()). No architecture has pages this large. */
#define TOO_LARGE (1U << 20)

/* The commands that kvet depends on, and one that no filter can know. */
static const struct {
	int command;
	const char *name;
} commands[] = {
	{ BPF_MAP_CREATE, "bpf(BPF_MAP_CREATE)" },
	{ BPF_PROG_LOAD, "bpf(BPF_PROG_LOAD)" },
	{ BPF_MAP_LOOKUP_ELEM, "bpf(BPF_MAP_LOOKUP_ELEM)" },
	{ BPF_MAP_UPDATE_ELEM, "bpf(BPF_MAP_UPDATE_ELEM)" },
	{ BPF_BTF_LOAD, "bpf(BPF_BTF_LOAD)" },
	{ BPF_OBJ_GET_INFO_BY_FD, "bpf(BPF_OBJ_GET_INFO_BY_FD)" },
	{ BPF_PROG_TEST_RUN, "bpf(BPF_PROG_TEST_RUN)" },
	{ BPF_LINK_CREATE, "bpf(BPF_LINK_CREATE)" },
	{ BPF_ITER_CREATE, "bpf(BPF_ITER_CREATE)" },
	{ 0x7fffffff, "bpf" },
};

#define COMMANDS (sizeof(commands) / sizeof(*commands))

/* What the child reports. */
struct board {
	bool done;
	size_t at; /* which command it tries, or died of */
	int errnums[COMMANDS];
};

static void ask_bpf(volatile struct board *board)
{
	const union bpf_attr attributes = { 0 };

	for (board->at = 0; board->at < COMMANDS; board->at++) {
		errno = 0;
		syscall(SYS_bpf, commands[board->at].command, &attributes, TOO_LARGE);
		board->errnums[board->at] = errno;
	}
}

static void ask_perf(volatile struct board *board)
{
	char attributes[128] = { 0 };

	errno = 0;
	syscall(SYS_perf_event_open, attributes, -1, 0, -1, ~0UL);
	board->errnums[0] = errno;
}

/* Its death is no crash: no core dump, and no handler of the caller. */
__attribute__((noreturn)) static void be_the_child(enum kvet_call call,
						   volatile struct board *board)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	signal(SIGSYS, SIG_DFL);
	if (call == KVET_CALL_BPF)
		ask_bpf(board);
	else
		ask_perf(board);
	board->done = true;
	_exit(0);
}

/* Whether EPERM may come from the kernel itself, which checked privileges before the size (before
 * 5.19). */
static bool may_be_kernel(const struct kvet_host *host, enum kvet_call call, int errnum)
{
	long disabled;

	return call == KVET_CALL_BPF && errnum == EPERM && !kvet_host_capable(CAP_BPF) &&
	       !kvet_host_capable(CAP_SYS_ADMIN) &&
	       (kvet_host_sysctl(host, "kernel/unprivileged_bpf_disabled", &disabled, NULL) ||
		disabled);
}

/* A filter that refuses the unknown command refuses all commands. */
static const char *call_of(enum kvet_call call, const struct board *board, size_t at)
{
	if (call != KVET_CALL_BPF)
		return "perf_event_open";
	return commands[board->errnums[COMMANDS - 1] == board->errnums[at] ? COMMANDS - 1 : at]
		.name;
}

static void judge(const struct kvet_host *host, enum kvet_call call, const struct board *board,
		  struct kvet_reach *reach)
{
	int reached = call == KVET_CALL_BPF ? E2BIG : EINVAL;
	size_t count = call == KVET_CALL_BPF ? COMMANDS : 1;

	reach->state = KVET_REACH_UNKNOWN;
	for (size_t i = 0; i < count; i++) {
		int errnum = board->errnums[i];

		if (errnum == reached) {
			reach->state = KVET_REACH_KERNEL;
		} else if (!may_be_kernel(host, call, errnum)) {
			reach->state = KVET_REACH_FILTER;
			reach->number = errnum;
			snprintf(reach->call, sizeof(reach->call), "%s", call_of(call, board, i));
			return;
		}
	}
}

static void ask_in_child(const struct kvet_host *host, enum kvet_call call, struct board *board,
			 struct kvet_reach *reach)
{
	pid_t child = fork(), got;
	int status = 0;

	if (!child)
		be_the_child(call, board);
	if (child < 0)
		return;
	do
		got = waitpid(child, &status, 0);
	while (got < 0 && errno == EINTR);
	if (board->done) {
		judge(host, call, board, reach);
		return;
	}
	reach->state = KVET_REACH_DEATH;
	/* Where the caller ignores SIGCHLD, there is no exit status. */
	if (got == child && WIFSIGNALED(status))
		reach->number = WTERMSIG(status);
	snprintf(reach->call, sizeof(reach->call), "%s",
		 call == KVET_CALL_BPF ? commands[board->at].name : "perf_event_open");
}

void kvet_reach_read(const struct kvet_host *host, enum kvet_call call, struct kvet_reach *reach)
{
	struct board *board;

	*reach = (struct kvet_reach){ .state = KVET_REACH_KERNEL };
	if (call == KVET_CALL_FILE || kvet_host_seccomp(host) == 0)
		return;
	reach->state = KVET_REACH_UNKNOWN;
	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	if (board == MAP_FAILED)
		return;
	ask_in_child(host, call, board, reach);
	munmap(board, sizeof(*board));
}
