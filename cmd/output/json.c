/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * JSON, as one document or as one object a line. Each record is a json-c object of its
 * own, written and dropped: memory does not grow with the records.
 */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "line.h"
#include "renderer.h"
#include "safe.h"

/* New keys do not change this number: only a change that breaks a reader raises it. */
#define SCHEMA_VERSION 1

/*
 * json-c reports a failed allocation in three ways: no object, a member that was not added, and,
 * while it writes, only by realloc()'s errno. In this file a missing object always means that there
 * is no memory: absent values are added by add_null().
 */
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

/* These own the new part from here on, even if they fail. */
static bool append(struct json_object *array, struct json_object *item)
{
	if (item && !json_object_array_add(array, item))
		return true;
	json_object_put(item);
	return false;
}

static bool add(struct json_object *object, const char *key, struct json_object *member)
{
	if (member && !json_object_object_add(object, key, member))
		return true;
	json_object_put(member);
	return false;
}

static bool add_null(struct json_object *object, const char *key)
{
	return !json_object_object_add(object, key, NULL);
}

/* Returns the object if it is whole; else frees it, because a part of a record would be
 * misleading. */
static struct json_object *if_whole(struct json_object *object, bool whole)
{
	if (whole)
		return object;
	json_object_put(object);
	return NULL;
}

static struct json_object *of_list(const struct value *value)
{
	struct json_object *array = json_object_new_array();
	bool whole = array;

	for (size_t i = 0; whole && i < value->list.count; i++)
		whole = append(array, string_object(value->list.items[i]));
	return if_whole(array, whole);
}

static struct json_object *of_series(const struct value *value)
{
	struct json_object *array = json_object_new_array();
	bool whole = array;

	for (size_t i = 0; whole && i < value->series.count; i++)
		whole = append(array, json_object_new_int64(value->series.items[i]));
	return if_whole(array, whole);
}

static struct json_object *of_line(const struct value *value)
{
	size_t len;
	char *safe = line_utf8(value, &len);
	/* Pieces of lines are far shorter than INT_MAX. */
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

/* A schema's names are static, and each is there once: json-c has nothing to copy and to look up.
 */
static bool add_field(struct json_object *object, const struct field *field,
		      const struct value *value)
{
	const unsigned int flags = JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_KEY_IS_CONSTANT;
	struct json_object *member = value->present ? converters[field->type](value) : NULL;

	if ((member || !value->present) &&
	    !json_object_object_add_ex(object, field->name, member, flags))
		return true;
	json_object_put(member);
	return false;
}

/* Returns a key that the object does not have yet: the second "x" becomes "x#2", or it would
 * replace the first. The caller frees it; NULL: no memory. */
static char *new_key(struct json_object *object, const char *name)
{
	/* json-c escapes a key, but lets invalid UTF-8 through. */
	char *safe = safe_utf8(name), *key = safe;

	for (size_t n = 2; key && json_object_object_get_ex(object, key, NULL); n++) {
		if (key != safe)
			free(key);
		if (asprintf(&key, "%s#%zu", safe, n) < 0)
			key = NULL;
	}
	if (key != safe)
		free(safe);
	return key;
}

static struct json_object *of_map(const struct value *value)
{
	struct json_object *object = json_object_new_object();
	bool whole = object;

	for (size_t i = 0; whole && i < value->map.count; i++) {
		const struct named_value *item = &value->map.items[i];
		char *key = new_key(object, item->name);

		whole = key && (item->value.present
					? add(object, key, converters[item->type](&item->value))
					: add_null(object, key));
		free(key);
	}
	return if_whole(object, whole);
}

/* Adds the values to the object; NULL remains NULL. */
static struct json_object *with_values(struct json_object *object, const struct schema *schema,
				       const struct value *values)
{
	bool whole = object;

	for (size_t i = 0; whole && schema && i < schema->count; i++) {
		const struct field *field = &schema->fields[i];

		if (!(field->flags & FIELD_TEXT))
			whole = add_field(object, field, &values[i]);
	}
	return if_whole(object, whole);
}

static struct json_object *with_cause(struct json_object *object, const struct kvet_cause *cause)
{
	const char *name = NULL;
	char buf[32];
	bool whole = object;

	if (cause->errnum)
		name = kvet_errno_name(cause->errnum, buf, sizeof(buf));
	whole = whole && (name ? add(object, "errno", json_object_new_string(name))
			       : add_null(object, "errno"));
	whole = whole && add(object, "source", string_object(cause->source));
	whole = whole && add(object, "evidence", string_object(cause->evidence));
	whole = whole && (*cause->remedy ? add(object, "remedy", string_object(cause->remedy))
					 : add_null(object, "remedy"));
	return if_whole(object, whole);
}

/* The object's text, which the object owns; NULL if it is not whole. */
static const char *text_of(const struct output *output, struct json_object *object)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;
	const char *text;

	flags |= output->options.pretty && output->options.format == OUTPUT_JSON
			 ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED
			 : JSON_C_TO_STRING_PLAIN;
	if (!object)
		return NULL;
	errno = 0;
	text = json_object_to_json_string_ext(object, flags);
	return errno == ENOMEM ? NULL : text;
}

/* --- one document ---------------------------------------------------------------------------- */

static void document_begin(struct output *output)
{
	fprintf(output->stream, "{\"schema_version\":%d,\"command\":\"%s\",\"records\":[",
		SCHEMA_VERSION, output->command);
}

static void document_record(struct output *output, const struct schema *schema,
			    const struct value *values)
{
	struct json_object *object = with_values(json_object_new_object(), schema, values);
	const char *text = text_of(output, object);

	if (text) {
		fputs(output->records ? "," : "", output->stream);
		fputs(output->options.pretty ? "\n" : "", output->stream);
		safe_json_write(output->stream, text);
	} else {
		output_fail(output, ENOMEM);
	}
	json_object_put(object);
}

static struct json_object *errors_array(const struct output *output)
{
	struct json_object *errors = json_object_new_array();
	bool whole = errors;

	for (size_t i = 0; whole && i < output->error_count; i++)
		whole = append(errors, with_cause(json_object_new_object(), &output->errors[i]));
	return if_whole(errors, whole);
}

static void close_document(struct output *output, const char *status, const char *summary,
			   const char *errors)
{
	const char *newline = output->options.pretty ? "\n" : "";

	fprintf(output->stream, "%s],%s\"status\":\"%s\",%s\"summary\":", newline, newline, status,
		newline);
	safe_json_write(output->stream, summary);
	fprintf(output->stream, ",%s\"errors\":", newline);
	safe_json_write(output->stream, errors);
	fputs("}\n", output->stream);
}

#define NO_MEMORY                                                                             \
	"\"errno\":\"ENOMEM\",\"source\":\"malloc\",\"evidence\":\"Cannot allocate memory\"," \
	"\"remedy\":null"

/* Requires no memory. */
static void document_give_up(struct output *output)
{
	close_document(output, "error", "{}", "[{" NO_MEMORY "}]");
}

static void document_end(struct output *output, const char *status)
{
	struct json_object *summary = with_values(json_object_new_object(), output->summary,
						  output->summary_values),
			   *errors = errors_array(output);
	const char *summary_text = text_of(output, summary), *errors_text = text_of(output, errors);

	if (summary_text && errors_text) {
		close_document(output, status, summary_text, errors_text);
	} else {
		output_fail(output, ENOMEM);
		document_give_up(output);
	}
	json_object_put(summary);
	json_object_put(errors);
}

const struct renderer json_renderer = {
	.begin = document_begin,
	.record = document_record,
	.end = document_end,
	.give_up = document_give_up,
};

/* --- one object a line, with its kind in "record"
 * ------------------------------------------------ */

static struct json_object *line_object(const char *record)
{
	struct json_object *object = json_object_new_object();

	return if_whole(object, object && add(object, "record", json_object_new_string(record)));
}

/* Writes the object and frees it. Returns false if there was no memory for all of it. */
static bool put_line(struct output *output, struct json_object *object)
{
	const char *text = text_of(output, object);

	if (text) {
		safe_json_write(output->stream, text);
		fputc('\n', output->stream);
		fflush(output->stream);
	} else {
		output_fail(output, ENOMEM);
	}
	json_object_put(object);
	return text;
}

static void lines_record(struct output *output, const struct schema *schema,
			 const struct value *values)
{
	put_line(output, with_values(line_object(schema->record), schema, values));
}

static void lines_give_up(struct output *output)
{
	fprintf(output->stream,
		"{\"record\":\"error\"," NO_MEMORY "}\n"
		"{\"record\":\"summary\",\"schema_version\":%d,\"command\":\"%s\","
		"\"status\":\"error\"}\n",
		SCHEMA_VERSION, output->command);
}

static struct json_object *summary_line(const struct output *output, const char *status)
{
	struct json_object *object = line_object("summary");
	bool whole = object;

	whole = whole && add(object, "schema_version", json_object_new_int(SCHEMA_VERSION));
	whole = whole && add(object, "command", json_object_new_string(output->command));
	whole = whole && add(object, "status", json_object_new_string(status));
	return with_values(if_whole(object, whole), output->summary, output->summary_values);
}

static void lines_end(struct output *output, const char *status)
{
	bool whole = true;

	for (size_t i = 0; whole && i < output->error_count; i++)
		whole = put_line(output, with_cause(line_object("error"), &output->errors[i]));
	if (!whole || !put_line(output, summary_line(output, status)))
		lines_give_up(output);
}

const struct renderer jsonl_renderer = {
	.record = lines_record,
	.end = lines_end,
	.give_up = lines_give_up,
};
