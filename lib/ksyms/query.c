/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From the words of a query to what they may mean. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "ksyms/pattern.h"
#include "ksyms/table.h"

static bool has_0x(const char *text)
{
	return text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
}

/* The value of a hexadecimal digit; 16 for what is none. */
static unsigned int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? (unsigned int)(c - 'a') + 10 : 16;
}

/* Hexadecimal, with or without 0x, of 1 to 16 digits, in all of text[0 .. len-1]. */
static bool parse_address(const char *text, size_t len, uint64_t *address)
{
	size_t at = has_0x(text) ? 2 : 0;
	uint64_t value = 0;

	if (len <= at || len - at > 16)
		return false;
	for (; at < len; at++) {
		unsigned int digit = digit_of(text[at]);

		if (digit > 15)
			return false;
		value = value << 4 | digit;
	}
	*address = value;
	return true;
}

/* A decimal number, or a hexadecimal one with 0x, in all of text[0 .. len-1]. */
static bool parse_number(const char *text, size_t len, uint64_t *number)
{
	if (has_0x(text))
		return parse_address(text, len, number);
	if (!len || len > 19 || strspn(text, "0123456789") < len)
		return false;
	*number = strtoull(text, NULL, 10);
	return true;
}

static bool parse_range(struct kvet_ksyms_query *query, const char *text)
{
	const char *dash = strchr(text, '-');

	if (!dash || !parse_address(text, (size_t)(dash - text), &query->address) ||
	    !parse_address(dash + 1, strlen(dash + 1), &query->end))
		return false;
	query->kind = KVET_KSYMS_RANGE;
	return true;
}

/* "+OFF" or "+OFF/SIZE", as oopses and stack traces print it. No symbol's name holds a plus. */
static bool parse_sum(struct kvet_ksyms_query *query, const char *plus)
{
	const char *offset = plus + 1, *slash = strchr(offset, '/');
	size_t len = slash ? (size_t)(slash - offset) : strlen(offset);

	query->has_offset = true;
	query->has_size = slash != NULL;
	return parse_number(offset, len, &query->offset) &&
	       (!slash || parse_number(slash + 1, strlen(slash + 1), &query->size));
}

static void parse_module(struct kvet_ksyms_query *query)
{
	const char *colon = memchr(query->name, ':', query->name_len);

	/* "a::b" is a name of C++ or Rust, not a module. */
	if (colon && colon > query->name && colon + 1 < query->name + query->name_len &&
	    colon[1] != ':')
		query->module_len = (size_t)(colon - query->name);
}

static int refuse(struct kvet_error *err, const char *text, const char *why)
{
	return kvet_fail(err, EINVAL, "query", "'%s' %s", text, why);
}

static int parse_pattern(struct kvet_ksyms_query *query, enum kvet_ksyms_query_kind kind,
			 struct kvet_error *err)
{
	const char *text = query->text;

	query->kind = kind;
	if (kind == KVET_KSYMS_GLOB) {
		query->name_len = strlen(text);
		parse_module(query);
		if (query->module_len)
			text += query->module_len + 1;
	}
	return kvet_ksyms_pattern_new(&query->pattern, text, kind == KVET_KSYMS_REGEX, err);
}

int kvet_ksyms_query_parse(struct kvet_ksyms_query *query, const char *text, bool regex,
			   struct kvet_error *err)
{
	struct kvet_ksyms_query parsed = { .text = text, .name = text };
	const char *plus;
	int ret;

	if (!*text)
		return kvet_fail(err, EINVAL, "query", "an empty QUERY");
	/* Nearly all that comes by the thousand: an address, and nothing else to think about. */
	if (!regex && has_0x(text) && parse_address(text, strlen(text), &parsed.address)) {
		parsed.kind = KVET_KSYMS_ADDRESS;
		parsed.has_address = true;
		parsed.name_len = strlen(text);
		*query = parsed;
		return 0;
	}
	if (regex || strpbrk(text, "*?[")) {
		ret = parse_pattern(&parsed, regex ? KVET_KSYMS_REGEX : KVET_KSYMS_GLOB, err);
		if (!ret)
			*query = parsed;
		return ret;
	}
	if (has_0x(text) && strchr(text, '-') && !parse_range(&parsed, text))
		return refuse(err, text, "is no range of two addresses, FIRST-END");
	if (parsed.kind == KVET_KSYMS_RANGE || parse_range(&parsed, text)) {
		if (parsed.end <= parsed.address)
			return refuse(err, text, "is an empty range: FIRST-END, END not in it");
		*query = parsed;
		return 0;
	}
	plus = strchr(text, '+');
	if (plus && (plus == text || !parse_sum(&parsed, plus)))
		return refuse(err, text,
			      "is not SYM+OFF or SYM+OFF/SIZE: OFF and SIZE are decimal, or "
			      "hexadecimal with 0x");
	parsed.name_len = plus ? (size_t)(plus - text) : strlen(text);
	parsed.has_address = !plus && parse_address(text, parsed.name_len, &parsed.address);
	if (has_0x(text)) {
		if (!parsed.has_address)
			return refuse(err, text, "is not an address of 1 to 16 hexadecimal digits");
		parsed.kind = KVET_KSYMS_ADDRESS;
	} else {
		parse_module(&parsed);
	}
	*query = parsed;
	return 0;
}

void kvet_ksyms_query_deinit(struct kvet_ksyms_query *query)
{
	kvet_ksyms_pattern_free(query->pattern);
	query->pattern = NULL;
}
