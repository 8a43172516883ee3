/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The starts of all tasks, from the kernel's BPF iterator over tasks: nothing else in the kernel
 * keeps both MONOTONIC and BOOTTIME of a past moment.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kvet/refusal.h>

#include "bpf/tasks_load.h"
#include "clock/history.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/fail.h"

/* At least this much is read at a time. */
#define PIECE (64U << 10)

int kvet_clock_history_read(const struct kvet_host *host, struct kvet_clock_history **history,
			    struct kvet_cause *err)
{
	/* The members of struct kvet_clock_start. */
	static const struct kvet_bpf_task_members members = { { "start_time", "start_boottime" },
							      sizeof(uint64_t) };
	AUTO_FREE char *bytes = NULL;
	AUTO_CLOSE int fd = -1;
	size_t used = 0, room = 0;

	if (kvet_reach_is_death(host, KVET_CALL_BPF, err))
		return -EPERM;
	fd = kvet_bpf_tasks(host, "kvet_starts", &members, NULL, err);
	if (fd < 0)
		return fd;
	for (;;) {
		ssize_t got;
		int errnum;

		if (!ARRAY_RESERVE(bytes, room, used + PIECE))
			return kvet_fail_memory(err);
		got = read(fd, bytes + used, room - used);
		errnum = errno;
		if (got < 0 && errnum != EINTR && errnum != EAGAIN)
			return kvet_fail(err, errnum, "read", "the BPF iterator over tasks: %s",
					 strerror(errnum));
		if (!got)
			break;
		used += got > 0 ? (size_t)got : 0;
	}
	return kvet_clock_history_of((const struct kvet_clock_start *)bytes,
				     used / sizeof(struct kvet_clock_start), history, err);
}
