/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Makes a map of the clocks. */
#include <errno.h>

#include "clock/measure.h"
#include "clock/namespace.h"
#include "core/fail.h"

/* The kernel's clock - MONOTONIC, from what user space reads, without the namespace's offset. */
static int read_offset(const struct kvet_clock_namespace *ns, enum kvet_clock_id clock,
		       const struct kvet_clock_effort *effort, struct kvet_clock_interval *offset,
		       struct kvet_cause *err)
{
	struct kvet_clock_interval shift =
		kvet_clock_namespace_apart(ns, clock, KVET_CLOCK_MONOTONIC);
	struct kvet_clock_measure measure;
	int ret = kvet_clock_measure_user(clock, effort, &measure, err);

	if (!ret)
		*offset = kvet_clock_interval_subtract(&measure.interval, &shift);
	return ret;
}

static int read_all(const struct kvet_host *host, const struct kvet_clock_effort *effort,
		    struct kvet_clock_map *map, bool *torn, struct kvet_cause *err)
{
	static const enum kvet_clock_id clocks[] = { KVET_CLOCK_BOOTTIME, KVET_CLOCK_REALTIME,
						     KVET_CLOCK_TAI };
	/* What a suspend and a step of the wall clock move. */
	static const enum kvet_clock_id moved[] = { KVET_CLOCK_BOOTTIME, KVET_CLOCK_REALTIME };
	struct kvet_clock_interval *boot = &map->offset[KVET_CLOCK_BOOTTIME], again;
	struct kvet_clock_kernel kernel;
	int ret;

	for (size_t i = 0; i < sizeof(clocks) / sizeof(*clocks); i++) {
		ret = read_offset(&map->ns, clocks[i], effort, &map->offset[clocks[i]], err);
		if (ret)
			return ret;
	}
	/* Offsets that contradict the readings are of another kernel: a copy of /proc. */
	if (!kvet_clock_kernel_read(host, &kernel, NULL))
		kvet_clock_interval_narrow(boot, kernel.boottime_ns, kernel.boottime_ns);
	*torn = false;
	for (size_t i = 0; i < sizeof(moved) / sizeof(*moved); i++) {
		ret = read_offset(&map->ns, moved[i], effort, &again, err);
		if (ret)
			return ret;
		*torn = *torn || !kvet_clock_interval_overlap(&map->offset[moved[i]], &again);
	}
	return 0;
}

int kvet_clock_map_read(const struct kvet_host *host, const struct kvet_clock_effort *effort,
			struct kvet_clock_map *out, struct kvet_cause *err)
{
	for (int i = 0; i <= KVET_CLOCK_CHANGES_MAX; i++) {
		struct kvet_clock_map map = { .ns = { 0 } };
		int ret = kvet_clock_namespace_read(host, &map.ns, err);
		bool torn;

		if (ret)
			return ret;
		if (map.ns.inside && !map.ns.known)
			return kvet_reject(
				err, ENODATA, "/proc/self/timens_offsets",
				"shows the time namespace of this process's children, not its own");
		ret = read_all(host, effort, &map, &torn, err);
		if (ret)
			return ret;
		/* Half of it was read before a suspend or a step, and half behind it. */
		if (!torn) {
			*out = map;
			return 0;
		}
	}
	return kvet_clock_kept_changing("clock_gettime", err);
}
