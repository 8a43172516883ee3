/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>

#include "conditions.h"
#include "resolve.h"

/* --- words ----------------------------------------------------------------------------------- */

/* What --failed says. */
#define FAILED "errno != 0"

static enum status add(struct trace_conditions *conditions, struct context *context,
		       const char *text, bool returns)
{
	struct kvet_condition *condition = &conditions->items[conditions->count];
	struct kvet_kprobe_wrong wrong;

	if (!kvet_condition_parse(text, condition, &wrong))
		return trace_word_wrong(context, "--where", text, NULL, &wrong);
	if (kvet_condition_at_return(condition) && !returns)
		return context_usage(context,
				     "--where '%s': %s is known only at the return; try: --return",
				     text, condition->left);
	conditions->texts[conditions->count++] = text;
	return STATUS_YES;
}

enum status trace_conditions_parse(struct trace_conditions *conditions, struct context *context,
				   const struct trace_args *args)
{
	enum status status = STATUS_YES;

	if (args->wheres.count + args->failed > KVET_TRACE_CONDITIONS)
		return context_usage(context, "--where and --failed can be given %d times together",
				     KVET_TRACE_CONDITIONS);
	for (size_t i = 0; i < args->wheres.count && status == STATUS_YES; i++)
		status = add(conditions, context, args->wheres.items[i],
			     args->returns || args->tree);
	/* Of a tree it is the root that must fail, which is asked when its calls have come. */
	if (status == STATUS_YES && args->failed && !args->tree)
		status = add(conditions, context, FAILED, args->returns);
	for (size_t i = 0; i < conditions->count && args->wait && status == STATUS_YES; i++)
		if (kvet_condition_typed(&conditions->items[i]))
			return context_usage(context,
					     "--where '%s': with --wait, the types of the "
					     "function are not known before its module is loaded",
					     conditions->texts[i]);
	return status;
}

void trace_conditions_deinit(struct trace_conditions *conditions)
{
	free(conditions->terms);
}

bool trace_conditions_typed(const struct trace_conditions *conditions)
{
	bool typed = false;

	for (size_t i = 0; i < conditions->count; i++)
		typed = typed || kvet_condition_typed(&conditions->items[i]);
	return typed;
}

void trace_conditions_want(const struct trace_conditions *conditions,
			   struct kvet_trace_options *wanted)
{
	wanted->conditions = conditions->items;
	wanted->condition_count = conditions->count;
	wanted->terms = conditions->terms;
}

/* --- resolving ------------------------------------------------------------------------------- */

struct resolving {
	struct trace_conditions *conditions;
	size_t number;
	const struct trace_plan *plan;
	const struct trace_prototypes *prototypes;
};

static enum kvet_verdict resolve(void *opaque, size_t site, struct kvet_kprobe_wrong *wrong,
				 struct kvet_cause *cause)
{
	const struct resolving *at = opaque;
	struct kvet_condition_term *out =
		&at->conditions->terms[site * at->conditions->count + at->number];
	enum kvet_verdict verdict =
		kvet_condition_term_of(at->prototypes->all, at->plan->sites[site],
				       &at->conditions->items[at->number], out, wrong, cause);

	if (verdict != KVET_YES)
		*out = (struct kvet_condition_term){ 0 };
	return verdict;
}

/* How many sites have no prototype, so that conditions on it never hold there. */
static void note_unknown(struct context *context, const struct trace_plan *plan,
			 const struct trace_prototypes *prototypes)
{
	size_t unknown = 0;

	for (size_t i = 0; i < plan->roots; i++)
		unknown += !prototypes->sites[i].known;
	if (unknown)
		context_note(context,
			     "--where: no hit passes at %zu of %zu sites, whose "
			     "functions' types are not known",
			     unknown, plan->roots);
}

/* PIDs are the reader's; programs in the kernel know those of the initial PID namespace. */
static enum status translate(struct trace_conditions *conditions, struct context *context, size_t i)
{
	struct kvet_condition *condition = &conditions->items[i];
	struct kvet_cause err;
	uint32_t number;

	if (condition->subject != KVET_CONDITION_PID || !kvet_host_in_pid_namespace())
		return STATUS_YES;
	if (condition->operation != KVET_CONDITION_EQUAL &&
	    condition->operation != KVET_CONDITION_UNEQUAL)
		return context_usage(context,
				     "--where '%s': in a PID namespace, pid can only be compared "
				     "with == and !=",
				     conditions->texts[i]);
	if (kvet_trace_number((uint32_t)condition->term.value, false, &number, &err)) {
		context_error(context, &err);
		return STATUS_UNDETERMINED;
	}
	condition->term.value = number;
	return STATUS_YES;
}

enum status trace_conditions_resolve(struct trace_conditions *conditions, struct context *context,
				     const struct trace_plan *plan,
				     const struct trace_prototypes *prototypes)
{
	enum status status = STATUS_YES;

	conditions->terms =
		calloc(plan->site_count * conditions->count + 1, sizeof(*conditions->terms));
	if (!conditions->terms)
		return context_failure(context, ENOMEM, "malloc");
	for (size_t i = 0; i < conditions->count && status == STATUS_YES; i++) {
		struct resolving at = { conditions, i, plan, prototypes };
		const struct trace_word word = { .option = "--where",
						 .text = conditions->texts[i],
						 .unknown = "--where: no hit passes at",
						 .without = "no hit passes",
						 .kind = "a condition on the function",
						 .typed = kvet_condition_typed(
							 &conditions->items[i]),
						 .resolve = resolve,
						 .opaque = &at };

		status = translate(conditions, context, i);
		if (status == STATUS_YES)
			status = trace_word_resolve(&word, context, plan, prototypes);
	}
	if (status == STATUS_YES && trace_conditions_typed(conditions))
		note_unknown(context, plan, prototypes);
	return status;
}
