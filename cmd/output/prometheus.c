/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Metrics in Prometheus' text format, for a textfile collector. All samples of a metric must be
 * together, and each set of labels once: samples are kept, and sorted at the end.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "metric.h"
#include "renderer.h"
#include "safe.h"

struct sample {
	const struct schema *schema;
	size_t kind; /* of the record, in the order in which the kinds came */
	size_t field;
	char *labels; /* {check="bpf"}; "" if there are none */
	char number[METRIC_NUMBER];
};

struct samples {
	struct sample *items;
	size_t count, room, kinds;
};

static void prometheus_begin(struct output *output)
{
	output->state = calloc(1, sizeof(struct samples));
	if (!output->state)
		output_fail(output, ENOMEM);
}

/* --- labels ----------------------------------------------------------------------------------- */

static void put_escaped(FILE *stream, const char *text)
{
	char *safe = safe_utf8(text);

	for (const char *at = safe ? safe : ""; *at; at++) {
		if (*at == '\n')
			fputs("\\n", stream);
		else
			fprintf(stream, *at == '\\' || *at == '"' ? "\\%c" : "%c", *at);
	}
	free(safe);
}

static const char *label_of(const struct field *field, const struct value *value)
{
	if (field->type == FIELD_BOOLEAN)
		return value->boolean ? "yes" : "no";
	return value->string;
}

/* The labels of a record, to be freed; NULL: no memory. */
static char *labels_of(const struct schema *schema, const struct value *values)
{
	char *text = NULL;
	size_t size, count = 0;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return NULL;
	for (size_t i = 0; i < schema->count; i++) {
		const struct field *field = &schema->fields[i];

		if (!(field->flags & FIELD_LABEL) || !values[i].present)
			continue;
		fprintf(stream, "%s%s=\"", count++ ? "," : "{", field->name);
		put_escaped(stream, label_of(field, &values[i]));
		fputc('"', stream);
	}
	fputs(count ? "}" : "", stream);
	if (!fclose(stream))
		return text;
	free(text);
	return NULL;
}

/* --- samples ---------------------------------------------------------------------------------- */

/* The number of this kind of record. */
static size_t kind_of(struct samples *samples, const struct schema *schema)
{
	for (size_t i = samples->count; i; i--)
		if (!strcmp(samples->items[i - 1].schema->record, schema->record))
			return samples->items[i - 1].kind;
	return samples->kinds++;
}

static bool has_room(struct samples *samples)
{
	size_t room = samples->room ? samples->room * 2 : 64;
	struct sample *grown;

	if (samples->count < samples->room)
		return true;
	grown = reallocarray(samples->items, room, sizeof(*grown));
	if (!grown)
		return false;
	samples->items = grown;
	samples->room = room;
	return true;
}

static void prometheus_record(struct output *output, const struct schema *schema,
			      const struct value *values)
{
	struct samples *samples = output->state;
	char *labels;

	for (size_t i = 0; samples && i < schema->count; i++) {
		struct sample sample = { .schema = schema, .field = i };

		if (!metric_number(&schema->fields[i], &values[i], sample.number))
			continue;
		labels = has_room(samples) ? labels_of(schema, values) : NULL;
		if (!labels) {
			output_fail(output, ENOMEM);
			return;
		}
		sample.labels = labels;
		sample.kind = kind_of(samples, schema);
		samples->items[samples->count++] = sample;
	}
}

static int in_order(const void *a, const void *b)
{
	const struct sample *first = a, *second = b;

	if (first->kind != second->kind)
		return first->kind < second->kind ? -1 : 1;
	if (first->field != second->field)
		return first->field < second->field ? -1 : 1;
	return strcmp(first->labels, second->labels);
}

/* --- writing ---------------------------------------------------------------------------------- */

/* "kvet_clock_compare_side_low_seconds"; a summary's metrics have no kind in their name. */
static void put_name(const struct output *output, const struct sample *sample)
{
	char name[64];

	fputs("kvet_", output->stream);
	for (const char *at = output->command; *at; at++)
		fputc(*at == ' ' ? '_' : *at, output->stream);
	if (strcmp(sample->schema->record, "summary") != 0)
		fprintf(output->stream, "_%s", sample->schema->record);
	fprintf(output->stream, "_%s",
		metric_name(&sample->schema->fields[sample->field], name, sizeof(name)));
}

static void put_heading(const struct output *output, const struct sample *sample)
{
	const struct field *field = &sample->schema->fields[sample->field];

	fputs("# HELP ", output->stream);
	put_name(output, sample);
	fputc(' ', output->stream);
	fputs(field->help, output->stream);
	fputs(field->type == FIELD_STRING ? " (0 yes, 1 no, 3 undetermined)" : "", output->stream);
	fputs("\n# TYPE ", output->stream);
	put_name(output, sample);
	fputs(" gauge\n", output->stream);
}

/* As main() ends with it. */
static int exit_status(const struct output *output, const char *status)
{
	if (output->wrong_use)
		return 2;
	return !strcmp(status, "yes") ? 0 : !strcmp(status, "no") ? 1 : 3;
}

static void prometheus_end(struct output *output, const char *status)
{
	struct samples *samples = output->state;
	const struct sample *last = NULL;

	if (output->summary)
		prometheus_record(output, output->summary, output->summary_values);
	if (output->failure || !samples)
		return;
	/* The standard's sort has no use for an array that is not there. */
	if (samples->count)
		qsort(samples->items, samples->count, sizeof(*samples->items), in_order);
	for (size_t i = 0; i < samples->count; i++) {
		const struct sample *sample = &samples->items[i];
		bool other = !last || last->kind != sample->kind || last->field != sample->field;

		if (!other && !strcmp(last->labels, sample->labels))
			continue;
		if (other)
			put_heading(output, sample);
		put_name(output, sample);
		fprintf(output->stream, "%s %s\n", sample->labels, sample->number);
		last = sample;
	}
	fprintf(output->stream,
		"# HELP kvet_exit_status How the command ended (0 yes, 1 no, 2 wrong use, 3 "
		"undetermined)\n"
		"# TYPE kvet_exit_status gauge\nkvet_exit_status{command=\"%s\"} %d\n",
		output->command, exit_status(output, status));
}

static void prometheus_free(struct output *output)
{
	struct samples *samples = output->state;

	for (size_t i = 0; samples && i < samples->count; i++)
		free(samples->items[i].labels);
	if (samples)
		free(samples->items);
	free(samples);
}

const struct renderer prometheus_renderer = {
	.begin = prometheus_begin,
	.record = prometheus_record,
	.end = prometheus_end,
	.free = prometheus_free,
};
