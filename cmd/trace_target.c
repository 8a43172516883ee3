/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "trace_target.h"

/* By the file alone: a static program has no other source of names. */
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

static bool exists(uint32_t id)
{
	int ret = id && id <= INT32_MAX ? kill((pid_t)id, 0) : (errno = ESRCH, -1), errnum = errno;

	return !ret || errnum != ESRCH;
}

enum status trace_target_check(struct context *context, const char *uid,
			       struct kvet_trace_options *options)
{
	char path[64];

	if (uid && !parse_uid(uid, &options->uid))
		return context_usage(context, "--uid: no such user: '%s'", uid);
	options->by_uid = uid != NULL;
	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%" PRIu32, options->cpu);
	if (options->by_cpu && !access("/sys/devices/system/cpu", F_OK) && access(path, F_OK) != 0)
		return context_usage(context, "--cpu: no such CPU: %" PRIu32, options->cpu);
	if ((options->by_pid || options->by_tid) && kvet_host_in_pid_namespace()) {
		static const struct kvet_cause cause = {
			.source = "/proc/self/ns/pid",
			.evidence = "kvet is in a PID namespace, or /proc does not say that it is "
				    "in none: the kernel's programs see other numbers than --pid "
				    "and --tid name",
			.remedy = "run kvet in the initial PID namespace, or take --comm or "
				  "--cgroup",
		};

		context_error(context, &cause);
		return STATUS_UNDETERMINED;
	}
	if (options->by_pid && !exists(options->pid))
		return context_usage(context, "--pid: no such process: %" PRIu32, options->pid);
	if (options->by_tid && !exists(options->tid))
		return context_usage(context, "--tid: no such thread: %" PRIu32, options->tid);
	return STATUS_YES;
}

int trace_target_open(const struct kvet_trace_options *options)
{
	return options->by_pid ? (int)syscall(SYS_pidfd_open, (pid_t)options->pid, 0) : -1;
}
