/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Answers many queries, and reads many rows, at a time. A table is larger than the processor's
 * caches: row by row, nearly all the time would be spent waiting for memory. */
#include <errno.h>

#include "core/array.h"
#include "core/fail.h"
#include "ksyms/table.h"

static void expect_row(const struct kvet_ksyms *table, uint32_t row)
{
	__builtin_prefetch(&table->strings.offsets[table->names[row]]);
	__builtin_prefetch(&table->addresses[row]);
	__builtin_prefetch(&table->extents[row]);
	__builtin_prefetch(&table->modules[row]);
	__builtin_prefetch(&table->types[row]);
}

void kvet_ksyms_rows(const struct kvet_ksyms *table, const struct kvet_ksyms_match *matches,
		     size_t count, struct kvet_symbol *symbols)
{
	for (size_t i = 0; i < count; i++)
		expect_row(table, matches[i].row);
	for (size_t i = 0; i < count; i++)
		__builtin_prefetch(ksyms_row_name(table, matches[i].row));
	for (size_t i = 0; i < count; i++)
		symbols[i] = kvet_ksyms_row(table, matches[i].row);
}

static int add_matches(const struct kvet_ksyms *table, const struct kvet_ksyms_query *query,
		       const struct kvet_ksyms_filter *filter, struct kvet_ksyms_matches *matches)
{
	struct kvet_ksyms_search search;
	struct kvet_ksyms_match match;

	kvet_ksyms_search_init(&search, table, query, filter);
	while (kvet_ksyms_search_next(&search, &match)) {
		if (!ARRAY_MORE(matches->items, matches->count))
			return -ENOMEM;
		matches->items[matches->count++] = match;
	}
	return kvet_ksyms_query_failed(query) ? -ENOMEM : 0;
}

int kvet_ksyms_search_many(const struct kvet_ksyms *table, const struct kvet_ksyms_query *queries,
			   size_t count, const struct kvet_ksyms_filter *filter,
			   struct kvet_ksyms_matches *matches, size_t *ends, struct kvet_cause *err)
{
	int ret = 0;

	kvet_ksyms_expect(table, queries, count);
	for (size_t i = 0; i < count; i++) {
		int failed = add_matches(table, &queries[i], filter, matches);

		ret = ret ? ret : failed;
		ends[i] = matches->count;
	}
	return ret ? kvet_fail_memory(err) : 0;
}
