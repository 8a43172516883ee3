/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet ksyms duplicates: names with several addresses, addresses with several names. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "shared.h"
#include "symbols.h"

struct args {
	struct symbols_args symbols;
	bool names;
	bool addresses;
};

static const struct option_spec options[] = {
	SYMBOLS_OPTION_KALLSYMS(struct args),
	SYMBOLS_OPTION_SOURCE(struct args),
	{ "names", 0, NULL, OPTION_FLAG, offsetof(struct args, names),
	  .help = "list only names with several addresses" },
	{ "addresses", 0, NULL, OPTION_FLAG, offsetof(struct args, addresses),
	  .help = "list only addresses with several names" },
	SYMBOLS_OPTION_MODULE(struct args),
	SYMBOLS_OPTION_TYPE(struct args),
	SYMBOLS_OPTION_TEXT(struct args),
	SYMBOLS_OPTION_PREFIX(struct args),
	{ 0 },
};

enum {
	NAME,
	NAME_KIND,
	NAME_ROWS,
	NAME_ADDRESSES,
	NAME_COUNT
};

static const struct field name_fields[] = {
	[NAME] = { "name", FIELD_STRING, "name of several symbols", 0 },
	[NAME_KIND] = { "kind", FIELD_STRING,
			"generic (compiler-made), copy (of a function) or ordinary",
			FIELD_LEAVES(1) },
	[NAME_ROWS] = { "symbols", FIELD_INTEGER, "number of symbols with this name", 0 },
	[NAME_ADDRESSES] = { "addresses", FIELD_LIST, "their addresses; empty where hidden",
			     FIELD_DETAIL },
};

static const struct schema name_schema = SCHEMA("name", name_fields);

enum {
	ADDRESS,
	ADDRESS_ROWS,
	ADDRESS_NAMES,
	ADDRESS_COUNT
};

static const struct field address_fields[] = {
	[ADDRESS] = { "address", FIELD_ADDRESS, "address of several symbols", 0 },
	[ADDRESS_ROWS] = { "symbols", FIELD_INTEGER, "number of symbols at this address", 0 },
	[ADDRESS_NAMES] = { "names", FIELD_LIST, "their names", 0 },
};

static const struct schema address_schema = SCHEMA("address", address_fields);
static const struct schema *const schemas[] = { &name_schema, &address_schema, NULL };

enum {
	SYMBOLS,
	NAMES,
	NAMES_ROWS,
	GENERIC,
	GENERIC_ROWS,
	COPIES,
	COPIES_ROWS,
	ORDINARY,
	ORDINARY_ROWS,
	ADDRESSES,
	ADDRESSES_ROWS,
	SOURCE,
	SUMMARY_COUNT
};

static const struct field summary_fields[] = {
	[SYMBOLS] = { "symbols", FIELD_INTEGER, "symbols that pass the options", FIELD_METRIC },
	[NAMES] = { "names", FIELD_INTEGER, "names of several symbols", FIELD_METRIC },
	[NAMES_ROWS] = { "names_symbols", FIELD_INTEGER, "symbols with one of these names",
			 FIELD_METRIC },
	[GENERIC] = { "generic", FIELD_INTEGER, "of these names, those made by the compiler",
		      FIELD_METRIC },
	[GENERIC_ROWS] = { "generic_symbols", FIELD_INTEGER, "symbols with a generic name",
			   FIELD_METRIC },
	[COPIES] = { "copies", FIELD_INTEGER, "of these names, those of copies of functions",
		     FIELD_METRIC },
	[COPIES_ROWS] = { "copies_symbols", FIELD_INTEGER, "symbols with a name of a copy",
			  FIELD_METRIC },
	[ORDINARY] = { "ordinary", FIELD_INTEGER, "of these names, all others", FIELD_METRIC },
	[ORDINARY_ROWS] = { "ordinary_symbols", FIELD_INTEGER, "symbols with an ordinary name",
			    FIELD_METRIC },
	[ADDRESSES] = { "addresses", FIELD_INTEGER, "addresses of several symbols", FIELD_METRIC },
	[ADDRESSES_ROWS] = { "addresses_symbols", FIELD_INTEGER,
			     "symbols at one of these addresses", FIELD_METRIC },
	[SOURCE] = { "source", FIELD_STRING, "source of the table: text, iter, file or elf",
		     FIELD_DETAIL },
};

static const struct schema summary_schema = SCHEMA("summary", summary_fields);

struct count {
	int64_t items;
	int64_t symbols;
};

struct duplicates {
	struct context *context;
	const struct kvet_ksyms *table;
	struct kvet_ksyms_filter filter;
	bool names, addresses;
	struct count kinds[KVET_KSYMS_NAME_KIND_COUNT];
	struct count shared;
	char (*digits)[2 + 16 + 1]; /* addresses as text */
	const char **items;         /* of the current list */
	size_t room;
};

static bool make_room(struct duplicates *duplicates, size_t wanted)
{
	if (wanted <= duplicates->room)
		return true;
	if (!ARRAY_RESIZE(duplicates->digits, wanted) || !ARRAY_RESIZE(duplicates->items, wanted))
		return false;
	duplicates->room = wanted;
	return true;
}

static void put_name(struct duplicates *duplicates, const struct kvet_ksyms_range *range,
		     size_t count)
{
	const struct kvet_ksyms *table = duplicates->table;
	const char *name = kvet_ksyms_row(table, range->rows[0]).name;
	enum kvet_ksyms_name_kind kind = kvet_ksyms_name_kind(name);
	size_t used = 0;

	duplicates->kinds[kind].items++;
	duplicates->kinds[kind].symbols += (int64_t)count;
	if (!duplicates->names)
		return;
	for (size_t i = 0; i < range->count && !kvet_ksyms_hidden(table); i++) {
		if (!kvet_ksyms_counts(table, range->rows[i], &duplicates->filter))
			continue;
		snprintf(duplicates->digits[used], sizeof(*duplicates->digits), "0x%" PRIx64,
			 kvet_ksyms_row(table, range->rows[i]).address);
		duplicates->items[used] = duplicates->digits[used];
		used++;
	}
	const struct value values[NAME_COUNT] = {
		[NAME] = value_string(name),
		[NAME_KIND] = value_string(kvet_ksyms_name_kind_name(kind)),
		[NAME_ROWS] = value_integer((int64_t)count),
		[NAME_ADDRESSES] = value_list(duplicates->items, used),
	};

	output_record(duplicates->context->output, &name_schema, values);
}

static void put_address(struct duplicates *duplicates, const struct kvet_ksyms_range *range,
			size_t count)
{
	const struct kvet_ksyms *table = duplicates->table;
	size_t used = 0;

	duplicates->shared.items++;
	duplicates->shared.symbols += (int64_t)count;
	if (!duplicates->addresses)
		return;
	for (size_t i = 0; i < range->count; i++)
		if (kvet_ksyms_counts(table, range->rows[i], &duplicates->filter))
			duplicates->items[used++] = kvet_ksyms_row(table, range->rows[i]).name;
	const struct value values[ADDRESS_COUNT] = {
		[ADDRESS] = value_address(kvet_ksyms_row(table, range->rows[0]).address),
		[ADDRESS_ROWS] = value_integer((int64_t)count),
		[ADDRESS_NAMES] = value_list(duplicates->items, used),
	};

	output_record(duplicates->context->output, &address_schema, values);
}

typedef bool (*next_range)(const struct kvet_ksyms *table, const struct kvet_ksyms_filter *filter,
			   size_t *cursor, struct kvet_ksyms_range *range, size_t *count);

static enum status go_through(struct duplicates *duplicates, next_range next,
			      void (*put)(struct duplicates *duplicates,
					  const struct kvet_ksyms_range *range, size_t count))
{
	struct kvet_ksyms_range range;
	size_t cursor = 0, count;

	while (!context_stopped(duplicates->context) &&
	       next(duplicates->table, &duplicates->filter, &cursor, &range, &count)) {
		if (!make_room(duplicates, range.count))
			return context_failure(duplicates->context, ENOMEM, "malloc");
		put(duplicates, &range, count);
	}
	return STATUS_YES;
}

static void put_summary(const struct duplicates *duplicates, size_t symbols)
{
	const struct count *kinds = duplicates->kinds;
	struct count names = { 0 };

	for (size_t k = 0; k < KVET_KSYMS_NAME_KIND_COUNT; k++) {
		names.items += kinds[k].items;
		names.symbols += kinds[k].symbols;
	}
	const struct value summary[SUMMARY_COUNT] = {
		[SYMBOLS] = value_integer((int64_t)symbols),
		[NAMES] = value_integer(names.items),
		[NAMES_ROWS] = value_integer(names.symbols),
		[GENERIC] = value_integer(kinds[KVET_KSYMS_GENERIC].items),
		[GENERIC_ROWS] = value_integer(kinds[KVET_KSYMS_GENERIC].symbols),
		[COPIES] = value_integer(kinds[KVET_KSYMS_COPY].items),
		[COPIES_ROWS] = value_integer(kinds[KVET_KSYMS_COPY].symbols),
		[ORDINARY] = value_integer(kinds[KVET_KSYMS_ORDINARY].items),
		[ORDINARY_ROWS] = value_integer(kinds[KVET_KSYMS_ORDINARY].symbols),
		[ADDRESSES] = value_integer(duplicates->shared.items),
		[ADDRESSES_ROWS] = value_integer(duplicates->shared.symbols),
		[SOURCE] = value_string(kvet_ksyms_kind_name(kvet_ksyms_source(duplicates->table))),
	};

	output_summary(duplicates->context->output, &summary_schema, summary);
}

static enum status perform(struct duplicates *duplicates, const struct args *args)
{
	struct context *context = duplicates->context;
	struct kvet_cause cause;
	size_t symbols;
	enum status status = go_through(duplicates, kvet_ksyms_next_name, put_name);

	if (status == STATUS_YES)
		status = go_through(duplicates, kvet_ksyms_next_address, put_address);
	if (status != STATUS_YES)
		return status;
	symbols = symbols_counting(duplicates->table, &duplicates->filter);
	put_summary(duplicates, symbols);
	if (kvet_ksyms_hidden(duplicates->table)) {
		kvet_ksyms_hidden_cause(&context->host, args->symbols.kallsyms, &cause);
		context_error(context, &cause);
		return STATUS_UNDETERMINED;
	}
	if (!symbols)
		return symbols_none(context, &duplicates->filter);
	for (size_t k = 0; k < KVET_KSYMS_NAME_KIND_COUNT; k++)
		if (duplicates->kinds[k].items)
			return STATUS_YES;
	return duplicates->shared.items ? STATUS_YES : STATUS_NO;
}

static enum status run(struct context *context, const void *opaque, const char *const *operands,
		       size_t count)
{
	const struct args *args = opaque;
	/* Without either option, both are listed. */
	struct duplicates duplicates = { .context = context,
					 .filter = symbols_filter(&args->symbols),
					 .names = args->names || !args->addresses,
					 .addresses = args->addresses || !args->names };
	struct kvet_ksyms *table = NULL;
	struct symbol_file file = { .fd = -1 };
	enum status status = symbol_file_open(context, args->symbols.kallsyms, &file);

	(void)operands;
	(void)count;
	if (status == STATUS_YES && file.path)
		status = context_confine(context, NULL);
	if (status == STATUS_YES)
		status = symbols_open_module(context, &args->symbols, &file, NULL, 0, &table);
	symbol_file_close(&file);
	if (status != STATUS_YES)
		return status;
	duplicates.table = table;
	status = perform(&duplicates, args);
	free(duplicates.digits);
	free(duplicates.items);
	shared_symbols_release(context, table);
	return status;
}

static const char *const examples[] = { "kvet ksyms duplicates",
					"kvet ksyms duplicates --names --text",
					"kvet ksyms duplicates --kallsyms System.map", NULL };

const struct command ksyms_duplicates_command = {
	.name = "ksyms duplicates",
	.summary = "Names with several addresses, addresses with several names",
	.operands = "",
	.operands_most = 0,
	.examples = examples,
	.options = options,
	.schemas = schemas,
	.summary_schema = &summary_schema,
	.args_size = sizeof(struct args),
	.capabilities = symbols_capabilities,
	.run = run,
};
