/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The clocks that BPF programs see. */
#include <errno.h>
#include <string.h>

#include "clock/reader_load.h"
#include "clock/vdso_read.h"
#include "core/fail.h"

static const char test_run[] = "bpf(BPF_PROG_TEST_RUN)";

/* A reader, and what the clocks of user space showed around its runs. */
struct bracket {
	struct kvet_clock_reader reader;
	struct kvet_clock_interval envelope;
	bool coarse; /* the helper reads MONOTONIC_COARSE */
	struct kvet_clock_interval still;
};

/* A coarse clock keeps one value between two ticks. Where user space's own showed the same value
 * before and after the run, the helper must have shown it, too, however late the next tick was. */
static void compare_still(struct bracket *bracket, uint64_t before, uint64_t after)
{
	struct kvet_clock_interval *still = &bracket->still;

	if (before != after)
		return;
	for (size_t i = 0; i < KVET_CLOCK_CHUNK; i++) {
		int64_t apart = (int64_t)(bracket->reader.samples[i].clock_ns - before);

		if (!still->samples || apart < still->low_ns)
			still->low_ns = apart;
		if (!still->samples || apart > still->high_ns)
			still->high_ns = apart;
		still->samples++;
	}
}

static int fill(struct bracket *bracket)
{
	const struct kvet_clock_sample *samples = bracket->reader.samples;
	uint64_t before = 0, after = 0, coarse_before = 0, coarse_after = 0;
	int ret;

	kvet_clock_now(KVET_CLOCK_MONOTONIC, &before);
	if (bracket->coarse)
		kvet_clock_now(KVET_CLOCK_MONOTONIC_COARSE, &coarse_before);
	ret = kvet_clock_reader_run(&bracket->reader);
	if (bracket->coarse)
		kvet_clock_now(KVET_CLOCK_MONOTONIC_COARSE, &coarse_after);
	kvet_clock_now(KVET_CLOCK_MONOTONIC, &after);
	if (ret)
		return ret;
	if (bracket->coarse)
		compare_still(bracket, coarse_before, coarse_after);
	/* User space read first and last: its MONOTONIC minus the kernel's is at least the one
	 * value and at most the other. Contradicting readings leave the envelope unchanged. */
	kvet_clock_interval_narrow(&bracket->envelope, (int64_t)(before - samples[0].before_ns),
				   (int64_t)(after - samples[KVET_CLOCK_CHUNK - 1].after_ns));
	bracket->envelope.samples++;
	return 0;
}

static int run(void *ctx, struct kvet_clock_sample *samples, size_t count, struct kvet_cause *err)
{
	struct bracket *bracket = ctx;
	int ret = fill(bracket);

	if (ret)
		return kvet_clock_reader_fail(&bracket->reader, -ret, err);
	memcpy(samples, bracket->reader.samples, count * sizeof(*samples));
	return 0;
}

static int measure(struct bracket *bracket, const struct kvet_host *host, enum kvet_clock_id clock,
		   const struct kvet_clock_effort *effort, struct kvet_clock_measure *result,
		   bool *absent, struct kvet_cause *err)
{
	const struct kvet_clock_sampler sampler = {
		.read = run, .ctx = bracket, .source = test_run, .fixed = kvet_clock_is_fixed(clock)
	};
	int ret = kvet_clock_reader_open(&bracket->reader, host, kvet_clock_program,
					 kvet_clock_helper(clock), absent, err);

	return ret ? ret : kvet_clock_measure_from(&sampler, effort, result, err);
}

int kvet_clock_measure_bpf(const struct kvet_host *host, enum kvet_clock_id clock,
			   const struct kvet_clock_effort *effort, struct kvet_clock_source *source,
			   struct kvet_clock_interval *envelope, const char **type,
			   struct kvet_cause *err)
{
	struct bracket bracket = { .envelope = kvet_clock_interval_all(),
				   .coarse = clock == KVET_CLOCK_MONOTONIC_COARSE };
	struct kvet_clock_source result = { .verdict = KVET_YES };
	struct kvet_cause refusal;
	bool absent = false;

	if (!effort->samples)
		return kvet_reject(err, EINVAL, test_run,
				   "a measurement requires at least 1 sample");
	if (kvet_clock_helper(clock) < 0)
		return kvet_reject(err, EINVAL, "bpf(BPF_PROG_LOAD)",
				   "BPF has no helper that reads %s", kvet_clock_name(clock));
	if (measure(&bracket, host, clock, effort, &result.measure, &absent, &refusal)) {
		result.verdict = absent ? KVET_NO : KVET_UNDETERMINED;
		result.cause = refusal;
	} else {
		result.measure.still = bracket.still;
		if (envelope)
			*envelope = bracket.envelope;
		if (type)
			*type = kvet_clock_reader_type(&bracket.reader);
	}
	kvet_clock_reader_deinit(&bracket.reader);
	*source = result;
	return 0;
}
