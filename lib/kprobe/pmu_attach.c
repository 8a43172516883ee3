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

/* Registers a kprobe, disabled. Returns its descriptor, or -1 with the verdict and cause. */
static int open_event(const struct kvet_host *host, const struct kvet_kprobe_facts *facts,
		      const struct kvet_kprobe_site *site, bool returns, enum kvet_verdict *verdict,
		      struct kvet_cause *cause)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = (uint32_t)facts->pmu_type,
		.config2 = site->address,
		.disabled = 1,
	};
	struct kvet_kprobe_lists lists;
	int fd, errnum;

	if (returns && facts->retprobe_bit < 0) {
		kvet_cause_fill(cause, ENOENT, "/sys/bus/event_source/devices/kprobe/format",
				"the kprobe PMU does not say how to ask for a return");
		*verdict = KVET_UNDETERMINED;
		return -1;
	}
	if (returns)
		attr.config = 1ULL << facts->retprobe_bit;
	errno = 0;
	/* One CPU is named, as the call wants; a kprobe fires on all. */
	fd = (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	errnum = errno;
	if (fd >= 0)
		return fd;
	kvet_kprobe_lists_read(host, site, &lists);
	*verdict = kvet_kprobe_explain(errnum, site, facts, &lists, cause);
	return -1;
}

enum kvet_verdict kvet_kprobe_attach(const struct kvet_host *host,
				     const struct kvet_kprobe_facts *facts,
				     const struct kvet_kprobe_site *site, bool returns, int prog_fd,
				     int *out, struct kvet_cause *cause)
{
	enum kvet_verdict verdict = KVET_YES;
	AUTO_CLOSE int fd = -1;
	int errnum;

	*out = -1;
	fd = open_event(host, facts, site, returns, &verdict, cause);
	if (fd < 0)
		return verdict;
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

enum kvet_verdict kvet_kprobe_check(const struct kvet_host *host,
				    const struct kvet_kprobe_facts *facts,
				    const struct kvet_kprobe_site *site, bool returns,
				    struct kvet_cause *cause)
{
	enum kvet_verdict verdict = KVET_YES;
	int fd = open_event(host, facts, site, returns, &verdict, cause);

	if (fd >= 0)
		close(fd);
	return verdict;
}
