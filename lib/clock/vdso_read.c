/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The clocks that user space sees. */
#include <assert.h>
#include <errno.h>
#include <string.h>
#include <time.h>

#include "clock/measure.h"
#include "clock/vdso_read.h"
#include "core/fail.h"
#include "core/time.h"

static const clockid_t ids[] = {
	[KVET_CLOCK_MONOTONIC] = CLOCK_MONOTONIC,
	[KVET_CLOCK_BOOTTIME] = CLOCK_BOOTTIME,
	[KVET_CLOCK_TAI] = CLOCK_TAI,
	[KVET_CLOCK_REALTIME] = CLOCK_REALTIME,
	[KVET_CLOCK_MONOTONIC_RAW] = CLOCK_MONOTONIC_RAW,
	[KVET_CLOCK_MONOTONIC_COARSE] = CLOCK_MONOTONIC_COARSE,
};
static_assert(sizeof(ids) / sizeof(*ids) == KVET_CLOCK_COUNT, "every clock has its number");

int kvet_clock_now(enum kvet_clock_id clock, uint64_t *ns)
{
	struct timespec now;

	if (clock_gettime(ids[clock], &now))
		return -errno;
	*ns = ns_of(&now);
	return 0;
}

uint64_t kvet_clock_tick(void)
{
	struct timespec tick;

	return clock_getres(CLOCK_MONOTONIC_COARSE, &tick) ? 0 : ns_of(&tick);
}

static int read_clocks(void *ctx, struct kvet_clock_sample *samples, size_t count,
		       struct kvet_cause *err)
{
	clockid_t id = *(const clockid_t *)ctx;

	for (size_t i = 0; i < count; i++) {
		struct timespec before, clock, after;

		/* Nothing but the readings in the bracket: whatever runs there widens it. */
		if (clock_gettime(CLOCK_MONOTONIC, &before) || clock_gettime(id, &clock) ||
		    clock_gettime(CLOCK_MONOTONIC, &after)) {
			int errnum = errno;

			return kvet_fail(err, errnum, "clock_gettime", "%s", strerror(errnum));
		}
		samples[i].before_ns = ns_of(&before);
		samples[i].clock_ns = ns_of(&clock);
		samples[i].after_ns = ns_of(&after);
	}
	return 0;
}

int kvet_clock_measure_user(enum kvet_clock_id clock, const struct kvet_clock_effort *effort,
			    struct kvet_clock_measure *measure, struct kvet_cause *err)
{
	clockid_t id = ids[clock];
	const struct kvet_clock_sampler sampler = { .read = read_clocks,
						    .ctx = &id,
						    .source = "clock_gettime",
						    .fixed = kvet_clock_is_fixed(clock) };

	return kvet_clock_measure_from(&sampler, effort, measure, err);
}
