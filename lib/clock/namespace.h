/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef KVET_CLOCK_NAMESPACE_H
#define KVET_CLOCK_NAMESPACE_H

#include <stdint.h>

#include <kvet/clock.h>

/*
 * Parses the text of /proc/<pid>/timens_offsets into the two offsets, in ns. Lines of other clocks
 * are ignored. Errors: -EINVAL for text of another form, or if one of the two clocks is missing;
 * -ERANGE for an offset that does not fit into 64 bits of ns.
 */
int kvet_clock_namespace_parse(const char *text, int64_t *monotonic_ns, int64_t *boottime_ns,
			       struct kvet_cause *err);

/* What the namespace adds to a - b: a single value. */
struct kvet_clock_interval kvet_clock_namespace_apart(const struct kvet_clock_namespace *ns,
						      enum kvet_clock_id a, enum kvet_clock_id b);

#endif
