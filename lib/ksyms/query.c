/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Parses a query into what it may mean. */
#include <errno.h>
#include <string.h>

#include "core/fail.h"
#include "core/number.h"
#include "ksyms/pattern.h"
#include "ksyms/table.h"

static bool has_0x(const char *text)
{
	return text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
}

/* By character: 1 + the value of a hexadecimal digit; 0 for what is none. */
static const unsigned char digits[256] = {
	['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,  ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
	['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

/* Hexadecimal, with or without 0x, of 1 to 16 digits; returns what follows, or NULL. */
static const char *take_address(const char *text, uint64_t *address)
{
	const char *start = text + (has_0x(text) ? 2 : 0), *end = start;
	uint64_t value = 0;

	for (unsigned int digit; (digit = digits[(unsigned char)*end]); end++)
		value = value << 4 | (digit - 1);
	*address = value;
	return end > start && end - start <= 16 ? end : NULL;
}

/* The same, where the number is all of text[0 .. len-1]. */
static bool parse_address(const char *text, size_t len, uint64_t *address)
{
	return take_address(text, address) == text + len;
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

/* "+OFF" or "+OFF/SIZE", as oopses and stack traces print it. No symbol's name holds a plus.
 * Returns what is wrong with it. */
static const char *parse_sum(struct kvet_ksyms_query *query, const char *plus)
{
	const char *offset = plus + 1, *slash = strchr(offset, '/');
	size_t len = slash ? (size_t)(slash - offset) : strlen(offset);
	enum kvet_number first, second;

	query->has_offset = true;
	query->has_size = slash != NULL;
	first = kvet_number_parse(offset, len, &query->offset);
	second =
		slash ? kvet_number_parse(slash + 1, strlen(slash + 1), &query->size) : KVET_NUMBER;
	if (plus == query->text || first == KVET_NO_NUMBER || second == KVET_NO_NUMBER)
		return "is not SYM+OFF or SYM+OFF/SIZE: OFF and SIZE are decimal, or "
		       "hexadecimal with 0x";
	if (first == KVET_NUMBER_TOO_LARGE)
		return "has an OFF that is too large: 2^64 or more";
	return second == KVET_NUMBER_TOO_LARGE ? "has a SIZE that is too large: 2^64 or more"
					       : NULL;
}

static void parse_module(struct kvet_ksyms_query *query)
{
	const char *colon = memchr(query->name, ':', query->name_len);

	/* "a::b" is a name of C++ or Rust, not a module. */
	if (colon && colon > query->name && colon + 1 < query->name + query->name_len &&
	    colon[1] != ':')
		query->module_len = (size_t)(colon - query->name);
}

enum mark {
	MARK_GLOB = 1 << 0,
	MARK_DASH = 1 << 1,
	MARK_PLUS = 1 << 2,
	MARK_COLON = 1 << 3,
};

/* Which special characters a query holds, and its length. */
static unsigned int find_marks(const char *text, size_t *len)
{
	static const unsigned char marks[256] = {
		['*'] = MARK_GLOB, ['?'] = MARK_GLOB, ['['] = MARK_GLOB,
		['-'] = MARK_DASH, ['+'] = MARK_PLUS, [':'] = MARK_COLON,
	};
	unsigned int found = 0;
	const char *end = text;

	for (; *end; end++)
		found |= marks[(unsigned char)*end];
	*len = (size_t)(end - text);
	return found;
}

static int refuse(struct kvet_cause *err, const char *text, const char *why)
{
	return kvet_reject(err, EINVAL, "query", "'%s' %s", text, why);
}

static int parse_pattern(struct kvet_ksyms_query *query, enum kvet_ksyms_query_kind kind,
			 struct kvet_cause *err)
{
	const char *text = query->text;

	query->kind = kind;
	if (kind == KVET_KSYMS_GLOB) {
		query->name_len = strlen(text);
		query->module_len = kvet_ksyms_glob_module(text);
		if (query->module_len)
			text += query->module_len + 1;
	}
	return kvet_ksyms_pattern_new(&query->pattern, text, kind == KVET_KSYMS_REGEX, err);
}

int kvet_ksyms_query_parse(struct kvet_ksyms_query *query, const char *text, bool regex,
			   struct kvet_cause *err)
{
	struct kvet_ksyms_query parsed = { .text = text, .name = text };
	unsigned int marks;
	const char *plus, *end, *wrong;
	size_t len;
	int ret;

	if (!*text)
		return kvet_reject(err, EINVAL, "query", "QUERY is empty");
	/* Bulk queries are nearly all plain addresses or names: they take the short way. */
	end = regex || !has_0x(text) ? NULL : take_address(text, &parsed.address);
	if (end && !*end) {
		parsed.kind = KVET_KSYMS_ADDRESS;
		parsed.has_address = true;
		parsed.name_len = (size_t)(end - text);
		*query = parsed;
		return 0;
	}
	marks = find_marks(text, &len);
	if (!regex && !marks && !has_0x(text)) {
		parsed.name_len = len;
		parsed.has_address = parse_address(text, len, &parsed.address);
		*query = parsed;
		return 0;
	}
	if (regex || (marks & MARK_GLOB)) {
		ret = parse_pattern(&parsed, regex ? KVET_KSYMS_REGEX : KVET_KSYMS_GLOB, err);
		if (!ret)
			*query = parsed;
		return ret;
	}
	if (has_0x(text) && (marks & MARK_DASH) && !parse_range(&parsed, text))
		return refuse(err, text, "is not a range of two addresses, FIRST-END");
	if (parsed.kind == KVET_KSYMS_RANGE || parse_range(&parsed, text)) {
		if (parsed.end <= parsed.address)
			return refuse(err, text,
				      "is an empty range: END must be greater than FIRST");
		*query = parsed;
		return 0;
	}
	plus = marks & MARK_PLUS ? strchr(text, '+') : NULL;
	wrong = plus ? parse_sum(&parsed, plus) : NULL;
	if (wrong)
		return refuse(err, text, wrong);
	parsed.name_len = plus ? (size_t)(plus - text) : len;
	parsed.has_address = !plus && parse_address(text, parsed.name_len, &parsed.address);
	if (has_0x(text)) {
		if (!parsed.has_address)
			return refuse(err, text, "is not an address of 1 to 16 hexadecimal digits");
		parsed.kind = KVET_KSYMS_ADDRESS;
	} else if (marks & MARK_COLON) {
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

bool kvet_ksyms_query_failed(const struct kvet_ksyms_query *query)
{
	return query->pattern && kvet_ksyms_pattern_failed(query->pattern);
}
