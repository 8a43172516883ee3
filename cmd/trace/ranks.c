/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The records of --top: ranks by hits, or lines for programs that draw flame graphs. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "records.h"

enum {
	RANK_INTERVAL,
	RANK_NUMBER,
	RANK_SYMBOL,
	RANK_HITS,
	RANK_PID,
	RANK_COMM,
	RANK_STACK,
	RANK_USER_STACK,
	RANK_COUNT
};

static const struct field rank_fields[] = {
	[RANK_INTERVAL] = TRACE_INTERVAL_FIELD,
	[RANK_NUMBER] = { "number", FIELD_INTEGER, "rank by hits, counted from 1",
			  FIELD_LEAVES(1) },
	[RANK_SYMBOL] = { "symbol", FIELD_STRING, "symbol of the site", 0 },
	[RANK_HITS] = { "hits", FIELD_INTEGER, "hits of this task, process or stack", 0 },
	[RANK_PID] = { "pid", FIELD_INTEGER, "process, with --top pid or --user-stack",
		       FIELD_SPARSE },
	[RANK_COMM] = { "comm", FIELD_STRING,
			"task name, but with --top stack only if --user-stack", FIELD_SPARSE },
	[RANK_STACK] = { "stack", FIELD_LIST, "kernel stack, innermost first, with --top stack",
			 FIELD_SPARSE },
	[RANK_USER_STACK] = { "user_stack", FIELD_LIST,
			      "process's stack, innermost first, with --user-stack", FIELD_SPARSE },
};

const struct schema trace_rank_schema = SCHEMA_FLAGGED("rank", rank_fields, SCHEMA_AT_END);

void trace_expect_ranks(struct context *context)
{
	output_expect(context->output, &trace_rank_schema, UINT64_C(1) << RANK_INTERVAL, 0);
}

void trace_put_rank(struct context *context, const struct trace_rank_row *row)
{
	const struct kvet_trace_rank *rank = row->rank;
	struct value values[RANK_COUNT] = {
		[RANK_INTERVAL] = trace_value_interval(row->interval),
		[RANK_NUMBER] = trace_value_count(row->number),
		[RANK_SYMBOL] = value_string(row->site->symbol),
		[RANK_HITS] = trace_value_count(rank->hits),
		[RANK_COMM] = value_string(rank->comm),
	};

	if (rank->pid)
		values[RANK_PID] = value_integer(rank->pid);
	if (row->stack)
		values[RANK_STACK] = value_list(row->stack->items, row->stack->count);
	if (row->user_stack)
		values[RANK_USER_STACK] =
			value_list(row->user_stack->items, row->user_stack->count);
	output_record(context->output, &trace_rank_schema, values);
}

/* --- folded ---------------------------------------------------------------------------------- */

enum {
	FOLDED_LINE,
	FOLDED_INTERVAL,
	FOLDED_STACK,
	FOLDED_HITS,
	FOLDED_COUNT
};

static const struct field folded_fields[] = {
	[FOLDED_LINE] = { "folded", FIELD_LINE, "stack and hits, for flame graphs (--folded)", 0 },
	[FOLDED_INTERVAL] = TRACE_INTERVAL_FIELD,
	[FOLDED_STACK] = { "stack", FIELD_STRING, "task and functions, outermost first", 0 },
	[FOLDED_HITS] = { "hits", FIELD_INTEGER, "hits of this stack", 0 },
};

const struct schema trace_folded_schema = SCHEMA("folded", folded_fields);

void trace_put_folded(struct context *context, uint64_t interval, const char *stack, uint64_t hits)
{
	size_t room = strlen(stack) + 32;
	char *line = malloc(room);
	struct value values[FOLDED_COUNT] = {
		[FOLDED_INTERVAL] = trace_value_interval(interval),
		[FOLDED_STACK] = value_string(stack),
		[FOLDED_HITS] = trace_value_count(hits),
	};

	if (!line) {
		context_failure(context, ENOMEM, "malloc");
		return;
	}
	values[FOLDED_LINE] =
		value_line(line, (size_t)snprintf(line, room, "%s %" PRIu64, stack, hits), false);
	output_record(context->output, &trace_folded_schema, values);
	free(line);
}
