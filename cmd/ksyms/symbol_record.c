/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbol_record.h"

enum {
	QUERY,
	ADDRESS,
	RELATIVE,
	OFFSET,
	NAME,
	DEMANGLED,
	TYPE,
	MODULE,
	EXTENT,
	SIZE,
	MATCHES,
	ATTACHABLE,
	OBSTACLE,
	FIELD_COUNT
};

static const struct field fields[] = {
	[QUERY] = { "query", FIELD_STRING, "the QUERY as given", FIELD_LEAVES(3) },
	[ADDRESS] = { "address", FIELD_ADDRESS, "address of the symbol; absent where hidden", 0 },
	[RELATIVE] = { "relative", FIELD_INTEGER, "distance from _text, the same at every boot",
		       FIELD_DETAIL | FIELD_HEX },
	[OFFSET] = { "offset", FIELD_INTEGER, "distance of the query's address from it",
		     FIELD_HEX | FIELD_LEAVES(2) },
	[NAME] = { "name", FIELD_STRING, "name of the symbol", 0 },
	[DEMANGLED] = { "demangled", FIELD_STRING, "Rust or C++ name (--demangle)", FIELD_SPARSE },
	[TYPE] = { "type", FIELD_STRING, "type letter, as in nm(1)", FIELD_LEAVES(1) },
	[MODULE] = { "module", FIELD_STRING, "its module; absent for the kernel proper", 0 },
	[EXTENT] = { "extent", FIELD_INTEGER, "distance to the next address; not a size",
		     FIELD_DETAIL | FIELD_HEX },
	[SIZE] = { "size", FIELD_INTEGER, "true size, from an ELF file or nm -S",
		   FIELD_SPARSE | FIELD_HEX | FIELD_LEAVES(4) },
	[MATCHES] = { "matches", FIELD_INTEGER, "number of rows for this query", FIELD_DETAIL },
	[ATTACHABLE] = { "attachable", FIELD_STRING,
			 "whether a kprobe can attach: yes, no, undetermined",
			 FIELD_SPARSE | FIELD_VERDICT },
	[OBSTACLE] = { "obstacle", FIELD_STRING, "why a kprobe cannot attach, or only by address",
		       FIELD_SPARSE | FIELD_REASON },
};

const struct schema symbol_record_schema = SCHEMA("symbol", fields);

/* Counts the functions of a name, each address once. */
static size_t count_functions(const struct kvet_ksyms *table, const char *name)
{
	struct kvet_ksyms_range range = kvet_ksyms_by_name(table, name);
	size_t count = 0;
	uint64_t last = 0;

	for (size_t i = 0; i < range.count; i++) {
		struct kvet_symbol symbol = kvet_ksyms_row(table, range.rows[i]);

		if (!strchr("tTwW", symbol.type) || (count && symbol.address == last))
			continue;
		count++;
		last = symbol.address;
	}
	return count;
}

/* Whether a kprobe can attach there, by the rules of `trace --plan`; cause says why not. */
static enum kvet_verdict judge(const struct symbol_view *view, uint32_t row,
			       struct kvet_cause *cause)
{
	enum kvet_kprobe_backend backend;
	enum kvet_verdict verdict;
	struct kvet_kprobe_site site;
	size_t functions;

	kvet_kprobe_site_of(view->table, row, &site);
	if (view->foreign && site.verdict == KVET_YES) {
		*cause = (struct kvet_cause){ .source = "--attachable",
					      .evidence = "the table is a file, which may be of "
							  "another boot" };
		return KVET_UNDETERMINED;
	}
	verdict = kvet_kprobe_judge(view->ways, &site, view->asking, &backend, cause);
	functions = verdict == KVET_YES ? count_functions(view->table, site.symbol) : 1;
	if (verdict == KVET_YES)
		*cause->evidence = '\0';
	if (functions > 1)
		snprintf(cause->evidence, sizeof(cause->evidence),
			 "only by address: %zu functions have this name", functions);
	return verdict;
}

enum status symbol_record_put(struct context *context, const struct symbol_view *view,
			      const struct kvet_ksyms_match *match,
			      const struct kvet_symbol *symbol, const char *query, size_t matches)
{
	bool hidden = kvet_ksyms_hidden(view->table);
	const char type[] = { symbol->type, '\0' };
	char *demangled = view->demangle ? kvet_ksyms_demangle(symbol->name) : NULL;
	enum kvet_verdict attachable = KVET_YES;
	struct kvet_cause obstacle = { 0 };

	if (view->ways)
		attachable = judge(view, match->row, &obstacle);
	/* Hidden addresses are reported once, for the whole table. */
	if (attachable == KVET_UNDETERMINED && !hidden)
		context_error(context, &obstacle);
	const struct value values[FIELD_COUNT] = {
		[QUERY] = value_string(query),
		[ADDRESS] = hidden ? value_absent() : value_address(symbol->address),
		[RELATIVE] =
			symbol->has_relative ? value_integer(symbol->relative) : value_absent(),
		[OFFSET] = value_integer((int64_t)match->offset),
		[NAME] = value_string(symbol->name),
		[DEMANGLED] = value_string(demangled),
		[TYPE] = value_string(type),
		[MODULE] = value_string(symbol->module),
		[EXTENT] = symbol->extent && !symbol->size ? value_integer((int64_t)symbol->extent)
							   : value_absent(),
		[SIZE] = symbol->size ? value_integer((int64_t)symbol->size) : value_absent(),
		[MATCHES] = value_integer((int64_t)matches),
		[ATTACHABLE] = value_string(view->ways ? kvet_verdict_name(attachable) : NULL),
		[OBSTACLE] = value_string(*obstacle.evidence ? obstacle.evidence : NULL),
	};

	output_record(context->output, &symbol_record_schema, values);
	free(demangled);
	return status_of_verdict(attachable);
}
