/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The matches of many queries, block by block, in the order of the queries. */
#ifndef CMD_SYMBOL_SEARCH_H
#define CMD_SYMBOL_SEARCH_H

#include <kvet/ksyms.h>

#include "lines.h"

/* How many queries are searched for at a time: enough to prefetch their rows. */
#define SYMBOL_GROUP 32

/* The most queries in a block. */
#define SYMBOL_BLOCK 512

struct symbol_block {
	struct kvet_ksyms_query queries[SYMBOL_BLOCK];
	size_t ends[SYMBOL_BLOCK]; /* where each query's matches end */
	size_t count;
	struct kvet_ksyms_matches matches;
	bool failed; /* memory is out */
};

struct symbol_search;

/* Whether a line is skipped: a blank line of a file is, a blank operand is not. */
bool symbol_search_skips(const struct line *line);

/* Starts a search for the lines, which must be valid queries. All arguments must outlive the
 * search. Returns NULL without memory. */
struct symbol_search *symbol_search_new(const struct kvet_ksyms *table, const struct lines *lines,
					bool regex, const struct kvet_ksyms_filter *filter);

/* The next block, which lives until the next call; its count is 0 at the end. */
const struct symbol_block *symbol_search_next(struct symbol_search *search);
void symbol_search_free(struct symbol_search *search);

#endif
