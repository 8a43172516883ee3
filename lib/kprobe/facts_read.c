/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What sysfs, debugfs and tracefs say of kprobes. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/cleanup.h"
#include "host/sys_read.h"

#include <kvet/kprobe.h>

static bool exists(const struct kvet_host *host, const char *path)
{
	char full[PATH_MAX];

	return access(kvet_host_path(host, path, full), F_OK) == 0;
}

void kvet_kprobe_facts_read(const struct kvet_host *host, struct kvet_kprobe_facts *facts)
{
	static const int capabilities[] = { CAP_BPF, CAP_PERFMON, -1 };
	char text[64];
	long number;
	int bit, length = 0;

	*facts = (struct kvet_kprobe_facts){ .pmu_type = -1, .retprobe_bit = -1, .enabled = -1 };
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
	if (!kvet_host_read_number(host, "/sys/kernel/debug/kprobes/enabled", &number, NULL))
		facts->enabled = number != 0;
	if (kvet_host_sysctl(host, "kernel/perf_event_paranoid", &facts->perf_event_paranoid, NULL))
		facts->perf_event_paranoid = -2;
	facts->config = kvet_host_config(host, "CONFIG_KPROBES", facts->config_evidence,
					 sizeof(facts->config_evidence));
	facts->lockdown = kvet_host_lockdown(host);
	facts->seccomp = kvet_host_seccomp(host);
	kvet_host_missing_for_bpf(capabilities, facts->missing, sizeof(facts->missing));
}

/* "0xffffffff81000000-0xffffffff81000040\tname", one function a line (kernel:
 * kprobe_blacklist_seq_show()). */
static bool blacklist_line(const char *line, const struct kvet_kprobe_site *site)
{
	uint64_t start, end;

	return sscanf(line, "%" SCNx64 "-%" SCNx64, &start, &end) == 2 && site->address >= start &&
	       site->address < end;
}

/* "name", "name [module]", one function a line. */
static bool function_line(const char *line, const struct kvet_kprobe_site *site)
{
	size_t len = strlen(site->symbol);

	return !strncmp(line, site->symbol, len) && (line[len] == '\n' || line[len] == ' ');
}

static int listed(const struct kvet_host *host, const char *path,
		  const struct kvet_kprobe_site *site,
		  bool (*matches)(const char *line, const struct kvet_kprobe_site *site))
{
	char full[PATH_MAX];
	AUTO_FCLOSE FILE *stream = fopen(kvet_host_path(host, path, full), "re");
	AUTO_FREE char *line = NULL;
	size_t size = 0;

	if (!stream)
		return -1;
	while (getline(&line, &size, stream) > 0)
		if (matches(line, site))
			return 1;
	return feof(stream) ? 0 : -1;
}

void kvet_kprobe_lists_read(const struct kvet_host *host, const struct kvet_kprobe_site *site,
			    struct kvet_kprobe_lists *lists)
{
	lists->blacklisted =
		listed(host, "/sys/kernel/debug/kprobes/blacklist", site, blacklist_line);
	lists->traceable =
		listed(host, "/sys/kernel/tracing/available_filter_functions", site, function_line);
	if (lists->traceable < 0)
		lists->traceable =
			listed(host, "/sys/kernel/debug/tracing/available_filter_functions", site,
			       function_line);
}
