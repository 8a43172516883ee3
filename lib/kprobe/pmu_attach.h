/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_KPROBE_PMU_ATTACH_H
#define KVET_KPROBE_PMU_ATTACH_H

#include <linux/perf_event.h>

#include <kvet/kprobe.h>

/* perf_event_open(2) of this, disabled, on all tasks. Returns a descriptor or a negative errno. */
int kvet_kprobe_event_open(struct perf_event_attr *attr);

/* Why the kernel refused a probe, by what its lists say too. */
enum kvet_verdict kvet_kprobe_refusal(int errnum, const struct kvet_host *host,
				      const struct kvet_kprobe_facts *facts,
				      const struct kvet_kprobe_site *site, bool returns,
				      struct kvet_cause *cause);

#endif
