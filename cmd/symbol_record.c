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
	[QUERY] = { "query", FIELD_STRING, "what was asked", FIELD_LEAVES(3) },
	[ADDRESS] = { "address", FIELD_ADDRESS, "of the symbol; absent where hidden", 0 },
	[RELATIVE] = { "relative", FIELD_INTEGER, "distance from _text, the same at every boot",
		       FIELD_DETAIL | FIELD_HEX },
	[OFFSET] = { "offset", FIELD_INTEGER, "of the address meant, from the symbol's",
		     FIELD_HEX | FIELD_LEAVES(2) },
	[NAME] = { "name", FIELD_STRING, "of the symbol", 0 },
	[DEMANGLED] = { "demangled", FIELD_STRING, "the name in Rust or C++ (--demangle)",
			FIELD_SPARSE },
	[TYPE] = { "type", FIELD_STRING, "letter as nm(1) prints it", FIELD_LEAVES(1) },
	[MODULE] = { "module", FIELD_STRING, "absent for the kernel proper", 0 },
	[EXTENT] = { "extent", FIELD_INTEGER, "distance to the next address; no size",
		     FIELD_DETAIL | FIELD_HEX },
	[SIZE] = { "size", FIELD_INTEGER, "the true one; ELF files alone have it",
		   FIELD_SPARSE | FIELD_HEX | FIELD_LEAVES(4) },
	[MATCHES] = { "matches", FIELD_INTEGER, "rows of this query", FIELD_DETAIL },
	[ATTACHABLE] = { "attachable", FIELD_STRING, "by a kprobe: yes, no or undetermined",
			 FIELD_SPARSE | FIELD_VERDICT },
	[OBSTACLE] = { "obstacle", FIELD_STRING, "what speaks against it", FIELD_SPARSE },
};

const struct schema symbol_record_schema = SCHEMA("symbol", fields);

/* Functions of this name, each address once. */
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

/* Whether a kprobe can go there, as `trace --plan` has it; cause says what speaks against it. */
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
					      .evidence = "the table is a file: whether it is of "
							  "this boot is not known" };
		return KVET_UNDETERMINED;
	}
	verdict = kvet_kprobe_judge(view->ways, &site, view->asking, &backend, cause);
	functions = verdict == KVET_YES ? count_functions(view->table, site.symbol) : 1;
	if (verdict == KVET_YES)
		*cause->evidence = '\0';
	if (functions > 1)
		snprintf(cause->evidence, sizeof(cause->evidence),
			 "by address alone: %zu functions have this name", functions);
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
	/* Why addresses are hidden is said for the table. */
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
