/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Words of the command line that mean something else at each site. */
#ifndef CMD_TRACE_RESOLVE_H
#define CMD_TRACE_RESOLVE_H

#include <kvet/expression.h>

#include "command.h"
#include "plan.h"
#include "values.h"

/* Says that a word is wrong use: why, and below it the word with a caret under the place. where:
 * the function that it is wrong for; NULL: for any. */
enum status trace_word_wrong(struct context *context, const char *option, const char *text,
			     const char *where, const struct kvet_kprobe_wrong *wrong);

/* Resolves a word at a site, and keeps the result; or, unless that is yes, that there is none. */
typedef enum kvet_verdict (*trace_resolver)(void *opaque, size_t site,
					    struct kvet_kprobe_wrong *wrong,
					    struct kvet_cause *cause);

struct trace_word {
	const char *option, *text;
	const char *unknown; /* says that there is no result, before a function: "no values of" */
	const char *without; /* the same, before the text: "no" */
	const char *kind;    /* what the text is not, where it is wrong */
	bool typed;          /* only at sites whose prototype is known */
	trace_resolver resolve;
	void *opaque;
};

/* Resolves a word at all sites; of trees, at their roots. Reports one that is wrong at each of
 * them; notes where else there is no result. */
enum status trace_word_resolve(const struct trace_word *word, struct context *context,
			       const struct trace_plan *plan,
			       const struct trace_prototypes *prototypes);

#endif
