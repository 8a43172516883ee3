/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <string.h>

#include <kvet/condition.h>

#include "kprobe/pattern.h"

struct reader {
	const unsigned char *text;
	size_t size, next;
	struct kvet_pattern *out;
	unsigned int tokens;
	const char *wrong;
};

static void accept_byte(struct reader *reader, unsigned int byte)
{
	/* The end of a text is not part of it. */
	if (byte)
		reader->out->step[byte] |= UINT64_C(1) << reader->tokens;
}

/* The next byte of a set, after '\' any; -1: there is none. */
static int set_byte(struct reader *reader)
{
	if (reader->next < reader->size && reader->text[reader->next] == '\\')
		reader->next++;
	return reader->next < reader->size ? reader->text[reader->next++] : -1;
}

/* Reads a set, from the byte after its '[' on. */
static void take_set(struct reader *reader)
{
	bool in[256] = { false }, negated = false, first = true;

	if (reader->next < reader->size && strchr("!^", reader->text[reader->next])) {
		negated = true;
		reader->next++;
	}
	for (;; first = false) {
		bool ends = reader->next < reader->size && reader->text[reader->next] == ']';
		int from, to;

		if (ends && !first)
			break;
		from = to = set_byte(reader);
		if (from == '[' && reader->next < reader->size &&
		    strchr(":.=", reader->text[reader->next]))
			reader->wrong = "a set has characters and ranges only, as in [a-z]";
		if (reader->next + 1 < reader->size && reader->text[reader->next] == '-' &&
		    reader->text[reader->next + 1] != ']') {
			reader->next++;
			to = set_byte(reader);
		}
		if (from < 0 || to < 0)
			reader->wrong = "']' is missing";
		if (reader->wrong)
			return;
		for (int byte = from; byte <= to; byte++)
			in[byte] = true;
	}
	reader->next++;
	for (unsigned int byte = 1; byte < 256; byte++)
		if (in[byte] != negated)
			accept_byte(reader, byte);
}

static void take_token(struct reader *reader, bool glob)
{
	unsigned int byte = reader->text[reader->next++];

	if (glob && byte == '?') {
		for (unsigned int any = 1; any < 256; any++)
			accept_byte(reader, any);
	} else if (glob && byte == '[') {
		take_set(reader);
	} else {
		if (byte == '\\' && reader->next < reader->size)
			byte = reader->text[reader->next++];
		accept_byte(reader, byte);
	}
	reader->tokens++;
}

const char *kvet_pattern_make(const char *text, size_t size, bool glob,
			      struct kvet_pattern *pattern, size_t *at)
{
	struct reader reader = { .text = (const unsigned char *)text,
				 .size = size,
				 .out = pattern };
	uint64_t stars = 0;

	*pattern = (struct kvet_pattern){ 0 };
	while (reader.next < size) {
		*at = reader.next;
		if (glob && text[reader.next] == '*') {
			stars |= UINT64_C(1) << reader.tokens;
			reader.next++;
			continue;
		}
		if (reader.tokens == KVET_CONDITION_TOKENS)
			return "a text has at most 63 characters, besides '*'";
		take_token(&reader, glob);
		if (reader.wrong)
			return reader.wrong;
	}
	for (unsigned int byte = 1; byte < 256; byte++)
		pattern->stay[byte] = stars;
	pattern->accept = UINT64_C(1) << reader.tokens;
	pattern->open = pattern->accept & stars;
	return NULL;
}
