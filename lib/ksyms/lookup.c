/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Finds the rows of a name or an address. */
#include <assert.h>
#include <string.h>

#include "ksyms/table.h"

static const char *const kind_names[] = {
	[KVET_KSYMS_TEXT] = "text",
	[KVET_KSYMS_ITERATOR] = "iter",
	[KVET_KSYMS_FILE] = "file",
	[KVET_KSYMS_ELF] = "elf",
};
static_assert(sizeof(kind_names) / sizeof(*kind_names) == KVET_KSYMS_KIND_COUNT,
	      "every kind of source has a name");

const char *kvet_ksyms_kind_name(enum kvet_ksyms_kind kind)
{
	return kind_names[kind];
}

size_t kvet_ksyms_count(const struct kvet_ksyms *table)
{
	return table->count;
}

size_t kvet_ksyms_seen(const struct kvet_ksyms *table)
{
	return table->seen;
}

bool kvet_ksyms_hidden(const struct kvet_ksyms *table)
{
	return table->hidden;
}

enum kvet_ksyms_kind kvet_ksyms_source(const struct kvet_ksyms *table)
{
	return table->kind;
}

const struct kvet_cause *kvet_ksyms_not_iterator(const struct kvet_ksyms *table)
{
	return *table->not_iterator.source ? &table->not_iterator : NULL;
}

/*
 * Narrows where the first address above limit is in by_address to at most one fence. Both searches
 * step without a branch: a processor mispredicts half of the branches that go either way equally
 * often.
 */
static void fenced(const struct kvet_ksyms *table, uint64_t limit, size_t *low, size_t *high)
{
	const uint64_t *fences = table->fences;
	size_t below = 0;

	for (size_t left = table->fence_count, half; left; left -= half) {
		half = left - left / 2;
		below += half & -(size_t)(fences[below + half - 1] <= limit);
	}
	/* It is after the last fence that is below it, and not after the next. */
	*low = below ? (below - 1) << KSYMS_FENCE_BITS : 0;
	*high = below << KSYMS_FENCE_BITS;
	if (*high > ksyms_placed(table))
		*high = ksyms_placed(table);
}

/* The first place in by_address whose address is above the given one. */
static size_t place_above(const struct kvet_ksyms *table, uint64_t limit)
{
	const uint32_t *rows = table->by_address;
	size_t low, high;

	fenced(table, limit, &low, &high);
	for (size_t left = high - low, half; left; left -= half) {
		half = left - left / 2;
		low += half & -(size_t)(table->addresses[rows[low + half - 1]] <= limit);
	}
	return low;
}

/* The first place in by_address whose address is at or above (if past: above) the given one. */
static size_t address_bound(const struct kvet_ksyms *table, uint64_t address, bool past)
{
	if (past)
		return place_above(table, address);
	return address ? place_above(table, address - 1) : 0;
}

/* How many names are followed from array to array at a time. */
#define EXPECTED 32

static void expect_names(const struct kvet_ksyms *table, const struct kvet_ksyms_query *queries,
			 size_t count)
{
	const struct ksyms_names *strings = &table->strings;
	uint32_t numbers[EXPECTED];

	for (size_t i = 0; i < count; i++) {
		numbers[i] = kvet_hash_string(queries[i].name, queries[i].name_len);
		hash_expect(&strings->hash, numbers[i]);
	}
	for (size_t i = 0; i < count; i++) {
		numbers[i] = hash_guess(&strings->hash, numbers[i]);
		if (numbers[i] == KSYMS_NO_NAME)
			continue;
		__builtin_prefetch(&strings->offsets[numbers[i]]);
		__builtin_prefetch(&table->starts[numbers[i]]);
	}
	for (size_t i = 0; i < count; i++) {
		if (numbers[i] == KSYMS_NO_NAME)
			continue;
		/* One name of three crosses a cache line. */
		__builtin_prefetch(ksyms_name(strings, numbers[i]));
		__builtin_prefetch(ksyms_name(strings, numbers[i]) + queries[i].name_len);
		__builtin_prefetch(&table->by_name[table->starts[numbers[i]]]);
	}
}

void kvet_ksyms_expect(const struct kvet_ksyms *table, const struct kvet_ksyms_query *queries,
		       size_t count)
{
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i; end < count && end - i < EXPECTED; end++)
			if (queries[end].kind != KVET_KSYMS_NAME)
				break;
		expect_names(table, &queries[i], end - i);
		end += end == i;
	}
}

struct kvet_symbol kvet_ksyms_row(const struct kvet_ksyms *table, uint32_t row)
{
	bool relative =
		table->has_text && !table->modules[row] && !ksyms_is_absolute(table->types[row]);

	return (struct kvet_symbol){
		.address = table->addresses[row],
		.extent = table->extents[row],
		.name = ksyms_row_name(table, row),
		.module = ksyms_row_module(table, row),
		.type = table->types[row],
		.size = table->sized ? table->sizes[row] : 0,
		.relative = relative ? (int64_t)(table->addresses[row] - table->text) : 0,
		.has_relative = relative,
	};
}

struct kvet_ksyms_range kvet_ksyms_by_bytes(const struct kvet_ksyms *table, const char *name,
					    size_t len)
{
	uint32_t number = kvet_ksyms_names_find(&table->strings, name, len);

	if (number == KSYMS_NO_NAME)
		return (struct kvet_ksyms_range){ table->by_name, 0 };
	return (struct kvet_ksyms_range){ table->by_name + table->starts[number],
					  table->starts[number + 1] - table->starts[number] };
}

struct kvet_ksyms_range kvet_ksyms_by_name(const struct kvet_ksyms *table, const char *name)
{
	return kvet_ksyms_by_bytes(table, name, strlen(name));
}

struct kvet_ksyms_range kvet_ksyms_at(const struct kvet_ksyms *table, uint64_t address)
{
	size_t low = address_bound(table, address, false), high = low;

	while (high < ksyms_placed(table) && table->addresses[table->by_address[high]] == address)
		high++;
	if (table->hidden)
		high = low;
	return (struct kvet_ksyms_range){ table->by_address + low, high - low };
}

/* The rows of the nearest address at or below this one; none in a table that is hidden. */
static struct kvet_ksyms_range nearest(const struct kvet_ksyms *table, uint64_t address)
{
	size_t high = address_bound(table, address, true), low = high;
	uint64_t start;

	if (table->hidden || !high)
		return (struct kvet_ksyms_range){ table->by_address, 0 };
	start = table->addresses[table->by_address[high - 1]];
	while (low && table->addresses[table->by_address[low - 1]] == start)
		low--;
	return (struct kvet_ksyms_range){ table->by_address + low, high - low };
}

/* Whether one of the rows contains the address. An absolute symbol contains none, but may share its
 * address with a symbol that does. */
static bool reaches(const struct kvet_ksyms *table, const struct kvet_ksyms_range *range,
		    uint64_t address)
{
	for (size_t i = 0; i < range->count; i++) {
		uint32_t row = range->rows[i];
		uint64_t reach =
			table->sized && table->sizes[row] ? table->sizes[row] : table->extents[row];

		if (address - table->addresses[row] < reach)
			return true;
	}
	return false;
}

struct kvet_ksyms_range kvet_ksyms_containing(const struct kvet_ksyms *table, uint64_t address)
{
	struct kvet_ksyms_range range = nearest(table, address);

	if (!reaches(table, &range, address))
		range.count = 0;
	return range;
}

struct kvet_ksyms_range kvet_ksyms_around(const struct kvet_ksyms *table, uint64_t address)
{
	struct kvet_ksyms_range range = nearest(table, address);

	if (range.count && table->addresses[*range.rows] != address &&
	    !reaches(table, &range, address))
		range.count = 0;
	return range;
}

struct kvet_ksyms_range kvet_ksyms_between(const struct kvet_ksyms *table, uint64_t first,
					   uint64_t end)
{
	size_t low = address_bound(table, first, false), high = address_bound(table, end, false);

	if (table->hidden || high < low)
		high = low;
	return (struct kvet_ksyms_range){ table->by_address + low, high - low };
}

struct kvet_ksyms_range kvet_ksyms_all(const struct kvet_ksyms *table)
{
	return (struct kvet_ksyms_range){ table->by_address, table->count };
}
