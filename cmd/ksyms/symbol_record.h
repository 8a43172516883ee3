/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One match of a query as a record. */
#ifndef CMD_SYMBOL_RECORD_H
#define CMD_SYMBOL_RECORD_H

#include <kvet/kprobe.h>
#include <kvet/ksyms.h>

#include "command.h"

extern const struct schema symbol_record_schema;

/* What is shown of each symbol. */
struct symbol_view {
	const struct kvet_ksyms *table;
	struct kvet_kprobe_ways *ways;  /* NULL: do not say where kprobes can attach */
	enum kvet_kprobe_asking asking; /* with ways: whether to ask the kernel */
	bool foreign;                   /* the table may be of another kernel than the facts */
	bool demangle;
};

/* Writes the record. symbol is the row of the match, and matches the number of matches of the
 * query. Returns whether a kprobe can attach; yes without ways. */
enum status symbol_record_put(struct context *context, const struct symbol_view *view,
			      const struct kvet_ksyms_match *match,
			      const struct kvet_symbol *symbol, const char *query, size_t matches);

#endif
