/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fnmatch(3) and regexec(3) cost a hundred times what strstr(3) does. Most patterns hold a
 * run of plain letters that every match must hold too: names without it are passed over.
 */
#include <errno.h>
#include <fnmatch.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "ksyms/pattern.h"

struct kvet_ksyms_pattern {
	char *glob; /* NULL: it is a regular expression */
	char *literal;
	regex_t regex;
};

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* What follows a bracket expression. Its first character, past a "^" or "!", is never its
 * end. */
static const char *past_bracket(const char *s)
{
	s++;
	if (*s == '^' || *s == '!')
		s++;
	if (*s)
		s++;
	s += strcspn(s, "]");
	return *s ? s + 1 : s;
}

/*
 * The longest run of plain letters that a match must hold; "" if none is sure. A letter
 * before a "*", "?" or "{" of a regular expression may be absent. Groups, alternatives
 * and backslashes are not looked into.
 */
static void find_literal(const char *text, bool regex, char *literal)
{
	size_t best = 0;

	*literal = '\0';
	if (strchr(text, '\\') || (regex && strpbrk(text, "|()")))
		return;
	while (*text) {
		size_t len = 0;

		while (is_plain(text[len]))
			len++;
		if (!len) {
			text = *text == '[' ? past_bracket(text) : text + 1;
			continue;
		}
		if (regex && text[len] && strchr("*?{", text[len])) {
			size_t sure = len - 1;

			if (sure > best) {
				memcpy(literal, text, sure);
				literal[sure] = '\0';
				best = sure;
			}
			text += len;
			/* The digits of {3} are none of the name's. */
			if (*text == '{')
				text += strcspn(text, "}");
			continue;
		}
		if (len > best) {
			memcpy(literal, text, len);
			literal[len] = '\0';
			best = len;
		}
		text += len;
		if (regex && *text == '{')
			text += strcspn(text, "}");
	}
}

int kvet_ksyms_pattern_new(struct kvet_ksyms_pattern **out, const char *text, bool regex,
			   struct kvet_error *err)
{
	struct kvet_ksyms_pattern *pattern = calloc(1, sizeof(*pattern));
	AUTO_FREE char *literal = malloc(strlen(text) + 1);
	AUTO_FREE char *glob = regex ? NULL : strdup(text);
	int ret;

	if (!pattern || !literal || (!regex && !glob)) {
		free(pattern);
		return kvet_fail_memory(err);
	}
	find_literal(text, regex, literal);
	ret = regex ? regcomp(&pattern->regex, text, REG_EXTENDED | REG_NOSUB) : 0;
	if (ret) {
		char words[128];

		regerror(ret, &pattern->regex, words, sizeof(words));
		free(pattern);
		return kvet_fail(err, EINVAL, "regcomp", "'%s': %s", text, words);
	}
	pattern->glob = TAKE(glob);
	pattern->literal = TAKE(literal);
	*out = pattern;
	return 0;
}

void kvet_ksyms_pattern_free(struct kvet_ksyms_pattern *pattern)
{
	if (!pattern)
		return;
	if (!pattern->glob)
		regfree(&pattern->regex);
	free(pattern->glob);
	free(pattern->literal);
	free(pattern);
}

/* Whether part of a literal may stand in the prefix of a name, and not behind it. */
static bool reaches_into(const char *literal, const char *prefix)
{
	if (strstr(prefix, literal))
		return true;
	for (const char *end = prefix; *end; end++)
		if (!strncmp(literal, end, strlen(end)))
			return true;
	return false;
}

const char *kvet_ksyms_pattern_literal(const struct kvet_ksyms_pattern *pattern)
{
	const char *literal = pattern->literal;

	return *literal && !reaches_into(literal, "__pfx_") && !reaches_into(literal, "__cfi_")
		       ? literal
		       : NULL;
}

bool kvet_ksyms_pattern_matches(const struct kvet_ksyms_pattern *pattern, const char *name)
{
	if (*pattern->literal && !strstr(name, pattern->literal))
		return false;
	return pattern->glob ? !fnmatch(pattern->glob, name, 0)
			     : !regexec(&pattern->regex, name, 0, NULL, 0);
}
