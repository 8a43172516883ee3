/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "stop.h"

/* What both processes see. */
struct stage {
	_Atomic bool ready, go;
};

struct child {
	pid_t pid;
	int pidfd;
	int hold;   /* the process waits until a byte comes, and ends if this is closed */
	int report; /* the errno of an execve(2) that failed; closed by one that succeeded */
	struct stage *stage;
	bool went, reaped;
	int status; /* as waitpid(2) has it */
};

/* --- finding the command ---------------------------------------------------------------------- */

/* Returns 0 if it is a file that may be executed. */
static int look_at(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return errno;
	if (S_ISDIR(st.st_mode))
		return EISDIR;
	return access(path, X_OK) ? errno : 0;
}

/* As a shell finds it. Returns its path, which the caller frees, or NULL with *errnum; 0: no
 * memory. */
static char *find(const char *name, int *errnum)
{
	const char *dirs = getenv("PATH");
	char *path;
	int worst = ENOENT;

	*errnum = 0;
	if (strchr(name, '/')) {
		*errnum = look_at(name);
		return *errnum ? NULL : strdup(name);
	}
	for (dirs = dirs ? dirs : "/bin:/usr/bin";; dirs++) {
		size_t len = strcspn(dirs, ":");
		int found;

		/* An empty one is the current directory. */
		if (asprintf(&path, "%.*s%s%s", (int)len, dirs, len ? "/" : "./", name) < 0)
			return NULL;
		found = look_at(path);
		if (!found)
			return path;
		free(path);
		worst = found == EACCES ? EACCES : worst;
		dirs += len;
		if (!*dirs)
			break;
	}
	*errnum = worst;
	return NULL;
}

/* --- the process ------------------------------------------------------------------------------ */

/* How many turns a waiting process makes before it looks whether kvet is still there: a second or
 * so, because looking is a system call. */
#define TURNS (UINT64_C(1) << 28)

/* Waits without a system call. */
static void wait_for(const struct stage *stage, pid_t parent)
{
	for (uint64_t turns = 1; !stage->go; turns++)
		if (!(turns % TURNS) && getppid() != parent)
			_exit(0);
}

/* A script without a "#!" line is the shell's, as execvp(3) has it. */
static void run(const char *path, const char *const *words)
{
	size_t count = 0;
	const char **shell;

	execve(path, (char *const *)(uintptr_t)words, environ);
	if (errno != ENOEXEC)
		return;
	while (words[count])
		count++;
	shell = calloc(count + 2, sizeof(*shell));
	if (!shell)
		return;
	shell[0] = "/bin/sh";
	shell[1] = path;
	if (count > 1)
		memcpy(shell + 2, words + 1, (count - 1) * sizeof(*shell));
	execve("/bin/sh", (char *const *)(uintptr_t)shell, environ);
	free(shell);
}

static void be_child(const struct child *child, int hold, int report, pid_t parent,
		     const char *path, const char *const *words)
{
	char byte;
	int errnum;

	close(child->hold);
	stop_forget();
	if (read(hold, &byte, 1) != 1)
		_exit(0);
	child->stage->ready = true;
	wait_for(child->stage, parent);
	run(path, words);
	errnum = errno;
	if (write(report, &errnum, sizeof(errnum)) < 0)
		_exit(126);
	_exit(127);
}

/* Makes the process. Returns 0, or the errno of what failed. */
static int make(struct child *child, const char *path, const char *const *words)
{
	int hold[2] = { -1, -1 }, report[2] = { -1, -1 }, errnum = 0;
	pid_t parent = getpid();
	void *stage = mmap(NULL, sizeof(*child->stage), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (stage == MAP_FAILED)
		return errno;
	child->stage = stage;
	if (pipe2(hold, O_CLOEXEC))
		return errno;
	child->hold = hold[1];
	if (pipe2(report, O_CLOEXEC)) {
		errnum = errno;
		close(hold[0]);
		return errnum;
	}
	child->report = report[0];
	child->pid = fork();
	if (child->pid < 0)
		errnum = errno;
	else if (!child->pid)
		be_child(child, hold[0], report[1], parent, path, words);
	close(hold[0]);
	close(report[1]);
	if (errnum)
		return errnum;
	child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
	return child->pidfd < 0 ? errno : 0;
}

enum status child_new(struct context *context, const char *const *words, struct child **out)
{
	int errnum;
	char *path = find(words[0], &errnum);
	struct child *child;

	if (!path && !errnum)
		return context_failure(context, ENOMEM, "malloc");
	if (!path)
		return context_usage(context, "cannot run '%s': %s", words[0],
				     errnum == ENOENT && !strchr(words[0], '/')
					     ? "no command of that name in PATH"
					     : strerror(errnum));
	child = calloc(1, sizeof(*child));
	if (!child) {
		free(path);
		return context_failure(context, ENOMEM, "malloc");
	}
	child->hold = child->report = child->pidfd = -1;
	errnum = make(child, path, words);
	free(path);
	if (!errnum) {
		*out = child;
		return STATUS_YES;
	}
	child_free(child);
	return context_failure(context, errnum, "fork");
}

pid_t child_pid(const struct child *child)
{
	return child->pid;
}

int child_fd(const struct child *child)
{
	return child->pidfd;
}

static bool reap(struct child *child, int timeout_ms)
{
	struct pollfd fd = { .fd = child->pidfd, .events = POLLIN };

	if (!child->reaped && poll(&fd, 1, timeout_ms) > 0)
		child->reaped = waitpid(child->pid, &child->status, 0) == child->pid;
	return child->reaped;
}

bool child_ready(struct child *child)
{
	static const struct timespec moment = { .tv_nsec = 100000 };

	if (write(child->hold, "", 1) != 1)
		return false;
	while (!child->stage->ready && !reap(child, 0))
		nanosleep(&moment, NULL);
	return !child->reaped;
}

void child_go(struct child *child)
{
	child->went = true;
	child->stage->go = true;
}

/* How long a command may take to end after SIGTERM. */
#define PATIENCE_MS 2000

struct child_fate child_end(struct child *child)
{
	struct child_fate fate = { 0 };

	if (!child->went)
		return fate;
	if (!reap(child, 0)) {
		kill(child->pid, SIGTERM);
		reap(child, PATIENCE_MS);
	}
	if (read(child->report, &fate.errnum, sizeof(fate.errnum)) != sizeof(fate.errnum))
		fate.errnum = 0;
	fate.ended = child->reaped;
	if (fate.ended && WIFSIGNALED(child->status))
		fate.signal = WTERMSIG(child->status);
	else if (fate.ended)
		fate.status = WEXITSTATUS(child->status);
	return fate;
}

static void shut(int fd)
{
	if (fd >= 0)
		close(fd);
}

void child_free(struct child *child)
{
	if (!child)
		return;
	shut(child->hold);
	if (child->pid > 0 && !child->went && !child->reaped) {
		/* It may wait for the byte, or for its turn. */
		kill(child->pid, SIGKILL);
		waitpid(child->pid, NULL, 0);
	}
	shut(child->report);
	shut(child->pidfd);
	if (child->stage)
		munmap(child->stage, sizeof(*child->stage));
	free(child);
}
