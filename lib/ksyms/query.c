/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <string.h>

#include "ksyms/table.h"

/* Where the next symbol is another module's, or none is left, a symbol may still reach the
 * end of its page: modules are mapped in whole pages. */
#define PAGE_MASK 4095ULL

size_t kvet_ksyms_count(const struct kvet_ksyms *table)
{
	return table->count;
}

bool kvet_ksyms_hidden(const struct kvet_ksyms *table)
{
	return table->hidden;
}

/* The first place in by_address whose address is not below (or, past, is above) the given. */
static size_t address_bound(const struct kvet_ksyms *table, uint64_t address, bool past)
{
	size_t low = 0, high = table->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		uint64_t at = table->addresses[table->by_address[mid]];

		if (at < address || (past && at == address))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool is_absolute(char type)
{
	return type == 'a' || type == 'A';
}

static uint64_t extent_of(const struct kvet_ksyms *table, uint32_t row)
{
	uint64_t address = table->addresses[row], page_end = (address | PAGE_MASK) + 1;
	size_t next = address_bound(table, address, true);
	const char *module = table->arena + table->modules[row];
	bool same_module = false;
	uint64_t after;

	if (table->hidden || is_absolute(table->types[row]))
		return 0;
	if (next == table->count)
		return page_end - address;
	after = table->addresses[table->by_address[next]];
	for (; next < table->count && table->addresses[table->by_address[next]] == after; next++)
		if (!strcmp(table->arena + table->modules[table->by_address[next]], module))
			same_module = true;
	/* page_end is 0 for the last page of all. */
	if (!same_module && page_end && after > page_end)
		after = page_end;
	return after - address;
}

struct kvet_symbol kvet_ksyms_row(const struct kvet_ksyms *table, uint32_t row)
{
	return (struct kvet_symbol){
		.address = table->addresses[row],
		.extent = extent_of(table, row),
		.name = table->arena + table->names[row],
		.module = table->modules[row] ? table->arena + table->modules[row] : NULL,
		.type = table->types[row],
	};
}

struct kvet_ksyms_range kvet_ksyms_by_name(const struct kvet_ksyms *table, const char *name)
{
	size_t low = 0, high = table->count, end;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(table->arena + table->names[table->by_name[mid]], name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (end = low; end < table->count; end++)
		if (strcmp(table->arena + table->names[table->by_name[end]], name) != 0)
			break;
	return (struct kvet_ksyms_range){ table->by_name + low, end - low };
}

struct kvet_ksyms_range kvet_ksyms_at(const struct kvet_ksyms *table, uint64_t address)
{
	size_t low = address_bound(table, address, false);
	size_t high = address_bound(table, address, true);

	if (table->hidden)
		high = low;
	return (struct kvet_ksyms_range){ table->by_address + low, high - low };
}

struct kvet_ksyms_range kvet_ksyms_containing(const struct kvet_ksyms *table, uint64_t address)
{
	size_t high = address_bound(table, address, true), low;
	struct kvet_ksyms_range none = { table->by_address, 0 };
	uint64_t start;
	uint32_t row;

	if (table->hidden || !high)
		return none;
	start = table->addresses[table->by_address[high - 1]];
	low = address_bound(table, start, false);
	/* An absolute symbol may share an address with one that is not. */
	for (size_t i = low; i < high; i++) {
		row = table->by_address[i];
		if (address - start < extent_of(table, row))
			return (struct kvet_ksyms_range){ table->by_address + low, high - low };
	}
	return none;
}
