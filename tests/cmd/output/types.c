/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Each type of a value, row by row, in text and in JSON; the marks of a matrix, one by one. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/output/output.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

/* What one output has written; the caller frees it. */
static char *written(const struct output_options *options, const struct schema *schema,
		     const struct value *values, size_t records)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	struct output *output = output_new(stream, options, "test types");

	for (size_t i = 0; i < records; i++)
		output_record(output, schema, values + i * schema->count);
	ck_assert_int_eq(output_close(output, "yes"), 0);
	output_free(output);
	fclose(stream);
	return text;
}

static void is_written(enum output_format format, bool color, const struct schema *schema,
		       const struct value *values, size_t records, const char *expected)
{
	const struct output_options options = { .format = format, .color = color };
	char *text = written(&options, schema, values, records);

	ck_assert_str_eq(text, expected);
	free(text);
}

/* --- values ----------------------------------------------------------------------------------- */

static const char *const list[] = { "a", "b", "c\n" };
static const struct named_value arguments[] = {
	{ .name = "fd", .type = FIELD_INTEGER, .value = { .present = true, .integer = -1 } },
	{ .name = "buf",
	  .type = FIELD_ADDRESS,
	  .value = { .present = true, .address = 0xffff888000000000 } },
	{ .name = "name", .type = FIELD_STRING, .value = { .present = true, .string = "x" } },
	{ .name = "on", .type = FIELD_BOOLEAN, .value = { .present = true, .boolean = false } },
	{ .name = "gone", .type = FIELD_STRING },
};

static const struct row {
	enum field_type type;
	unsigned int flags;
	struct value value;
	const char *text, *json;
} rows[] = {
#define PRESENT(member, ...)                           \
	{                                              \
		.present = true, .member = __VA_ARGS__ \
	}
	{ FIELD_STRING, 0, PRESENT(string, "x"), "x", "\"x\"" },
	{ FIELD_STRING, 0, PRESENT(string, "x\n"), "x\\x0a", "\"x\\n\"" },
	{ FIELD_STRING, 0, PRESENT(string, "longer than eight\033"), "longer than eight\\x1b",
	  "\"longer than eight\\u001b\"" },
	{ FIELD_STRING, 0, { .present = false }, "-", "null" },
	{ FIELD_INTEGER, 0, PRESENT(integer, 0), "0", "0" },
	{ FIELD_INTEGER, 0, PRESENT(integer, INT64_MAX), "9223372036854775807",
	  "9223372036854775807" },
	{ FIELD_INTEGER, 0, PRESENT(integer, INT64_MIN), "-9223372036854775808",
	  "-9223372036854775808" },
	{ FIELD_INTEGER, FIELD_HEX, PRESENT(integer, 0x1f), "0x1f", "31" },
	{ FIELD_DURATION, 0, PRESENT(integer, -5000000000), "-5000000000", "-5000000000" },
	{ FIELD_ADDRESS, 0, PRESENT(address, 0), "0x0", "\"0x0\"" },
	{ FIELD_ADDRESS, 0, PRESENT(address, 0xf), "0xf", "\"0xf\"" },
	{ FIELD_ADDRESS, 0, PRESENT(address, 0x10), "0x10", "\"0x10\"" },
	{ FIELD_ADDRESS, 0, PRESENT(address, UINT64_MAX), "0xffffffffffffffff",
	  "\"0xffffffffffffffff\"" },
	{ FIELD_TIME, 0, PRESENT(time_ns, 1795415848209762632), "1795415848209762632",
	  "\"1795415848209762632\"" },
	{ FIELD_BOOLEAN, 0, PRESENT(boolean, true), "yes", "true" },
	{ FIELD_BOOLEAN, 0, PRESENT(boolean, false), "no", "false" },
	{ FIELD_LIST, 0, PRESENT(list, { list, 3 }), "a;b;c\\x0a", "[\"a\",\"b\",\"c\\n\"]" },
	{ FIELD_LIST, 0, PRESENT(list, { list, 0 }), "-", "[]" },
	{ FIELD_MAP, 0, PRESENT(map, { arguments, LENGTH(arguments) }),
	  "fd=-1;buf=0xffff888000000000;name=x;on=no;gone=-",
	  "{\"fd\":-1,\"buf\":\"0xffff888000000000\",\"name\":\"x\",\"on\":false,\"gone\":null}" },
};

START_TEST(each_type_has_its_text_and_its_json)
{
	const struct field fields[] = { { "v", rows[_i].type, "a value", rows[_i].flags } };
	const struct schema schema = SCHEMA("thing", fields);
	char *text, *line, *json, *at;

	text = written(&(struct output_options){ .format = OUTPUT_TEXT }, &schema, &rows[_i].value,
		       1);
	line = strchr(text, '\n') + 1;
	line += strspn(line, " ");
	line[strcspn(line, "\n")] = '\0';
	ck_assert_str_eq(line, rows[_i].text);
	json = written(&(struct output_options){ .format = OUTPUT_JSON }, &schema, &rows[_i].value,
		       1);
	at = strstr(json, "[{\"v\":");
	ck_assert_ptr_nonnull(at);
	at += strlen("[{\"v\":");
	*strstr(at, "}],\"status\"") = '\0';
	ck_assert_str_eq(at, rows[_i].json);
	free(text);
	free(json);
}
END_TEST

START_TEST(what_is_for_people_is_in_text_alone)
{
	static const struct field fields[] = { { "ns", FIELD_DURATION, "so long", 0 },
					       { "about", FIELD_STRING, "for people",
						 FIELD_TEXT } };
	static const struct schema schema = SCHEMA("thing", fields);
	const struct value values[] = { value_integer(5), value_string("5 ns") };

	is_written(OUTPUT_TEXT, false, &schema, values, 1, "NS  ABOUT\n 5  5 ns\n");
	is_written(OUTPUT_JSONL, false, &schema, values, 1,
		   "{\"record\":\"thing\",\"ns\":5}\n"
		   "{\"record\":\"summary\",\"schema_version\":1,\"command\":\"test types\","
		   "\"status\":\"yes\"}\n");
}
END_TEST

/* --- a matrix --------------------------------------------------------------------------------- */

static const struct field cell_fields[] = {
	{ "row", FIELD_STRING, "which", 0 },
	{ "column", FIELD_STRING, "which", 0 },
	{ "verdict", FIELD_STRING, "what", FIELD_VERDICT },
};
static const struct grid_mark marks[] = {
	{ 2, "supported", '+', "is" },
	{ 2, "unsupported", '-', "is not" },
	{ 2, "undetermined", '?', "is not known" },
	{ 0 },
};
static const struct grid grid = { .row = 0, .column = 1, .marks = marks };
static const struct schema matrix = {
	.record = "cell", .fields = cell_fields, .count = LENGTH(cell_fields), .grid = &grid
};

#define CELL(r, c, v) value_string(r), value_string(c), value_string(v)

START_TEST(each_verdict_has_its_mark_and_what_was_not_asked_has_none)
{
	const struct value values[] = {
		CELL("r1", "a", "supported"),
		CELL("r1", "b", "unsupported"),
		CELL("r1", "c", "undetermined"),
		CELL("r2", "a", "supported"),
		/* Nobody asked for b. */
		CELL("r2", "c", "supported"),
		/* A verdict that the matrix has no mark for. */
		CELL("r3", "a", "otherwise"),
	};

	is_written(OUTPUT_TEXT, false, &matrix, values, 6,
		   "    a\n"
		   "    | b\n"
		   "    | | c\n"
		   "    | | |\n"
		   "r1  + - ?\n"
		   "r2  +   +\n"
		   "r3  !\n"
		   "\n"
		   "+  is\n"
		   "-  is not\n"
		   "?  is not known\n");
}
END_TEST

START_TEST(each_verdict_has_its_colour)
{
	const struct value values[] = {
		CELL("r", "a", "supported"),
		CELL("r", "b", "unsupported"),
		CELL("r", "c", "undetermined"),
	};

	is_written(OUTPUT_TEXT, true, &matrix, values, 3,
		   "   a\n"
		   "   | b\n"
		   "   | | c\n"
		   "   | | |\n"
		   "r  \033[32m+\033[0m \033[31m-\033[0m \033[33m?\033[0m\n"
		   "\n"
		   "\033[32m+\033[0m  is\n"
		   "\033[31m-\033[0m  is not\n"
		   "\033[33m?\033[0m  is not known\n");
}
END_TEST

/* --- errors ----------------------------------------------------------------------------------- */

START_TEST(an_error_is_another_if_one_of_its_parts_is)
{
	const struct output_options options = { .format = OUTPUT_NONE };
	struct output *output = output_new(stdout, &options, "test types");
	const struct kvet_cause cause = { 1, "here", "so", "do this" };
	struct kvet_cause errnum = cause, source = cause, evidence = cause, remedy = cause;

	errnum.errnum = 2;
	strcpy(source.source, "there");
	strcpy(evidence.evidence, "otherwise");
	strcpy(remedy.remedy, "do that");
	ck_assert(output_error(output, &cause));
	ck_assert(!output_error(output, &cause));
	ck_assert(output_error(output, &errnum));
	ck_assert(output_error(output, &source));
	ck_assert(output_error(output, &evidence));
	/* Two remedies for one thing are no two errors. */
	ck_assert(!output_error(output, &remedy));
	output_free(output);
}
END_TEST

START_TEST(errors_that_are_left_out_are_counted)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	const struct output_options options = { .format = OUTPUT_JSONL };
	struct output *output = output_new(stream, &options, "test types");
	size_t errors = 0;

	for (int i = 0; i < 300; i++) {
		struct kvet_cause cause = { .source = "here" };

		snprintf(cause.evidence, sizeof(cause.evidence), "%d", i);
		output_error(output, &cause);
	}
	output_close(output, "error");
	output_free(output);
	fclose(stream);
	for (const char *at = text; (at = strstr(at, "{\"record\":\"error\"")); at++)
		errors++;
	ck_assert_uint_eq(errors, 257);
	ck_assert_ptr_nonnull(strstr(text, "\"evidence\":\"44 more errors"));
	free(text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("output types");
	TCase *tc = tcase_create("types");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, each_type_has_its_text_and_its_json, 0, LENGTH(rows));
	tcase_add_test(tc, what_is_for_people_is_in_text_alone);
	tcase_add_test(tc, each_verdict_has_its_mark_and_what_was_not_asked_has_none);
	tcase_add_test(tc, each_verdict_has_its_colour);
	tcase_add_test(tc, an_error_is_another_if_one_of_its_parts_is);
	tcase_add_test(tc, errors_that_are_left_out_are_counted);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
