/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reads the settings of a host. */
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/cleanup.h"
#include "doctor/facts.h"
#include "host/securityfs_read.h"
#include "host/sys_read.h"

/* A node with many pods has a large table of mounts. What does not fit is ignored, unless nothing
 * was found in what does. */
#define MOUNTS_MOST (1U << 20)

static void read_number(const struct kvet_host *host, const char *path,
			struct doctor_number *number)
{
	number->errnum = -kvet_host_read_number(host, path, &number->value, NULL);
}

static void read_option(const struct kvet_host *host, const char *name,
			struct doctor_option *option)
{
	option->value = kvet_host_config(host, name, option->evidence, sizeof(option->evidence));
}

static void read_mounts(const struct kvet_host *host, struct doctor_facts *facts)
{
	const struct kvet_host self = kvet_host_self(host);
	AUTO_FREE char *text = malloc(MOUNTS_MOST);
	int ret = text ? kvet_host_read(&self, "/proc/self/mountinfo", text, MOUNTS_MOST, NULL)
		       : -ENOMEM;

	facts->mounts.errnum = -ret;
	/* What fitted is there, without an end. */
	if (ret == -E2BIG)
		text[MOUNTS_MOST - 1] = '\0';
	if (!ret || ret == -E2BIG)
		kvet_doctor_mounts_parse(text, &facts->mounts);
}

/* "name size uses users state address" */
static void read_modules(const struct kvet_host *host, struct doctor_facts *facts)
{
	struct doctor_modules *modules = &facts->modules;
	char full[PATH_MAX], line[1024], name[64], path[128];
	AUTO_FCLOSE FILE *stream = NULL;
	int ret = kvet_host_fopen(host, "/proc/modules", full, &stream, NULL);

	if (ret) {
		modules->errnum = -ret;
		return;
	}
	while (fgets(line, sizeof(line), stream)) {
		if (sscanf(line, "%63s", name) != 1)
			continue;
		modules->loaded++;
		snprintf(path, sizeof(path), "/sys/kernel/btf/%s", name);
		if (access(kvet_host_path(host, path, full), F_OK) == 0)
			continue;
		if (!modules->without_btf++)
			snprintf(modules->first, sizeof(modules->first), "%s", name);
	}
}

static void read_tracefs(const struct kvet_host *host, struct doctor_facts *facts)
{
	static const char *const places[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	char path[128], full[PATH_MAX];

	facts->tracefs_errnum = ENOENT;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		int errnum;

		snprintf(path, sizeof(path), "%s/available_events", places[i]);
		errnum = access(kvet_host_path(host, path, full), R_OK) ? errno : 0;
		/* tracefs may be mounted where this process cannot look. */
		if (errnum == ENOENT)
			continue;
		facts->tracefs_errnum = errnum;
		snprintf(facts->tracefs, sizeof(facts->tracefs), "%s", places[i]);
		snprintf(path, sizeof(path), "%s/set_event", places[i]);
		facts->tracefs_writable = access(kvet_host_path(host, path, full), W_OK) == 0;
		if (!errnum)
			return;
	}
}

static void read_masked(const struct kvet_host *host, struct doctor_facts *facts)
{
	/* None of them is ever empty; /proc/modules may be. */
	static const char *const files[] = { "/proc/kallsyms", "/proc/timer_list",
					     "/proc/config.gz" };
	size_t used = 0;

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (kvet_host_is_masked(host, files[i]))
			used += (size_t)snprintf(facts->masked + used, sizeof(facts->masked) - used,
						 "%s%s", used ? ", " : "", files[i]);
}

static void read_process(const struct kvet_host *host, struct doctor_facts *facts)
{
	kvet_refusal_read(&facts->bpf, host, KVET_CALL_BPF);
}

static void read_perf(const struct kvet_host *host, struct doctor_facts *facts)
{
	kvet_refusal_read(&facts->perf, host, KVET_CALL_PERF);
}

static void read_pid_namespace(const struct kvet_host *host __attribute__((unused)),
			       struct doctor_facts *facts)
{
	facts->pid_namespace = kvet_host_in_pid_namespace();
}

static void read_kprobes(const struct kvet_host *host, struct doctor_facts *facts)
{
	kvet_kprobe_facts_read(host, &facts->kprobes);
}

static void read_kprobes_enabled(const struct kvet_host *host, struct doctor_facts *facts)
{
	read_number(host, "/sys/kernel/debug/kprobes/enabled", &facts->kprobes_enabled);
}

static void read_ftrace_enabled(const struct kvet_host *host, struct doctor_facts *facts)
{
	read_number(host, "/proc/sys/kernel/ftrace_enabled", &facts->ftrace_enabled);
	read_option(host, "CONFIG_DYNAMIC_FTRACE", &facts->ftrace_option);
}

static void read_kptr(const struct kvet_host *host, struct doctor_facts *facts)
{
	read_number(host, "/proc/sys/kernel/kptr_restrict", &facts->kptr_restrict);
}

static void read_jit(const struct kvet_host *host, struct doctor_facts *facts)
{
	read_number(host, "/proc/sys/net/core/bpf_jit_enable", &facts->jit);
	read_option(host, "CONFIG_BPF_JIT", &facts->jit_option);
	read_option(host, "CONFIG_BPF_JIT_ALWAYS_ON", &facts->always_option);
}

static void read_jit_harden(const struct kvet_host *host, struct doctor_facts *facts)
{
	read_number(host, "/proc/sys/net/core/bpf_jit_harden", &facts->jit_harden);
}

static void read_lsm(const struct kvet_host *host, struct doctor_facts *facts)
{
	facts->lsm.errnum =
		-kvet_securityfs_read(host, "lsm", facts->lsm.text, sizeof(facts->lsm.text), NULL);
	read_option(host, "CONFIG_BPF_LSM", &facts->bpf_lsm_option);
}

static void read_clocksource(const struct kvet_host *host, struct doctor_facts *facts)
{
	facts->clocksource.errnum = -kvet_host_read(
		host, "/sys/devices/system/clocksource/clocksource0/current_clocksource",
		facts->clocksource.text, sizeof(facts->clocksource.text), NULL);
}

#define FOR(check) (UINT64_C(1) << KVET_CHECK_##check)

static_assert(KVET_CHECK_COUNT <= 64, "checks have a bit each");

/* What is read together, and the checks that it is read for. */
static const struct part {
	void (*read)(const struct kvet_host *host, struct doctor_facts *facts);
	uint64_t checks;
} parts[] = {
	/* Each remedy depends on the place of the process. */
	{ read_process, UINT64_MAX },
	{ read_perf, FOR(SECCOMP) | FOR(PERF_EVENT_PARANOID) },
	{ read_pid_namespace, FOR(PID_NAMESPACE) },
	{ read_masked, FOR(CONTAINER) },
	{ read_lsm, FOR(LSM) },
	{ read_kptr, FOR(KPTR_RESTRICT) },
	{ read_modules, FOR(MODULE_BTF) },
	{ read_mounts, FOR(BPFFS) | FOR(CGROUP) },
	{ read_jit, FOR(JIT) },
	{ read_jit_harden, FOR(JIT_HARDEN) },
	{ read_kprobes, FOR(KPROBES) | FOR(KPROBES_ENABLED) | FOR(PROBE) | FOR(KPROBE_MULTI) },
	{ read_kprobes_enabled, FOR(KPROBES_ENABLED) },
	{ read_ftrace_enabled, FOR(FTRACE_ENABLED) },
	{ read_tracefs, FOR(TRACEFS) },
	{ read_clocksource, FOR(CLOCKSOURCE) },
};

void kvet_doctor_facts_read(const struct kvet_host *host, enum kvet_check check,
			    struct doctor_facts *facts)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		unsigned int part = 1U << i;

		if ((facts->read & part) || !(parts[i].checks >> check & 1))
			continue;
		parts[i].read(host, facts);
		facts->read |= part;
	}
}

void kvet_doctor_facts_deinit(struct doctor_facts *facts)
{
	kvet_kprobe_facts_deinit(&facts->kprobes);
}
