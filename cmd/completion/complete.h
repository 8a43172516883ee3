/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What may come next on a command line, by the tables of commands and options. Pure: where the
 * words are the kernel's or the library's, only their source is told.
 */
#ifndef CMD_COMPLETION_COMPLETE_H
#define CMD_COMPLETION_COMPLETE_H

#include <stdbool.h>
#include <stddef.h>

/* What names a placeholder such as HELPER stands for. */
enum completion_source {
	COMPLETION_HELPERS,
	COMPLETION_TYPES,
	COMPLETION_MAPS,
	COMPLETION_PROGRAMS,
	COMPLETION_FEATURES,
	COMPLETION_KFUNCS,
	COMPLETION_CHECKS,
	COMPLETION_PAIRS,
	COMPLETION_MODULES,
	COMPLETION_SYMBOLS,
	COMPLETION_FUNCTIONS, /* and system calls */
	COMPLETION_FILES,
	COMPLETION_DIRECTORIES,
	COMPLETION_COMMANDS, /* of the system, with their own command line */
	COMPLETION_SOURCE_COUNT
};

/* What the word to complete must become: before, and a name that begins with prefix. */
struct completion_stem {
	const char *before; /* "--only=", "bpf,"; "" if nothing */
	const char *prefix;
};

/* Who is told what fits. */
struct completion_sink {
	/* A word, without what stands before it; about may be NULL. */
	void (*word)(void *opaque, const struct completion_stem *stem, const char *word,
		     const char *about);
	/* All names of a source that fit. */
	void (*source)(void *opaque, const struct completion_stem *stem,
		       enum completion_source source);
	void *opaque;
};

/* Completes the last of the words, which follow "kvet"; it may be empty. There must be one. Returns
 * whether there was memory. */
bool complete_line(const struct completion_sink *sink, const char *const *words, size_t count);

#endif
