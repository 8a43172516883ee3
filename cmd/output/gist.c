/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Renders nothing, but keeps the reasons of the first record that is a no and of the first that is
 * undetermined. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gist.h"
#include "renderer.h"

static void gist_begin(struct output *output)
{
	output->state = calloc(1, sizeof(struct gist));
	if (!output->state)
		output_fail(output, ENOMEM);
}

static bool is_no(const struct field *field, const struct value *value)
{
	if (field->type == FIELD_BOOLEAN)
		return !value->boolean;
	return !strcmp(value->string, "no") || !strcmp(value->string, "unsupported");
}

/* Where the reasons of such a record are kept; NULL for a yes. */
static char *place_of(struct gist *gist, const struct schema *schema, const struct value *values)
{
	char *place = NULL;
	bool counts = true;

	for (size_t i = 0; i < schema->count; i++) {
		const struct field *field = &schema->fields[i];

		if (!values[i].present)
			continue;
		if ((field->flags & FIELD_COUNTS) && !values[i].boolean)
			counts = false;
		if (!(field->flags & FIELD_VERDICT))
			continue;
		if (is_no(field, &values[i]))
			place = gist->no;
		else if (field->type == FIELD_STRING && !strcmp(values[i].string, "undetermined"))
			place = gist->undetermined;
	}
	if (place && !counts)
		place = gist->aside;
	return place && !*place ? place : NULL;
}

void gist_take(struct gist *gist, const struct schema *schema, const struct value *values)
{
	char *place = place_of(gist, schema, values);
	size_t used = 0;

	for (size_t i = 0; i < schema->count && place && used < sizeof(gist->no); i++)
		if ((schema->fields[i].flags & FIELD_REASON) && values[i].present &&
		    schema->fields[i].type == FIELD_STRING)
			used += (size_t)snprintf(place + used, sizeof(gist->no) - used, "%s%s",
						 used ? ": " : "", values[i].string);
}

static void gist_record(struct output *output, const struct schema *schema,
			const struct value *values)
{
	if (output->state)
		gist_take(output->state, schema, values);
}

static void gist_end(struct output *output, const char *status)
{
	(void)output;
	(void)status;
}

static void gist_free(struct output *output)
{
	free(output->state);
}

const struct renderer gist_renderer = {
	.begin = gist_begin,
	.record = gist_record,
	.end = gist_end,
	.free = gist_free,
};

struct output *output_new_gist(const char *command)
{
	static const struct output_options options = { .format = OUTPUT_GIST };

	return output_new(stdout, &options, command);
}

const char *output_gist(const struct output *output, bool no)
{
	const struct gist *gist = output->state;

	if (output->renderer != &gist_renderer || !gist)
		return "";
	return no || !*gist->undetermined ? gist->no : gist->undetermined;
}
