/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Calls of the probed functions, each with what it called: put together from events, which come in
 * the order of the returns. */
#ifndef CMD_TRACE_TREE_H
#define CMD_TRACE_TREE_H

#include <kvet/trace.h>

/* A call; root and tid tell which tree it belongs to. */
struct trace_tree_call {
	uint64_t root;
	uint32_t tid;
	uint32_t order; /* of its entry, in the tree */
	uint32_t depth; /* 0: it is the root */
	size_t site;
	uint64_t boot_ns;
	uint32_t pid;
	uint64_t value;
	uint64_t duration_ns;
	uint64_t args[KVET_TRACE_ARGS];
	char comm[KVET_TRACE_COMM_SIZE];
	uint32_t calls,
		cut;  /* of a root: how many calls the kernel noted in it, and how many not */
	int error;    /* the errno that it returned; 0: none */
	bool failing; /* it is on the path of the root's error */
};

/* The calls whose roots have not returned yet. Start from all zeros. */
struct trace_forest {
	struct trace_tree_call *calls;
	size_t count;
	size_t dropped; /* calls whose root did not return, or for which there was no room */
};

/* A tree whose root has returned: its calls in the order of their entries, the root first. */
struct trace_tree {
	struct trace_tree_call *calls;
	size_t count;
	uint32_t lost; /* calls that the kernel noted, but that did not arrive */
};

/* Takes a call in. If it is a root, *tree becomes its tree, which the caller frees; else it has no
 * calls. Returns false if there is no memory. Pure. */
bool trace_forest_add(struct trace_forest *forest, const struct trace_tree_call *call,
		      struct trace_tree *tree);

/* Marks the path of the root's error: from each call to the last one that returned the same error
 * to it. Pure. */
void trace_tree_mark(struct trace_tree *tree);

void trace_forest_deinit(struct trace_forest *forest);

/* The seconds that probes of their own take at so many functions, one after another, to arm and to
 * remove. Pure. */
uint64_t trace_tree_seconds(size_t sites);

#endif
