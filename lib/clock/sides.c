/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Both sides' offsets, of one and the same stretch of time. */
#include "clock/measure.h"

/* Measures user, BPF, user. *slept: the offset changed between the first and the last. */
static int measure_once(const struct kvet_host *host, uint64_t samples,
			struct kvet_clock_sides *sides, bool *slept, struct kvet_error *err)
{
	struct kvet_clock_measure user, bpf, again;
	struct kvet_error bpf_err;
	int ret;

	*slept = false;
	ret = kvet_clock_measure_user(samples, &user, err);
	if (ret)
		return ret;
	sides->user = user.interval;
	if (kvet_clock_measure_bpf(host, samples, &bpf, &bpf_err)) {
		sides->bpf_verdict = KVET_UNDETERMINED;
		sides->bpf_cause = bpf_err.cause;
		return 0;
	}
	sides->bpf_verdict = KVET_YES;
	sides->bpf = bpf.interval;
	ret = kvet_clock_measure_user(samples, &again, err);
	if (ret)
		return ret;
	/* A sleep within the first measurement is over and done with. */
	*slept = bpf.suspends || again.suspends ||
		 !kvet_clock_interval_overlap(&user.interval, &again.interval);
	return 0;
}

int kvet_clock_measure_sides(const struct kvet_host *host, uint64_t samples,
			     struct kvet_clock_sides *out, struct kvet_error *err)
{
	struct kvet_clock_sides sides = { .suspends = 0 };

	for (;;) {
		bool slept;
		int ret = measure_once(host, samples, &sides, &slept, err);

		if (ret)
			return ret;
		if (!slept)
			break;
		if (++sides.suspends > KVET_CLOCK_SUSPENDS_MAX)
			return kvet_clock_kept_suspending("clock_gettime", err);
	}
	*out = sides;
	return 0;
}
