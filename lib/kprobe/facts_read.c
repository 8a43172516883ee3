/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What sysfs, debugfs and tracefs say of kprobes. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/cleanup.h"
#include "host/sys_read.h"

#include <kvet/kprobe.h>

/* The kernel's lists have thousands of lines: they are read when the first site is refused. */
struct kvet_kprobe_cache {
	struct kvet_ksyms_sites *sites;
};

static bool exists(const struct kvet_host *host, const char *path)
{
	char full[PATH_MAX];

	return access(kvet_host_path(host, path, full), F_OK) == 0;
}

void kvet_kprobe_switches_read(const struct kvet_host *host, struct kvet_kprobe_switches *switches)
{
	long number;

	*switches = (struct kvet_kprobe_switches){ -1, -1 };
	if (!kvet_host_read_number(host, "/sys/kernel/debug/kprobes/enabled", &number, NULL))
		switches->kprobes = number != 0;
	if (!kvet_host_sysctl(host, "kernel/ftrace_enabled", &number, NULL))
		switches->ftrace = number != 0;
}

void kvet_kprobe_facts_read(const struct kvet_host *host, struct kvet_kprobe_facts *facts)
{
	char text[64];
	long number;
	int bit, length = 0;

	*facts = (struct kvet_kprobe_facts){ .pmu_type = -1, .retprobe_bit = -1 };
	/* "config:0" */
	if (!kvet_host_read(host, "/sys/bus/event_source/devices/kprobe/format/retprobe", text,
			    sizeof(text), NULL) &&
	    sscanf(text, "config:%d%n", &bit, &length) == 1 && !text[length] && bit >= 0 &&
	    bit < 64)
		facts->retprobe_bit = bit;
	if (!kvet_host_read_number(host, "/sys/bus/event_source/devices/kprobe/type", &number,
				   NULL) &&
	    number >= 0 && number <= INT_MAX)
		facts->pmu_type = (int)number;
	facts->tracefs = exists(host, "/sys/kernel/tracing/kprobe_events") ||
			 exists(host, "/sys/kernel/debug/tracing/kprobe_events");
	kvet_kprobe_switches_read(host, &facts->switches);
	facts->config = kvet_host_config(host, "CONFIG_KPROBES", facts->config_evidence,
					 sizeof(facts->config_evidence));
	facts->probes_notrace = kvet_host_config(host, "CONFIG_KPROBE_EVENTS_ON_NOTRACE", NULL,
						 0) == KVET_CONFIG_YES;
	facts->lockdown = kvet_host_lockdown(host);
	kvet_reach_read(host, KVET_CALL_PERF, &facts->perf);
	/* If there is no memory for the cache, the lists are read again for each site. */
	facts->cache = calloc(1, sizeof(*facts->cache));
}

/* --- the kernel's lists ---------------------------------------------------------------------- */

void kvet_kprobe_facts_deinit(struct kvet_kprobe_facts *facts)
{
	if (facts->cache)
		kvet_ksyms_sites_free(facts->cache->sites);
	free(facts->cache);
	facts->cache = NULL;
}

bool kvet_kprobe_lists_kept(const struct kvet_kprobe_facts *facts)
{
	return facts->cache && facts->cache->sites;
}

void kvet_kprobe_lists_read(const struct kvet_host *host, const struct kvet_kprobe_facts *facts,
			    const struct kvet_kprobe_site *site, struct kvet_kprobe_lists *lists)
{
	struct kvet_kprobe_cache once = { 0 };
	struct kvet_kprobe_cache *cache = facts && facts->cache ? facts->cache : &once;

	*lists = (struct kvet_kprobe_lists){ -1, -1, -1, 0 };
	if (!cache->sites && kvet_ksyms_sites_read(&cache->sites, host, NULL))
		return;
	kvet_ksyms_sites_look(cache->sites, site->symbol, site->address - site->offset,
			      site->extent, site->address, &lists->blacklisted, &lists->traceable);
	if (site->symbol[strcspn(site->symbol, ".")])
		lists->whole = kvet_ksyms_sites_named(cache->sites, site->symbol,
						      strcspn(site->symbol, "."));
	lists->entries = kvet_ksyms_sites_entries(cache->sites, site->symbol);
	kvet_ksyms_sites_free(once.sites);
}
