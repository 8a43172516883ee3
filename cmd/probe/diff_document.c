/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "diff_document.h"

#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Documents of kvet are three levels deep. */
#define DEPTH_MOST 16

static const struct diff_kind kinds[] = {
	{ "probe helpers", "helper", "helper", true },
	{ "probe programs", "feature", "name", false },
	{ "probe maps", "feature", "name", false },
	{ "probe features", "feature", "name", false },
	{ "probe kfuncs", "kfunc", "name", false },
};

__attribute__((format(printf, 3, 4))) static int
refuse(const struct diff_document *document, struct kvet_cause *cause, const char *format, ...)
{
	va_list args;

	*cause = (struct kvet_cause){ .errnum = 0 };
	snprintf(cause->source, sizeof(cause->source), "%s", document->label);
	va_start(args, format);
	vsnprintf(cause->evidence, sizeof(cause->evidence), format, args);
	va_end(args);
	snprintf(cause->remedy, sizeof(cause->remedy), "write it again: kvet probe ... -j >FILE");
	return -EINVAL;
}

static int no_memory(const struct diff_document *document, struct kvet_cause *cause)
{
	refuse(document, cause, "out of memory");
	cause->remedy[0] = '\0';
	return -ENOMEM;
}

/* --- one record ------------------------------------------------------------------------------- */

static const char *string_of(struct json_object *record, const char *key)
{
	struct json_object *value = json_object_object_get(record, key);

	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";
}

static bool verdict_of(const char *word, enum kvet_verdict *verdict)
{
	static const char *const words[] = { [KVET_YES] = "supported",
					     [KVET_NO] = "unsupported",
					     [KVET_UNDETERMINED] = "undetermined" };

	for (size_t i = 0; i < COUNT(words); i++)
		if (!strcmp(word, words[i])) {
			*verdict = (enum kvet_verdict)i;
			return true;
		}
	return false;
}

/* The strings of a list, one after the other; false: no memory. */
static bool list_of(struct json_object *record, const char *key, struct diff_list *list)
{
	struct json_object *value = json_object_object_get(record, key);
	size_t count;

	if (!json_object_is_type(value, json_type_array))
		return true;
	count = json_object_array_length(value);
	list->items = calloc(count + 1, sizeof(*list->items));
	for (size_t i = 0; list->items && i < count; i++) {
		struct json_object *item = json_object_array_get_idx(value, i);

		if (json_object_is_type(item, json_type_string))
			list->items[list->count++] = json_object_get_string(item);
	}
	return list->items;
}

static int add_record(struct diff_document *document, struct json_object *record, size_t number,
		      struct kvet_cause *cause)
{
	struct diff_answer *answer;
	struct json_object *id = json_object_object_get(record, "id");
	const char *attach = string_of(record, "attach_verdict");
	const char *value = string_of(record, "value");

	if (!json_object_is_type(record, json_type_object))
		return refuse(document, cause, "record %zu is no object", number);
	if (!ARRAY_MORE(document->answers, document->count))
		return no_memory(document, cause);
	answer = &document->answers[document->count++];
	*answer = (struct diff_answer){
		.name = string_of(record, document->kind->name),
		.type = string_of(record, "type"),
		.module = string_of(record, "module"),
		.id = json_object_is_type(id, json_type_int) ? json_object_get_int64(id) : -1,
		.sleepable = json_object_get_boolean(json_object_object_get(record, "sleepable")),
		.reason = string_of(record, "reason"),
		.errnum = string_of(record, "errno"),
		.evidence = string_of(record, "evidence"),
		.argument = *value ? value : string_of(record, "argument"),
	};
	if (!*answer->name)
		return refuse(document, cause, "record %zu has no %s", number,
			      document->kind->name);
	if (document->kind->by_id && (answer->id < 1 || answer->id > INT_MAX))
		return refuse(document, cause, "record %zu has no id", number);
	if (!verdict_of(string_of(record, "verdict"), &answer->verdict))
		return refuse(document, cause, "record %zu has no verdict", number);
	answer->has_attach = verdict_of(attach, &answer->attach);
	if (!list_of(record, "types", &answer->types) ||
	    !list_of(record, "sleepable_types", &answer->sleepable_types) ||
	    !list_of(record, "undetermined_types", &answer->undetermined_types))
		return no_memory(document, cause);
	return 0;
}

/* --- the whole -------------------------------------------------------------------------------- */

/* What the document says of itself: the end of a JSON document, or the last of JSON lines. */
static int read_head(struct diff_document *document, struct json_object *head,
		     struct json_object *summary, struct kvet_cause *cause)
{
	const char *command = string_of(head, "command");
	struct json_object *version = json_object_object_get(head, "schema_version");

	if (!json_object_is_type(version, json_type_int) || json_object_get_int(version) != 1)
		return refuse(document, cause, "no document of kvet, or of another version of it");
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (!strcmp(command, kinds[i].command))
			document->kind = &kinds[i];
	if (!document->kind)
		return refuse(document, cause,
			      "of 'kvet %s', not of kvet probe helpers, programs, maps, features "
			      "or kfuncs",
			      command);
	document->complete = strcmp(string_of(head, "status"), "error") != 0 &&
			     json_object_get_boolean(json_object_object_get(summary, "complete"));
	return 0;
}

static int read_document(struct diff_document *document, struct kvet_cause *cause)
{
	struct json_object *root = document->objects[0];
	struct json_object *records = json_object_object_get(root, "records");
	int ret = read_head(document, root, json_object_object_get(root, "summary"), cause);

	if (ret)
		return ret;
	if (!json_object_is_type(records, json_type_array))
		return refuse(document, cause, "no records");
	for (size_t i = 0; !ret && i < json_object_array_length(records); i++)
		ret = add_record(document, json_object_array_get_idx(records, i), i + 1, cause);
	return ret;
}

static int read_lines(struct diff_document *document, struct kvet_cause *cause)
{
	struct json_object *last = document->objects[document->object_count - 1];
	int ret;

	/* What was cut off has no summary. */
	if (strcmp(string_of(last, "record"), "summary") != 0)
		return refuse(document, cause,
			      "not whole: the last line is no summary of kvet probe");
	ret = read_head(document, last, last, cause);
	for (size_t i = 0; !ret && i + 1 < document->object_count; i++) {
		struct json_object *line = document->objects[i];
		const char *record = string_of(line, "record");

		if (!strcmp(record, document->kind->record))
			ret = add_record(document, line, i + 1, cause);
		else if (strcmp(record, "error") != 0)
			ret = refuse(document, cause, "line %zu is no record of kvet %s", i + 1,
				     document->kind->command);
	}
	return ret;
}

/* The values, one after the other. */
static int parse_values(struct diff_document *document, struct json_tokener *tokener,
			const char *bytes, size_t size, struct kvet_cause *cause)
{
	size_t used = 0;

	while (used < size) {
		struct json_object *value;
		enum json_tokener_error error;

		if (strchr(" \t\r\n", bytes[used]) && bytes[used]) {
			used++;
			continue;
		}
		value = json_tokener_parse_ex(tokener, bytes + used, (int)(size - used));
		error = json_tokener_get_error(tokener);
		if (error == json_tokener_continue)
			return refuse(document, cause, "not whole: the JSON is cut off");
		if (error != json_tokener_success)
			return refuse(document, cause, "no JSON at byte %zu: %s",
				      used + json_tokener_get_parse_end(tokener),
				      json_tokener_error_desc(error));
		used += json_tokener_get_parse_end(tokener);
		if (!json_object_is_type(value, json_type_object)) {
			json_object_put(value);
			return refuse(document, cause, "no document of kvet: no JSON object");
		}
		if (!ARRAY_MORE(document->objects, document->object_count)) {
			json_object_put(value);
			return no_memory(document, cause);
		}
		document->objects[document->object_count++] = value;
	}
	return 0;
}

int diff_answer_order(const struct diff_kind *kind, const struct diff_answer *a,
		      const struct diff_answer *b)
{
	int order = kind->by_id ? (a->id > b->id) - (a->id < b->id) : strcmp(a->name, b->name);

	if (!order)
		order = strcmp(a->type, b->type);
	if (!order)
		order = strcmp(a->module, b->module);
	return order ? order : a->sleepable - b->sleepable;
}

static int order_with(const void *a, const void *b, void *kind)
{
	const struct diff_answer *one = a, *other = b;
	int order = diff_answer_order(kind, one, other);

	/* Two functions of one name: the better answer comes first. */
	return order ? order : (int)one->verdict - (int)other->verdict;
}

static void free_lists(struct diff_answer *answer)
{
	free(answer->types.items);
	free(answer->sleepable_types.items);
	free(answer->undetermined_types.items);
}

/* Sorts the answers and leaves one to each question. */
static void sort_answers(struct diff_document *document)
{
	size_t kept = 0;

	if (!document->count)
		return;
	qsort_r(document->answers, document->count, sizeof(*document->answers), order_with,
		(void *)(uintptr_t)document->kind);
	for (size_t i = 1; i < document->count; i++) {
		if (diff_answer_order(document->kind, &document->answers[kept],
				      &document->answers[i]))
			document->answers[++kept] = document->answers[i];
		else
			free_lists(&document->answers[i]);
	}
	document->count = kept + 1;
}

int diff_document_parse(struct diff_document *document, const char *label, const char *bytes,
			size_t size, struct kvet_cause *cause)
{
	struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MOST);
	int ret;

	document->label = label;
	if (!tokener)
		return no_memory(document, cause);
	if (size > INT_MAX)
		ret = refuse(document, cause, "larger than any document of kvet");
	else
		ret = parse_values(document, tokener, bytes, size, cause);
	json_tokener_free(tokener);
	if (ret)
		return ret;
	if (!document->object_count)
		return refuse(document, cause, "empty");
	ret = json_object_object_get(document->objects[0], "records")
		      ? read_document(document, cause)
		      : read_lines(document, cause);
	if (!ret)
		sort_answers(document);
	return ret;
}

void diff_document_deinit(struct diff_document *document)
{
	for (size_t i = 0; i < document->count; i++)
		free_lists(&document->answers[i]);
	free(document->answers);
	for (size_t i = 0; i < document->object_count; i++)
		json_object_put(document->objects[i]);
	free(document->objects);
}
