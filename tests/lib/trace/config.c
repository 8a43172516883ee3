/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "trace/config.h"

static struct trace_config config;

static void configure(struct kvet_trace_options options)
{
	ck_assert_int_eq(kvet_trace_config(&options, &config, NULL), 0);
}

static void refused(struct kvet_trace_options options, const char *words)
{
	struct kvet_cause err;

	ck_assert_int_eq(kvet_trace_config(&options, &config, &err), -EINVAL);
	ck_assert_msg(strstr(err.evidence, words) != NULL, "%s", err.evidence);
}

START_TEST(nothing_wanted_is_nothing_set)
{
	static const struct trace_config none;

	configure((struct kvet_trace_options){ .returns = false });
	ck_assert_mem_eq(&config, &none, sizeof(none));
}
END_TEST

START_TEST(a_number_counts_only_with_its_flag)
{
	configure((struct kvet_trace_options){ .by_pid = true, .pid = 0, .tid = 7 });
	ck_assert_uint_eq(config.flags, TRACE_BY_PID);
	ck_assert_uint_eq(config.pid, 0);
	configure((struct kvet_trace_options){ .by_cpu = true, .cpu = 3, .by_uid = true });
	ck_assert_uint_eq(config.flags, TRACE_BY_CPU | TRACE_BY_UID);
	ck_assert_uint_eq(config.cpu, 3);
}
END_TEST

START_TEST(a_nest_has_calls_and_arguments_only)
{
	const struct kvet_trace_options nest = {
		.returns = true, .nest = true, .roots = 3, .arguments = true
	};
	struct kvet_trace_options other = nest;

	configure(nest);
	ck_assert_uint_eq(config.flags, TRACE_RETURN | TRACE_NEST | TRACE_ARGUMENTS);
	ck_assert_uint_eq(config.roots, 3);
	ck_assert_uint_eq(config.nest_calls, KVET_TRACE_NEST_CALLS);
	other.returns = false;
	refused(other, "calls of roots");
	other = nest;
	other.stack = true;
	refused(other, "calls of roots");
	other = nest;
	other.sample = 2;
	refused(other, "calls of roots");
	other = nest;
	other.min_duration_ns = 1;
	refused(other, "calls of roots");
	other = nest;
	other.registers = true;
	refused(other, "calls of roots");
}
END_TEST

START_TEST(conditions_at_the_return_require_returns)
{
	struct kvet_condition conditions[TRACE_CONDITIONS + 1] = {
		{ .subject = KVET_CONDITION_CPU, .operation = KVET_CONDITION_LESS },
		{ .subject = KVET_CONDITION_ERRNO, .operation = KVET_CONDITION_EQUAL },
	};

	configure((struct kvet_trace_options){ .conditions = conditions, .condition_count = 1 });
	ck_assert_uint_eq(config.flags, TRACE_WHERE);
	ck_assert_uint_eq(config.conditions, 1);
	refused((struct kvet_trace_options){ .conditions = conditions, .condition_count = 2 },
		"requires returns");
	configure((struct kvet_trace_options){
		.returns = true, .conditions = conditions, .condition_count = 2 });
	ck_assert_uint_eq(config.flags, TRACE_RETURN | TRACE_WHERE | TRACE_WHERE_RETURN);
	ck_assert_uint_eq(config.questions[1].subject, TRACE_SUBJECT_ERRNO);
	refused((struct kvet_trace_options){ .condition_count = 1 }, "are missing");
	refused((struct kvet_trace_options){ .conditions = conditions,
					     .condition_count = TRACE_CONDITIONS + 1 },
		"at most 8 conditions");
}
END_TEST

/* Each flag is its own, and each number goes where it belongs. */
START_TEST(each_option_has_its_flag_and_its_number)
{
	static const struct {
		struct kvet_trace_options options;
		uint32_t flags;
	} cases[] = {
		{ { .by_pid = true, .pid = 1 }, TRACE_BY_PID },
		{ { .by_tid = true, .tid = 2 }, TRACE_BY_TID },
		{ { .by_tree = true, .pid = 1 }, TRACE_BY_TREE },
		{ { .by_pidns = true, .pidns_ino = 2 }, TRACE_BY_PIDNS },
		{ { .by_uid = true, .uid = 3 }, TRACE_BY_UID },
		{ { .by_cpu = true, .cpu = 4 }, TRACE_BY_CPU },
		{ { .comm = "x" }, TRACE_BY_COMM },
		{ { .cgroup = "/" }, TRACE_BY_CGROUP },
		{ { .returns = true }, TRACE_RETURN },
		{ { .stack = true }, TRACE_STACK },
		{ { .count_only = true }, TRACE_COUNT_ONLY },
		{ { .arguments = true }, TRACE_ARGUMENTS },
		{ { .registers = true }, TRACE_REGS },
		{ { .top = KVET_TRACE_TOP_COMM }, TRACE_TOP },
		{ { .top = KVET_TRACE_TOP_PID }, TRACE_TOP },
		{ { .top = KVET_TRACE_TOP_STACK }, TRACE_TOP },
	};
	static const uint32_t tops[] = { TRACE_TOP_COMM, TRACE_TOP_PID, TRACE_TOP_STACK };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct kvet_trace_options *options = &cases[i].options;

		configure(*options);
		ck_assert_uint_eq(config.flags, cases[i].flags);
		ck_assert_uint_eq(config.pid, options->pid);
		ck_assert_uint_eq(config.tid, options->tid);
		ck_assert_uint_eq(config.uid, options->uid);
		ck_assert_uint_eq(config.cpu, options->cpu);
		if (options->top)
			ck_assert_uint_eq(config.top_by, tops[options->top - 1]);
	}
	configure((struct kvet_trace_options){
		.returns = true, .min_duration_ns = 5000000000, .rate = 7 });
	ck_assert_uint_eq(config.min_duration, 5000000000);
	ck_assert_uint_eq(config.rate, 7);
}
END_TEST

START_TEST(what_the_ways_depend_on_is_wished_for)
{
	struct kvet_trace_options options = { 0 };
	struct kvet_kprobe_wish wish;

	wish = kvet_trace_wish(&options, 3);
	ck_assert_int_eq(wish.backend, KVET_KPROBE_AUTO);
	ck_assert(!wish.returns && !wish.registers && !wish.slots);
	ck_assert_uint_eq(wish.sites, 3);
	options = (struct kvet_trace_options){
		.backend = KVET_KPROBE_TRACEFS, .returns = true, .registers = true, .slots = 7
	};
	wish = kvet_trace_wish(&options, 0);
	ck_assert_int_eq(wish.backend, KVET_KPROBE_TRACEFS);
	ck_assert(wish.returns && wish.registers);
	ck_assert_uint_eq(wish.slots, 7);
}
END_TEST

/* Two branches that each add a flag merge without a conflict, and with the same bit. */
START_TEST(no_two_flags_share_a_bit)
{
	static const uint32_t flags[] = {
		TRACE_RETURN,      TRACE_STACK,     TRACE_COUNT_ONLY, TRACE_HISTOGRAM,
		TRACE_BY_PID,      TRACE_BY_TID,    TRACE_BY_UID,     TRACE_BY_CPU,
		TRACE_BY_COMM,     TRACE_BY_CGROUP, TRACE_ARGUMENTS,  TRACE_STRINGS,
		TRACE_REGS,        TRACE_TOP,       TRACE_LEAVE_OWN,  TRACE_LOCKED,
		TRACE_BY_TREE,     TRACE_BY_PIDNS,  TRACE_PRINT,      TRACE_USER_STACK,
		TRACE_SYSCALLS,    TRACE_NEST,      TRACE_WHERE,      TRACE_WHERE_RETURN,
		TRACE_WHERE_READS, TRACE_NUMBERS,
	};
	uint32_t seen = 0;

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		ck_assert_uint_ne(flags[i], 0);
		ck_assert_uint_eq(seen & flags[i], 0);
		seen |= flags[i];
	}
	/* Each has the next bit: one that is not listed here would leave a gap. */
	ck_assert_uint_eq(seen & (seen + 1), 0);
}
END_TEST

/* As makedev(3) and the kernel's MKDEV() pack a device whose minor number has more than 8 bits. */
START_TEST(a_device_is_packed_as_the_kernel_does)
{
	configure((struct kvet_trace_options){
		.by_pidns = true, .pidns_dev = makedev(8, 300), .pidns_ino = 7 });
	ck_assert_uint_eq(config.pidns_dev, 8 << 20 | 300);
	ck_assert_uint_eq(config.pidns_ino, 7);
}
END_TEST

START_TEST(one_in_one_is_every_hit)
{
	configure((struct kvet_trace_options){ .sample = 1 });
	ck_assert_uint_eq(config.sample, 0);
	configure((struct kvet_trace_options){ .sample = 2 });
	ck_assert_uint_eq(config.sample, 2);
}
END_TEST

START_TEST(a_task_name_is_compared_whole)
{
	configure((struct kvet_trace_options){ .comm = "fifteen-bytes--" });
	ck_assert_str_eq(config.comm, "fifteen-bytes--");
	ck_assert_uint_eq(config.flags, TRACE_BY_COMM);
	refused((struct kvet_trace_options){ .comm = "sixteen-bytes---" }, "keeps 15 bytes");
}
END_TEST

START_TEST(options_that_contradict_each_other_are_refused)
{
	refused((struct kvet_trace_options){ .histogram = true }, "requires returns");
	refused((struct kvet_trace_options){ .min_duration_ns = 1 }, "requires returns");
	refused((struct kvet_trace_options){ .slots = 9 }, "a number of slots requires returns");
	refused((struct kvet_trace_options){ .slots = 9,
					     .returns = true,
					     .backend = KVET_KPROBE_PMU },
		"the tracefs back end");
	configure((struct kvet_trace_options){ .slots = 9, .returns = true });
	refused((struct kvet_trace_options){ .stack = true, .count_only = true }, "no stack");
	configure((struct kvet_trace_options){ .histogram = true, .returns = true });
	ck_assert_uint_eq(config.flags, TRACE_HISTOGRAM | TRACE_RETURN);
}
END_TEST

START_TEST(the_buffer_grows_with_the_cpus)
{
	static const struct {
		size_t cpus;
		uint64_t mib;
	} cases[] = { { 0, 1 }, { 1, 1 },   { 4, 1 },    { 5, 2 },    { 8, 2 },
		      { 9, 4 }, { 64, 16 }, { 256, 64 }, { 257, 64 }, { SIZE_MAX, 64 } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		ck_assert_uint_eq(kvet_trace_buffer_default(cases[i].cpus), cases[i].mib << 20);
}
END_TEST

START_TEST(the_buffer_is_a_power_of_two_and_only_for_events)
{
	struct kvet_trace_options options = { .buffer = (3 << 20) + 1 };

	ck_assert_uint_eq(kvet_trace_buffer_size(&options, 64), 4 << 20);
	options.buffer = 1 << 16;
	ck_assert_uint_eq(kvet_trace_buffer_size(&options, 64), 1 << 16);
	options.buffer = 0;
	ck_assert_uint_eq(kvet_trace_buffer_size(&options, 64), 16 << 20);
	options.count_only = true;
	ck_assert_uint_eq(kvet_trace_buffer_size(&options, 64), 0);
	refused((struct kvet_trace_options){ .buffer = 65535 }, "a buffer of 65535 bytes");
	refused((struct kvet_trace_options){ .buffer = (1 << 30) + 1 }, "it may have 65536 to");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("trace config");
	TCase *tc = tcase_create("config");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, a_nest_has_calls_and_arguments_only);
	tcase_add_test(tc, nothing_wanted_is_nothing_set);
	tcase_add_test(tc, a_number_counts_only_with_its_flag);
	tcase_add_test(tc, conditions_at_the_return_require_returns);
	tcase_add_test(tc, each_option_has_its_flag_and_its_number);
	tcase_add_test(tc, what_the_ways_depend_on_is_wished_for);
	tcase_add_test(tc, no_two_flags_share_a_bit);
	tcase_add_test(tc, a_device_is_packed_as_the_kernel_does);
	tcase_add_test(tc, one_in_one_is_every_hit);
	tcase_add_test(tc, a_task_name_is_compared_whole);
	tcase_add_test(tc, options_that_contradict_each_other_are_refused);
	tcase_add_test(tc, the_buffer_grows_with_the_cpus);
	tcase_add_test(tc, the_buffer_is_a_power_of_two_and_only_for_events);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
