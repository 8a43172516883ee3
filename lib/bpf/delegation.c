/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/delegation.h"

/* The kernel writes a space, a tab, a newline and a backslash of a path as \040 and so on. */
static void unescape(const char *from, size_t len, char *to, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < len && used + 1 < size; i++) {
		if (from[i] == '\\' && i + 3 < len && from[i + 1] >= '0' && from[i + 1] <= '3') {
			to[used++] = (char)((from[i + 1] - '0') * 64 + (from[i + 2] - '0') * 8 +
					    (from[i + 3] - '0'));
			i += 3;
		} else {
			to[used++] = from[i];
		}
	}
	to[used] = '\0';
}

static const char *after_fields(const char *line, int count)
{
	while (count-- && line) {
		line = strchr(line, ' ');
		line += line != NULL;
	}
	return line;
}

/* "44 40 0:27 / /sys/fs/bpf rw,relatime - bpf none rw,delegate_cmds=any" */
bool kvet_delegation_parse(const char *line, char *mount, size_t mount_size, char *options,
			   size_t options_size)
{
	const char *point = after_fields(line, 4), *type = strstr(line, " - ");
	const char *last = type ? after_fields(type + 3, 2) : NULL;

	if (!point || !last || strncmp(type, " - bpf ", 7) != 0 || !strstr(last, "delegate_"))
		return false;
	unescape(point, strcspn(point, " "), mount, mount_size);
	snprintf(options, options_size, "%.*s", (int)strcspn(last, "\n"), last);
	return true;
}

bool kvet_delegation_allows(const char *options, const char *option, unsigned int number,
			    const char *name)
{
	size_t len = strlen(option);
	const char *word;

	for (word = options; strncmp(word, option, len) != 0 || word[len] != '=';
	     word += strcspn(word, ","), word += *word == ',')
		if (!*word)
			return false;
	for (word += len + 1; *word && *word != ','; word += *word == ':') {
		size_t size = strcspn(word, ":,");

		if (size == 3 && !strncmp(word, "any", 3))
			return true;
		if (name && size == strlen(name) && !strncmp(word, name, size))
			return true;
		if (word[0] == '0' && word[1] == 'x' && number < 64 &&
		    (strtoull(word, NULL, 16) >> number & 1))
			return true;
		word += size;
	}
	return false;
}
