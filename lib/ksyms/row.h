/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The interface of every source of symbols: rows, a batch at a time. */
#ifndef KVET_KSYMS_ROW_H
#define KVET_KSYMS_ROW_H

#include <stddef.h>
#include <stdint.h>

#include <kvet/ksyms.h>

/* One symbol of a source. The strings are not NUL-terminated. */
struct ksyms_row {
	uint64_t address;
	uint64_t size; /* in a source with sizes, else 0 */
	/* NULL: a source that filters left the name out; the address still ends the extent of
	 * the symbol before. */
	const char *name;
	const char *module; /* NULL: the kernel proper */
	size_t name_len;
	size_t module_len;
	char type;
	bool unloaded; /* in a module's own file: the kernel does not keep the symbol */
};

/* Enough to make the cost of a call negligible, and few enough for the first-level cache. */
#define KSYMS_BATCH 256

/*
 * Where rows come from. next() fills rows[0 .. *count-1]; *count is 0 at the end. The
 * strings live until the next call. Errors: of the source, with err filled.
 */
struct ksyms_source {
	int (*next)(struct ksyms_source *source, struct ksyms_row rows[KSYMS_BATCH], size_t *count,
		    struct kvet_cause *err);
	void (*close)(struct ksyms_source *source); /* also frees source, which is never NULL */
	enum kvet_ksyms_kind kind;
	bool sizes;
	bool unlinked; /* a module's own file: its values are not addresses yet */
	/* The running kernel's table: the symbols of the kernel proper come first, sorted by
	 * address, as the kernel's own search requires. */
	bool kernel_sorted;
	size_t expected; /* the approximate number of rows; 0: unknown */
	/* At the end: how many rows a source that filters did not return, because neither their
	 * names nor their addresses matter. */
	size_t passed;
};

static inline void ksyms_source_free(struct ksyms_source *source)
{
	if (source)
		source->close(source);
}

#endif
