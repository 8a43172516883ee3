/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Searching takes as long as writing the results. For many queries, one thread searches a block
 * while another writes the block before: 100,000 queries take 60 % of the time. For few queries
 * there is nothing to gain.
 */
#include <stdlib.h>
#include <string.h>

#include "core/ring.h"
#include "symbol_search.h"

#define THREAD_LEAST 4096
#define BLOCKS       2

/* A block with this many matches is full: each pattern may match the whole table. */
#define MATCHES_MOST 4096

struct symbol_search {
	const struct kvet_ksyms *table;
	const struct lines *lines;
	const struct kvet_ksyms_filter *filter;
	bool regex;
	size_t line; /* the next */

	bool threaded;
	bool reading; /* the caller has a block */
	struct ring ring;
	struct symbol_block blocks[BLOCKS];
};

bool symbol_search_skips(const struct line *line)
{
	return line->from && !line->text[strspn(line->text, " \t")];
}

static void fill_group(struct symbol_search *search, struct symbol_block *block)
{
	const struct lines *lines = search->lines;
	size_t first = block->count;

	for (; block->count < first + SYMBOL_GROUP && search->line < lines->count; search->line++) {
		const struct line *line = &lines->items[search->line];

		if (symbol_search_skips(line))
			continue;
		/* The query was parsed before the table was loaded: it can only fail now without
		 * memory. */
		if (kvet_ksyms_query_parse(&block->queries[block->count], line->text, search->regex,
					   NULL))
			block->failed = true;
		else
			block->count++;
	}
	if (kvet_ksyms_search_many(search->table, &block->queries[first], block->count - first,
				   search->filter, &block->matches, &block->ends[first], NULL))
		block->failed = true;
	/* An expression may take megabytes, and every line may be one. */
	for (size_t i = first; i < block->count; i++)
		kvet_ksyms_query_deinit(&block->queries[i]);
}

static void fill(struct symbol_search *search, struct symbol_block *block)
{
	block->count = block->matches.count = 0;
	while (block->count + SYMBOL_GROUP <= SYMBOL_BLOCK && !block->failed &&
	       block->matches.count < MATCHES_MOST && search->line < search->lines->count)
		fill_group(search, block);
}

static void *search_ahead(void *opaque)
{
	struct symbol_search *search = opaque;
	bool over = false;
	size_t slot;

	while (!over && ring_next_free(&search->ring, &slot)) {
		struct symbol_block *block = &search->blocks[slot];

		fill(search, block);
		over = block->failed || !block->count;
		ring_fill(&search->ring);
	}
	return NULL;
}

struct symbol_search *symbol_search_new(const struct kvet_ksyms *table, const struct lines *lines,
					bool regex, const struct kvet_ksyms_filter *filter)
{
	struct symbol_search *search = calloc(1, sizeof(*search));

	if (!search)
		return NULL;
	search->table = table;
	search->lines = lines;
	search->regex = regex;
	search->filter = filter;
	search->threaded = lines->count >= THREAD_LEAST &&
			   ring_start(&search->ring, BLOCKS, search_ahead, search);
	return search;
}

const struct symbol_block *symbol_search_next(struct symbol_search *search)
{
	if (!search->threaded) {
		fill(search, &search->blocks[0]);
		return &search->blocks[0];
	}
	if (search->reading)
		ring_empty(&search->ring);
	search->reading = true;
	return &search->blocks[ring_next_full(&search->ring)];
}

void symbol_search_free(struct symbol_search *search)
{
	if (!search)
		return;
	if (search->threaded)
		ring_stop(&search->ring);
	for (size_t b = 0; b < BLOCKS; b++)
		free(search->blocks[b].matches.items);
	free(search);
}
