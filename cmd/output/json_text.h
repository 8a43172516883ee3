/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One JSON text, written from its beginning to its end into memory. Its bytes are those that json-c
 * writes for an object of the same content, but DEL and the C1 control characters are escaped, too.
 */
#ifndef CMD_OUTPUT_JSON_TEXT_H
#define CMD_OUTPUT_JSON_TEXT_H

#include <stdint.h>

#include "core/text.h"

/* Starts as { 0 }, or with pretty set. */
struct json_text {
	struct text text;
	bool pretty;  /* an item a line */
	bool inside;  /* the innermost array or object has an item */
	bool failed;  /* there was no memory: the text is not whole */
	size_t depth; /* arrays and objects that are open */
};

/* Empties it; the memory remains for the next text. */
void json_text_reset(struct json_text *json);

void json_text_deinit(struct json_text *json);

/* An array begins with '[' and ends with ']'; an object, with '{' and '}'. */
void json_text_open(struct json_text *json, char bracket);
void json_text_close(struct json_text *json, char bracket);

/* Precedes each item of an array. */
void json_text_item(struct json_text *json);

/* Precedes each member of an object. Any bytes: invalid ones become U+FFFD. */
void json_text_key(struct json_text *json, const char *name);

/* A value. Any bytes of strings likewise; the first may have NULs, and if it does not end with a
 * whole character, a NUL ends it. */
void json_text_string(struct json_text *json, const char *bytes, size_t len);
void json_text_words(struct json_text *json, const char *words);
void json_text_number(struct json_text *json, int64_t number);
void json_text_null(struct json_text *json);
void json_text_boolean(struct json_text *json, bool value);

/* Numbers as strings, the second in hexadecimal. */
void json_text_digits(struct json_text *json, uint64_t number);
void json_text_address(struct json_text *json, uint64_t number);

#endif
