/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Measures one clock on one side, and starts again after a change of the offset. */
#include <errno.h>
#include <inttypes.h>

#include "clock/measure.h"
#include "core/fail.h"

/* An interrupted reading says little: a span ignores readings that are more than this many times as
 * wide as the narrowest, plus a margin. */
#define NOISY_TIMES 4
#define NOISY_NS    100

int kvet_clock_kept_changing(const char *source, struct kvet_cause *err)
{
	int ret =
		kvet_reject(err, EAGAIN, source,
			    "the clocks' offset changed more than %d times during the measurement",
			    KVET_CLOCK_CHANGES_MAX);

	if (err)
		kvet_cause_remedy(err, "measure again while the machine does not suspend "
				       "and nobody sets its clock");
	return ret;
}

static uint64_t width(const struct kvet_clock_sample *sample)
{
	return sample->after_ns - sample->before_ns;
}

/* Widens the span to include the sample. */
static void span(struct kvet_clock_measure *so_far, const struct kvet_clock_sample *sample)
{
	struct kvet_clock_interval *all = &so_far->interval;
	struct kvet_clock_interval one = kvet_clock_interval_all();

	if (width(sample) > NOISY_TIMES * so_far->tightest_ns + NOISY_NS) {
		all->samples++;
		return;
	}
	kvet_clock_interval_add(&one, sample);
	if (all->low_ns == INT64_MIN || one.low_ns < all->low_ns)
		all->low_ns = one.low_ns;
	if (all->high_ns == INT64_MAX || one.high_ns > all->high_ns)
		all->high_ns = one.high_ns;
	all->samples++;
}

/* Examines all samples of a chunk before the first is used, so that the narrowest is known. */
static int inspect(const struct kvet_clock_sampler *sampler,
		   const struct kvet_clock_sample *samples, size_t count,
		   struct kvet_clock_measure *so_far, struct kvet_cause *err)
{
	for (size_t i = 0; i < count; i++) {
		if (samples[i].after_ns < samples[i].before_ns)
			return kvet_reject(err, EIO, sampler->source,
					   "CLOCK_MONOTONIC went from %" PRIu64 " back to %" PRIu64
					   " ns",
					   samples[i].before_ns, samples[i].after_ns);
		if (width(&samples[i]) < so_far->tightest_ns)
			so_far->tightest_ns = width(&samples[i]);
	}
	return 0;
}

static int take(const struct kvet_clock_sampler *sampler, const struct kvet_clock_sample *sample,
		struct kvet_clock_measure *so_far, struct kvet_cause *err)
{
	if (!sampler->fixed) {
		span(so_far, sample);
		return 0;
	}
	if (kvet_clock_interval_add(&so_far->interval, sample))
		return 0;
	if (so_far->changes == KVET_CLOCK_CHANGES_MAX)
		return kvet_clock_kept_changing(sampler->source, err);
	so_far->changes++;
	so_far->interval = kvet_clock_interval_all();
	kvet_clock_interval_add(&so_far->interval, sample);
	return 0;
}

static bool is_spent(const struct kvet_clock_effort *effort,
		     const struct kvet_clock_interval *interval, uint64_t elapsed_ns)
{
	return effort->budget_ns && elapsed_ns >= effort->budget_ns &&
	       interval->samples >= KVET_CLOCK_CHUNK;
}

int kvet_clock_measure_from(const struct kvet_clock_sampler *sampler,
			    const struct kvet_clock_effort *effort,
			    struct kvet_clock_measure *measure, struct kvet_cause *err)
{
	struct kvet_clock_measure so_far = { .interval = kvet_clock_interval_all(),
					     .tightest_ns = UINT64_MAX };
	struct kvet_clock_sample chunk[KVET_CLOCK_CHUNK];
	uint64_t start_ns = 0;
	bool started = false;

	if (!effort->samples)
		return kvet_reject(err, EINVAL, sampler->source,
				   "a measurement requires at least 1 sample");
	while (so_far.interval.samples < effort->samples) {
		uint64_t left = effort->samples - so_far.interval.samples;
		size_t count = left < KVET_CLOCK_CHUNK ? (size_t)left : KVET_CLOCK_CHUNK;
		int ret = sampler->read(sampler->ctx, chunk, count, err);

		if (!ret)
			ret = inspect(sampler, chunk, count, &so_far, err);
		for (size_t i = 0; !ret && i < count; i++)
			ret = take(sampler, &chunk[i], &so_far, err);
		if (ret)
			return ret;
		if (!started)
			start_ns = chunk[0].before_ns;
		started = true;
		if (is_spent(effort, &so_far.interval, chunk[count - 1].after_ns - start_ns))
			break;
	}
	*measure = so_far;
	return 0;
}
