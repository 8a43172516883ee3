/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The checks: their names, and why each matters to a tracer. Pure. */
#include <assert.h>
#include <stddef.h>
#include <string.h>

#include <kvet/doctor.h>
#include <kvet/nearest.h>

static const struct check {
	const char *name;
	const char *why;
	bool essential;
} checks[KVET_CHECK_COUNT] = {
	[KVET_CHECK_CAPABILITIES] = { "capabilities",
				      "loading programs for tracing, opening perf events and "
				      "reading addresses require capabilities",
				      true },
	[KVET_CHECK_USER_NAMESPACE] = { "user_namespace",
					"capabilities inside a user namespace do not count for "
					"bpf(2) and perf_event_open(2)",
					false },
	[KVET_CHECK_PID_NAMESPACE] = { "pid_namespace",
				       "BPF programs see the PIDs of the initial PID namespace; "
				       "filters by PID match nothing elsewhere",
				       false },
	[KVET_CHECK_CONTAINER] = { "container",
				   "container runtimes hide files of /proc that tracers read",
				   false },
	[KVET_CHECK_SECCOMP] = { "seccomp",
				 "a seccomp filter can refuse bpf(2) and perf_event_open(2), or "
				 "kill their caller",
				 true },
	[KVET_CHECK_LOCKDOWN] = { "lockdown",
				  "lockdown=confidentiality takes kprobes, and helpers that read "
				  "kernel memory, away from everyone",
				  true },
	[KVET_CHECK_LSM] = { "lsm",
			     "programs of type lsm are never called unless bpf is an active "
			     "security module",
			     false },
	[KVET_CHECK_UNPRIVILEGED_BPF] = { "unprivileged_bpf",
					  "kernel.unprivileged_bpf_disabled decides whether a "
					  "process without CAP_BPF may use bpf(2)",
					  false },
	[KVET_CHECK_PERF_EVENT_PARANOID] = { "perf_event_paranoid",
					     "kernel.perf_event_paranoid restricts perf events, "
					     "which kprobes and profilers use",
					     false },
	[KVET_CHECK_KPTR_RESTRICT] = { "kptr_restrict",
				       "kernel.kptr_restrict hides the addresses of symbols, "
				       "without which stacks have no names",
				       false },
	[KVET_CHECK_MEMLOCK] = { "memlock",
				 "kernels before 5.11 charge maps and programs to RLIMIT_MEMLOCK "
				 "and refuse more with EPERM",
				 false },
	[KVET_CHECK_BPF] = { "bpf", "a tracer loads BPF programs", true },
	[KVET_CHECK_BTF] = { "btf",
			     "CO-RE programs take the layout of kernel structs from the kernel's "
			     "BTF",
			     true },
	[KVET_CHECK_MODULE_BTF] = { "module_btf",
				    "CO-RE and fentry reach a module's structs and functions only "
				    "through its BTF",
				    false },
	[KVET_CHECK_BPFFS] = { "bpffs", "programs, maps and tokens are pinned in a BPF file system",
			       false },
	[KVET_CHECK_JIT] = { "jit",
			     "without the JIT compiler, programs are slow, and fentry and kfuncs "
			     "do not work",
			     false },
	[KVET_CHECK_JIT_HARDEN] = { "jit_harden",
				    "hardening blinds constants, which costs time in each program, "
				    "and hides the programs' symbols",
				    false },
	[KVET_CHECK_FENTRY] = { "fentry",
				"fentry and fexit programs require trampolines, which not every "
				"kernel and architecture has",
				false },
	[KVET_CHECK_KPROBES] = { "kprobes", "kprobes must be built into the kernel", true },
	[KVET_CHECK_KPROBES_ENABLED] = { "kprobes_enabled",
					 "with debugfs kprobes/enabled at 0, kprobes are attached "
					 "without an error and never hit",
					 false },
	[KVET_CHECK_FTRACE_ENABLED] = { "ftrace_enabled",
					"with kernel.ftrace_enabled at 0, probes at function "
					"entries are attached without an error and never hit",
					false },
	[KVET_CHECK_PROBE] = { "probe",
			       "a kprobe on a common function shows that everything that a probe "
			       "depends on works together",
			       true },
	[KVET_CHECK_KPROBE_MULTI] = { "kprobe_multi",
				      "one kprobe_multi link attaches to thousands of functions in "
				      "the time of one",
				      false },
	[KVET_CHECK_TRACEFS] = { "tracefs",
				 "tracepoints, and the list of functions that can be traced, are "
				 "in "
				 "tracefs",
				 false },
	[KVET_CHECK_SYMBOLS] = { "symbols",
				 "a tracer finds functions, and names stacks, by the addresses of "
				 "/proc/kallsyms",
				 true },
	[KVET_CHECK_BOOT_TIME] = { "boot_time",
				   "stamps of bpf_ktime_get_boot_ns include the time that the host "
				   "was suspended; those of bpf_ktime_get_ns do not",
				   false },
	[KVET_CHECK_CLOCKS] = { "clocks",
				"events are placed in time correctly only if BPF and user space "
				"read the same clocks",
				true },
	[KVET_CHECK_TIME_NAMESPACE] = { "time_namespace",
					"a time namespace shifts the clocks of user space, but not "
					"those of BPF",
					true },
	[KVET_CHECK_CLOCKSOURCE] = { "clocksource",
				     "a slow clock source makes each time stamp cost a microsecond "
				     "or more",
				     false },
	[KVET_CHECK_CGROUP] = { "cgroup",
				"cgroup helpers and filters of BPF know the cgroup v2 hierarchy "
				"only",
				false },
};

const char *kvet_check_name(enum kvet_check check)
{
	return checks[check].name;
}

const char *kvet_check_why(enum kvet_check check)
{
	return checks[check].why;
}

bool kvet_check_is_essential(enum kvet_check check)
{
	return checks[check].essential;
}

int kvet_check_by_name(const char *name)
{
	for (int i = 0; i < KVET_CHECK_COUNT; i++)
		if (!strcmp(checks[i].name, name))
			return i;
	return -1;
}

const char *kvet_check_nearest(const char *name)
{
	struct kvet_nearest nearest;

	kvet_nearest_init(&nearest, name);
	for (int i = 0; i < KVET_CHECK_COUNT; i++)
		kvet_nearest_offer(&nearest, checks[i].name);
	return nearest.best;
}
