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

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/own_load.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "task_number_record.h"
#include "trace/session.h"

#include "bpf/task_number.skel.h"

static void task_number_bpf_free(struct task_number_bpf *bpf)
{
	task_number_bpf__destroy(bpf);
}
AUTO_DEFINE(task_number_bpf)

/* The records must be of one thread, or of the threads of one process: a kernel without iterators
 * for one task shows all tasks. */
static int read_number(int iterator, bool thread, uint32_t *number)
{
	struct task_number_record records[64];
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

static int fail(const char *source, int errnum, const char *why, uint32_t id, bool thread,
		struct kvet_cause *err)
{
	int ret = kvet_fail(err, errnum, source,
			    "the kernel's number of %s %" PRIu32 " is not known: %s",
			    thread ? "thread" : "process", id, why ? why : strerror(errnum));

	if (err)
		kvet_cause_remedy(
			err, "run kvet in the initial PID namespace, or use --comm or --cgroup");
	return ret;
}

int kvet_trace_number(uint32_t id, bool thread, uint32_t *number, struct kvet_cause *err)
{
	union bpf_iter_link_info task = { 0 };
	AUTO(task_number_bpf) *bpf = NULL;
	AUTO_CLOSE int iterator = -1;
	struct kvet_cause refused;
	int ret, errnum;

	if (thread)
		task.task.tid = id;
	else
		task.task.pid = id;
	errno = 0;
	bpf = task_number_bpf__open_and_load();
	errnum = errno;
	if (!bpf)
		return fail("bpf(BPF_PROG_LOAD)", errnum, NULL, id, thread, err);
	iterator = kvet_bpf_own_iterator(NULL, bpf_program__fd(bpf->progs.kvet_task_number), &task,
					 &refused);
	if (iterator < 0)
		return fail(refused.source, -iterator, iterator == -E2BIG ? old : NULL, id, thread,
			    err);
	ret = read_number(iterator, thread, number);
	if (ret)
		fail("read(BPF iterator)", -ret, ret == -EOPNOTSUPP ? old : NULL, id, thread, err);
	/* read_number() returns these two itself. */
	if (err && (ret == -EOPNOTSUPP || ret == -ESRCH))
		err->errnum = 0;
	return ret;
}
