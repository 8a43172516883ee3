/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The layout of a table: arrays by row, names kept once in an arena, and two orders of the rows. */
#ifndef KVET_KSYMS_TABLE_H
#define KVET_KSYMS_TABLE_H

#include <string.h>

#include "ksyms/loaded.h"
#include "ksyms/names.h"
#include "ksyms/row.h"

/* No module: the row belongs to the kernel proper. */
#define KSYMS_NO_MODULE 0

/* One of every 2^KSYMS_FENCE_BITS addresses in by_address is in fences too: a search ends among so
 * few rows that they share a page. */
#define KSYMS_FENCE_BITS 6

struct kvet_ksyms {
	size_t count, room;
	uint64_t *addresses;
	uint32_t *extents;
	uint32_t *names;   /* number of each row's name */
	uint16_t *modules; /* KSYMS_NO_MODULE, or 1 + place in module_names */
	char *types;
	uint64_t *sizes; /* NULL in a source without sizes */
	bool *unloaded;  /* NULL except for a module's own file */

	struct ksyms_names strings;
	uint32_t *module_names; /* numbers of modules' names */
	size_t module_count;

	uint32_t *by_address; /* rows by (address, row), with mapping symbols at the end */
	uint32_t *by_name;    /* rows by (number of the name, address, row) */
	uint32_t *starts;     /* by number of the name, plus one: where its rows start in by_name */
	uint64_t *fences;
	size_t fence_count;
	size_t mapping; /* how many mapping symbols there are */

	size_t seen;   /* rows of the source, kept or not */
	uint64_t text; /* address of _text */
	bool has_text;
	bool hidden;
	bool sized;
	bool unlinked; /* of a module's own file: its values are not addresses yet */
	enum kvet_ksyms_kind kind;
	struct kvet_cause not_iterator; /* why it was not read from there; may be empty */

	bool selected; /* by queries: other rows of the source are missing */
	char **only;   /* the modules that it was loaded for; NULL: all */
	size_t only_count;
	struct ksyms_loaded *loaded; /* before it was read; NULL: nobody asked for it */
};

/* An absolute symbol is a number, such as the per-CPU offsets of kernels before 6.15. */
static inline bool ksyms_is_absolute(char type)
{
	return type == 'a' || type == 'A';
}

static inline bool ksyms_is_text(char type)
{
	return type == 't' || type == 'T' || type == 'w' || type == 'W';
}

static inline const char *ksyms_row_name(const struct kvet_ksyms *table, uint32_t row)
{
	return ksyms_name(&table->strings, table->names[row]);
}

static inline bool ksyms_is_unloaded(const struct kvet_ksyms *table, uint32_t row)
{
	return table->unloaded && table->unloaded[row];
}

/* NULL for the kernel proper. */
static inline const char *ksyms_row_module(const struct kvet_ksyms *table, uint32_t row)
{
	return table->modules[row] == KSYMS_NO_MODULE
		       ? NULL
		       : ksyms_name(&table->strings, table->module_names[table->modules[row] - 1]);
}

/* Whether this name means the kernel proper: perf and bpftrace say "vmlinux", bcc and SystemTap
 * "kernel". No module has either name. */
static inline bool ksyms_is_kernel(const char *name, size_t len)
{
	return (len == 7 && !memcmp(name, "vmlinux", 7)) ||
	       (len == 6 && !memcmp(name, "kernel", 6));
}

/* Whether a row belongs to this module, or to the kernel proper if module names that. */
static inline bool ksyms_in_module(const struct kvet_ksyms *table, uint32_t row, const char *wanted,
				   size_t len)
{
	const char *module = ksyms_row_module(table, row);

	if (!module)
		return ksyms_is_kernel(wanted, len);
	return !strncmp(module, wanted, len) && !module[len];
}

/* Whether tools measure distances in the kernel proper from this name: perf writes "_text+OFF" for
 * a place that it cannot name, or uses _stext if there is no _text. */
static inline bool ksyms_is_origin(const char *name, size_t len)
{
	return (len == 5 && !memcmp(name, "_text", 5)) || (len == 6 && !memcmp(name, "_stext", 6));
}

/* Whether the kernel makes symbols of this module at run time, each with a length of its own: BPF
 * programs, trampolines, pages of kprobes. */
static inline bool ksyms_is_image(const struct kvet_ksyms *table, uint32_t row)
{
	const char *module = ksyms_row_module(table, row);

	return module && (!strcmp(module, "bpf") || !strncmp(module, "__builtin__", 11));
}

/* kvet_ksyms_is_mapping() of a name without its NUL. */
static inline bool ksyms_is_mapping(const char *name, size_t len)
{
	return (len > 0 && name[0] == '$') || (len > 1 && name[0] == '.' && name[1] == 'L') ||
	       (len > 2 && name[0] == 'L' && name[1] == '0' && name[2] == 1);
}

/* Whether the kernel skips a mapping symbol when it looks up an address. It skips none of the
 * kernel proper, where 5.10 has ".LC0" from assembler files. */
static inline bool ksyms_is_apart(const char *name, size_t len, bool of_module)
{
	return ksyms_is_mapping(name, len) && (of_module || *name == '$');
}

static inline bool ksyms_row_is_apart(const struct kvet_ksyms *table, uint32_t row)
{
	const char *name = ksyms_row_name(table, row);

	return ksyms_is_apart(name, strlen(name), table->modules[row] != KSYMS_NO_MODULE);
}

/* How many rows lookups by address see: all but mapping symbols. They come first in by_address. */
static inline size_t ksyms_placed(const struct kvet_ksyms *table)
{
	return table->count - table->mapping;
}

/* The end of the run of rows in by_address that share an address. */
static inline size_t ksyms_run_end(const struct kvet_ksyms *table, size_t start)
{
	uint64_t address = table->addresses[table->by_address[start]];
	size_t end = start + 1;

	while (end < ksyms_placed(table) && table->addresses[table->by_address[end]] == address)
		end++;
	return end;
}

/* Whether a row is of the filter's module and types. */
bool kvet_ksyms_agrees(const struct kvet_ksyms *table, uint32_t row,
		       const struct kvet_ksyms_filter *filter);

/* Whether a suffix is one that compilers append to the name of a function for a variant or a part
 * of it. A bare number, "func.0", is a static variable's. */
bool kvet_ksyms_copy_suffix(const char *suffix);

/* A table without rows, for those of this source. NULL: no memory. */
struct kvet_ksyms *kvet_ksyms_empty(const struct ksyms_source *source);

/* Adds up to KSYMS_BATCH rows while the table is built. Errors: -ENOMEM, -E2BIG. */
int kvet_ksyms_add(struct kvet_ksyms *table, const struct ksyms_row *rows, size_t count,
		   struct kvet_cause *err);

/* The number of a module in table->modules. Rows of a module come together, so that it is usually
 * the last one. */
int kvet_ksyms_module(struct kvet_ksyms *table, const char *name, size_t len, uint16_t last,
		      uint16_t *module, struct kvet_cause *err);

/* Whether the kernel hid the addresses of these rows; any: all of them, ored. Symbols that a linker
 * or a module's own file puts at 0 are not hidden. */
static inline bool ksyms_hides(enum kvet_ksyms_kind kind, size_t rows, uint64_t any)
{
	return kind != KVET_KSYMS_ELF && rows && !any;
}

/* Finishes a table: makes the two orders. It does not change afterwards. */
int kvet_ksyms_finish(struct kvet_ksyms *table, struct kvet_cause *err);

/* The extent of a symbol. after is the next distinct address, or 0 if there is none; same_module:
 * whether a symbol of the same module is there. */
uint32_t kvet_ksyms_extent(uint64_t address, char type, uint64_t after, bool same_module);

/*
 * Whether "SYM+OFFSET/SIZE" (or, without has_size, "SYM+OFFSET") can mean this row: whether the
 * kernel prints it for an address in the row (kernel/kallsyms.c, sprint_symbol()). OFFSET may equal
 * SIZE: frames are printed with %pB, which looks up the byte before, since a call that does not
 * return may be the function's last instruction.
 */
bool kvet_ksyms_printed(const struct kvet_ksyms *table, uint32_t row, uint64_t offset,
			bool has_size, uint64_t size);

/* Prefetches what searches for the queries will read into the processor's caches. */
void kvet_ksyms_expect(const struct kvet_ksyms *table, const struct kvet_ksyms_query *queries,
		       size_t count);

/* The rows of the first len bytes of name. */
struct kvet_ksyms_range kvet_ksyms_by_bytes(const struct kvet_ksyms *table, const char *name,
					    size_t len);

/* The rows at an address or, if there are none, those that contain it, in one search. */
struct kvet_ksyms_range kvet_ksyms_around(const struct kvet_ksyms *table, uint64_t address);

/* The address of "_text+OFF", with or without MODULE:, if it is past _text itself. Returns false
 * for all other queries. */
bool kvet_ksyms_place(const struct kvet_ksyms *table, const struct kvet_ksyms_query *query,
		      uint64_t *address);

/* Builds the whole table from a source, which stays the caller's. */
int kvet_ksyms_build(struct kvet_ksyms **table, struct ksyms_source *source,
		     struct kvet_cause *err);

/* The same, but only of the rows of these modules. A module has its pages to itself, so the extents
 * are those of the whole table. */
int kvet_ksyms_build_modules(struct kvet_ksyms **table, struct ksyms_source *source,
			     const char *const *modules, size_t count, struct kvet_cause *err);

/* Builds a table of the kernel proper's rows in old, and the modules' rows of the source. Errors:
 * -EACCES if all of these have address 0, but the rows of old do not. */
int kvet_ksyms_renew(struct kvet_ksyms **table, const struct kvet_ksyms *old,
		     struct ksyms_source *source, struct kvet_cause *err);

/*
 * Builds, in one pass, a table of only the rows that can answer these queries. Their extents are
 * those of the whole table. Of the other rows only the addresses are kept, eight bytes each, until
 * it is done. Returns -EAGAIN, with err unchanged, if the source left out a name that is needed:
 * the caller then uses a source that does not filter. Of the first so many
 * queries (aliases), which are names, the other rows at their addresses are kept too; -EAGAIN if
 * there may be one that is not: the caller then builds the whole table.
 */
int kvet_ksyms_select(struct kvet_ksyms **table, struct ksyms_source *source,
		      const struct kvet_ksyms_query *queries, size_t count, size_t aliases,
		      struct kvet_cause *err);

/* Whether kvet_ksyms_select() can answer these queries: few, no range, no SIZE, and only patterns
 * with a literal. */
bool kvet_ksyms_select_takes(const struct kvet_ksyms_query *queries, size_t count);

#endif
