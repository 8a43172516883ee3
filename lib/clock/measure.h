/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The measurement that both sides share; where the samples come from is a function. */
#ifndef KVET_CLOCK_MEASURE_H
#define KVET_CLOCK_MEASURE_H

#include <stddef.h>

#include <kvet/clock.h>

/* The most samples a sampler is asked for at once. */
#define KVET_CLOCK_CHUNK 64

/* After that many suspends, one more ends the measurement. */
#define KVET_CLOCK_SUSPENDS_MAX 8

/* read fills samples with exactly count readings, in the order of time, and returns 0; or
 * it fills err and returns a negative errno. source names the call for causes. */
struct kvet_clock_sampler {
	int (*read)(void *ctx, struct kvet_clock_sample *samples, size_t count,
		    struct kvet_error *err);
	void *ctx;
	const char *source;
};

/*
 * Intersects samples readings. An empty intersection starts again with the reading that
 * emptied it, so that the result always stands on samples readings of one offset.
 * Errors: -EINVAL for 0 samples; those of the sampler; -EAGAIN after too many suspends;
 * -EIO where MONOTONIC went backwards within one reading.
 */
int kvet_clock_measure_from(const struct kvet_clock_sampler *sampler, uint64_t samples,
			    struct kvet_clock_measure *measure, struct kvet_error *err);

/* Fills err and returns -EAGAIN: the offset changed more than KVET_CLOCK_SUSPENDS_MAX times. */
int kvet_clock_kept_suspending(const char *source, struct kvet_error *err);

#endif
