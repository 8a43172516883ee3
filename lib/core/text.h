/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A text buffer that grows at its end. Inline like array.h, so that the program may use it, too. */
#ifndef KVET_CORE_TEXT_H
#define KVET_CORE_TEXT_H

#include <string.h>

#include "core/array.h"

/* Starts as { 0 }. The bytes may have any value; no NUL ends them. */
struct text {
	char *bytes;
	size_t used, room;
};

/* Returns room for len more bytes, or NULL if there is no memory. The caller writes them, and adds
 * what it wrote to used. */
static inline char *text_more(struct text *text, size_t len)
{
	return ARRAY_RESERVE(text->bytes, text->room, text->used + len) ? text->bytes + text->used
									: NULL;
}

/* Adds len bytes. Returns false if there is no memory. */
static inline bool text_add(struct text *text, const char *bytes, size_t len)
{
	char *end = text_more(text, len);

	if (end && len)
		memcpy(end, bytes, len);
	text->used += end ? len : 0;
	return end;
}

static inline bool text_add_words(struct text *text, const char *words)
{
	return text_add(text, words, strlen(words));
}

/* Frees the memory; the text is empty then. */
static inline void text_free(struct text *text)
{
	free(text->bytes);
	*text = (struct text){ 0 };
}

#endif
