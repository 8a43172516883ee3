/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/array.h"
#include "words.h"

/* Where the line is read and where its words are written. */
struct splitter {
	const char *in;
	char *out;
	struct words *words;
};

static enum words_end wrong(struct words *words, const char *what)
{
	snprintf(words->complaint, sizeof(words->complaint), "%s", what);
	return WORDS_WRONG;
}

/* Copies what is between two quotes, without them. */
static enum words_end copy_quoted(struct splitter *at)
{
	char quote = *at->in++;

	while (*at->in && *at->in != quote) {
		if (quote == '"' && *at->in == '\\' && at->in[1] && strchr("\"\\$`", at->in[1]))
			at->in++;
		else if (quote == '"' && *at->in && strchr("$`", *at->in))
			return wrong(at->words, "'$' and '`' are not expanded: put them in single "
						"quotes");
		*at->out++ = *at->in++;
	}
	if (!*at->in)
		return wrong(at->words, quote == '"' ? "a double quote is not closed"
						     : "a single quote is not closed");
	at->in++;
	return WORDS_WHOLE;
}

/* Copies one word. The first character is none of a blank, a comment's or the line's end. */
static enum words_end copy_word(struct splitter *at)
{
	while (*at->in && !strchr(" \t\r\v\f\n", *at->in)) {
		if (*at->in == '\'' || *at->in == '"') {
			enum words_end end = copy_quoted(at);

			if (end != WORDS_WHOLE)
				return end;
			continue;
		}
		if (strchr("$`;&|<>()", *at->in)) {
			snprintf(at->words->complaint, sizeof(at->words->complaint),
				 "'%c' does not do here what a shell does: quote it", *at->in);
			return WORDS_WRONG;
		}
		if (*at->in == '\\' && !*++at->in)
			return WORDS_GOES_ON;
		*at->out++ = *at->in++;
	}
	*at->out++ = '\0';
	return WORDS_WHOLE;
}

static bool add(struct words *words, char *word)
{
	if (!ARRAY_MORE(words->items, words->count))
		return false;
	words->items[words->count++] = word;
	return true;
}

/* Terminates the list, without counting the terminator. */
static bool terminate(struct words *words)
{
	if (!add(words, NULL))
		return false;
	words->count--;
	return true;
}

enum words_end words_split(const char *line, struct words *words)
{
	struct splitter at = { .in = line, .words = words };

	/* Quotes are left out, and each word but the last had a blank after it. */
	*words = (struct words){ .bytes = malloc(strlen(line) + 1) };
	at.out = words->bytes;
	if (!at.out)
		return WORDS_NO_MEMORY;
	for (;;) {
		enum words_end end;

		at.in += strspn(at.in, " \t\r\v\f\n");
		if (!*at.in || *at.in == '#')
			return terminate(words) ? WORDS_WHOLE : WORDS_NO_MEMORY;
		if (at.in[0] == '\\' && !at.in[1])
			return WORDS_GOES_ON;
		if (!add(words, at.out))
			return WORDS_NO_MEMORY;
		end = copy_word(&at);
		if (end != WORDS_WHOLE)
			return end;
	}
}

void words_free(struct words *words)
{
	free(words->items);
	free(words->bytes);
	*words = (struct words){ 0 };
}
