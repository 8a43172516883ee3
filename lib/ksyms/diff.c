/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What differs between two tables. */
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/fail.h"
#include "ksyms/anchor.h"

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

/* The state of a comparison. */
struct comparison {
	const struct kvet_ksyms *before, *after;
	const struct kvet_ksyms_filter *filter;
	struct ksyms_anchors anchors;
	struct kvet_ksyms_difference *items;
	size_t count;
	size_t unplaced, compared;
};

/* The distance of a row from its anchor in the first table. */
static bool relative_to(const struct ksyms_anchor *anchor, const struct kvet_ksyms *table,
			uint32_t row, uint64_t origin, int64_t *relative)
{
	if (!anchor->name || ksyms_is_absolute(table->types[row]))
		return false;
	*relative = (int64_t)(table->addresses[row] - origin);
	return true;
}

/* The number in the first table of the module of a row of the second; false if it has none. */
static bool module_before(const struct comparison *all, uint32_t row, uint16_t *module)
{
	const char *name = ksyms_row_module(all->after, row);

	for (*module = 0; name && *module < all->before->module_count; ++*module)
		if (!strcmp(ksyms_name(&all->before->strings, all->before->module_names[*module]),
			    name))
			break;
	*module += name != NULL;
	return *module <= all->before->module_count;
}

static int note(struct comparison *all, enum kvet_ksyms_change change, uint32_t before,
		uint32_t after)
{
	struct kvet_ksyms_difference item = { .change = change, .before = before, .after = after };
	uint16_t module;

	if (change != KVET_KSYMS_ADDED) {
		const struct ksyms_anchor *anchor =
			ksyms_anchor_of(&all->anchors, all->before, before);

		item.has_before_relative = relative_to(anchor, all->before, before, anchor->before,
						       &item.before_relative);
	}
	if (change != KVET_KSYMS_REMOVED && module_before(all, after, &module)) {
		const struct ksyms_anchor *anchor =
			module ? &all->anchors.modules[module] : &all->anchors.kernel;

		item.has_after_relative =
			relative_to(anchor, all->after, after, anchor->after, &item.after_relative);
	}
	if (!ARRAY_MORE(all->items, all->count))
		return -ENOMEM;
	all->items[all->count++] = item;
	return 0;
}

static char lower(char type)
{
	return (char)tolower((unsigned char)type);
}

/*
 * An upper-case letter of a module's symbol means "exported" in the kernel's table, but "global" in
 * the module's file; symbols of its per-CPU section are absolute in the kernel's table.
 */
static bool letters_agree(const struct comparison *all, uint32_t before, uint32_t after)
{
	char one = all->before->types[before], other = all->after->types[after];

	if (one == other)
		return true;
	if (all->before->modules[before] && all->before->unlinked != all->after->unlinked)
		return lower(one) == lower(other) || (lower(one) == 'a' && lower(other) == 'd') ||
		       (lower(one) == 'd' && lower(other) == 'a');
	/* A per-CPU offset: absolute in the kernel's own table before Linux 6.15, data in
	 * System.map and in vmlinux. */
	return !all->before->hidden && !all->after->hidden && !all->before->modules[before] &&
	       ksyms_is_absolute(one) != ksyms_is_absolute(other) &&
	       all->before->addresses[before] == all->after->addresses[after];
}

/* Whether two rows of one name have the same type and module. */
static bool alike(const struct comparison *all, uint32_t before, uint32_t after)
{
	const char *one = ksyms_row_module(all->before, before);
	const char *other = ksyms_row_module(all->after, after);

	return !one == !other && (!one || !strcmp(one, other)) && letters_agree(all, before, after);
}

/* Whether rows of this kind have no stable place, so that only their number is compared: all but
 * text of modules, and everything that the kernel makes at run time. */
static bool lies_anywhere(const struct comparison *all, uint32_t before)
{
	return all->before->modules[before] &&
	       (!ksyms_is_text(all->before->types[before]) || ksyms_is_image(all->before, before) ||
		all->before->unlinked != all->after->unlinked);
}

/* Whether two such rows are at the same place, or have no places to compare. */
static bool same_place(struct comparison *all, uint32_t before, uint32_t after, bool *unplaced)
{
	const struct ksyms_anchor *anchor = ksyms_anchor_of(&all->anchors, all->before, before);
	uint64_t one = all->before->addresses[before], other = all->after->addresses[after];

	*unplaced = false;
	if (all->before->hidden || all->after->hidden || lies_anywhere(all, before))
		return true;
	/* An absolute symbol may be moved with the kernel, or not. */
	if (ksyms_is_absolute(all->before->types[before]) && one == other)
		return true;
	if (!anchor->name) {
		*unplaced = !ksyms_is_absolute(all->before->types[before]);
		return *unplaced;
	}
	return one - anchor->before == other - anchor->after;
}

struct pair {
	struct kvet_ksyms_range rows_before, rows_after;
	bool *taken_before, *taken_after;
};

/* Pairs each remaining row of the first table with a remaining one of the second that has its type
 * and module; if exact, also its place. */
static int match(struct comparison *all, struct pair *pair, bool exact)
{
	for (size_t i = 0; i < pair->rows_before.count; i++) {
		uint32_t before = pair->rows_before.rows[i];

		for (size_t j = 0; j < pair->rows_after.count && !pair->taken_before[i]; j++) {
			uint32_t after = pair->rows_after.rows[j];
			bool unplaced = false;

			if (pair->taken_after[j] || !alike(all, before, after) ||
			    (exact && !same_place(all, before, after, &unplaced)))
				continue;
			pair->taken_before[i] = pair->taken_after[j] = true;
			all->unplaced += unplaced;
			if (!exact && note(all, KVET_KSYMS_MOVED, before, after))
				return -ENOMEM;
		}
	}
	return 0;
}

/* Whether a row is compared. Symbols of a module's file that the kernel does not keep are neither
 * added nor removed. */
static bool takes_part(const struct comparison *all, const struct kvet_ksyms *table, uint32_t row)
{
	if (all->before->unlinked != all->after->unlinked && ksyms_is_unloaded(table, row))
		return false;
	return kvet_ksyms_counts(table, row, all->filter);
}

static int diff_name(struct comparison *all, const char *name)
{
	struct pair pair = { .rows_before = kvet_ksyms_by_name(all->before, name),
			     .rows_after = kvet_ksyms_by_name(all->after, name) };
	AUTO_FREE bool *taken =
		calloc(pair.rows_before.count + pair.rows_after.count + 1, sizeof(*taken));
	int ret = 0;

	if (!taken)
		return -ENOMEM;
	pair.taken_before = taken;
	pair.taken_after = taken + pair.rows_before.count;
	for (size_t i = 0; i < pair.rows_before.count; i++)
		taken[i] = !takes_part(all, all->before, pair.rows_before.rows[i]);
	for (size_t j = 0; j < pair.rows_after.count; j++)
		pair.taken_after[j] = !takes_part(all, all->after, pair.rows_after.rows[j]);
	for (size_t i = 0; i < pair.rows_before.count + pair.rows_after.count; i++)
		all->compared += !taken[i];
	if (match(all, &pair, true) || match(all, &pair, false))
		return -ENOMEM;
	for (size_t i = 0; i < pair.rows_before.count && !ret; i++)
		if (!pair.taken_before[i])
			ret = note(all, KVET_KSYMS_REMOVED, pair.rows_before.rows[i], 0);
	for (size_t j = 0; j < pair.rows_after.count && !ret; j++)
		if (!pair.taken_after[j])
			ret = note(all, KVET_KSYMS_ADDED, 0, pair.rows_after.rows[j]);
	return ret;
}

/* Whether a row is the first with its name. */
static bool leads(const struct kvet_ksyms *table, uint32_t row)
{
	return table->by_name[table->starts[table->names[row]]] == row;
}

static int compare(struct comparison *all)
{
	int ret = kvet_ksyms_anchors_find(&all->anchors, all->before, all->after);

	for (size_t i = 0; i < ksyms_placed(all->before) && !ret; i++) {
		uint32_t row = all->before->by_address[i];

		if (leads(all->before, row))
			ret = diff_name(all, ksyms_row_name(all->before, row));
	}
	for (size_t i = 0; i < ksyms_placed(all->after) && !ret; i++) {
		uint32_t row = all->after->by_address[i];
		const char *name = ksyms_row_name(all->after, row);

		if (leads(all->after, row) && !kvet_ksyms_by_name(all->before, name).count)
			ret = diff_name(all, name);
	}
	return ret;
}

int kvet_ksyms_diff(const struct kvet_ksyms *before, const struct kvet_ksyms *after,
		    const struct kvet_ksyms_filter *filter, struct kvet_ksyms_comparison *out,
		    struct kvet_cause *err)
{
	struct comparison all = { .before = before, .after = after, .filter = filter };
	int ret = compare(&all);

	free(all.anchors.modules);
	if (ret) {
		free(all.items);
		return kvet_fail_memory(err);
	}
	*out = (struct kvet_ksyms_comparison){
		.differences = all.items,
		.count = all.count,
		.anchor = all.anchors.kernel.name,
		.unplaced = all.unplaced,
		.compared = all.compared,
	};
	return 0;
}
