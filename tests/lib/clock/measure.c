/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <errno.h>
#include <stdlib.h>

#include "clock/measure.h"
#include "core/fail.h"

/* A machine whose clocks tick 10 ns a reading, and which sleeps for 1000 s before each
 * sleep_every-th sample; sleeps of them, at most. */
struct machine {
	uint64_t mono_ns, offset_ns, taken;
	uint64_t sleep_every, sleeps;
	uint64_t fails_at, backwards_at;
	size_t largest_chunk;
};

static const uint64_t slept_ns = 1000000000000;

static int read_machine(void *ctx, struct kvet_clock_sample *samples, size_t count,
			struct kvet_cause *err)
{
	struct machine *m = ctx;

	if (count > m->largest_chunk)
		m->largest_chunk = count;
	for (size_t i = 0; i < count; i++) {
		m->taken++;
		if (m->taken == m->fails_at)
			return kvet_fail(err, ENODEV, "machine", "unplugged");
		if (m->sleep_every && m->sleeps && m->taken % m->sleep_every == 0) {
			m->offset_ns += slept_ns;
			m->sleeps--;
		}
		samples[i].before_ns = m->mono_ns;
		samples[i].clock_ns = m->mono_ns + 10 + m->offset_ns;
		samples[i].after_ns = m->mono_ns + 20;
		if (m->taken == m->backwards_at)
			samples[i].after_ns = m->mono_ns - 1;
		m->mono_ns += 30;
	}
	return 0;
}

static int measure(struct machine *m, uint64_t samples, struct kvet_clock_measure *result,
		   struct kvet_cause *err)
{
	const struct kvet_clock_sampler sampler = { read_machine, m, "machine", true };
	const struct kvet_clock_effort effort = { .samples = samples };

	m->mono_ns += 500;
	return kvet_clock_measure_from(&sampler, &effort, result, err);
}

START_TEST(a_machine_that_never_sleeps_is_measured_once)
{
	static const uint64_t counts[] = { 1, KVET_CLOCK_CHUNK - 1, KVET_CLOCK_CHUNK,
					   KVET_CLOCK_CHUNK + 1, 1000 };

	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		struct machine m = { .offset_ns = 77 };
		struct kvet_clock_measure result;

		ck_assert_int_eq(measure(&m, counts[i], &result, NULL), 0);
		ck_assert_uint_eq(m.taken, counts[i]);
		ck_assert_uint_le(m.largest_chunk, KVET_CLOCK_CHUNK);
		ck_assert_int_eq(result.interval.low_ns, 67);
		ck_assert_int_eq(result.interval.high_ns, 87);
		ck_assert_uint_eq(result.interval.samples, counts[i]);
		ck_assert_uint_eq(result.tightest_ns, 20);
		ck_assert_uint_eq(result.changes, 0);
	}
}
END_TEST

START_TEST(a_suspend_in_the_middle_starts_again_with_the_new_offset)
{
	struct machine m = { .offset_ns = 77, .sleep_every = 150, .sleeps = 1 };
	struct kvet_clock_measure result;

	ck_assert_int_eq(measure(&m, 200, &result, NULL), 0);
	ck_assert_int_eq(result.interval.low_ns, (int64_t)slept_ns + 67);
	ck_assert_int_eq(result.interval.high_ns, (int64_t)slept_ns + 87);
	ck_assert_uint_eq(result.interval.samples, 200);
	ck_assert_uint_eq(result.changes, 1);
	ck_assert_uint_eq(m.taken, 149 + 200);
}
END_TEST

START_TEST(a_suspend_before_the_last_sample_counts_too)
{
	struct machine m = { .sleep_every = 200, .sleeps = 1 };
	struct kvet_clock_measure result;

	ck_assert_int_eq(measure(&m, 200, &result, NULL), 0);
	ck_assert_uint_eq(result.interval.samples, 200);
	ck_assert_uint_eq(result.changes, 1);
}
END_TEST

START_TEST(as_many_suspends_as_allowed_still_give_a_measure)
{
	struct machine m = { .sleep_every = 50, .sleeps = KVET_CLOCK_CHANGES_MAX };
	struct kvet_clock_measure result;

	ck_assert_int_eq(measure(&m, 100, &result, NULL), 0);
	ck_assert_uint_eq(result.interval.samples, 100);
	ck_assert_uint_eq(result.changes, KVET_CLOCK_CHANGES_MAX);
}
END_TEST

START_TEST(a_machine_that_keeps_suspending_is_given_up)
{
	struct machine m = { .sleep_every = 50, .sleeps = UINT64_MAX };
	struct kvet_clock_measure result = { .changes = 4711 };
	struct kvet_cause err = { 0 };

	ck_assert_int_eq(measure(&m, 100, &result, &err), -EAGAIN);
	ck_assert_int_eq(err.errnum, 0);
	ck_assert_str_eq(err.source, "machine");
	ck_assert_str_ne(err.evidence, "");
	ck_assert_str_ne(err.remedy, "");
	ck_assert_uint_eq(result.changes, 4711);
	ck_assert_int_eq(measure(&m, 100, &result, NULL), -EAGAIN);
	/* One more than is allowed. */
	m = (struct machine){ .sleep_every = 50, .sleeps = KVET_CLOCK_CHANGES_MAX + 1 };
	ck_assert_int_eq(measure(&m, 100, &result, NULL), -EAGAIN);
}
END_TEST

START_TEST(zero_samples_are_refused)
{
	struct machine m = { 0 };
	struct kvet_clock_measure result = { .changes = 4711 };
	struct kvet_cause err = { 0 };

	ck_assert_int_eq(measure(&m, 0, &result, &err), -EINVAL);
	ck_assert_int_eq(err.errnum, 0);
	ck_assert_uint_eq(m.taken, 0);
	ck_assert_uint_eq(result.changes, 4711);
}
END_TEST

START_TEST(a_failure_of_the_sampler_is_passed_on_untouched)
{
	struct machine m = { .fails_at = 100 };
	struct kvet_clock_measure result = { .changes = 4711 };
	struct kvet_cause err = { 0 };

	ck_assert_int_eq(measure(&m, 1000, &result, &err), -ENODEV);
	ck_assert_str_eq(err.source, "machine");
	ck_assert_str_eq(err.evidence, "unplugged");
	ck_assert_uint_eq(result.changes, 4711);
}
END_TEST

START_TEST(a_clock_that_goes_backwards_is_no_suspend)
{
	struct machine m = { .backwards_at = 70 };
	struct kvet_clock_measure result = { .changes = 4711 };
	struct kvet_cause err = { 0 };

	ck_assert_int_eq(measure(&m, 100, &result, &err), -EIO);
	ck_assert_int_eq(err.errnum, 0);
	ck_assert_uint_eq(result.changes, 4711);
	m = (struct machine){ .backwards_at = 1 };
	ck_assert_int_eq(measure(&m, 100, &result, NULL), -EIO);
}
END_TEST

START_TEST(a_budget_ends_it_after_a_chunk_at_least)
{
	struct machine m = { .offset_ns = 77 };
	const struct kvet_clock_sampler sampler = { read_machine, &m, "machine", true };
	struct kvet_clock_effort effort = { .samples = 1000000, .budget_ns = 1 };
	struct kvet_clock_measure result;

	ck_assert_int_eq(kvet_clock_measure_from(&sampler, &effort, &result, NULL), 0);
	ck_assert_uint_eq(result.interval.samples, KVET_CLOCK_CHUNK);
	/* A reading takes 30 ns. */
	effort.budget_ns = 30 * 5 * KVET_CLOCK_CHUNK;
	ck_assert_int_eq(kvet_clock_measure_from(&sampler, &effort, &result, NULL), 0);
	ck_assert_uint_ge(result.interval.samples, 5 * KVET_CLOCK_CHUNK);
	ck_assert_uint_le(result.interval.samples, 6 * KVET_CLOCK_CHUNK);
	effort.samples = 3;
	ck_assert_int_eq(kvet_clock_measure_from(&sampler, &effort, &result, NULL), 0);
	ck_assert_uint_eq(result.interval.samples, 3);
}
END_TEST

START_TEST(an_offset_that_is_not_fixed_gives_its_span)
{
	/* It grows by 1000 s every 50 samples, three times: a change is what is looked for. */
	struct machine m = { .sleep_every = 50, .sleeps = 3 };
	const struct kvet_clock_sampler sampler = { read_machine, &m, "machine", false };
	const struct kvet_clock_effort effort = { .samples = 200 };
	struct kvet_clock_measure result;

	ck_assert_int_eq(kvet_clock_measure_from(&sampler, &effort, &result, NULL), 0);
	ck_assert_int_eq(result.interval.low_ns, -10);
	ck_assert_int_eq(result.interval.high_ns, 3 * (int64_t)slept_ns + 10);
	ck_assert_uint_eq(result.interval.samples, 200);
	ck_assert_uint_eq(result.changes, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clock measure");
	TCase *tc = tcase_create("measure");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, a_machine_that_never_sleeps_is_measured_once);
	tcase_add_test(tc, a_suspend_in_the_middle_starts_again_with_the_new_offset);
	tcase_add_test(tc, a_suspend_before_the_last_sample_counts_too);
	tcase_add_test(tc, as_many_suspends_as_allowed_still_give_a_measure);
	tcase_add_test(tc, a_machine_that_keeps_suspending_is_given_up);
	tcase_add_test(tc, zero_samples_are_refused);
	tcase_add_test(tc, a_failure_of_the_sampler_is_passed_on_untouched);
	tcase_add_test(tc, a_clock_that_goes_backwards_is_no_suspend);
	tcase_add_test(tc, a_budget_ends_it_after_a_chunk_at_least);
	tcase_add_test(tc, an_offset_that_is_not_fixed_gives_its_span);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
