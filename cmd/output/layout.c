/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdint.h>

#include "layout.h"

/* The last column may run over, but at least this many of its columns should fit, or a third of the
 * line, or all of its values if they are shorter. */
#define LAST_LEAST 16

struct fit {
	struct layout_column *columns;
	size_t count;
	size_t line;
};

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t last_of(const struct fit *fit)
{
	size_t last = 0;

	for (size_t i = 0; i < fit->count; i++)
		if (fit->columns[i].shown)
			last = i;
	return last;
}

static bool can_be_cut(const struct layout_column *column)
{
	return column->least < column->natural;
}

/* The width that the line requires if no column is wider than most. */
static size_t needed(const struct fit *fit, size_t most)
{
	size_t last = last_of(fit), sum = 0;
	size_t end = fit->line / 3 > LAST_LEAST ? fit->line / 3 : LAST_LEAST;

	for (size_t i = 0; i < last; i++) {
		const struct layout_column *column = &fit->columns[i];
		size_t cut = column->least > most ? column->least : most;

		if (column->shown)
			sum += smaller(column->width, cut) + LAYOUT_GAP;
	}
	return sum + smaller(fit->columns[last].natural,
			     can_be_cut(&fit->columns[last]) ? end : SIZE_MAX);
}

/* The column that is dropped next, or count: one always stays. */
static size_t next_to_leave(const struct fit *fit, unsigned int least_priority)
{
	size_t found = fit->count, shown = 0;

	for (size_t i = 0; i < fit->count; i++) {
		const struct layout_column *column = &fit->columns[i];

		if (!column->shown)
			continue;
		shown++;
		if (column->priority >= least_priority &&
		    (found == fit->count || column->priority >= fit->columns[found].priority))
			found = i;
	}
	return shown > 1 ? found : fit->count;
}

/* The widest column that is not the last and can be cut further, or count. */
static size_t next_to_cut(const struct fit *fit)
{
	size_t last = last_of(fit), found = fit->count;

	for (size_t i = 0; i < last; i++) {
		const struct layout_column *column = &fit->columns[i];

		if (column->shown && column->width > column->least &&
		    (found == fit->count || column->width > fit->columns[found].width))
			found = i;
	}
	return found;
}

static void reset_widths(const struct fit *fit)
{
	for (size_t i = 0; i < fit->count; i++)
		fit->columns[i].width = fit->columns[i].natural;
}

static bool cut_to_fit(const struct fit *fit)
{
	size_t column;

	while (needed(fit, SIZE_MAX) > fit->line) {
		column = next_to_cut(fit);
		if (column == fit->count)
			return false;
		fit->columns[column].width--;
	}
	return true;
}

void layout_fit(struct layout_column *columns, size_t count, size_t line, bool keep)
{
	const struct fit fit = { columns, count, line };
	size_t column;

	reset_widths(&fit);
	if (!line || !count)
		return;
	/* One long value does not drop other columns: the value is cut. */
	while (!keep && needed(&fit, line / 2) > line && (column = next_to_leave(&fit, 1)) < count)
		columns[column].shown = false;
	while (!cut_to_fit(&fit) && !keep && (column = next_to_leave(&fit, 0)) < count) {
		columns[column].shown = false;
		reset_widths(&fit);
	}
}
