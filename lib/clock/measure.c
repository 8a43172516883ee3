/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One side's measurement, and its new start after a suspend. */
#include <errno.h>
#include <inttypes.h>

#include "clock/measure.h"
#include "core/fail.h"

int kvet_clock_kept_suspending(const char *source, struct kvet_error *err)
{
	int ret =
		kvet_fail(err, EAGAIN, source,
			  "BOOTTIME - MONOTONIC changed more than %d times during the measurement",
			  KVET_CLOCK_SUSPENDS_MAX);

	if (err)
		kvet_cause_remedy(&err->cause, "measure again while the machine does not suspend");
	return ret;
}

int kvet_clock_measure_from(const struct kvet_clock_sampler *sampler, uint64_t samples,
			    struct kvet_clock_measure *measure, struct kvet_error *err)
{
	struct kvet_clock_measure so_far = { .interval = kvet_clock_interval_all() };
	struct kvet_clock_sample chunk[KVET_CLOCK_CHUNK];

	if (!samples)
		return kvet_fail(err, EINVAL, sampler->source, "0 samples measure nothing");
	while (so_far.interval.samples < samples) {
		uint64_t left = samples - so_far.interval.samples;
		size_t count = left < KVET_CLOCK_CHUNK ? (size_t)left : KVET_CLOCK_CHUNK;
		int ret = sampler->read(sampler->ctx, chunk, count, err);

		if (ret)
			return ret;
		for (size_t i = 0; i < count; i++) {
			if (kvet_clock_interval_add(&so_far.interval, &chunk[i]))
				continue;
			if (chunk[i].mono_after_ns < chunk[i].mono_before_ns)
				return kvet_fail(err, EIO, sampler->source,
						 "CLOCK_MONOTONIC went from %" PRIu64
						 " back to %" PRIu64 " ns",
						 chunk[i].mono_before_ns, chunk[i].mono_after_ns);
			if (so_far.suspends == KVET_CLOCK_SUSPENDS_MAX)
				return kvet_clock_kept_suspending(sampler->source, err);
			so_far.suspends++;
			so_far.interval = kvet_clock_interval_all();
			kvet_clock_interval_add(&so_far.interval, &chunk[i]);
		}
	}
	*measure = so_far;
	return 0;
}
