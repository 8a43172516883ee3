/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What every source of symbols hands out: rows, a batch at a time. */
#ifndef KVET_KSYMS_ROW_H
#define KVET_KSYMS_ROW_H

#include <stddef.h>
#include <stdint.h>

#include <kvet/ksyms.h>

/* One symbol as it passes by. The strings are not NUL-terminated. */
struct ksyms_row {
	uint64_t address;
	uint64_t size; /* in a source with sizes, else 0 */
	/* NULL: a source that filters has left it out; the address counts all the same, as
	 * the end of another's extent. */
	const char *name;
	const char *module; /* NULL: the kernel proper */
	size_t name_len;
	size_t module_len;
	char type;
	bool unloaded; /* in a module's own file: the kernel keeps no such symbol of it */
};

/* So many that the calls do not count, so few that they stay in the first cache. */
#define KSYMS_BATCH 256

/*
 * Where rows come from. next() fills rows[0 .. *count-1]; *count is 0 at the end. The
 * strings live until the next call. Errors: of the source, with err filled.
 */
struct ksyms_source {
	int (*next)(struct ksyms_source *source, struct ksyms_row rows[KSYMS_BATCH], size_t *count,
		    struct kvet_error *err);
	void (*close)(struct ksyms_source *source); /* frees it too; source is never NULL */
	enum kvet_ksyms_kind kind;
	bool sizes;
	bool unlinked; /* a module's own file: what it has are no addresses yet */
	/* It is the running kernel's: the symbols of the kernel proper come first, in the order of
	 * their addresses, or the kernel's own search would fail. */
	bool kernel_sorted;
	size_t expected; /* about so many rows are to come; 0: not known */
	/* At the end: rows that a source that filters has not handed out, since neither their
	 * names nor their addresses can matter. */
	size_t passed;
};

static inline void ksyms_source_free(struct ksyms_source *source)
{
	if (source)
		source->close(source);
}

#endif
