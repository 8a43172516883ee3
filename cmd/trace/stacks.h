/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The frames of stacks as text. */
#ifndef CMD_TRACE_STACKS_H
#define CMD_TRACE_STACKS_H

#include <kvet/ksyms.h>
#include <kvet/trace.h>
#include <kvet/usyms.h>

#include "command.h"

/* The frames of one stack: a list of `count` items. */
struct trace_stack_words {
	char texts[KVET_TRACE_STACK_MOST][256];
	const char *items[KVET_TRACE_STACK_MOST];
	size_t count;
};

/* One stack of each kind at a time. */
struct trace_stacks {
	const struct kvet_ksyms *table; /* the caller's */
	struct kvet_usyms *usyms;
	bool by_pid; /* /proc has the numbers that events have */
	struct trace_stack_words kernel, user;
};

/* Returns NULL if there is no memory. Free with trace_stacks_free(). */
struct trace_stacks *trace_stacks_new(const struct context *context,
				      const struct kvet_ksyms *table);
void trace_stacks_free(struct trace_stacks *stacks);

/* Describes each frame of the kernel's stack, or of the process's, with all names of its address.
 * The strings are valid until the next stack of that kind. */
const struct trace_stack_words *trace_stacks_kernel(struct trace_stacks *stacks,
						    const uint64_t *frames, size_t count);
const struct trace_stack_words *trace_stacks_user(struct trace_stacks *stacks, uint32_t pid,
						  const char *comm,
						  const struct kvet_user_frame *frames,
						  size_t count);

/* The two last stacks on one line, outermost frame first, after the task's name: "sh;main;read;
 * ksys_read;vfs_read", without offsets. The caller frees it. Returns NULL if there is no memory. */
char *trace_stacks_fold(const struct trace_stacks *stacks, const char *comm);

#endif
