/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* libbpf's answers, from a child whose system calls are traced. Touches the kernel. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kvet/probe.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "probe/errno_journal.h"
#include "probe/signal_hold.h"
#include "probe/syscall_names.h"
#include "probe/syscall_stop.h"

/* What child and parent share. The child makes no system call between two questions, so "current"
 * tells which question a call belongs to; it is count before the first and after the last. */
struct board {
	volatile size_t current;
	volatile int traceme_errnum;
	struct {
		volatile bool answered;
		volatile int ret;
		volatile int errnum;
	} answers[];
};

/* The parent's side of one run. */
struct run {
	pid_t pid;
	const struct kvet_probe_question *questions;
	size_t count;
	struct board *board;
	struct kvet_signal_hold hold;
	struct kvet_probe_journal *journal;
	char gap[128]; /* why the calls are not traced, "" while they are */
	char end[64];  /* how the child ended, "" if normally */
};

static _Noreturn void answer_all(struct board *board, const struct kvet_probe_question *questions,
				 size_t count)
{
	/* PTRACE_O_EXITKILL is not yet in force, or never will be. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	libbpf_set_print(NULL);
	errno = 0;
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		board->traceme_errnum = errno;
	else
		raise(SIGSTOP);
	for (size_t i = 0; i < count; i++) {
		int ret, errnum;

		board->current = i;
		errno = 0;
		ret = libbpf_probe_bpf_helper((enum bpf_prog_type)questions[i].type,
					      (enum bpf_func_id)questions[i].helper, NULL);
		errnum = errno;
		board->answers[i].ret = ret;
		board->answers[i].errnum = errnum;
		board->answers[i].answered = true;
	}
	board->current = count;
	_exit(0);
}

static void note_gap(struct run *run, const char *call, int errnum)
{
	char buf[32];

	snprintf(run->gap, sizeof(run->gap), "%.90s: %s", call,
		 kvet_errno_name(errnum, buf, sizeof(buf)));
}

static void note_end(struct run *run, int status)
{
	if (run->end[0])
		return;
	if (WIFSIGNALED(status))
		snprintf(run->end, sizeof(run->end), "killed by signal %d", WTERMSIG(status));
	else if (WIFEXITED(status) && WEXITSTATUS(status))
		snprintf(run->end, sizeof(run->end), "exited with status %d", WEXITSTATUS(status));
}

/* Kills the child and waits for it. */
static void end_child(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	for (;;) {
		pid_t got = waitpid(pid, &status, 0);
		int errnum = errno;

		if (got < 0 && errnum != EINTR)
			return;
		if (got == pid && !WIFSTOPPED(status))
			return;
	}
}

/* Resumes the child. If it died in the meantime (ESRCH), waitpid(2) reports that. One that cannot
 * be resumed would stay stopped for ever. */
static void resume(struct run *run, int sig)
{
	bool detach = run->gap[0];
	const char *call = detach ? "PTRACE_DETACH" : "PTRACE_SYSCALL";
	char buf[32];
	int errnum;

	errno = 0;
	ptrace(detach ? PTRACE_DETACH : PTRACE_SYSCALL, run->pid, NULL, (void *)(long)sig);
	errnum = errno;
	if (!errnum || errnum == ESRCH)
		return;
	snprintf(run->end, sizeof(run->end), "ended after ptrace(%s): %s", call,
		 kvet_errno_name(errnum, buf, sizeof(buf)));
	kill(run->pid, SIGKILL);
}

/* The child stopped: at a system call, or for a signal. */
static int handle_stop(struct run *run, int sig, struct kvet_syscall_stop *stop)
{
	struct kvet_errno_entry entry;
	int ret;

	if (sig != KVET_SYSCALL_STOP) {
		resume(run, sig == SIGSTOP ? 0 : sig);
		return 0;
	}
	ret = kvet_syscall_stop_read(run->pid, stop, &entry);
	if (ret < 0)
		note_gap(run, "ptrace(PTRACE_GET_SYSCALL_INFO)", -ret);
	/* Calls before the first question and after the last one belong to no question. */
	if (ret > 0 && run->board->current < run->count) {
		entry.question = run->board->current;
		/* What could not be read is not judged. */
		entry.aside = !entry.unreadable && kvet_syscall_is_bpf(entry.number) &&
			      !kvet_errno_entry_asks(&entry, &run->questions[entry.question]);
		ret = kvet_errno_journal_add(run->journal, &entry);
		if (ret)
			return ret;
	}
	resume(run, 0);
	return 0;
}

/* Traces the child until it ends, and reaps it. Returns 0, or a negative errno with the child still
 * to be killed. */
static int follow(struct run *run, struct kvet_cause *err)
{
	struct kvet_syscall_stop stop = { .number = -1 };
	bool prepared = false;

	for (;;) {
		int status, ret, errnum;
		pid_t got;

		got = waitpid(run->pid, &status, 0);
		errnum = errno;
		/* Where the caller ignores SIGCHLD, the child is reaped without a status. */
		if (got < 0 && errnum == ECHILD)
			return 0;
		if (got < 0)
			return kvet_fail(err, errnum, "waitpid", "%s", strerror(errnum));
		if (!WIFSTOPPED(status)) {
			note_end(run, status);
			return 0;
		}
		if (kvet_signal_hold_interrupted(&run->hold))
			return kvet_reject(err, EINTR, "signal",
					   "interrupted before libbpf answered");
		if (!prepared) {
			errno = 0;
			if (ptrace(PTRACE_SETOPTIONS, run->pid, NULL,
				   (void *)(PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD)))
				note_gap(run, "ptrace(PTRACE_SETOPTIONS)", errno);
			prepared = true;
		}
		ret = handle_stop(run, WSTOPSIG(status), &stop);
		if (ret)
			return kvet_fail_memory(err);
	}
}

static void write_answers(struct run *run, struct kvet_probe_libbpf *answers)
{
	bool told = false;

	if (run->board->traceme_errnum)
		note_gap(run, "ptrace(PTRACE_TRACEME)", run->board->traceme_errnum);
	for (size_t i = 0; i < run->count; i++) {
		memset(&answers[i], 0, sizeof(answers[i]));
		answers[i].answered = run->board->answers[i].answered;
		answers[i].ret = run->board->answers[i].ret;
		answers[i].errnum = run->board->answers[i].errnum;
		if (answers[i].answered)
			continue;
		answers[i].origin = KVET_ORIGIN_UNKNOWN;
		/* The first question without an answer is the one during which the child died. */
		snprintf(answers[i].source, sizeof(answers[i].source), "%s%s",
			 told ? "not asked: the child was " : "",
			 run->end[0] ? run->end : "the child did not answer");
		told = true;
	}
	kvet_errno_journal_attribute(run->journal, run->gap, answers, run->count);
}

/* The child inherits the blocked signals: signals from the terminal are for the parent, which kills
 * the child. */
static int fork_and_follow(struct run *run, struct kvet_cause *err)
{
	int ret, errnum;

	kvet_signal_hold_begin(&run->hold);
	run->pid = fork();
	errnum = errno;
	if (run->pid == 0)
		answer_all(run->board, run->questions, run->count);
	if (run->pid < 0) {
		ret = kvet_fail(err, errnum, "fork", "%s", strerror(errnum));
	} else {
		ret = follow(run, err);
		if (ret)
			end_child(run->pid);
	}
	kvet_signal_hold_end(&run->hold);
	return ret;
}

/* If the child could not be created or traced to its end, answers stay open. */
static void leave_open(struct run *run, const struct kvet_cause *why,
		       struct kvet_probe_libbpf *answers)
{
	note_gap(run, why->source, why->errnum);
	snprintf(run->end, sizeof(run->end), "unknown: %.50s", run->gap);
	for (size_t i = 0; i < run->count; i++)
		if (!run->board || !run->board->answers[i].answered) {
			memset(&answers[i], 0, sizeof(answers[i]));
			answers[i].origin = KVET_ORIGIN_UNKNOWN;
			snprintf(answers[i].source, sizeof(answers[i].source), "%s", run->end);
		}
}

int kvet_probe_ask_libbpf(const struct kvet_probe_question *questions, size_t count,
			  struct kvet_probe_libbpf *answers, struct kvet_probe_journal **journal,
			  struct kvet_cause *err)
{
	size_t size = sizeof(struct board) + count * sizeof(((struct board *)0)->answers[0]);
	struct run run = { .questions = questions, .count = count };
	struct kvet_cause why;
	void *page;
	int ret, errnum;

	run.journal = calloc(1, sizeof(*run.journal));
	if (!run.journal)
		return kvet_fail_memory(err);
	page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	errnum = errno;
	if (page == MAP_FAILED) {
		ret = kvet_fail(&why, errnum, "mmap", "%s", strerror(errnum));
	} else {
		run.board = page;
		run.board->current = count;
		ret = fork_and_follow(&run, &why);
		if (ret != -EINTR)
			write_answers(&run, answers);
	}
	/* A signal ends the run; any other failure is an answer. */
	if (ret && ret != -EINTR) {
		leave_open(&run, &why, answers);
		ret = 0;
	}
	if (page != MAP_FAILED)
		munmap(page, size);
	if (!ret && journal)
		*journal = TAKE(run.journal);
	kvet_probe_journal_free(run.journal);
	if (ret && err)
		*err = why;
	return ret;
}
