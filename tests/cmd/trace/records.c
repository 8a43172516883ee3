/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What stands in the records of a trace, and what the sum of its losses makes of a yes. */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/trace/plan.h"
#include "cmd/trace/records.h"
#include "tests/cmd/context.h"

static struct context context;
static FILE *stream;
static char *text;
static size_t size;

static void begin(void)
{
	const struct output_options options = { .format = OUTPUT_JSONL };

	stream = open_memstream(&text, &size);
	context.output = output_new(stream, &options, "test");
	ck_assert_ptr_nonnull(context.output);
	*notes = '\0';
}

static void end(void)
{
	output_free(context.output);
	fclose(stream);
	free(text);
}

static void has(const char *words)
{
	fflush(stream);
	ck_assert_msg(strstr(text, words) != NULL, "%s is not in %s", words, text);
}

static void lacks(const char *words)
{
	fflush(stream);
	ck_assert_msg(strstr(text, words) == NULL, "%s is in %s", words, text);
}

static const struct kvet_kprobe_site site = { .symbol = (char *)"vfs_read",
					      .offset = 4,
					      .address = 0xffffffff81000004 };

START_TEST(each_part_of_an_event_has_its_own_column)
{
	const struct kvet_trace_event event = { .boot_ns = 11,
						.mono_ns = 12,
						.cpu = 13,
						.pid = 14,
						.tid = 15,
						.uid = 16,
						.cgroup = 17,
						.ip = 0xffffffff81000018,
						.comm = "cat" };
	const struct trace_event_row row = {
		.event = &event, .site = &site, .has_wall = true, .wall_ns = 19
	};

	trace_put_event(&context, &row);
	has("\"boot_ns\":\"11\"");
	has("\"mono_ns\":\"12\"");
	has("\"cpu\":13");
	has("\"pid\":14");
	has("\"tid\":15");
	has("\"uid\":16");
	has("\"cgroup\":17");
	has("\"comm\":\"cat\"");
	has("\"symbol\":\"vfs_read\"");
	has("\"offset\":4");
	has("\"address\":\"0xffffffff81000004\"");
	has("\"ip\":\"0xffffffff81000018\"");
	has("\"wall_ns\":\"19\"");
}
END_TEST

/* The kernel's error pointers end at -4095: what is less is a number like others. */
START_TEST(a_returned_value_has_the_name_of_an_errno_where_it_is_one)
{
	static const struct {
		int64_t value;
		const char *name;
	} cases[] = { { -2, "\"error\":\"ENOENT\"" },
		      { -1, "\"error\":\"EPERM\"" },
		      { 0, NULL },
		      { 2, NULL },
		      { -4096, NULL },
		      { -1000000, NULL },
		      { -4294967298, NULL },
		      { INT64_MIN, NULL } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct kvet_trace_event event = { .value = (uint64_t)cases[i].value };
		const struct trace_event_row row = { .event = &event,
						     .site = &site,
						     .returns = true };
		char value[64];

		begin();
		trace_put_event(&context, &row);
		snprintf(value, sizeof(value), "\"value\":%" PRId64, cases[i].value);
		has(value);
		if (cases[i].name)
			has(cases[i].name);
		else
			has("\"error\":null");
		end();
	}
}
END_TEST

START_TEST(a_call_without_arguments_says_why)
{
	static const char *const causes[KVET_TRACE_ENTRY_COUNT] = {
		"\"cause\":null", "\"cause\":\"its entry was not seen\"",
		"\"cause\":\"too many calls were nested in it\"",
		"\"cause\":\"too many calls with arguments were under way\""
	};

	for (int i = 0; i < KVET_TRACE_ENTRY_COUNT; i++) {
		const struct kvet_trace_event event = { .entry = (enum kvet_trace_entry)i };
		const struct trace_event_row row = { .event = &event,
						     .site = &site,
						     .returns = true };

		begin();
		trace_put_event(&context, &row);
		has("\"args\":null");
		has(causes[i]);
		end();
	}
}
END_TEST

START_TEST(buckets_begin_at_powers_of_two_and_the_first_at_0)
{
	uint64_t slots[KVET_TRACE_SLOTS] = { [0] = 5, [1] = 6, [10] = 7 };

	trace_put_buckets(&context, 2, 3, &site, slots);
	has("\"interval\":2,\"number\":3,");
	has("\"from_ns\":0,\"to_ns\":2,\"calls\":5");
	has("\"from_ns\":2,\"to_ns\":4,\"calls\":6");
	has("\"from_ns\":1024,\"to_ns\":2048,\"calls\":7");
	lacks("\"calls\":0");
	lacks("\"from_ns\":1,");
}
END_TEST

START_TEST(the_summary_adds_up_what_became_of_the_hits_of_all_sites)
{
	const struct kvet_trace_site first = { .filtered = 1,
					       .own = 2,
					       .limited = 3,
					       .lost = 4,
					       .has_missed = true,
					       .missed = 5,
					       .counted = 6,
					       .entered = 7,
					       .returned = 8,
					       .inside = 9,
					       .unreturned = 10,
					       .unplaced = 11 },
				     second = { .filtered = 100, .missed = 1000, .counted = 200 };
	struct trace_totals totals = { .returns = true };

	trace_totals_add(&totals, &first, true);
	trace_totals_add(&totals, &second, true);
	trace_put_summary(&context, &totals);
	ck_assert_int_eq(output_close(context.output, "yes"), 0);
	has("\"filtered\":101");
	has("\"own\":2");
	has("\"limited\":3");
	has("\"lost\":4");
	has("\"missed\":5");
	has("\"events\":206");
	has("\"entered\":7");
	has("\"returned\":8");
	has("\"inside\":9");
	has("\"unreturned\":10");
	has("\"unplaced\":11");
}
END_TEST

START_TEST(where_no_site_tells_what_was_missed_the_summary_does_not)
{
	const struct kvet_trace_site silent = { .counted = 1 };
	struct trace_totals totals = { .events = 9 };

	trace_totals_add(&totals, &silent, false);
	trace_put_summary(&context, &totals);
	ck_assert_int_eq(output_close(context.output, "yes"), 0);
	has("\"events\":9");
	lacks("\"missed\":0");
}
END_TEST

/* Each way to lose a hit is a doubt with --fail-on-loss, and a remark without. */
START_TEST(every_loss_fails_where_losses_fail)
{
	static const struct trace_totals losses[] = { { .lost = 1 },
						      { .missed = 1, .has_missed = true },
						      { .unreturned = 1, .entered = 2 },
						      { .unplaced = 1, .entered = 2 } };
	static const struct trace_totals none, untold = { .untold = 1 }, dead = { .dead = 1 };

	for (size_t i = 0; i < sizeof(losses) / sizeof(*losses); i++) {
		*notes = '\0';
		ck_assert_int_eq(trace_totals_judge(&context, &losses[i], false), STATUS_YES);
		ck_assert_str_ne(notes, "");
		ck_assert_int_eq(trace_totals_judge(&context, &losses[i], true),
				 STATUS_UNDETERMINED);
	}
	*notes = '\0';
	ck_assert_int_eq(trace_totals_judge(&context, &none, true), STATUS_YES);
	ck_assert_int_eq(trace_totals_judge(&context, &untold, false), STATUS_YES);
	ck_assert_str_eq(notes, "");
	ck_assert_int_eq(trace_totals_judge(&context, &untold, true), STATUS_UNDETERMINED);
	ck_assert_ptr_nonnull(strstr(notes, "at 1 site: hits"));
	ck_assert_int_eq(trace_totals_judge(&context, &dead, false), STATUS_UNDETERMINED);
}
END_TEST

/* A glob is refused if all its sites are; what is refused of a named site is an error of its own.
 */
START_TEST(a_glob_of_which_some_sites_can_be_probed_is_no_no)
{
	static const struct kvet_cause cause = { .evidence = "a reason" };
	struct trace_request glob = { .text = "vfs_*", .spec.glob = true },
			     named = { .text = "vfs_read" };
	struct trace_request requests[] = { glob, named };
	struct trace_request *owners[] = { &requests[0], &requests[0], &requests[1] };
	struct trace_plan plan = {
		.requests = requests, .count = 2, .owners = owners, .site_count = 3
	};

	ck_assert_int_eq(trace_plan_judge_globs(&plan, &context), STATUS_YES);
	ck_assert_str_eq(notes, "");
	ck_assert_int_eq(trace_plan_refused(&plan, &context, 0, KVET_NO, &cause), STATUS_YES);
	ck_assert_int_eq(trace_plan_judge_globs(&plan, &context), STATUS_YES);
	ck_assert_ptr_nonnull(strstr(notes, "1 of 2 sites of 'vfs_*' cannot be probed"));
	ck_assert_int_eq(trace_plan_refused(&plan, &context, 1, KVET_NO, &cause), STATUS_YES);
	ck_assert_int_eq(trace_plan_judge_globs(&plan, &context), STATUS_NO);
	ck_assert_int_eq(trace_plan_refused(&plan, &context, 2, KVET_NO, &cause), STATUS_NO);
	ck_assert_int_eq(trace_plan_refused(&plan, &context, 0, KVET_UNDETERMINED, &cause),
			 STATUS_UNDETERMINED);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("records");
	TCase *tcase = tcase_create("trace");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, each_part_of_an_event_has_its_own_column);
	tcase_add_test(tcase, buckets_begin_at_powers_of_two_and_the_first_at_0);
	tcase_add_test(tcase, the_summary_adds_up_what_became_of_the_hits_of_all_sites);
	tcase_add_test(tcase, where_no_site_tells_what_was_missed_the_summary_does_not);
	tcase_add_test(tcase, every_loss_fails_where_losses_fail);
	tcase_add_test(tcase, a_glob_of_which_some_sites_can_be_probed_is_no_no);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("values");
	tcase_add_test(tcase, a_returned_value_has_the_name_of_an_errno_where_it_is_one);
	tcase_add_test(tcase, a_call_without_arguments_says_why);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
