/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Each option of a trace, and where in the session it goes. */
#include <check.h>
#include <stdlib.h>

#include "cmd/trace/args.h"

/* main.c's, which is not linked. */
enum status context_usage(struct context *context, const char *format, ...)
{
	(void)context;
	(void)format;
	return STATUS_USAGE;
}

#define NUMBER(n)         \
	{                 \
		true, (n) \
	}

START_TEST(each_option_goes_to_its_own_place)
{
	const struct trace_args args = {
		.returns = true,
		.stack = true,
		.regs = true,
		.self = true,
		.pid = NUMBER(1),
		.tid = NUMBER(2),
		.cpu = NUMBER(3),
		.min_duration = NUMBER(4000000000),
		.maxactive = NUMBER(5),
		.sample = NUMBER(6),
		.rate = NUMBER(7),
		.comm = "cat",
		.cgroup = "/",
		.backend = "tracefs",
	};
	struct kvet_trace_options out;

	trace_options_session(&args, &out);
	ck_assert(out.returns && out.stack && out.registers && out.self);
	ck_assert(!out.count_only && !out.histogram && !out.arguments && !out.top);
	ck_assert(out.by_pid && out.by_tid && out.by_cpu);
	ck_assert_uint_eq(out.pid, 1);
	ck_assert_uint_eq(out.tid, 2);
	ck_assert_uint_eq(out.cpu, 3);
	ck_assert_uint_eq(out.min_duration_ns, 4000000000);
	ck_assert_uint_eq(out.slots, 5);
	ck_assert_uint_eq(out.sample, 6);
	ck_assert_uint_eq(out.rate, 7);
	ck_assert_str_eq(out.comm, "cat");
	ck_assert_str_eq(out.cgroup, "/");
	ck_assert_int_eq(out.backend, KVET_KPROBE_TRACEFS);
}
END_TEST

START_TEST(what_is_not_given_filters_nothing)
{
	static const struct trace_args none;
	struct kvet_trace_options out;

	trace_options_session(&none, &out);
	ck_assert(!out.by_pid && !out.by_tid && !out.by_cpu && !out.comm && !out.cgroup);
	ck_assert(!out.returns && !out.self && !out.min_duration_ns && !out.rate);
	ck_assert_int_eq(out.backend, KVET_KPROBE_AUTO);
}
END_TEST

START_TEST(each_word_of_top_counts_by_its_own)
{
	static const struct {
		const char *word;
		enum kvet_trace_top top;
	} tops[] = { { "comm", KVET_TRACE_TOP_COMM },
		     { "pid", KVET_TRACE_TOP_PID },
		     { "stack", KVET_TRACE_TOP_STACK } };

	for (size_t i = 0; i < sizeof(tops) / sizeof(*tops); i++) {
		const struct trace_args args = { .top = tops[i].word };
		struct kvet_trace_options out;

		trace_options_session(&args, &out);
		ck_assert_int_eq(out.top, tops[i].top);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("trace options");
	TCase *tc = tcase_create("session");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, each_option_goes_to_its_own_place);
	tcase_add_test(tc, what_is_not_given_filters_nothing);
	tcase_add_test(tc, each_word_of_top_counts_by_its_own);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
