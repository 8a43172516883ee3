/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tree_put.h"

/* Probes of their own that a person waits for without being told. */
#define SINGLE_MOST 64

/* The kernel follows at most TRACE_NEST_MOST calls in each other. */
#define INDENT_MOST 64

enum {
	ROOT,
	BOOT,
	PID,
	TID,
	COMM,
	DEPTH,
	SYMBOL,
	VALUE,
	ERROR,
	DURATION,
	CALL,
	ARGS,
	FAILING,
	CUT,
	LOST,
	CALL_COUNT
};

static const struct field call_fields[] = {
	[ROOT] = { "root", FIELD_INTEGER, "number of the tree, counted from 1", FIELD_SHORT },
	[BOOT] = { "boot_ns", FIELD_TIME, "CLOCK_BOOTTIME of the return", FIELD_ASIDE },
	[PID] = { "pid", FIELD_INTEGER, "process (thread group)", FIELD_SHORT | FIELD_LEAVES(2) },
	[TID] = { "tid", FIELD_INTEGER, "thread", FIELD_ASIDE },
	[COMM] = { "comm", FIELD_STRING, "task name", FIELD_LEAVES(1) },
	[DEPTH] = { "depth", FIELD_INTEGER, "how many calls of the tree it is in; 0: the root",
		    FIELD_DETAIL },
	[SYMBOL] = { "symbol", FIELD_STRING, "symbol of the function", FIELD_DETAIL },
	[VALUE] = { "value", FIELD_INTEGER, "value that it returned", 0 },
	[ERROR] = { "error", FIELD_STRING, "errno that the value is the negative of", FIELD_SHORT },
	[DURATION] = { "duration_ns", FIELD_DURATION, "time since the entry", 0 },
	[CALL] = { "call", FIELD_STRING, "the function, indented; ! marks the path of an error",
		   FIELD_TEXT },
	[ARGS] = { "args", FIELD_MAP, "arguments at the entry, by name, with --args",
		   FIELD_SPARSE },
	[FAILING] = { "failing", FIELD_BOOLEAN,
		      "whether it is on the path of the error that the root returned",
		      FIELD_DETAIL },
	[CUT] = { "cut", FIELD_INTEGER,
		  "of a root: calls without room in the tree, which are not shown",
		  FIELD_SPARSE | FIELD_SHORT },
	[LOST] = { "lost", FIELD_INTEGER,
		   "of a root: calls that had no room in the ring buffer, or no return that was "
		   "seen",
		   FIELD_SPARSE | FIELD_SHORT },
};

const struct schema trace_call_schema = SCHEMA("call", call_fields);

static const struct kvet_kprobe_prototype *prototype_of(const struct trace_trees *trees,
							size_t site)
{
	const struct trace_prototype *found =
		trees->prototypes->sites ? &trees->prototypes->sites[site] : NULL;

	return found && found->known ? &found->prototype : NULL;
}

/* The value by its type; the whole register if that is not known. */
static int64_t typed(const struct kvet_kprobe_prototype *prototype, uint64_t value)
{
	return (int64_t)(prototype ? kvet_kprobe_value_bits(&prototype->returns, value) : value);
}

static bool returns_nothing(const struct kvet_kprobe_prototype *prototype)
{
	return prototype && prototype->returns.kind == KVET_KPROBE_NOTHING;
}

static int error_of(const struct trace_trees *trees, const struct trace_tree_call *call)
{
	const struct kvet_kprobe_prototype *prototype = prototype_of(trees, call->site);
	int64_t value = typed(prototype, call->value);

	/* Of a compiler-generated variant the type is not known: most return an int. */
	if (!prototype && call->value <= UINT32_MAX)
		value = (int32_t)call->value;
	return !returns_nothing(prototype) && value < 0 && value >= -4095 ? (int)-value : 0;
}

static struct value count_or_absent(bool known, uint64_t count)
{
	return known && count ? value_integer((int64_t)count) : value_absent();
}

static void put_call(const struct trace_trees *trees, const struct trace_tree *tree,
		     const struct trace_tree_call *call)
{
	const struct kvet_kprobe_site *site = trees->plan->sites[call->site];
	const struct kvet_kprobe_prototype *prototype = prototype_of(trees, call->site);
	struct kvet_trace_event event = { .has_args = true };
	unsigned int indent = call->depth * 2 < INDENT_MOST ? call->depth * 2 : INDENT_MOST;
	struct trace_values args;
	char text[INDENT_MOST + 600];
	struct value values[CALL_COUNT] = {
		[ROOT] = value_integer((int64_t)trees->count),
		[BOOT] = value_time(call->boot_ns),
		[PID] = value_integer(call->pid),
		[TID] = value_integer(call->tid),
		[COMM] = value_string(call->comm),
		[DEPTH] = value_integer(call->depth),
		[SYMBOL] = value_string(site->symbol),
		[DURATION] = value_integer((int64_t)call->duration_ns),
		[FAILING] = value_boolean(call->failing),
		[CUT] = count_or_absent(!call->depth, call->cut),
		[LOST] = count_or_absent(!call->depth, tree->lost),
	};

	snprintf(text, sizeof(text), "%s%*s%.512s", call->failing ? "! " : "  ", (int)indent, "",
		 site->symbol);
	values[CALL] = value_string(text);
	if (!returns_nothing(prototype))
		values[VALUE] = value_integer(typed(prototype, call->value));
	if (call->error)
		values[ERROR] = value_string(kvet_errno_symbol(call->error));
	if (trees->args && prototype) {
		memcpy(event.args, call->args, sizeof(event.args));
		trace_values_args(&args, prototype, &event);
		values[ARGS] = value_map(args.items, args.count);
	}
	output_record(trees->context->output, &trace_call_schema, values);
}

static void put_tree(struct trace_trees *trees, struct trace_tree *tree)
{
	for (size_t i = 0; i < tree->count; i++)
		tree->calls[i].error = error_of(trees, &tree->calls[i]);
	trace_tree_mark(tree);
	if (trees->failed && !tree->calls[0].error) {
		trees->passed += tree->count;
		return;
	}
	trees->count++;
	trees->shown += tree->count;
	trees->cut += tree->calls[0].cut;
	trees->lost += tree->lost;
	for (size_t i = 0; i < tree->count; i++)
		put_call(trees, tree, &tree->calls[i]);
	output_flush(trees->context->output);
}

enum status trace_trees_add(struct trace_trees *trees, const struct kvet_trace_event *event)
{
	struct trace_tree_call call = { .root = event->root,
					.tid = event->tid ? event->tid : ~event->cpu,
					.order = event->order,
					.depth = event->depth,
					.site = event->site,
					.boot_ns = event->boot_ns,
					.pid = event->pid,
					.value = event->value,
					.duration_ns = event->duration_ns,
					.calls = event->calls,
					.cut = event->cut };
	struct trace_tree tree;

	/* A root that the kernel turned away is not one of the calls that it counted. */
	bool turned_away = !event->depth && !event->calls;

	trees->received += !turned_away;
	if (trees->limit && trees->count >= trees->limit)
		return STATUS_YES;
	memcpy(call.args, event->args, sizeof(call.args));
	memcpy(call.comm, event->comm, sizeof(call.comm));
	if (!trace_forest_add(&trees->forest, &call, &tree))
		return context_failure(trees->context, ENOMEM, "malloc");
	if (tree.count && turned_away)
		trees->passed += tree.count - 1;
	else if (tree.count)
		put_tree(trees, &tree);
	free(tree.calls);
	return STATUS_YES;
}

void trace_trees_end(struct trace_trees *trees)
{
	uint64_t left = trees->received - trees->shown - trees->passed;

	if (left)
		context_note(trees->context,
			     "%" PRIu64 " calls are in no tree: their roots had not returned, or "
			     "came after the last tree that was asked for",
			     left);
	if (trees->cut)
		context_note(trees->context,
			     "%" PRIu64
			     " calls had no room in their trees: at most %u calls, %u in "
			     "each other",
			     trees->cut, KVET_TRACE_NEST_CALLS, KVET_TRACE_NEST_MOST);
	if (trees->lost)
		context_note(trees->context,
			     "%" PRIu64 " call%s of the trees did not arrive: see the sites' LOST, "
			     "MISSED and UNRETURNED",
			     trees->lost, trees->lost == 1 ? "" : "s");
	trace_forest_deinit(&trees->forest);
}

enum status trace_trees_check(struct context *context, struct trace_plan *plan)
{
	struct kvet_kprobe_ways *ways = trace_plan_ways(plan, context);
	struct kvet_cause cause = { .source = "--among" };

	if (plan->site_count <= SINGLE_MOST || plan->wish.backend != KVET_KPROBE_AUTO || !ways ||
	    kvet_kprobe_ways_route(ways).multi)
		return STATUS_YES;
	snprintf(cause.evidence, sizeof(cause.evidence),
		 "%zu functions would take about %" PRIu64 " s to arm, and as long to disarm: this "
		 "kernel has no kprobe_multi",
		 plan->site_count, trace_tree_seconds(plan->site_count));
	snprintf(cause.remedy, sizeof(cause.remedy),
		 "fewer functions, or --backend pmu to wait that long");
	return trace_plan_put_unarmed(plan, context, false, KVET_NO, &cause);
}
