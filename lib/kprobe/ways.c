/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which back ends are tried for a wish, in which order, and the verdict that their answers give
 * together. */
#include "kprobe/ways.h"

/* For fewer sites, a link is not worth what it costs: the kernel does not list where its probes
 * are. */
#define MULTI_LEAST 32

struct kvet_kprobe_route kvet_kprobe_route(const struct kvet_kprobe_wish *wish,
					   const struct kvet_kprobe_facts *facts, bool pmu_refused)
{
	/* The other back ends cannot set the number of slots. */
	enum kvet_kprobe_backend wanted = wish->slots ? KVET_KPROBE_TRACEFS : wish->backend;
	struct kvet_kprobe_route route = { .single = wanted };
	bool many = wish->sites >= MULTI_LEAST;

	if (wanted == KVET_KPROBE_FENTRY)
		return (struct kvet_kprobe_route){ .fentry = true, .single = KVET_KPROBE_AUTO };
	if (wanted == KVET_KPROBE_MULTI)
		return (struct kvet_kprobe_route){ .multi = true, .single = KVET_KPROBE_AUTO };
	if (wanted != KVET_KPROBE_AUTO)
		return route;
	route.fallback = facts->pmu_type >= 0 && pmu_refused;
	/* Newer kernels save only the registers of arguments for multi: the others hold old
	 * values. */
	route.multi = (many || route.fallback) && !wish->registers;
	route.single =
		facts->pmu_type < 0 || route.fallback ? KVET_KPROBE_TRACEFS : KVET_KPROBE_PMU;
	return route;
}

enum kvet_verdict kvet_kprobe_ways_sum(const enum kvet_verdict *multi,
				       const enum kvet_verdict *single)
{
	if ((multi && *multi == KVET_YES) || (single && *single == KVET_YES))
		return KVET_YES;
	if (multi && single)
		return kvet_verdict_worst(*multi, *single);
	return multi ? *multi : single ? *single : KVET_NO;
}
