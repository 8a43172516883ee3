/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/output/output.h"

static const struct field fields[] = {
	{ "name", FIELD_STRING, "a string", 0 },
	{ "number", FIELD_INTEGER, "a number", FIELD_HEX },
	{ "address", FIELD_ADDRESS, "an address", 0 },
	{ "time", FIELD_TIME, "a time", 0 },
	{ "took", FIELD_DURATION, "a duration", FIELD_DETAIL },
	{ "good", FIELD_BOOLEAN, "a truth", 0 },
	{ "notes", FIELD_LIST, "a list", 0 },
};
static const struct schema schema = SCHEMA("thing", fields);

enum {
	NAME,
	NUMBER,
	ADDRESS,
	TIME,
	TOOK,
	GOOD,
	NOTES,
	FIELDS
};

static const struct field summary_fields[] = {
	{ "count", FIELD_INTEGER, "how many", 0 },
	{ "files", FIELD_LIST, "which", 0 },
};
static const struct schema summary_schema = SCHEMA("summary", summary_fields);

/* What is written to one output. */
struct written {
	struct output *output;
	FILE *stream;
	char *text;
	size_t size;
};

static void begin_with(struct written *written, const struct output_options *options)
{
	written->stream = open_memstream(&written->text, &written->size);
	written->output = output_new(written->stream, options, "test things");
	ck_assert_ptr_nonnull(written->output);
}

static void begin(struct written *written, enum output_format format)
{
	struct output_options options = { .format = format };

	begin_with(written, &options);
}

static const char *end(struct written *written, const char *status)
{
	ck_assert_int_eq(output_close(written->output, status), 0);
	fflush(written->stream);
	return written->text;
}

static void drop(struct written *written)
{
	output_free(written->output);
	fclose(written->stream);
	free(written->text);
}

/* The one JSON text that text holds; fails where there is anything else. */
static struct json_object *parse(const char *text, size_t len)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *object;

	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	object = json_tokener_parse_ex(tokener, text, (int)len);
	ck_assert_msg(json_tokener_get_error(tokener) == json_tokener_success, "%s in %.*s",
		      json_tokener_error_desc(json_tokener_get_error(tokener)), (int)len, text);
	ck_assert_uint_eq(json_tokener_get_parse_end(tokener) +
				  strspn(text + json_tokener_get_parse_end(tokener), "\n"),
			  len);
	json_tokener_free(tokener);
	return object;
}

static struct json_object *member(struct json_object *object, const char *name)
{
	struct json_object *value = NULL;

	ck_assert_msg(json_object_object_get_ex(object, name, &value), "no %s", name);
	return value;
}

static const char *string(struct json_object *object, const char *name)
{
	struct json_object *value = member(object, name);

	ck_assert_int_eq(json_object_get_type(value), json_type_string);
	return json_object_get_string(value);
}

static int64_t number(struct json_object *object, const char *name)
{
	struct json_object *value = member(object, name);

	ck_assert_int_eq(json_object_get_type(value), json_type_int);
	return json_object_get_int64(value);
}

static struct json_object *record(struct json_object *document, size_t i)
{
	return json_object_array_get_idx(member(document, "records"), i);
}

/* The document of one record. */
static struct json_object *document_of(const struct value *values, bool pretty)
{
	struct output_options options = { .format = OUTPUT_JSON, .pretty = pretty };
	struct written written;
	struct json_object *document;

	begin_with(&written, &options);
	output_record(written.output, &schema, values);
	end(&written, "yes");
	document = parse(written.text, written.size);
	drop(&written);
	return document;
}

START_TEST(a_document_without_records_is_whole)
{
	struct written written;
	struct json_object *document;

	begin(&written, OUTPUT_JSON);
	end(&written, "undetermined");
	document = parse(written.text, written.size);
	ck_assert_int_eq(number(document, "schema_version"), 1);
	ck_assert_str_eq(string(document, "command"), "test things");
	ck_assert_str_eq(string(document, "status"), "undetermined");
	ck_assert_uint_eq(json_object_array_length(member(document, "records")), 0);
	ck_assert_uint_eq(json_object_array_length(member(document, "errors")), 0);
	ck_assert_int_eq(json_object_object_length(member(document, "summary")), 0);
	json_object_put(document);
	drop(&written);
}
END_TEST

START_TEST(values_have_their_json_types)
{
	static const char *const notes[] = { "one", "two;three" };
	struct value values[FIELDS] = {
		[NAME] = value_string("x"),
		[NUMBER] = value_integer(-12),
		[ADDRESS] = value_address(0xffffffff81000000),
		[TIME] = value_time(UINT64_MAX),
		[TOOK] = value_integer(INT64_MIN),
		[GOOD] = value_boolean(false),
		[NOTES] = value_list(notes, 2),
	};
	struct json_object *document = document_of(values, false), *thing = record(document, 0);

	ck_assert_str_eq(string(thing, "name"), "x");
	ck_assert_int_eq(number(thing, "number"), -12);
	ck_assert_str_eq(string(thing, "address"), "0xffffffff81000000");
	ck_assert_str_eq(string(thing, "time"), "18446744073709551615");
	ck_assert_int_eq(number(thing, "took"), INT64_MIN);
	ck_assert_int_eq(json_object_get_type(member(thing, "good")), json_type_boolean);
	ck_assert_uint_eq(json_object_array_length(member(thing, "notes")), 2);
	ck_assert_str_eq(
		json_object_get_string(json_object_array_get_idx(member(thing, "notes"), 1)),
		"two;three");
	json_object_put(document);
}
END_TEST

START_TEST(absent_values_are_null_and_keep_their_keys)
{
	struct value values[FIELDS] = { 0 };
	struct json_object *document, *thing;

	values[NAME] = value_string("");
	document = document_of(values, false);
	thing = record(document, 0);
	ck_assert_int_eq(json_object_object_length(thing), FIELDS);
	for (size_t i = 0; i < FIELDS; i++)
		ck_assert_ptr_null(member(thing, fields[i].name));
	json_object_put(document);
}
END_TEST

START_TEST(nothing_is_not_absent)
{
	struct value values[FIELDS] = {
		[NUMBER] = value_integer(0),   [ADDRESS] = value_address(0),
		[TIME] = value_time(0),        [GOOD] = value_boolean(false),
		[NOTES] = value_list(NULL, 0),
	};
	struct json_object *document = document_of(values, false), *thing = record(document, 0);

	ck_assert_int_eq(number(thing, "number"), 0);
	ck_assert_str_eq(string(thing, "address"), "0x0");
	ck_assert_str_eq(string(thing, "time"), "0");
	ck_assert_int_eq(json_object_get_boolean(member(thing, "good")), 0);
	ck_assert_uint_eq(json_object_array_length(member(thing, "notes")), 0);
	json_object_put(document);
}
END_TEST

static const struct {
	const char *bytes, *read;
} hostile[] = {
	{ "\"}],\"status\":\"yes\"}", "\"}],\"status\":\"yes\"}" },
	{ "\\u0041\\", "\\u0041\\" },
	{ "a\nb\tc\rd\033[31m\x01\x1f", "a\nb\tc\rd\033[31m\x01\x1f" },
	{ "del \x7f", "del \x7f" },
	{ "c1 \xc2\x9b"
	  "31m",
	  "c1 \xc2\x9b"
	  "31m" },
	{ "</script>", "</script>" },
	{ "byte \xff", "byte \xef\xbf\xbd" },
	{ "overlong \xc0\xaf", "overlong \xef\xbf\xbd\xef\xbf\xbd" },
	{ "surrogate \xed\xa0\x80", "surrogate \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "cut \xf0\x9f\x90", "cut \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "penguin \xf0\x9f\x90\xa7", "penguin \xf0\x9f\x90\xa7" },
};

START_TEST(hostile_strings_read_back_as_they_were)
{
	const char *bytes = hostile[_i].bytes;
	struct value values[FIELDS] = {
		[NAME] = value_string(bytes), [NOTES] = value_list(&bytes, 1)
	};
	struct json_object *document = document_of(values, false), *thing = record(document, 0);

	ck_assert_str_eq(string(thing, "name"), hostile[_i].read);
	ck_assert_str_eq(
		json_object_get_string(json_object_array_get_idx(member(thing, "notes"), 0)),
		hostile[_i].read);
	ck_assert_str_eq(string(document, "status"), "yes");
	json_object_put(document);
}
END_TEST

START_TEST(hostile_strings_leave_no_control_in_the_bytes)
{
	struct value values[FIELDS] = { [NAME] = value_string(hostile[_i].bytes) };
	struct written written;

	begin(&written, OUTPUT_JSONL);
	output_record(written.output, &schema, values);
	end(&written, "yes");
	for (const char *c = written.text; *c; c++) {
		ck_assert((unsigned char)*c >= 0x20 || *c == '\n');
		ck_assert_int_ne(*c, 0x7f);
		ck_assert(!((unsigned char)c[0] == 0xc2 && (unsigned char)c[1] < 0xa0));
	}
	drop(&written);
}
END_TEST

START_TEST(a_pretty_document_says_the_same)
{
	struct value values[FIELDS] = { [NAME] = value_string("x"), [ADDRESS] = value_address(1) };
	struct json_object *plain = document_of(values, false), *pretty = document_of(values, true);

	ck_assert(json_object_equal(plain, pretty));
	json_object_put(plain);
	json_object_put(pretty);
}
END_TEST

START_TEST(many_records_are_one_array_in_order)
{
	struct written written;
	struct json_object *document;

	begin(&written, OUTPUT_JSON);
	for (int64_t i = 0; i < 2000; i++) {
		struct value values[FIELDS] = { [NUMBER] = value_integer(i) };

		output_record(written.output, &schema, values);
	}
	end(&written, "yes");
	document = parse(written.text, written.size);
	ck_assert_uint_eq(json_object_array_length(member(document, "records")), 2000);
	for (size_t i = 0; i < 2000; i++)
		ck_assert_int_eq(number(record(document, i), "number"), (int64_t)i);
	json_object_put(document);
	drop(&written);
}
END_TEST

START_TEST(the_summary_is_copied_and_the_last_one_counts)
{
	const char *files[] = { "a", "b" };
	/* What stands beside "absent" is not looked into. */
	struct value first[] = { value_integer(1), { .list = { NULL, 1000 } } };
	struct value last[] = { value_integer(2), value_list(files, 2) };
	struct written written;
	struct json_object *document, *summary;

	begin(&written, OUTPUT_JSON);
	output_summary(written.output, &summary_schema, first);
	output_summary(written.output, &summary_schema, last);
	last[0] = value_integer(3);
	files[0] = "changed";
	end(&written, "no");
	document = parse(written.text, written.size);
	summary = member(document, "summary");
	ck_assert_int_eq(number(summary, "count"), 2);
	ck_assert_str_eq(
		json_object_to_json_string_ext(member(summary, "files"), JSON_C_TO_STRING_PLAIN),
		"[\"a\",\"b\"]");
	json_object_put(document);
	drop(&written);
}
END_TEST

START_TEST(the_same_error_is_kept_once)
{
	struct kvet_cause cause = { EPERM, "bpf(BPF_PROG_LOAD)", "no \xff", "run as root" };
	struct kvet_cause other = cause, nameless = { 0, "here", "there", "" };
	struct written written;
	struct json_object *document, *errors, *error;

	other.errnum = 524;
	begin(&written, OUTPUT_JSON);
	ck_assert(output_error(written.output, &cause));
	ck_assert(!output_error(written.output, &cause));
	ck_assert(output_error(written.output, &other));
	ck_assert(output_error(written.output, &nameless));
	ck_assert(!output_error(written.output, &other));
	end(&written, "error");
	document = parse(written.text, written.size);
	errors = member(document, "errors");
	ck_assert_uint_eq(json_object_array_length(errors), 3);
	error = json_object_array_get_idx(errors, 0);
	ck_assert_str_eq(string(error, "errno"), "EPERM");
	ck_assert_str_eq(string(error, "source"), "bpf(BPF_PROG_LOAD)");
	ck_assert_str_eq(string(error, "evidence"), "no \xef\xbf\xbd");
	ck_assert_str_eq(string(error, "remedy"), "run as root");
	ck_assert_str_eq(string(json_object_array_get_idx(errors, 1), "errno"), "ENOTSUPP");
	error = json_object_array_get_idx(errors, 2);
	ck_assert_ptr_null(member(error, "errno"));
	ck_assert_ptr_null(member(error, "remedy"));
	json_object_put(document);
	drop(&written);
}
END_TEST

START_TEST(json_lines_are_one_object_a_line_told_apart_by_record)
{
	static const char *const kinds[] = { "thing", "thing", "error", "summary" };
	struct value values[FIELDS] = { [NAME] = value_string("a\nb") };
	struct value summary[] = { value_integer(2), value_absent() };
	struct kvet_cause cause = { ENOENT, "open", "evidence\nof two lines", "" };
	struct output_options options = { .format = OUTPUT_JSONL, .pretty = true };
	struct written written;
	const char *line;
	size_t lines = 0;

	begin_with(&written, &options);
	output_record(written.output, &schema, values);
	output_record(written.output, &schema, values);
	output_error(written.output, &cause);
	output_summary(written.output, &summary_schema, summary);
	line = end(&written, "no");
	for (; *line; lines++) {
		size_t len = strcspn(line, "\n");
		struct json_object *object = parse(line, len + 1);

		ck_assert_uint_lt(lines, 4);
		ck_assert_str_eq(string(object, "record"), kinds[lines]);
		if (lines == 3) {
			ck_assert_str_eq(string(object, "status"), "no");
			ck_assert_str_eq(string(object, "command"), "test things");
			ck_assert_int_eq(number(object, "schema_version"), 1);
			ck_assert_int_eq(number(object, "count"), 2);
		}
		json_object_put(object);
		line += len + 1;
	}
	ck_assert_uint_eq(lines, 4);
	drop(&written);
}
END_TEST

START_TEST(each_json_line_is_there_at_once)
{
	struct value values[FIELDS] = { [NAME] = value_string("x") };
	struct written written;

	begin(&written, OUTPUT_JSONL);
	output_record(written.output, &schema, values);
	ck_assert_ptr_nonnull(strchr(written.text, '\n'));
	end(&written, "yes");
	drop(&written);
}
END_TEST

START_TEST(a_quiet_output_writes_nothing_but_counts_its_errors)
{
	struct value values[FIELDS] = { [NAME] = value_string("x") };
	struct kvet_cause cause = { ENOENT, "open", "x", "" };
	struct written written;

	begin(&written, OUTPUT_NONE);
	output_record(written.output, &schema, values);
	ck_assert(output_error(written.output, &cause));
	ck_assert(!output_error(written.output, &cause));
	end(&written, "yes");
	ck_assert_uint_eq(written.size, 0);
	drop(&written);
}
END_TEST

START_TEST(a_full_disk_is_reported)
{
	static const enum output_format formats[] = { OUTPUT_TEXT, OUTPUT_JSON, OUTPUT_JSONL };
	struct output_options options = { .format = formats[_i] };
	struct value values[FIELDS] = { [NAME] = value_string("x") };
	FILE *full = fopen("/dev/full", "w");
	struct output *output;

	ck_assert_ptr_nonnull(full);
	output = output_new(full, &options, "test things");
	for (int i = 0; i < 5000; i++)
		output_record(output, &schema, values);
	ck_assert_int_eq(output_failure(output), -ENOSPC);
	ck_assert_int_eq(output_close(output, "yes"), -ENOSPC);
	output_free(output);
	fclose(full);
}
END_TEST

START_TEST(a_full_disk_is_reported_even_for_one_record)
{
	static const enum output_format formats[] = { OUTPUT_TEXT, OUTPUT_JSON, OUTPUT_JSONL };
	struct output_options options = { .format = formats[_i] };
	struct value values[FIELDS] = { [NAME] = value_string("x") };
	FILE *full = fopen("/dev/full", "w");
	struct output *output = output_new(full, &options, "test things");

	output_record(output, &schema, values);
	ck_assert_int_eq(output_close(output, "yes"), -ENOSPC);
	ck_assert_int_eq(output_failure(output), -ENOSPC);
	output_free(output);
	fclose(full);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("output json");
	TCase *tc = tcase_create("json");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, a_document_without_records_is_whole);
	tcase_add_test(tc, values_have_their_json_types);
	tcase_add_test(tc, absent_values_are_null_and_keep_their_keys);
	tcase_add_test(tc, nothing_is_not_absent);
	tcase_add_loop_test(tc, hostile_strings_read_back_as_they_were, 0,
			    sizeof(hostile) / sizeof(*hostile));
	tcase_add_loop_test(tc, hostile_strings_leave_no_control_in_the_bytes, 0,
			    sizeof(hostile) / sizeof(*hostile));
	tcase_add_test(tc, a_pretty_document_says_the_same);
	tcase_add_test(tc, many_records_are_one_array_in_order);
	tcase_add_test(tc, the_summary_is_copied_and_the_last_one_counts);
	tcase_add_test(tc, the_same_error_is_kept_once);
	tcase_add_test(tc, json_lines_are_one_object_a_line_told_apart_by_record);
	tcase_add_test(tc, each_json_line_is_there_at_once);
	tcase_add_test(tc, a_quiet_output_writes_nothing_but_counts_its_errors);
	tcase_add_loop_test(tc, a_full_disk_is_reported, 0, 3);
	tcase_add_loop_test(tc, a_full_disk_is_reported_even_for_one_record, 0, 3);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
