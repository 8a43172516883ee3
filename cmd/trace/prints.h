/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The expressions of --print: parsed and resolved for each site, and their values in an event. */
#ifndef CMD_TRACE_PRINTS_H
#define CMD_TRACE_PRINTS_H

#include <kvet/trace.h>

#include "command.h"
#include "plan.h"
#include "values.h"

struct trace_print_word {
	char *name;       /* NAME, or the expression as typed */
	const char *text; /* the expression */
};

/* Start from all zeros. */
struct trace_prints {
	struct trace_print_word words[KVET_TRACE_PRINTS];
	size_t count;
	struct kvet_kprobe_expression *expressions; /* for each site, one for each word */
};

/* The values of one event. */
struct trace_print_values {
	struct named_value items[KVET_TRACE_PRINTS];
	char texts[KVET_TRACE_PRINTS][256];
	char cause[128]; /* of the first value that is not known; "": all are */
};

/* Reports a word that asks what is returned, unless returns: then that is known. Returns the
 * status. */
enum status trace_prints_check(struct context *context, const struct option_list *words,
			       bool returns);

/* Takes the words of the command line apart. Reports what is none, and returns the status. */
enum status trace_prints_parse(struct trace_prints *prints, struct context *context,
			       const struct option_list *words);

/* Resolves each at each site whose prototype is known. Reports one that is wrong at all of them,
 * with a caret at its place, and returns STATUS_ERROR's wrong use. */
enum status trace_prints_resolve(struct trace_prints *prints, struct context *context,
				 const struct trace_plan *plan,
				 const struct trace_prototypes *prototypes);
void trace_prints_deinit(struct trace_prints *prints);

/* What the expressions led to in an event. */
void trace_prints_values(struct trace_print_values *values, const struct trace_prints *prints,
			 const struct kvet_ksyms *table, const struct kvet_trace_event *event);

#endif
