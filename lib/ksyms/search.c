/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Searches a table for a query: which rows it may mean, and which of them pass the filter. */
#include <string.h>

#include "ksyms/pattern.h"
#include "ksyms/table.h"

/* The rows that a search goes over. */
enum step {
	DONE,
	BY_NAME,    /* rows of one name */
	BY_ADDRESS, /* rows at, or around, one address */
	BY_RANGE,   /* rows that overlap a range */
	BY_PATTERN, /* all rows whose name matches a pattern */
	BY_STEM,    /* all rows whose name without suffixes is the query's */
};

static bool is_made_of(const char *name, const char *stem, size_t len)
{
	return !strncmp(name, stem, len) && (!name[len] || kvet_ksyms_copy_suffix(name + len));
}

static bool passes(const struct kvet_ksyms_search *search, uint32_t row)
{
	static const struct kvet_ksyms_filter any;
	const struct kvet_ksyms_filter *filter = search->filter ? search->filter : &any;

	/* A query by name or by address means prefix and mapping symbols too. */
	if (search->step == BY_NAME || search->step == BY_ADDRESS || filter->prefix_symbols)
		return kvet_ksyms_agrees(search->table, row, filter);
	return kvet_ksyms_counts(search->table, row, filter);
}

static bool name_agrees(const struct kvet_ksyms_search *search, uint32_t row)
{
	const struct kvet_ksyms_query *query = search->query;
	const char *name = ksyms_row_name(search->table, row);
	size_t skip = query->module_len ? query->module_len + 1 : 0;

	if (search->step == BY_PATTERN)
		return kvet_ksyms_pattern_matches(query->pattern, name);
	return is_made_of(name, query->name + skip, query->name_len - skip);
}

/* Whether SYM+OFF/SIZE can lie in the symbol of this row. */
static bool offset_agrees(const struct kvet_ksyms_search *search, uint32_t row)
{
	const struct kvet_ksyms_query *query = search->query;

	return search->table->hidden || !query->has_offset ||
	       kvet_ksyms_printed(search->table, row, query->offset, query->has_size, query->size);
}

static void start_address(struct kvet_ksyms_search *search)
{
	search->step = BY_ADDRESS;
	search->range = kvet_ksyms_around(search->table, search->address);
}

static void start_range(struct kvet_ksyms_search *search)
{
	struct kvet_ksyms_range first =
		kvet_ksyms_containing(search->table, search->query->address);

	search->step = BY_RANGE;
	search->range =
		kvet_ksyms_between(search->table, search->query->address, search->query->end);
	/* Rows that begin before the range and extend into it are right before its first row. */
	if (first.count && first.rows < search->range.rows) {
		search->range.rows = first.rows;
		search->range.count += first.count;
	}
}

bool kvet_ksyms_place(const struct kvet_ksyms *table, const struct kvet_ksyms_query *query,
		      uint64_t *address)
{
	size_t skip = query->module_len ? query->module_len + 1 : 0;
	const char *name = query->name + skip;
	struct kvet_ksyms_range range;

	if (query->kind != KVET_KSYMS_NAME || !query->has_offset || query->has_size ||
	    table->hidden || !ksyms_is_origin(name, query->name_len - skip) ||
	    (skip && !ksyms_is_kernel(query->name, query->module_len)))
		return false;
	range = kvet_ksyms_by_bytes(table, name, query->name_len - skip);
	for (size_t i = 0; i < range.count; i++) {
		uint32_t row = range.rows[i];

		if (table->modules[row])
			continue;
		*address = table->addresses[row] + query->offset;
		return *address >= query->offset &&
		       !kvet_ksyms_printed(table, row, query->offset, false, 0);
	}
	return false;
}

static void start_name(struct kvet_ksyms_search *search)
{
	const struct kvet_ksyms_query *query = search->query;
	size_t skip = query->module_len ? query->module_len + 1 : 0;

	if (kvet_ksyms_place(search->table, query, &search->address)) {
		start_address(search);
		return;
	}
	search->step = BY_NAME;
	search->range = kvet_ksyms_by_bytes(search->table, query->name, query->name_len);
	if (search->range.count)
		return;
	if (skip)
		search->range = kvet_ksyms_by_bytes(search->table, query->name + skip,
						    query->name_len - skip);
	if (!search->range.count && query->has_address)
		start_address(search);
}

void kvet_ksyms_search_init(struct kvet_ksyms_search *search, const struct kvet_ksyms *table,
			    const struct kvet_ksyms_query *query,
			    const struct kvet_ksyms_filter *filter)
{
	*search = (struct kvet_ksyms_search){
		.table = table, .query = query, .filter = filter, .address = query->address
	};
	switch (query->kind) {
	case KVET_KSYMS_ADDRESS:
		start_address(search);
		break;
	case KVET_KSYMS_RANGE:
		start_range(search);
		break;
	case KVET_KSYMS_GLOB:
	case KVET_KSYMS_REGEX:
		search->step = BY_PATTERN;
		search->range = kvet_ksyms_all(table);
		break;
	default:
		start_name(search);
		if (search->step == BY_NAME && filter && filter->suffixes) {
			search->step = BY_STEM;
			search->range = kvet_ksyms_all(table);
		}
		break;
	}
}

/* If "a:b" is the whole name, its "a" is not a module. */
static bool module_agrees(const struct kvet_ksyms_search *search, uint32_t row)
{
	const struct kvet_ksyms_query *query = search->query;
	const char *name = ksyms_row_name(search->table, row);

	if (!query->module_len ||
	    (query->kind == KVET_KSYMS_NAME && !strncmp(name, query->name, query->name_len) &&
	     !name[query->name_len]))
		return true;
	return ksyms_in_module(search->table, row, query->name, query->module_len);
}

bool kvet_ksyms_search_next(struct kvet_ksyms_search *search, struct kvet_ksyms_match *match)
{
	const struct kvet_ksyms_query *query = search->query;

	while (search->next < search->range.count) {
		uint32_t row = search->range.rows[search->next++];
		uint64_t address = search->table->addresses[row];

		if ((search->step == BY_PATTERN || search->step == BY_STEM) &&
		    !name_agrees(search, row))
			continue;
		if (search->step == BY_ADDRESS) {
			match->offset = search->address - address;
		} else {
			if (!module_agrees(search, row) || !offset_agrees(search, row))
				continue;
			match->offset = query->offset;
		}
		if (!passes(search, row))
			continue;
		match->row = row;
		return true;
	}
	return false;
}
