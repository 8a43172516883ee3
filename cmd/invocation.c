/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "child.h"
#include "invocation.h"
#include "option_rules.h"
#include "output/columns.h"

/* Reports a sysroot that is not a directory: every file would seem to be missing. */
static void check_sysroot(const struct common_args *common, struct options_result *result)
{
	struct stat st;
	int ret, errnum;

	if (!common->sysroot || result->complaint[0])
		return;
	ret = stat(common->sysroot, &st);
	errnum = ret ? errno : ENOTDIR;
	if (ret || !S_ISDIR(st.st_mode))
		snprintf(result->complaint, sizeof(result->complaint), "--sysroot %s: %s",
			 common->sysroot, strerror(errnum));
}

/* Reports a column that the command does not have, and notes that their names are to be listed. */
static void check_columns(const struct common_args *common, const struct command *command,
			  struct options_result *result)
{
	size_t len;
	const char *word = columns_unknown(common->columns, command->schemas, &len);

	if (!word || result->complaint[0])
		return;
	snprintf(result->complaint, sizeof(result->complaint), "%s has no column '%.*s'",
		 command->name, (int)(len < 64 ? len : 64), word);
	result->list_columns = true;
}

/* Reports a format for figures, of which the command has none. */
static void check_metrics(const struct common_args *common, const struct command *command,
			  struct options_result *result)
{
	if (common->format &&
	    (!strcmp(common->format, "prometheus") || !strcmp(common->format, "nagios")) &&
	    !result->complaint[0] && !output_has_metrics(command->schemas, command->summary_schema))
		snprintf(result->complaint, sizeof(result->complaint),
			 "--format %s does not apply to %s", common->format, command->name);
}

/* Reports a wrong number of operands; options may replace them. */
static void check_operands(const struct command *command, const void *args,
			   struct options_result *result)
{
	const struct option_set set = { command->options, args };
	const char *unless = command->operands_unless;
	char options[128] = "";

	if (result->complaint[0])
		return;
	if (result->count > command->operands_most)
		snprintf(result->complaint, sizeof(result->complaint), "%s does not take '%s'",
			 command->name, result->operands[command->operands_most]);
	if (result->count >= command->operands_least || option_any_given(&set, unless))
		return;
	if (unless)
		option_words_join(unless, "--", " or ", options, sizeof(options));
	snprintf(result->complaint, sizeof(result->complaint), "%s requires %s%s%s", command->name,
		 command->operands, unless ? ", " : "", options);
}

void invocation_parse(struct invocation *invocation, const struct command *command, int argc,
		      char **argv, const struct common_args *common)
{
	struct options_result *result = &invocation->result;

	*invocation = (struct invocation){ .command = command, .common = *common };
	invocation->args = calloc(1, command->args_size ? command->args_size : 1);
	if (!invocation->args)
		return;
	options_parse(argc, argv, command->options, invocation->args, &invocation->common, false,
		      result);
	check_sysroot(&invocation->common, result);
	check_columns(&invocation->common, command, result);
	check_metrics(&invocation->common, command, result);
	options_refuse(command->name, command->refuses, &invocation->common, result);
	check_operands(command, invocation->args, result);
}

void invocation_free(struct invocation *invocation)
{
	if (invocation->args)
		options_free(invocation->command->options, invocation->args);
	free(invocation->args);
	invocation->args = NULL;
}

static enum status check_file(struct context *context, const char *option, const char *path)
{
	struct stat st;
	int errnum;

	if (!strcmp(path, "-") || !stat(path, &st))
		return STATUS_YES;
	errnum = errno;
	if (errnum != ENOENT && errnum != ENOTDIR)
		return STATUS_YES;
	return context_usage(context, "%s%s%s'%s': %s", option ? "--" : "", option ? option : "",
			     option ? " " : "", path, strerror(errnum));
}

static enum status check_files(const struct invocation *invocation, struct context *context)
{
	const struct option_spec *spec = invocation->command->options;
	const struct options_result *result = &invocation->result;
	enum status status = STATUS_YES;

	for (; spec && spec->name && status == STATUS_YES; spec++) {
		const char *const *path =
			(const void *)((const char *)invocation->args + spec->offset);

		if (spec->type == OPTION_STRING && spec->argument &&
		    !strcmp(spec->argument, "FILE") && *path)
			status = check_file(context, spec->name, *path);
	}
	for (size_t i = 0; i < result->count && status == STATUS_YES; i++)
		if (invocation->command->operands_are_files)
			status = check_file(context, NULL, result->operands[i]);
	return status;
}

enum status invocation_check(const struct invocation *invocation, struct context *context)
{
	const struct command *command = invocation->command;
	enum status status = check_files(invocation, context);

	if (status != STATUS_YES || !command->check)
		return status;
	return command->check(context, invocation->args, invocation->result.operands,
			      invocation->result.count);
}

/* The words after "--" as a command; NULL: there is none. */
static const char *const *command_words(const struct invocation *invocation)
{
	const struct option_spec *spec = invocation->command->options;

	while (spec && spec->name && spec->type != OPTION_COMMAND)
		spec++;
	return spec && spec->name ? *(const char *const *const *)((const char *)invocation->args +
								  spec->offset)
				  : NULL;
}

bool invocation_has_command(const struct invocation *invocation)
{
	return command_words(invocation) != NULL;
}

static enum status run_confined(const struct invocation *invocation, struct context *context)
{
	const struct command *command = invocation->command;
	enum status status =
		command->confines ? STATUS_YES : context_confine(context, command->capabilities);

	if (status != STATUS_YES)
		return status;
	return command->run(context, invocation->args, invocation->result.operands,
			    invocation->result.count);
}

enum status invocation_run(const struct invocation *invocation, struct context *context)
{
	const char *const *words = command_words(invocation);
	enum status status = STATUS_YES;

	/* With all capabilities that kvet was started with. */
	if (words)
		status = child_new(context, words, &context->child);
	if (status == STATUS_YES)
		status = run_confined(invocation, context);
	child_free(context->child);
	context->child = NULL;
	return status;
}
