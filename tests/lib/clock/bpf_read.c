/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Runs with any privilege: what may not load BPF programs here is an answer too. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <unistd.h>

#include <kvet/clock.h>

static const struct kvet_host host;

static struct kvet_clock_source measure(enum kvet_clock_id clock, uint64_t samples)
{
	const struct kvet_clock_effort effort = { .samples = samples };
	struct kvet_clock_source source;

	ck_assert_int_eq(kvet_clock_measure_bpf(&host, clock, &effort, &source, NULL, NULL, NULL),
			 0);
	return source;
}

START_TEST(the_bpf_side_measures_or_names_its_cause)
{
	struct kvet_clock_source source = measure(KVET_CLOCK_BOOTTIME, 150);

	if (source.verdict != KVET_YES) {
		ck_assert_int_ne(source.cause.errnum, 0);
		ck_assert_str_ne(source.cause.source, "");
		ck_assert_str_ne(source.cause.evidence, "");
		return;
	}
	ck_assert_uint_eq(source.measure.interval.samples, 150);
	ck_assert_int_le(source.measure.interval.low_ns, source.measure.interval.high_ns);
	ck_assert_int_eq(source.cause.errnum, 0);
}
END_TEST

START_TEST(what_cannot_be_asked_is_refused_before_anything_is_loaded)
{
	const struct kvet_clock_effort none = { 0 }, one = { .samples = 1 };
	struct kvet_clock_source source = { .measure = { .changes = 4711 } };
	struct kvet_cause err = { 0 };

	ck_assert_int_eq(kvet_clock_measure_bpf(&host, KVET_CLOCK_BOOTTIME, &none, &source, NULL,
						NULL, &err),
			 -EINVAL);
	ck_assert_int_eq(err.errnum, 0);
	ck_assert_int_eq(
		kvet_clock_measure_bpf(&host, KVET_CLOCK_REALTIME, &one, &source, NULL, NULL, &err),
		-EINVAL);
	ck_assert_ptr_nonnull(strstr(err.evidence, "realtime"));
	ck_assert_uint_eq(source.measure.changes, 4711);
}
END_TEST

START_TEST(the_envelope_holds_what_the_namespace_adds)
{
	const struct kvet_clock_effort effort = { .samples = 1000 };
	struct kvet_clock_interval envelope;
	struct kvet_clock_namespace ns;
	struct kvet_clock_source source;
	const char *type = NULL;

	ck_assert_int_eq(kvet_clock_measure_bpf(&host, KVET_CLOCK_MONOTONIC, &effort, &source,
						&envelope, &type, NULL),
			 0);
	if (source.verdict != KVET_YES)
		return; /* no bpf(2) for us here */
	ck_assert_int_eq(kvet_clock_namespace_read(&host, &ns, NULL), 0);
	ck_assert_int_le(envelope.low_ns, ns.monotonic_ns);
	ck_assert_int_ge(envelope.high_ns, ns.monotonic_ns);
	ck_assert_ptr_nonnull(type);
}
END_TEST

/* Last: without the forks of Check, the process has no capabilities from here on. */
START_TEST(without_capabilities_the_cause_names_those_that_are_missing)
{
	struct kvet_clock_source source;
	cap_t none = cap_init();

	ck_assert_int_eq(cap_set_proc(none), 0);
	cap_free(none);
	if (access("/proc/sys/kernel/unprivileged_bpf_disabled", F_OK))
		return; /* no bpf(2) here */
	source = measure(KVET_CLOCK_BOOTTIME, 1);
	if (source.verdict == KVET_YES)
		return; /* unprivileged BPF is allowed here */
	ck_assert_int_eq(source.verdict, KVET_UNDETERMINED);
	ck_assert_int_eq(source.cause.errnum, EPERM);
	ck_assert(!strncmp(source.cause.source, "bpf(BPF_", strlen("bpf(BPF_")));
	ck_assert_ptr_nonnull(strstr(source.cause.evidence, "CAP_BPF, CAP_PERFMON missing"));
	ck_assert_ptr_nonnull(strstr(source.cause.evidence, "kernel.unprivileged_bpf_disabled="));
	/* In the words of wherever this runs. */
	ck_assert_ptr_nonnull(strstr(source.cause.remedy, "BPF"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clock bpf read");
	TCase *tc = tcase_create("read");
	SRunner *runner = srunner_create(suite);
	int failed;

	kvet_host_quiet_libbpf();
	tcase_add_test(tc, the_bpf_side_measures_or_names_its_cause);
	tcase_add_test(tc, what_cannot_be_asked_is_refused_before_anything_is_loaded);
	tcase_add_test(tc, the_envelope_holds_what_the_namespace_adds);
	tcase_add_test(tc, without_capabilities_the_cause_names_those_that_are_missing);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
