/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * To search takes as long as to write down what was found. Of many queries, one thread
 * searches a block while another writes the one before: measured with 100,000, they were
 * answered in six tenths of the time. Of few there is nothing to gain.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "symbol_search.h"

#define THREAD_LEAST 4096
#define BLOCKS       2

/* A block with so many matches is full: of patterns, each query may have a whole table. */
#define MATCHES_MOST 4096

struct symbol_search {
	const struct kvet_ksyms *table;
	const struct lines *lines;
	const struct kvet_ksyms_filter *filter;
	bool regex;
	size_t line; /* the next */

	bool threaded;
	bool reading; /* a block is with the caller */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t filled, taken; /* blocks in all; under the lock, like stop */
	bool stop;
	struct symbol_block blocks[BLOCKS];
};

/* Adds all matches of a query to those of its block. Returns false if memory is out. */
static bool add_matches(struct symbol_search *search, struct symbol_block *block,
			const struct kvet_ksyms_query *query)
{
	struct kvet_ksyms_search matches;
	struct kvet_ksyms_match match;

	kvet_ksyms_search_init(&matches, search->table, query, search->filter);
	while (kvet_ksyms_search_next(&matches, &match)) {
		if (!ARRAY_MORE(block->matches, block->match_count))
			return false;
		block->matches[block->match_count++] = match;
	}
	return !kvet_ksyms_query_failed(query);
}

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
		/* That it can be taken apart is known since before the table was loaded: what is
		 * missing now is memory. */
		if (kvet_ksyms_query_parse(&block->queries[block->count], line->text, search->regex,
					   NULL))
			block->failed = true;
		else
			block->count++;
	}
	kvet_ksyms_expect(search->table, &block->queries[first], block->count - first);
	for (size_t i = first; i < block->count; i++) {
		if (!add_matches(search, block, &block->queries[i]))
			block->failed = true;
		block->ends[i] = block->match_count;
		/* An expression may take megabytes, and there may be as many as lines. */
		kvet_ksyms_query_deinit(&block->queries[i]);
	}
}

static void fill(struct symbol_search *search, struct symbol_block *block)
{
	block->count = block->match_count = 0;
	while (block->count + SYMBOL_GROUP <= SYMBOL_BLOCK && !block->failed &&
	       block->match_count < MATCHES_MOST && search->line < search->lines->count)
		fill_group(search, block);
}

static void *search_ahead(void *opaque)
{
	struct symbol_search *search = opaque;
	bool over = false;

	pthread_mutex_lock(&search->lock);
	while (!over) {
		struct symbol_block *block = &search->blocks[search->filled % BLOCKS];

		while (!search->stop && search->filled - search->taken == BLOCKS)
			pthread_cond_wait(&search->changed, &search->lock);
		if (search->stop)
			break;
		pthread_mutex_unlock(&search->lock);
		fill(search, block);
		over = block->failed || !block->count;
		pthread_mutex_lock(&search->lock);
		search->filled++;
		pthread_cond_signal(&search->changed);
	}
	pthread_mutex_unlock(&search->lock);
	return NULL;
}

/* Signals are for the thread that writes: it is what they stop. */
static bool start_thread(struct symbol_search *search)
{
	sigset_t all, before;
	bool started;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	started = !pthread_create(&search->thread, NULL, search_ahead, search);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return started;
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
	pthread_mutex_init(&search->lock, NULL);
	pthread_cond_init(&search->changed, NULL);
	search->threaded = lines->count >= THREAD_LEAST && start_thread(search);
	return search;
}

static const struct symbol_block *take(struct symbol_search *search)
{
	const struct symbol_block *block;

	pthread_mutex_lock(&search->lock);
	while (search->filled == search->taken)
		pthread_cond_wait(&search->changed, &search->lock);
	block = &search->blocks[search->taken % BLOCKS];
	pthread_mutex_unlock(&search->lock);
	return block;
}

static void give_back(struct symbol_search *search)
{
	pthread_mutex_lock(&search->lock);
	search->taken++;
	pthread_cond_signal(&search->changed);
	pthread_mutex_unlock(&search->lock);
}

const struct symbol_block *symbol_search_next(struct symbol_search *search)
{
	if (!search->threaded) {
		fill(search, &search->blocks[0]);
		return &search->blocks[0];
	}
	if (search->reading)
		give_back(search);
	search->reading = true;
	return take(search);
}

void symbol_search_free(struct symbol_search *search)
{
	if (!search)
		return;
	if (search->threaded) {
		pthread_mutex_lock(&search->lock);
		search->stop = true;
		pthread_cond_signal(&search->changed);
		pthread_mutex_unlock(&search->lock);
		pthread_join(search->thread, NULL);
	}
	for (size_t b = 0; b < BLOCKS; b++)
		free(search->blocks[b].matches);
	pthread_cond_destroy(&search->changed);
	pthread_mutex_destroy(&search->lock);
	free(search);
}
