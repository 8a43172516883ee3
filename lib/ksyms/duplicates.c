/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Finds names with several addresses and addresses with several names. */

#include "ksyms/table.h"

static size_t count_rows(const struct kvet_ksyms *table, const struct kvet_ksyms_filter *filter,
			 const struct kvet_ksyms_range *range)
{
	size_t count = 0;

	for (size_t i = 0; i < range->count; i++)
		count += kvet_ksyms_counts(table, range->rows[i], filter);
	return count;
}

bool kvet_ksyms_next_name(const struct kvet_ksyms *table, const struct kvet_ksyms_filter *filter,
			  size_t *cursor, struct kvet_ksyms_range *range, size_t *count)
{
	while (*cursor < ksyms_placed(table)) {
		uint32_t row = table->by_address[(*cursor)++], name = table->names[row];

		range->rows = table->by_name + table->starts[name];
		range->count = table->starts[name + 1] - table->starts[name];
		/* A name is reported at its first row. */
		if (range->count < 2 || range->rows[0] != row)
			continue;
		*count = count_rows(table, filter, range);
		if (*count > 1)
			return true;
	}
	return false;
}

bool kvet_ksyms_next_address(const struct kvet_ksyms *table, const struct kvet_ksyms_filter *filter,
			     size_t *cursor, struct kvet_ksyms_range *range, size_t *count)
{
	while (*cursor < ksyms_placed(table) && !table->hidden) {
		size_t end = ksyms_run_end(table, *cursor);

		range->rows = table->by_address + *cursor;
		range->count = end - *cursor;
		*cursor = end;
		if (range->count < 2)
			continue;
		*count = count_rows(table, filter, range);
		if (*count > 1)
			return true;
	}
	return false;
}
