/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kvet/nearest.h>

#include "options.h"

#define OPTIONS_MOST 64

#define COMMON(member) offsetof(struct common_args, member)

const struct option_spec common_options[] = {
	{ "format", 0, "FORMAT", OPTION_STRING, COMMON(format),
	  "text (default), json (one document) or jsonl (one object a line)" },
	{ "json", 'j', NULL, OPTION_FLAG, COMMON(json), "same as --format json" },
	{ "pretty", 'p', NULL, OPTION_FLAG, COMMON(pretty), "JSON over several lines" },
	{ "quiet", 'q', NULL, OPTION_FLAG, COMMON(quiet),
	  "print nothing: the exit status is the answer" },
	{ "verbose", 'v', NULL, OPTION_FLAG, COMMON(verbose), "all fields, and libbpf's warnings" },
	{ "color", 0, "WHEN", OPTION_STRING, COMMON(color), "auto (default), always or never" },
	{ "sysroot", 0, "DIR", OPTION_STRING, COMMON(sysroot),
	  "read /proc, /sys and /boot below DIR" },
	{ "help", 'h', NULL, OPTION_FLAG, COMMON(help), "print this help" },
	{ 0 },
};

static bool number_parse(const char *text, uint64_t *value)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*value = strtoull(text, &end, 10);
	return !errno && !*end && *value <= INT64_MAX;
}

bool option_duration_parse(const char *text, uint64_t *ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = { { "ns", 1 },         { "us", 1000 },       { "ms", 1000000 },
		      { "s", 1000000000 }, { "m", 60000000000 }, { "h", 3600000000000 } };
	uint64_t whole = 0, fraction = 0, scale = 1, unit = 0, part;
	const char *digits = text;

	for (; *text >= '0' && *text <= '9'; text++)
		if (__builtin_mul_overflow(whole, 10, &whole) ||
		    __builtin_add_overflow(whole, (uint64_t)(*text - '0'), &whole))
			return false;
	if (text == digits)
		return false;
	if (*text == '.') {
		digits = ++text;
		/* Digits below a nanosecond of an hour cannot count. */
		for (; *text >= '0' && *text <= '9'; text++) {
			if (text - digits < 13) {
				fraction = fraction * 10 + (uint64_t)(*text - '0');
				scale *= 10;
			}
		}
		if (text == digits)
			return false;
	}
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (!strcmp(text, units[i].name))
			unit = units[i].ns;
	if (!unit || __builtin_mul_overflow(whole, unit, &whole))
		return false;
	part = (uint64_t)((unsigned __int128)fraction * unit / scale);
	if (__builtin_add_overflow(whole, part, &whole) || whole > INT64_MAX)
		return false;
	*ns = whole;
	return true;
}

__attribute__((format(printf, 2, 3))) static void complain(struct options_result *result,
							   const char *format, ...)
{
	va_list args;

	if (result->complaint[0])
		return; /* the first mistake is the one to mend first */
	va_start(args, format);
	vsnprintf(result->complaint, sizeof(result->complaint), format, args);
	va_end(args);
}

static void store(const struct option_spec *spec, char *base, const char *text,
		  struct options_result *result)
{
	void *member = base + spec->offset;

	switch (spec->type) {
	case OPTION_FLAG:
		*(bool *)member = true;
		return;
	case OPTION_STRING:
		*(const char **)member = text;
		return;
	case OPTION_LIST: {
		struct option_list *list = member;
		const char **items = realloc(list->items, (list->count + 1) * sizeof(*list->items));

		if (!items) {
			result->no_memory = true;
			return;
		}
		items[list->count++] = text;
		list->items = items;
		return;
	}
	case OPTION_NUMBER: {
		struct option_number *number = member;

		number->given = number_parse(text, &number->value);
		if (!number->given)
			complain(result, "--%s requires a whole number, not '%s'", spec->name,
				 text);
		return;
	}
	case OPTION_DURATION: {
		struct option_number *number = member;

		number->given = option_duration_parse(text, &number->value);
		if (!number->given)
			complain(result,
				 "--%s requires a number with ns, us, ms, s, m or h (10ms), not "
				 "'%s'",
				 spec->name, text);
		return;
	}
	}
}

/* Both tables in one, for getopt; val is the index into specs, from 1 on. */
struct merged {
	const struct option_spec *specs[OPTIONS_MOST];
	size_t own;
	size_t count;
	struct option longs[OPTIONS_MOST + 1];
	char shorts[2 * OPTIONS_MOST + 3];
};

/* Past any letter, so that a long option's val cannot be taken for a short one. */
#define LONG_BASE 256

static void merge(struct merged *merged, const struct option_spec *own, bool operands_first)
{
	char *shorts = merged->shorts;

	memset(merged, 0, sizeof(*merged));
	if (operands_first)
		*shorts++ = '+';
	*shorts++ = ':'; /* a missing argument is told apart from an unknown option */
	for (; own && own->name; own++)
		merged->specs[merged->count++] = own;
	merged->own = merged->count;
	for (const struct option_spec *spec = common_options; spec->name; spec++)
		merged->specs[merged->count++] = spec;
	for (size_t i = 0; i < merged->count; i++) {
		const struct option_spec *spec = merged->specs[i];

		merged->longs[i] = (struct option){ .name = spec->name,
						    .has_arg = spec->argument ? required_argument
									      : no_argument,
						    .val = LONG_BASE + (int)i };
		if (!spec->letter)
			continue;
		*shorts++ = spec->letter;
		if (spec->argument)
			*shorts++ = ':';
	}
}

static size_t find(const struct merged *merged, int val)
{
	if (val >= LONG_BASE)
		return (size_t)(val - LONG_BASE);
	for (size_t i = 0; i < merged->count; i++)
		if (merged->specs[i]->letter == val)
			return i;
	return merged->count;
}

static void complain_unknown(const struct merged *merged, const char *word,
			     struct options_result *result)
{
	struct kvet_nearest nearest = { 0 };
	char name[64];

	if (!strncmp(word, "--", 2)) {
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(word + 2, "="), word + 2);
		kvet_nearest_init(&nearest, name);
		for (size_t i = 0; i < merged->count; i++)
			kvet_nearest_offer(&nearest, merged->specs[i]->name);
	}
	if (nearest.best)
		complain(result, "unknown option '%s': did you mean '--%s'?", word, nearest.best);
	else
		complain(result, "unknown option '%s'", word);
}

/* The word of argv that getopt has just refused, for the message. */
static void complain_refused(const struct merged *merged, int why, char **argv,
			     struct options_result *result)
{
	char letter[] = { '-', (char)optopt, '\0' };
	const char *word = optopt && optopt < LONG_BASE ? letter : argv[optind - 1];

	if (why == ':') {
		size_t i = find(merged, optopt);

		complain(result, "option '%s' requires %s", word,
			 i < merged->count ? merged->specs[i]->argument : "an argument");
	} else if (optopt >= LONG_BASE) {
		complain(result, "option '--%s' takes no argument",
			 merged->specs[find(merged, optopt)]->name);
	} else {
		complain_unknown(merged, word, result);
	}
}

void options_parse(int argc, char **argv, const struct option_spec *own, void *args,
		   struct common_args *common, bool operands_first, struct options_result *result)
{
	struct merged merged;
	int val;

	merge(&merged, own, operands_first);
	result->complaint[0] = '\0';
	result->no_memory = false;
	/* Options may follow operands, whatever the environment says: what looks like one never is
	 * an operand without "--" in front of it. */
	unsetenv("POSIXLY_CORRECT");
	optind = 0; /* glibc: start afresh, and read the prefix of shorts again */
	opterr = 0;
	while ((val = getopt_long(argc, argv, merged.shorts, merged.longs, NULL)) != -1) {
		size_t i;

		if (val == '?' || val == ':') {
			complain_refused(&merged, val, argv, result);
			continue;
		}
		i = find(&merged, val);
		store(merged.specs[i], i < merged.own ? args : (char *)common, optarg, result);
	}
	result->operands = (const char *const *)argv + optind;
	result->count = (size_t)(argc - optind);
}

void options_free(const struct option_spec *own, void *args)
{
	for (; own && own->name; own++)
		if (own->type == OPTION_LIST)
			free(((struct option_list *)((char *)args + own->offset))->items);
}

static bool wants_color(const char *when)
{
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");

	if (when && strcmp(when, "auto") != 0)
		return !strcmp(when, "always");
	return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0 &&
	       (!no_color || !*no_color);
}

/* As setlocale(3) chooses: the first of these that is set and not empty. */
static bool wants_unicode(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *locale = NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names) && !(locale && *locale); i++)
		locale = getenv(names[i]);
	return isatty(STDOUT_FILENO) && locale &&
	       (strcasestr(locale, "utf-8") || strcasestr(locale, "utf8"));
}

void options_output(const struct common_args *common, bool live, struct output_options *options,
		    struct options_result *result)
{
	static const char *const formats[] = {
		[OUTPUT_TEXT] = "text", [OUTPUT_JSON] = "json", [OUTPUT_JSONL] = "jsonl"
	};
	const char *color = common->color;

	*options = (struct output_options){ .pretty = common->pretty, .verbose = common->verbose };
	if (common->json || common->pretty)
		options->format = OUTPUT_JSON;
	if (common->format) {
		size_t i = 0;

		while (i < OUTPUT_NONE && strcmp(common->format, formats[i]) != 0)
			i++;
		if (i < OUTPUT_NONE)
			options->format = (enum output_format)i;
		else
			complain(result, "--format requires text, json or jsonl, not '%s'",
				 common->format);
	}
	if (live && options->format == OUTPUT_JSON)
		options->format = OUTPUT_JSONL;
	if (common->quiet)
		options->format = OUTPUT_NONE;
	if (color && strcmp(color, "auto") != 0 && strcmp(color, "always") != 0 &&
	    strcmp(color, "never") != 0)
		complain(result, "--color requires auto, always or never, not '%s'", color);
	options->color = wants_color(color);
	options->unicode = wants_unicode();
	options->terminal = isatty(STDOUT_FILENO);
}
