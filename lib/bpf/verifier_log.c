/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "bpf/verifier_log.h"

/*
 * The messages of kernel/bpf/verifier.c, old and new. A phrase matches a line that holds first and,
 * somewhere after it, second. The whole log is searched, not only its last line: 7.3 appends an
 * explanation of many lines. Refusals come before complaints about arguments, which appear only
 * when the helper itself was accepted.
 */
static const struct phrase {
	const char *first;
	const char *second;
	enum kvet_log_meaning meaning;
} phrases[] = {
	{ "invalid func ", "", KVET_LOG_UNKNOWN_HELPER },
	{ "unknown func ", "", KVET_LOG_NOT_FOR_TYPE },                           /* to 6.9 */
	{ "program of this type cannot use helper ", "", KVET_LOG_NOT_FOR_TYPE }, /* 6.10 */
	{ "func ", " not supported for program type", KVET_LOG_NOT_SUPPORTED },
	{ "func ", " supported only for ", KVET_LOG_NOT_SUPPORTED }, /* in other attach types */
	{ "helper call is not allowed in probe", "", KVET_LOG_NOT_ALLOWED },
	{ "Extension program ", ", while original does not", KVET_LOG_NOT_ALLOWED },
	/* Of kfuncs; src_reg 2 before 5.13. */
	{ "BPF_CALL uses reserved fields", "", KVET_LOG_UNKNOWN_HELPER },
	{ "calling kernel function ", " is not allowed", KVET_LOG_NOT_FOR_TYPE },
	{ "calling kernel functions are not allowed in ", "", KVET_LOG_NOT_ALLOWED },
	{ "program must be sleepable to call sleepable kfunc ", "", KVET_LOG_SLEEPABLE_ONLY },
	{ "destructive kfunc calls require ", "", KVET_LOG_CAPABILITY },
	{ "loading/calling other bpf or kernel functions are allowed for ", "",
	  KVET_LOG_CAPABILITY },
	{ "metadata kfuncs require device-bound program", "", KVET_LOG_DEVICE },
	{ "JIT is required for calling kernel function", "", KVET_LOG_NO_JIT },
	{ "JIT does not support calling kernel function", "", KVET_LOG_NO_JIT },
	{ "helper call might sleep in a non-sleepable prog", "", KVET_LOG_SLEEPABLE_ONLY },
	{ "sleepable helper ", " in non-sleepable prog", KVET_LOG_SLEEPABLE_ONLY }, /* 7.3 */
	{ "cannot call GPL", " program", KVET_LOG_GPL_ONLY },
	{ "leepable programs can", " use ", KVET_LOG_MAP_AWAKE },
	{ "leepable progs cannot use bpf_", " yet", KVET_LOG_MAP_AWAKE },
	{ " progs cannot use bpf_", " yet", KVET_LOG_MAP_REFUSED },
	{ "Only ", " programs can be sleepable", KVET_LOG_CANNOT_SLEEP },          /* to 6.18 */
	{ "programs cannot be sleepable", "", KVET_LOG_CANNOT_SLEEP },             /* 6.1 */
	{ "Program of this type cannot be sleepable", "", KVET_LOG_CANNOT_SLEEP }, /* 7.3 */
	{ " is not sleepable", "", KVET_LOG_TARGET_AWAKE },
	{ "Sleepable program cannot attach to ", "", KVET_LOG_TARGET_AWAKE }, /* 7.3 */
	{ "R", " expected=", KVET_LOG_ARGUMENTS },
	{ "R", " !read_ok", KVET_LOG_ARGUMENTS },
	{ "R", " leaks addr into helper function", KVET_LOG_ARGUMENTS }, /* no CAP_PERFMON */
	{ "R", " is not a scalar", KVET_LOG_ARGUMENTS },                 /* 7.2 */
	{ "At program exit the register R0 ", "", KVET_LOG_EXIT_VALUE },
};

/* The length of a line without its newline. */
static size_t line_length(const char *line)
{
	return strcspn(line, "\n");
}

static const char *next_line(const char *line)
{
	line += line_length(line);
	return line + (*line == '\n');
}

/* A phrase about a register starts its line: "R1 …", and no other word that starts with R. */
static bool holds(const char *line, size_t len, const struct phrase *phrase)
{
	const char *first = memmem(line, len, phrase->first, strlen(phrase->first));
	const char *after;

	if (!first)
		return false;
	after = first + strlen(phrase->first);
	if (!strcmp(phrase->first, "R") && (first != line || !isdigit((unsigned char)*after)))
		return false;
	return memmem(after, len - (size_t)(after - line), phrase->second, strlen(phrase->second));
}

/* Instructions ("0: (85) call …"), states ("0: R1=ctx() R10=fp0", "R1=ctx(…)", "func#0 @0"), source
 * lines ("; …") and the final count do not say why. */
static bool is_trace(const char *line, size_t len)
{
	size_t digits = strspn(line, "0123456789");

	if (len == 0 || line[0] == ';' || line[0] == '\n')
		return true;
	if (digits && line[digits] == ':')
		return true;
	if (!strncmp(line, "processed ", 10) || !strncmp(line, "func#", 5) ||
	    !strncmp(line, "Validating ", 11))
		return true;
	digits = line[0] == 'R' ? strspn(line + 1, "0123456789") : 0;
	return digits && (line[1 + digits] == '=' || line[1 + digits] == '_');
}

/* The first phrase of the table that any line holds. */
static const struct phrase *find(const char *log, const char **where)
{
	size_t best = sizeof(phrases) / sizeof(*phrases);

	for (const char *line = log; *line; line = next_line(line)) {
		size_t len = line_length(line);

		if (is_trace(line, len))
			continue;
		for (size_t i = 0; i < best; i++)
			if (holds(line, len, &phrases[i])) {
				best = i;
				*where = line;
			}
	}
	return best < sizeof(phrases) / sizeof(*phrases) ? &phrases[best] : NULL;
}

void kvet_verifier_log_strip(char *log, size_t size)
{
	size_t skip = 0;

	log[size - 1] = '\0';
	while (skip < size && !log[skip])
		skip++;
	if (skip && skip < size) {
		memmove(log, log + skip, size - skip);
		memset(log + size - skip, 0, skip);
	}
}

bool kvet_verifier_log_is_wordless(const char *log)
{
	for (const char *line = log; *line; line = next_line(line))
		if (!is_trace(line, line_length(line)))
			return false;
	return true;
}

enum kvet_log_meaning kvet_verifier_log_read(const char *log)
{
	const char *where;
	const struct phrase *phrase = find(log, &where);

	return phrase ? phrase->meaning : KVET_LOG_OTHER;
}

void kvet_verifier_log_words(const char *log, char *buf, size_t size)
{
	const char *where;
	size_t used = 0;

	buf[0] = '\0';
	if (find(log, &where)) {
		snprintf(buf, size, "%.*s", (int)line_length(where), where);
		return;
	}
	for (const char *line = log; *line && used < size; line = next_line(line)) {
		size_t len = line_length(line);

		if (is_trace(line, len))
			continue;
		used += (size_t)snprintf(buf + used, size - used, "%s%.*s", used ? "; " : "",
					 (int)len, line);
	}
}
