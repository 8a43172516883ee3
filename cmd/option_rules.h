/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the columns of an option table say of arguments and of options beside each other: as
 * checks, and in words for messages and for the help. Pure.
 */
#ifndef CMD_OPTION_RULES_H
#define CMD_OPTION_RULES_H

#include "options.h"

/* The next word of a list: its start, and its length; NULL behind the last. */
const char *option_word_next(const char **words, size_t *len);

/* "--a, --b or --c" of "a b c", with "--" as the prefix. Returns buf. */
const char *option_words_join(const char *words, const char *prefix, const char *last, char *buf,
			      size_t size);

/* What the option's argument has to be: "a whole number from 1 to 4096", "auto or never". */
const char *option_argument_words(const struct option_spec *spec, char *buf, size_t size);

/* Whether text may be the option's argument; what it stands for is left in *number, where the
 * option is a number or a duration. */
bool option_argument_parse(const struct option_spec *spec, const char *text, uint64_t *number);

/* Whether the option was given, into the struct at base. */
bool option_given(const struct option_spec *spec, const void *base);

/* An option as a word of a list names it: "--all"; "--backend pmu" of "backend=pmu"; "SPEC".
 * Returns buf. */
const char *option_word_text(const char *word, size_t len, char *buf, size_t size);

/* An option table, and the struct that it fills. */
struct option_set {
	const struct option_spec *specs; /* may be NULL */
	const void *base;
};

/* The first rule that is broken by what was given into the sets, as a message in buf. Returns
 * whether there is one. */
bool option_rules_broken(const struct option_set *sets, size_t count, bool operands, char *buf,
			 size_t size);

#endif
