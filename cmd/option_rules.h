/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The rules of option tables, about arguments and about options that exclude or require each other:
 * as checks, and as words for messages and help. Pure.
 */
#ifndef CMD_OPTION_RULES_H
#define CMD_OPTION_RULES_H

#include "options.h"

/* Returns the next word of a list, and its length in *len; NULL after the last. */
const char *option_word_next(const char **words, size_t *len);

/* Makes "--a, --b or --c" from "a b c" with the prefix "--". Returns buf. */
const char *option_words_join(const char *words, const char *prefix, const char *last, char *buf,
			      size_t size);

/* What the option's argument must be: "a whole number from 1 to 4096", "auto or never". */
const char *option_argument_words(const struct option_spec *spec, char *buf, size_t size);

/* Whether text is a valid argument of the option; *number becomes its value, if the option takes a
 * number or a duration. */
bool option_argument_parse(const struct option_spec *spec, const char *text, uint64_t *number);

/* Whether the option was given, into the struct at base. */
bool option_given(const struct option_spec *spec, const void *base);

/* An option in the form that the user types, from a word of a list: "--all"; "--backend pmu" for
 * "backend=pmu"; "SPEC". Returns buf. */
const char *option_word_text(const char *word, size_t len, char *buf, size_t size);

/* An option table, and the struct that its options fill. */
struct option_set {
	const struct option_spec *specs; /* may be NULL */
	const void *base;
};

/* How often standard input would be read: "-" as an operand, or as the FILE of an option. */
size_t option_stdin_reads(const struct option_set *sets, size_t count, const char *const *operands,
			  size_t operand_count);

/* Whether one of the options that the words name was given into the set. */
bool option_any_given(const struct option_set *set, const char *words);

/* Writes into buf which rule the options in the sets break first. Returns whether there is one. */
bool option_rules_broken(const struct option_set *sets, size_t count, bool operands, char *buf,
			 size_t size);

/* Whether a given option excludes this word: the name of an option, or "backend=pmu". */
bool option_word_excluded(const struct option_set *sets, size_t count, const char *word);

/* Whether the option may be given after those in the sets: neither of them excludes the other, and
 * it is repeatable or was not given. operands: there is one. */
bool option_may_follow(const struct option_set *sets, size_t count, bool operands,
		       const struct option_spec *spec);

#endif
