/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The clocks that user space sees. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "clock/measure.h"
#include "core/fail.h"

static const uint64_t ns_per_s = 1000000000;

/* Neither clock is ever negative: the kernel refuses such time namespace offsets. */
static uint64_t to_ns(const struct timespec *ts)
{
	return (uint64_t)ts->tv_sec * ns_per_s + (uint64_t)ts->tv_nsec;
}

static int read_clocks(void *ctx, struct kvet_clock_sample *samples, size_t count,
		       struct kvet_error *err)
{
	(void)ctx;
	for (size_t i = 0; i < count; i++) {
		struct timespec before, boot, after;

		/* Nothing but the readings in the bracket: whatever runs there widens it. */
		if (clock_gettime(CLOCK_MONOTONIC, &before) ||
		    clock_gettime(CLOCK_BOOTTIME, &boot) ||
		    clock_gettime(CLOCK_MONOTONIC, &after)) {
			int errnum = errno;

			return kvet_fail(err, errnum, "clock_gettime", "%s", strerror(errnum));
		}
		samples[i].mono_before_ns = to_ns(&before);
		samples[i].boot_ns = to_ns(&boot);
		samples[i].mono_after_ns = to_ns(&after);
	}
	return 0;
}

int kvet_clock_measure_user(uint64_t samples, struct kvet_clock_measure *measure,
			    struct kvet_error *err)
{
	const struct kvet_clock_sampler sampler = { .read = read_clocks,
						    .source = "clock_gettime" };

	return kvet_clock_measure_from(&sampler, samples, measure, err);
}
