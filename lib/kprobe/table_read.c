/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A table of no more symbols than some SPECs require. */
#include <errno.h>
#include <string.h>

#include "core/cleanup.h"

#include <kvet/kprobe.h>

/* What kvet_kprobe_resolve() looks up besides a SPEC's own name: where __init code is. */
static const char *const borders[] = { "_sinittext", "_einittext" };

#define BORDERS (sizeof(borders) / sizeof(*borders))

/* As many names as a table can be read for. */
#define NAMES_MOST 16

static struct kvet_ksyms_query by_name(const char *name)
{
	return (struct kvet_ksyms_query){
		.kind = KVET_KSYMS_NAME, .text = name, .name = name, .name_len = strlen(name)
	};
}

/* Whether what a SPEC resolves to follows from the rows of its name. Where an address is depends on
 * all symbols, and "_text+OFF" is an address. */
static bool is_name(const struct kvet_kprobe_spec *spec)
{
	return *spec->symbol && !spec->glob && !spec->syscall &&
	       strcmp(spec->symbol, "_text") != 0 && strcmp(spec->symbol, "_stext") != 0;
}

/* Whether a table of few rows says of a SPEC all that the whole one would: the name is one
 * function's, so that it is not explained with the names beside or near it. */
static bool suffices(const struct kvet_ksyms *table, const struct kvet_kprobe_spec *spec)
{
	struct kvet_kprobe_sites sites;
	bool does;

	if (kvet_kprobe_resolve(table, spec, &sites, NULL))
		return false;
	does = sites.verdict == KVET_YES && kvet_ksyms_by_name(table, spec->symbol).count == 1;
	kvet_kprobe_sites_deinit(&sites);
	return does;
}

/*
 * Reads only what the SPECs require. Of the kernel's text that would take as long as all of it, so
 * only the iterator is asked. *iterator becomes whether it can be read. Returns NULL if the table
 * has to be the whole one.
 */
static struct kvet_ksyms *open_few(const struct kvet_host *host,
				   const struct kvet_kprobe_spec *const *specs, size_t count,
				   bool *iterator)
{
	struct kvet_ksyms_query queries[NAMES_MOST];
	const struct kvet_ksyms_options options = { .has_kind = true,
						    .kind = KVET_KSYMS_ITERATOR,
						    .queries = queries,
						    .query_count = count + BORDERS,
						    .aliases = count };
	struct kvet_ksyms *table = NULL;
	bool does = true;

	if (count > NAMES_MOST - BORDERS)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		if (!is_name(specs[i]))
			return NULL;
		queries[i] = by_name(specs[i]->symbol);
	}
	for (size_t i = 0; i < BORDERS; i++)
		queries[count + i] = by_name(borders[i]);
	*iterator = !kvet_ksyms_open(&table, host, &options, NULL);
	for (size_t i = 0; i < count && *iterator && does; i++)
		does = suffices(table, specs[i]);
	if (*iterator && does)
		return table;
	kvet_ksyms_free(table);
	return NULL;
}

int kvet_kprobe_table_open(struct kvet_ksyms **table, const struct kvet_host *host,
			   const struct kvet_kprobe_spec *const *specs, size_t count,
			   struct kvet_cause *err)
{
	bool iterator = true;

	*table = open_few(host, specs, count, &iterator);
	if (*table)
		return 0;
	/* It is not asked again if it refused just now. */
	return iterator ? kvet_ksyms_open(table, host, NULL, err)
			: kvet_ksyms_load(table, host, NULL, err);
}
