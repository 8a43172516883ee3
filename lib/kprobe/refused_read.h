/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_KPROBE_REFUSED_READ_H
#define KVET_KPROBE_REFUSED_READ_H

#include <kvet/kprobe.h>

/* Why the kernel refused a probe, with what its lists say of the site. */
enum kvet_verdict kvet_kprobe_refusal(int errnum, const struct kvet_host *host,
				      const struct kvet_kprobe_facts *facts,
				      const struct kvet_kprobe_site *site, bool returns,
				      struct kvet_cause *cause);

/* Why perf_event_open(2) of any event was refused. */
enum kvet_verdict kvet_kprobe_refused_event(int errnum, const struct kvet_host *host,
					    const struct kvet_kprobe_facts *facts,
					    const char *source, struct kvet_cause *cause);

#endif
