/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/output/output.h"

static const struct field fields[] = {
	{ "name", FIELD_STRING, "a string", 0 },
	{ "number", FIELD_INTEGER, "a number", 0 },
	{ "verdict", FIELD_STRING, "a verdict", FIELD_VERDICT },
	{ "extra", FIELD_STRING, "more", FIELD_DETAIL },
	{ "last", FIELD_STRING, "the end", 0 },
};
static const struct schema schema = SCHEMA("thing", fields);

static const struct field other_fields[] = {
	{ "address", FIELD_ADDRESS, "an address", 0 },
	{ "time", FIELD_TIME, "a time", 0 },
	{ "flags", FIELD_INTEGER, "in hexadecimal", FIELD_HEX },
	{ "good", FIELD_BOOLEAN, "a truth", 0 },
	{ "notes", FIELD_LIST, "a list", 0 },
};
static const struct schema other = SCHEMA("other", other_fields);

static const struct field summary_fields[] = {
	{ "count", FIELD_INTEGER, "how many", 0 },
	{ "file", FIELD_STRING, "which", 0 },
	{ "inner", FIELD_INTEGER, "how many more", FIELD_DETAIL },
};
static const struct schema summary_schema = SCHEMA("summary", summary_fields);

struct written {
	struct output *output;
	FILE *stream;
	char *text;
	size_t size;
};

static void begin(struct written *written, bool verbose, bool color)
{
	struct output_options options = { .format = OUTPUT_TEXT,
					  .verbose = verbose,
					  .color = color };

	written->stream = open_memstream(&written->text, &written->size);
	written->output = output_new(written->stream, &options, "test things");
	ck_assert_ptr_nonnull(written->output);
}

static void put(struct written *written, const char *name, int64_t number, const char *verdict,
		const char *last)
{
	struct value values[] = { value_string(name), value_integer(number), value_string(verdict),
				  value_string("more"), value_string(last) };

	output_record(written->output, &schema, values);
}

static void put_other(struct written *written, uint64_t address)
{
	static const char *const notes[] = { "a", "b\n" };
	struct value values[] = { value_address(address), value_time(5), value_integer(255),
				  value_boolean(true), value_list(notes, 2) };

	output_record(written->output, &other, values);
}

/* Closes the output, compares what it wrote, and drops it. */
static void end(struct written *written, const char *expected)
{
	ck_assert_int_eq(output_close(written->output, "yes"), 0);
	ck_assert_str_eq(written->text, expected);
	output_free(written->output);
	fclose(written->stream);
	free(written->text);
}

START_TEST(no_records_are_no_text)
{
	struct written written;

	begin(&written, false, false);
	end(&written, "");
}
END_TEST

START_TEST(columns_are_aligned_numbers_to_the_right)
{
	struct written written;

	begin(&written, false, false);
	put(&written, "a", 1, "yes", "x");
	put(&written, "longer name", -1234567, "undetermined", "longer end");
	end(&written, "NAME           NUMBER  VERDICT       LAST\n"
		      "a                   1  yes           x\n"
		      "longer name  -1234567  undetermined  longer end\n");
}
END_TEST

START_TEST(columns_count_characters_not_bytes)
{
	struct written written;

	begin(&written, false, false);
	put(&written, "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 1, "no", "x");
	put(&written, "abcde", 2, "no", "x");
	end(&written, "NAME   NUMBER  VERDICT  LAST\n"
		      "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9       1  no       x\n"
		      "abcde       2  no       x\n");
}
END_TEST

START_TEST(absent_values_are_a_dash)
{
	struct value nothing[5] = { 0 };
	struct written written;

	begin(&written, false, false);
	output_record(written.output, &schema, nothing);
	put(&written, "", 0, NULL, "");
	end(&written, "NAME  NUMBER  VERDICT  LAST\n"
		      "-          -  -        -\n"
		      "-          0  -        -\n");
}
END_TEST

START_TEST(details_show_under_verbose)
{
	struct written written;

	begin(&written, true, false);
	put(&written, "a", 1, "yes", "x");
	end(&written, "NAME  NUMBER  VERDICT  EXTRA  LAST\n"
		      "a          1  yes      more   x\n");
}
END_TEST

START_TEST(each_schema_has_a_heading_of_its_own)
{
	struct written written;

	begin(&written, false, false);
	put(&written, "a", 1, "yes", "x");
	put_other(&written, 0xffffffff81000000);
	put_other(&written, 0);
	put(&written, "b", 2, "yes", "y");
	end(&written, "NAME  NUMBER  VERDICT  LAST\n"
		      "a          1  yes      x\n"
		      "\n"
		      "ADDRESS             TIME  FLAGS  GOOD  NOTES\n"
		      "0xffffffff81000000     5   0xff  yes   a;b\\x0a\n"
		      "0x0                    5   0xff  yes   a;b\\x0a\n"
		      "\n"
		      "NAME  NUMBER  VERDICT  LAST\n"
		      "b          2  yes      y\n");
}
END_TEST

START_TEST(hostile_text_reaches_no_terminal)
{
	struct written written;

	begin(&written, false, false);
	put(&written, "\033[2J\xff", 1, "yes\n", "\\");
	end(&written, "NAME         NUMBER  VERDICT  LAST\n"
		      "\\x1b[2J\\xff       1  yes\\x0a  \\\\\n");
}
END_TEST

START_TEST(a_verdict_is_coloured_and_its_colour_has_no_width)
{
	struct written written;

	begin(&written, false, true);
	put(&written, "yes", 1, "yes", "x");
	put(&written, "b", 2, "no", "x");
	put(&written, "c", 3, "perhaps", "x");
	put(&written, "d", 4, "undetermined", "x");
	end(&written, "NAME  NUMBER  VERDICT       LAST\n"
		      "yes        1  \033[32myes\033[0m           x\n"
		      "b          2  \033[31mno\033[0m            x\n"
		      "c          3  perhaps       x\n"
		      "d          4  \033[33mundetermined\033[0m  x\n");
}
END_TEST

START_TEST(many_rows_keep_one_heading_and_all_their_order)
{
	struct written written;
	const char *line;
	int rows = 0;

	begin(&written, false, false);
	for (int i = 0; i < 1300; i++)
		put(&written, i == 1200 ? "longer than all that came before" : "a", i, "yes", "x");
	ck_assert_int_eq(output_close(written.output, "yes"), 0);
	line = strchr(written.text, '\n') + 1;
	ck_assert_int_eq(strncmp(written.text, "NAME  NUMBER  VERDICT  LAST\n", 28), 0);
	for (; *line; rows++) {
		char expected[128];
		size_t len = strcspn(line, "\n") + 1;

		snprintf(expected, sizeof(expected), "%-4s  %6d  yes      x\n",
			 rows == 1200 ? "longer than all that came before" : "a", rows);
		ck_assert_uint_eq(len, strlen(expected));
		ck_assert_mem_eq(line, expected, len);
		line += len;
	}
	ck_assert_int_eq(rows, 1300);
	output_free(written.output);
	fclose(written.stream);
	free(written.text);
}
END_TEST

START_TEST(rows_are_held_back_until_the_widths_are_known)
{
	struct written written;

	begin(&written, false, false);
	for (int i = 0; i < 511; i++)
		put(&written, "a", i, "yes", "x");
	fflush(written.stream);
	ck_assert_uint_eq(written.size, 0);
	put(&written, "a", 511, "yes", "x");
	fflush(written.stream);
	ck_assert_uint_gt(written.size, 0);
	output_free(written.output);
	fclose(written.stream);
	free(written.text);
}
END_TEST

START_TEST(an_output_dropped_before_its_end_leaks_nothing)
{
	struct written written;

	begin(&written, false, false);
	put(&written, "a", 1, "yes", "x");
	output_free(written.output);
	fclose(written.stream);
	ck_assert_uint_eq(written.size, 0);
	free(written.text);
	output_free(NULL);
}
END_TEST

START_TEST(a_live_output_shows_each_row_at_once)
{
	struct written written;

	begin(&written, false, false);
	output_live(written.output);
	put_other(&written, 0x1234);
	ck_assert_str_eq(written.text,
			 "ADDRESS                         TIME  FLAGS  GOOD  NOTES\n"
			 "0x1234                             5   0xff  yes   a;b\\x0a\n");
	put_other(&written, 0xffffffff81000000);
	end(&written, "ADDRESS                         TIME  FLAGS  GOOD  NOTES\n"
		      "0x1234                             5   0xff  yes   a;b\\x0a\n"
		      "0xffffffff81000000                 5   0xff  yes   a;b\\x0a\n");
}
END_TEST

START_TEST(the_summary_is_a_line_for_each_value_that_is_there)
{
	struct value values[] = { value_integer(3), value_absent(), value_integer(4) };
	struct written written;

	begin(&written, false, false);
	put(&written, "a", 1, "yes", "x");
	output_summary(written.output, &summary_schema, values);
	end(&written, "NAME  NUMBER  VERDICT  LAST\n"
		      "a          1  yes      x\n"
		      "\n"
		      "count: 3\n");
	begin(&written, true, false);
	values[1] = value_string("/proc\n");
	output_summary(written.output, &summary_schema, values);
	end(&written, "count: 3\nfile: /proc\\x0a\ninner: 4\n");
}
END_TEST

static const struct field rare_fields[] = {
	{ "name", FIELD_STRING, "a string", 0 },
	{ "rare", FIELD_STRING, "seldom there", FIELD_SPARSE },
	{ "last", FIELD_INTEGER, "the end", 0 },
};
static const struct schema rare = SCHEMA("rare", rare_fields);

static void put_rare(struct written *written, const char *word)
{
	struct value values[] = { value_string("a"), value_string(word), value_integer(1) };

	output_record(written->output, &rare, values);
}

START_TEST(a_column_is_there_if_any_row_has_a_value_for_it)
{
	struct written written;

	begin(&written, false, false);
	put_rare(&written, NULL);
	end(&written, "NAME  LAST\n"
		      "a        1\n");
	begin(&written, false, false);
	put_rare(&written, NULL);
	put_rare(&written, "yes");
	end(&written, "NAME  RARE  LAST\n"
		      "a     -        1\n"
		      "a     yes      1\n");
}
END_TEST

START_TEST(a_value_that_comes_late_begins_a_table_with_its_column)
{
	struct written written;
	const char *again;

	begin(&written, false, false);
	for (int i = 0; i < 600; i++)
		put_rare(&written, i == 550 ? "late" : NULL);
	ck_assert_int_eq(output_close(written.output, "yes"), 0);
	again = strstr(written.text, "\n\nNAME  RARE  LAST\na     late     1\n");
	ck_assert_ptr_nonnull(again);
	output_free(written.output);
	fclose(written.stream);
	free(written.text);
}
END_TEST

static int cleared;

static void clear(void)
{
	cleared++;
}

/* How often what stands in the way of text was cleared for a row, and for a row and the end. */
static void clears(bool terminal, int for_row, int in_all)
{
	const struct output_options options = { .format = OUTPUT_TEXT,
						.terminal = terminal,
						.before_write = clear };
	struct written written;

	cleared = 0;
	written.stream = open_memstream(&written.text, &written.size);
	written.output = output_new(written.stream, &options, "test things");
	put(&written, "a", 1, "yes", "x");
	ck_assert_int_eq(cleared, for_row);
	end(&written, "NAME  NUMBER  VERDICT  LAST\na          1  yes      x\n");
	ck_assert_int_eq(cleared, in_all);
}

START_TEST(what_stands_in_the_way_on_a_terminal_is_cleared_first)
{
	clears(true, 1, 2);
	clears(false, 0, 0);
}
END_TEST

static const struct field late_fields[] = {
	{ "name", FIELD_STRING, "a string", 0 },
	{ "rare", FIELD_STRING, "seldom there", FIELD_SPARSE },
	{ "idle", FIELD_BOOLEAN, "no news", 0 },
};
static const struct schema late = SCHEMA("late", late_fields);
static const struct schema gathered = SCHEMA_FLAGGED("late", late_fields, SCHEMA_AT_END);

static void put_late(struct written *written, const struct schema *of, const char *rare_word)
{
	struct value values[] = { value_string("a"), value_string(rare_word),
				  value_boolean(false) };

	output_record(written->output, of, values);
}

START_TEST(what_is_expected_has_its_column_from_the_start)
{
	struct written written;

	begin(&written, false, false);
	output_live(written.output);
	output_expect(written.output, &late, 1 << 1, 1 << 2);
	put_late(&written, &late, NULL);
	put_late(&written, &late, "here");
	end(&written, "NAME              RARE\n"
		      "a                 -\n"
		      "a                 here\n");
}
END_TEST

START_TEST(a_live_output_gathers_what_comes_at_the_end)
{
	struct written written;

	begin(&written, false, false);
	output_live(written.output);
	put_late(&written, &gathered, NULL);
	ck_assert_uint_eq(written.size, 0);
	put_late(&written, &gathered, "here");
	end(&written, "NAME  RARE  IDLE\n"
		      "a     -     no\n"
		      "a     here  no\n");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("output text");
	TCase *tc = tcase_create("text");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, no_records_are_no_text);
	tcase_add_test(tc, columns_are_aligned_numbers_to_the_right);
	tcase_add_test(tc, columns_count_characters_not_bytes);
	tcase_add_test(tc, absent_values_are_a_dash);
	tcase_add_test(tc, details_show_under_verbose);
	tcase_add_test(tc, each_schema_has_a_heading_of_its_own);
	tcase_add_test(tc, hostile_text_reaches_no_terminal);
	tcase_add_test(tc, a_verdict_is_coloured_and_its_colour_has_no_width);
	tcase_add_test(tc, many_rows_keep_one_heading_and_all_their_order);
	tcase_add_test(tc, rows_are_held_back_until_the_widths_are_known);
	tcase_add_test(tc, an_output_dropped_before_its_end_leaks_nothing);
	tcase_add_test(tc, a_live_output_shows_each_row_at_once);
	tcase_add_test(tc, a_column_is_there_if_any_row_has_a_value_for_it);
	tcase_add_test(tc, a_value_that_comes_late_begins_a_table_with_its_column);
	tcase_add_test(tc, what_stands_in_the_way_on_a_terminal_is_cleared_first);
	tcase_add_test(tc, what_is_expected_has_its_column_from_the_start);
	tcase_add_test(tc, a_live_output_gathers_what_comes_at_the_end);
	tcase_add_test(tc, the_summary_is_a_line_for_each_value_that_is_there);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
