/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "metric.h"
#include "output.h"

static void seconds(int64_t ns, char number[METRIC_NUMBER])
{
	/* The smallest number has no positive one. */
	uint64_t size = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;

	snprintf(number, METRIC_NUMBER, "%s%" PRIu64 ".%09" PRIu64, ns < 0 ? "-" : "",
		 size / 1000000000, size % 1000000000);
}

static bool verdict(const char *word, char number[METRIC_NUMBER])
{
	static const struct {
		const char *word, *number;
	} verdicts[] = {
		{ "yes", "0" },         { "supported", "0" },    { "no", "1" },
		{ "unsupported", "1" }, { "undetermined", "3" },
	};

	for (size_t i = 0; i < sizeof(verdicts) / sizeof(*verdicts); i++)
		if (!strcmp(word, verdicts[i].word)) {
			strcpy(number, verdicts[i].number);
			return true;
		}
	return false;
}

bool metric_number(const struct field *field, const struct value *value, char number[METRIC_NUMBER])
{
	if (!(field->flags & FIELD_METRIC) || !value->present)
		return false;
	switch (field->type) {
	case FIELD_INTEGER:
		snprintf(number, METRIC_NUMBER, "%" PRId64, value->integer);
		return true;
	case FIELD_DURATION:
		seconds(value->integer, number);
		return true;
	case FIELD_BOOLEAN:
		strcpy(number, value->boolean ? "1" : "0");
		return true;
	case FIELD_STRING:
		return verdict(value->string, number);
	default:
		return false;
	}
}

const char *metric_name(const struct field *field, char *buf, size_t size)
{
	size_t len = strlen(field->name);
	bool is_ns =
		field->type == FIELD_DURATION && len > 3 && !strcmp(field->name + len - 3, "_ns");

	snprintf(buf, size, "%.*s%s", (int)(is_ns ? len - 3 : len), field->name,
		 is_ns ? "_seconds" : "");
	return buf;
}

bool metric_has_labels(const struct schema *schema)
{
	for (size_t i = 0; i < schema->count; i++)
		if (schema->fields[i].flags & FIELD_LABEL)
			return true;
	return false;
}

/* --- whether a command has metrics at all ----------------------------------------------------- */

static bool schema_has_metrics(const struct schema *schema)
{
	for (size_t i = 0; schema && i < schema->count; i++)
		if (schema->fields[i].flags & FIELD_METRIC)
			return true;
	return false;
}

bool output_has_metrics(const struct schema *const *schemas, const struct schema *summary)
{
	for (; schemas && *schemas; schemas++)
		if (schema_has_metrics(*schemas))
			return true;
	return schema_has_metrics(summary);
}
