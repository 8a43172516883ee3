/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_KPROBE_PMU_ATTACH_H
#define KVET_KPROBE_PMU_ATTACH_H

#include <linux/perf_event.h>

#include <kvet/kprobe.h>

/* perf_event_open(2) of this event, disabled, on all tasks. Returns a descriptor or a negative
 * errno: -EPERM without a call, if a seccomp filter would end this process. */
int kvet_kprobe_event_open(const struct kvet_kprobe_facts *facts, struct perf_event_attr *attr);

/* Registers a kprobe with the PMU, disabled. Returns its descriptor, or -1 with the verdict and
 * cause. */
int kvet_kprobe_pmu_event(const struct kvet_host *host, const struct kvet_kprobe_facts *facts,
			  const struct kvet_kprobe_site *site, bool returns,
			  enum kvet_verdict *verdict, struct kvet_cause *cause);

#endif
