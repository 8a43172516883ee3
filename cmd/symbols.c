/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <string.h>
#include <unistd.h>

#include "symbols.h"

enum status symbols_filter(struct context *context, const struct symbols_args *args,
			   struct kvet_ksyms_filter *filter)
{
	if (args->text && args->type)
		return context_usage(context, "--text is --type tTwW: give one of the two");
	if (args->type && !*args->type)
		return context_usage(context, "--type wants letters, as nm(1) prints them");
	if (args->module && !*args->module)
		return context_usage(context, "--module wants a name");
	*filter = (struct kvet_ksyms_filter){
		.module = args->module,
		.types = args->text ? "tTwW" : args->type,
		.prefix_symbols = args->prefix_symbols,
	};
	return STATUS_YES;
}

static bool parse_source(const char *word, struct kvet_ksyms_options *options)
{
	if (!word || !strcmp(word, "auto"))
		return true;
	options->has_kind = true;
	for (int kind = 0; kind < KVET_KSYMS_KIND_COUNT; kind++) {
		options->kind = (enum kvet_ksyms_kind)kind;
		if (!strcmp(word, kvet_ksyms_kind_name(options->kind)))
			return true;
	}
	return false;
}

enum status symbols_open(struct context *context, const struct symbols_args *args, const char *path,
			 const struct kvet_ksyms_query *queries, size_t count,
			 struct kvet_ksyms **table)
{
	struct kvet_ksyms_options options = { .path = path };
	struct kvet_error err = { 0 };

	if (path && !*path)
		return context_usage(context, "--kallsyms wants a FILE, or - for standard input");
	if (!parse_source(args->source, &options))
		return context_usage(context,
				     "--source wants auto, text, iter, file or elf, not '%s'",
				     args->source);
	if (options.has_kind &&
	    !path != (options.kind == KVET_KSYMS_TEXT || options.kind == KVET_KSYMS_ITERATOR))
		return context_usage(context,
				     path ? "--source %s is the running kernel's: it reads no file"
					  : "--source %s reads a file: name it with --kallsyms",
				     args->source);
	if (path && !strcmp(path, "-")) {
		/* It can be read once: all of it, whatever will be asked. */
		options.path = "standard input";
		options.has_fd = true;
		options.fd = STDIN_FILENO;
		queries = NULL;
	}
	options.queries = queries;
	options.query_count = queries ? count : 0;
	if (kvet_ksyms_open(table, &context->host, &options, &err)) {
		context_error(context, &err.cause);
		return options.has_kind && options.kind == KVET_KSYMS_ITERATOR ? STATUS_UNDETERMINED
									       : STATUS_ERROR;
	}
	return STATUS_YES;
}
