/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* kvet ksyms diff: what differs between two symbol tables. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared.h"
#include "symbols.h"

struct args {
	struct symbols_args symbols;
};

static const struct option_spec options[] = {
	SYMBOLS_OPTION_MODULE(struct args),
	SYMBOLS_OPTION_TYPE(struct args),
	SYMBOLS_OPTION_TEXT(struct args),
	SYMBOLS_OPTION_PREFIX(struct args),
	{ 0 },
};

enum {
	CHANGE,
	NAME,
	TYPE,
	MODULE,
	BEFORE_RELATIVE,
	AFTER_RELATIVE,
	BEFORE_ADDRESS,
	AFTER_ADDRESS,
	FIELD_COUNT
};

static const struct field fields[] = {
	[CHANGE] = { "change", FIELD_STRING, "added, removed or moved", 0 },
	[NAME] = { "name", FIELD_STRING, "name of the symbol", 0 },
	[TYPE] = { "type", FIELD_STRING, "type letter, as in nm(1)", FIELD_LEAVES(2) },
	[MODULE] = { "module", FIELD_STRING, "its module; absent for the kernel proper", 0 },
	[BEFORE_RELATIVE] = { "before_relative", FIELD_INTEGER,
			      "distance from the anchor in BEFORE", FIELD_HEX | FIELD_LEAVES(1) },
	[AFTER_RELATIVE] = { "after_relative", FIELD_INTEGER, "distance from the anchor in AFTER",
			     FIELD_HEX | FIELD_LEAVES(1) },
	[BEFORE_ADDRESS] = { "before_address", FIELD_ADDRESS, "address in BEFORE", FIELD_DETAIL },
	[AFTER_ADDRESS] = { "after_address", FIELD_ADDRESS, "address in AFTER", FIELD_DETAIL },
};

static const struct schema difference_schema = SCHEMA("difference", fields);
static const struct schema *const schemas[] = { &difference_schema, NULL };

enum {
	BEFORE_SYMBOLS,
	AFTER_SYMBOLS,
	ADDED,
	REMOVED,
	MOVED,
	BEFORE_SOURCE,
	AFTER_SOURCE,
	ANCHOR,
	SUMMARY_COUNT
};

static const struct field summary_fields[] = {
	[BEFORE_SYMBOLS] = { "before_symbols", FIELD_INTEGER, "rows in BEFORE", 0 },
	[AFTER_SYMBOLS] = { "after_symbols", FIELD_INTEGER, "rows in AFTER", 0 },
	[ADDED] = { "added", FIELD_INTEGER, "rows only in AFTER", 0 },
	[REMOVED] = { "removed", FIELD_INTEGER, "rows only in BEFORE", 0 },
	[MOVED] = { "moved", FIELD_INTEGER, "rows in both, at different places", 0 },
	[BEFORE_SOURCE] = { "before_source", FIELD_STRING, "text, iter, file or elf",
			    FIELD_DETAIL },
	[AFTER_SOURCE] = { "after_source", FIELD_STRING, "text, iter, file or elf", FIELD_DETAIL },
	[ANCHOR] = { "anchor", FIELD_STRING, "symbol that distances are measured from",
		     FIELD_DETAIL },
};

static const struct schema summary_schema = SCHEMA("summary", summary_fields);

struct tables {
	struct kvet_ksyms *before, *after;
};

static void put(struct context *context, const struct tables *tables,
		const struct kvet_ksyms_difference *difference)
{
	struct kvet_symbol before = { 0 }, after = { 0 }, any;
	bool in_before = difference->change != KVET_KSYMS_ADDED;
	bool in_after = difference->change != KVET_KSYMS_REMOVED;

	if (in_before)
		before = kvet_ksyms_row(tables->before, difference->before);
	if (in_after)
		after = kvet_ksyms_row(tables->after, difference->after);
	any = in_before ? before : after;

	const char type[] = { any.type, '\0' };
	const struct value values[FIELD_COUNT] = {
		[CHANGE] = value_string(kvet_ksyms_change_name(difference->change)),
		[NAME] = value_string(any.name),
		[TYPE] = value_string(type),
		[MODULE] = value_string(any.module),
		[BEFORE_RELATIVE] = difference->has_before_relative
					    ? value_integer(difference->before_relative)
					    : value_absent(),
		[AFTER_RELATIVE] = difference->has_after_relative
					   ? value_integer(difference->after_relative)
					   : value_absent(),
		[BEFORE_ADDRESS] = in_before && !kvet_ksyms_hidden(tables->before)
					   ? value_address(before.address)
					   : value_absent(),
		[AFTER_ADDRESS] = in_after && !kvet_ksyms_hidden(tables->after)
					  ? value_address(after.address)
					  : value_absent(),
	};

	output_record(context->output, &difference_schema, values);
}

static void put_summary(struct context *context, const struct tables *tables,
			const int64_t counts[KVET_KSYMS_CHANGE_COUNT], const char *anchor)
{
	const struct value summary[SUMMARY_COUNT] = {
		[BEFORE_SYMBOLS] = value_integer((int64_t)kvet_ksyms_count(tables->before)),
		[AFTER_SYMBOLS] = value_integer((int64_t)kvet_ksyms_count(tables->after)),
		[ADDED] = value_integer(counts[KVET_KSYMS_ADDED]),
		[REMOVED] = value_integer(counts[KVET_KSYMS_REMOVED]),
		[MOVED] = value_integer(counts[KVET_KSYMS_MOVED]),
		[BEFORE_SOURCE] =
			value_string(kvet_ksyms_kind_name(kvet_ksyms_source(tables->before))),
		[AFTER_SOURCE] =
			value_string(kvet_ksyms_kind_name(kvet_ksyms_source(tables->after))),
		[ANCHOR] = value_string(anchor),
	};

	output_summary(context->output, &summary_schema, summary);
}

/* If nothing was compared, "nothing differs" is not known. */
static enum status check_compared(struct context *context, const struct kvet_ksyms_filter *filter,
				  const struct kvet_ksyms_comparison *comparison)
{
	return comparison->compared ? STATUS_YES : symbols_none(context, filter);
}

/* Whether symbols without a place to compare have moved is unknown. */
static enum status check_places(struct context *context,
				const struct kvet_ksyms_comparison *comparison)
{
	struct kvet_cause cause = { .source = "kallsyms" };

	if (!comparison->unplaced)
		return STATUS_YES;
	snprintf(cause.evidence, sizeof(cause.evidence),
		 "cannot tell whether %zu symbol%s moved: no symbol that both tables have "
		 "exactly once can serve as the anchor",
		 comparison->unplaced, comparison->unplaced == 1 ? " has" : "s have");
	snprintf(cause.remedy, sizeof(cause.remedy),
		 "compare complete tables, which include _text or _stext");
	context_error(context, &cause);
	return STATUS_UNDETERMINED;
}

static enum status compare(struct context *context, const struct tables *tables,
			   const struct kvet_ksyms_filter *filter)
{
	int64_t counts[KVET_KSYMS_CHANGE_COUNT] = { 0 };
	struct kvet_ksyms_comparison comparison;
	struct kvet_cause err = { 0 };

	if (kvet_ksyms_diff(tables->before, tables->after, filter, &comparison, &err)) {
		context_error(context, &err);
		return STATUS_ERROR;
	}
	for (size_t i = 0; i < comparison.count && !context_stopped(context); i++) {
		counts[comparison.differences[i].change]++;
		put(context, tables, &comparison.differences[i]);
	}
	free(comparison.differences);
	put_summary(context, tables, counts, comparison.anchor);
	return status_worst(status_worst(comparison.count ? STATUS_NO : STATUS_YES,
					 check_places(context, &comparison)),
			    check_compared(context, filter, &comparison));
}

/* Names are compared even if addresses are hidden, but then no answer about addresses exists. */
static enum status check_hidden(struct context *context, const struct kvet_ksyms *table,
				const char *path)
{
	struct kvet_cause cause;

	if (!kvet_ksyms_hidden(table))
		return STATUS_YES;
	kvet_ksyms_hidden_cause(&context->host, path, &cause);
	context_error(context, &cause);
	return STATUS_UNDETERMINED;
}

static enum status run(struct context *context, const void *opaque, const char *const *operands,
		       size_t count)
{
	const struct args *args = opaque;
	const char *after = count > 1 ? operands[1] : NULL;
	struct symbol_file files[] = { { .fd = -1 }, { .fd = -1 } };
	struct tables tables = { 0 };
	struct kvet_ksyms_filter filter = symbols_filter(&args->symbols);
	enum status status;

	if (!*operands[0] || (after && !*after))
		return context_usage(context,
				     "BEFORE and AFTER must be files, or - for standard input");
	status = symbol_file_open(context, operands[0], &files[0]);
	if (status == STATUS_YES)
		status = symbol_file_open(context, after, &files[1]);
	/* The running kernel's table first: files are parsed after all privilege is given up. */
	if (status == STATUS_YES && !after)
		status = symbols_open(context, &args->symbols, &files[1], NULL, 0, &tables.after);
	if (status == STATUS_YES)
		status = context_confine(context, NULL);
	if (status == STATUS_YES)
		status = symbols_open(context, &args->symbols, &files[0], NULL, 0, &tables.before);
	if (status == STATUS_YES && after)
		status = symbols_open(context, &args->symbols, &files[1], NULL, 0, &tables.after);
	symbol_file_close(&files[0]);
	symbol_file_close(&files[1]);
	if (status == STATUS_YES) {
		/* Without addresses, prefix symbols cannot be recognized. So if one table is
		 * hidden, they count in both, or they would seem to be added or removed. */
		filter.prefix_symbols = filter.prefix_symbols || kvet_ksyms_hidden(tables.before) ||
					kvet_ksyms_hidden(tables.after);
		status = compare(context, &tables, &filter);
		status = status_worst(status, check_hidden(context, tables.before, operands[0]));
		status = status_worst(status, check_hidden(context, tables.after, after));
	}
	shared_symbols_release(context, tables.before);
	shared_symbols_release(context, tables.after);
	return status;
}

static const char *const examples[] = { "kvet ksyms diff before.kallsyms",
					"kvet ksyms diff System.map-6.1 System.map-6.12",
					"ssh host cat /proc/kallsyms | kvet ksyms diff -", NULL };

const struct command ksyms_diff_command = {
	.name = "ksyms diff",
	.summary = "Differences between two symbol tables",
	.operands = "BEFORE [AFTER]",
	.operands_help =
		"Each is a file (kallsyms, System.map, vmlinux or .ko, plain or compressed), or - "
		"for standard input. Without AFTER, BEFORE is compared with the running kernel.",
	.operands_least = 1,
	.operands_most = 2,
	.examples = examples,
	.options = options,
	.schemas = schemas,
	.summary_schema = &summary_schema,
	.args_size = sizeof(struct args),
	.capabilities = symbols_capabilities,
	.operands_are_files = true,
	.run = run,
};
