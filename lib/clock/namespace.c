/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The format of /proc/<pid>/timens_offsets, "%-10s %10lld %9ld\n" of clock, seconds and nanoseconds
 * (kernel: kernel/time/namespace.c). The nanoseconds are 0 to 999,999,999 and are always added:
 * minus half a second is "-1 500000000".
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "clock/namespace.h"
#include "core/fail.h"
#include "core/time.h"

static const char source[] = "/proc/self/timens_offsets";

/* Reads one number and the blanks before it. */
static bool number(const char **at, long long *value)
{
	char *end;

	*at += strspn(*at, " \t");
	if (!**at || !strchr("-0123456789", **at))
		return false;
	errno = 0;
	*value = strtoll(*at, &end, 10);
	if (errno || end == *at)
		return false;
	*at = end;
	return true;
}

static int parse_offset(const char *at, const char *end, int64_t *offset_ns, struct kvet_cause *err)
{
	const char *line = at;
	long long s, ns;
	int64_t total;

	if (!number(&at, &s) || !number(&at, &ns) || at != end || ns < 0 || ns >= NS_PER_S)
		return kvet_reject(err, EINVAL, source, "'%.*s' is not an offset in s and ns",
				   (int)(end - line), line);
	/* The smallest number plus a positive one might fit where the product alone does not, but
	 * the kernel does not allow so large an offset (KTIME_SEC_MAX). */
	if (__builtin_mul_overflow(s, NS_PER_S, &total) ||
	    __builtin_add_overflow(total, ns, &total))
		return kvet_reject(err, ERANGE, source, "'%.*s' is too large", (int)(end - line),
				   line);
	*offset_ns = total;
	return 0;
}

int kvet_clock_namespace_parse(const char *text, int64_t *monotonic_ns, int64_t *boottime_ns,
			       struct kvet_cause *err)
{
	static const char *const clocks[] = { "monotonic", "boottime" };
	int64_t offsets[] = { 0, 0 };
	bool found[] = { false, false };

	for (const char *line = text; *line;) {
		const char *end = line + strcspn(line, "\n");

		for (size_t i = 0; i < sizeof(clocks) / sizeof(*clocks); i++) {
			size_t len = strlen(clocks[i]);
			int ret;

			if (strncmp(line, clocks[i], len) || !strchr(" \t", line[len]))
				continue;
			ret = parse_offset(line + len, end, &offsets[i], err);
			if (ret)
				return ret;
			found[i] = true;
		}
		line = *end ? end + 1 : end;
	}
	for (size_t i = 0; i < sizeof(clocks) / sizeof(*clocks); i++)
		if (!found[i])
			return kvet_reject(err, EINVAL, source, "no line for the clock '%s'",
					   clocks[i]);
	*monotonic_ns = offsets[0];
	*boottime_ns = offsets[1];
	return 0;
}

int64_t kvet_clock_namespace_shift(const struct kvet_clock_namespace *ns, enum kvet_clock_id clock)
{
	switch (clock) {
	case KVET_CLOCK_MONOTONIC:
	case KVET_CLOCK_MONOTONIC_RAW:
	case KVET_CLOCK_MONOTONIC_COARSE:
		return ns->monotonic_ns;
	case KVET_CLOCK_BOOTTIME:
		return ns->boottime_ns;
	default:
		return 0;
	}
}

struct kvet_clock_interval kvet_clock_namespace_apart(const struct kvet_clock_namespace *ns,
						      enum kvet_clock_id a, enum kvet_clock_id b)
{
	struct kvet_clock_interval of_a =
		kvet_clock_interval_point(kvet_clock_namespace_shift(ns, a));
	struct kvet_clock_interval of_b =
		kvet_clock_interval_point(kvet_clock_namespace_shift(ns, b));

	return kvet_clock_interval_subtract(&of_a, &of_b);
}
