/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Conditions on hits: parsed, and resolved with the types of a function. */
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/number.h"
#include "kprobe/condition.h"
#include "kprobe/expression.h"
#include "kprobe/pattern.h"

#include <kvet/nearest.h>

#define ERRNO_MOST 4095 /* kernel: include/linux/err.h, MAX_ERRNO */
#define WORD_SIZE  64

static const struct {
	const char *word;
	bool typed, at_return;
} subjects[KVET_CONDITION_SUBJECTS] = {
	[KVET_CONDITION_EXPRESSION] = { NULL, true, false },
	[KVET_CONDITION_RETURN] = { "ret", true, true },
	[KVET_CONDITION_ERRNO] = { "errno", true, true },
	[KVET_CONDITION_DURATION] = { "duration", false, true },
	[KVET_CONDITION_COMM] = { "comm", false, false },
	[KVET_CONDITION_PID] = { "pid", false, false },
	[KVET_CONDITION_UID] = { "uid", false, false },
	[KVET_CONDITION_CPU] = { "cpu", false, false },
};

/* A longer one before one that it begins with. */
static const struct {
	const char *word;
	enum kvet_condition_operation operation;
} operations[] = {
	{ "==", KVET_CONDITION_EQUAL }, { "!=", KVET_CONDITION_UNEQUAL },
	{ "<=", KVET_CONDITION_MOST },  { ">=", KVET_CONDITION_LEAST },
	{ "<", KVET_CONDITION_LESS },   { ">", KVET_CONDITION_GREATER },
	{ "&", KVET_CONDITION_BITS },   { "~", KVET_CONDITION_GLOB },
};

bool kvet_condition_is_word(const char *name)
{
	bool found = false;

	for (int i = KVET_CONDITION_RETURN; i < KVET_CONDITION_SUBJECTS; i++)
		found = found || !strcmp(name, subjects[i].word);
	return found;
}

bool kvet_condition_at_return(const struct kvet_condition *condition)
{
	return subjects[condition->subject].at_return;
}

bool kvet_condition_typed(const struct kvet_condition *condition)
{
	return subjects[condition->subject].typed;
}

__attribute__((format(printf, 3, 4))) static bool fail(struct kvet_kprobe_wrong *wrong, size_t at,
						       const char *format, ...)
{
	va_list args;

	wrong->at = at;
	va_start(args, format);
	vsnprintf(wrong->why, sizeof(wrong->why), format, args);
	va_end(args);
	return false;
}

/* --- values ---------------------------------------------------------------------------------- */

static unsigned int width_of(const struct kvet_kprobe_expression *expression)
{
	return expression->bits   ? expression->bits
	       : expression->size ? expression->size * 8
				  : expression->register_size * 8;
}

bool kvet_condition_signed(const struct kvet_kprobe_expression *expression)
{
	return expression->form == KVET_KPROBE_FORM_SIGNED ||
	       (expression->form == KVET_KPROBE_FORM_ENUM && expression->is_signed);
}

/* Extends a number of so many bits; whether it is one. Hexadecimal digits may be the bits of a
 * negative number. */
static bool extend(uint64_t number, bool negative, bool bits, unsigned int width, bool signs,
		   uint64_t *value)
{
	unsigned int unused = 64 - width;
	uint64_t most = UINT64_MAX >> unused, largest = signs ? most >> 1 : most;

	if (negative ? !signs || number > largest + 1 : number > (bits ? most : largest))
		return false;
	if (negative)
		number = -number;
	*value = signs ? (uint64_t)((int64_t)(number << unused) >> unused) : number;
	return true;
}

static bool out_of_range(const struct kvet_condition *condition, unsigned int width, bool signs,
			 struct kvet_kprobe_wrong *wrong)
{
	uint64_t most = UINT64_MAX >> (64 - width);

	if (signs)
		return fail(wrong, condition->value_at,
			    "'%.*s' is out of range: it is from -%" PRIu64 " to %" PRIu64,
			    (int)condition->value_size, condition->value, (most >> 1) + 1,
			    most >> 1);
	return fail(wrong, condition->value_at, "'%.*s' is out of range: it is from 0 to %" PRIu64,
		    (int)condition->value_size, condition->value, most);
}

/* The errno of this name; 0: there is none, and the most similar one is offered. */
static uint64_t errno_of(const char *word, struct kvet_nearest *nearest)
{
	for (int i = 1; i <= ERRNO_MOST; i++) {
		const char *name = kvet_errno_symbol(i);

		if (!name)
			continue;
		if (!strcmp(name, word))
			return (uint64_t)i;
		kvet_nearest_offer(nearest, name);
	}
	return 0;
}

static bool enumerator_of(const struct kvet_kprobe_expression *expression, const char *word,
			  uint64_t *value, struct kvet_nearest *nearest)
{
	const struct btf_type *type = kvet_btf_type(expression->btf, expression->type);

	for (uint32_t i = 0; type && i < BTF_INFO_VLEN(type->info); i++) {
		bool small = btf_is_enum(type);
		const char *name =
			kvet_btf_string(expression->btf, small ? btf_enum(type)[i].name_off
							       : btf_enum64(type)[i].name_off);

		if (!name)
			continue;
		kvet_nearest_offer(nearest, name);
		if (strcmp(name, word) != 0)
			continue;
		*value = small ? (uint64_t)(int64_t)btf_enum(type)[i].val
			       : btf_enum64_value(&btf_enum64(type)[i]);
		return true;
	}
	return false;
}

/* The names that a number of this form may have; *known: there are such names. */
static bool name_of(const struct kvet_kprobe_expression *expression, const char *word,
		    bool is_errno, uint64_t *value, struct kvet_nearest *nearest)
{
	if (is_errno)
		return (*value = errno_of(word, nearest)) != 0;
	switch (expression->form) {
	case KVET_KPROBE_FORM_ENUM:
		return enumerator_of(expression, word, value, nearest);
	case KVET_KPROBE_FORM_BOOLEAN:
		*value = !strcmp(word, "true");
		return *value || !strcmp(word, "false");
	case KVET_KPROBE_FORM_POINTER:
	case KVET_KPROBE_FORM_FUNCTION:
	case KVET_KPROBE_FORM_STRING:
		*value = 0;
		return !strcmp(word, "NULL");
	default:
		return false;
	}
}

static bool take_word(const struct kvet_condition *condition,
		      const struct kvet_kprobe_expression *expression, uint64_t *value,
		      struct kvet_kprobe_wrong *wrong)
{
	bool is_errno = condition->subject == KVET_CONDITION_ERRNO,
	     signs = kvet_condition_signed(expression);
	bool negative = *condition->value == '-' && signs && !is_errno;
	struct kvet_nearest nearest;
	char word[WORD_SIZE];

	if (condition->value_size >= sizeof(word))
		return fail(wrong, condition->value_at, "this is not a number or a name");
	memcpy(word, condition->value, condition->value_size);
	word[condition->value_size] = '\0';
	kvet_nearest_init(&nearest, word + negative);
	if (negative && (*value = -errno_of(word + 1, &nearest)) != 0)
		return true;
	if (!negative && name_of(expression, word, is_errno, value, &nearest))
		return true;
	if (!negative && !is_errno && signs && errno_of(word, &nearest))
		return fail(wrong, condition->value_at, "errnos are returned negated: write -%s",
			    word);
	if (nearest.best)
		snprintf(wrong->nearest, sizeof(wrong->nearest), "%s%s", negative ? "-" : "",
			 nearest.best);
	return fail(wrong, condition->value_at, "'%s' is not %s", word,
		    is_errno ? "an errno's name or number"
		    : expression->form == KVET_KPROBE_FORM_ENUM
			    ? "a number, or a name that the enum has"
			    : "a number");
}

static bool take_value(const struct kvet_condition *condition,
		       const struct kvet_kprobe_expression *expression, uint64_t *value,
		       struct kvet_kprobe_wrong *wrong)
{
	const char *digits = condition->value;
	bool negative = *digits == '-', signs = kvet_condition_signed(expression);
	size_t size = condition->value_size - negative;
	unsigned int width = width_of(expression);
	uint64_t number;

	digits += negative;
	switch (kvet_number_parse(digits, size, &number)) {
	case KVET_NO_NUMBER:
		return take_word(condition, expression, value, wrong);
	case KVET_NUMBER_TOO_LARGE:
		return out_of_range(condition, width, signs, wrong);
	case KVET_NUMBER:
		break;
	}
	if (condition->subject == KVET_CONDITION_ERRNO && (negative || number > ERRNO_MOST))
		return fail(wrong, condition->value_at, "an errno is a number from 1 to %d, or 0",
			    ERRNO_MOST);
	return extend(number, negative, size > 1 && digits[1] == 'x', width, signs, value) ||
	       out_of_range(condition, width, signs, wrong);
}

/* --- what is compared ------------------------------------------------------------------------ */

static bool check_text(const struct kvet_condition *condition, enum kvet_kprobe_form form,
		       struct kvet_kprobe_wrong *wrong)
{
	bool text = form == KVET_KPROBE_FORM_STRING || form == KVET_KPROBE_FORM_TEXT;

	if (condition->is_text && !text)
		return fail(wrong, condition->value_at, "'%.64s' is not text", condition->left);
	if (!condition->is_text && form == KVET_KPROBE_FORM_TEXT)
		return fail(wrong, condition->value_at,
			    "'%.64s' is text: write what it is compared with in quotes",
			    condition->left);
	return true;
}

bool kvet_condition_resolve(const struct kvet_btf *btf, const struct btf_type *proto,
			    const struct kvet_kprobe_prototype *places,
			    const struct kvet_condition *condition,
			    struct kvet_condition_term *term, struct kvet_kprobe_wrong *wrong)
{
	const bool is_errno = condition->subject == KVET_CONDITION_ERRNO;
	const char *left = is_errno ? "ret" : condition->left;
	struct kvet_kprobe_expression *expression = &term->expression;

	*term = (struct kvet_condition_term){ 0 };
	if (!kvet_expression_resolve(btf, proto,
				     kvet_condition_at_return(condition) ? NULL : places, left,
				     expression, wrong)) {
		if (is_errno)
			wrong->at = 0;
		wrong->at += condition->left_at;
		return false;
	}
	*wrong = (struct kvet_kprobe_wrong){ 0 };
	if (is_errno && !kvet_condition_signed(expression) && width_of(expression) < 64)
		return fail(wrong, condition->left_at,
			    "the function returns no errno: its type has no negative numbers");
	return check_text(condition, expression->form, wrong) &&
	       (condition->is_text || take_value(condition, expression, &term->value, wrong));
}

/* --- parsing --------------------------------------------------------------------------------- */

static bool take_duration(const struct kvet_condition *condition, uint64_t *value,
			  struct kvet_kprobe_wrong *wrong)
{
	static const struct {
		const char *word;
		uint64_t ns;
	} units[] = {
		{ "", 1 }, { "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 }
	};
	size_t digits = 0, rest;

	while (digits < condition->value_size && isdigit((unsigned char)condition->value[digits]))
		digits++;
	rest = condition->value_size - digits;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (rest == strlen(units[i].word) &&
		    !memcmp(condition->value + digits, units[i].word, rest) &&
		    kvet_number_parse(condition->value, digits, value) == KVET_NUMBER &&
		    *value <= INT64_MAX / units[i].ns) {
			*value *= units[i].ns;
			return true;
		}
	return fail(wrong, condition->value_at,
		    "a duration is a number with ns, us, ms or s (10ms)");
}

/* The same at every site. */
static bool resolve_here(struct kvet_condition *condition, struct kvet_kprobe_wrong *wrong)
{
	struct kvet_condition_term *term = &condition->term;

	switch (condition->subject) {
	case KVET_CONDITION_EXPRESSION:
	case KVET_CONDITION_RETURN:
	case KVET_CONDITION_ERRNO:
	case KVET_CONDITION_SUBJECTS:
		return true;
	case KVET_CONDITION_COMM:
		term->expression.form = KVET_KPROBE_FORM_TEXT;
		break;
	case KVET_CONDITION_DURATION:
		term->expression =
			(struct kvet_kprobe_expression){ .form = KVET_KPROBE_FORM_UNSIGNED,
							 .register_size = sizeof(uint64_t) };
		if (!condition->is_text)
			return take_duration(condition, &term->value, wrong);
		break;
	case KVET_CONDITION_PID:
	case KVET_CONDITION_UID:
	case KVET_CONDITION_CPU:
		term->expression =
			(struct kvet_kprobe_expression){ .form = KVET_KPROBE_FORM_UNSIGNED,
							 .register_size = sizeof(uint32_t) };
		break;
	}
	return check_text(condition, term->expression.form, wrong) &&
	       (condition->is_text ||
		take_value(condition, &term->expression, &term->value, wrong));
}

/* Where an expression that begins here ends. */
static const char *expression_end(const char *text)
{
	while (*text) {
		if (!strncmp(text, "->", 2))
			text++;
		else if (!isalnum((unsigned char)*text) && !strchr("_.[]", *text))
			break;
		text++;
	}
	return text;
}

static const char *skip_spaces(const char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	return text;
}

static bool take_left(struct kvet_condition *condition, const char *text, const char **next,
		      struct kvet_kprobe_wrong *wrong)
{
	const char *start = skip_spaces(text), *end = expression_end(start);
	size_t size = (size_t)(end - start);

	condition->left_at = (size_t)(start - text);
	if (!size)
		return fail(wrong, condition->left_at,
			    "a condition begins with an expression, as in 'ret < 0'");
	if (size >= sizeof(condition->left))
		return fail(wrong, condition->left_at, "the expression is too long");
	memcpy(condition->left, start, size);
	condition->left[size] = '\0';
	condition->subject = KVET_CONDITION_EXPRESSION;
	for (int i = KVET_CONDITION_RETURN; i < KVET_CONDITION_SUBJECTS; i++)
		if (!strcmp(condition->left, subjects[i].word))
			condition->subject = (enum kvet_condition_subject)i;
	/* What is returned can be followed. */
	if (kvet_kprobe_expression_returned(condition->left))
		condition->subject = KVET_CONDITION_RETURN;
	*next = skip_spaces(end);
	return true;
}

static bool take_operation(struct kvet_condition *condition, const char *text, const char **next,
			   struct kvet_kprobe_wrong *wrong)
{
	for (size_t i = 0; i < sizeof(operations) / sizeof(*operations); i++) {
		size_t size = strlen(operations[i].word);

		if (strncmp(*next, operations[i].word, size) != 0)
			continue;
		condition->operation = operations[i].operation;
		*next = skip_spaces(*next + size);
		return true;
	}
	return fail(wrong, (size_t)(*next - text),
		    "an operator is expected here: == != < <= > >= & or ~");
}

/* The text must be a pattern. */
static bool check_pattern(const struct kvet_condition *condition, struct kvet_kprobe_wrong *wrong)
{
	struct kvet_pattern pattern;
	size_t at = 0;
	const char *why;

	if (condition->operation != KVET_CONDITION_EQUAL &&
	    condition->operation != KVET_CONDITION_UNEQUAL &&
	    condition->operation != KVET_CONDITION_GLOB)
		return fail(wrong, condition->value_at, "text is compared with ==, != or ~");
	why = kvet_pattern_make(condition->value, condition->value_size,
				condition->operation == KVET_CONDITION_GLOB, &pattern, &at);
	return !why || fail(wrong, condition->value_at + at, "%s", why);
}

static bool take_right(struct kvet_condition *condition, const char *text, const char *next,
		       struct kvet_kprobe_wrong *wrong)
{
	size_t size = strlen(next);

	while (size && isspace((unsigned char)next[size - 1]))
		size--;
	condition->value = next;
	condition->value_at = (size_t)(next - text);
	condition->value_size = size;
	if (!size)
		return fail(wrong, condition->value_at, "what it is compared with is missing");
	condition->is_text = *next == '"' || *next == '\'';
	if (!condition->is_text)
		return condition->operation != KVET_CONDITION_GLOB ||
		       fail(wrong, condition->value_at, "write the glob in quotes");
	if (size < 2 || next[size - 1] != *next)
		return fail(wrong, condition->value_at + size, "the text's second %c is missing",
			    *next);
	condition->value++;
	condition->value_at++;
	condition->value_size -= 2;
	return check_pattern(condition, wrong);
}

bool kvet_condition_parse(const char *text, struct kvet_condition *condition,
			  struct kvet_kprobe_wrong *wrong)
{
	const char *next = text;

	*condition = (struct kvet_condition){ 0 };
	*wrong = (struct kvet_kprobe_wrong){ 0 };
	if (!take_left(condition, text, &next, wrong) ||
	    !take_operation(condition, text, &next, wrong) ||
	    !take_right(condition, text, next, wrong))
		return false;
	condition->reads = kvet_condition_typed(condition) &&
			   (condition->is_text || strpbrk(condition->left, "-[") != NULL);
	return resolve_here(condition, wrong);
}
