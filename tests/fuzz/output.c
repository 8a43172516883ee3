/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The renderers, with anything as the values of records. JSON is JSON, each line of it where there
 * are lines, and has no raw control character; text has none either.
 */
#include <json-c/json.h>
#include <locale.h>
#include <stdio.h>

#include "cmd/output/output.h"
#include "tests/fuzz/require.h"

static const struct field fields[] = {
	{ "string", FIELD_STRING, "bytes", 0 },
	{ "integer", FIELD_INTEGER, "a number", 0 },
	{ "address", FIELD_ADDRESS, "an address", 0 },
	{ "time_ns", FIELD_TIME, "a time", 0 },
	{ "list", FIELD_LIST, "strings", 0 },
	{ "series", FIELD_SERIES, "numbers", FIELD_SPARSE },
	{ "map", FIELD_MAP, "names and values", 0 },
	{ "verdict", FIELD_STRING, "a word", FIELD_VERDICT },
};
#define FIELDS (sizeof(fields) / sizeof(*fields))

static const struct field summary_fields[] = {
	{ "string", FIELD_STRING, "bytes", 0 },
	{ "list", FIELD_LIST, "strings", 0 },
};

static const struct schema schema = SCHEMA("record", fields);
static const struct schema summary = SCHEMA("summary", summary_fields);

/* No byte that a terminal would obey (colour is switched off), and UTF-8. json-c's own check of
 * that stumbles over a key that begins with a letter of two bytes. */
static void check_bytes(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		require(text[i] == '\n' || ((unsigned char)text[i] >= ' ' && text[i] != 0x7f));
	require(setlocale(LC_CTYPE, "C.UTF-8") && mbstowcs(NULL, text, 0) != (size_t)-1);
}

/* One document, to its last byte. */
static void check_document(const char *text, size_t size)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *object;

	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	object = json_tokener_parse_ex(tokener, text, (int)size);
	require(object && json_tokener_get_parse_end(tokener) == size);
	json_object_put(object);
	json_tokener_free(tokener);
}

static void check_json(const char *text, size_t size, enum output_format format)
{
	while (size) {
		const char *end =
			format == OUTPUT_JSONL ? memchr(text, '\n', size) : text + size - 1;

		require(end && *end == '\n');
		check_document(text, (size_t)(end - text));
		size -= (size_t)(end + 1 - text);
		text = end + 1;
	}
}

static void render(const char *string, const uint64_t numbers[4],
		   const struct output_options *options, int live)
{
	const char *items[] = { string, "", "other" };
	const int64_t series[] = { (int64_t)numbers[0], (int64_t)numbers[1] };
	const struct named_value map[] = {
		{ string, FIELD_STRING, value_string(string) },
		{ "number", FIELD_INTEGER, value_integer((int64_t)numbers[2]) },
	};
	const struct value values[FIELDS] = {
		value_string(string),
		value_integer((int64_t)numbers[0]),
		value_address(numbers[1]),
		value_time(numbers[2]),
		value_list(items, 3),
		numbers[3] & 1 ? value_series(series, 2) : value_absent(),
		value_map(map, 2),
		value_string(numbers[3] & 2 ? "yes" : string),
	};
	const struct value totals[] = { value_string(string), value_list(items, 3) };
	struct kvet_cause cause = { .errnum = (int)(numbers[3] & 1023) };
	struct output *output;
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	snprintf(cause.evidence, sizeof(cause.evidence), "%s", string);
	snprintf(cause.source, sizeof(cause.source), "%s", string);
	output = output_new(stream, options, "fuzz");
	require(output != NULL);
	if (live)
		output_live(output);
	for (int i = 0; i < 2; i++)
		output_record(output, &schema, values);
	output_error(output, &cause);
	output_summary(output, &summary, totals);
	require(!output_close(output, "yes"));
	output_free(output);
	fclose(stream);
	check_bytes(text, size);
	if (options->format == OUTPUT_JSON || options->format == OUTPUT_JSONL)
		check_json(text, size, options->format);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t numbers[4];
	char *string;

	if (size < sizeof(numbers))
		return 0;
	memcpy(numbers, data, sizeof(numbers));
	string = as_text(data + sizeof(numbers), size - sizeof(numbers));
	for (int format = 0; format < OUTPUT_FORMAT_COUNT; format++) {
		const struct output_options options = {
			.format = (enum output_format)format,
			.pretty = numbers[3] & 4,
			.verbose = numbers[3] & 8,
			.unicode = numbers[3] & 16,
		};

		render(string, numbers, &options, numbers[3] & 32);
	}
	free(string);
	return 0;
}
