/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <kvet/nearest.h>

#include "option_rules.h"

#define OPTIONS_MOST 64

/* A larger number in COLUMNS is ignored. */
#define TERMINAL_WIDEST 65535

#define COMMON(member) offsetof(struct common_args, member)

const struct option_spec common_options[] = {
	{ "format", 0, "FORMAT", OPTION_STRING, COMMON(format),
	  .choices = "text json jsonl prometheus nagios", .preset = "text",
	  .help = "JSON, JSON lines, metrics, or the line of a plugin" },
	{ "json", 'j', NULL, OPTION_FLAG, COMMON(json), .help = "same as --format json" },
	{ "pretty", 'p', NULL, OPTION_FLAG, COMMON(pretty), .help = "JSON over several lines" },
	{ "quiet", 'q', NULL, OPTION_FLAG, COMMON(quiet),
	  .excludes = "format=prometheus format=nagios",
	  .help = "print nothing: the exit status is the answer" },
	{ "verbose", 'v', NULL, OPTION_FLAG, COMMON(verbose),
	  .help = "all fields, and libbpf's warnings" },
	{ "color", 0, "WHEN", OPTION_STRING, COMMON(color), .choices = "auto always never",
	  .preset = "auto", .help = "colour verdicts" },
	{ "columns", 0, "LIST", OPTION_STRING, COMMON(columns),
	  .excludes = "json pretty format=json format=jsonl format=prometheus format=nagios",
	  .help = "columns of text, by the names of --help-fields" },
	{ "sysroot", 0, "DIR", OPTION_STRING, COMMON(sysroot),
	  .help = "read /proc, /sys and /boot below DIR" },
	{ "help", 'h', NULL, OPTION_FLAG, COMMON(help), .help = "print a screen of help" },
	{ "help-all", 0, NULL, OPTION_FLAG, COMMON(help_all),
	  .help = "print help on every option, and which exclude each other" },
	{ "help-fields", 0, NULL, OPTION_FLAG, COMMON(help_fields),
	  .help = "print what the fields of the output mean" },
	{ "help-schema", 0, NULL, OPTION_FLAG, COMMON(help_schema),
	  .help = "print the JSON Schema of the output" },
	{ 0 },
};

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
		/* Further digits would be less than a nanosecond, even of an hour. */
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

bool option_size_parse(const char *text, uint64_t *bytes)
{
	static const char units[] = "KMG";
	size_t digits = strspn(text, "0123456789");
	const char *unit = text[digits] ? strchr(units, text[digits]) : NULL;
	int shift = unit ? 10 * (int)(unit - units + 1) : 0;

	if (!digits || (text[digits] && (!unit || text[digits + 1])))
		return false;
	errno = 0;
	*bytes = strtoull(text, NULL, 10);
	return !errno && !__builtin_mul_overflow(*bytes, UINT64_C(1) << shift, bytes) &&
	       *bytes <= INT64_MAX;
}

__attribute__((format(printf, 2, 3))) static void complain(struct options_result *result,
							   const char *format, ...)
{
	va_list args;

	if (result->complaint[0])
		return; /* only the first mistake is reported */
	va_start(args, format);
	vsnprintf(result->complaint, sizeof(result->complaint), format, args);
	va_end(args);
}

static void add_to_list(struct option_list *list, const char *text, struct options_result *result)
{
	const char **items = realloc(list->items, (list->count + 1) * sizeof(*list->items));

	if (!items) {
		result->no_memory = true;
		return;
	}
	items[list->count++] = text;
	list->items = items;
}

static void store(const struct option_spec *spec, char *base, const char *text,
		  struct options_result *result)
{
	void *member = base + spec->offset;
	uint64_t number = 0;
	bool fits = option_argument_parse(spec, text, &number);

	if (!fits) {
		char words[192];

		complain(result, "--%s requires %s, not '%s'", spec->name,
			 option_argument_words(spec, words, sizeof(words)), text);
	}
	switch (spec->type) {
	case OPTION_FLAG:
		*(bool *)member = true;
		return;
	case OPTION_STRING:
		if (fits)
			*(const char **)member = text;
		return;
	case OPTION_LIST:
		if (fits)
			add_to_list(member, text, result);
		return;
	case OPTION_NUMBER:
	case OPTION_DURATION:
	case OPTION_SIZE:
		*(struct option_number *)member = (struct option_number){ fits, fits ? number : 0 };
		return;
	case OPTION_COMMAND:
		return;
	}
}

/* Both tables in one, for getopt; val is the index into specs, counted from 1. */
struct merged {
	const struct option_spec *specs[OPTIONS_MOST];
	size_t own;
	size_t count;
	struct option longs[OPTIONS_MOST + 1];
	char shorts[2 * OPTIONS_MOST + 3];
};

/* Above any letter, so that a long option's val is not taken for a short one's. */
#define LONG_BASE 256

/* order: '+' stops at the first operand, '-' hands out operands one by one, 0 puts them last. */
static void merge(struct merged *merged, const struct option_spec *own, char order)
{
	char *shorts = merged->shorts;

	memset(merged, 0, sizeof(*merged));
	if (order)
		*shorts++ = order;
	*shorts++ = ':'; /* makes getopt distinguish a missing argument from an unknown option */
	for (; own && own->name; own++)
		if (own->type != OPTION_COMMAND)
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

/* Reports the word of argv that getopt has just refused. */
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

static void check_rules(const struct option_spec *own, const void *args,
			const struct common_args *common, struct options_result *result)
{
	const struct option_set sets[] = { { own, args }, { common_options, common } };
	char broken[sizeof(result->complaint)];

	if (option_rules_broken(sets, 2, result->count > 0, broken, sizeof(broken)))
		complain(result, "%s", broken);
	if (option_stdin_reads(sets, 2, result->operands, result->count) > 1)
		complain(result, "standard input can be read only once");
}

/* How many words follow "--". */
static size_t count_after_dashes(int argc, char **argv, const struct option_spec *own,
				 struct options_result *result)
{
	char **words = calloc((size_t)argc + 1, sizeof(*words));
	struct merged merged;

	if (!words) {
		result->no_memory = true;
		return 0;
	}
	memcpy(words, argv, (size_t)argc * sizeof(*words));
	merge(&merged, own, '-');
	optind = 0;
	while (getopt_long(argc, words, merged.shorts, merged.longs, NULL) != -1)
		;
	free(words);
	return (size_t)(argc - optind);
}

/* Takes the words after "--" from the operands, if the table has a command. */
static void take_command(const struct option_spec *own, void *args, size_t after,
			 struct options_result *result)
{
	const struct option_set set = { own, args };
	const struct option_spec *spec = own;

	while (spec && spec->name && spec->type != OPTION_COMMAND)
		spec++;
	if (!after || !spec || !spec->name ||
	    (result->count == after && !option_any_given(&set, spec->needs)))
		return;
	result->count -= after;
	*(const char *const **)((char *)args + spec->offset) = result->operands + result->count;
}

void options_parse(int argc, char **argv, const struct option_spec *own, void *args,
		   struct common_args *common, bool operands_first, struct options_result *result)
{
	struct merged merged;
	size_t after;
	int val;

	merge(&merged, own, operands_first ? '+' : 0);
	*result = (struct options_result){ .count = 0 };
	/* Options may follow operands, whatever the environment says: a word that looks like an
	 * option is an operand only after "--". */
	unsetenv("POSIXLY_CORRECT");
	opterr = 0;
	after = operands_first ? 0 : count_after_dashes(argc, argv, own, result);
	optind = 0; /* glibc: start again, and read the prefix of shorts again */
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
	take_command(own, args, after, result);
	if (!operands_first)
		check_rules(own, args, common, result);
}

void options_refuse(const char *command, const char *words, const struct common_args *common,
		    struct options_result *result)
{
	const char *word;
	size_t len;

	while ((word = option_word_next(&words, &len)))
		for (const struct option_spec *spec = common_options; spec->name; spec++)
			if (strlen(spec->name) == len && !strncmp(spec->name, word, len) &&
			    option_given(spec, common))
				complain(result, "--%s does not apply to %s", spec->name, command);
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

/* Like setlocale(3): the first of these that is set and not empty decides. */
static bool wants_unicode(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *locale = NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names) && !(locale && *locale); i++)
		locale = getenv(names[i]);
	return isatty(STDOUT_FILENO) && locale &&
	       (strcasestr(locale, "utf-8") || strcasestr(locale, "utf8"));
}

/* The width of the terminal's lines, from the terminal or else the environment; 0: unknown. */
static size_t terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size = { 0 };
	size_t width;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	width = columns && columns[strspn(columns, "0123456789")] == '\0'
			? strtoul(columns, NULL, 10)
			: 0;
	return width <= TERMINAL_WIDEST ? width : 0;
}

void options_output(const struct common_args *common, bool live, struct output_options *options)
{
	static const char *const formats[] = {
		[OUTPUT_TEXT] = "text",     [OUTPUT_JSON] = "json",
		[OUTPUT_JSONL] = "jsonl",   [OUTPUT_PROMETHEUS] = "prometheus",
		[OUTPUT_NAGIOS] = "nagios",
	};

	*options = (struct output_options){ .pretty = common->pretty,
					    .verbose = common->verbose,
					    .columns = common->columns };
	if (common->json || common->pretty)
		options->format = OUTPUT_JSON;
	for (size_t i = 0; common->format && i < OUTPUT_NONE; i++)
		if (!strcmp(common->format, formats[i]))
			options->format = (enum output_format)i;
	if (live && options->format == OUTPUT_JSON)
		options->format = OUTPUT_JSONL;
	if (common->quiet)
		options->format = OUTPUT_NONE;
	options->color = wants_color(common->color);
	options->unicode = wants_unicode();
	options->terminal = isatty(STDOUT_FILENO);
	options->width = options->terminal ? terminal_width() : 0;
}
