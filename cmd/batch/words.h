/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The words of a line, quoted and commented as in a shell. Pure. */
#ifndef CMD_BATCH_WORDS_H
#define CMD_BATCH_WORDS_H

#include <stddef.h>

enum words_end {
	WORDS_WHOLE,
	WORDS_GOES_ON, /* a backslash at the end of the line: the next line belongs to it */
	WORDS_WRONG,   /* see complaint */
	WORDS_NO_MEMORY,
};

/* Words, in one allocation that they point into. Ends with a NULL. */
struct words {
	char **items;
	size_t count;
	char *bytes;
	char complaint[128];
};

/*
 * Splits a line: blanks separate words; '…' quotes everything, "…" everything but a backslash
 * before
 * ", \, $ or `; a backslash quotes the next character; # at the beginning of a word starts a
 * comment. What a shell would expand or do something else with ($ ` ; & | < > ( ) unquoted) is
 * wrong, because it would be neither. * ? [ and ~ stand for themselves. Free with words_free(),
 * whatever is returned.
 */
enum words_end words_split(const char *line, struct words *words);
void words_free(struct words *words);

#endif
