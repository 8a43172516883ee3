/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A line of a log or a stack trace, with its symbols and addresses completed. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "ksyms/table.h"

/* An address of fewer digits is more likely a number; the kernel prints all sixteen. */
#define DIGITS_LEAST 8

struct text {
	char *bytes;
	size_t used, room;
};

static int append(struct text *text, const char *bytes, size_t len)
{
	if (text->used + len + 1 > text->room) {
		size_t room = (text->used + len + 1) * 2;

		if (kvet_ksyms_grow(&text->bytes, room, 1))
			return -ENOMEM;
		text->room = room;
	}
	memcpy(text->bytes + text->used, bytes, len);
	text->used += len;
	text->bytes[text->used] = '\0';
	return 0;
}

static int append_words(struct text *text, const char *words)
{
	return append(text, words, strlen(words));
}

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$';
}

static size_t hex_len(const char *s)
{
	return strspn(s, "0123456789abcdefABCDEF");
}

/* The kernel writes 0x, bpftrace and gdb decimal numbers. */
static size_t number_len(const char *s)
{
	size_t len = s[0] == '0' && s[1] == 'x' ? hex_len(s + 2) : 0;

	if (len)
		return 2 + len;
	len = strspn(s, "0123456789");
	return isalnum((unsigned char)s[len]) || s[len] == '_' ? 0 : len;
}

/* "NAME+OFF" or "NAME+OFF/SIZE" at s: its length, or 0. */
static size_t sum_len(const char *s)
{
	size_t len = 0, offset, size;

	while (in_word(s[len]))
		len++;
	if (!len || isdigit((unsigned char)*s) || s[len] != '+')
		return 0;
	offset = number_len(s + len + 1);
	if (!offset)
		return 0;
	len += 1 + offset;
	size = s[len] == '/' ? number_len(s + len + 1) : 0;
	return size ? len + 1 + size : len;
}

/* "[MODULE]" or "[MODULE BUILD-ID]" one blank behind a sum, as stack traces have it. */
static size_t module_after(const char *s, const char **module)
{
	size_t len = 0, end;

	if (s[0] != ' ' || s[1] != '[')
		return 0;
	while (isalnum((unsigned char)s[2 + len]) || s[2 + len] == '_' || s[2 + len] == '-')
		len++;
	*module = s + 2;
	end = 2 + len;
	if (s[end] == ' ')
		end += 1 + hex_len(s + end + 1);
	return s[end] == ']' ? len : 0;
}

static int annotate_sum(const struct kvet_ksyms *table, const char *s, size_t len,
			struct text *text, size_t *found)
{
	AUTO_FREE char *copy = strndup(s, len), *wanted = NULL;
	struct kvet_ksyms_filter filter = { .prefix_symbols = true };
	struct kvet_ksyms_query query;
	struct kvet_ksyms_search search;
	struct kvet_ksyms_match match;
	const char *module;
	size_t module_len = module_after(s + len, &module), hits = 0;
	int ret = 0;

	if (module_len)
		filter.module = wanted = strndup(module, module_len);
	if (!copy || (module_len && !wanted))
		return -ENOMEM;
	/* Of hidden addresses none is known, and a guess would look like one. */
	if (table->hidden || kvet_ksyms_query_parse(&query, copy, false, NULL))
		return 0;
	kvet_ksyms_search_init(&search, table, &query, &filter);
	while (!ret && kvet_ksyms_search_next(&search, &match)) {
		char words[32];

		snprintf(words, sizeof(words), "%s0x%" PRIx64, hits++ ? ", " : " <",
			 table->addresses[match.row] + match.offset);
		ret = append_words(text, words);
	}
	kvet_ksyms_query_deinit(&query);
	*found += hits > 0;
	return ret || !hits ? ret : append_words(text, ">");
}

static int annotate_address(const struct kvet_ksyms *table, const char *digits, size_t len,
			    struct text *text, size_t *found)
{
	struct kvet_ksyms_range range;
	uint64_t address;
	char copy[17];
	int ret = 0;

	memcpy(copy, digits, len);
	copy[len] = '\0';
	address = strtoull(copy, NULL, 16);
	range = kvet_ksyms_containing(table, address);
	for (size_t i = 0; i < range.count && !ret; i++) {
		struct kvet_symbol symbol = kvet_ksyms_row(table, range.rows[i]);
		char words[64];

		snprintf(words, sizeof(words), "+0x%" PRIx64 "/0x%" PRIx64,
			 address - symbol.address, symbol.extent);
		ret = append_words(text, i ? ", " : " <") || append_words(text, symbol.name) ||
		      append_words(text, words);
		if (!ret && symbol.module)
			ret = append_words(text, " [") || append_words(text, symbol.module) ||
			      append_words(text, "]");
	}
	*found += range.count > 0;
	return ret || !range.count ? ret : append_words(text, ">");
}

/* Handles what stands at s; returns how many bytes of it were copied, or a negative errno. */
static ssize_t annotate_word(const struct kvet_ksyms *table, const char *s, struct text *text,
			     size_t *found)
{
	size_t len = sum_len(s), skip = s[0] == '0' && s[1] == 'x' ? 2 : 0, digits;
	int ret;

	if (len) {
		ret = append(text, s, len);
		return ret || annotate_sum(table, s, len, text, found) ? -ENOMEM : (ssize_t)len;
	}
	digits = hex_len(s + skip);
	for (len = 0; in_word(s[len]);)
		len++;
	ret = append(text, s, len);
	if (!ret && len == skip + digits && digits >= DIGITS_LEAST && digits <= 16)
		ret = annotate_address(table, s + skip, digits, text, found);
	return ret ? -ENOMEM : (ssize_t)len;
}

int kvet_ksyms_annotate(const struct kvet_ksyms *table, const char *line, char **out, size_t *found,
			struct kvet_error *err)
{
	struct text text = { 0 };
	int ret = append(&text, "", 0);

	*found = 0;
	while (*line && !ret) {
		ssize_t len = 1;

		if (!in_word(*line))
			ret = append(&text, line, 1);
		else
			len = annotate_word(table, line, &text, found);
		if (len < 0)
			ret = -ENOMEM;
		else
			line += len;
	}
	if (ret) {
		free(text.bytes);
		return kvet_fail_memory(err);
	}
	*out = text.bytes;
	return 0;
}
