/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <assert.h>

#include <kvet/object.h>

static const char *const reasons[] = {
	[KVET_OBJECT_LOADED] = "loaded",
	[KVET_OBJECT_HELPER_UNKNOWN] = "helper-unknown",
	[KVET_OBJECT_HELPER_TYPE] = "helper-not-for-type",
	[KVET_OBJECT_HELPER_SLEEPABLE] = "helper-sleepable-only",
	[KVET_OBJECT_LICENSE] = "license",
	[KVET_OBJECT_RELOCATION] = "relocation",
	[KVET_OBJECT_KFUNC] = "kfunc",
	[KVET_OBJECT_KSYM] = "ksym",
	[KVET_OBJECT_KCONFIG] = "kconfig",
	[KVET_OBJECT_MAP] = "map",
	[KVET_OBJECT_STRUCT_OPS] = "struct-ops",
	[KVET_OBJECT_BTF_TARGET] = "btf-target",
	[KVET_OBJECT_TARGET_REFUSED] = "target-refused",
	[KVET_OBJECT_SLEEPABLE] = "sleepable",
	[KVET_OBJECT_TYPE_ABSENT] = "type-absent",
	[KVET_OBJECT_TOO_COMPLEX] = "too-complex",
	[KVET_OBJECT_TOO_LARGE] = "too-large",
	[KVET_OBJECT_ACCESS] = "access",
	[KVET_OBJECT_ARGUMENT] = "argument",
	[KVET_OBJECT_EXIT_VALUE] = "exit-value",
	[KVET_OBJECT_VERIFIER] = "verifier",
	[KVET_OBJECT_TARGET_ABSENT] = "target-absent",
	[KVET_OBJECT_TARGET_AMBIGUOUS] = "target-ambiguous",
	[KVET_OBJECT_TARGET_UNTRACEABLE] = "target-untraceable",
	[KVET_OBJECT_TARGET_OFFSET] = "target-offset",
	[KVET_OBJECT_TARGET_UNSUPPORTED] = "target-unsupported",
	[KVET_OBJECT_TARGET_INACTIVE] = "target-inactive",
	[KVET_OBJECT_TARGET_FILE] = "target-file",
	[KVET_OBJECT_TARGET_UNKNOWN] = "target-unknown",
	[KVET_OBJECT_PLACEHOLDER] = "placeholder",
	[KVET_OBJECT_PRIVILEGE] = "privilege",
	[KVET_OBJECT_LOCKDOWN] = "lockdown",
	[KVET_OBJECT_REFUSED] = "refused",
	[KVET_OBJECT_NO_CONFIG] = "no-config",
	[KVET_OBJECT_LIBBPF] = "libbpf",
	[KVET_OBJECT_NOT_BPF] = "not-bpf",
	[KVET_OBJECT_INTERRUPTED] = "interrupted",
};
static_assert(sizeof(reasons) / sizeof(*reasons) == KVET_OBJECT_REASON_COUNT, "a word for each");

const char *kvet_object_reason_name(enum kvet_object_reason reason)
{
	return (unsigned int)reason < KVET_OBJECT_REASON_COUNT ? reasons[reason] : "";
}

static const char *const clocks[] = {
	[KVET_OBJECT_MONOTONIC] = "monotonic",
	[KVET_OBJECT_BOOTTIME] = "boottime",
	[KVET_OBJECT_TAI] = "tai",
	[KVET_OBJECT_COARSE] = "coarse",
	[KVET_OBJECT_JIFFIES] = "jiffies",
};
static_assert(sizeof(clocks) / sizeof(*clocks) == KVET_OBJECT_CLOCK_COUNT, "a name for each");

const char *kvet_object_clock_name(enum kvet_object_clock clock)
{
	return (unsigned int)clock < KVET_OBJECT_CLOCK_COUNT ? clocks[clock] : "";
}
