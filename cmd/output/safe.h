/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Untrusted bytes made safe: task names, file contents and kernel text may hold anything, and must
 * not control a terminal or confuse a JSON parser.
 */
#ifndef CMD_OUTPUT_SAFE_H
#define CMD_OUTPUT_SAFE_H

#include <stddef.h>
#include <stdint.h>

/* For people: a copy in which control characters (C0, DEL, C1), characters that are invisible or
 * change the direction of text (U+202E), and invalid UTF-8 are written as \xNN, byte by byte, and a
 * backslash is doubled. The caller frees it. NULL: no memory. */
char *safe_text(const char *string);

/* The length of a string that safe_text() would copy unchanged and that takes one column for each
 * byte; (size_t)-1 for other strings, and for some that are too hard to tell. */
size_t safe_as_it_is(const char *string);

/* For JSON: a copy with each invalid byte replaced by U+FFFD. The caller frees it. NULL: no
 * memory. */
char *safe_utf8(const char *string);

/* The length of the valid UTF-8 character at text, and its number; 0 if there is none. */
size_t safe_character(const char *text, uint32_t *number);

#endif
