/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_KPROBE_WAYS_H
#define KVET_KPROBE_WAYS_H

#include <kvet/kprobe.h>

struct kvet_kprobe_ways {
	struct kvet_host host;
	const struct kvet_kprobe_facts *facts;
	struct kvet_kprobe_wish wish;
	bool found; /* what follows is known */
	struct kvet_kprobe_route route;
	enum kvet_verdict pmu; /* where there was the choice: whether the PMU is for this process */
	struct kvet_cause pmu_cause;
	enum kvet_verdict multi; /* no: this kernel does not support kprobe_multi links */
	struct kvet_cause multi_cause;
	struct kvet_kprobe_group *group; /* of tracefs, where single is that */
	enum kvet_verdict tracefs;       /* why there is no group */
	struct kvet_cause tracefs_cause;
	int idle; /* a program for multi that does nothing */
	/* Those that multi was asked for all at once, in the order of their addresses. */
	struct kvet_kprobe_asked *asked;
	size_t asked_count;
};

struct kvet_kprobe_asked {
	uint64_t address;
	bool taken;
};

/* Finds them, if that was not done yet. */
void kvet_kprobe_ways_find(struct kvet_kprobe_ways *ways);

/* Registers a kprobe the single way, disabled. Returns its descriptor, or -1 with the verdict and
 * the cause, which says of each way that was there why it was not taken. */
int kvet_kprobe_ways_event(struct kvet_kprobe_ways *ways, const struct kvet_kprobe_site *site,
			   bool returns, enum kvet_verdict *verdict, struct kvet_cause *cause);

/* What a site comes to, whose single way (if there is one) has the one verdict, and for which multi
 * (if it was tried) has the other. Pure. */
enum kvet_verdict kvet_kprobe_ways_sum(const enum kvet_verdict *multi,
				       const enum kvet_verdict *single);

#endif
