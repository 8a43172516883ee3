/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The line of a monitoring plugin: the state, why it is not ok, and the figures. Metrics of records
 * that are about one thing of many are left out: a plugin's line is short.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gist.h"
#include "metric.h"
#include "renderer.h"
#include "safe.h"

struct plugin {
	struct gist gist;
	char *figures; /* what follows the bar */
	size_t size;
	FILE *stream;
};

static void nagios_begin(struct output *output)
{
	struct plugin *plugin = calloc(1, sizeof(*plugin));

	if (plugin)
		plugin->stream = open_memstream(&plugin->figures, &plugin->size);
	if (!plugin || !plugin->stream)
		output_fail(output, ENOMEM);
	output->state = plugin;
}

static void put_figures(struct plugin *plugin, const struct schema *schema,
			const struct value *values)
{
	if (metric_has_labels(schema))
		return;
	for (size_t i = 0; i < schema->count; i++) {
		const struct field *field = &schema->fields[i];
		char number[METRIC_NUMBER], name[64];

		/* What is no yes is the state and its reason. */
		if (field->type == FIELD_STRING || !metric_number(field, &values[i], number))
			continue;
		fprintf(plugin->stream, " %s=%s%s", metric_name(field, name, sizeof(name)), number,
			field->type == FIELD_DURATION ? "s" : "");
	}
}

static void nagios_record(struct output *output, const struct schema *schema,
			  const struct value *values)
{
	struct plugin *plugin = output->state;

	if (!plugin || !plugin->stream)
		return;
	gist_take(&plugin->gist, schema, values);
	put_figures(plugin, schema, values);
}

/* The bar begins the figures, and a line is one line. */
static void put_text(struct output *output, const char *text)
{
	char *safe = safe_text(text);

	for (char *at = safe ? safe : NULL; at && *at; at++)
		fputc(*at == '|' ? '/' : *at, output->stream);
	free(safe);
}

/* Why the state is what it is; "" if there is nothing to say. */
static const char *reason_of(const struct output *output, const struct plugin *plugin,
			     const char *status, char *buf, size_t size)
{
	if (!strcmp(status, "yes"))
		return plugin->gist.aside;
	if (!strcmp(status, "no") && *plugin->gist.no)
		return plugin->gist.no;
	if (!strcmp(status, "undetermined") && *plugin->gist.undetermined)
		return plugin->gist.undetermined;
	return output->error_count ? kvet_cause_text(&output->errors[0], buf, size) : "";
}

bool output_warns(const struct output *output)
{
	const struct plugin *plugin = output->state;

	return output->renderer == &nagios_renderer && plugin && *plugin->gist.aside;
}

static void nagios_end(struct output *output, const char *status)
{
	struct plugin *plugin = output->state;
	char buf[sizeof(struct kvet_cause) + 64];
	const char *reason;

	if (!plugin || !plugin->stream)
		return;
	if (output->summary)
		put_figures(plugin, output->summary, output->summary_values);
	fflush(plugin->stream);
	fprintf(output->stream, "KVET %s - %s: ",
		!strcmp(status, "yes")  ? output_warns(output) ? "WARNING" : "OK"
		: !strcmp(status, "no") ? "CRITICAL"
					: "UNKNOWN",
		output->command);
	reason = reason_of(output, plugin, status, buf, sizeof(buf));
	put_text(output, *reason ? reason : status);
	if (plugin->size)
		fprintf(output->stream, " |%s", plugin->figures);
	fputc('\n', output->stream);
}

static void nagios_free(struct output *output)
{
	struct plugin *plugin = output->state;

	if (plugin && plugin->stream)
		fclose(plugin->stream);
	if (plugin)
		free(plugin->figures);
	free(plugin);
}

const struct renderer nagios_renderer = {
	.begin = nagios_begin,
	.record = nagios_record,
	.end = nagios_end,
	.free = nagios_free,
};
