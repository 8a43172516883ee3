/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Why a SPEC names no function, in the words that `ksyms lookup` has for the same name. */
#include <stdio.h>
#include <string.h>

#include "core/fail.h"

#include <kvet/kprobe.h>

void kvet_kprobe_absent_cause(const struct kvet_host *host, const struct kvet_ksyms *table,
			      const struct kvet_kprobe_spec *spec, struct kvet_cause *cause)
{
	static const struct kvet_ksyms_filter functions = { .types = "tTwW" };
	char text[sizeof(spec->module) + sizeof(spec->symbol) + 1];
	struct kvet_ksyms_query query;
	struct kvet_cause absent;

	if (!spec->syscall || !kvet_kprobe_syscall_symbol(table, spec->symbol, text, sizeof(text)))
		snprintf(text, sizeof(text), "%s%s%s", spec->module, *spec->module ? ":" : "",
			 spec->symbol);
	if (kvet_ksyms_query_parse(&query, text, false, NULL))
		return;
	/* A SPEC's address begins with 0x; anything else is a name. */
	query.has_address = false;
	kvet_ksyms_absent_cause(host, table, &query, &functions, &absent);
	kvet_ksyms_query_deinit(&query);
	if (*absent.evidence)
		kvet_cause_add(cause, "%s", absent.evidence);
	/* A remedy must be something to do, and "Did you mean ...?" is a question. */
	if (strchr(absent.remedy, '?'))
		kvet_cause_add(cause, "%s", absent.remedy);
	else if (!*cause->remedy)
		kvet_cause_remedy(cause, "%s", absent.remedy);
}
