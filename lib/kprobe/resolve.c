/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From a SPEC to every site that it resolves to. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/cleanup.h"
#include "core/fail.h"

#include <kvet/kprobe.h>

static bool is_text(char type)
{
	return type && strchr("tTwW", type);
}

static bool in_module(const struct kvet_symbol *symbol, const char *module)
{
	if (!*module)
		return true;
	/* "vmlinux:" is how perf and bpftrace name the kernel itself, "kernel" how bcc does. */
	if (!strcmp(module, "vmlinux") || !strcmp(module, "kernel"))
		return !symbol->module;
	return symbol->module && !strcmp(symbol->module, module);
}

/* The kernel frees what is between these two symbols after boot. */
static bool is_init(const struct kvet_ksyms *table, uint64_t address)
{
	struct kvet_ksyms_range start = kvet_ksyms_by_name(table, "_sinittext"),
				end = kvet_ksyms_by_name(table, "_einittext");

	return start.count == 1 && end.count == 1 &&
	       address >= kvet_ksyms_row(table, start.rows[0]).address &&
	       address < kvet_ksyms_row(table, end.rows[0]).address;
}

static struct kvet_kprobe_site make_site(const struct kvet_ksyms *table,
					 const struct kvet_symbol *symbol, uint64_t offset)
{
	struct kvet_kprobe_site site = {
		.symbol = symbol->name,
		.module = symbol->module,
		.address = symbol->address + offset,
		.offset = offset,
		.extent = symbol->extent,
		.unique = kvet_ksyms_by_name(table, symbol->name).count == 1,
		.verdict = KVET_YES,
	};

	if (is_init(table, symbol->address)) {
		site.verdict = KVET_NO;
		kvet_cause_fill(&site.cause, 0, "kallsyms",
				"%s is not traceable: it is __init code, which is freed after boot",
				symbol->name);
	}
	return site;
}

void kvet_kprobe_site_of(const struct kvet_ksyms *table, uint32_t row,
			 struct kvet_kprobe_site *site)
{
	struct kvet_symbol symbol = kvet_ksyms_row(table, row);

	*site = make_site(table, &symbol, 0);
	if (!is_text(symbol.type)) {
		site->verdict = KVET_NO;
		kvet_cause_fill(&site->cause, 0, "kallsyms", "not text: its type is '%c'",
				symbol.type);
	} else if (kvet_ksyms_is_mapping(symbol.name)) {
		site->verdict = KVET_NO;
		kvet_cause_fill(&site->cause, 0, "kallsyms", "a mapping symbol, no function");
	} else if (kvet_ksyms_hidden(table)) {
		site->verdict = KVET_UNDETERMINED;
		kvet_cause_fill(&site->cause, 0, "kallsyms", "addresses are hidden");
	}
}

/* Adds a site; symbols must come in ascending order of address. */
static void add(struct kvet_kprobe_sites *sites, const struct kvet_ksyms *table,
		const struct kvet_symbol *symbol, uint64_t offset)
{
	struct kvet_kprobe_site *site;

	if (sites->count && sites->items[sites->count - 1].address == symbol->address + offset)
		return; /* another name of the same address */
	site = &sites->items[sites->count++];
	*site = make_site(table, symbol, offset);
	if (offset < symbol->extent)
		return;
	/* The kernel would not refuse this offset: it arms the probe in the function that
	 * follows. */
	site->verdict = KVET_NO;
	kvet_cause_fill(&site->cause, 0, "kallsyms",
			"offset 0x%" PRIx64
			" is past the end of %s: the next symbol is at +0x%" PRIx64,
			offset, symbol->name, symbol->extent);
}

static void resolve_name(const struct kvet_ksyms *table, const struct kvet_kprobe_spec *spec,
			 const struct kvet_ksyms_range *range, struct kvet_kprobe_sites *sites)
{
	bool mapping = kvet_ksyms_is_mapping(spec->symbol);
	char other_type = 0;
	bool elsewhere = false;

	for (size_t i = 0; i < range->count; i++) {
		struct kvet_symbol symbol = kvet_ksyms_row(table, range->rows[i]);

		if (!in_module(&symbol, spec->module))
			elsewhere = true;
		else if (!is_text(symbol.type))
			other_type = symbol.type;
		else if (!mapping)
			add(sites, table, &symbol, spec->offset);
	}
	if (sites->count)
		return;
	sites->verdict = KVET_NO;
	if (other_type)
		kvet_cause_fill(&sites->cause, 0, "kallsyms", "'%s' is not text: its type is '%c'",
				spec->symbol, other_type);
	else if (mapping && range->count > elsewhere)
		kvet_cause_fill(&sites->cause, 0, "kallsyms",
				"'%s' is a mapping symbol, which marks code for the linker, and no "
				"function",
				spec->symbol);
	else if (elsewhere)
		kvet_cause_fill(&sites->cause, 0, "kallsyms", "no symbol '%s' in module '%s'",
				spec->symbol, spec->module);
	else
		kvet_cause_fill(&sites->cause, 0, "kallsyms", "no symbol '%s'", spec->symbol);
	if (!elsewhere && !other_type &&
	    strspn(spec->symbol, "0123456789abcdefABCDEF") == strlen(spec->symbol))
		kvet_cause_remedy(&sites->cause, "an address is written with 0x: 0x%s",
				  spec->symbol);
}

static void resolve_address(const struct kvet_ksyms *table, const struct kvet_kprobe_spec *spec,
			    const struct kvet_ksyms_range *range, struct kvet_kprobe_sites *sites)
{
	for (size_t i = 0; i < range->count && !sites->count; i++) {
		struct kvet_symbol symbol = kvet_ksyms_row(table, range->rows[i]);

		if (is_text(symbol.type) && symbol.extent)
			add(sites, table, &symbol, spec->address - symbol.address);
	}
	if (sites->count)
		return;
	sites->verdict = KVET_NO;
	if (range->count)
		kvet_cause_fill(&sites->cause, 0, "kallsyms",
				"the symbol at 0x%" PRIx64 " is not text", spec->address);
	else
		kvet_cause_fill(&sites->cause, 0, "kallsyms", "no symbol contains 0x%" PRIx64,
				spec->address);
}

/* "_text+OFF", as perf writes an address without a symbol of its own: only the address counts. */
static bool is_place(const struct kvet_ksyms *table, const struct kvet_kprobe_spec *spec,
		     const struct kvet_ksyms_range *range, struct kvet_kprobe_spec *place)
{
	if (strcmp(spec->symbol, "_text") != 0 && strcmp(spec->symbol, "_stext") != 0)
		return false;
	for (size_t i = 0; i < range->count; i++) {
		struct kvet_symbol symbol = kvet_ksyms_row(table, range->rows[i]);

		if (symbol.module || !in_module(&symbol, spec->module) ||
		    spec->offset < symbol.extent || symbol.address + spec->offset < spec->offset)
			continue;
		*place = (struct kvet_kprobe_spec){ .address = symbol.address + spec->offset };
		return true;
	}
	return false;
}

/* Whether the symbol is a part that the compiler moved out of its function: no call enters it. */
static bool is_part(const char *name)
{
	const char *dot = strstr(name, ".cold");

	return dot && (!dot[5] || dot[5] == '.');
}

static size_t count_matches(struct kvet_ksyms_search search)
{
	struct kvet_ksyms_match match;
	size_t count = 0;

	while (kvet_ksyms_search_next(&search, &match))
		count++;
	return count;
}

static int resolve_glob(const struct kvet_ksyms *table, const struct kvet_kprobe_spec *spec,
			struct kvet_kprobe_sites *sites, struct kvet_cause *err)
{
	const struct kvet_ksyms_filter filter = { .module = *spec->module ? spec->module : NULL,
						  .types = "tTwW" };
	bool parts = strstr(spec->symbol, ".cold") != NULL;
	struct kvet_ksyms_search search;
	struct kvet_ksyms_query query;
	struct kvet_ksyms_match match;
	int ret = kvet_ksyms_query_parse(&query, spec->symbol, false, err);

	if (ret)
		return ret;
	kvet_ksyms_search_init(&search, table, &query, &filter);
	sites->items = calloc(count_matches(search) + 1, sizeof(*sites->items));
	while (sites->items && kvet_ksyms_search_next(&search, &match)) {
		struct kvet_symbol symbol = kvet_ksyms_row(table, match.row);

		if (parts || !is_part(symbol.name))
			add(sites, table, &symbol, 0);
	}
	kvet_ksyms_query_deinit(&query);
	if (!sites->items)
		return kvet_fail_memory(err);
	if (sites->count)
		return 0;
	sites->verdict = KVET_NO;
	kvet_cause_fill(&sites->cause, 0, "kallsyms", "no function's name matches '%s'%s%s%s",
			spec->symbol, *spec->module ? " in module '" : "", spec->module,
			*spec->module ? "'" : "");
	return 0;
}

/* If addresses are hidden, the verdict is undetermined. */
static bool is_hidden(const struct kvet_ksyms *table, struct kvet_kprobe_sites *sites)
{
	if (!kvet_ksyms_hidden(table))
		return false;
	sites->verdict = KVET_UNDETERMINED;
	kvet_cause_fill(&sites->cause, 0, "kallsyms", "every address is hidden");
	return true;
}

/* Of the architectures whose wrappers get the registers (kernel: ARCH_HAS_SYSCALL_WRAPPER). */
static const char *const wrappers[] = { "__x64_sys_", "__arm64_sys_", "__s390x_sys_",
					"__riscv_sys_" };

#define WRAPPERS (sizeof(wrappers) / sizeof(*wrappers))

const char *kvet_kprobe_syscall_symbol(const struct kvet_ksyms *table, const char *name, char *buf,
				       size_t size)
{
	for (size_t i = 0; i < WRAPPERS; i++) {
		int used;

		/* One that every kernel has. */
		snprintf(buf, size, "%sread", wrappers[i]);
		if (!kvet_ksyms_by_name(table, buf).count)
			continue;
		used = snprintf(buf, size, "%s%s", wrappers[i], name);
		return used >= 0 && (size_t)used < size ? buf : NULL;
	}
	return NULL;
}

const char *kvet_kprobe_syscall_name(const char *symbol)
{
	for (size_t i = 0; i < WRAPPERS; i++)
		if (!strncmp(symbol, wrappers[i], strlen(wrappers[i])))
			return symbol + strlen(wrappers[i]);
	return NULL;
}

static int resolve_plain(const struct kvet_ksyms *table, const struct kvet_kprobe_spec *spec,
			 struct kvet_kprobe_sites *out, struct kvet_cause *err)
{
	struct kvet_kprobe_spec place;
	struct kvet_ksyms_range range;
	int ret;

	*out = (struct kvet_kprobe_sites){ .verdict = KVET_YES };
	if (spec->glob) {
		ret = is_hidden(table, out) ? 0 : resolve_glob(table, spec, out, err);
		if (ret)
			kvet_kprobe_sites_deinit(out);
		return ret;
	}
	range = *spec->symbol ? kvet_ksyms_by_name(table, spec->symbol)
			      : kvet_ksyms_containing(table, spec->address);
	if ((range.count || !*spec->symbol) && is_hidden(table, out))
		return 0;
	if (is_place(table, spec, &range, &place)) {
		spec = &place;
		range = kvet_ksyms_containing(table, place.address);
	}
	out->items = calloc(range.count + 1, sizeof(*out->items));
	if (!out->items)
		return kvet_fail_memory(err);
	if (*spec->symbol)
		resolve_name(table, spec, &range, out);
	else
		resolve_address(table, spec, &range, out);
	return 0;
}

int kvet_kprobe_resolve(const struct kvet_ksyms *table, const struct kvet_kprobe_spec *spec,
			struct kvet_kprobe_sites *out, struct kvet_cause *err)
{
	struct kvet_kprobe_spec wrapper = *spec;
	int ret;

	if (!spec->syscall)
		return resolve_plain(table, spec, out, err);
	if (!kvet_kprobe_syscall_symbol(table, spec->symbol, wrapper.symbol,
					sizeof(wrapper.symbol))) {
		*out = (struct kvet_kprobe_sites){ .verdict = KVET_NO };
		kvet_cause_fill(&out->cause, 0, "kallsyms",
				"this kernel's system calls have no wrappers (__x64_sys_read)");
		return 0;
	}
	ret = resolve_plain(table, &wrapper, out, err);
	for (size_t i = 0; i < out->count && !ret; i++)
		out->items[i].syscall = true;
	return ret;
}

void kvet_kprobe_sites_deinit(struct kvet_kprobe_sites *sites)
{
	free(sites->items);
	sites->items = NULL;
	sites->count = 0;
}
