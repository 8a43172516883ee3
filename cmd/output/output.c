/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "renderer.h"

static const struct renderer *const renderers[] = {
	[OUTPUT_TEXT] = &text_renderer,     [OUTPUT_JSON] = &json_renderer,
	[OUTPUT_JSONL] = &jsonl_renderer,   [OUTPUT_NONE] = NULL,
	[OUTPUT_GIST] = &gist_renderer,     [OUTPUT_PROMETHEUS] = &prometheus_renderer,
	[OUTPUT_NAGIOS] = &nagios_renderer,
};
static_assert(sizeof(renderers) / sizeof(*renderers) == OUTPUT_FORMAT_COUNT,
	      "every format has a renderer, or none on purpose");

void output_abandon(struct output *output)
{
	pthread_mutex_lock(&output->lock);
	output_fail(output, EPIPE);
	pthread_mutex_unlock(&output->lock);
}

int output_failure(const struct output *output)
{
	return output->failure;
}

/* stdio keeps only an error flag; the errno is that of the call that failed. */
static void check(struct output *output)
{
	int errnum = errno;

	if (ferror(output->stream))
		output_fail(output, errnum ? errnum : EIO);
}

static void lock_init(struct output *output)
{
	pthread_mutexattr_t attributes;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&output->lock, &attributes);
	pthread_mutexattr_destroy(&attributes);
}

struct output *output_new(FILE *stream, const struct output_options *options, const char *command)
{
	struct output *output = calloc(1, sizeof(*output));

	if (!output)
		return NULL;
	lock_init(output);
	output->stream = stream;
	output->options = *options;
	output->command = command;
	output->renderer = renderers[options->format];
	errno = 0;
	if (output->renderer && output->renderer->begin)
		output->renderer->begin(output);
	check(output);
	return output;
}

static void summary_free(struct output *output)
{
	for (size_t i = 0; output->summary && i < output->summary->count; i++) {
		struct value *value = &output->summary_values[i];

		if (!value->present)
			continue;
		if (output->summary->fields[i].type == FIELD_STRING)
			free((void *)(uintptr_t)value->string);
		if (output->summary->fields[i].type != FIELD_LIST)
			continue;
		for (size_t l = 0; l < value->list.count; l++)
			free((void *)(uintptr_t)value->list.items[l]);
		free((void *)(uintptr_t)value->list.items);
	}
	free(output->summary_values);
	output->summary = NULL;
	output->summary_values = NULL;
}

void output_free(struct output *output)
{
	if (!output)
		return;
	if (output->renderer && output->renderer->free)
		output->renderer->free(output);
	summary_free(output);
	free(output->errors);
	pthread_mutex_destroy(&output->lock);
	free(output);
}

void output_live(struct output *output)
{
	output->live = true;
}

void output_bursts(struct output *output)
{
	output->bursts = true;
}

void output_expect(struct output *output, const struct schema *schema, uint64_t will,
		   uint64_t never)
{
	assert(output->expected_count < EXPECTED_MOST);
	output->expected[output->expected_count++] = (struct expectation){ schema, will, never };
}

/* Clears the progress line on standard error: it must not end up within a table. */
static void make_way(const struct output *output)
{
	if (output->options.terminal && output->options.before_write)
		output->options.before_write();
}

void output_flush(struct output *output)
{
	if (!output->renderer || output->failure)
		return;
	pthread_mutex_lock(&output->lock);
	make_way(output);
	errno = 0;
	if (output->renderer->flush)
		output->renderer->flush(output);
	fflush(output->stream);
	check(output);
	pthread_mutex_unlock(&output->lock);
}

void output_only(struct output *output, const struct schema *schema)
{
	output->only = schema;
}

void output_record(struct output *output, const struct schema *schema, const struct value *values)
{
	if (!output->renderer || output->failure)
		return;
	pthread_mutex_lock(&output->lock);
	output_draft_clear(output);
	make_way(output);
	errno = 0;
	output->renderer->record(output, schema, values);
	output->records++;
	if (output->live)
		fflush(output->stream);
	check(output);
	pthread_mutex_unlock(&output->lock);
}

/* A copy of the list and its strings; NULL if there is no memory. */
static const char **copy_list(const struct value *value)
{
	const char **items = calloc(value->list.count + 1, sizeof(*items));

	for (size_t i = 0; items && i < value->list.count; i++) {
		items[i] = strdup(value->list.items[i]);
		if (items[i])
			continue;
		while (i)
			free((void *)(uintptr_t)items[--i]);
		free(items);
		return NULL;
	}
	return items;
}

static void set_summary(struct output *output, const struct schema *schema,
			const struct value *values)
{
	struct value *copy = calloc(schema->count, sizeof(*copy));

	summary_free(output);
	if (!copy) {
		output_fail(output, ENOMEM);
		return;
	}
	output->summary = schema;
	output->summary_values = copy;
	for (size_t i = 0; i < schema->count; i++) {
		bool copied = true;

		if (!values[i].present)
			continue;
		copy[i] = values[i];
		if (schema->fields[i].type == FIELD_STRING)
			copied = (copy[i].string = strdup(values[i].string));
		else if (schema->fields[i].type == FIELD_LIST)
			copied = (copy[i].list.items = copy_list(&values[i]));
		if (copied)
			continue;
		output_fail(output, ENOMEM);
		copy[i] = value_absent();
	}
}

void output_summary(struct output *output, const struct schema *schema, const struct value *values)
{
	pthread_mutex_lock(&output->lock);
	set_summary(output, schema, values);
	pthread_mutex_unlock(&output->lock);
}

void output_summary_as_record(struct output *output)
{
	pthread_mutex_lock(&output->lock);
	if (output->summary && output->renderer && output->options.format != OUTPUT_TEXT)
		output_record(output, output->summary, output->summary_values);
	summary_free(output);
	pthread_mutex_unlock(&output->lock);
}

/* A stream of a million wrong lines must not use up the memory, nor the time to compare each error
 * with all others. */
#define ERRORS_MOST 256

static bool add_error(struct output *output, const struct kvet_cause *cause)
{
	struct kvet_cause *grown;

	for (size_t i = 0; i < output->error_count; i++) {
		const struct kvet_cause *known = &output->errors[i];

		if (known->errnum == cause->errnum && !strcmp(known->source, cause->source) &&
		    !strcmp(known->evidence, cause->evidence))
			return false;
	}
	if (output->error_count == ERRORS_MOST) {
		output->errors_left_out++;
		return true;
	}
	/* One more, for the message that says how many were left out. */
	grown = realloc(output->errors, (output->error_count + 2) * sizeof(*grown));
	if (!grown) {
		output_fail(output, ENOMEM);
		return true;
	}
	grown[output->error_count++] = *cause;
	output->errors = grown;
	return true;
}

bool output_error(struct output *output, const struct kvet_cause *cause)
{
	bool added;

	pthread_mutex_lock(&output->lock);
	added = add_error(output, cause);
	pthread_mutex_unlock(&output->lock);
	return added;
}

static void count_left_out(struct output *output)
{
	struct kvet_cause *last = &output->errors[ERRORS_MOST];

	*last = (struct kvet_cause){ .source = "kvet" };
	snprintf(last->evidence, sizeof(last->evidence), "%zu more errors, only on standard error",
		 output->errors_left_out);
	output->error_count++;
	output->errors_left_out = 0;
}

void output_wrong_use(struct output *output)
{
	output->wrong_use = true;
}

int output_close(struct output *output, const char *status)
{
	pthread_mutex_lock(&output->lock);
	if (output->errors_left_out)
		count_left_out(output);
	make_way(output);
	errno = 0;
	if (output->renderer && !output->failure)
		output->renderer->end(output, status);
	else if (output->renderer && output->renderer->give_up && !ferror(output->stream))
		output->renderer->give_up(output);
	fflush(output->stream);
	check(output);
	pthread_mutex_unlock(&output->lock);
	return output->failure;
}

void output_interrupt(struct output *output, const char *status)
{
	struct pollfd reader = { .fd = fileno(output->stream), .events = POLLOUT };
	struct timespec limit;

	clock_gettime(CLOCK_REALTIME, &limit);
	limit.tv_sec++;
	if (pthread_mutex_timedlock(&output->lock, &limit))
		return;
	/* If the terminal is stopped or the pipe is full, writing the end would block too. */
	if (poll(&reader, 1, 0) > 0 && (reader.revents & POLLOUT))
		output_close(output, status);
}
