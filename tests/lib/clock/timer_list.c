/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock/timer_list.h"

static int parse(const char *text, struct kvet_clock_kernel *kernel, struct kvet_cause *err)
{
	FILE *stream = fmemopen((void *)text, strlen(text), "r");
	int ret;

	ck_assert_ptr_nonnull(stream);
	ret = kvet_clock_timer_list_parse(stream, kernel, err);
	fclose(stream);
	return ret;
}

static void parses(const char *text, int64_t realtime, int64_t boottime, int64_t tai)
{
	struct kvet_clock_kernel kernel = { 0 };

	ck_assert_int_eq(parse(text, &kernel, NULL), 0);
	ck_assert_int_eq(kernel.realtime_ns, realtime);
	ck_assert_int_eq(kernel.boottime_ns, boottime);
	ck_assert_int_eq(kernel.tai_ns, tai);
}

static void refuses(const char *text, int errnum, const char *evidence)
{
	struct kvet_clock_kernel kernel = { .boottime_ns = 4711 };
	struct kvet_cause err = { 0 };

	ck_assert_int_eq(parse(text, &kernel, &err), -errnum);
	ck_assert_int_eq(err.errnum, 0);
	ck_assert_str_eq(err.source, "/proc/timer_list");
	ck_assert_msg(strstr(err.evidence, evidence) != NULL, "'%s' names '%s'", err.evidence,
		      evidence);
	ck_assert_int_eq(kernel.boottime_ns, 4711);
}

#define BASE(index, offset)                                                      \
	" clock " #index ":\n  .index:      " #index "\n  .offset:     " #offset \
	" nsecs\nactive timers:\n"

/* As Debian's kernels printed it after a suspend of some seconds. */
START_TEST(recorded_lists_of_every_kernel)
{
	static const struct {
		const char *name;
		int64_t realtime_ns, boottime_ns;
	} recorded[] = {
		{ "5.10", 1795415848209762632, 3114885337 },
		{ "6.1", 1795415854174187354, 2804472112 },
		{ "6.12", 1795415858870922208, 1587209742 },
		{ "6.18", 1795415865392712224, 2335740031 },
		{ "newest", 1795415872527751326, 2200537146 },
	};

	for (size_t i = 0; i < sizeof(recorded) / sizeof(*recorded); i++) {
		struct kvet_clock_kernel kernel = { 0 };
		char name[64];
		FILE *stream;

		snprintf(name, sizeof(name), "tests/data/clock/timer_list/%s", recorded[i].name);
		stream = fopen(name, "r");
		ck_assert_msg(stream != NULL, "%s", name);
		ck_assert_int_eq(kvet_clock_timer_list_parse(stream, &kernel, NULL), 0);
		fclose(stream);
		ck_assert_int_eq(kernel.boottime_ns, recorded[i].boottime_ns);
		ck_assert_int_eq(kernel.realtime_ns, recorded[i].realtime_ns);
		ck_assert_int_eq(kernel.tai_ns, recorded[i].realtime_ns);
	}
}
END_TEST

START_TEST(the_index_counts_not_the_place)
{
	parses(BASE(3, 37) BASE(0, 0) BASE(2, 5) BASE(1, 9), 9, 5, 37);
}
END_TEST

START_TEST(the_bases_of_soft_interrupts_are_passed_over)
{
	parses(BASE(0, 0) BASE(1, 9) BASE(2, 5) BASE(3, 37) BASE(6, 4) BASE(5, 8) BASE(7, 3), 9, 5,
	       37);
	/* Whatever they are, and wherever they stand. */
	parses(BASE(5, 80) BASE(6, 40) BASE(7, 30) BASE(0, 0) BASE(1, 9) BASE(2, 5) BASE(3, 37)
		       BASE(6, 50),
	       9, 5, 37);
}
END_TEST

START_TEST(of_boottime_the_cpu_that_knows_most_counts)
{
	parses(BASE(1, 9) BASE(2, 0) BASE(3, 37) BASE(1, 8) BASE(2, 5) BASE(3, 36) BASE(2, 4), 9, 5,
	       37);
}
END_TEST

START_TEST(a_negative_offset_is_printed_without_its_sign)
{
	parses(BASE(1, 18446744073709551615) BASE(2, 5) BASE(3, 36), -1, 5, 36);
}
END_TEST

START_TEST(a_timer_that_looks_like_an_offset_belongs_to_no_base)
{
	parses(BASE(1, 9) BASE(2, 5) BASE(3, 37) "  .offset:   77 nsecs\n", 9, 5, 37);
}
END_TEST

START_TEST(an_empty_list_is_a_container_s_mask)
{
	struct kvet_clock_kernel kernel;
	struct kvet_cause err;
	FILE *stream = fopen("/dev/null", "r");

	ck_assert_int_eq(kvet_clock_timer_list_parse(stream, &kernel, &err), -ENODATA);
	ck_assert_ptr_nonnull(strstr(err.evidence, "empty"));
	fclose(stream);
}
END_TEST

START_TEST(a_list_without_offsets_is_no_answer)
{
	refuses("Timer List Version: v0.8\ncpu: 0\n", ENODATA, ".index 1");
	refuses(BASE(1, 9) BASE(3, 37), ENODATA, ".index 2");
	refuses(BASE(1, 9) BASE(2, x) BASE(3, 37), ENODATA, ".index 2");
	refuses(BASE(1, 9) BASE(2, 99999999999999999999) BASE(3, 37), ENODATA, ".index 2");
}
END_TEST

START_TEST(another_unit_is_refused)
{
	refuses("  .index:   2\n  .offset:   5 usecs\n", EINVAL, "line 2");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clock timer list");
	TCase *tc = tcase_create("parse");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, recorded_lists_of_every_kernel);
	tcase_add_test(tc, the_index_counts_not_the_place);
	tcase_add_test(tc, the_bases_of_soft_interrupts_are_passed_over);
	tcase_add_test(tc, of_boottime_the_cpu_that_knows_most_counts);
	tcase_add_test(tc, a_negative_offset_is_printed_without_its_sign);
	tcase_add_test(tc, a_timer_that_looks_like_an_offset_belongs_to_no_base);
	tcase_add_test(tc, an_empty_list_is_a_container_s_mask);
	tcase_add_test(tc, a_list_without_offsets_is_no_answer);
	tcase_add_test(tc, another_unit_is_refused);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
