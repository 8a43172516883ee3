/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What --tree shows. */
#ifndef CMD_TRACE_TREE_PUT_H
#define CMD_TRACE_TREE_PUT_H

#include "command.h"
#include "plan.h"
#include "tree.h"
#include "values.h"

extern const struct schema trace_call_schema;

/* The trees of a session. All zeros but for what the caller sets. */
struct trace_trees {
	struct context *context;
	const struct trace_plan *plan;
	const struct trace_prototypes *prototypes;
	bool args;      /* show arguments */
	bool failed;    /* show only trees whose root returns an errno */
	uint64_t limit; /* show so many trees; 0: all */
	struct trace_forest forest;
	uint64_t count;    /* trees that were shown */
	uint64_t shown;    /* calls in them */
	uint64_t passed;   /* calls in trees whose root was not asked for */
	uint64_t received; /* calls that arrived */
	uint64_t cut;      /* calls that had no room in their trees */
	uint64_t lost;     /* calls that the kernel noted in them, but that did not arrive */
};

/* Takes a call in, and shows the tree of a root that has returned. Returns the status. */
enum status trace_trees_add(struct trace_trees *trees, const struct kvet_trace_event *event);

/* Reports which calls are in no tree, and frees the forest. */
void trace_trees_end(struct trace_trees *trees);

/* Refuses to probe so many functions one by one, unless a back end was chosen: says how long it
 * would take. Returns the status, yes if it is not refused. */
enum status trace_trees_check(struct context *context, struct trace_plan *plan);

#endif
