/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Options of all commands about kernel symbols: where the table is, which rows count. */
#ifndef CMD_SYMBOLS_H
#define CMD_SYMBOLS_H

#include <kvet/ksyms.h>

#include "command.h"

struct symbols_args {
	const char *kallsyms;
	const char *source;
	const char *module;
	const char *type;
	bool text;
	bool prefix_symbols;
};

/* Their rows of a command's option table; owner is the struct with the member symbols. */
#define SYMBOLS_OPTION_KALLSYMS(owner)                                                      \
	{                                                                                   \
		"kallsyms", 0, "FILE", OPTION_STRING, offsetof(owner, symbols.kallsyms),    \
			.excludes = "source=text source=iter",                              \
			.help = "read FILE: kallsyms, System.map, vmlinux, .ko (-: stdin)", \
	}
#define SYMBOLS_OPTION_SOURCE(owner)                                                   \
	{                                                                              \
		"source", 0, "SOURCE", OPTION_STRING, offsetof(owner, symbols.source), \
			.choices = "auto text iter file elf", .preset = "auto",        \
			.needs = "kallsyms", .needs_for = "file elf", .rare = true,    \
			.help = "how to read the table",                               \
	}
#define SYMBOLS_OPTION_MODULE(owner)                                                   \
	{                                                                              \
		"module", 0, "MODULE", OPTION_STRING, offsetof(owner, symbols.module), \
			.help = "only symbols of MODULE (vmlinux: the kernel)",        \
	}
#define SYMBOLS_OPTION_TYPE(owner)                                                        \
	{                                                                                 \
		"type", 0, "LETTERS", OPTION_STRING, offsetof(owner, symbols.type),       \
			.rare = true, .help = "only symbols of these types, as in nm(1)", \
	}
#define SYMBOLS_OPTION_TEXT(owner)                                                 \
	{                                                                          \
		"text", 0, NULL, OPTION_FLAG, offsetof(owner, symbols.text),       \
			.excludes = "type", .help = "only functions: --type tTwW", \
	}
#define SYMBOLS_OPTION_PREFIX(owner)                                                             \
	{                                                                                        \
		"prefix-symbols", 0, NULL, OPTION_FLAG, offsetof(owner, symbols.prefix_symbols), \
			.rare = true, .help = "also show __pfx_ and __cfi_ symbols",             \
	}

/* The capabilities that reading the running kernel's table with its addresses requires, from the
 * iterator or as text, and reading another user's file. For struct command. */
extern const int symbols_capabilities[];

/* The filter that the options make. */
struct kvet_ksyms_filter symbols_filter(const struct symbols_args *args);

/* How many rows of the table pass the filter. */
size_t symbols_counting(const struct kvet_ksyms *table, const struct kvet_ksyms_filter *filter);

/* Reports that no row passes, so that there is no answer. Returns the status to return. */
enum status symbols_none(struct context *context, const struct kvet_ksyms_filter *filter);

/* A file that has a table. It is opened before anything is read: opening may require a privilege
 * that is given up before its content is parsed. */
struct symbol_file {
	const char *path; /* NULL: no file, but the running kernel */
	int fd;
};

/* Opens the file at path (NULL: none; "-": standard input). Returns STATUS_YES, or the status to
 * return. symbol_file_close() closes it, and may also be called after a failure. */
enum status symbol_file_open(struct context *context, const char *path, struct symbol_file *file);
void symbol_file_close(struct symbol_file *file);

/*
 * Reads the table of the file, or the running kernel's, from the source of the options. A file that
 * is not a pipe may be read again. queries may be NULL: any may come. The caller frees *table.
 * Returns STATUS_YES, or the status to return.
 */
enum status symbols_open(struct context *context, const struct symbols_args *args,
			 const struct symbol_file *file, const struct kvet_ksyms_query *queries,
			 size_t count, struct kvet_ksyms **table);

/* The same for those who look only at rows of --module: other rows may be missing. */
enum status symbols_open_module(struct context *context, const struct symbols_args *args,
				const struct symbol_file *file,
				const struct kvet_ksyms_query *queries, size_t count,
				struct kvet_ksyms **table);

#endif
