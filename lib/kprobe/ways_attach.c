/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The back ends of this host: found once, for those who judge sites and those who arm them. */
#include <stdlib.h>
#include <string.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "kprobe/explain.h"
#include "kprobe/pmu_attach.h"
#include "kprobe/tracefs_attach.h"
#include "kprobe/ways.h"

/* How many calls a return probe of tracefs can follow at a time: at most SLOTS_MOST for a function
 * (the kernel's limit), SLOTS_ALL for all of them. If less than SLOTS_LEAST is left for each, the
 * kernel's default is better. */
#define SLOTS_MOST  4096
#define SLOTS_ALL   65536
#define SLOTS_LEAST 64

struct kvet_kprobe_ways *kvet_kprobe_ways_open(const struct kvet_host *host,
					       const struct kvet_kprobe_facts *facts,
					       const struct kvet_kprobe_wish *wish)
{
	struct kvet_kprobe_ways *ways = calloc(1, sizeof(*ways));

	if (!ways)
		return NULL;
	if (host)
		ways->host = *host;
	ways->facts = facts;
	ways->wish = *wish;
	ways->idle = -1;
	return ways;
}

void kvet_kprobe_ways_close(struct kvet_kprobe_ways *ways)
{
	if (!ways)
		return;
	kvet_kprobe_group_close(ways->group);
	kvet_cleanup_close(&ways->idle);
	kvet_btf_free(ways->btf);
	free(ways->asked);
	free(ways);
}

/* More than the kernel's default, which is small: a slot takes less than 100 bytes. */
static unsigned int slots_of(const struct kvet_kprobe_wish *wish)
{
	size_t each = SLOTS_ALL / (wish->sites ? wish->sites : 1);

	if (wish->slots)
		return wish->slots;
	return each > SLOTS_MOST ? SLOTS_MOST : each < SLOTS_LEAST ? 0 : (unsigned int)each;
}

static void find_tracefs(struct kvet_kprobe_ways *ways)
{
	struct kvet_cause err;

	if (!kvet_kprobe_group_open(&ways->group, &ways->host, &err)) {
		kvet_kprobe_group_slots(ways->group, slots_of(&ways->wish));
		return;
	}
	ways->tracefs = KVET_UNDETERMINED;
	ways->tracefs_cause = err;
	if (kvet_kprobe_explain_lockdown(err.errnum, err.source, ways->facts, &ways->tracefs_cause))
		ways->tracefs = KVET_NO;
}

static void find_multi(struct kvet_kprobe_ways *ways)
{
	ways->multi = kvet_kprobe_multi_check(&ways->host, &ways->idle, &ways->multi_cause);
	/* If there is another back end, a kernel without multi does not count as a refusal. */
	if (ways->multi == KVET_NO && ways->route.single != KVET_KPROBE_AUTO)
		ways->route.multi = false;
}

void kvet_kprobe_ways_find(struct kvet_kprobe_ways *ways)
{
	const struct kvet_kprobe_wish *wish = &ways->wish;

	if (ways->found)
		return;
	ways->found = true;
	if ((wish->backend == KVET_KPROBE_AUTO || wish->backend == KVET_KPROBE_FENTRY) &&
	    !wish->slots && ways->facts->pmu_type >= 0)
		ways->pmu = kvet_kprobe_pmu_check(&ways->host, ways->facts, &ways->pmu_cause);
	ways->route = kvet_kprobe_route(wish, ways->facts, ways->pmu != KVET_YES);
	if (ways->route.multi)
		find_multi(ways);
	if (ways->route.single == KVET_KPROBE_TRACEFS)
		find_tracefs(ways);
}

struct kvet_kprobe_route kvet_kprobe_ways_route(struct kvet_kprobe_ways *ways)
{
	kvet_kprobe_ways_find(ways);
	return ways->route;
}

bool kvet_kprobe_ways_fallback(struct kvet_kprobe_ways *ways, struct kvet_cause *cause)
{
	kvet_kprobe_ways_find(ways);
	*cause = ways->pmu_cause;
	return ways->route.fallback;
}

enum kvet_verdict kvet_kprobe_ways_unlinked(struct kvet_kprobe_ways *ways,
					    const struct kvet_kprobe_site *site, bool linked,
					    struct kvet_cause *cause)
{
	kvet_kprobe_ways_find(ways);
	if (linked && ways->multi == KVET_YES) {
		kvet_cause_fill(cause, 0, "bpf(BPF_LINK_CREATE, kprobe_multi)",
				"%s+0x%llx is not where a function calls ftrace", site->symbol,
				(unsigned long long)site->offset);
		kvet_cause_remedy(cause, "--backend auto, or pmu");
		return KVET_NO;
	}
	*cause = ways->multi_cause;
	if (ways->multi == KVET_YES)
		kvet_cause_fill(cause, 0, "bpf(BPF_LINK_CREATE, kprobe_multi)",
				"this kernel refuses such links");
	return KVET_UNDETERMINED;
}

/* This process may not use the PMU, and the back end in its place has refused the site too. A no to
 * the site itself stands. Otherwise the verdict is the PMU's, and the cause lists each back end. */
static void explain_all(const struct kvet_kprobe_ways *ways, enum kvet_verdict *verdict,
			struct kvet_cause *cause)
{
	struct kvet_cause last = *cause;
	char text[sizeof(last)];

	if (*verdict == KVET_NO && ways->pmu != KVET_NO)
		return;
	*verdict = ways->pmu;
	*cause = ways->pmu_cause;
	if (*ways->multi_cause.evidence)
		kvet_cause_add(cause, "multi: %s", ways->multi_cause.evidence);
	/* A lockdown gives both the same evidence: it is said once. */
	if (strcmp(last.evidence, ways->pmu_cause.evidence) != 0)
		kvet_cause_add(cause, "tracefs: %s", kvet_cause_text(&last, text, sizeof(text)));
	if (ways->pmu == KVET_NO)
		kvet_cause_remedy(cause, "boot with lockdown=integrity or none");
}

int kvet_kprobe_ways_event(struct kvet_kprobe_ways *ways, const struct kvet_kprobe_site *site,
			   bool returns, enum kvet_verdict *verdict, struct kvet_cause *cause)
{
	int fd = -1;

	kvet_kprobe_ways_find(ways);
	if (ways->group) {
		fd = kvet_kprobe_group_event(ways->group, &ways->host, ways->facts, site, returns,
					     verdict, cause);
	} else if (ways->route.single == KVET_KPROBE_TRACEFS) {
		*verdict = ways->tracefs;
		*cause = ways->tracefs_cause;
	} else if (ways->facts->pmu_type < 0) {
		*verdict = KVET_UNDETERMINED;
		kvet_cause_fill(cause, 0, "/sys/bus/event_source/devices/kprobe", "no kprobe PMU");
		kvet_cause_remedy(cause, "--backend auto, or mount sysfs");
	} else {
		fd = kvet_kprobe_pmu_event(&ways->host, ways->facts, site, returns, verdict, cause);
	}
	if (fd < 0 && ways->route.fallback)
		explain_all(ways, verdict, cause);
	return fd;
}
