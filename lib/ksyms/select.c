/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Selects the rows for a few names, patterns and addresses from a stream. Of all other rows only
 * the addresses are kept, since they end the extents of the selected rows: modules are not sorted,
 * so the next address may have come long before.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "ksyms/order.h"
#include "ksyms/pattern.h"
#include "ksyms/table.h"

/* Few enough that comparing every row with every name is cheap. */
#define QUERIES_MOST 16
#define NAMES_MOST   (2 * QUERIES_MOST + 1)

/* For up to this many kept rows, scanning all addresses for each is cheaper than sorting them. */
#define SCANS_MOST 16

/* For up to this many kept rows, all addresses are searched for aliases of each. */
#define ALIASES_MOST 64

#define TEXT "_text"

struct wanted_name {
	const char *name;
	size_t len;
};

/* An address of a query, and the nearest row at or below it so far. */
struct wanted_address {
	uint64_t address;
	uint64_t best;
	bool any;
	bool named; /* the row at best has a name */
};

/* Rows from start to the next run belong to this module. */
struct run {
	size_t start;
	uint16_t module;
};

struct selection {
	struct kvet_ksyms *table;                  /* the kept rows */
	struct wanted_name literals[QUERIES_MOST]; /* parts of names */
	size_t literal_count;
	struct wanted_name names[NAMES_MOST];
	size_t name_count;
	struct wanted_address addresses[QUERIES_MOST];
	size_t address_count;
	uint64_t text; /* address of _text, once seen */
	size_t apart;  /* mapping symbols seen */
	/* So many names, after _text: the other rows at their addresses are required too. */
	size_t alias_names;

	uint64_t *all; /* every address */
	size_t all_room;
	struct run *runs;
	size_t run_count;
};

AUTO_DEFINE(kvet_ksyms)

/* "_text+OFF": the row is known only after _text has been seen. */
static bool is_place(const struct kvet_ksyms_query *query)
{
	size_t skip = query->module_len ? query->module_len + 1 : 0;

	return query->has_offset && ksyms_is_origin(query->name + skip, query->name_len - skip);
}

/* A SIZE can only be checked against the rows that follow. */
static bool can_stream(const struct kvet_ksyms_query *query)
{
	if (is_place(query))
		return false;
	return (query->kind == KVET_KSYMS_NAME && !query->has_size) ||
	       query->kind == KVET_KSYMS_ADDRESS ||
	       (query->pattern && kvet_ksyms_pattern_literal(query->pattern));
}

bool kvet_ksyms_select_takes(const struct kvet_ksyms_query *queries, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!can_stream(&queries[i]))
			return false;
	return count && count <= QUERIES_MOST;
}

static void want_name(struct selection *selection, const char *name, size_t len)
{
	selection->names[selection->name_count++] = (struct wanted_name){ name, len };
}

static void want(struct selection *selection, const struct kvet_ksyms_query *query)
{
	if (query->has_address)
		selection->addresses[selection->address_count++].address = query->address;
	if (query->pattern) {
		const char *literal = kvet_ksyms_pattern_literal(query->pattern);

		selection->literals[selection->literal_count++] =
			(struct wanted_name){ literal, strlen(literal) };
	}
	if (query->kind != KVET_KSYMS_NAME)
		return;
	want_name(selection, query->name, query->name_len);
	if (query->module_len)
		want_name(selection, query->name + query->module_len + 1,
			  query->name_len - query->module_len - 1);
}

static bool is_among(const struct wanted_name *names, size_t count, const char *name, size_t len)
{
	for (size_t i = 0; i < count; i++) {
		/* Names differ more at their end than at their start. */
		if (names[i].len == len && names[i].name[len - 1] == name[len - 1] &&
		    !memcmp(names[i].name, name, len))
			return true;
	}
	return false;
}

static bool is_wanted(const struct selection *selection, const struct ksyms_row *row)
{
	if (is_among(selection->names, selection->name_count, row->name, row->name_len))
		return true;
	/* The search checks later whether the whole pattern matches. */
	for (size_t i = 0; i < selection->literal_count; i++)
		if (memmem(row->name, row->name_len, selection->literals[i].name,
			   selection->literals[i].len))
			return true;
	return false;
}

/* Finds the nearest address of a batch at or below the wanted one. Returns whether it is at least
 * as near as those before. Rows kept for a farther one stay: they do no harm. */
static bool nearest(struct wanted_address *wanted, const uint64_t *addresses, size_t count)
{
	uint64_t best = wanted->best;
	bool any = wanted->any, here = false;

	for (size_t i = 0; i < count; i++) {
		if (addresses[i] > wanted->address || (any && addresses[i] < best))
			continue;
		wanted->named = wanted->named && any && addresses[i] == best;
		best = addresses[i];
		any = here = true;
	}
	wanted->best = best;
	wanted->any = any;
	return here;
}

/* Whether a row is at the address of the one that was kept last: the kernel proper is sorted. */
static bool is_alias(const struct kvet_ksyms *table, const struct ksyms_row *row)
{
	return table->count && table->addresses[table->count - 1] == row->address;
}

static int take(struct selection *selection, const struct ksyms_row *rows, size_t count,
		struct kvet_cause *err)
{
	const uint64_t *addresses = selection->all + selection->table->seen;
	bool here[QUERIES_MOST];
	int ret = 0;

	for (size_t a = 0; a < selection->address_count; a++)
		here[a] = nearest(&selection->addresses[a], addresses, count);
	for (size_t i = 0; i < count && !ret; i++) {
		bool kept = rows[i].name && is_wanted(selection, &rows[i]);

		if (selection->alias_names && rows[i].name && is_alias(selection->table, &rows[i]))
			kept = true;
		for (size_t a = 0; a < selection->address_count && rows[i].name; a++)
			if (here[a] && rows[i].address == selection->addresses[a].best)
				kept = selection->addresses[a].named = true;
		if (kept && !rows[i].module && rows[i].name_len == strlen(TEXT) &&
		    !memcmp(rows[i].name, TEXT, strlen(TEXT)))
			selection->text = rows[i].address;
		if (kept)
			ret = kvet_ksyms_add(selection->table, &rows[i], 1, err);
	}
	return ret;
}

/* Removes mapping symbols from a batch, since they end no extent; keeps those that a query names.
 */
static int set_apart(struct selection *selection, struct ksyms_row *rows, size_t *count,
		     struct kvet_cause *err)
{
	size_t rest = 0;

	for (size_t i = 0; i < *count; i++) {
		if (!rows[i].name ||
		    !ksyms_is_apart(rows[i].name, rows[i].name_len, rows[i].module)) {
			rows[rest++] = rows[i];
			continue;
		}
		selection->apart++;
		if (is_wanted(selection, &rows[i]) &&
		    kvet_ksyms_add(selection->table, &rows[i], 1, err))
			return -ENOMEM;
	}
	*count = rest;
	return 0;
}

/* Records every address of a batch, and where a new module begins. */
static int note(struct selection *selection, const struct ksyms_row *rows, size_t count,
		struct kvet_cause *err)
{
	struct kvet_ksyms *table = selection->table;

	if (!ARRAY_RESERVE(selection->all, selection->all_room, table->seen + count))
		return kvet_fail_memory(err);
	for (size_t i = 0; i < count; i++) {
		uint16_t last = selection->run_count
					? selection->runs[selection->run_count - 1].module
					: KSYMS_NO_MODULE,
			 module;
		int ret;

		selection->all[table->seen + i] = rows[i].address;
		/* Nearly all rows: of the kernel proper, after others of it. */
		if (!rows[i].module && last == KSYMS_NO_MODULE)
			continue;
		ret = kvet_ksyms_module(table, rows[i].module, rows[i].module_len, last, &module,
					err);
		if (ret)
			return ret;
		if (module == last)
			continue;
		if (!ARRAY_MORE(selection->runs, selection->run_count))
			return kvet_fail_memory(err);
		selection->runs[selection->run_count++] = (struct run){ table->seen + i, module };
	}
	return 0;
}

static uint16_t module_at(const struct selection *selection, size_t at)
{
	size_t low = 0, high = selection->run_count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (selection->runs[mid].start <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? selection->runs[low - 1].module : KSYMS_NO_MODULE;
}

static uint32_t extent_of(const struct selection *selection, uint32_t row, const uint32_t *order)
{
	const struct kvet_ksyms *table = selection->table;
	uint64_t address = table->addresses[row], after = 0;
	size_t seen = table->seen, start = 0;
	bool same_module = false;

	if (order) {
		size_t high = seen;

		while (start < high) {
			size_t mid = start + (high - start) / 2;

			if (selection->all[order[mid]] <= address)
				start = mid + 1;
			else
				high = mid;
		}
		after = start < seen ? selection->all[order[start]] : 0;
	} else {
		/* If after is 0 (none), after - 1 is the greatest number. */
		for (size_t i = 0; i < seen; i++)
			if (selection->all[i] > address && selection->all[i] - 1 < after - 1)
				after = selection->all[i];
	}
	for (size_t i = start; after && i < seen && !same_module; i++) {
		size_t at = order ? order[i] : i;

		if (selection->all[at] == after)
			same_module = module_at(selection, at) == table->modules[row];
		else if (order)
			break;
	}
	return kvet_ksyms_extent(address, table->types[row], after, same_module);
}

static int find_extents(struct selection *selection)
{
	struct kvet_ksyms *table = selection->table;
	AUTO_FREE uint32_t *order = NULL;

	if (table->hidden)
		return 0;
	if (table->count > SCANS_MOST) {
		order = malloc(table->seen * sizeof(*order));
		if (!order || kvet_ksyms_order(selection->all, order, table->seen))
			return -ENOMEM;
	}
	for (uint32_t row = 0; row < table->count; row++)
		if (!ksyms_row_is_apart(table, row))
			table->extents[row] = extent_of(selection, row, order);
	return 0;
}

/* Whether there may be a row at the address of a kept one that is not kept. */
static bool misses_aliases(const struct selection *selection)
{
	const struct kvet_ksyms *table = selection->table;

	if (!selection->alias_names || table->hidden)
		return false;
	for (uint32_t row = 0; row < table->count && row < ALIASES_MOST; row++) {
		const char *name = ksyms_row_name(table, row);
		size_t here = 0, kept = 0;

		if (ksyms_row_is_apart(table, row) ||
		    !is_among(&selection->names[1], selection->alias_names, name, strlen(name)))
			continue;
		for (size_t i = 0; i < table->seen; i++)
			here += selection->all[i] == table->addresses[row];
		for (uint32_t i = 0; i < table->count; i++)
			kept += table->addresses[i] == table->addresses[row] &&
				!ksyms_row_is_apart(table, i);
		if (here != kept)
			return true;
	}
	return table->count > ALIASES_MOST;
}

static int finish(struct selection *selection, const struct ksyms_source *source, bool early,
		  struct kvet_cause *err)
{
	struct kvet_ksyms *table = selection->table;
	uint64_t any = 0;
	int ret = kvet_ksyms_finish(table, err);

	if (ret)
		return ret;
	for (size_t i = 0; i < table->seen; i++)
		any |= selection->all[i];
	table->hidden = ksyms_hides(table->kind, table->seen, any);
	if (misses_aliases(selection))
		return -EAGAIN;
	if (find_extents(selection))
		return kvet_fail_memory(err);
	table->seen = early ? 0 : table->seen + selection->apart + source->passed;
	return 0;
}

/* Whether a source that filters has left out a name that is needed. */
static bool is_nameless(const struct selection *selection)
{
	for (size_t a = 0; a < selection->address_count; a++)
		if (selection->addresses[a].any && !selection->addresses[a].named)
			return true;
	return false;
}

/*
 * Whether every address lies between symbols of the kernel proper that have been seen: the rest
 * have greater addresses or belong to modules, which are elsewhere.
 */
static bool is_answered(const struct selection *selection, const struct ksyms_row *last)
{
	/* The one name is _text. */
	if (selection->name_count > 1 || selection->literal_count || !selection->text ||
	    last->module)
		return false;
	for (size_t a = 0; a < selection->address_count; a++)
		if (selection->addresses[a].address < selection->text ||
		    selection->addresses[a].address >= last->address)
			return false;
	return true;
}

static int stream(struct selection *selection, struct ksyms_source *source, bool *early,
		  struct kvet_cause *err)
{
	struct ksyms_row rows[KSYMS_BATCH];
	size_t count;
	int ret;

	for (;;) {
		ret = source->next(source, rows, &count, err);
		if (ret || !count)
			return ret;
		ret = set_apart(selection, rows, &count, err);
		if (!ret)
			ret = note(selection, rows, count, err);
		if (!ret)
			ret = take(selection, rows, count, err);
		if (ret)
			return ret;
		selection->table->seen += count;
		*early = count && source->kernel_sorted && is_answered(selection, &rows[count - 1]);
		if (*early)
			return 0;
	}
}

int kvet_ksyms_select(struct kvet_ksyms **out, struct ksyms_source *source,
		      const struct kvet_ksyms_query *queries, size_t count, size_t aliases,
		      struct kvet_cause *err)
{
	AUTO(kvet_ksyms) *table = kvet_ksyms_empty(source);
	struct selection selection = { .table = table };
	bool early = false;
	int ret;

	if (!table)
		return kvet_fail_memory(err);
	want_name(&selection, TEXT, strlen(TEXT));
	for (size_t i = 0; i < count; i++) {
		want(&selection, &queries[i]);
		if (i < aliases)
			selection.alias_names = selection.name_count - 1;
	}
	ret = stream(&selection, source, &early, err);
	if (!ret && is_nameless(&selection))
		ret = -EAGAIN;
	if (!ret)
		ret = finish(&selection, source, early, err);
	free(selection.all);
	free(selection.runs);
	table->selected = true;
	if (!ret)
		*out = TAKE(table);
	return ret;
}
