/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prints.h"
#include "resolve.h"

/* --- words ----------------------------------------------------------------------------------- */

/* What follows the name, if there is one. */
static const char *expression_in(const char *word)
{
	const char *equals = strchr(word, '=');

	return equals ? equals + 1 : word;
}

enum status trace_prints_check(struct context *context, const struct option_list *words,
			       bool returns)
{
	for (size_t i = 0; i < words->count && !returns; i++)
		if (kvet_kprobe_expression_returned(expression_in(words->items[i])))
			return context_usage(context,
					     "--print '%s': ret is known only at the return; try: "
					     "--return",
					     words->items[i]);
	return STATUS_YES;
}

enum status trace_prints_parse(struct trace_prints *prints, struct context *context,
			       const struct option_list *words)
{
	if (words->count > KVET_TRACE_PRINTS)
		return context_usage(context, "--print can be given %d times", KVET_TRACE_PRINTS);
	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->items[i], *equals = strchr(word, '=');
		struct trace_print_word *print = &prints->words[i];

		if (equals == word)
			return context_usage(context,
					     "--print '%s': the name before '=' is missing", word);
		print->text = expression_in(word);
		print->name = equals ? strndup(word, (size_t)(equals - word)) : strdup(word);
		if (!print->name)
			return context_failure(context, ENOMEM, "malloc");
		prints->count++;
	}
	return STATUS_YES;
}

void trace_prints_deinit(struct trace_prints *prints)
{
	for (size_t i = 0; i < prints->count; i++)
		free(prints->words[i].name);
	free(prints->expressions);
}

/* --- resolving ------------------------------------------------------------------------------- */

struct resolving {
	struct trace_prints *prints;
	size_t number;
	const struct trace_plan *plan;
	const struct trace_prototypes *prototypes;
};

static enum kvet_verdict resolve(void *opaque, size_t site, struct kvet_kprobe_wrong *wrong,
				 struct kvet_cause *cause)
{
	const struct resolving *at = opaque;
	struct kvet_kprobe_expression *out =
		&at->prints->expressions[site * at->prints->count + at->number];
	enum kvet_verdict verdict =
		kvet_kprobe_expression_of(at->prototypes->all, at->plan->sites[site],
					  at->prints->words[at->number].text, out, wrong, cause);

	if (verdict != KVET_YES)
		*out = (struct kvet_kprobe_expression){ 0 };
	return verdict;
}

enum status trace_prints_resolve(struct trace_prints *prints, struct context *context,
				 const struct trace_plan *plan,
				 const struct trace_prototypes *prototypes)
{
	enum status status = STATUS_YES;

	prints->expressions =
		calloc(plan->site_count * prints->count + 1, sizeof(*prints->expressions));
	if (!prints->expressions)
		return context_failure(context, ENOMEM, "malloc");
	for (size_t i = 0; i < prints->count && status == STATUS_YES; i++) {
		struct resolving at = { prints, i, plan, prototypes };
		const struct trace_word word = { .option = "--print",
						 .text = prints->words[i].text,
						 .unknown = "no values of",
						 .without = "no",
						 .kind = "an expression on the arguments",
						 .typed = true,
						 .resolve = resolve,
						 .opaque = &at };

		status = trace_word_resolve(&word, context, plan, prototypes);
	}
	return status;
}

/* --- values ---------------------------------------------------------------------------------- */

/* All names at an address, or else the address. */
static void name_function(const struct kvet_ksyms *table, uint64_t address, char *text, size_t size)
{
	struct kvet_ksyms_range range = kvet_ksyms_at(table, address);
	size_t used = 0;

	snprintf(text, size, "0x%" PRIx64, address);
	for (size_t i = 0; i < range.count && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s", used ? "|" : "",
					 kvet_ksyms_row(table, range.rows[i]).name);
}

static void set_text(struct named_value *item, const char *text)
{
	item->type = FIELD_STRING;
	item->value = (struct value){ .present = true, .string = text };
}

static void set_number(struct named_value *item, uint64_t bits, bool is_signed)
{
	bool large = !is_signed && bits > INT64_MAX;

	item->type = large ? FIELD_ADDRESS : FIELD_INTEGER;
	item->value = large ? value_address(bits) : value_integer((int64_t)bits);
}

static void set_value(struct named_value *item, char *text, size_t size,
		      const struct kvet_kprobe_expression *expression,
		      const struct kvet_trace_print *print, const struct kvet_ksyms *table)
{
	uint64_t bits = kvet_kprobe_expression_bits(expression, &print->value);
	const char *name;

	if (print->size > 0) {
		snprintf(text, size, "%s%s", print->text,
			 print->size == KVET_TRACE_STRING ? "..." : "");
		set_text(item, text);
		return;
	}
	switch (expression->form) {
	case KVET_KPROBE_FORM_ENUM:
		name = kvet_kprobe_enumerator(expression, bits);
		if (name)
			set_text(item, name);
		else
			set_number(item, bits, expression->is_signed);
		break;
	case KVET_KPROBE_FORM_FUNCTION:
		name_function(table, bits, text, size);
		set_text(item, text);
		break;
	case KVET_KPROBE_FORM_BOOLEAN:
		item->type = FIELD_BOOLEAN;
		item->value = value_boolean(bits != 0);
		break;
	case KVET_KPROBE_FORM_SIGNED:
	case KVET_KPROBE_FORM_UNSIGNED:
		set_number(item, bits, expression->form == KVET_KPROBE_FORM_SIGNED);
		break;
	default:
		item->type = FIELD_ADDRESS;
		item->value = value_address(bits);
	}
}

void trace_prints_values(struct trace_print_values *values, const struct trace_prints *prints,
			 const struct kvet_ksyms *table, const struct kvet_trace_event *event)
{
	*values->cause = '\0';
	for (size_t i = 0; i < prints->count; i++) {
		const struct kvet_kprobe_expression *expression =
			&prints->expressions[event->site * prints->count + i];
		const struct kvet_trace_print *print = &event->prints[i];
		struct named_value *item = &values->items[i];
		bool text = expression->form == KVET_KPROBE_FORM_TEXT;

		*item = (struct named_value){ .name = prints->words[i].name, .type = FIELD_STRING };
		if (expression->form == KVET_KPROBE_FORM_NONE)
			continue;
		if (!print->failed && (!text || print->size > 0))
			set_value(item, values->texts[i], sizeof(values->texts[i]), expression,
				  print, table);
		else if (!*values->cause)
			snprintf(values->cause, sizeof(values->cause),
				 "%.60s: nothing can be read at 0x%" PRIx64, item->name,
				 print->value);
	}
}
