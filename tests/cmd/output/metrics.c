/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The formats of monitoring systems: metrics, and the line of a plugin. */
#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/output/output.h"

enum {
	NAME,
	DEEP,
	VERDICT,
	WIDTH,
	REASON,
	COUNTS,
	FIELDS
};

static const struct field fields[] = {
	{ "name", FIELD_STRING, "a thing", FIELD_LABEL },
	{ "deep", FIELD_BOOLEAN, "whether it is deep", FIELD_LABEL },
	{ "verdict", FIELD_STRING, "is it?", FIELD_VERDICT | FIELD_METRIC },
	{ "width_ns", FIELD_DURATION, "how wide", FIELD_METRIC },
	{ "reason", FIELD_STRING, "why", FIELD_REASON },
	{ "counts", FIELD_BOOLEAN, "whether it counts", FIELD_COUNTS },
};
static const struct schema schema = SCHEMA("thing", fields);

static const struct field summary_fields[] = {
	{ "things", FIELD_INTEGER, "how many", FIELD_METRIC },
	{ "whole", FIELD_BOOLEAN, "all of them", FIELD_METRIC },
	{ "took_ns", FIELD_DURATION, "how long", FIELD_METRIC },
	{ "files", FIELD_INTEGER, "no metric", 0 },
};
static const struct schema summary_schema = SCHEMA("summary", summary_fields);

static char *text;
static size_t size;
static FILE *stream;
static struct output *output;

static void begin(enum output_format format)
{
	const struct output_options options = { .format = format };

	stream = open_memstream(&text, &size);
	output = output_new(stream, &options, "test things");
	ck_assert_ptr_nonnull(output);
}

static void put(const char *name, const char *verdict, const char *reason, bool counts)
{
	const struct value values[FIELDS] = {
		[NAME] = value_string(name),       [DEEP] = value_boolean(counts),
		[VERDICT] = value_string(verdict), [WIDTH] = value_integer(-1500000000),
		[REASON] = value_string(reason),   [COUNTS] = value_boolean(counts),
	};

	output_record(output, &schema, values);
}

static void put_summary(void)
{
	const struct value values[] = { value_integer(3), value_boolean(true),
					value_integer(INT64_MIN), value_integer(7) };

	output_summary(output, &summary_schema, values);
}

/* Ends it and compares what was written. */
static void ends(const char *status, const char *expected)
{
	ck_assert_int_eq(output_close(output, status), 0);
	output_free(output);
	fclose(stream);
	ck_assert_str_eq(text, expected);
	free(text);
}

START_TEST(samples_of_a_metric_are_together_and_each_is_there_once)
{
	begin(OUTPUT_PROMETHEUS);
	put("b", "no", NULL, true);
	put("a\"\\\n\xff", "undetermined", NULL, false);
	put("b", "yes", NULL, true);
	put(NULL, "something else", NULL, true);
	put_summary();
	ends("no",
	     "# HELP kvet_test_things_thing_verdict is it? (0 yes, 1 no, 3 undetermined)\n"
	     "# TYPE kvet_test_things_thing_verdict gauge\n"
	     "kvet_test_things_thing_verdict{name=\"a\\\"\\\\\\n\xef\xbf\xbd\",deep=\"no\"} 3\n"
	     "kvet_test_things_thing_verdict{name=\"b\",deep=\"yes\"} 1\n"
	     "# HELP kvet_test_things_thing_width_seconds how wide\n"
	     "# TYPE kvet_test_things_thing_width_seconds gauge\n"
	     "kvet_test_things_thing_width_seconds{deep=\"yes\"} -1.500000000\n"
	     "kvet_test_things_thing_width_seconds{name=\"a\\\"\\\\\\n\xef\xbf\xbd\",deep=\"no\"} "
	     "-1.500000000\n"
	     "kvet_test_things_thing_width_seconds{name=\"b\",deep=\"yes\"} -1.500000000\n"
	     "# HELP kvet_test_things_things how many\n"
	     "# TYPE kvet_test_things_things gauge\n"
	     "kvet_test_things_things 3\n"
	     "# HELP kvet_test_things_whole all of them\n"
	     "# TYPE kvet_test_things_whole gauge\n"
	     "kvet_test_things_whole 1\n"
	     "# HELP kvet_test_things_took_seconds how long\n"
	     "# TYPE kvet_test_things_took_seconds gauge\n"
	     "kvet_test_things_took_seconds -9223372036.854775808\n"
	     "# HELP kvet_exit_status How the command ended (0 yes, 1 no, 2 wrong use, 3 "
	     "undetermined)\n"
	     "# TYPE kvet_exit_status gauge\n"
	     "kvet_exit_status{command=\"test things\"} 1\n");
}
END_TEST

START_TEST(a_command_without_an_answer_has_its_status)
{
	begin(OUTPUT_PROMETHEUS);
	ends("error", "# HELP kvet_exit_status How the command ended (0 yes, 1 no, 2 wrong use, 3 "
		      "undetermined)\n"
		      "# TYPE kvet_exit_status gauge\n"
		      "kvet_exit_status{command=\"test things\"} 3\n");
}
END_TEST

START_TEST(a_plugin_says_why_and_its_figures_in_one_line)
{
	begin(OUTPUT_NAGIOS);
	put("a", "yes", "all well", true);
	put("b", "no", "a|b\nc", true);
	put("c", "no", "later", true);
	put_summary();
	ck_assert(!output_warns(output));
	ends("no", "KVET CRITICAL - test things: a/b\\x0ac | things=3 whole=1 "
		   "took_seconds=-9223372036.854775808s\n");
	begin(OUTPUT_NAGIOS);
	put("a", "no", "first", true);
	put("a", "undetermined", "not known", true);
	ends("undetermined", "KVET UNKNOWN - test things: not known\n");
}
END_TEST

START_TEST(what_does_not_count_is_a_warning)
{
	begin(OUTPUT_NAGIOS);
	put("a", "yes", "all well", true);
	put("b", "no", "not needed", false);
	ck_assert(output_warns(output));
	ends("yes", "KVET WARNING - test things: not needed\n");
	begin(OUTPUT_NAGIOS);
	put("a", "yes", "all well", false);
	ck_assert(!output_warns(output));
	ends("yes", "KVET OK - test things: yes\n");
}
END_TEST

START_TEST(a_plugin_without_an_answer_says_the_cause)
{
	const struct kvet_cause cause = { .source = "open", .evidence = "no such file" };

	begin(OUTPUT_NAGIOS);
	output_error(output, &cause);
	ends("error", "KVET UNKNOWN - test things: open: no such file\n");
	begin(OUTPUT_NAGIOS);
	ends("no", "KVET CRITICAL - test things: no\n");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("metrics");
	TCase *tc = tcase_create("metrics");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, samples_of_a_metric_are_together_and_each_is_there_once);
	tcase_add_test(tc, a_command_without_an_answer_has_its_status);
	tcase_add_test(tc, a_plugin_says_why_and_its_figures_in_one_line);
	tcase_add_test(tc, what_does_not_count_is_a_warning);
	tcase_add_test(tc, a_plugin_without_an_answer_says_the_cause);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
