/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "shared.h"
#include "symbols.h"

const int symbols_capabilities[] = {
	CAP_SYSLOG,          /* addresses */
	CAP_BPF,             /* the iterator */
	CAP_PERFMON,         /* the iterator, as a tracing program */
	CAP_SYS_ADMIN,       /* the same before Linux 5.8 */
	CAP_SYS_RESOURCE,    /* RLIMIT_MEMLOCK, which counts BPF memory before 5.11 */
	CAP_DAC_READ_SEARCH, /* a file that the user names; debugfs, tracefs, /boot */
	-1,
};

struct kvet_ksyms_filter symbols_filter(const struct symbols_args *args)
{
	return (struct kvet_ksyms_filter){
		.module = args->module,
		.types = args->text ? "tTwW" : args->type,
		.prefix_symbols = args->prefix_symbols,
	};
}

size_t symbols_counting(const struct kvet_ksyms *table, const struct kvet_ksyms_filter *filter)
{
	struct kvet_ksyms_range all = kvet_ksyms_all(table);
	size_t count = 0;

	for (size_t i = 0; i < all.count; i++)
		count += kvet_ksyms_counts(table, all.rows[i], filter);
	return count;
}

enum status symbols_none(struct context *context, const struct kvet_ksyms_filter *filter)
{
	struct kvet_cause cause = { .source = "kallsyms" };

	snprintf(cause.evidence, sizeof(cause.evidence),
		 "nothing to examine: there is no symbol%s%s%s%s%s",
		 filter->module ? " of module '" : "", filter->module ? filter->module : "",
		 filter->module ? "'" : "", filter->types ? " of type " : "",
		 filter->types ? filter->types : "");
	context_error(context, &cause);
	return STATUS_UNDETERMINED;
}

static void choose_source(const char *word, struct kvet_ksyms_options *options)
{
	for (int kind = 0; word && kind < KVET_KSYMS_KIND_COUNT; kind++) {
		if (strcmp(word, kvet_ksyms_kind_name((enum kvet_ksyms_kind)kind)) != 0)
			continue;
		options->has_kind = true;
		options->kind = (enum kvet_ksyms_kind)kind;
	}
}

enum status symbol_file_open(struct context *context, const char *path, struct symbol_file *file)
{
	*file = (struct symbol_file){ .path = path, .fd = -1 };
	if (!path)
		return STATUS_YES;
	if (!strcmp(path, "-")) {
		file->path = "standard input";
		file->fd = STDIN_FILENO;
		return STATUS_YES;
	}
	file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	return file->fd < 0 ? context_failure(context, errno, path) : STATUS_YES;
}

void symbol_file_close(struct symbol_file *file)
{
	if (file->fd > STDIN_FILENO)
		close(file->fd);
	file->fd = -1;
}

static enum status load(struct context *context, const struct symbols_args *args,
			const struct symbol_file *file, struct kvet_ksyms_options *options,
			struct kvet_ksyms **table)
{
	struct kvet_cause err = { 0 };

	options->path = file->path;
	options->has_fd = file->path;
	options->fd = file->fd;
	choose_source(args->source, options);
	/* A source that can be read only once is loaded whole, whatever the queries. */
	if (file->path && (file->fd == STDIN_FILENO || lseek(file->fd, 0, SEEK_SET) < 0)) {
		options->queries = NULL;
		options->modules = NULL;
	}
	if (!options->queries)
		options->query_count = 0;
	if (!options->modules)
		options->module_count = 0;
	if (!shared_symbols(context, options, table, &err))
		return STATUS_YES;
	context_error(context, &err);
	return options->has_kind && options->kind == KVET_KSYMS_ITERATOR ? STATUS_UNDETERMINED
									 : STATUS_ERROR;
}

enum status symbols_open(struct context *context, const struct symbols_args *args,
			 const struct symbol_file *file, const struct kvet_ksyms_query *queries,
			 size_t count, struct kvet_ksyms **table)
{
	struct kvet_ksyms_options options = { .queries = queries, .query_count = count };

	return load(context, args, file, &options, table);
}

enum status symbols_open_module(struct context *context, const struct symbols_args *args,
				const struct symbol_file *file,
				const struct kvet_ksyms_query *queries, size_t count,
				struct kvet_ksyms **table)
{
	struct kvet_ksyms_options options = { .queries = queries,
					      .query_count = count,
					      .modules = args->module ? &args->module : NULL,
					      .module_count = 1 };

	return load(context, args, file, &options, table);
}
