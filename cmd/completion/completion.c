/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet completion: what a shell requires to complete kvet's command lines. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sources.h"

struct args {
	bool words;
};

static const struct option_spec options[] = {
	{ "words", 0, NULL, OPTION_FLAG, offsetof(struct args, words),
	  .help = "print what the last of the WORDs after -- may become; the scripts ask this" },
	{ 0 },
};

enum {
	LINE,
	FIELD_COUNT
};

static const struct field fields[] = {
	[LINE] = { "line", FIELD_LINE,
		   "line of the script; or a word, and after a tab what it means", 0 },
};

static const struct schema line_schema = SCHEMA("line", fields);
static const struct schema *const schemas[] = { &line_schema, NULL };

/* --- scripts: files of this folder, which the makefile turns into string literals ------------- */

static const char bash_script[] =
#include "gen/completion_bash.inc"
	;
static const char zsh_script[] =
#include "gen/completion_zsh.inc"
	;
static const char fish_script[] =
#include "gen/completion_fish.inc"
	;

static const struct {
	const char *name;
	const char *script;
} shells[] = {
	{ "bash", bash_script },
	{ "zsh", zsh_script },
	{ "fish", fish_script },
};

static void put_line(struct context *context, const char *line, size_t len)
{
	const struct value values[FIELD_COUNT] = { [LINE] = value_line(line, len, false) };

	output_record(context->output, &line_schema, values);
}

/* The script of a shell; NULL: there is none. */
static const char *script_of(const char *shell)
{
	for (size_t i = 0; i < sizeof(shells) / sizeof(*shells); i++)
		if (!strcmp(shell, shells[i].name))
			return shells[i].script;
	return NULL;
}

static enum status put_script(struct context *context, const char *script)
{
	while (*script) {
		size_t len = strcspn(script, "\n");

		put_line(context, script, len);
		script += len + (script[len] == '\n');
	}
	return STATUS_YES;
}

/* --- words ------------------------------------------------------------------------------------ */

struct found {
	struct context *context;
	const struct completion_sink *sink;
	enum status status;
	size_t count;
};

static void put_word(void *opaque, const struct completion_stem *stem, const char *word,
		     const char *about)
{
	struct found *found = opaque;
	char line[2048];
	int len = snprintf(line, sizeof(line), "%s%s%s%s", stem->before, word, about ? "\t" : "",
			   about ? about : "");

	found->count++;
	if (len > 0 && (size_t)len < sizeof(line))
		put_line(found->context, line, (size_t)len);
}

static void put_source(void *opaque, const struct completion_stem *stem,
		       enum completion_source source)
{
	struct found *found = opaque;

	found->status = status_worst(found->status,
				     sources_complete(found->context, found->sink, stem, source));
}

static enum status put_words(struct context *context, const char *const *words, size_t count)
{
	struct found found = { .context = context };
	const struct completion_sink sink = { put_word, put_source, &found };

	found.sink = &sink;
	if (!complete_line(&sink, words, count))
		return context_failure(context, ENOMEM, "malloc");
	return status_worst(found.status, found.count ? STATUS_YES : STATUS_NO);
}

/* --- the command ------------------------------------------------------------------------------ */

static enum status check(struct context *context, const void *opaque, const char *const *operands,
			 size_t count)
{
	const struct args *args = opaque;

	if (args->words)
		return STATUS_YES;
	if (count > 1)
		return context_usage(context, "completion does not take '%s'", operands[1]);
	if (!script_of(operands[0]))
		return context_usage(context, "no script for '%s': bash, zsh or fish", operands[0]);
	return STATUS_YES;
}

static enum status run(struct context *context, const void *opaque, const char *const *operands,
		       size_t count)
{
	const struct args *args = opaque;
	enum status status = check(context, args, operands, count);

	if (status != STATUS_YES)
		return status;
	return args->words ? put_words(context, operands, count)
			   : put_script(context, script_of(operands[0]));
}

static const char *const examples[] = { "kvet completion bash", "kvet completion zsh",
					"kvet completion --words probe h", NULL };

const struct command completion_command = {
	.name = "completion",
	.summary = "The script with which bash, zsh or fish completes kvet",
	.operands = "bash|zsh|fish|WORD...",
	.notes = "With --words, the WORDs are those of a command line up to the cursor, without "
		 "'kvet'. The last one, which may be empty, is completed.",
	.examples = examples,
	.operands_least = 1,
	.operands_most = SIZE_MAX,
	.options = options,
	.schemas = schemas,
	.rare = true,
	.args_size = sizeof(struct args),
	.check = check,
	.run = run,
};
