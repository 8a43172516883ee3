/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kprobe PMU: perf_event_open(2) with config1 = NULL and config2 = an address arms a
 * kprobe there, and closing the descriptor takes it away (kernel: kernel/events/core.c,
 * perf_kprobe; since 4.17). Nothing is left behind by a process that dies.
 */
#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/cleanup.h"
#include "core/fail.h"

#include <kvet/kprobe.h>

enum kvet_verdict kvet_kprobe_attach(const struct kvet_host *host,
				     const struct kvet_kprobe_facts *facts,
				     const struct kvet_kprobe_site *site, int prog_fd, int *out,
				     struct kvet_cause *cause)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = (uint32_t)facts->pmu_type,
		.config2 = site->address,
	};
	struct kvet_kprobe_lists lists;
	AUTO_CLOSE int fd = -1;
	int errnum;

	*out = -1;
	errno = 0;
	/* One CPU is named, as the call wants; a kprobe fires on all. */
	fd = (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	errnum = errno;
	if (fd < 0) {
		kvet_kprobe_lists_read(host, site, &lists);
		return kvet_kprobe_explain(errnum, site, facts, &lists, cause);
	}
	errno = 0;
	if (ioctl(fd, PERF_EVENT_IOC_SET_BPF, prog_fd) || ioctl(fd, PERF_EVENT_IOC_ENABLE, 0)) {
		errnum = errno;
		kvet_cause_fill(cause, errnum, "ioctl(PERF_EVENT_IOC_SET_BPF)", "%s",
				strerror(errnum));
		return KVET_UNDETERMINED;
	}
	*out = TAKE_FD(fd);
	return KVET_YES;
}
