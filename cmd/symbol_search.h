/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The matches of many queries, block by block, in their order. */
#ifndef CMD_SYMBOL_SEARCH_H
#define CMD_SYMBOL_SEARCH_H

#include <kvet/ksyms.h>

#include "lines.h"

/* So many queries are searched for at once that none has to wait for its rows. */
#define SYMBOL_GROUP 32

/* And so many at most are one block. */
#define SYMBOL_BLOCK 512

struct symbol_block {
	struct kvet_ksyms_query queries[SYMBOL_BLOCK];
	size_t ends[SYMBOL_BLOCK]; /* of each one's matches */
	size_t count;
	struct kvet_ksyms_matches matches;
	bool failed; /* memory is out */
};

struct symbol_search;

/* Lines of a file may be blank; an operand may not. */
bool symbol_search_skips(const struct line *line);

/* Searches for the lines, which can all be taken apart. All
 * that is given must outlive the search. Returns NULL if memory is out. */
struct symbol_search *symbol_search_new(const struct kvet_ksyms *table, const struct lines *lines,
					bool regex, const struct kvet_ksyms_filter *filter);

/* The next block, which lives until the next call; its count is 0 at the end. */
const struct symbol_block *symbol_search_next(struct symbol_search *search);
void symbol_search_free(struct symbol_search *search);

#endif
