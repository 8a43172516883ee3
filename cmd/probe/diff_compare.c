/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "diff_compare.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {
	[DIFF_LOST] = "lost",
	[DIFF_GAINED] = "gained",
	[DIFF_UNDETERMINED] = "undetermined",
	[DIFF_CHANGED] = "changed",
};

static_assert(sizeof(names) / sizeof(*names) == DIFF_CHANGE_COUNT, "a name for each change");

const char *diff_change_name(enum diff_change change)
{
	return names[change];
}

struct comparison {
	const struct diff_document *before, *after;
	diff_take *take;
	void *opaque;
};

/* Returns whether the verdicts differ, or are not known. */
static bool verdicts_differ(enum kvet_verdict before, enum kvet_verdict after,
			    enum diff_change *change)
{
	if (before == KVET_UNDETERMINED || after == KVET_UNDETERMINED)
		*change = DIFF_UNDETERMINED;
	else
		*change = before == KVET_YES ? DIFF_LOST : DIFF_GAINED;
	return before != after || *change == DIFF_UNDETERMINED;
}

static bool rests_on_the_same(const struct diff_answer *a, const struct diff_answer *b)
{
	return !strcmp(a->reason, b->reason) && !strcmp(a->errnum, b->errnum) &&
	       !strcmp(a->evidence, b->evidence) && !strcmp(a->argument, b->argument);
}

/* --- functions with a list of types ----------------------------------------------------------- */

static bool has(const struct diff_list *list, const char *word)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i], word))
			return true;
	return false;
}

/* Passes on the types of which `one` is a yes and `other` (NULL: all no) is a no. */
static int take_types(const struct comparison *comparison, struct diff_row *row,
		      const struct diff_answer *one, const struct diff_answer *other)
{
	static const struct diff_list none;
	const struct diff_list *yes = other ? &other->types : &none;
	const struct diff_list *unclear = other ? &other->undetermined_types : &none;
	int ret = 0;

	row->types.count = 0;
	row->types.items = calloc(one->types.count + 1, sizeof(*row->types.items));
	if (!row->types.items)
		return -ENOMEM;
	for (size_t i = 0; i < one->types.count; i++)
		if (!has(yes, one->types.items[i]) && !has(unclear, one->types.items[i]))
			row->types.items[row->types.count++] = one->types.items[i];
	if (row->types.count)
		ret = comparison->take(comparison->opaque, row);
	free(row->types.items);
	row->types.items = NULL;
	return ret;
}

/* Types that were and are undetermined are told too: nothing is known of them. */
static int take_unclear(const struct comparison *comparison, struct diff_row *row)
{
	const struct diff_list *before = &row->before->undetermined_types;
	const struct diff_list *after = &row->after->undetermined_types;
	int ret = 0;

	row->change = DIFF_UNDETERMINED;
	row->types.count = 0;
	row->types.items = calloc(before->count + after->count + 1, sizeof(*row->types.items));
	if (!row->types.items)
		return -ENOMEM;
	for (size_t i = 0; i < before->count; i++)
		row->types.items[row->types.count++] = before->items[i];
	for (size_t i = 0; i < after->count; i++)
		if (!has(before, after->items[i]))
			row->types.items[row->types.count++] = after->items[i];
	if (row->types.count)
		ret = comparison->take(comparison->opaque, row);
	free(row->types.items);
	row->types.items = NULL;
	return ret;
}

static int compare_lists(const struct comparison *comparison, struct diff_row *row)
{
	int ret;

	row->change = DIFF_LOST;
	ret = take_types(comparison, row, row->before, row->after);
	row->change = DIFF_GAINED;
	if (!ret)
		ret = take_types(comparison, row, row->after, row->before);
	return ret ? ret : take_unclear(comparison, row);
}

/* --- one question ----------------------------------------------------------------------------- */

static int compare_answers(const struct comparison *comparison, const struct diff_answer *before,
			   const struct diff_answer *after)
{
	struct diff_row row = { .before = before, .after = after };

	if (before->types.items && after->types.items)
		return compare_lists(comparison, &row);
	if (verdicts_differ(before->verdict, after->verdict, &row.change))
		return comparison->take(comparison->opaque, &row);
	row.is_attach = before->has_attach && after->has_attach &&
			verdicts_differ(before->attach, after->attach, &row.change);
	if (row.is_attach)
		return comparison->take(comparison->opaque, &row);
	row.change = DIFF_CHANGED;
	return rests_on_the_same(before, after) ? 0 : comparison->take(comparison->opaque, &row);
}

/* Whether a document says that its kernel does not have it: it has all that there is, and nothing
 * of this name. */
static bool is_absent(const struct diff_document *document, const struct diff_answer *answer)
{
	if (!document->complete)
		return false;
	for (size_t i = 0; i < document->count; i++)
		if (!strcmp(document->answers[i].name, answer->name))
			return false;
	return true;
}

/* What AFTER does not have. */
static int compare_missing(const struct comparison *comparison, const struct diff_answer *before)
{
	struct diff_row row = { .before = before, .absent = is_absent(comparison->after, before) };
	enum kvet_verdict verdict = row.absent ? KVET_NO : KVET_UNDETERMINED;

	if (!verdicts_differ(before->verdict, verdict, &row.change))
		return 0;
	if (before->types.count && row.absent)
		return take_types(comparison, &row, before, NULL);
	return comparison->take(comparison->opaque, &row);
}

/* What BEFORE does not have: a gain, if BEFORE has all that its kernel has. */
static int compare_new(const struct comparison *comparison, const struct diff_answer *after,
		       struct diff_counts *counts)
{
	struct diff_row row = { .change = DIFF_GAINED,
				.after = after,
				.absent = is_absent(comparison->before, after) };

	if (after->verdict != KVET_YES || !row.absent) {
		counts->only_after++;
		return 0;
	}
	if (after->types.count)
		return take_types(comparison, &row, after, NULL);
	return comparison->take(comparison->opaque, &row);
}

int diff_compare(const struct diff_document *before, const struct diff_document *after,
		 diff_take *take, void *opaque, struct diff_counts *counts)
{
	const struct comparison comparison = { before, after, take, opaque };
	size_t a = 0, b = 0;
	int ret = 0;

	*counts = (struct diff_counts){ 0 };
	while (!ret && (a < before->count || b < after->count)) {
		int order = a == before->count ? 1
			    : b == after->count
				    ? -1
				    : diff_answer_order(before->kind, &before->answers[a],
							&after->answers[b]);

		if (order < 0) {
			ret = compare_missing(&comparison, &before->answers[a++]);
		} else if (order > 0) {
			ret = compare_new(&comparison, &after->answers[b++], counts);
		} else {
			ret = compare_answers(&comparison, &before->answers[a++],
					      &after->answers[b++]);
			counts->compared++;
		}
	}
	return ret;
}
