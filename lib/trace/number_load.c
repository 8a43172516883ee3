/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From a PID namespace's numbers to the initial one's. A task iterator for one task looks it up in
 * the namespace of the process that made it, and its program sees the task itself (kernel:
 * kernel/bpf/task_iter.c, init_seq_pidns(); Linux 6.1). /proc would not do: it may be another
 * namespace's.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "bpf/tasks_load.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "trace/session.h"

/* What the iterator says of a task: its numbers in the initial PID namespace. */
static const struct kvet_bpf_task_members members = { { "tgid", "pid" }, sizeof(uint32_t) };

struct record {
	uint32_t pid, tid;
};

/* The records must be of one thread, or of the threads of one process: a kernel without iterators
 * for one task shows all tasks. */
static int read_number(int iterator, bool thread, uint32_t *number)
{
	struct record records[64];
	bool found = false;
	ssize_t got;
	int errnum;

	*number = 0;
	do {
		got = read(iterator, records, sizeof(records));
		errnum = errno;
		for (size_t i = 0; got > 0 && i < (size_t)got / sizeof(*records); i++) {
			uint32_t id = thread ? records[i].tid : records[i].pid;

			if (found && *number != id)
				return -EOPNOTSUPP;
			*number = id;
			found = true;
		}
	} while (got > 0);
	if (got < 0)
		return -errnum;
	return found && *number ? 0 : -ESRCH;
}

static const char old[] = "iterators over one task require Linux 6.1";

/* The failure of a call, or what kvet found: that has no errno. */
static void fail(const char *source, int errnum, const char *why, uint32_t id, bool thread,
		 struct kvet_cause *err)
{
	kvet_cause_fill(err, errnum, source,
			"the kernel's number of %s %" PRIu32 " is not known: %s",
			thread ? "thread" : "process", id, why);
	kvet_cause_remedy(err, "run kvet in the initial PID namespace, or use --comm or --cgroup");
}

int kvet_trace_number(uint32_t id, bool thread, uint32_t *number, struct kvet_cause *err)
{
	union bpf_iter_link_info task = { 0 };
	AUTO_CLOSE int iterator = -1;
	struct kvet_cause refused;
	int ret;

	if (thread)
		task.task.tid = id;
	else
		task.task.pid = id;
	iterator = kvet_bpf_tasks(NULL, "kvet_number", &members, &task, &refused);
	if (iterator < 0) {
		fail(refused.source, refused.errnum, iterator == -E2BIG ? old : refused.evidence,
		     id, thread, err);
		return iterator;
	}
	ret = read_number(iterator, thread, number);
	/* read_number() returns these two itself. */
	if (ret)
		fail("read(BPF iterator)", ret == -EOPNOTSUPP || ret == -ESRCH ? 0 : -ret,
		     ret == -EOPNOTSUPP ? old : kvet_errno_text(-ret), id, thread, err);
	return ret;
}
