/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The clocks, and what is known of each. */
#include <assert.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <string.h>

#include <kvet/clock.h>

/* An enumerator of Linux 6.1 that older headers lack. */
#define KTIME_GET_TAI_NS 208

static const struct {
	const char *name;
	const char *brief; /* may be NULL */
	const char *helper_name;
	int helper;
	unsigned int moved_by; /* enum kvet_clock_mover: what changes its offset from MONOTONIC */
} clocks[] = {
	[KVET_CLOCK_MONOTONIC] = { "monotonic", "mono", "bpf_ktime_get_ns", BPF_FUNC_ktime_get_ns,
				   0 },
	[KVET_CLOCK_BOOTTIME] = { "boottime", "boot", "bpf_ktime_get_boot_ns",
				  BPF_FUNC_ktime_get_boot_ns, KVET_CLOCK_BY_SUSPEND },
	[KVET_CLOCK_TAI] = { "tai", NULL, "bpf_ktime_get_tai_ns", KTIME_GET_TAI_NS,
			     KVET_CLOCK_BY_SUSPEND | KVET_CLOCK_BY_STEP },
	[KVET_CLOCK_REALTIME] = { "realtime", "real", NULL, -1,
				  KVET_CLOCK_BY_SUSPEND | KVET_CLOCK_BY_STEP | KVET_CLOCK_BY_LEAP },
	[KVET_CLOCK_MONOTONIC_RAW] = { "monotonic_raw", "raw", NULL, -1, KVET_CLOCK_BY_RATE },
	[KVET_CLOCK_MONOTONIC_COARSE] = { "monotonic_coarse", "coarse", "bpf_ktime_get_coarse_ns",
					  BPF_FUNC_ktime_get_coarse_ns, KVET_CLOCK_BY_TICK },
};
static_assert(sizeof(clocks) / sizeof(*clocks) == KVET_CLOCK_COUNT, "every clock has its facts");

static const char *const sides[] = {
	[KVET_CLOCK_USER] = "user",
	[KVET_CLOCK_BPF] = "bpf",
	[KVET_CLOCK_KERNEL] = "kernel",
	[KVET_CLOCK_NAMESPACE] = "namespace",
};
static_assert(sizeof(sides) / sizeof(*sides) == KVET_CLOCK_SIDE_COUNT, "every side has a name");

const char *kvet_clock_name(enum kvet_clock_id clock)
{
	return clocks[clock].name;
}

int kvet_clock_by_name(const char *name)
{
	for (int i = 0; i < KVET_CLOCK_COUNT; i++)
		if (!strcmp(name, clocks[i].name) ||
		    (clocks[i].brief && !strcmp(name, clocks[i].brief)))
			return i;
	return -1;
}

int kvet_clock_helper(enum kvet_clock_id clock)
{
	return clocks[clock].helper;
}

const char *kvet_clock_helper_name(enum kvet_clock_id clock)
{
	return clocks[clock].helper_name;
}

/* What changes both offsets from MONOTONIC changes both by the same amount. */
unsigned int kvet_clock_apart_by(enum kvet_clock_id a, enum kvet_clock_id b)
{
	return clocks[a].moved_by ^ clocks[b].moved_by;
}

bool kvet_clock_counts_sleep(enum kvet_clock_id clock)
{
	return clocks[clock].moved_by & KVET_CLOCK_BY_SUSPEND;
}

bool kvet_clock_is_fixed(enum kvet_clock_id clock)
{
	return !(clocks[clock].moved_by & (KVET_CLOCK_BY_RATE | KVET_CLOCK_BY_TICK));
}

const char *kvet_clock_side_name(enum kvet_clock_side side)
{
	return sides[side];
}
