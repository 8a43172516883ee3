/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The text of /proc/kallsyms: "ADDRESS TYPE NAME", and for a module's symbol a TAB and
 * "[MODULE]" (kernel: kernel/kallsyms.c, s_show()). Names may hold any byte but white
 * space and NUL. Lines are read whole, however long: KSYM_NAME_LEN grew from 128 to 512.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/cleanup.h"
#include "core/fail.h"
#include "ksyms/table.h"

AUTO_DEFINE(kvet_ksyms)

/* Up to 16 hexadecimal digits; returns what follows, or NULL. */
static const char *parse_address(const char *s, uint64_t *address)
{
	const char *start = s;

	for (*address = 0;; s++) {
		unsigned int digit;

		if (*s >= '0' && *s <= '9')
			digit = (unsigned int)(*s - '0');
		else if (*s >= 'a' && *s <= 'f')
			digit = (unsigned int)(*s - 'a') + 10;
		else if (*s >= 'A' && *s <= 'F')
			digit = (unsigned int)(*s - 'A') + 10;
		else
			break;
		*address = *address << 4 | digit;
	}
	return s > start && s - start <= 16 ? s : NULL;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '?' || c == '-';
}

/* Parses one line, without its newline, into the table. Returns what is wrong with it, or
 * NULL; *ret is what kvet_ksyms_add() said. */
static const char *parse_line(struct kvet_ksyms *table, const char *line, size_t len, int *ret,
			      struct kvet_error *err)
{
	const char *name, *module = NULL, *end;
	size_t name_len, module_len = 0;
	uint64_t address;
	char type;

	*ret = 0;
	if (memchr(line, '\0', len))
		return "a NUL byte";
	/* Kept as part of the name, it would make every lookup a false "no match". */
	if (len && line[len - 1] == '\r')
		return "a carriage return";
	end = parse_address(line, &address);
	if (!end || *end != ' ')
		return "no address of 1 to 16 hexadecimal digits";
	type = *++end;
	if (!is_letter(type) || end[1] != ' ')
		return "no type letter after the address";
	name = end + 2;
	name_len = strcspn(name, " \t");
	if (!name_len)
		return "no name";
	end = name + name_len;
	if (*end) {
		end += strspn(end, " \t");
		module_len = strlen(end);
		if (*end != '[' || module_len < 3 || strcspn(end, "] \t") != module_len - 1)
			return "what follows the name is not [MODULE]";
		module = end + 1;
		module_len -= 2;
	}
	*ret = kvet_ksyms_add(table, address, type, name, name_len, module, module_len, err);
	return NULL;
}

int kvet_ksyms_parse(struct kvet_ksyms **out, FILE *stream, const char *label,
		     struct kvet_error *err)
{
	AUTO(kvet_ksyms) *table = calloc(1, sizeof(*table));
	AUTO_FREE char *line = NULL;
	size_t size = 0, number = 0;
	ssize_t len;
	int ret, errnum;

	if (!table)
		return kvet_fail_memory(err);
	for (;;) {
		const char *wrong;

		errno = 0;
		len = getline(&line, &size, stream);
		errnum = errno;
		if (len < 0)
			break;
		number++;
		/* getline() hands out what it has read before an error, too. */
		if (line[len - 1] != '\n' && ferror(stream))
			break;
		if (line[len - 1] != '\n')
			return kvet_fail(err, EINVAL, "kallsyms",
					 "%s:%zu: the last line has no end: the file was cut",
					 label, number);
		line[--len] = '\0';
		wrong = parse_line(table, line, (size_t)len, &ret, err);
		if (wrong)
			return kvet_fail(err, EINVAL, "kallsyms",
					 "%s:%zu: %s, where ADDRESS TYPE NAME [MODULE] is wanted",
					 label, number, wrong);
		if (ret)
			return ret;
	}
	if (ferror(stream) || !feof(stream))
		return kvet_fail(err, errnum ? errnum : EIO, "read", "%s: %s", label,
				 strerror(errnum ? errnum : EIO));
	if (!table->count)
		return kvet_fail(err, EINVAL, "kallsyms", "%s: no symbols: the file is empty",
				 label);
	ret = kvet_ksyms_finish(table, err);
	if (!ret)
		*out = TAKE(table);
	return ret;
}
