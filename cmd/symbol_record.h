/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One match of a query as a record. */
#ifndef CMD_SYMBOL_RECORD_H
#define CMD_SYMBOL_RECORD_H

#include <kvet/ksyms.h>

#include "command.h"

extern const struct schema symbol_record_schema;

/* What is said of each symbol. */
struct symbol_view {
	const struct kvet_ksyms *table;
	const struct kvet_ksyms_sites *sites; /* NULL: not where kprobes can go */
	bool demangle;
};

/* Writes the record; matches is how many the query has. */
void symbol_record_put(struct context *context, const struct symbol_view *view,
		       const struct kvet_ksyms_match *match, const char *query, size_t matches);

#endif
