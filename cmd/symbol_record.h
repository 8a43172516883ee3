/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One match of a query as a record. */
#ifndef CMD_SYMBOL_RECORD_H
#define CMD_SYMBOL_RECORD_H

#include <kvet/kprobe.h>
#include <kvet/ksyms.h>

#include "command.h"

extern const struct schema symbol_record_schema;

/* What is said of each symbol. */
struct symbol_view {
	const struct kvet_ksyms *table;
	struct kvet_kprobe_ways *ways;  /* NULL: not where kprobes can go */
	enum kvet_kprobe_asking asking; /* with ways: whether the kernel is to be asked */
	bool foreign;                   /* the table may be another kernel's than the facts */
	bool demangle;
};

/* Writes the record; symbol is what the match is of, and matches is how many the query has. Returns
 * the answer to where kprobes can go, yes if nobody asked. */
enum status symbol_record_put(struct context *context, const struct symbol_view *view,
			      const struct kvet_ksyms_match *match,
			      const struct kvet_symbol *symbol, const char *query, size_t matches);

#endif
