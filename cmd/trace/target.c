/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "target.h"

/* Since Linux 6.9; older kernels return EINVAL. */
#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif

/* Looks only in /etc/passwd: a static program cannot use other sources of names. */
static bool find_user(const char *name, uint32_t *uid)
{
	FILE *users = fopen("/etc/passwd", "re");
	const struct passwd *user = NULL;

	while (users && (user = fgetpwent(users)) && strcmp(user->pw_name, name) != 0)
		;
	if (user)
		*uid = user->pw_uid;
	if (users)
		fclose(users);
	return user != NULL;
}

static bool parse_uid(const char *text, uint32_t *uid)
{
	unsigned long long number;

	if (!*text || text[strspn(text, "0123456789")])
		return find_user(text, uid);
	errno = 0;
	number = strtoull(text, NULL, 10);
	*uid = (uint32_t)number;
	return !errno && number <= UINT32_MAX;
}

/* Whether there is a task with this number; process: whether it is a process, and not only a
 * thread. */
static bool exists(uint32_t id, bool process)
{
	int ret, errnum;

	if (!id || id > INT32_MAX)
		return false;
	errno = 0;
	ret = process ? (int)syscall(SYS_tgkill, (pid_t)id, (pid_t)id, 0) : kill((pid_t)id, 0);
	errnum = errno;
	return !ret || errnum != ESRCH;
}

static enum status check_process(struct context *context, uint32_t pid)
{
	if (exists(pid, true))
		return STATUS_YES;
	if (exists(pid, false))
		return context_usage(context,
				     "--pid: %" PRIu32 " is a thread, not a process; "
				     "try: --tid %" PRIu32,
				     pid, pid);
	return context_usage(context, "--pid: no such process: %" PRIu32, pid);
}

/* Any other failure is reported when the cgroup is opened. */
static enum status check_cgroup(struct context *context, const char *path)
{
	struct statfs fs = { .f_type = CGROUP2_SUPER_MAGIC };
	int fd, errnum;

	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	errnum = errno;
	if (fd < 0)
		return errnum == ENOENT || errnum == ENOTDIR
			       ? context_usage(context, "--cgroup: no such directory: '%s'", path)
			       : STATUS_YES;
	(void)fstatfs(fd, &fs);
	close(fd);
	if (fs.f_type != CGROUP2_SUPER_MAGIC)
		return context_usage(context, "--cgroup: not a cgroup v2 directory: '%s'", path);
	return STATUS_YES;
}

enum status trace_target_check(struct context *context, const char *uid,
			       struct kvet_trace_options *options)
{
	enum status status = STATUS_YES;
	char path[64];

	if (uid && !parse_uid(uid, &options->uid))
		return context_usage(context, "--uid: no such user: '%s'", uid);
	options->by_uid = uid != NULL;
	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%" PRIu32, options->cpu);
	if (options->by_cpu && !access("/sys/devices/system/cpu", F_OK) && access(path, F_OK) != 0)
		return context_usage(context, "--cpu: no such CPU: %" PRIu32, options->cpu);
	if (options->by_pid)
		status = check_process(context, options->pid);
	if (status == STATUS_YES && options->cgroup)
		status = check_cgroup(context, options->cgroup);
	if (status == STATUS_YES && options->by_tid && !exists(options->tid, false))
		return context_usage(context, "--tid: no such thread: %" PRIu32, options->tid);
	return status;
}

enum status trace_target_pidns(struct context *context, uint32_t pid,
			       struct kvet_trace_options *options)
{
	char path[64];
	struct stat st;
	int errnum;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/ns/pid", pid);
	errnum = stat(path, &st) ? errno : 0;
	if (errnum == ENOENT && !exists(pid, true))
		return context_usage(context, "--pidns: no such process: %" PRIu32, pid);
	if (errnum)
		return context_failure(context, errnum, path);
	options->by_pidns = true;
	options->pidns_dev = st.st_dev;
	options->pidns_ino = st.st_ino;
	return STATUS_YES;
}

/* --- its number ------------------------------------------------------------------------------ */

static enum status translate_one(struct context *context, const char *option, bool thread,
				 uint32_t *id)
{
	struct kvet_cause err;
	uint32_t number;

	if (kvet_trace_number(*id, thread, &number, &err)) {
		context_error(context, &err);
		return STATUS_UNDETERMINED;
	}
	if (number != *id)
		context_note(context, "%s %" PRIu32 " is %" PRIu32 " in the initial PID namespace",
			     option, *id, number);
	*id = number;
	return STATUS_YES;
}

/* /proc may be another namespace's, but self is this process in any. */
static void set_numbers(struct context *context, struct kvet_trace_options *options)
{
	struct stat st;

	if (stat("/proc/self/ns/pid", &st)) {
		context_note(context, "processes are numbered as in the initial PID namespace: "
				      "/proc/self/ns/pid cannot be read");
		return;
	}
	options->numbers = true;
	options->reader_dev = st.st_dev;
	options->reader_ino = st.st_ino;
}

enum status trace_target_translate(struct context *context, struct kvet_trace_options *options)
{
	enum status status = STATUS_YES;

	if (!kvet_host_in_pid_namespace())
		return status;
	set_numbers(context, options);
	if (options->by_pid || options->by_tree)
		status = translate_one(context, options->by_tree ? "process" : "--pid", false,
				       &options->pid);
	if (status == STATUS_YES && options->by_tid)
		status = translate_one(context, "--tid", true, &options->tid);
	return status;
}

/* --- its end --------------------------------------------------------------------------------- */

static int open_pidfd(uint32_t id, unsigned int flags)
{
	return (int)syscall(SYS_pidfd_open, (pid_t)id, flags);
}

void trace_target_open(struct trace_target *target, const struct kvet_trace_options *options)
{
	*target = (struct trace_target){ .thread = options->by_tid,
					 .number = options->by_tid   ? options->tid
						   : options->by_pid ? options->pid
								     : 0,
					 .fd = -1 };
	if (target->thread)
		target->fd = open_pidfd(target->number, PIDFD_THREAD);
	/* For a process, and for its first thread. */
	if (target->number && target->fd < 0)
		target->fd = open_pidfd(target->number, 0);
}

bool trace_target_ended(const struct trace_target *target)
{
	struct pollfd fd = { .fd = target->fd, .events = POLLIN };

	if (target->fd < 0)
		return target->number && !exists(target->number, !target->thread);
	return poll(&fd, 1, 0) > 0;
}

void trace_target_close(struct trace_target *target)
{
	if (target->fd >= 0)
		close(target->fd);
	target->fd = -1;
}
