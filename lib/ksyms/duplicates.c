/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Finds names with several addresses and addresses with several names. */
#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "ksyms/table.h"

static const char *const kind_names[] = {
	[KVET_KSYMS_GENERIC] = "generic",
	[KVET_KSYMS_COPY] = "copy",
	[KVET_KSYMS_ORDINARY] = "ordinary",
};
static_assert(sizeof(kind_names) / sizeof(*kind_names) == KVET_KSYMS_NAME_KIND_COUNT,
	      "every kind of name has a name");

const char *kvet_ksyms_name_kind_name(enum kvet_ksyms_name_kind kind)
{
	return kind_names[kind];
}

enum kvet_ksyms_name_kind kvet_ksyms_name_kind(const char *name)
{
	static const char *const generic[] = { "__UNIQUE_ID", "__compound_literal.",
					       "___tp_str",   "__already_done",
					       "__warned",    "__bpf_trace_tp_map" };
	size_t len = strlen(name), stem = len;

	for (const char *dot = strchr(name + 1, '.'); len && dot; dot = strchr(dot + 1, '.'))
		if (kvet_ksyms_copy_suffix(dot))
			return KVET_KSYMS_COPY;
	for (size_t i = 0; i < sizeof(generic) / sizeof(*generic); i++)
		if (!strncmp(name, generic[i], strlen(generic[i])))
			return KVET_KSYMS_GENERIC;
	/* A number after a dot: a static variable inside a function, one in each source file. */
	while (stem && isdigit((unsigned char)name[stem - 1]))
		stem--;
	return stem < len && stem > 1 && name[stem - 1] == '.' ? KVET_KSYMS_GENERIC
							       : KVET_KSYMS_ORDINARY;
}

bool kvet_ksyms_is_mapping(const char *name)
{
	return ksyms_is_mapping(name, strlen(name));
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
