/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What differs between two documents. Pure. */
#ifndef CMD_PROBE_DIFF_COMPARE_H
#define CMD_PROBE_DIFF_COMPARE_H

#include "diff_document.h"

enum diff_change {
	DIFF_LOST,         /* supported before, and not after */
	DIFF_GAINED,       /* supported after, and not before */
	DIFF_UNDETERMINED, /* one of both is undetermined, or was not asked */
	DIFF_CHANGED,      /* the same verdict, which rests on something else */
	DIFF_CHANGE_COUNT
};

/* "lost", "gained", "undetermined", "changed"; a static string. */
const char *diff_change_name(enum diff_change change);

struct diff_row {
	enum diff_change change;
	const struct diff_answer *before, *after; /* NULL: not asked there, or see absent */
	bool absent;            /* the side that is NULL is a no: its kernel does not have it */
	bool is_attach;         /* it is about attaching: both load */
	struct diff_list types; /* which of the types of a function, if it has a list of them */
};

/* Takes a row; not 0: no more rows are required. */
typedef int diff_take(void *opaque, const struct diff_row *row);

struct diff_counts {
	size_t compared;   /* questions that both have */
	size_t only_after; /* questions that BEFORE does not have, and that are no gain */
};

/* Passes each difference to take(), in the order of the answers. Returns 0, what take() returned,
 * or -ENOMEM. Both documents are of one kind. */
int diff_compare(const struct diff_document *before, const struct diff_document *after,
		 diff_take *take, void *opaque, struct diff_counts *counts);

#endif
