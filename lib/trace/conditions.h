/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Conditions and expressions as the programs in the kernel read them. Pure. */
#ifndef KVET_TRACE_CONDITIONS_H
#define KVET_TRACE_CONDITIONS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include <kvet/condition.h>

#include "trace_event.h"

/* The flags that these conditions require. */
unsigned int kvet_trace_questions_flags(const struct kvet_condition *conditions, size_t count);

/* What they ask at every site; count is at most TRACE_CONDITIONS. */
void kvet_trace_questions(const struct kvet_condition *conditions, size_t count,
			  struct trace_question questions[TRACE_CONDITIONS]);

/* Where an expression leads to; strings: to the text at a pointer, not to the pointer. */
struct trace_path kvet_trace_path(const struct kvet_kprobe_expression *expression, bool strings);

/* What a condition comes to at a site. */
struct trace_term kvet_trace_term(const struct kvet_condition *condition,
				  const struct kvet_condition_term *term);

/* The pattern of a condition on a text; false if it is not one. */
bool kvet_trace_pattern(const struct kvet_condition *condition, struct trace_pattern *pattern);

#endif
