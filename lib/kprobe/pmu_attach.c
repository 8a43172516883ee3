/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kprobe PMU: perf_event_open(2) with config1 = NULL and config2 = an address arms a kprobe
 * there, and closing the descriptor disarms it (kernel: kernel/events/core.c, perf_kprobe; since
 * 4.17). A process that dies leaves nothing.
 */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "kprobe/pmu_attach.h"
#include "kprobe/refused_read.h"

int kvet_kprobe_event_open(const struct kvet_kprobe_facts *facts, struct perf_event_attr *attr)
{
	int cpu = 0, fd, errnum;

	if (facts->perf.state == KVET_REACH_DEATH)
		return -EPERM;
	attr->size = sizeof(*attr);
	attr->disabled = 1;
	/* The call requires a CPU; a kprobe fires on all of them. If CPU 0 is offline, the CPU that
	 * this thread runs on is tried: it is online, unless it goes offline between the two calls.
	 */
	for (int tries = 0; tries < 5; tries++) {
		errno = 0;
		fd = (int)syscall(SYS_perf_event_open, attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
		errnum = errno;
		if (fd >= 0 || errnum != ENODEV)
			break;
		cpu = sched_getcpu();
	}
	return fd >= 0 ? fd : -errnum;
}

enum kvet_verdict kvet_kprobe_pmu_check(const struct kvet_host *host,
					const struct kvet_kprobe_facts *facts,
					struct kvet_cause *cause)
{
	/* Address 0 cannot be probed: a process that may use the PMU gets EINVAL, and nothing is
	 * armed. */
	struct perf_event_attr attr = { .type = (uint32_t)facts->pmu_type };
	AUTO_CLOSE int fd = kvet_kprobe_event_open(facts, &attr);

	if (fd != -EPERM && fd != -EACCES && fd != -ENOSYS)
		return KVET_YES;
	return kvet_kprobe_refused_event(-fd, host, facts, "perf_event_open(kprobe)", cause);
}

int kvet_kprobe_pmu_event(const struct kvet_host *host, const struct kvet_kprobe_facts *facts,
			  const struct kvet_kprobe_site *site, bool returns,
			  enum kvet_verdict *verdict, struct kvet_cause *cause)
{
	struct perf_event_attr attr = {
		.type = (uint32_t)facts->pmu_type,
		.config2 = site->address,
	};
	int fd;

	if (returns && facts->retprobe_bit < 0) {
		kvet_cause_fill(cause, 0, "/sys/bus/event_source/devices/kprobe/format",
				"the kprobe PMU does not tell how to probe a return");
		*verdict = KVET_UNDETERMINED;
		return -1;
	}
	if (returns)
		attr.config = 1ULL << facts->retprobe_bit;
	fd = kvet_kprobe_event_open(facts, &attr);
	if (fd >= 0)
		return fd;
	*verdict = kvet_kprobe_refusal(-fd, host, facts, site, returns, cause);
	return -1;
}
