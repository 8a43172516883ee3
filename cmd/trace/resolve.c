/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "resolve.h"

enum status trace_word_wrong(struct context *context, const char *option, const char *text,
			     const char *where, const struct kvet_kprobe_wrong *wrong)
{
	enum status status = context_usage(context, "%s: %s%s%s%s%s%s", option, where ? where : "",
					   where ? ": " : "", wrong->why,
					   *wrong->nearest ? "; did you mean '" : "",
					   wrong->nearest, *wrong->nearest ? "'?" : "");

	context_note(context, "  %s", text);
	context_note(context, "  %*s", (int)wrong->at + 1, "^");
	return status;
}

enum status trace_word_resolve(const struct trace_word *word, struct context *context,
			       const struct trace_plan *plan,
			       const struct trace_prototypes *prototypes)
{
	const struct kvet_kprobe_site *where = NULL;
	struct kvet_kprobe_wrong wrong, first;
	size_t good = 0;

	for (size_t i = 0; i < plan->roots; i++) {
		struct kvet_cause cause;
		enum kvet_verdict verdict;

		if (word->typed && !prototypes->sites[i].known)
			continue;
		verdict = word->resolve(word->opaque, i, &wrong, &cause);
		if (verdict == KVET_UNDETERMINED)
			context_note(context, "%s %s: %s: %s", word->unknown,
				     plan->sites[i]->symbol, cause.source, cause.evidence);
		good += verdict == KVET_YES;
		if (verdict == KVET_NO && !where) {
			where = plan->sites[i];
			first = wrong;
		}
	}
	if (where && !good)
		return trace_word_wrong(context, word->option, word->text, where->symbol, &first);
	if (where)
		context_note(context, "%s '%s' where it is not %s: %s: %s", word->without,
			     word->text, word->kind, where->symbol, first.why);
	return STATUS_YES;
}
