/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One line of /proc/kallsyms: "ADDRESS TYPE NAME", and for a module's symbol a TAB and
 * "[MODULE]" (kernel: kernel/kallsyms.c, s_show()). Names may hold any byte but white
 * space and NUL, and are as long as they like: KSYM_NAME_LEN grew from 128 to 512.
 *
 * Lines as the kernel writes them are parsed eight bytes at a time. Any other line takes the
 * careful path, which says what is wrong with it.
 */
#include <string.h>

#include "ksyms/line.h"
#include "ksyms/little.h"

#define EACH_BYTE(value) (0x0101010101010101ULL * (value))

/* Eight lower-case hexadecimal digits, the first in the lowest byte. */
static inline bool eight_digits(uint64_t text, uint64_t *value)
{
	uint64_t letter = (text >> 6) & EACH_BYTE(1);
	uint64_t nibbles = (text & EACH_BYTE(0x0f)) + letter * 9;
	/* The nibbles written out again must give the same text, or it was no number. */
	uint64_t ten = ((nibbles + EACH_BYTE(6)) >> 4) & EACH_BYTE(1);

	if ((nibbles & EACH_BYTE(0xf0)) ||
	    nibbles + EACH_BYTE('0') + ten * ('a' - '0' - 10) != text)
		return false;
	nibbles = (nibbles << 4 | nibbles >> 8) & 0x00ff00ff00ff00ffULL;
	nibbles = (nibbles << 8 | nibbles >> 16) & 0x0000ffff0000ffffULL;
	*value = (nibbles << 16 | nibbles >> 32) & 0xffffffffULL;
	return true;
}

/* The first byte at or after s that is a blank or below. */
static inline const char *blank(const char *s)
{
	for (;; s += 8) {
		uint64_t word = ksyms_little64(s);
		/* Marks bytes below 0x21: exact up to the first one, and only that one is used. */
		uint64_t low = (word - EACH_BYTE(0x21)) & ~word & EACH_BYTE(0x80);

		if (low)
			return s + (__builtin_ctzll(low) >> 3);
	}
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '?' || c == '-';
}

/* Another file defines it, so its address means nothing. */
static bool is_undefined(char type)
{
	return type == 'U';
}

/* Up to 16 hexadecimal digits; returns what follows, or NULL. */
static const char *careful_address(const char *s, const char *end, uint64_t *address)
{
	const char *start = s;

	for (*address = 0; s < end; s++) {
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

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static const char *skip_blanks(const char *s, const char *end)
{
	while (s < end && is_blank(*s))
		s++;
	return s;
}

/* Whether a line has no symbol: nothing but blanks, a comment, or what nm(1) prints of a symbol
 * that is not defined, blanks instead of an address, a letter and a name. */
static bool has_none(const char *line, const char *end)
{
	const char *s = skip_blanks(line, end);

	if (s == end || *s == '#')
		return true;
	return s > line && end - s > 2 && (*s == 'U' || *s == 'w' || *s == 'v') && s[1] == ' ';
}

/* "(null)" is how Linux 4.15 printed an address of 0, after blanks. */
static const char *null_address(const char *line, const char *end, uint64_t *address)
{
	static const char null[] = "(null)";
	const char *s = skip_blanks(line, end);

	if ((size_t)(end - s) < sizeof(null) - 1 || memcmp(s, null, sizeof(null) - 1) != 0)
		return NULL;
	*address = 0;
	return s + sizeof(null) - 1;
}

/* "nm -S" prints a size between address and type, padded with zeros like the address. A type is a
 * single letter, so it is never taken for a size. Returns the blank before the type. */
static const char *take_size(const char *s, const char *end, uint64_t *size)
{
	const char *after = careful_address(s + 1, end, size);

	if (after && after - s > 8 && after < end && *after == ' ')
		return after;
	*size = 0;
	return s;
}

/* A whole line up to its newline, which end points to. Returns what is wrong with it. */
static const char *careful_line(const char *line, const char *end, struct ksyms_row *row)
{
	size_t len = (size_t)(end - line);
	const char *s;

	row->name = NULL;
	if (memchr(line, '\0', len))
		return "the line has a NUL byte";
	/* Windows ends lines with it. As part of the name, it would turn every lookup into a false
	 * "no match". */
	if (len && end[-1] == '\r')
		end--;
	if (end > line && end[-1] == '\r')
		return "the line has a carriage return";
	if (has_none(line, end))
		return NULL;
	s = careful_address(line, end, &row->address);
	if (!s)
		s = null_address(line, end, &row->address);
	if (!s || *s != ' ')
		return "no address (1 to 16 hexadecimal digits)";
	s = take_size(s, end, &row->size);
	row->type = *++s;
	if (!is_letter(row->type) || s[1] != ' ')
		return "no type letter after the address";
	if (is_undefined(row->type))
		return NULL;
	s += 2;
	row->name = s;
	while (s < end && !is_blank(*s))
		s++;
	row->name_len = (size_t)(s - row->name);
	if (!row->name_len)
		return "no name";
	row->module = NULL;
	row->module_len = 0;
	if (s == end)
		return NULL;
	while (s < end && is_blank(*s))
		s++;
	if (end - s < 3 || *s != '[' || end[-1] != ']')
		return "the text after the name is not [MODULE]";
	row->module = s + 1;
	row->module_len = (size_t)(end - s) - 2;
	for (s = row->module; s < end - 1; s++)
		if (is_blank(*s) || *s == ']')
			return "the text after the name is not [MODULE]";
	return NULL;
}

/* "[MODULE]\n" as the kernel writes it; returns what follows, or NULL. */
static const char *fast_module(const char *s, struct ksyms_row *row)
{
	const char *end;

	if (*s != '[')
		return NULL;
	end = blank(++s);
	if (*end != '\n' || end - s < 2 || end[-1] != ']' || memchr(s, ']', (size_t)(end - s - 1)))
		return NULL;
	row->module = s;
	row->module_len = (size_t)(end - s) - 1;
	return end + 1;
}

static inline const char *fast_line(const char *line, struct ksyms_row *row)
{
	uint64_t high, low;
	const char *end;

	if (!eight_digits(ksyms_little64(line), &high) ||
	    !eight_digits(ksyms_little64(line + 8), &low) || line[16] != ' ' ||
	    !is_letter(line[17]) || is_undefined(line[17]) || line[18] != ' ')
		return NULL;
	end = blank(line + 19);
	row->address = high << 32 | low;
	row->type = line[17];
	row->name = line + 19;
	row->name_len = (size_t)(end - row->name);
	row->module = NULL;
	row->module_len = 0;
	if (!row->name_len)
		return NULL;
	if (*end == '\n')
		return end + 1;
	return *end == '\t' ? fast_module(end + 1, row) : NULL;
}

const char *kvet_ksyms_line(const char *line, const char *end, struct ksyms_row *row,
			    const char **wrong)
{
	const char *after;

	*wrong = NULL;
	row->size = 0;
	/* A shorter rest may still be a whole line: "0 A x". */
	if (end - line > 19) {
		after = fast_line(line, row);
		if (after)
			return after <= end ? after : NULL;
	}
	after = memchr(line, '\n', (size_t)(end - line));
	if (!after)
		return NULL;
	*wrong = careful_line(line, after, row);
	return *wrong ? NULL : after + 1;
}
