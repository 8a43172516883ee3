/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdlib.h>

#include "core/array.h"
#include "tree.h"

/* Calls that may wait for their roots. */
#define WAITING_MOST 1000000

static bool is_of(const struct trace_tree_call *call, const struct trace_tree_call *root)
{
	return call->tid == root->tid && call->root == root->root;
}

static int by_order(const void *a, const void *b)
{
	const struct trace_tree_call *first = a, *second = b;

	/* An interrupt may take the number of the call that it interrupts. */
	if (first->order != second->order)
		return first->order < second->order ? -1 : 1;
	return first->depth < second->depth ? -1 : first->depth > second->depth;
}

/* Moves the calls of a root from the forest to its tree. Others of the thread are of an earlier
 * root, which did not return. */
static bool take_tree(struct trace_forest *forest, const struct trace_tree_call *root,
		      struct trace_tree *tree)
{
	size_t left = 0;

	tree->calls = calloc(forest->count + 1, sizeof(*tree->calls));
	if (!tree->calls)
		return false;
	tree->calls[tree->count++] = *root;
	for (size_t i = 0; i < forest->count; i++) {
		const struct trace_tree_call *call = &forest->calls[i];

		if (is_of(call, root))
			tree->calls[tree->count++] = *call;
		else if (call->tid == root->tid)
			forest->dropped++;
		else
			forest->calls[left++] = *call;
	}
	forest->count = left;
	qsort(tree->calls, tree->count, sizeof(*tree->calls), by_order);
	tree->lost = root->calls > tree->count ? root->calls - (uint32_t)tree->count : 0;
	return true;
}

bool trace_forest_add(struct trace_forest *forest, const struct trace_tree_call *call,
		      struct trace_tree *tree)
{
	*tree = (struct trace_tree){ 0 };
	if (!call->depth)
		return take_tree(forest, call, tree);
	if (forest->count >= WAITING_MOST) {
		forest->dropped++;
		return true;
	}
	if (!ARRAY_MORE(forest->calls, forest->count))
		return false;
	forest->calls[forest->count++] = *call;
	return true;
}

void trace_tree_mark(struct trace_tree *tree)
{
	size_t at = 0, next = 0;

	while (at < tree->count && tree->calls[at].error) {
		const struct trace_tree_call *call = &tree->calls[at];

		tree->calls[at].failing = true;
		next = at;
		for (size_t i = at + 1; i < tree->count && tree->calls[i].depth > call->depth; i++)
			if (tree->calls[i].depth == call->depth + 1 &&
			    tree->calls[i].error == call->error)
				next = i;
		if (next == at)
			return;
		at = next;
	}
}

void trace_forest_deinit(struct trace_forest *forest)
{
	free(forest->calls);
	*forest = (struct trace_forest){ 0 };
}

uint64_t trace_tree_seconds(size_t sites)
{
	/* Two probes each, and up to a fifth of a second for each of them. */
	return ((uint64_t)sites * 2 + 4) / 5;
}
