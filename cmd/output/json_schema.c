/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <assert.h>
#include <string.h>

#include "json_schema.h"
#include "json_text.h"

/* --- parts of a schema --------------------------------------------------------------------------
 */

static void begin_object(struct json_text *json, const char *key)
{
	if (key)
		json_text_key(json, key);
	json_text_open(json, '{');
}

static void end_object(struct json_text *json)
{
	json_text_close(json, '}');
}

static void put(struct json_text *json, const char *key, const char *words)
{
	json_text_key(json, key);
	json_text_words(json, words);
}

/* One word, or an array of them, which ends with NULL. */
static void put_words(struct json_text *json, const char *key, const char *const *words)
{
	json_text_key(json, key);
	json_text_open(json, '[');
	for (; *words; words++) {
		json_text_item(json);
		json_text_words(json, *words);
	}
	json_text_close(json, ']');
}

/* A type that may be absent. */
static void put_type(struct json_text *json, const char *type)
{
	const char *const types[] = { type, "null", NULL };

	put_words(json, "type", types);
}

static void put_reference(struct json_text *json, const char *definition)
{
	char path[128];

	snprintf(path, sizeof(path), "#/definitions/%s", definition);
	put(json, "$ref", path);
}

/* --- fields and records -------------------------------------------------------------------------
 */

/* How JSON has each type of field: its own type, the form of a string, what an array holds. */
static const struct {
	const char *type, *pattern, *items;
} forms[] = {
	[FIELD_STRING] = { "string", NULL, NULL },
	[FIELD_INTEGER] = { "integer", NULL, NULL },
	[FIELD_ADDRESS] = { "string", "^0x[0-9a-f]+$", NULL },
	[FIELD_TIME] = { "string", "^[0-9]+$", NULL },
	[FIELD_DURATION] = { "integer", NULL, NULL },
	[FIELD_BOOLEAN] = { "boolean", NULL, NULL },
	[FIELD_LIST] = { "array", NULL, "string" },
	[FIELD_SERIES] = { "array", NULL, "integer" },
	[FIELD_MAP] = { "object", NULL, NULL },
	[FIELD_LINE] = { "string", NULL, NULL },
};
static_assert(sizeof(forms) / sizeof(*forms) == FIELD_TYPE_COUNT,
	      "every field type has a form in JSON");

static void put_field(struct json_text *json, const struct field *field)
{
	begin_object(json, field->name);
	put(json, "description", field->help);
	put_type(json, forms[field->type].type);
	if (forms[field->type].pattern)
		put(json, "pattern", forms[field->type].pattern);
	if (forms[field->type].items) {
		begin_object(json, "items");
		put(json, "type", forms[field->type].items);
		end_object(json);
	}
	end_object(json);
}

static void put_fields(struct json_text *json, const struct schema *schema)
{
	for (size_t i = 0; schema && i < schema->count; i++)
		if (!(schema->fields[i].flags & FIELD_TEXT))
			put_field(json, &schema->fields[i]);
}

/* A record has all its fields: what is absent is null. */
static void put_required(struct json_text *json, const struct schema *schema)
{
	json_text_key(json, "required");
	json_text_open(json, '[');
	for (size_t i = 0; i < schema->count; i++) {
		if (schema->fields[i].flags & FIELD_TEXT)
			continue;
		json_text_item(json);
		json_text_words(json, schema->fields[i].name);
	}
	json_text_close(json, ']');
}

static void put_constant(struct json_text *json, const char *key, const char *word)
{
	begin_object(json, key);
	put(json, "const", word);
	end_object(json);
}

/* What a line says of itself. */
static void put_kind(struct json_text *json, const char *record)
{
	put_constant(json, "record", record);
}

/* Whether an earlier schema has the same kind of record. */
static bool is_repeated(const struct schema *const *schemas, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (!strcmp(schemas[i]->record, schemas[at]->record))
			return true;
	return false;
}

/* The records by their kind; in a line, a record also has its kind. */
static void put_records(struct json_text *json, const struct json_schema_of *of)
{
	for (size_t i = 0; of->records[i]; i++) {
		char name[64];

		if (is_repeated(of->records, i))
			continue;
		snprintf(name, sizeof(name), "record_%s", of->records[i]->record);
		begin_object(json, name);
		put(json, "type", "object");
		begin_object(json, "properties");
		put_kind(json, of->records[i]->record);
		put_fields(json, of->records[i]);
		end_object(json);
		put_required(json, of->records[i]);
		end_object(json);
	}
}

/* --- what surrounds records ---------------------------------------------------------------------
 */

static void put_cause(struct json_text *json)
{
	static const char *const required[] = { "errno", "source", "evidence", "remedy", NULL };

	begin_object(json, "cause");
	put(json, "type", "object");
	begin_object(json, "properties");
	put_kind(json, "error");
	begin_object(json, "errno");
	put_type(json, "string");
	end_object(json);
	begin_object(json, "source");
	put(json, "type", "string");
	end_object(json);
	begin_object(json, "evidence");
	put(json, "type", "string");
	end_object(json);
	begin_object(json, "remedy");
	put_type(json, "string");
	end_object(json);
	end_object(json);
	put_words(json, "required", required);
	end_object(json);
}

/* The members that say what an answer is. */
static void put_answer(struct json_text *json, const struct json_schema_of *of)
{
	static const char *const statuses[] = { "yes",   "no",          "undetermined",
						"error", "interrupted", NULL };

	begin_object(json, "schema_version");
	json_text_key(json, "const");
	json_text_number(json, JSON_SCHEMA_VERSION);
	end_object(json);
	put_constant(json, "command", of->command);
	begin_object(json, "status");
	put_words(json, "enum", statuses);
	end_object(json);
}

/* The summary has no fields if the command did not get that far. */
static void put_summary(struct json_text *json, const struct json_schema_of *of)
{
	static const char *const required[] = { "record", "schema_version", "command", "status",
						NULL };

	begin_object(json, "summary");
	put(json, "type", "object");
	begin_object(json, "properties");
	put_fields(json, of->summary);
	end_object(json);
	end_object(json);
	begin_object(json, "summary_line");
	put(json, "type", "object");
	begin_object(json, "properties");
	put_kind(json, "summary");
	put_answer(json, of);
	put_fields(json, of->summary);
	end_object(json);
	put_words(json, "required", required);
	end_object(json);
}

/* Any of the records. */
static void put_any_record(struct json_text *json, const struct json_schema_of *of)
{
	begin_object(json, "record");
	json_text_key(json, "anyOf");
	json_text_open(json, '[');
	for (size_t i = 0; of->records[i]; i++) {
		char name[64];

		if (is_repeated(of->records, i))
			continue;
		snprintf(name, sizeof(name), "record_%s", of->records[i]->record);
		json_text_item(json);
		json_text_open(json, '{');
		put_reference(json, name);
		end_object(json);
	}
	if (of->others) {
		json_text_item(json);
		json_text_open(json, '{');
		put(json, "type", "object");
		end_object(json);
	}
	json_text_close(json, ']');
	end_object(json);
}

static void put_array(struct json_text *json, const char *key, const char *definition)
{
	begin_object(json, key);
	put(json, "type", "array");
	begin_object(json, "items");
	put_reference(json, definition);
	end_object(json);
	end_object(json);
}

static void put_document(struct json_text *json, const struct json_schema_of *of)
{
	static const char *const required[] = { "schema_version", "command", "records", "status",
						"summary",        "errors",  NULL };

	begin_object(json, "document");
	put(json, "type", "object");
	begin_object(json, "properties");
	put_answer(json, of);
	put_array(json, "records", "record");
	begin_object(json, "summary");
	put_reference(json, "summary");
	end_object(json);
	put_array(json, "errors", "cause");
	end_object(json);
	put_words(json, "required", required);
	end_object(json);
}

/* A line is a record, a cause or, at the end, the summary. */
static void put_line(struct json_text *json)
{
	static const char *const kinds[] = { "record", "cause", "summary_line", NULL };
	static const char *const required[] = { "record", NULL };

	begin_object(json, "line");
	put_words(json, "required", required);
	json_text_key(json, "anyOf");
	json_text_open(json, '[');
	for (const char *const *kind = kinds; *kind; kind++) {
		json_text_item(json);
		json_text_open(json, '{');
		put_reference(json, *kind);
		end_object(json);
	}
	json_text_close(json, ']');
	end_object(json);
}

static void put_schema(struct json_text *json, const struct json_schema_of *of)
{
	static const char *const either[] = { "document", "line", NULL };
	char title[64];

	json_text_open(json, '{');
	put(json, "$schema", "http://json-schema.org/draft-07/schema#");
	snprintf(title, sizeof(title), "kvet %s", of->command);
	put(json, "title", title);
	put(json, "description",
	    "What the command prints with --json, and each line with --format jsonl");
	json_text_key(json, "anyOf");
	json_text_open(json, '[');
	for (const char *const *one = either; *one; one++) {
		json_text_item(json);
		json_text_open(json, '{');
		put_reference(json, *one);
		end_object(json);
	}
	json_text_close(json, ']');
	begin_object(json, "definitions");
	put_document(json, of);
	put_line(json);
	put_any_record(json, of);
	put_records(json, of);
	put_summary(json, of);
	put_cause(json);
	end_object(json);
	end_object(json);
}

bool json_schema_write(FILE *stream, const struct json_schema_of *of)
{
	struct json_text json = { .pretty = true };
	bool whole;

	put_schema(&json, of);
	whole = !json.failed;
	if (whole)
		fprintf(stream, "%.*s\n", (int)json.text.used, json.text.bytes);
	json_text_deinit(&json);
	return whole;
}
