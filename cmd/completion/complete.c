/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "complete.h"
#include "option_rules.h"

static bool begins(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

static void put_word(const struct completion_sink *sink, const struct completion_stem *stem,
		     const char *word, const char *about)
{
	if (begins(word, stem->prefix))
		sink->word(sink->opaque, stem, word, about);
}

/* --- what a placeholder stands for ------------------------------------------------------------ */

/* Which names a placeholder stands for, in all commands or in one. */
static const struct {
	const char *placeholder;
	const char *command; /* NULL: any */
	enum completion_source source;
} places[] = {
	{ "HELPER", NULL, COMPLETION_HELPERS },
	{ "TYPE", NULL, COMPLETION_TYPES },
	{ "NAME", "probe maps", COMPLETION_MAPS },
	{ "NAME", "probe programs", COMPLETION_PROGRAMS },
	{ "NAME", "probe features", COMPLETION_FEATURES },
	{ "KFUNC", NULL, COMPLETION_KFUNCS },
	{ "CHECK", NULL, COMPLETION_CHECKS },
	{ "PAIR", NULL, COMPLETION_PAIRS },
	{ "MODULE", NULL, COMPLETION_MODULES },
	{ "QUERY", NULL, COMPLETION_SYMBOLS },
	{ "SPEC", NULL, COMPLETION_FUNCTIONS },
	{ "GLOB", NULL, COMPLETION_FUNCTIONS },
	{ "FILE", NULL, COMPLETION_FILES },
	{ "BEFORE", NULL, COMPLETION_FILES },
	{ "AFTER", NULL, COMPLETION_FILES },
	{ "DIR", NULL, COMPLETION_DIRECTORIES },
};

/* Several names may stand in one word, with commas between them. */
static bool is_list(const char *placeholder)
{
	return !strcmp(placeholder, "CHECK") || !strcmp(placeholder, "PAIR") ||
	       !strcmp(placeholder, "LIST");
}

static void put_columns(const struct completion_sink *sink, const struct completion_stem *stem,
			const struct command *command)
{
	const struct schema *const *schema = command ? command->schemas : NULL;

	for (; schema && *schema; schema++)
		for (size_t i = 0; i < (*schema)->count; i++)
			put_word(sink, stem, (*schema)->fields[i].name, (*schema)->fields[i].help);
}

static void put_place(const struct completion_sink *sink, const struct completion_stem *stem,
		      const struct command *command, const char *placeholder)
{
	const char *comma = is_list(placeholder) ? strrchr(stem->prefix, ',') : NULL;
	struct completion_stem last = *stem;
	char before[512];

	if (comma) {
		snprintf(before, sizeof(before), "%s%.*s", stem->before,
			 (int)(comma + 1 - stem->prefix), stem->prefix);
		last = (struct completion_stem){ before, comma + 1 };
	}
	if (!strcmp(placeholder, "LIST"))
		put_columns(sink, &last, command);
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (!strcmp(placeholder, places[i].placeholder) &&
		    (!places[i].command || (command && !strcmp(command->name, places[i].command))))
			sink->source(sink->opaque, &last, places[i].source);
}

/* --- an option's argument --------------------------------------------------------------------- */

/* What is known of a command line: its options and what they were given. */
struct line {
	const struct command *command; /* NULL: its name is still to come */
	struct option_set sets[2];     /* the command's own options, and those of all */
	bool operands;                 /* there is one already */
};

static void put_choices(const struct completion_sink *sink, const struct completion_stem *stem,
			const struct line *line, const struct option_spec *spec)
{
	const char *words = spec->choices, *at;
	char word[64], choice[128];
	size_t len;

	while ((at = option_word_next(&words, &len))) {
		snprintf(word, sizeof(word), "%.*s", (int)len, at);
		snprintf(choice, sizeof(choice), "%s=%s", spec->name, word);
		if (!option_word_excluded(line->sets, 2, choice))
			put_word(sink, stem, word,
				 spec->preset && !strcmp(spec->preset, word) ? "default" : NULL);
	}
}

/* The ends of a range, which say what the option takes. */
static void put_limits(const struct completion_sink *sink, const struct completion_stem *stem,
		       const struct option_spec *spec)
{
	char number[24];

	if (spec->preset)
		put_word(sink, stem, spec->preset, "default");
	if (spec->type != OPTION_NUMBER || !spec->most || spec->most >= UINT32_MAX)
		return;
	snprintf(number, sizeof(number), "%" PRIu64, spec->least);
	put_word(sink, stem, number, "the least");
	snprintf(number, sizeof(number), "%" PRIu64, spec->most);
	put_word(sink, stem, number, "the most");
}

static void put_argument(const struct completion_sink *sink, const struct completion_stem *stem,
			 const struct line *line, const struct option_spec *spec)
{
	if (spec->choices)
		put_choices(sink, stem, line, spec);
	else if (spec->type == OPTION_STRING || spec->type == OPTION_LIST)
		put_place(sink, stem, line->command, spec->argument);
	else
		put_limits(sink, stem, spec);
}

/* The option with this name of len bytes; NULL: there is none. */
static const struct option_spec *by_name(const struct line *line, const char *name, size_t len)
{
	for (size_t i = 0; i < 2; i++)
		for (const struct option_spec *spec = line->sets[i].specs; spec && spec->name;
		     spec++)
			if (spec->type != OPTION_COMMAND && strlen(spec->name) == len &&
			    !memcmp(spec->name, name, len))
				return spec;
	return NULL;
}

static const struct option_spec *by_letter(const struct line *line, char letter)
{
	for (size_t i = 0; i < 2; i++)
		for (const struct option_spec *spec = line->sets[i].specs; spec && spec->name;
		     spec++)
			if (spec->letter == letter)
				return spec;
	return NULL;
}

/* The option whose argument is the word after this one; NULL: the next word is no argument. */
static const struct option_spec *expecting(const struct line *line, const char *word)
{
	const struct option_spec *spec = NULL;

	if (word[0] != '-' || !word[1])
		return NULL;
	if (word[1] == '-') {
		spec = by_name(line, word + 2, strlen(word + 2));
		return spec && spec->argument ? spec : NULL;
	}
	for (const char *letter = word + 1; *letter; letter++) {
		spec = by_letter(line, *letter);
		if (spec && spec->argument)
			return letter[1] ? NULL : spec;
	}
	return NULL;
}

/* --- options and operands --------------------------------------------------------------------- */

static void put_options(const struct completion_sink *sink, const struct completion_stem *stem,
			const struct line *line)
{
	const char *refused = line->command ? line->command->refuses : NULL;
	char option[64];

	for (size_t i = 0; i < 2; i++)
		for (const struct option_spec *spec = line->sets[i].specs; spec && spec->name;
		     spec++) {
			if (spec->type == OPTION_COMMAND ||
			    (i == 1 && refused && strstr(refused, spec->name)) ||
			    !option_may_follow(line->sets, 2, line->operands, spec))
				continue;
			snprintf(option, sizeof(option), "--%s", spec->name);
			put_word(sink, stem, option, spec->help);
		}
}

/* One of the words that an operand may be: "FILE", "live" or "-". */
static void put_operand_word(const struct completion_sink *sink, const struct completion_stem *stem,
			     const struct command *command, const char *word)
{
	if (*word >= 'A' && *word <= 'Z')
		put_place(sink, stem, command, word);
	else if (*word >= 'a' && *word <= 'z')
		put_word(sink, stem, word, NULL);
}

/* The operand with this number, by the synopsis: "BEFORE AFTER|live", "[HELPER]...". */
static void put_operand(const struct completion_sink *sink, const struct completion_stem *stem,
			const struct command *command, size_t number)
{
	const char *words = command->operands, *at, *found = NULL;
	size_t len, found_len = 0;
	char text[64], *word, *rest = text;

	if (number >= command->operands_most)
		return;
	for (size_t i = 0; i <= number && (at = option_word_next(&words, &len)); i++) {
		found = at;
		found_len = len;
	}
	if (!found)
		return;
	snprintf(text, sizeof(text), "%.*s", (int)found_len, found);
	while ((word = strsep(&rest, "[]|.")))
		put_operand_word(sink, stem, command, word);
}

/* --- the words of a line ---------------------------------------------------------------------- */

static bool has_own_command(const struct command *command)
{
	const struct option_spec *spec = command->options;

	while (spec && spec->name && spec->type != OPTION_COMMAND)
		spec++;
	return spec && spec->name;
}

/* Completes the last word of what follows a command's name. */
static void complete_words(const struct completion_sink *sink, struct line *line,
			   const char *const *words, size_t count)
{
	const struct option_spec *expects = NULL;
	struct completion_stem stem = { "", words[count - 1] };
	const char *equals = strchr(stem.prefix, '=');
	size_t operands = 0;
	bool dashes = false;

	for (size_t i = 0; i + 1 < count; i++) {
		if (dashes || expects || words[i][0] != '-' || !words[i][1]) {
			operands += !expects;
			expects = NULL;
		} else if (!strcmp(words[i], "--")) {
			dashes = true;
		} else {
			expects = expecting(line, words[i]);
		}
	}
	line->operands = operands > 0;
	if (dashes && has_own_command(line->command)) {
		sink->source(sink->opaque, &stem, COMPLETION_COMMANDS);
	} else if (expects) {
		put_argument(sink, &stem, line, expects);
	} else if (!dashes && begins(stem.prefix, "--") && equals) {
		char before[64];

		expects = by_name(line, stem.prefix + 2, (size_t)(equals - stem.prefix) - 2);
		snprintf(before, sizeof(before), "%.*s", (int)(equals + 1 - stem.prefix),
			 stem.prefix);
		stem = (struct completion_stem){ before, equals + 1 };
		if (expects && expects->argument)
			put_argument(sink, &stem, line, expects);
	} else if (!dashes && *stem.prefix == '-') {
		put_options(sink, &stem, line);
	} else if (line->command) {
		put_operand(sink, &stem, line->command, operands);
	}
}

/* Completes the last word after a command's name: what was typed before it is parsed as if it were
 * all, to see which options there are already. */
static bool complete_command(const struct completion_sink *sink, const struct command *command,
			     const char *const *words, size_t count)
{
	struct common_args common = { 0 };
	struct options_result result;
	void *args = calloc(1, command->args_size ? command->args_size : 1);
	/* getopt reorders its words, and skips the first. */
	char **copy = calloc(count + 1, sizeof(*copy));
	bool whole = args && copy;

	if (whole) {
		struct line line = { command,
				     { { command->options, args }, { common_options, &common } },
				     false };

		copy[0] = (char[]){ "kvet" };
		for (size_t i = 0; i + 1 < count; i++)
			copy[i + 1] = (char *)(uintptr_t)words[i];
		options_parse((int)count, copy, command->options, args, &common, false, &result);
		whole = !result.no_memory;
		complete_words(sink, &line, words, count);
		options_free(command->options, args);
	}
	free(copy);
	free(args);
	return whole;
}

/* --- the name of a command -------------------------------------------------------------------- */

/* The first words of all commands; an object stands for several. */
static void put_first_words(const struct completion_sink *sink, const struct completion_stem *stem)
{
	const char *last = "";

	for (const struct command *const *c = commands; *c; c++) {
		size_t len = strcspn((*c)->name, " ");
		char word[32];

		if (strlen(last) >= len && !strncmp((*c)->name, last, len) && last[len] == ' ')
			continue;
		last = (*c)->name;
		snprintf(word, sizeof(word), "%.*s", (int)len, last);
		put_word(sink, stem, word, last[len] ? NULL : (*c)->summary);
	}
	put_word(sink, stem, "help", NULL);
}

static void put_verbs(const struct completion_sink *sink, const struct completion_stem *stem,
		      const char *object)
{
	size_t len = strlen(object);

	for (const struct command *const *c = commands; *c; c++)
		if (!strncmp((*c)->name, object, len) && (*c)->name[len] == ' ')
			put_word(sink, stem, (*c)->name + len + 1, (*c)->summary);
}

/* Those that only main() knows, and those of every command, before a command's name. */
static void put_program_options(const struct completion_sink *sink,
				const struct completion_stem *stem)
{
	const struct common_args common = { 0 };
	const struct line line = { NULL, { { NULL, NULL }, { common_options, &common } }, false };

	put_options(sink, stem, &line);
	put_word(sink, stem, "--version", "print the version and the build's features");
	put_word(sink, stem, "--list-commands", "print the commands' names, one per line");
}

/* How many of the words are options before the command's name, with their arguments. */
static size_t count_leading(const char *const *words, size_t count)
{
	const struct line line = { NULL, { { NULL, NULL }, { common_options, NULL } }, false };
	size_t i = 0;

	while (i < count && words[i][0] == '-')
		i += expecting(&line, words[i]) ? 2 : 1;
	return i;
}

bool complete_line(const struct completion_sink *sink, const char *const *words, size_t count)
{
	const struct completion_stem stem = { "", words[count - 1] };
	size_t first = count_leading(words, count - 1);
	struct common_args none = { 0 };
	struct line line = { NULL, { { NULL, NULL }, { common_options, &none } }, false };

	/* The argument of one of these options is still to come. */
	if (first >= count || (first == count - 1 && strchr(stem.prefix, '='))) {
		complete_words(sink, &line, words, count);
		return true;
	}
	words += first;
	count -= first;
	if (count > 1 && !strcmp(words[0], "help")) {
		words++;
		count--;
	}
	for (const struct command *const *c = commands; *c; c++) {
		int used = command_matches(*c, (int)count - 1, (char **)(uintptr_t)words);

		if (used)
			return complete_command(sink, *c, words + used, count - (size_t)used);
	}
	if (count == 1 && *stem.prefix == '-')
		put_program_options(sink, &stem);
	else if (count == 1)
		put_first_words(sink, &stem);
	else if (count == 2 && command_is_object(words[0]))
		put_verbs(sink, &stem, words[0]);
	return true;
}
