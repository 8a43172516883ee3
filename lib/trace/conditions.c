/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <string.h>

#include "kprobe/condition.h"
#include "kprobe/pattern.h"
#include "trace/conditions.h"

unsigned int kvet_trace_questions_flags(const struct kvet_condition *conditions, size_t count)
{
	unsigned int flags = 0;

	for (size_t i = 0; conditions && i < count; i++)
		flags |= (kvet_condition_at_return(&conditions[i]) ? TRACE_WHERE_RETURN
								   : TRACE_WHERE) |
			 (conditions[i].reads ? TRACE_WHERE_READS : 0);
	return flags;
}

static enum trace_subject subject_of(const struct kvet_condition *condition)
{
	static const enum trace_subject subjects[KVET_CONDITION_SUBJECTS] = {
		[KVET_CONDITION_EXPRESSION] = TRACE_SUBJECT_ARGUMENT,
		[KVET_CONDITION_RETURN] = TRACE_SUBJECT_RETURN,
		[KVET_CONDITION_ERRNO] = TRACE_SUBJECT_ERRNO,
		[KVET_CONDITION_DURATION] = TRACE_SUBJECT_DURATION,
		[KVET_CONDITION_COMM] = TRACE_SUBJECT_COMM,
		[KVET_CONDITION_PID] = TRACE_SUBJECT_PID,
		[KVET_CONDITION_UID] = TRACE_SUBJECT_UID,
		[KVET_CONDITION_CPU] = TRACE_SUBJECT_CPU,
	};

	return subjects[condition->subject];
}

static enum trace_operation operation_of(const struct kvet_condition *condition)
{
	static const enum trace_operation operations[] = {
		[KVET_CONDITION_EQUAL] = TRACE_IS_EQUAL,
		[KVET_CONDITION_UNEQUAL] = TRACE_IS_UNEQUAL,
		[KVET_CONDITION_LESS] = TRACE_IS_LESS,
		[KVET_CONDITION_MOST] = TRACE_IS_MOST,
		[KVET_CONDITION_GREATER] = TRACE_IS_GREATER,
		[KVET_CONDITION_LEAST] = TRACE_IS_LEAST,
		[KVET_CONDITION_BITS] = TRACE_IS_BITS,
		[KVET_CONDITION_GLOB] = TRACE_IS_GLOB,
	};

	return operations[condition->operation];
}

void kvet_trace_questions(const struct kvet_condition *conditions, size_t count,
			  struct trace_question questions[TRACE_CONDITIONS])
{
	for (size_t i = 0; i < count; i++)
		questions[i] = (struct trace_question){
			.subject = (__u16)subject_of(&conditions[i]),
			.operation = (__u8)operation_of(&conditions[i]),
			.is_text = conditions[i].is_text,
		};
}

struct trace_path kvet_trace_path(const struct kvet_kprobe_expression *expression, bool strings)
{
	struct trace_path path = { .place = (__u32)expression->place,
				   .pointers = expression->pointers,
				   .size = expression->size,
				   .user = expression->user };

	path.form = expression->form == KVET_KPROBE_FORM_NONE                ? TRACE_PATH_NONE
		    : expression->form == KVET_KPROBE_FORM_TEXT              ? TRACE_PATH_TEXT
		    : expression->form == KVET_KPROBE_FORM_STRING && strings ? TRACE_PATH_STRING
									     : TRACE_PATH_VALUE;
	memcpy(path.offsets, expression->offsets, sizeof(path.offsets));
	return path;
}

struct trace_term kvet_trace_term(const struct kvet_condition *condition,
				  const struct kvet_condition_term *term)
{
	const struct kvet_kprobe_expression *expression = &term->expression;
	unsigned int bytes = expression->size ? expression->size : expression->register_size;

	return (struct trace_term){
		.path = kvet_trace_path(expression, condition->is_text),
		.value = term->value,
		.width = expression->bits ? expression->bits : 8 * bytes,
		.shift = expression->shift,
		.is_signed = kvet_condition_signed(expression),
	};
}

bool kvet_trace_pattern(const struct kvet_condition *condition, struct trace_pattern *pattern)
{
	struct kvet_pattern made;
	size_t at;

	if (!condition->is_text ||
	    kvet_pattern_make(condition->value, condition->value_size,
			      condition->operation == KVET_CONDITION_GLOB, &made, &at))
		return false;
	for (size_t i = 0; i < sizeof(made.step) / sizeof(*made.step); i++)
		pattern->cells[i] =
			(struct trace_cell){ .step = made.step[i], .stay = made.stay[i] };
	pattern->accept = made.accept;
	pattern->open = made.open;
	return true;
}
