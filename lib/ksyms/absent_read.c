/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Why a query has no match. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <kvet/nearest.h>

#include "core/fail.h"
#include "ksyms/modules_read.h"
#include "ksyms/table.h"

/* Enough to recognize the pattern. */
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

/* Whether the table is the running kernel's, so that the host's files describe it. */
static bool is_running(const struct kvet_ksyms *table)
{
	return table->kind == KVET_KSYMS_TEXT || table->kind == KVET_KSYMS_ITERATOR;
}

/* The query: the bare name, and what its rows must be. */
struct asked {
	const struct kvet_host *host;
	const struct kvet_ksyms *table;
	const struct kvet_ksyms_filter *filter;
	const char *name;
	size_t len;
	struct kvet_cause *cause;
};

__attribute__((format(printf, 2, 3))) static void advise(const struct asked *asked,
							 const char *remedy, ...)
{
	va_list args;

	/* The first piece of advice is the best. */
	if (*asked->cause->remedy)
		return;
	va_start(args, remedy);
	vsnprintf(asked->cause->remedy, sizeof(asked->cause->remedy), remedy, args);
	va_end(args);
}

/* Whether a row is of a type that is asked for. */
static bool is_wanted(const struct asked *asked, uint32_t row)
{
	return !asked->filter || !asked->filter->types ||
	       strchr(asked->filter->types, asked->table->types[row]);
}

/* Whether any row of this name passes the filter. */
static bool could_be(const struct asked *asked, uint32_t number)
{
	const struct kvet_ksyms *table = asked->table;

	for (uint32_t i = table->starts[number]; i < table->starts[number + 1]; i++)
		if (is_wanted(asked, table->by_name[i]))
			return true;
	return false;
}

/* --- a module ------------------------------------------------------------------------------- */

/* Whether the name that is asked for is one of the kernel proper. */
static bool is_in_kernel(const struct asked *asked)
{
	struct kvet_ksyms_range range = kvet_ksyms_by_bytes(asked->table, asked->name, asked->len);

	for (size_t i = 0; i < range.count; i++)
		if (!ksyms_row_module(asked->table, range.rows[i]) &&
		    is_wanted(asked, range.rows[i]))
			return true;
	return false;
}

/* Returns true if the module explains the missing match. */
static bool say_module(const struct asked *asked, const char *name, size_t len)
{
	enum ksyms_module module = KSYMS_MODULE_UNKNOWN;
	int digits = (int)len;

	if (!len || has_module(asked->table, name, len))
		return false;
	if (is_running(asked->table))
		module = kvet_ksyms_module_read(asked->host, name, len);
	if (module == KSYMS_MODULE_BUILT_IN) {
		kvet_cause_add(asked->cause,
			       "module '%.*s' is built in: its symbols belong to the kernel proper "
			       "(vmlinux)",
			       digits, name);
		if (is_in_kernel(asked))
			advise(asked, "did you mean vmlinux:%.*s?", (int)asked->len, asked->name);
		return true;
	}
	kvet_cause_add(asked->cause, "no symbol belongs to module '%.*s': it is not loaded", digits,
		       name);
	if (module == KSYMS_MODULE_ON_DISK)
		advise(asked, "modprobe %.*s", digits, name);
	return true;
}

/* A module that is not loaded may export the name: no table shows that. */
static bool say_exporter(const struct asked *asked)
{
	char module[64];

	if (!is_running(asked->table) ||
	    !kvet_ksyms_exporter_read(asked->host, asked->name, asked->len, module, sizeof(module)))
		return false;
	kvet_cause_add(asked->cause, "module '%s' exports it, but is not loaded", module);
	advise(asked, "modprobe %s", module);
	return true;
}

/* Appends words to the evidence. */
__attribute__((format(printf, 2, 3))) static void append(struct kvet_cause *cause,
							 const char *words, ...)
{
	size_t used = strlen(cause->evidence);
	va_list args;

	va_start(args, words);
	vsnprintf(cause->evidence + used, sizeof(cause->evidence) - used, words, args);
	va_end(args);
}

/* --- names ---------------------------------------------------------------------------------- */

/* Up to EXAMPLES_MOST names, as text. */
struct examples {
	char words[256];
	size_t used, count;
};

static void add_example(struct examples *examples, const char *name)
{
	if (examples->count++ < EXAMPLES_MOST && examples->used < sizeof(examples->words))
		examples->used += (size_t)snprintf(examples->words + examples->used,
						   sizeof(examples->words) - examples->used, "%s%s",
						   examples->used ? ", " : "", name);
}

/* "once", "twice", "3 times". */
struct times {
	char words[32];
};

static const char *times(size_t count, struct times *buf)
{
	if (count == 1)
		return "once";
	snprintf(buf->words, sizeof(buf->words), "%zu times", count);
	return buf->words;
}

/* The module that a query or a filter requires. */
struct module_word {
	const char *name; /* NULL: any module */
	size_t len;
};

static bool is_in(const struct asked *asked, uint32_t row, const struct module_word *module)
{
	return !module->name || ksyms_in_module(asked->table, row, module->name, module->len);
}

/* Whether the two require different modules. */
static bool contradict(const struct module_word *one, const struct module_word *other)
{
	if (!one->name || !other->name ||
	    (ksyms_is_kernel(one->name, one->len) && ksyms_is_kernel(other->name, other->len)))
		return false;
	return one->len != other->len || memcmp(one->name, other->name, one->len) != 0;
}

/* How many rows of the name a filter excludes. */
struct excluded {
	size_t elsewhere, others; /* in other modules; in the module, but of other types */
	struct examples modules;
	char types[64];
};

static void exclude(const struct asked *asked, const struct kvet_ksyms_range *range, size_t at,
		    const struct module_word *wanted, struct excluded *out)
{
	uint32_t row = range->rows[at];
	const char *module = ksyms_row_module(asked->table, row);
	char type = asked->table->types[row];
	size_t used = strlen(out->types);

	if (is_in(asked, row, wanted)) {
		out->others++;
		if (!strchr(out->types, type) && used < sizeof(out->types) - 1)
			out->types[used] = type;
		return;
	}
	out->elsewhere++;
	for (size_t i = 0; i < at; i++)
		if (asked->table->modules[range->rows[i]] == asked->table->modules[row])
			return;
	add_example(&out->modules, module ? module : "vmlinux");
}

/* Says which filter excludes how many rows. */
static void say_excluded(const struct asked *asked, const struct module_word *wanted,
			 const struct kvet_ksyms_range *range)
{
	struct kvet_cause *cause = asked->cause;
	struct excluded out = { 0 };
	char count[32] = "";
	bool both;

	for (size_t i = 0; i < range->count; i++)
		exclude(asked, range, i, wanted, &out);
	both = out.elsewhere && out.others;
	kvet_cause_add(cause, "%.*s occurs %s", (int)asked->len, asked->name,
		       times(range->count, &(struct times){ "" }));
	if (both)
		snprintf(count, sizeof(count), ": %zu", out.elsewhere);
	if (out.elsewhere)
		append(cause, "%s in %s other than '%.*s' (%s%s)", both ? count : ",",
		       out.elsewhere == 1 ? "a module" : "modules", (int)wanted->len, wanted->name,
		       out.modules.words, out.modules.count > EXAMPLES_MOST ? ", ..." : "");
	if (both)
		snprintf(count, sizeof(count), ", %zu", out.others);
	if (out.others)
		append(cause, "%s of %s other than '%s' (%s)", both ? count : ",",
		       out.others == 1 ? "a type" : "types", asked->filter->types, out.types);
}

/* The name is in the table, but its rows contradict the rest of the query. */
static void say_rows(const struct asked *asked, const struct kvet_ksyms_query *query,
		     const struct kvet_ksyms_range *range)
{
	const char *filter = asked->filter ? asked->filter->module : NULL;
	const struct module_word by_filter = { filter, filter ? strlen(filter) : 0 };
	const struct module_word by_query = { query->module_len ? query->name : NULL,
					      query->module_len };
	const struct module_word *wanted = by_query.name ? &by_query : &by_filter;
	struct kvet_symbol symbol = kvet_ksyms_row(asked->table, range->rows[0]);
	size_t left = 0;

	for (size_t i = range->count; i-- > 0;) {
		uint32_t row = range->rows[i];

		if (!is_in(asked, row, &by_query) || !is_in(asked, row, &by_filter) ||
		    !is_wanted(asked, row))
			continue;
		symbol = kvet_ksyms_row(asked->table, row);
		left++;
	}
	if (left)
		kvet_cause_add(asked->cause,
			       "%s occurs %s, but not with this offset or size: "
			       "the next symbol is at +0x%" PRIx64,
			       symbol.name, times(left, &(struct times){ "" }), symbol.extent);
	else if (contradict(&by_query, &by_filter))
		kvet_cause_add(asked->cause,
			       "the query names module '%.*s', and the filter module '%s'",
			       (int)by_query.len, by_query.name, filter);
	else
		say_excluded(asked, wanted, range);
	if (query->module_len && !contradict(&by_query, &by_filter) &&
	    is_wanted(asked, range->rows[0]))
		advise(asked, "did you mean %s:%s?", symbol.module ? symbol.module : "vmlinux",
		       symbol.name);
}

/* Whether no call enters it: the compiler moved a part of the function there. */
static bool is_part(const char *suffix)
{
	return strstr(suffix, ".cold") != NULL;
}

static bool say_copies(const struct asked *asked)
{
	const struct kvet_ksyms *table = asked->table;
	struct examples examples = { 0 };
	const char *best = NULL;

	for (uint32_t i = 0; i < table->strings.count; i++) {
		const char *known = ksyms_name(&table->strings, i);

		if (strncmp(known, asked->name, asked->len) != 0 || known[asked->len] != '.' ||
		    !could_be(asked, i))
			continue;
		add_example(&examples, known);
		if (!best && !is_part(known + asked->len))
			best = known;
	}
	if (!examples.count)
		return false;
	kvet_cause_add(asked->cause, "%zu compiler-generated variant%s: %s%s", examples.count,
		       examples.count == 1 ? "" : "s", examples.words,
		       examples.count > EXAMPLES_MOST ? ", ..." : "");
	if (best)
		advise(asked, "did you mean %s?", best);
	return true;
}

/* The prefixes of a system call's functions (kernel:
 * include/linux/syscalls.h and arch/.../include/asm/syscall_wrapper.h); "" is the bare name.
 */
static const char *const call_prefixes[] = {
	"__x64_sys_", "__arm64_sys_", "__riscv_sys_", "__s390x_sys_", "__ia32_sys_",
	"__se_sys_",  "__do_sys_",    "sys_",         "SyS_",         ""
};

/* Other names of a system call's function, the native entry first. */
static bool say_calls(const struct asked *asked)
{
	const size_t prefix_count = sizeof(call_prefixes) / sizeof(*call_prefixes);
	struct examples examples = { 0 };
	const char *base = asked->name, *best = NULL;
	size_t len = asked->len, skip = 0;

	for (size_t i = 0; i < prefix_count && !skip; i++)
		if (len > strlen(call_prefixes[i]) &&
		    !strncmp(base, call_prefixes[i], strlen(call_prefixes[i])))
			skip = strlen(call_prefixes[i]);
	base += skip;
	len -= skip;
	/* Not the bare name: "read" or "open" may well be another function. */
	for (size_t i = 0; i + 1 < prefix_count; i++) {
		struct kvet_ksyms_range range;
		char name[128];

		snprintf(name, sizeof(name), "%s%.*s", call_prefixes[i], (int)len, base);
		range = kvet_ksyms_by_name(asked->table, name);
		if (!range.count || !is_wanted(asked, range.rows[0]))
			continue;
		add_example(&examples, kvet_ksyms_row(asked->table, range.rows[0]).name);
		best = best ? best : kvet_ksyms_row(asked->table, range.rows[0]).name;
	}
	if (!best)
		return false;
	kvet_cause_add(asked->cause, "it is a system call, implemented by %s", examples.words);
	advise(asked, "did you mean %s?", best);
	return true;
}

/* Returns the distance of the nearest name; 0 if there is none. */
static size_t suggest(const struct asked *asked)
{
	const struct kvet_ksyms *table = asked->table;
	char word[KVET_NEAREST_WORD_MAX + 1];
	struct kvet_nearest nearest;

	if (asked->len >= sizeof(word))
		return 0;
	memcpy(word, asked->name, asked->len);
	word[asked->len] = '\0';
	kvet_nearest_init(&nearest, word);
	for (uint32_t i = 0; i < table->strings.count; i++) {
		const char *known = ksyms_name(&table->strings, i);
		size_t known_len = strlen(known), apart = known_len > asked->len
								  ? known_len - asked->len
								  : asked->len - known_len;

		if (apart < nearest.distance && could_be(asked, i))
			kvet_nearest_offer(&nearest, known);
	}
	if (!nearest.best)
		return 0;
	advise(asked, "did you mean %s?", nearest.best);
	return nearest.distance;
}

static void say_address(const struct kvet_ksyms *table, uint64_t address, struct kvet_cause *cause)
{
	struct kvet_ksyms_range below = kvet_ksyms_between(table, 0, address);
	struct kvet_symbol symbol;

	if (!below.count) {
		kvet_cause_add(cause, "every symbol is above 0x%" PRIx64 "%s", address,
			       address && address <= UINT32_MAX
				       ? ": it may be a hashed pointer, as %p prints it"
				       : "");
		return;
	}
	symbol = kvet_ksyms_row(table, below.rows[below.count - 1]);
	kvet_cause_add(cause,
		       "the nearest symbol below is %s%s%s%s at 0x%" PRIx64
		       ", which spans 0x%" PRIx64 " bytes",
		       symbol.name, symbol.module ? " [" : "", symbol.module ? symbol.module : "",
		       symbol.module ? "]" : "", symbol.address,
		       symbol.size ? symbol.size : symbol.extent);
}

/* No similar name exists: says why a name of the source may be missing from a kernel. */
static void say_config(const struct asked *asked)
{
	bool variables =
		!asked->filter || !asked->filter->types || strpbrk(asked->filter->types, "bBdDrR");
	char words[256];

	/* A file does not say which kernel it was taken from. */
	if (!is_running(asked->table))
		return;
	kvet_cause_add(asked->cause,
		       "a function of that name may be inlined, or not built into this kernel");
	if (variables && kvet_host_config(asked->host, "CONFIG_KALLSYMS_ALL", words,
					  sizeof(words)) == KVET_CONFIG_NO)
		kvet_cause_add(asked->cause, "the table lists no variables: %s", words);
}

/* No row has the name. Guesses are offered only where nothing explains it. */
static void say_name(const struct asked *asked, bool explained)
{
	explained = say_copies(asked) || explained;
	explained = say_calls(asked) || explained;
	explained = say_exporter(asked) || explained;
	/* A name one edit away is a typing error: nothing else has to be said. */
	if (!explained && suggest(asked) != 1 && asked->len)
		say_config(asked);
}

void kvet_ksyms_absent_cause(const struct kvet_host *host, const struct kvet_ksyms *table,
			     const struct kvet_ksyms_query *query,
			     const struct kvet_ksyms_filter *filter, struct kvet_cause *cause)
{
	size_t skip = query->module_len ? query->module_len + 1 : 0;
	const struct asked asked = { .host = host,
				     .table = table,
				     .filter = filter,
				     .name = query->name + skip,
				     .len = query->name_len - skip,
				     .cause = cause };
	struct kvet_ksyms_range range;
	bool explained = false;
	uint64_t address;

	kvet_cause_fill(cause, 0, "kallsyms", "%s", "");
	if (filter && filter->module)
		explained = say_module(&asked, filter->module, strlen(filter->module));
	explained = say_module(&asked, query->name, query->module_len) || explained;
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
	range = kvet_ksyms_by_bytes(table, asked.name, asked.len);
	if (range.count)
		say_rows(&asked, query, &range);
	else
		say_name(&asked, explained);
}
