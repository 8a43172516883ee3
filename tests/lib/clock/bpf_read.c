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

static int measure_boottime(uint64_t samples, struct kvet_clock_measure *measure,
			    struct kvet_error *err)
{
	const struct kvet_clock_effort effort = { .samples = samples };

	return kvet_clock_measure_bpf(&host, KVET_CLOCK_BOOTTIME, &effort, measure, NULL, NULL,
				      err);
}

START_TEST(the_bpf_side_measures_or_names_its_cause)
{
	struct kvet_clock_measure measure = { .changes = 4711 };
	struct kvet_error err = { 0 };
	int ret = measure_boottime(150, &measure, &err);

	if (ret) {
		ck_assert_int_eq(err.cause.errnum, -ret);
		ck_assert_str_ne(err.cause.source, "");
		ck_assert_str_ne(err.cause.evidence, "");
		ck_assert_uint_eq(measure.changes, 4711);
		return;
	}
	ck_assert_uint_eq(measure.interval.samples, 150);
	ck_assert_int_le(measure.interval.low_ns, measure.interval.high_ns);
	ck_assert_int_eq(err.cause.errnum, 0);
}
END_TEST

START_TEST(zero_samples_are_refused_before_anything_is_loaded)
{
	struct kvet_clock_measure measure = { .changes = 4711 };
	struct kvet_error err = { 0 };

	ck_assert_int_eq(measure_boottime(0, &measure, &err), -EINVAL);
	ck_assert_int_eq(err.cause.errnum, EINVAL);
	ck_assert_uint_eq(measure.changes, 4711);
}
END_TEST

START_TEST(the_envelope_holds_what_the_namespace_adds)
{
	const struct kvet_clock_effort effort = { .samples = 1000 };
	struct kvet_clock_interval envelope;
	struct kvet_clock_namespace ns;
	struct kvet_clock_measure measure;
	const char *type;

	if (kvet_clock_measure_bpf(&host, KVET_CLOCK_MONOTONIC, &effort, &measure, &envelope, &type,
				   NULL))
		return; /* no bpf(2) for us here */
	ck_assert_int_eq(kvet_clock_namespace_read(&host, &ns, NULL), 0);
	ck_assert_int_le(envelope.low_ns, ns.monotonic_ns);
	ck_assert_int_ge(envelope.high_ns, ns.monotonic_ns);
	ck_assert_ptr_nonnull(type);
}
END_TEST

START_TEST(a_clock_that_bpf_has_no_helper_for_is_refused)
{
	const struct kvet_clock_effort effort = { .samples = 1 };
	struct kvet_clock_measure measure;
	struct kvet_error err = { 0 };

	ck_assert_int_eq(kvet_clock_measure_bpf(&host, KVET_CLOCK_REALTIME, &effort, &measure, NULL,
						NULL, &err),
			 -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.cause.evidence, "realtime"));
}
END_TEST

/* Last: without the forks of Check, the process has no capabilities from here on. */
START_TEST(without_capabilities_the_cause_names_those_that_are_missing)
{
	struct kvet_clock_measure measure = { .changes = 4711 };
	struct kvet_error err = { 0 };
	cap_t none = cap_init();

	ck_assert_int_eq(cap_set_proc(none), 0);
	cap_free(none);
	if (access("/proc/sys/kernel/unprivileged_bpf_disabled", F_OK))
		return; /* no bpf(2) here */
	ck_assert_int_eq(measure_boottime(1, &measure, &err), -EPERM);
	ck_assert_int_eq(err.cause.errnum, EPERM);
	ck_assert(!strncmp(err.cause.source, "bpf(BPF_", strlen("bpf(BPF_")));
	ck_assert_ptr_nonnull(strstr(err.cause.evidence, "CAP_BPF, CAP_PERFMON missing"));
	ck_assert_ptr_nonnull(strstr(err.cause.evidence, "kernel.unprivileged_bpf_disabled="));
	ck_assert_str_eq(err.cause.remedy, "run as root, or with CAP_BPF and CAP_PERFMON");
	ck_assert_uint_eq(measure.changes, 4711);
	ck_assert_int_eq(measure_boottime(1, &measure, NULL), -EPERM);
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
	tcase_add_test(tc, zero_samples_are_refused_before_anything_is_loaded);
	tcase_add_test(tc, the_envelope_holds_what_the_namespace_adds);
	tcase_add_test(tc, a_clock_that_bpf_has_no_helper_for_is_refused);
	tcase_add_test(tc, without_capabilities_the_cause_names_those_that_are_missing);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
