/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Untrusted bytes made safe: task names, file contents and kernel text may hold anything,
 * and a terminal or a JSON parser must not be led astray by it.
 */
#ifndef CMD_OUTPUT_SAFE_H
#define CMD_OUTPUT_SAFE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* For people: a copy with each control character (C0, DEL, C1), each character that is not seen
 * or turns the direction of text (U+202E), and each byte that is not valid UTF-8 written as
 * \xNN, byte for byte, and a backslash doubled. The caller frees it. NULL: no memory. */
char *safe_text(const char *string);

/* The length of a string that safe_text() would copy as it is, a byte a column; or (size_t)-1
 * if it may differ. */
size_t safe_as_it_is(const char *string);

/* For JSON: a copy with each byte that is not valid UTF-8 replaced by U+FFFD. The caller
 * frees it. NULL: no memory. */
char *safe_utf8(const char *string);

/* Writes serialised JSON with DEL and the C1 control characters, which JSON allows raw, as
 * \u00NN. They can only stand inside strings there. */
void safe_json_write(FILE *stream, const char *json);

/* The length of the valid UTF-8 character at text, and its number; 0 if there is none. */
size_t safe_character(const char *text, uint32_t *number);

#endif
