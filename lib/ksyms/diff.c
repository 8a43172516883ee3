/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What differs between two tables. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "ksyms/table.h"

static const char *const change_names[] = {
	[KVET_KSYMS_ADDED] = "added",
	[KVET_KSYMS_REMOVED] = "removed",
	[KVET_KSYMS_MOVED] = "moved",
};
static_assert(sizeof(change_names) / sizeof(*change_names) == KVET_KSYMS_CHANGE_COUNT,
	      "every change has a name");

const char *kvet_ksyms_change_name(enum kvet_ksyms_change change)
{
	return change_names[change];
}

struct differences {
	struct kvet_ksyms_difference *items;
	size_t count, room;
};

static int note(struct differences *all, enum kvet_ksyms_change change, uint32_t before,
		uint32_t after)
{
	if (all->count == all->room) {
		size_t room = all->room ? all->room * 2 : 64;

		if (kvet_ksyms_grow(&all->items, room, sizeof(*all->items)))
			return -ENOMEM;
		all->room = room;
	}
	all->items[all->count++] = (struct kvet_ksyms_difference){ change, before, after };
	return 0;
}

/* Rows of one name that are alike: the same type and module. */
static bool alike(const struct kvet_ksyms *a, uint32_t row_a, const struct kvet_ksyms *b,
		  uint32_t row_b)
{
	const char *module_a = ksyms_row_module(a, row_a), *module_b = ksyms_row_module(b, row_b);

	return a->types[row_a] == b->types[row_b] && !module_a == !module_b &&
	       (!module_a || !strcmp(module_a, module_b));
}

static struct kvet_ksyms_range rows_of(const struct kvet_ksyms *table, const char *name)
{
	return kvet_ksyms_by_name(table, name);
}

/* Whether two rows that are alike stand at the same place; without a distance from _text in
 * both there is nothing to tell them apart by. */
static bool same_place(const struct kvet_ksyms *a, uint32_t row_a, const struct kvet_ksyms *b,
		       uint32_t row_b)
{
	struct kvet_symbol one = kvet_ksyms_row(a, row_a), other = kvet_ksyms_row(b, row_b);

	return !one.has_relative || !other.has_relative || one.relative == other.relative;
}

struct pair {
	const struct kvet_ksyms *before, *after;
	struct kvet_ksyms_range rows_before, rows_after;
	bool *taken_before, *taken_after;
};

/* Pairs each row left of the first with one left of the second that is like it, and at the
 * same place if exact. */
static int match(struct pair *pair, bool exact, struct differences *all)
{
	for (size_t i = 0; i < pair->rows_before.count; i++) {
		uint32_t before = pair->rows_before.rows[i];

		for (size_t j = 0; j < pair->rows_after.count && !pair->taken_before[i]; j++) {
			uint32_t after = pair->rows_after.rows[j];

			if (pair->taken_after[j] ||
			    !alike(pair->before, before, pair->after, after) ||
			    (exact && !same_place(pair->before, before, pair->after, after)))
				continue;
			pair->taken_before[i] = pair->taken_after[j] = true;
			if (!exact && note(all, KVET_KSYMS_MOVED, before, after))
				return -ENOMEM;
		}
	}
	return 0;
}

static int diff_name(const struct kvet_ksyms *before, const struct kvet_ksyms *after,
		     const char *name, const struct kvet_ksyms_filter *filter,
		     struct differences *all)
{
	struct pair pair = { .before = before,
			     .after = after,
			     .rows_before = rows_of(before, name),
			     .rows_after = rows_of(after, name) };
	AUTO_FREE bool *taken =
		calloc(pair.rows_before.count + pair.rows_after.count + 1, sizeof(*taken));
	int ret = 0;

	if (!taken)
		return -ENOMEM;
	pair.taken_before = taken;
	pair.taken_after = taken + pair.rows_before.count;
	for (size_t i = 0; i < pair.rows_before.count; i++)
		taken[i] = !kvet_ksyms_counts(before, pair.rows_before.rows[i], filter);
	for (size_t j = 0; j < pair.rows_after.count; j++)
		pair.taken_after[j] = !kvet_ksyms_counts(after, pair.rows_after.rows[j], filter);
	if (match(&pair, true, all) || match(&pair, false, all))
		return -ENOMEM;
	for (size_t i = 0; i < pair.rows_before.count && !ret; i++)
		if (!pair.taken_before[i])
			ret = note(all, KVET_KSYMS_REMOVED, pair.rows_before.rows[i], 0);
	for (size_t j = 0; j < pair.rows_after.count && !ret; j++)
		if (!pair.taken_after[j])
			ret = note(all, KVET_KSYMS_ADDED, 0, pair.rows_after.rows[j]);
	return ret;
}

/* Whether a row is the first of its name. */
static bool leads(const struct kvet_ksyms *table, uint32_t row)
{
	return table->by_name[table->starts[table->names[row]]] == row;
}

int kvet_ksyms_diff(const struct kvet_ksyms *before, const struct kvet_ksyms *after,
		    const struct kvet_ksyms_filter *filter,
		    struct kvet_ksyms_difference **differences, size_t *count,
		    struct kvet_error *err)
{
	struct differences all = { 0 };
	int ret = 0;

	for (size_t i = 0; i < before->count && !ret; i++) {
		uint32_t row = before->by_address[i];

		if (leads(before, row))
			ret = diff_name(before, after, ksyms_row_name(before, row), filter, &all);
	}
	for (size_t i = 0; i < after->count && !ret; i++) {
		uint32_t row = after->by_address[i];

		if (leads(after, row) && !rows_of(before, ksyms_row_name(after, row)).count)
			ret = diff_name(before, after, ksyms_row_name(after, row), filter, &all);
	}
	if (ret) {
		free(all.items);
		return kvet_fail_memory(err);
	}
	*differences = all.items;
	*count = all.count;
	return 0;
}
