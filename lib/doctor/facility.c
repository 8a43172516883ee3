/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Judges which facilities of the kernel are there, and on. Pure. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "doctor/setting.h"

static void judge_module_btf(const struct doctor_facts *facts, struct kvet_finding *finding)
{
	const struct doctor_modules *modules = &facts->modules;

	if (modules->errnum == ENOENT) {
		kvet_doctor_find(finding, KVET_YES, "this kernel has no modules");
	} else if (modules->errnum) {
		kvet_doctor_find_unreadable(finding, "/proc/modules", modules->errnum);
	} else if (!modules->loaded) {
		kvet_doctor_find(finding, KVET_YES, "no module is loaded");
	} else if (!modules->without_btf) {
		kvet_doctor_find(finding, KVET_YES, "all %u loaded modules have BTF",
				 modules->loaded);
	} else {
		kvet_doctor_find(finding, KVET_NO, "%u of %u loaded modules have no BTF, as %s",
				 modules->without_btf, modules->loaded, modules->first);
		kvet_doctor_advise(
			facts, finding,
			"boot a kernel with CONFIG_DEBUG_INFO_BTF_MODULES=y; build modules from "
			"elsewhere against its vmlinux");
	}
}

/* Whether a file system that was not found may still be mounted. */
static bool is_unlisted(const struct doctor_mounts *mounts, struct kvet_finding *finding)
{
	if (mounts->errnum == E2BIG)
		kvet_doctor_find(finding, KVET_UNDETERMINED,
				 "not in the first 1 MiB of /proc/self/mountinfo; the rest was not "
				 "read");
	else if (mounts->errnum)
		kvet_doctor_find_unreadable(finding, "/proc/self/mountinfo", mounts->errnum);
	return mounts->errnum;
}

static void judge_bpffs(const struct doctor_facts *facts, struct kvet_finding *finding)
{
	if (*facts->mounts.bpffs) {
		kvet_doctor_find(finding, KVET_YES, "mounted on %s", facts->mounts.bpffs);
	} else if (!is_unlisted(&facts->mounts, finding)) {
		static const char *const words[KVET_PLACE_COUNT] = {
			[KVET_PLACE_HOST] = "mount -t bpf bpf /sys/fs/bpf",
			[KVET_PLACE_CONTAINER] =
				"run the container with -v /sys/fs/bpf:/sys/fs/bpf",
			[KVET_PLACE_POD] = "the host's /sys/fs/bpf as a volume",
			[KVET_PLACE_UNIT] = "mount -t bpf bpf /sys/fs/bpf",
		};

		kvet_doctor_find(finding, KVET_NO, "no BPF file system is mounted");
		snprintf(finding->remedy, sizeof(finding->remedy), "%s",
			 words[facts->bpf.place.kind]);
	}
}

static void judge_jit(const struct doctor_facts *facts, struct kvet_finding *finding)
{
	if (facts->jit_option.value == KVET_CONFIG_NO) {
		kvet_doctor_find(finding, KVET_NO, "this kernel is built without it: %s",
				 facts->jit_option.evidence);
		kvet_doctor_advise(facts, finding, "boot a kernel with CONFIG_BPF_JIT=y");
	} else if (facts->always_option.value == KVET_CONFIG_YES) {
		kvet_doctor_find(finding, KVET_YES, "always on: %s", facts->always_option.evidence);
	} else if (facts->jit.errnum == ENOENT) {
		/* The sysctl belongs to the initial network namespace. */
		kvet_doctor_find(
			finding, KVET_UNDETERMINED,
			"net.core.bpf_jit_enable does not exist: in a network namespace, or "
			"the kernel has no JIT compiler");
	} else if (kvet_doctor_is_unread(facts, &facts->jit, "net.core.bpf_jit_enable", finding)) {
		return;
	} else if (facts->jit.value) {
		kvet_doctor_find(finding, KVET_YES, "net.core.bpf_jit_enable=%ld",
				 facts->jit.value);
	} else {
		kvet_doctor_find(finding, KVET_NO,
				 "net.core.bpf_jit_enable=0: programs are interpreted");
		kvet_doctor_advise(facts, finding, "sysctl net.core.bpf_jit_enable=1");
	}
}

static void judge_jit_harden(const struct doctor_facts *facts, struct kvet_finding *finding)
{
	if (kvet_doctor_is_unread(facts, &facts->jit_harden, "net.core.bpf_jit_harden", finding))
		return;
	if (!facts->jit_harden.value) {
		kvet_doctor_find(finding, KVET_YES, "net.core.bpf_jit_harden=0");
		return;
	}
	kvet_doctor_find(finding, KVET_NO, "net.core.bpf_jit_harden=%ld: %s",
			 facts->jit_harden.value,
			 facts->jit_harden.value == 1
				 ? "the symbols of BPF programs are hidden; programs of processes "
				   "without CAP_BPF are blinded"
				 : "the symbols of BPF programs are hidden, and all programs are "
				   "blinded");
	kvet_doctor_advise(facts, finding, "sysctl net.core.bpf_jit_harden=0");
}

static void judge_kprobes(const struct doctor_facts *facts, struct kvet_finding *finding)
{
	struct kvet_cause cause = { 0 };
	enum kvet_verdict verdict = kvet_kprobe_usable(&facts->kprobes, &cause);

	if (verdict != KVET_YES)
		kvet_doctor_find_cause(finding, verdict, &cause);
	else
		kvet_doctor_find(finding, KVET_YES, "built in: %s%s%s",
				 facts->kprobes.pmu_type >= 0 ? "kprobe PMU" : "",
				 facts->kprobes.pmu_type >= 0 && facts->kprobes.tracefs ? ", " : "",
				 facts->kprobes.tracefs ? "tracefs kprobe_events" : "");
}

static void judge_kprobes_enabled(const struct doctor_facts *facts, struct kvet_finding *finding)
{
	if (facts->kprobes.config == KVET_CONFIG_NO) {
		kvet_doctor_find(finding, KVET_NO, "this kernel is built without kprobes: %s",
				 facts->kprobes.config_evidence);
	} else if (facts->kprobes_enabled.errnum == ENOENT) {
		kvet_doctor_find(finding, KVET_UNDETERMINED,
				 "/sys/kernel/debug/kprobes/enabled does not exist: debugfs is not "
				 "mounted, or the kernel has no kprobes");
		kvet_doctor_advise_need(facts, KVET_NEED_DEBUGFS, finding);
	} else if (kvet_doctor_is_unread(facts, &facts->kprobes_enabled,
					 "/sys/kernel/debug/kprobes/enabled", finding)) {
		return;
	} else if (facts->kprobes_enabled.value) {
		kvet_doctor_find(finding, KVET_YES, "debugfs kprobes/enabled is 1");
	} else {
		kvet_doctor_find(finding, KVET_NO,
				 "debugfs kprobes/enabled is 0: all kprobes are disarmed");
		kvet_doctor_advise(facts, finding, "echo 1 >/sys/kernel/debug/kprobes/enabled");
	}
}

static void judge_ftrace_enabled(const struct doctor_facts *facts, struct kvet_finding *finding)
{
	if (facts->ftrace_enabled.errnum == ENOENT &&
	    facts->ftrace_option.value == KVET_CONFIG_NO) {
		kvet_doctor_find(finding, KVET_NO, "this kernel is built without ftrace: %s",
				 facts->ftrace_option.evidence);
		kvet_doctor_advise(facts, finding, "boot a kernel with CONFIG_DYNAMIC_FTRACE=y");
	} else if (kvet_doctor_is_unread(facts, &facts->ftrace_enabled, "kernel.ftrace_enabled",
					 finding)) {
		return;
	} else if (facts->ftrace_enabled.value) {
		kvet_doctor_find(finding, KVET_YES, "kernel.ftrace_enabled=1");
	} else {
		kvet_doctor_find(
			finding, KVET_NO,
			"kernel.ftrace_enabled=0: what gets control by ftrace is disarmed");
		kvet_doctor_advise(facts, finding, "sysctl kernel.ftrace_enabled=1");
	}
}

static void judge_tracefs(const struct doctor_facts *facts, struct kvet_finding *finding)
{
	if (!*facts->tracefs) {
		kvet_doctor_find(finding, KVET_NO, "not mounted");
		kvet_doctor_advise_need(facts, KVET_NEED_TRACEFS_WRITE, finding);
	} else if (facts->tracefs_errnum) {
		kvet_doctor_find_unreadable(finding, facts->tracefs, facts->tracefs_errnum);
		kvet_doctor_advise_need(facts, KVET_NEED_ROOT, finding);
	} else if (!facts->tracefs_writable) {
		kvet_doctor_find(finding, KVET_YES, "%s, read only for this process",
				 facts->tracefs);
	} else {
		kvet_doctor_find(finding, KVET_YES, "%s", facts->tracefs);
	}
}

/* Clock sources that the vDSO reads without a system call (kernel: drivers/clocksource,
 * arch/.../vdso): of the others each reading takes a microsecond or more. */
static bool is_slow(const char *clocksource)
{
	static const char *const slow[] = { "hpet", "acpi_pm", "jiffies", "refined-jiffies",
					    "pit" };

	for (size_t i = 0; i < sizeof(slow) / sizeof(*slow); i++)
		if (!strcmp(clocksource, slow[i]))
			return true;
	return false;
}

static void judge_clocksource(const struct doctor_facts *facts, struct kvet_finding *finding)
{
	if (facts->clocksource.errnum) {
		kvet_doctor_find_unreadable(
			finding, "/sys/devices/system/clocksource/clocksource0/current_clocksource",
			facts->clocksource.errnum);
	} else if (is_slow(facts->clocksource.text)) {
		kvet_doctor_find(finding, KVET_NO, "%s: slow to read", facts->clocksource.text);
		kvet_doctor_advise(
			facts, finding,
			"see available_clocksource beside it; the kernel's log tells why a faster "
			"one was dropped");
	} else {
		kvet_doctor_find(finding, KVET_YES, "%s", facts->clocksource.text);
	}
}

static void judge_cgroup(const struct doctor_facts *facts, struct kvet_finding *finding)
{
	const struct doctor_mounts *mounts = &facts->mounts;

	if (*mounts->cgroup2) {
		kvet_doctor_find(finding, KVET_YES, "v2 on %s%s", mounts->cgroup2,
				 mounts->cgroup1
					 ? ", beside v1 hierarchies: processes may be in other "
					   "groups there"
					 : "");
	} else if (!is_unlisted(mounts, finding)) {
		kvet_doctor_find(finding, KVET_NO, "%s",
				 mounts->cgroup1 ? "only v1 hierarchies are mounted"
						 : "no cgroup hierarchy is mounted");
		kvet_doctor_advise(facts, finding,
				   mounts->cgroup1 ? "boot with systemd.unified_cgroup_hierarchy=1"
						   : "mount -t cgroup2 none /sys/fs/cgroup");
	}
}

bool kvet_doctor_facility_judge(const struct doctor_facts *facts, enum kvet_check check,
				struct kvet_finding *finding)
{
	static void (*const judges[KVET_CHECK_COUNT])(const struct doctor_facts *,
						      struct kvet_finding *) = {
		[KVET_CHECK_MODULE_BTF] = judge_module_btf,
		[KVET_CHECK_BPFFS] = judge_bpffs,
		[KVET_CHECK_JIT] = judge_jit,
		[KVET_CHECK_JIT_HARDEN] = judge_jit_harden,
		[KVET_CHECK_KPROBES] = judge_kprobes,
		[KVET_CHECK_KPROBES_ENABLED] = judge_kprobes_enabled,
		[KVET_CHECK_FTRACE_ENABLED] = judge_ftrace_enabled,
		[KVET_CHECK_TRACEFS] = judge_tracefs,
		[KVET_CHECK_CLOCKSOURCE] = judge_clocksource,
		[KVET_CHECK_CGROUP] = judge_cgroup,
	};

	if (!judges[check])
		return false;
	judges[check](facts, finding);
	return true;
}
