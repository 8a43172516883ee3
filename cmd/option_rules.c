/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "option_rules.h"

/* --- words ----------------------------------------------------------------------------------- */

const char *option_word_next(const char **words, size_t *len)
{
	const char *word = *words ? *words + strspn(*words, " ") : "";

	*len = strcspn(word, " ");
	*words = word + *len;
	return *len ? word : NULL;
}

static size_t count_words(const char *words)
{
	size_t count = 0, len;

	while (option_word_next(&words, &len))
		count++;
	return count;
}

static bool has_word(const char *words, const char *text)
{
	const char *word;
	size_t len;

	while ((word = option_word_next(&words, &len)))
		if (strlen(text) == len && !memcmp(word, text, len))
			return true;
	return false;
}

const char *option_words_join(const char *words, const char *prefix, const char *last, char *buf,
			      size_t size)
{
	size_t left = count_words(words), used = 0, len;
	const char *word;

	*buf = '\0';
	for (; (word = option_word_next(&words, &len)) && used < size; left--)
		used += (size_t)snprintf(buf + used, size - used, "%s%.*s%s", prefix, (int)len,
					 word,
					 left > 2    ? ", "
					 : left == 2 ? last
						     : "");
	return buf;
}

const char *option_word_text(const char *word, size_t len, char *buf, size_t size)
{
	const char *value = memchr(word, '=', len);
	size_t name = value ? (size_t)(value - word) : len;

	snprintf(buf, size, "%s%.*s%s%.*s", *word >= 'A' && *word <= 'Z' ? "" : "--", (int)name,
		 word, value ? " " : "", value ? (int)(len - name - 1) : 0, value ? value + 1 : "");
	return buf;
}

/* --- arguments ------------------------------------------------------------------------------- */

/* A limit, in the largest unit that divides it if it is a size. */
static const char *limit_text(const struct option_spec *spec, uint64_t limit, char buf[24])
{
	const char *unit = spec->type == OPTION_SIZE ? "KMG" : "";
	char suffix[2] = "";

	for (; *unit && limit && !(limit % 1024); unit++) {
		suffix[0] = *unit;
		limit /= 1024;
	}
	snprintf(buf, 24, "%" PRIu64 "%s", limit, suffix);
	return buf;
}

static void range_words(const struct option_spec *spec, char *buf, size_t size)
{
	char least[24], most[24];

	limit_text(spec, spec->least, least);
	limit_text(spec, spec->most, most);
	*buf = '\0';
	if (spec->most)
		snprintf(buf, size, " from %s to %s", least, most);
	else if (spec->least)
		snprintf(buf, size, " of at least %s", least);
}

const char *option_argument_words(const struct option_spec *spec, char *buf, size_t size)
{
	char range[64];

	if (spec->choices)
		return option_words_join(spec->choices, "", " or ", buf, size);
	range_words(spec, range, sizeof(range));
	if (spec->type == OPTION_NUMBER)
		snprintf(buf, size, "a whole number%s%s%s", range, spec->form ? ", or " : "",
			 spec->form ? spec->form : "");
	else if (spec->type == OPTION_SIZE)
		snprintf(buf, size, "a number of bytes%s (16M)", range);
	else if (spec->type == OPTION_DURATION)
		snprintf(buf, size, "a number%s with ns, us, ms, s, m or h (10ms)",
			 spec->least ? " above 0" : "");
	else if (spec->most)
		snprintf(buf, size, "%s of 1 to %" PRIu64 " bytes", spec->argument, spec->most);
	else
		snprintf(buf, size, "%s", spec->form ? spec->form : spec->argument);
	return buf;
}

/* Parses digits, optionally with the form's text before and after its N. */
static bool parse_number(const char *text, const char *form, uint64_t *number)
{
	const char *place = form ? strchr(form, 'N') : NULL;
	size_t before = place ? (size_t)(place - form) : 0;
	char *end;

	if (before && !strncmp(text, form, before))
		text += before;
	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*number = strtoull(text, &end, 10);
	if (errno || *number > INT64_MAX)
		return false;
	return !*end || (place && place[1] && !strcmp(end, place + 1));
}

static bool in_range(const struct option_spec *spec, uint64_t number)
{
	return number >= spec->least && (!spec->most || number <= spec->most);
}

bool option_argument_parse(const struct option_spec *spec, const char *text, uint64_t *number)
{
	switch (spec->type) {
	case OPTION_FLAG:
		return true;
	case OPTION_NUMBER:
		return parse_number(text, spec->form, number) && in_range(spec, *number);
	case OPTION_DURATION:
		return option_duration_parse(text, number) && in_range(spec, *number);
	case OPTION_SIZE:
		return option_size_parse(text, number) && in_range(spec, *number);
	case OPTION_STRING:
	case OPTION_LIST:
	case OPTION_COMMAND:
		break;
	}
	if (spec->choices)
		return has_word(spec->choices, text);
	/* An empty string is usually a script's unset variable. */
	return *text && (!spec->most || strlen(text) <= spec->most);
}

/* --- options that exclude or require each other ----------------------------------------------- */

bool option_given(const struct option_spec *spec, const void *base)
{
	const void *member = (const char *)base + spec->offset;

	switch (spec->type) {
	case OPTION_FLAG:
		return *(const bool *)member;
	case OPTION_STRING:
		return *(const char *const *)member != NULL;
	case OPTION_COMMAND:
		return *(const char *const *const *)member != NULL;
	case OPTION_LIST:
		return ((const struct option_list *)member)->count > 0;
	case OPTION_NUMBER:
	case OPTION_DURATION:
	case OPTION_SIZE:
		return ((const struct option_number *)member)->given;
	}
	return false;
}

static const char *string_of(const struct option_spec *spec, const void *base)
{
	return spec->type == OPTION_STRING
		       ? *(const char *const *)((const char *)base + spec->offset)
		       : NULL;
}

/* What was given on the command line, and the tables to look in. */
struct given {
	const struct option_set *sets;
	size_t count;
	bool operands;
};

/* Whether "all", "backend=pmu" or "SPEC" was given. */
static bool was_given(const struct given *given, const char *word, size_t len)
{
	const char *value = memchr(word, '=', len);
	size_t name = value ? (size_t)(value - word) : len;

	if (*word >= 'A' && *word <= 'Z')
		return given->operands;
	for (size_t i = 0; i < given->count; i++) {
		const struct option_spec *spec = given->sets[i].specs;
		const void *base = given->sets[i].base;

		for (; spec && spec->name; spec++) {
			if (strlen(spec->name) != name || strncmp(spec->name, word, name) != 0 ||
			    !option_given(spec, base))
				continue;
			if (!value)
				return true;
			return string_of(spec, base) &&
			       strlen(string_of(spec, base)) == len - name - 1 &&
			       !strncmp(string_of(spec, base), value + 1, len - name - 1);
		}
	}
	return false;
}

size_t option_stdin_reads(const struct option_set *sets, size_t count, const char *const *operands,
			  size_t operand_count)
{
	size_t reads = 0;

	for (size_t i = 0; i < operand_count; i++)
		reads += !strcmp(operands[i], "-");
	for (size_t i = 0; i < count; i++)
		for (const struct option_spec *spec = sets[i].specs; spec && spec->name; spec++) {
			const char *argument = string_of(spec, sets[i].base);

			reads += argument && !strcmp(spec->argument, "FILE") &&
				 !strcmp(argument, "-");
		}
	return reads;
}

bool option_any_given(const struct option_set *set, const char *words)
{
	const struct given given = { set, 1, false };
	const char *word;
	size_t len;

	while ((word = option_word_next(&words, &len)))
		if (was_given(&given, word, len))
			return true;
	return false;
}

static bool lacks_needed(const struct given *given, const struct option_spec *spec,
			 const void *base, char *buf, size_t size)
{
	const char *words = spec->needs, *word, *argument = string_of(spec, base);
	char needed[160];
	size_t len;

	if (!words || (spec->needs_for && !(argument && has_word(spec->needs_for, argument))))
		return false;
	while ((word = option_word_next(&words, &len)))
		if (was_given(given, word, len))
			return false;
	snprintf(buf, size, "--%s%s%s requires %s", spec->name, spec->needs_for ? " " : "",
		 spec->needs_for ? argument : "",
		 option_words_join(spec->needs, "--", " or ", needed, sizeof(needed)));
	return true;
}

static bool has_excluded(const struct given *given, const struct option_spec *spec, char *buf,
			 size_t size)
{
	const char *words = spec->excludes, *word;
	char own[64], other[64];
	size_t len;

	while ((word = option_word_next(&words, &len))) {
		if (!was_given(given, word, len))
			continue;
		snprintf(buf, size, "%s and %s are mutually exclusive",
			 option_word_text(spec->name, strlen(spec->name), own, sizeof(own)),
			 option_word_text(word, len, other, sizeof(other)));
		return true;
	}
	return false;
}

bool option_rules_broken(const struct option_set *sets, size_t count, bool operands, char *buf,
			 size_t size)
{
	const struct given given = { sets, count, operands };

	for (size_t i = 0; i < count; i++)
		for (const struct option_spec *spec = sets[i].specs; spec && spec->name; spec++)
			if (option_given(spec, sets[i].base) &&
			    (has_excluded(&given, spec, buf, size) ||
			     lacks_needed(&given, spec, sets[i].base, buf, size)))
				return true;
	return false;
}

/* --- what may still be given ------------------------------------------------------------------ */

bool option_word_excluded(const struct option_set *sets, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		for (const struct option_spec *spec = sets[i].specs; spec && spec->name; spec++)
			if (spec->excludes && has_word(spec->excludes, word) &&
			    option_given(spec, sets[i].base))
				return true;
	return false;
}

bool option_may_follow(const struct option_set *sets, size_t count, bool operands,
		       const struct option_spec *spec)
{
	const struct given given = { sets, count, operands };
	char words[192];

	/* Who repeats an option that takes one argument means another one. */
	if (spec->type != OPTION_LIST && was_given(&given, spec->name, strlen(spec->name)))
		return false;
	return !has_excluded(&given, spec, words, sizeof(words)) &&
	       !option_word_excluded(sets, count, spec->name);
}
