/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The measurement that both sides share; a function supplies the samples. */
#ifndef KVET_CLOCK_MEASURE_H
#define KVET_CLOCK_MEASURE_H

#include <stddef.h>

#include <kvet/clock.h>

/* The most samples a sampler is asked for at once. */
#define KVET_CLOCK_CHUNK 128

/* After this many changes of the offset, the next one ends the measurement. */
#define KVET_CLOCK_CHANGES_MAX 8

/* read fills samples with exactly count readings in the order of time and returns 0, or fills err
 * and returns a negative errno. source names the call for causes. fixed: the offset is one integer
 * until it changes (kvet_clock_is_fixed()). */
struct kvet_clock_sampler {
	int (*read)(void *ctx, struct kvet_clock_sample *samples, size_t count,
		    struct kvet_cause *err);
	void *ctx;
	const char *source;
	bool fixed;
};

/*
 * Intersects samples until the effort is used up. An empty intersection starts again with the
 * reading that emptied it, so that the result always rests on readings of one offset; then the
 * budget does not end it before it has a chunk of samples. For an offset that is not fixed, the
 * result is the span. Errors: -EINVAL for 0 samples; those of the sampler; -EAGAIN after too many
 * changes; -EIO where MONOTONIC went backwards within one reading.
 */
int kvet_clock_measure_from(const struct kvet_clock_sampler *sampler,
			    const struct kvet_clock_effort *effort,
			    struct kvet_clock_measure *measure, struct kvet_cause *err);

/* Fills err and returns -EAGAIN: the offset changed more than KVET_CLOCK_CHANGES_MAX times. */
int kvet_clock_kept_changing(const char *source, struct kvet_cause *err);

#endif
