/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What `probe helpers` asks about: helpers and types, from the words on the command line. */
#ifndef CMD_PROBE_HELPERS_SELECTION_H
#define CMD_PROBE_HELPERS_SELECTION_H

#include <kvet/probe.h>

#include "command.h"

/* The command that shows the name of each program type. */
#define ALL_TYPES "kvet probe helpers -t '*' ktime_get_ns"

/* A program type, or one variant of it; name as the user writes it. */
struct selected_type {
	int type;
	int variant; /* 0: any */
	char name[96];
};

struct selected_helper {
	int helper;
	char name[96];
};

/* Start from all zeros. */
struct selection {
	struct selected_helper *helpers;
	size_t helper_count;
	struct selected_type *types;
	size_t type_count;
	size_t type_matches; /* the same, with repeated ones */
	/* Helpers that match a pattern, but are left out because loading them writes a warning. */
	struct selected_helper *skipped;
	size_t skipped_count;
};

/* The words of the command line. No helpers or types: all of them, or those of default. */
struct selection_words {
	/* A name (bpf_ may be omitted), a number, or a glob. Without full, a glob leaves out the
	 * helpers whose load writes a warning. */
	const char *const *helpers;
	size_t helper_count;
	/* "kprobe", "tracing/fentry", "fentry", "cgroup_*", "tracing/" followed by a star. */
	const char *const *types;
	size_t type_count;
	bool all, full;
};

/* Selects what the words name. Reports a word that names nothing, and returns the status. */
enum status selection_make(struct selection *selection, struct context *context,
			   struct kvet_probe *probe, const struct selection_words *words);

/* Adds the program types of one word: for questions that have no helper. */
enum status selection_add_types(struct selection *selection, struct context *context,
				struct kvet_probe *probe, const char *word);

void selection_deinit(struct selection *selection);

#endif
