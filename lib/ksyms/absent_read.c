/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Why a query has no match. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <kvet/nearest.h>

#include "core/fail.h"
#include "ksyms/table.h"

/* Enough to see what they are like. */
#define EXAMPLES_MOST 4

static bool has_module(const struct kvet_ksyms *table, const char *name, size_t len)
{
	if (ksyms_is_kernel(name, len))
		return true;
	for (size_t i = 0; i < table->module_count; i++) {
		const char *module = ksyms_name(&table->strings, table->module_names[i]);

		if (!strncmp(module, name, len) && !module[len])
			return true;
	}
	return false;
}

static void say_module(const struct kvet_ksyms *table, const char *name, size_t len,
		       struct kvet_cause *cause)
{
	if (len && !has_module(table, name, len))
		kvet_cause_add(cause, "no symbol is of module '%.*s': it is not loaded", (int)len,
			       name);
}

/* The name is there, and the rest of the query speaks against it. */
static void say_rows(const struct kvet_ksyms *table, const struct kvet_ksyms_query *query,
		     const struct kvet_ksyms_range *range, struct kvet_cause *cause)
{
	const struct kvet_symbol symbol = kvet_ksyms_row(table, range->rows[0]);

	if (query->has_offset || query->has_size)
		kvet_cause_add(cause,
			       "%s is there %zu time%s, but not with this offset or size: "
			       "the next symbol is at +0x%" PRIx64,
			       symbol.name, range->count, range->count == 1 ? "" : "s",
			       symbol.extent);
	else
		kvet_cause_add(cause,
			       "it is there %zu time%s, in other modules (%s) or of another "
			       "type (%c)",
			       range->count, range->count == 1 ? "" : "s",
			       symbol.module ? symbol.module : "vmlinux", symbol.type);
}

static void say_copies(const struct kvet_ksyms *table, const char *name, size_t len,
		       struct kvet_cause *cause)
{
	char examples[256] = "";
	size_t used = 0, count = 0;

	for (uint32_t i = 0; i < table->strings.count; i++) {
		const char *known = ksyms_name(&table->strings, i);

		if (strncmp(known, name, len) != 0 || known[len] != '.' ||
		    table->starts[i] == table->starts[i + 1])
			continue;
		if (count++ < EXAMPLES_MOST && used < sizeof(examples))
			used += (size_t)snprintf(examples + used, sizeof(examples) - used, "%s%s",
						 used ? ", " : "", known);
	}
	if (count)
		kvet_cause_add(cause, "the compiler has made %zu of it: %s%s", count, examples,
			       count > EXAMPLES_MOST ? ", ..." : "");
}

static void suggest(const struct kvet_ksyms *table, const char *name, size_t len,
		    struct kvet_cause *cause)
{
	char word[KVET_NEAREST_WORD_MAX + 1];
	struct kvet_nearest nearest;

	if (len >= sizeof(word))
		return;
	memcpy(word, name, len);
	word[len] = '\0';
	kvet_nearest_init(&nearest, word);
	for (uint32_t i = 0; i < table->strings.count; i++) {
		const char *known = ksyms_name(&table->strings, i);
		size_t known_len = strlen(known),
		       apart = known_len > len ? known_len - len : len - known_len;

		if (apart < nearest.distance && table->starts[i] != table->starts[i + 1])
			kvet_nearest_offer(&nearest, known);
	}
	if (nearest.best)
		kvet_cause_remedy(cause, "did you mean %s?", nearest.best);
}

static void say_address(const struct kvet_ksyms *table, uint64_t address, struct kvet_cause *cause)
{
	struct kvet_ksyms_range below = kvet_ksyms_between(table, 0, address);
	struct kvet_symbol symbol;

	if (!below.count) {
		kvet_cause_add(cause, "every symbol is above it%s",
			       address && address <= UINT32_MAX
				       ? ": it may be a hashed pointer, as %p prints it"
				       : "");
		return;
	}
	symbol = kvet_ksyms_row(table, below.rows[below.count - 1]);
	kvet_cause_add(cause,
		       "the nearest symbol below is %s%s%s%s at 0x%" PRIx64
		       ", which reaches 0x%" PRIx64 " far",
		       symbol.name, symbol.module ? " [" : "", symbol.module ? symbol.module : "",
		       symbol.module ? "]" : "", symbol.address,
		       symbol.size ? symbol.size : symbol.extent);
}

static void say_config(const struct kvet_host *host, const struct kvet_ksyms *table,
		       struct kvet_cause *cause)
{
	char words[256];

	/* Of a copy it is not known which kernel it is of. */
	if (table->kind != KVET_KSYMS_TEXT && table->kind != KVET_KSYMS_ITERATOR)
		return;
	if (kvet_host_config(host, "CONFIG_KALLSYMS_ALL", words, sizeof(words)) == KVET_CONFIG_NO)
		kvet_cause_add(cause, "variables are not in this table: %s", words);
}

void kvet_ksyms_absent_cause(const struct kvet_host *host, const struct kvet_ksyms *table,
			     const struct kvet_ksyms_query *query,
			     const struct kvet_ksyms_filter *filter, struct kvet_cause *cause)
{
	size_t skip = query->module_len ? query->module_len + 1 : 0;
	struct kvet_ksyms_range range;
	uint64_t address;

	kvet_cause_fill(cause, 0, "kallsyms", "%s", "");
	if (filter && filter->module)
		say_module(table, filter->module, strlen(filter->module), cause);
	say_module(table, query->name, query->module_len, cause);
	if (kvet_ksyms_place(table, query, &address)) {
		say_address(table, address, cause);
		return;
	}
	if (query->kind == KVET_KSYMS_ADDRESS || query->kind == KVET_KSYMS_RANGE) {
		if (!table->hidden)
			say_address(table, query->address, cause);
		return;
	}
	if (query->kind != KVET_KSYMS_NAME)
		return;
	if (query->has_address && !table->hidden)
		say_address(table, query->address, cause);
	range = kvet_ksyms_by_bytes(table, query->name + skip, query->name_len - skip);
	if (range.count) {
		say_rows(table, query, &range, cause);
		return;
	}
	say_copies(table, query->name + skip, query->name_len - skip, cause);
	suggest(table, query->name + skip, query->name_len - skip, cause);
	say_config(host, table, cause);
}
