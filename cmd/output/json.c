/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * JSON, as one document or as one object a line. Each record is a json-c object of its
 * own, written and dropped: memory does not grow with the records.
 */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "line.h"
#include "renderer.h"
#include "safe.h"

/* Keys are only ever added: a change that breaks a reader raises this number. */
#define SCHEMA_VERSION 1

static struct json_object *string_object(const char *string)
{
	char *safe = safe_utf8(string);
	struct json_object *object = safe ? json_object_new_string(safe) : NULL;

	free(safe);
	return object;
}

static struct json_object *of_string(const struct value *value)
{
	return string_object(value->string);
}

static struct json_object *of_integer(const struct value *value)
{
	return json_object_new_int64(value->integer);
}

static struct json_object *of_address(const struct value *value)
{
	char text[2 + 16 + 1];

	snprintf(text, sizeof(text), "0x%" PRIx64, value->address);
	return json_object_new_string(text);
}

static struct json_object *of_time(const struct value *value)
{
	char text[20 + 1];

	snprintf(text, sizeof(text), "%" PRIu64, value->time_ns);
	return json_object_new_string(text);
}

static struct json_object *of_boolean(const struct value *value)
{
	return json_object_new_boolean(value->boolean);
}

static struct json_object *of_list(const struct value *value)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; array && i < value->list.count; i++)
		json_object_array_add(array, string_object(value->list.items[i]));
	return array;
}

static struct json_object *of_series(const struct value *value)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; array && i < value->series.count; i++)
		json_object_array_add(array, json_object_new_int64(value->series.items[i]));
	return array;
}

static struct json_object *of_line(const struct value *value)
{
	size_t len;
	char *safe = line_utf8(value, &len);
	/* A piece of a line is far below INT_MAX. */
	struct json_object *object = safe ? json_object_new_string_len(safe, (int)len) : NULL;

	free(safe);
	return object;
}

static struct json_object *of_map(const struct value *value);

static struct json_object *(*const converters[])(const struct value *value) = {
	[FIELD_STRING] = of_string, [FIELD_INTEGER] = of_integer,  [FIELD_ADDRESS] = of_address,
	[FIELD_TIME] = of_time,     [FIELD_DURATION] = of_integer, [FIELD_BOOLEAN] = of_boolean,
	[FIELD_LIST] = of_list,     [FIELD_SERIES] = of_series,    [FIELD_MAP] = of_map,
	[FIELD_LINE] = of_line,
};
static_assert(sizeof(converters) / sizeof(*converters) == FIELD_TYPE_COUNT,
	      "every field type has a JSON form");

static struct json_object *of_map(const struct value *value)
{
	struct json_object *object = json_object_new_object();

	for (size_t i = 0; object && i < value->map.count; i++) {
		const struct named_value *item = &value->map.items[i];

		json_object_object_add(object, item->name,
				       item->value.present ? converters[item->type](&item->value)
							   : NULL);
	}
	return object;
}

static void add_values(struct output *output, struct json_object *object,
		       const struct schema *schema, const struct value *values)
{
	for (size_t i = 0; i < schema->count; i++) {
		struct json_object *member = NULL;

		if (schema->fields[i].flags & FIELD_TEXT)
			continue;
		if (values[i].present) {
			member = converters[schema->fields[i].type](&values[i]);
			if (!member)
				output_fail(output, ENOMEM);
		}
		if (json_object_object_add(object, schema->fields[i].name, member))
			output_fail(output, ENOMEM);
	}
}

static void add_cause(struct json_object *object, const struct kvet_cause *cause)
{
	const char *name = NULL;
	char buf[32];

	if (cause->errnum)
		name = kvet_errno_name(cause->errnum, buf, sizeof(buf));
	json_object_object_add(object, "errno", name ? json_object_new_string(name) : NULL);
	json_object_object_add(object, "source", string_object(cause->source));
	json_object_object_add(object, "evidence", string_object(cause->evidence));
	json_object_object_add(object, "remedy",
			       *cause->remedy ? string_object(cause->remedy) : NULL);
}

/* Writes the object and drops it. */
static void put(struct output *output, struct json_object *object)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;
	const char *text;

	flags |= output->options.pretty && output->options.format == OUTPUT_JSON
			 ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED
			 : JSON_C_TO_STRING_PLAIN;
	text = json_object_to_json_string_ext(object, flags);
	if (text)
		safe_json_write(output->stream, text);
	else
		output_fail(output, ENOMEM);
	json_object_put(object);
}

/* --- one document ---------------------------------------------------------------------- */

static void separate(struct output *output)
{
	fputs(output->records ? "," : "", output->stream);
	fputs(output->options.pretty ? "\n" : "", output->stream);
}

static void document_begin(struct output *output)
{
	fprintf(output->stream, "{\"schema_version\":%d,\"command\":", SCHEMA_VERSION);
	put(output, json_object_new_string(output->command));
	fputs(",\"records\":[", output->stream);
}

static void document_record(struct output *output, const struct schema *schema,
			    const struct value *values)
{
	struct json_object *object = json_object_new_object();

	add_values(output, object, schema, values);
	separate(output);
	put(output, object);
}

static void document_end(struct output *output, const char *status)
{
	struct json_object *summary = json_object_new_object(), *errors = json_object_new_array();
	const char *newline = output->options.pretty ? "\n" : "";

	if (output->summary)
		add_values(output, summary, output->summary, output->summary_values);
	for (size_t i = 0; i < output->error_count; i++) {
		struct json_object *error = json_object_new_object();

		add_cause(error, &output->errors[i]);
		json_object_array_add(errors, error);
	}
	fprintf(output->stream, "%s],%s\"status\":\"%s\",%s\"summary\":", newline, newline, status,
		newline);
	put(output, summary);
	fprintf(output->stream, ",%s\"errors\":", newline);
	put(output, errors);
	fputs("}\n", output->stream);
}

const struct renderer json_renderer = {
	.begin = document_begin,
	.record = document_record,
	.end = document_end,
};

/* --- one object a line, told apart by "record" --------------------------------------------- */

static struct json_object *line_object(const char *record)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "record", json_object_new_string(record));
	return object;
}

static void put_line(struct output *output, struct json_object *object)
{
	put(output, object);
	fputc('\n', output->stream);
	fflush(output->stream);
}

static void lines_record(struct output *output, const struct schema *schema,
			 const struct value *values)
{
	struct json_object *object = line_object(schema->record);

	add_values(output, object, schema, values);
	put_line(output, object);
}

static void lines_end(struct output *output, const char *status)
{
	struct json_object *object;

	for (size_t i = 0; i < output->error_count; i++) {
		object = line_object("error");
		add_cause(object, &output->errors[i]);
		put_line(output, object);
	}
	object = line_object("summary");
	json_object_object_add(object, "schema_version", json_object_new_int(SCHEMA_VERSION));
	json_object_object_add(object, "command", json_object_new_string(output->command));
	json_object_object_add(object, "status", json_object_new_string(status));
	if (output->summary)
		add_values(output, object, output->summary, output->summary_values);
	put_line(output, object);
}

const struct renderer jsonl_renderer = {
	.record = lines_record,
	.end = lines_end,
};
