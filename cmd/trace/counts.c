/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/time.h"
#include "counts.h"
#include "records.h"

void trace_counts_put_site(const struct trace_counts *counts, size_t index,
			   const struct kvet_trace_site *site)
{
	const struct trace_plan *plan = counts->plan;

	trace_put_site(
		counts->context, plan->table,
		&(struct trace_site_row){
			.number = plan->numbers[index],
			.spec = plan->owners[index]->text,
			.site = plan->sites[index],
			.state = site,
			.returns = counts->args->returns || counts->args->tree,
			.cause = site->verdict == KVET_YES && !site->dead ? NULL : &site->cause });
}

/* --- totals ---------------------------------------------------------------------------------- */

static enum status put_histogram(const struct trace_counts *counts, size_t index)
{
	uint64_t slots[KVET_TRACE_SLOTS];
	struct kvet_cause err;

	if (kvet_trace_histogram_read(counts->trace, index, slots, &err)) {
		context_error(counts->context, &err);
		return STATUS_ERROR;
	}
	trace_put_buckets(counts->context, 0, counts->plan->numbers[index],
			  counts->plan->sites[index], slots);
	return STATUS_YES;
}

/* Rows of --top, unless --rows says how many. */
#define ROWS_DEFAULT 20

static void put_rank(const struct trace_counts *counts, uint64_t interval, size_t number,
		     const struct kvet_trace_rank *rank)
{
	struct trace_rank_row row = { .interval = interval,
				      .number = number,
				      .rank = rank,
				      .site = counts->plan->sites[rank->site] };

	if (rank->frame_count)
		row.stack = trace_stacks_kernel(counts->stacks, rank->frames, rank->frame_count);
	if (rank->user_frame_count)
		row.user_stack = trace_stacks_user(counts->stacks, rank->pid, rank->comm,
						   rank->user_frames, rank->user_frame_count);
	trace_put_rank(counts->context, &row);
}

/* A line of --folded, and its hits. */
struct fold {
	char *stack;
	uint64_t hits;
};

static int by_stack(const void *a, const void *b)
{
	return strcmp(((const struct fold *)a)->stack, ((const struct fold *)b)->stack);
}

/* Stacks that differ in offsets or processes are one line. */
static enum status put_folded(const struct trace_counts *counts, uint64_t interval,
			      const struct kvet_trace_rank *ranks, size_t count)
{
	struct fold *folds = calloc(count + 1, sizeof(*folds));
	size_t folded = 0;

	for (; folds && folded < count; folded++) {
		const struct kvet_trace_rank *rank = &ranks[folded];

		trace_stacks_kernel(counts->stacks, rank->frames, rank->frame_count);
		trace_stacks_user(counts->stacks, rank->pid, rank->comm, rank->user_frames,
				  rank->user_frame_count);
		folds[folded].hits = rank->hits;
		folds[folded].stack = trace_stacks_fold(counts->stacks, rank->comm);
		if (!folds[folded].stack)
			break;
	}
	if (folds)
		qsort(folds, folded, sizeof(*folds), by_stack);
	for (size_t i = 0; i < folded; i++) {
		if (i + 1 < folded && !by_stack(&folds[i], &folds[i + 1]))
			folds[i + 1].hits += folds[i].hits;
		else
			trace_put_folded(counts->context, interval, folds[i].stack, folds[i].hits);
	}
	for (size_t i = 0; i < folded; i++)
		free(folds[i].stack);
	free(folds);
	return folded == count ? STATUS_YES : context_failure(counts->context, ENOMEM, "malloc");
}

/* The ranks of the present interval, or with 0 all of them. */
static enum status put_top(struct trace_counts *counts, uint64_t interval)
{
	const struct trace_args *args = counts->args;
	size_t most = args->rows.given ? args->rows.value : args->folded ? SIZE_MAX : ROWS_DEFAULT;
	enum status status = STATUS_YES;
	struct kvet_trace_rank *ranks;
	struct kvet_cause err;
	size_t count;
	uint64_t others;

	if (interval ? kvet_trace_top_lap(counts->trace, most, &ranks, &count, &others, &err)
		     : kvet_trace_top_read(counts->trace, most, &ranks, &count, &others, &err)) {
		context_error(counts->context, &err);
		return STATUS_ERROR;
	}
	if (args->folded)
		status = put_folded(counts, interval, ranks, count);
	for (size_t i = 0; i < count && !args->folded; i++)
		put_rank(counts, interval, i + 1, &ranks[i]);
	if (!interval)
		counts->others = others;
	free(ranks);
	return status;
}

enum status trace_counts_put(struct trace_counts *counts)
{
	enum status status = STATUS_YES;

	for (size_t i = 0; counts->args->histogram && i < counts->plan->site_count; i++)
		status = status_worst(status, put_histogram(counts, i));
	if (counts->args->top)
		status = status_worst(status, put_top(counts, 0));
	return status;
}

/* --- intervals ------------------------------------------------------------------------------- */

static void set_end(struct trace_counts *counts)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	counts->end = timespec_of(ns_of(&counts->end) + counts->args->interval.value);
	/* An interval that a busy machine has missed is not made up for. */
	if (ns_of(&counts->end) <= ns_of(&now))
		counts->end = timespec_of(ns_of(&now) + counts->args->interval.value);
}

void trace_counts_begin(struct trace_counts *counts)
{
	if (!counts->args->interval.given)
		return;
	clock_gettime(CLOCK_MONOTONIC, &counts->end);
	set_end(counts);
}

bool trace_counts_due(const struct trace_counts *counts)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return counts->args->interval.given && ns_of(&counts->end) <= ns_of(&now);
}

static bool make_room(struct trace_counts *counts)
{
	size_t sites = counts->plan->site_count;

	if (counts->args->histogram && !counts->slots)
		counts->slots = calloc(sites, sizeof(*counts->slots));
	if (!counts->args->histogram && !counts->args->top && !counts->before)
		counts->before = calloc(sites, sizeof(*counts->before));
	return counts->args->top || counts->slots || counts->before;
}

/* Turns the counters into those of the present interval. */
static void subtract(struct kvet_trace_site *site, const struct kvet_trace_site *before)
{
	site->hits -= before->hits;
	site->counted -= before->counted;
	site->filtered -= before->filtered;
	site->own -= before->own;
	site->limited -= before->limited;
	site->lost -= before->lost;
	site->entered -= before->entered;
	site->returned -= before->returned;
}

static enum status put_site_lap(struct trace_counts *counts, size_t index)
{
	const struct trace_plan *plan = counts->plan;
	struct kvet_trace_site site, now;
	struct kvet_cause err;

	if (kvet_trace_site_read(counts->trace, index, &now, &err)) {
		context_error(counts->context, &err);
		return STATUS_ERROR;
	}
	site = now;
	subtract(&site, &counts->before[index]);
	counts->before[index] = now;
	/* Where it was armed is a matter of the total. */
	site.armed.known = false;
	if (site.verdict == KVET_YES && (site.hits || !plan->owners[index]->spec.glob))
		trace_put_site(counts->context, plan->table,
			       &(struct trace_site_row){ .interval = counts->interval,
							 .number = plan->numbers[index],
							 .spec = plan->owners[index]->text,
							 .site = plan->sites[index],
							 .state = &site,
							 .returns = counts->args->returns });
	return STATUS_YES;
}

static enum status put_histogram_lap(struct trace_counts *counts, size_t index)
{
	uint64_t slots[KVET_TRACE_SLOTS], *before = counts->slots[index];
	struct kvet_cause err;

	if (kvet_trace_histogram_read(counts->trace, index, slots, &err)) {
		context_error(counts->context, &err);
		return STATUS_ERROR;
	}
	for (size_t i = 0; i < KVET_TRACE_SLOTS; i++) {
		uint64_t now = slots[i];

		slots[i] -= before[i];
		before[i] = now;
	}
	trace_put_buckets(counts->context, counts->interval, counts->plan->numbers[index],
			  counts->plan->sites[index], slots);
	return STATUS_YES;
}

enum status trace_counts_end(struct trace_counts *counts)
{
	enum status status = STATUS_YES;

	if (!counts->args->interval.given)
		return status;
	if (!make_room(counts))
		return context_failure(counts->context, ENOMEM, "malloc");
	counts->interval++;
	if (counts->args->top)
		status = put_top(counts, counts->interval);
	for (size_t i = 0; i < counts->plan->site_count && !counts->args->top; i++)
		status = status_worst(status, counts->args->histogram ? put_histogram_lap(counts, i)
								      : put_site_lap(counts, i));
	output_flush(counts->context->output);
	set_end(counts);
	return status;
}

void trace_counts_deinit(struct trace_counts *counts)
{
	free(counts->before);
	free(counts->slots);
}

/* --- on a terminal --------------------------------------------------------------------------- */

static void put_draft(struct output *output, void *opaque)
{
	struct trace_counts counts = *(const struct trace_counts *)opaque;
	struct context context = *counts.context;
	struct kvet_trace_site site;

	context.output = output;
	counts.context = &context;
	trace_counts_put(&counts);
	if (counts.args->top || counts.args->histogram)
		return;
	for (size_t i = 0; i < counts.plan->site_count; i++)
		if (!kvet_trace_site_read(counts.trace, i, &site, NULL))
			trace_counts_put_site(&counts, i, &site);
}

void trace_counts_draft(struct trace_counts *counts)
{
	if (!counts->args->interval.given)
		output_draft(counts->context->output, put_draft, counts);
}
