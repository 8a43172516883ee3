/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_KPROBE_WAYS_H
#define KVET_KPROBE_WAYS_H

#include "host/btf.h"

#include <kvet/kprobe.h>

struct kvet_kprobe_ways {
	struct kvet_host host;
	const struct kvet_kprobe_facts *facts;
	struct kvet_kprobe_wish wish;
	bool found; /* the members below are filled in */
	struct kvet_kprobe_route route;
	enum kvet_verdict pmu; /* whether this process may use the PMU; asked only if the wish
				  leaves the choice */
	struct kvet_cause pmu_cause;
	enum kvet_verdict multi; /* no: this kernel does not support kprobe_multi links */
	struct kvet_cause multi_cause;
	struct kvet_kprobe_group *group; /* NULL unless the single back end is tracefs */
	enum kvet_verdict tracefs;       /* the verdict if there is no group */
	struct kvet_cause tracefs_cause;
	int idle; /* descriptor of a program for multi that only returns 0 */
	/* The sites that multi was asked for all at once, by ascending address. */
	struct kvet_kprobe_asked *asked;
	size_t asked_count;
	struct kvet_btf *btf; /* the kernel's, once fentry has been looked for */
	struct kvet_cause btf_cause;
};

struct kvet_kprobe_asked {
	uint64_t address;
	bool taken;
};

/* Asks the kernel which back ends it has, once. */
void kvet_kprobe_ways_find(struct kvet_kprobe_ways *ways);

/* Registers a kprobe by the single back end, disabled. Returns its descriptor, or -1 with the
 * verdict and the cause, which has the refusal of each back end that was tried. */
int kvet_kprobe_ways_event(struct kvet_kprobe_ways *ways, const struct kvet_kprobe_site *site,
			   bool returns, enum kvet_verdict *verdict, struct kvet_cause *cause);

/* The verdict on a site, from the answer of multi (NULL: not tried) and that of the single back end
 * (NULL: there is none). Pure. */
enum kvet_verdict kvet_kprobe_ways_sum(const enum kvet_verdict *multi,
				       const enum kvet_verdict *single);

#endif
