/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fnmatch(3) and regexec(3) cost a hundred times what strstr(3) does. Most patterns hold a run of
 * characters that every match must hold too: names without it are skipped.
 */
#include <errno.h>
#include <fnmatch.h>
#include <pthread.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "ksyms/expression.h"
#include "ksyms/pattern.h"

/*
 * regexec(3) keeps every state that it reaches in the regex_t: at most one for each character
 * matched. After this many characters the states are freed, which keeps them below about 64 MB.
 * Building them again takes a hundredth of the time.
 */
#define CHARACTERS_MOST (128U << 10)

struct kvet_ksyms_pattern {
	char *text;
	char *literal;
	bool is_regex;
	/* For a regular expression only. */
	regex_t regex;
	size_t characters; /* matched with it */
	bool failed;
	pthread_mutex_t lock;
};

/*
 * What follows the bracket expression of a glob at s. NULL if that is uncertain: it has no end, or
 * fnmatch(3) may read it differently than regcomp(3).
 */
static const char *past_bracket(const char *s)
{
	s++;
	if (*s == '!' || *s == '^')
		s++;
	if (*s == ']')
		return NULL;
	while (*s && *s != ']' && *s != '\\') {
		size_t name = s[0] == '[' && s[1] == ':' ? strcspn(s + 2, ":[]\\") : 0;

		if (*s == '[' && (!name || strncmp(s + 2 + name, ":]", 2) != 0))
			return NULL;
		s += name ? 2 + name + 2 : 1;
	}
	return *s == ']' ? s + 1 : NULL;
}

/* The longest run of characters that a match of a glob must hold; "" if none is certain. */
static void find_literal(const char *glob, char *literal)
{
	const char *best = glob;
	size_t most = 0;

	while (glob && *glob) {
		size_t len = strcspn(glob, "*?[\\");

		if (len > most) {
			best = glob;
			most = len;
		}
		glob += len;
		if (*glob == '[')
			glob = past_bracket(glob);
		else if (*glob == '\\')
			glob += glob[1] ? 2 : 1;
		else if (*glob)
			glob++;
	}
	memcpy(literal, best, most);
	literal[most] = '\0';
}

static int compile(regex_t *regex, const char *text, struct kvet_cause *err)
{
	int ret = regcomp(regex, text, REG_EXTENDED | REG_NOSUB);
	char words[128];

	if (!ret)
		return 0;
	if (ret == REG_ESPACE)
		return kvet_fail_memory(err);
	regerror(ret, regex, words, sizeof(words));
	return kvet_reject(err, EINVAL, "regcomp", "'%.*s': %s", 800, text, words);
}

size_t kvet_ksyms_glob_module(const char *glob)
{
	size_t len = strcspn(glob, ":*?[\\");

	/* "a::b" is a name of C++ or Rust, not a module. */
	return glob[len] == ':' && glob[len + 1] && glob[len + 1] != ':' ? len : 0;
}

int kvet_ksyms_pattern_new(struct kvet_ksyms_pattern **out, const char *text, bool regex,
			   struct kvet_cause *err)
{
	AUTO_FREE struct kvet_ksyms_pattern *pattern = calloc(1, sizeof(*pattern));
	AUTO_FREE char *literal = malloc(strlen(text) + 1), *copy = strdup(text);
	int ret = 0;

	if (!pattern || !literal || !copy)
		return kvet_fail_memory(err);
	if (regex) {
		ret = kvet_ksyms_expression_read(text, literal, err);
		if (!ret)
			ret = compile(&pattern->regex, text, err);
		if (!ret)
			pthread_mutex_init(&pattern->lock, NULL);
	} else {
		find_literal(text, literal);
	}
	if (ret)
		return ret;
	pattern->is_regex = regex;
	pattern->text = TAKE(copy);
	pattern->literal = TAKE(literal);
	*out = TAKE(pattern);
	return 0;
}

void kvet_ksyms_pattern_free(struct kvet_ksyms_pattern *pattern)
{
	if (!pattern)
		return;
	if (pattern->is_regex) {
		regfree(&pattern->regex);
		pthread_mutex_destroy(&pattern->lock);
	}
	free(pattern->text);
	free(pattern->literal);
	free(pattern);
}

/* Whether a literal may match partly in the prefix of a name instead of after it. */
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

/* Frees the states of the matcher; without memory, it is tried again later. */
static void renew(struct kvet_ksyms_pattern *pattern)
{
	regex_t fresh;

	pattern->characters = 0;
	if (compile(&fresh, pattern->text, NULL))
		return;
	regfree(&pattern->regex);
	pattern->regex = fresh;
}

static bool regex_matches(struct kvet_ksyms_pattern *pattern, const char *name)
{
	int ret;

	pthread_mutex_lock(&pattern->lock);
	pattern->characters += strlen(name) + 1;
	if (pattern->characters > CHARACTERS_MOST)
		renew(pattern);
	errno = 0;
	ret = regexec(&pattern->regex, name, 0, NULL, 0);
	/* glibc also returns REG_NOMATCH if it had no memory for a state of the matcher. */
	if (ret && (ret != REG_NOMATCH || errno == ENOMEM))
		pattern->failed = true;
	pthread_mutex_unlock(&pattern->lock);
	return !ret;
}

bool kvet_ksyms_pattern_failed(struct kvet_ksyms_pattern *pattern)
{
	bool failed;

	if (!pattern->is_regex)
		return false;
	pthread_mutex_lock(&pattern->lock);
	failed = pattern->failed;
	pthread_mutex_unlock(&pattern->lock);
	return failed;
}

bool kvet_ksyms_pattern_matches(struct kvet_ksyms_pattern *pattern, const char *name)
{
	if (*pattern->literal && !strstr(name, pattern->literal))
		return false;
	return pattern->is_regex ? regex_matches(pattern, name) : !fnmatch(pattern->text, name, 0);
}
