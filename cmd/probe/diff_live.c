/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "diff_live.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "helpers_selection.h"
#include "invocation.h"
#include "shared.h"

/* The words of a command line; each is freed. */
struct line {
	char **words;
	size_t count;
	bool failed; /* out of memory */
};

static void add_word(struct line *line, const char *word)
{
	char *own = strdup(word);

	if (!own || !ARRAY_MORE(line->words, line->count)) {
		free(own);
		line->failed = true;
		return;
	}
	line->words[line->count++] = own;
}

static void free_line(struct line *line)
{
	for (size_t i = 0; i < line->count; i++)
		free(line->words[i]);
	free(line->words);
}

static bool has_word(const struct line *line, const char *word)
{
	for (size_t i = 0; i < line->count; i++)
		if (!strcmp(line->words[i], word))
			return true;
	return false;
}

/* Whether this kernel, or this build of kvet, knows the program type. What it does not know cannot
 * be asked: the answers of that type stay without their like. */
static bool is_type(struct context *context, struct kvet_probe *probe, const char *word)
{
	struct hearing hearing = { .aloud = false };
	struct context unheard = *context;
	struct selection selection = { .helper_count = 0 };
	bool known;

	unheard.hearing = &hearing;
	known = selection_add_types(&selection, &unheard, probe, word) == STATUS_YES;
	selection_deinit(&selection);
	return known;
}

static void add_types(struct line *line, struct context *context, struct kvet_probe *probe,
		      const struct diff_document *document)
{
	for (size_t i = 0; i < document->count; i++) {
		const char *type = document->answers[i].type;

		if (!*type || has_word(line, type) || !is_type(context, probe, type))
			continue;
		add_word(line, "-t");
		add_word(line, type);
	}
}

/* The numbers of helpers, or the names of functions; sorted, as the answers are. */
static void add_names(struct line *line, const struct diff_document *document)
{
	for (size_t i = 0; i < document->count; i++) {
		const struct diff_answer *answer = &document->answers[i];
		char number[32];
		const char *word = answer->name;

		if (document->kind->by_id) {
			snprintf(number, sizeof(number), "%lld", (long long)answer->id);
			word = number;
		}
		if (!line->count || strcmp(line->words[line->count - 1], word) != 0)
			add_word(line, word);
	}
}

static bool any_sleepable(const struct diff_document *document)
{
	for (size_t i = 0; i < document->count; i++)
		if (document->answers[i].sleepable)
			return true;
	return false;
}

/* The command line that asks what the document has. Maps, programs and features are few: all. What
 * only this kernel has is no loss. */
static void make_line(struct line *line, struct context *context, struct kvet_probe *probe,
		      const struct diff_document *document)
{
	bool kfuncs = !strcmp(document->kind->record, "kfunc");

	add_word(line, "kvet");
	if (!document->kind->by_id && !kfuncs) {
		add_word(line, "--all");
		return;
	}
	add_types(line, context, probe, document);
	if (any_sleepable(document))
		add_word(line, "--sleepable");
	if (document->kind->by_id)
		add_word(line, "--full");
	/* A complete list is compared with a complete list. */
	if (document->complete)
		return;
	add_word(line, "--");
	add_names(line, document);
}

static const struct command *command_of(const struct diff_document *document)
{
	const struct command *const *command = commands;

	while (strcmp((*command)->name, document->kind->command) != 0)
		command++;
	return *command;
}

/* Runs the line; what it writes becomes *bytes, to be freed. */
static enum status run_line(struct context *context, const struct command *command,
			    struct line *line, char **bytes, size_t *size)
{
	const struct output_options options = { .format = OUTPUT_JSONL };
	const struct common_args none = { .sysroot = NULL };
	struct hearing hearing = { .aloud = false };
	struct context inner = *context;
	struct invocation invocation;
	FILE *stream = open_memstream(bytes, size);
	enum status status;

	inner.output = stream ? output_new(stream, &options, command->name) : NULL;
	inner.hearing = &hearing;
	inner.quiet = false;
	invocation_parse(&invocation, command, (int)line->count, line->words, &none);
	if (!inner.output || !invocation.args)
		status = context_failure(context, ENOMEM, "malloc");
	else if (invocation.result.complaint[0])
		status = context_usage(context, "%s", invocation.result.complaint);
	else
		status = invocation_run(&invocation, &inner);
	if (status == STATUS_ERROR && hearing.heard)
		context_error(context, &hearing.cause);
	if (inner.output && output_close(inner.output, status_word(status)) &&
	    status < STATUS_ERROR)
		status = context_failure(context, ENOMEM, "open_memstream");
	output_free(inner.output);
	if (stream)
		fclose(stream);
	invocation_free(&invocation);
	return status;
}

enum status diff_live(struct context *context, const struct diff_document *before,
		      struct diff_document *live)
{
	struct kvet_probe *probe = NULL;
	struct line line = { .count = 0 };
	char *bytes = NULL;
	size_t size = 0;
	struct kvet_cause cause;
	enum status status;

	if (shared_probe(context, &probe, &cause)) {
		context_error(context, &cause);
		return STATUS_ERROR;
	}
	make_line(&line, context, probe, before);
	shared_probe_release(context, probe);
	status = line.failed ? context_failure(context, ENOMEM, "malloc")
			     : run_line(context, command_of(before), &line, &bytes, &size);
	/* No, or undetermined, is what the comparison is about. */
	if (status < STATUS_ERROR) {
		status = STATUS_YES;
		if (diff_document_parse(live, "live", bytes, size, &cause)) {
			context_error(context, &cause);
			status = STATUS_ERROR;
		}
	}
	free(bytes);
	free_line(&line);
	return status;
}
