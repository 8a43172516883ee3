/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Another table when modules or BPF programs came or went. The kernel gives no part of its table
 * alone, but its iterator can leave the kernel proper out, which is not copied then and does not
 * change: those rows, their names and their hash table come from the old table.
 */
#include <errno.h>
#include <stdlib.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "ksyms/iterator_load.h"
#include "ksyms/table.h"
#include "ksyms/text_read.h"

AUTO_DEFINE(ksyms_source)
AUTO_DEFINE(kvet_ksyms)

enum kvet_verdict kvet_ksyms_stale(const struct kvet_host *host, const struct kvet_ksyms *table,
				   struct kvet_cause *cause)
{
	AUTO(ksyms_loaded) *now = NULL;
	struct kvet_cause unused;

	cause = cause ? cause : &unused;
	if (table->kind == KVET_KSYMS_FILE || table->kind == KVET_KSYMS_ELF) {
		kvet_cause_fill(cause, 0, "kallsyms", "the table of a file does not change");
		return KVET_NO;
	}
	if (!table->loaded) {
		kvet_cause_fill(cause, 0, "kallsyms",
				"the table was loaded without the option to last");
		return KVET_UNDETERMINED;
	}
	if (kvet_ksyms_loaded_read(host, &now, cause))
		return KVET_UNDETERMINED;
	return kvet_ksyms_loaded_differ(table->loaded, now, cause);
}

/* A table of a few modules, one without addresses, one with sizes. */
static int load_again(struct kvet_ksyms **table, const struct kvet_host *host,
		      const struct kvet_ksyms *old, struct kvet_cause *err)
{
	const struct kvet_ksyms_options options = {
		.has_kind = old->kind == KVET_KSYMS_TEXT,
		.kind = KVET_KSYMS_TEXT,
		.modules = (const char *const *)old->only,
		.module_count = old->only_count,
		.lasting = true,
	};

	return kvet_ksyms_open(table, host, &options, err);
}

static int open_modules(struct ksyms_source **source, const struct kvet_host *host,
			const struct kvet_ksyms *old, struct kvet_cause *refused,
			struct kvet_cause *err)
{
	static const struct ksyms_iterator_wish wish = { .modules = true };

	if (old->kind == KVET_KSYMS_ITERATOR &&
	    !kvet_ksyms_iterator_open(source, host, &wish, refused))
		return 0;
	return kvet_ksyms_text_open(source, host, err);
}

int kvet_ksyms_refresh(struct kvet_ksyms **fresh, const struct kvet_host *host,
		       const struct kvet_ksyms *old, struct kvet_cause *err)
{
	struct kvet_cause refused = old->not_iterator;
	AUTO(ksyms_loaded) *loaded = NULL;
	AUTO(ksyms_source) *source = NULL;
	AUTO(kvet_ksyms) *table = NULL;
	int ret;

	if (!old->loaded || old->selected)
		return kvet_reject(err, EINVAL, "kallsyms",
				   old->loaded ? "the table has only the answers of its queries"
					       : "the table was loaded without the option to last");
	if (old->only || old->hidden || old->sized)
		return load_again(fresh, host, old, err);
	ret = kvet_ksyms_loaded_read(host, &loaded, err);
	if (!ret)
		ret = open_modules(&source, host, old, &refused, err);
	if (!ret)
		ret = kvet_ksyms_renew(&table, old, source, err);
	if (ret == -EACCES && source && err)
		kvet_ksyms_hidden_cause(host, NULL, err);
	if (ret)
		return ret;
	if (table->kind == KVET_KSYMS_TEXT)
		table->not_iterator = refused;
	table->loaded = TAKE(loaded);
	*fresh = TAKE(table);
	return 0;
}
