/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a kernel's types and symbols have under a name. */
#include <stdarg.h>
#include <stdio.h>

#include "core/fail.h"
#include "object/needs.h"

void kvet_needs_refuse(struct kvet_object_need *need, enum kvet_verdict verdict,
		       enum kvet_object_reason reason, const char *words, ...)
{
	char text[sizeof(need->cause.evidence)];
	va_list args;

	va_start(args, words);
	vsnprintf(text, sizeof(text), words, args);
	va_end(args);
	need->verdict = verdict;
	need->reason = reason;
	kvet_cause_fill(&need->cause, 0, "BTF", "%s", text);
}

const struct btf_type *kvet_needs_type(const struct kvet_needs_kernel *kernel, uint32_t kind,
				       const char *name, const struct kvet_btf **btf, uint32_t *id)
{
	for (size_t i = 0; i < kernel->btf_count; i++) {
		uint32_t found = kvet_btf_find(kernel->btfs[i], kind, name);

		if (!found)
			continue;
		if (btf) {
			*btf = kernel->btfs[i];
			*id = found;
		}
		return kvet_btf_type(kernel->btfs[i], found);
	}
	return NULL;
}

bool kvet_needs_has_function(struct kvet_needs_kernel *kernel, const char *name)
{
	const struct kvet_ksyms *symbols;

	if (kvet_needs_type(kernel, BTF_KIND_FUNC, name, NULL, NULL))
		return true;
	/* Old BTF lacks functions that ftrace cannot trace. */
	symbols = kvet_needs_symbols_read(kernel);
	return symbols && kvet_ksyms_by_name(symbols, name).count;
}
