/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which rows of a table a filter lets through. */
#include <string.h>

#include "ksyms/table.h"

/* CONFIG_FUNCTION_PADDING_BYTES is 16 on x86-64, and at most 64 anywhere. */
#define PREFIX_MOST 64
#define PREFIX_LEN  6

bool kvet_ksyms_is_prefix(const struct kvet_ksyms *table, uint32_t row)
{
	const char *name = ksyms_row_name(table, row);
	struct kvet_ksyms_range range;

	if (strncmp(name, "__pfx_", PREFIX_LEN) != 0 && strncmp(name, "__cfi_", PREFIX_LEN) != 0)
		return false;
	range = kvet_ksyms_by_name(table, name + PREFIX_LEN);
	for (size_t i = 0; i < range.count; i++) {
		uint64_t distance = table->addresses[range.rows[i]] - table->addresses[row];

		/* Hidden addresses are all 0, and so is their distance. */
		if (table->modules[range.rows[i]] == table->modules[row] && distance &&
		    distance <= PREFIX_MOST)
			return true;
	}
	return false;
}

bool kvet_ksyms_agrees(const struct kvet_ksyms *table, uint32_t row,
		       const struct kvet_ksyms_filter *filter)
{
	return (!filter->module ||
		ksyms_in_module(table, row, filter->module, strlen(filter->module))) &&
	       (!filter->types || strchr(filter->types, table->types[row]));
}

bool kvet_ksyms_counts(const struct kvet_ksyms *table, uint32_t row,
		       const struct kvet_ksyms_filter *filter)
{
	static const struct kvet_ksyms_filter any;

	filter = filter ? filter : &any;
	return kvet_ksyms_agrees(table, row, filter) && !ksyms_row_is_apart(table, row) &&
	       (filter->prefix_symbols || !kvet_ksyms_is_prefix(table, row));
}
