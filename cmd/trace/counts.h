/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What `trace` shows of counters: for each site, its durations or its top, in total and for each
 * interval. */
#ifndef CMD_TRACE_COUNTS_H
#define CMD_TRACE_COUNTS_H

#include <time.h>

#include <kvet/trace.h>

#include "args.h"
#include "command.h"
#include "plan.h"
#include "stacks.h"

/* Start from all zeros but the first five, which the caller sets and owns. */
struct trace_counts {
	struct context *context;
	const struct trace_args *args;
	const struct trace_plan *plan;
	struct trace_stacks *stacks;
	struct kvet_trace *trace;

	uint64_t others;     /* hits that are not in the rows of --top, of the last total */
	uint64_t interval;   /* how many have ended */
	struct timespec end; /* of the present one, by CLOCK_MONOTONIC */
	struct kvet_trace_site *before; /* each site when it began; NULL: it is the first one */
	uint64_t (*slots)[KVET_TRACE_SLOTS];
};

/* Writes the record of one site with these counters. */
void trace_counts_put_site(const struct trace_counts *counts, size_t index,
			   const struct kvet_trace_site *site);

/* Writes the totals: with --histogram the durations, with --top the ranks. */
enum status trace_counts_put(struct trace_counts *counts);

/* With --interval: begins the first one. */
void trace_counts_begin(struct trace_counts *counts);

/* Whether --interval is given and the present one has ended. */
bool trace_counts_due(const struct trace_counts *counts);

/* Ends the present interval and writes the counts of it; begins the next one. Sites of a glob are
 * left out if they were not hit. */
enum status trace_counts_end(struct trace_counts *counts);

/* On a terminal and without --interval: shows the counters so far. */
void trace_counts_draft(struct trace_counts *counts);

void trace_counts_deinit(struct trace_counts *counts);

#endif
