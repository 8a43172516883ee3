/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef CMD_TRACE_STACK_H
#define CMD_TRACE_STACK_H

#include <kvet/ksyms.h>
#include <kvet/trace.h>

/* The frames of a stack as text. */
struct trace_stack_words {
	char texts[KVET_TRACE_STACK_MOST][256];
	const char *items[KVET_TRACE_STACK_MOST];
};

/* Describes each frame, with all names of its address; words owns the strings. */
const char *const *trace_describe_stack(struct trace_stack_words *words,
					const struct kvet_ksyms *table, const uint64_t *frames,
					size_t count);

#endif
