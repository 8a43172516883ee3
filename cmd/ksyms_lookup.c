/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet ksyms lookup: every address of a name, every name at an address. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/ksyms.h>

#include "command.h"

struct args {
	const char *kallsyms;
};

static const struct option_spec options[] = {
	{ "kallsyms", 0, "FILE", OPTION_STRING, offsetof(struct args, kallsyms),
	  "look in FILE, a copy of /proc/kallsyms (-: standard input)" },
	{ 0 },
};

enum {
	QUERY,
	ADDRESS,
	OFFSET,
	NAME,
	TYPE,
	MODULE,
	FIELD_COUNT
};

static const struct field fields[] = {
	[QUERY] = { "query", FIELD_STRING, "what was asked", 0 },
	[ADDRESS] = { "address", FIELD_ADDRESS, "of the symbol; absent where hidden", 0 },
	[OFFSET] = { "offset", FIELD_INTEGER, "of the address asked for, from the symbol's",
		     FIELD_HEX },
	[NAME] = { "name", FIELD_STRING, "of the symbol", 0 },
	[TYPE] = { "type", FIELD_STRING, "letter as nm(1) prints it", 0 },
	[MODULE] = { "module", FIELD_STRING, "absent for the kernel proper", 0 },
};

static const struct schema symbol_schema = SCHEMA("symbol", fields);
static const struct schema *const schemas[] = { &symbol_schema, NULL };

enum {
	QUERIES,
	MATCHES,
	UNMATCHED,
	SYMBOLS,
	SUMMARY_COUNT
};

static const struct field summary_fields[] = {
	[QUERIES] = { "queries", FIELD_INTEGER, "how many were asked", FIELD_DETAIL },
	[MATCHES] = { "matches", FIELD_INTEGER, "rows found in all", FIELD_DETAIL },
	[UNMATCHED] = { "unmatched", FIELD_LIST, "queries with no match", FIELD_DETAIL },
	[SYMBOLS] = { "symbols", FIELD_INTEGER, "rows in the table", FIELD_DETAIL },
};

static const struct schema summary_schema = SCHEMA("summary", summary_fields);

/* Hexadecimal, with or without 0x, at most 16 digits. */
static bool parse_address(const char *text, uint64_t *address)
{
	const char *digits = text;
	char *end;

	if (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X'))
		digits += 2;
	if (!*digits || strspn(digits, "0123456789abcdefABCDEF") != strlen(digits) ||
	    strlen(digits) > 16)
		return false;
	errno = 0;
	*address = strtoull(digits, &end, 16);
	return !errno && !*end;
}

static void put_rows(struct context *context, const struct kvet_ksyms *table, const char *query,
		     const struct kvet_ksyms_range *range, const uint64_t *address)
{
	for (size_t i = 0; i < range->count && !context_stopped(context); i++) {
		struct kvet_symbol symbol = kvet_ksyms_row(table, range->rows[i]);
		char type[] = { symbol.type, '\0' };
		bool hidden = kvet_ksyms_hidden(table);
		const struct value values[FIELD_COUNT] = {
			[QUERY] = value_string(query),
			[ADDRESS] = hidden ? value_absent() : value_address(symbol.address),
			[OFFSET] =
				value_integer(address ? (int64_t)(*address - symbol.address) : 0),
			[NAME] = value_string(symbol.name),
			[TYPE] = value_string(type),
			[MODULE] = value_string(symbol.module),
		};

		output_record(context->output, &symbol_schema, values);
	}
}

/* A name wins over an address written without 0x: "add" is a function too. */
static size_t look_up(struct context *context, const struct kvet_ksyms *table, const char *query)
{
	struct kvet_ksyms_range range = kvet_ksyms_by_name(table, query);
	uint64_t address;

	if (range.count || !parse_address(query, &address)) {
		put_rows(context, table, query, &range, NULL);
		return range.count;
	}
	range = kvet_ksyms_at(table, address);
	if (!range.count)
		range = kvet_ksyms_containing(table, address);
	put_rows(context, table, query, &range, &address);
	return range.count;
}

static enum status check_queries(struct context *context, const char *const *queries, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!*queries[i])
			return context_usage(context, "an empty QUERY");
		/* No symbol's name holds a plus: "no match" would be a wrong answer. */
		if (strchr(queries[i], '+'))
			return context_usage(context,
					     "'%s' is neither a name nor an address: look up the "
					     "symbol, and add the offset to its addresses",
					     queries[i]);
		if (!strncasecmp(queries[i], "0x", 2) &&
		    !parse_address(queries[i], &(uint64_t){ 0 }))
			return context_usage(context,
					     "'%s' is not an address of 1 to 16 hexadecimal digits",
					     queries[i]);
	}
	return STATUS_YES;
}

static enum status answer(struct context *context, const struct kvet_ksyms *table, const char *path,
			  const char *const *queries, size_t count)
{
	const char **unmatched = calloc(count, sizeof(*unmatched));
	bool hidden = kvet_ksyms_hidden(table);
	size_t matches = 0, missing = 0;
	enum status status = STATUS_YES;

	if (!unmatched)
		return context_failure(context, ENOMEM, "malloc");
	for (size_t i = 0; i < count && !context_stopped(context); i++) {
		size_t found = look_up(context, table, queries[i]);

		matches += found;
		/* What stands at an address cannot be said of a table that hides them. */
		if (found || (hidden && parse_address(queries[i], &(uint64_t){ 0 })))
			continue;
		unmatched[missing++] = queries[i];
		status = STATUS_NO;
	}
	for (size_t i = 0; i < missing; i++)
		context_note(context, "no match for '%s'", unmatched[i]);
	if (hidden) {
		struct kvet_cause cause;

		kvet_ksyms_hidden_cause(&context->host, path, &cause);
		context_error(context, &cause);
		status = STATUS_UNDETERMINED;
	}
	const struct value summary[SUMMARY_COUNT] = {
		[QUERIES] = value_integer((int64_t)count),
		[MATCHES] = value_integer((int64_t)matches),
		[UNMATCHED] = value_list(unmatched, missing),
		[SYMBOLS] = value_integer((int64_t)kvet_ksyms_count(table)),
	};

	output_summary(context->output, &summary_schema, summary);
	free(unmatched);
	return status;
}

static enum status run(struct context *context, const void *opaque, const char *const *queries,
		       size_t count)
{
	const struct args *args = opaque;
	const char *path = args->kallsyms;
	struct kvet_ksyms *table = NULL;
	struct kvet_error err = { 0 };
	enum status status = check_queries(context, queries, count);

	if (status != STATUS_YES)
		return status;
	if (path && !*path)
		return context_usage(context, "--kallsyms wants a FILE, or - for standard input");
	if (path && !strcmp(path, "-"))
		path = "/dev/stdin";
	if (kvet_ksyms_load(&table, &context->host, path, &err)) {
		context_error(context, &err.cause);
		return STATUS_ERROR;
	}
	status = answer(context, table, path, queries, count);
	kvet_ksyms_free(table);
	return status;
}

const struct command ksyms_lookup_command = {
	.name = "ksyms lookup",
	.summary = "Every address of a kernel symbol, every symbol at an address",
	.operands = "QUERY...",
	.operands_help =
		"QUERY is a symbol's name, or an address in hexadecimal, with or without 0x.",
	.operands_least = 1,
	.operands_most = SIZE_MAX,
	.options = options,
	.schemas = schemas,
	.summary_schema = &summary_schema,
	.args_size = sizeof(struct args),
	.run = run,
};
