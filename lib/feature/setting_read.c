/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the kernel was built with, and how it is set. Touches the kernel: /proc and /boot. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/fail.h"
#include "feature/features.h"
#include "host/sys_read.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const struct {
	const char *name, *path;
} sysctls[] = {
	{ "unprivileged_bpf_disabled", "/proc/sys/kernel/unprivileged_bpf_disabled" },
	{ "bpf_jit_enable", "/proc/sys/net/core/bpf_jit_enable" },
	{ "bpf_jit_harden", "/proc/sys/net/core/bpf_jit_harden" },
	{ "bpf_jit_kallsyms", "/proc/sys/net/core/bpf_jit_kallsyms" },
	{ "bpf_jit_limit", "/proc/sys/net/core/bpf_jit_limit" },
};

static const char *const options[] = {
	/* bpf(2), the compiler, types */
	"CONFIG_BPF",
	"CONFIG_BPF_SYSCALL",
	"CONFIG_HAVE_EBPF_JIT",
	"CONFIG_BPF_JIT",
	"CONFIG_BPF_JIT_ALWAYS_ON",
	"CONFIG_DEBUG_INFO_BTF",
	"CONFIG_DEBUG_INFO_BTF_MODULES",
	/* tracing */
	"CONFIG_BPF_EVENTS",
	"CONFIG_KPROBES",
	"CONFIG_KPROBE_EVENTS",
	"CONFIG_UPROBE_EVENTS",
	"CONFIG_FPROBE",
	"CONFIG_TRACING",
	"CONFIG_FUNCTION_TRACER",
	"CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS",
	"CONFIG_FTRACE_SYSCALLS",
	"CONFIG_FUNCTION_ERROR_INJECTION",
	"CONFIG_BPF_KPROBE_OVERRIDE",
	"CONFIG_BPF_LSM",
	"CONFIG_KALLSYMS_ALL",
	/* cgroups */
	"CONFIG_CGROUPS",
	"CONFIG_CGROUP_BPF",
	"CONFIG_CGROUP_NET_CLASSID",
	"CONFIG_SOCK_CGROUP_DATA",
	/* networking */
	"CONFIG_NET",
	"CONFIG_XDP_SOCKETS",
	"CONFIG_LWTUNNEL_BPF",
	"CONFIG_NET_ACT_BPF",
	"CONFIG_NET_CLS_BPF",
	"CONFIG_NET_CLS_ACT",
	"CONFIG_NET_SCH_INGRESS",
	"CONFIG_XFRM",
	"CONFIG_IP_ROUTE_CLASSID",
	"CONFIG_IPV6_SEG6_BPF",
	"CONFIG_BPF_STREAM_PARSER",
	"CONFIG_NETFILTER_XT_MATCH_BPF",
	"CONFIG_BPFILTER",
	"CONFIG_BPFILTER_UMH",
	/* others */
	"CONFIG_BPF_LIRC_MODE2",
	"CONFIG_TEST_BPF",
	"CONFIG_HZ",
};

size_t kvet_feature_setting_count(void)
{
	return COUNT(sysctls) + COUNT(options);
}

const char *kvet_feature_setting_name(size_t index)
{
	return index < COUNT(sysctls) ? sysctls[index].name : options[index - COUNT(sysctls)];
}

static void ask_sysctl(struct kvet_features *features, const char *path,
		       struct kvet_feature_answer *answer)
{
	long value;
	int ret = kvet_host_read_number(&features->host, path, &value, &answer->cause);

	if (!ret) {
		answer->verdict = KVET_YES;
		answer->reason = "read";
		answer->cause = (struct kvet_cause){ .errnum = 0 };
		snprintf(answer->value, sizeof(answer->value), "%ld", value);
		return;
	}
	answer->errnum = -ret;
	answer->verdict = ret == -ENOENT ? KVET_NO : KVET_UNDETERMINED;
	answer->reason = ret == -ENOENT ? "no such sysctl" : "not readable";
}

static void judge_option(const struct kvet_config_option *option,
			 struct kvet_feature_answer *answer)
{
	snprintf(answer->value, sizeof(answer->value), "%s", option->text);
	switch (option->value) {
	case KVET_CONFIG_UNKNOWN:
		answer->verdict = KVET_UNDETERMINED;
		answer->reason = "configuration not readable";
		kvet_cause_fill(&answer->cause, 0, "configuration",
				"neither /proc/config.gz nor /boot/config-$(uname -r) can be read");
		kvet_cause_remedy(&answer->cause, "modprobe configs");
		break;
	case KVET_CONFIG_NO:
		answer->verdict = KVET_NO;
		answer->reason = "not set";
		kvet_cause_fill(&answer->cause, 0, "configuration", "%s", option->evidence);
		break;
	case KVET_CONFIG_MODULE:
		answer->verdict = KVET_YES;
		answer->reason = "a module";
		break;
	case KVET_CONFIG_YES:
		answer->verdict = KVET_YES;
		answer->reason = "set";
		break;
	}
}

int kvet_feature_setting_ask(struct kvet_features *features, size_t index,
			     struct kvet_feature_answer *answer, struct kvet_cause *err)
{
	if (index < COUNT(sysctls)) {
		ask_sysctl(features, sysctls[index].path, answer);
		return 0;
	}
	if (!features->options) {
		features->options = calloc(COUNT(options), sizeof(*features->options));
		if (!features->options)
			return kvet_fail_memory(err);
		for (size_t i = 0; i < COUNT(options); i++)
			features->options[i].name = options[i];
		kvet_host_config_many(&features->host, features->options, COUNT(options));
	}
	judge_option(&features->options[index - COUNT(sysctls)], answer);
	return 0;
}
