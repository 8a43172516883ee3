/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * JSON, as one document or as one object a line. Each record is a text of its own, in memory that
 * the next one takes over: memory does not grow with the records, and of a record for which there
 * is not enough, nothing is written.
 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_schema.h"
#include "json_text.h"
#include "line.h"
#include "renderer.h"
#include "safe.h"

#define SCHEMA_VERSION JSON_SCHEMA_VERSION

/* --- values ---------------------------------------------------------------------------------- */

static void put_string(struct json_text *json, const struct value *value)
{
	json_text_words(json, value->string);
}

static void put_integer(struct json_text *json, const struct value *value)
{
	json_text_number(json, value->integer);
}

static void put_address(struct json_text *json, const struct value *value)
{
	json_text_address(json, value->address);
}

static void put_time(struct json_text *json, const struct value *value)
{
	json_text_digits(json, value->time_ns);
}

static void put_boolean(struct json_text *json, const struct value *value)
{
	json_text_boolean(json, value->boolean);
}

static void put_list(struct json_text *json, const struct value *value)
{
	json_text_open(json, '[');
	for (size_t i = 0; i < value->list.count; i++) {
		json_text_item(json);
		json_text_words(json, value->list.items[i]);
	}
	json_text_close(json, ']');
}

static void put_series(struct json_text *json, const struct value *value)
{
	json_text_open(json, '[');
	for (size_t i = 0; i < value->series.count; i++) {
		json_text_item(json);
		json_text_number(json, value->series.items[i]);
	}
	json_text_close(json, ']');
}

static void put_line_field(struct json_text *json, const struct value *value)
{
	size_t len;
	char *safe = line_utf8(value, &len);

	if (safe)
		json_text_string(json, safe, len);
	else
		json->failed = true;
	free(safe);
}

static void put_map(struct json_text *json, const struct value *value);

static void (*const writers[])(struct json_text *json, const struct value *value) = {
	[FIELD_STRING] = put_string,    [FIELD_INTEGER] = put_integer,
	[FIELD_ADDRESS] = put_address,  [FIELD_TIME] = put_time,
	[FIELD_DURATION] = put_integer, [FIELD_BOOLEAN] = put_boolean,
	[FIELD_LIST] = put_list,        [FIELD_SERIES] = put_series,
	[FIELD_MAP] = put_map,          [FIELD_LINE] = put_line_field,
};
static_assert(sizeof(writers) / sizeof(*writers) == FIELD_TYPE_COUNT,
	      "every field type has a JSON form");

static void put_value(struct json_text *json, enum field_type type, const struct value *value)
{
	if (value->present)
		writers[type](json, value);
	else
		json_text_null(json);
}

static bool is_among(char *const *keys, size_t count, const char *key)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(keys[i], key))
			return true;
	return false;
}

/* Returns a key that is not among those before it: the second "x" becomes "x#2", or a reader would
 * take one for the other. The caller frees it; NULL: no memory. */
static char *new_key(char *const *keys, size_t count, const char *name)
{
	char *safe = safe_utf8(name), *key = safe;

	for (size_t n = 2; key && is_among(keys, count, key); n++) {
		if (key != safe)
			free(key);
		if (asprintf(&key, "%s#%zu", safe, n) < 0)
			key = NULL;
	}
	if (key != safe)
		free(safe);
	return key;
}

static void put_map(struct json_text *json, const struct value *value)
{
	char **keys = calloc(value->map.count + 1, sizeof(*keys));
	size_t count = 0;

	json_text_open(json, '{');
	while (keys && count < value->map.count) {
		const struct named_value *item = &value->map.items[count];

		keys[count] = new_key(keys, count, item->name);
		if (!keys[count])
			break;
		json_text_key(json, keys[count++]);
		put_value(json, item->type, &item->value);
	}
	json_text_close(json, '}');
	if (count < value->map.count)
		json->failed = true;
	while (count)
		free(keys[--count]);
	free(keys);
}

static void put_values(struct json_text *json, const struct schema *schema,
		       const struct value *values)
{
	for (size_t i = 0; schema && i < schema->count; i++) {
		const struct field *field = &schema->fields[i];

		if (field->flags & FIELD_TEXT)
			continue;
		json_text_key(json, field->name);
		put_value(json, field->type, &values[i]);
	}
}

static void put_member(struct json_text *json, const char *key, const char *words)
{
	json_text_key(json, key);
	if (words)
		json_text_words(json, words);
	else
		json_text_null(json);
}

static void put_cause(struct json_text *json, const struct kvet_cause *cause)
{
	const char *name = NULL;
	char buf[32];

	if (cause->errnum)
		name = kvet_errno_name(cause->errnum, buf, sizeof(buf));
	put_member(json, "errno", name);
	put_member(json, "source", cause->source);
	put_member(json, "evidence", cause->evidence);
	put_member(json, "remedy", *cause->remedy ? cause->remedy : NULL);
}

/* --- texts ----------------------------------------------------------------------------------- */

static void json_begin(struct output *output)
{
	struct json_text *json = output->state = calloc(1, sizeof(*json));

	if (json)
		json->pretty = output->options.pretty && output->options.format == OUTPUT_JSON;
	else
		output_fail(output, ENOMEM);
}

static void json_free(struct output *output)
{
	if (output->state)
		json_text_deinit(output->state);
	free(output->state);
}

/* Writes the text if it is whole: a part of a record would be misleading. */
static bool put_text(struct output *output, const struct json_text *json)
{
	if (json->failed)
		output_fail(output, ENOMEM);
	else
		fwrite(json->text.bytes, 1, json->text.used, output->stream);
	return !json->failed;
}

/* --- one document ---------------------------------------------------------------------------- */

static void document_begin(struct output *output)
{
	json_begin(output);
	fprintf(output->stream, "{\"schema_version\":%d,\"command\":\"%s\",\"records\":[",
		SCHEMA_VERSION, output->command);
}

static void document_record(struct output *output, const struct schema *schema,
			    const struct value *values)
{
	struct json_text *json = output->state;

	json_text_reset(json);
	json_text_open(json, '{');
	put_values(json, schema, values);
	json_text_close(json, '}');
	if (!json->failed) {
		fputs(output->records ? "," : "", output->stream);
		fputs(output->options.pretty ? "\n" : "", output->stream);
	}
	put_text(output, json);
}

static void put_status(struct output *output, const char *status)
{
	const char *newline = output->options.pretty ? "\n" : "";

	fprintf(output->stream, "%s],%s\"status\":\"%s\",%s\"summary\":", newline, newline, status,
		newline);
}

static void put_errors_key(struct output *output)
{
	fprintf(output->stream, ",%s\"errors\":", output->options.pretty ? "\n" : "");
}

#define NO_MEMORY                                                                             \
	"\"errno\":\"ENOMEM\",\"source\":\"malloc\",\"evidence\":\"Cannot allocate memory\"," \
	"\"remedy\":null"

/* Requires no memory. */
static void document_give_up(struct output *output)
{
	put_status(output, "error");
	fputs("{}", output->stream);
	put_errors_key(output);
	fputs("[{" NO_MEMORY "}]}\n", output->stream);
}

static void put_errors(struct json_text *json, const struct output *output)
{
	json_text_open(json, '[');
	for (size_t i = 0; i < output->error_count; i++) {
		json_text_item(json);
		json_text_open(json, '{');
		put_cause(json, &output->errors[i]);
		json_text_close(json, '}');
	}
	json_text_close(json, ']');
}

static void document_end(struct output *output, const char *status)
{
	struct json_text *json = output->state, errors = { .pretty = json->pretty };

	json_text_reset(json);
	json_text_open(json, '{');
	put_values(json, output->summary, output->summary_values);
	json_text_close(json, '}');
	put_errors(&errors, output);
	if (json->failed || errors.failed) {
		output_fail(output, ENOMEM);
		document_give_up(output);
	} else {
		put_status(output, status);
		put_text(output, json);
		put_errors_key(output);
		put_text(output, &errors);
		fputs("}\n", output->stream);
	}
	json_text_deinit(&errors);
}

const struct renderer json_renderer = {
	.begin = document_begin,
	.record = document_record,
	.end = document_end,
	.give_up = document_give_up,
	.free = json_free,
};

/* --- one object a line, with its kind in "record" --------------------------------------------- */

static struct json_text *begin_line(const struct output *output, const char *record)
{
	struct json_text *json = output->state;

	json_text_reset(json);
	json_text_open(json, '{');
	put_member(json, "record", record);
	return json;
}

/* Returns false if there was no memory for all of it. */
static bool end_line(struct output *output, struct json_text *json)
{
	json_text_close(json, '}');
	if (!put_text(output, json))
		return false;
	fputc('\n', output->stream);
	fflush(output->stream);
	return true;
}

static void lines_record(struct output *output, const struct schema *schema,
			 const struct value *values)
{
	struct json_text *json = begin_line(output, schema->record);

	put_values(json, schema, values);
	end_line(output, json);
}

static void lines_give_up(struct output *output)
{
	fprintf(output->stream,
		"{\"record\":\"error\"," NO_MEMORY "}\n"
		"{\"record\":\"summary\",\"schema_version\":%d,\"command\":\"%s\","
		"\"status\":\"error\"}\n",
		SCHEMA_VERSION, output->command);
}

static bool put_error_line(struct output *output, const struct kvet_cause *cause)
{
	struct json_text *json = begin_line(output, "error");

	put_cause(json, cause);
	return end_line(output, json);
}

static bool put_summary_line(struct output *output, const char *status)
{
	struct json_text *json = begin_line(output, "summary");

	json_text_key(json, "schema_version");
	json_text_number(json, SCHEMA_VERSION);
	put_member(json, "command", output->command);
	put_member(json, "status", status);
	put_values(json, output->summary, output->summary_values);
	return end_line(output, json);
}

static void lines_end(struct output *output, const char *status)
{
	bool whole = true;

	for (size_t i = 0; whole && i < output->error_count; i++)
		whole = put_error_line(output, &output->errors[i]);
	if (!whole || !put_summary_line(output, status))
		lines_give_up(output);
}

const struct renderer jsonl_renderer = {
	.begin = json_begin,
	.record = lines_record,
	.end = lines_end,
	.give_up = lines_give_up,
	.free = json_free,
};
