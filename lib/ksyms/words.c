/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <ctype.h>
#include <limits.h>
#include <string.h>

#include "ksyms/words.h"

/* A number with fewer digits is rarely an address. */
#define DIGITS_LEAST 8
#define DIGITS_MOST  16

#define ESC '\033'

enum byte_class {
	WORD = 1 << 0,
	HEX = 1 << 1,
	DIGIT = 1 << 2,
};

static const unsigned char classes[256] = {
	['0' ... '9'] = WORD | HEX | DIGIT,
	['A' ... 'F'] = WORD | HEX,
	['a' ... 'f'] = WORD | HEX,
	['G' ... 'Z'] = WORD,
	['g' ... 'z'] = WORD,
	['_'] = WORD,
	['.'] = WORD,
	['$'] = WORD,
};

static bool is(char c, enum byte_class class)
{
	return classes[(unsigned char)c] & class;
}

static size_t span(const char *s, const char *end, enum byte_class class)
{
	const char *start = s;

	while (s < end && is(*s, class))
		s++;
	return (size_t)(s - start);
}

bool kvet_ksyms_in_word(char c)
{
	return is(c, WORD);
}

size_t kvet_ksyms_word_len(const char *s, const char *end)
{
	return span(s, end, WORD);
}

static char at(const char *s, const char *end, size_t place)
{
	return place < (size_t)(end - s) ? s[place] : '\0';
}

/* --- escaped control characters -------------------------------------------------------------- */

static unsigned int octal(const char *s, const char *end)
{
	unsigned int value = 0;

	for (size_t i = 0; i < 3; i++) {
		char c = at(s, end, i);

		if (c < '0' || c > '7')
			return 256;
		value = value * 8 + (unsigned int)(c - '0');
	}
	return value;
}

static bool has_hex(const char *s, const char *end, size_t digits)
{
	return end - s >= (ptrdiff_t)digits && span(s, s + digits, HEX) == digits;
}

/* The length of an escaped control character; *is_esc: it is ESC. */
static size_t control_len(const char *s, const char *end, bool *is_esc)
{
	static const char letters[] = "abefnrtv";
	char next = at(s, end, 1);

	*is_esc = false;
	switch (*s) {
	case ESC:
		*is_esc = true;
		return 1;
	case '#':
		*is_esc = octal(s + 1, end) == ESC;
		return octal(s + 1, end) < ' ' || octal(s + 1, end) == 0177 ? 4 : 0;
	case '^':
		*is_esc = next == '[';
		return (next >= '@' && next <= '_') || next == '?' ? 2 : 0;
	case '\\':
		break;
	default:
		return 0;
	}
	*is_esc = next == 'e';
	if (next == 'x' && has_hex(s + 2, end, 2)) {
		*is_esc = s[2] == '1' && tolower(s[3]) == 'b';
		return 4;
	}
	if (next == 'u' && has_hex(s + 2, end, 4)) {
		*is_esc = !strncasecmp(s + 2, "001b", 4);
		return 6;
	}
	if (octal(s + 1, end) < 256) {
		*is_esc = octal(s + 1, end) == ESC;
		return 4;
	}
	return next && strchr(letters, next) ? 2 : 0;
}

size_t kvet_ksyms_escape_len(const char *s, const char *end)
{
	bool is_esc;
	size_t len = control_len(s, end, &is_esc), tail;

	if (!is_esc)
		return len;
	/* "ESC ( B" chooses letters, "ESC \" ends a title or a link, "ESC [ 1 ; 31 m" is a colour.
	 */
	if (at(s, end, len) == '(' && at(s, end, len + 1))
		return len + 2;
	if (at(s, end, len) == '\\')
		return len + 1;
	if (at(s, end, len) != '[')
		return len;
	for (tail = len + 1; at(s, end, tail) >= '0' && at(s, end, tail) <= '?';)
		tail++;
	return at(s, end, tail) >= '@' && at(s, end, tail) <= '~' ? tail + 1 : len;
}

/* --- numbers ------------------------------------------------------------------------------- */

static bool take_hex(const char *s, size_t digits, uint64_t *value)
{
	*value = 0;
	for (size_t i = 0; i < digits; i++) {
		unsigned char c = (unsigned char)s[i];

		*value = *value << 4 | (c <= '9' ? c - 48U : (c | 0x20U) - 87U);
	}
	return digits && digits <= DIGITS_MOST;
}

static bool take_decimal(const char *s, size_t digits, uint64_t *value)
{
	*value = 0;
	for (size_t i = 0; i < digits; i++)
		*value = *value * 10 + (uint64_t)(s[i] - '0');
	return digits && digits <= 19;
}

/* An offset or a size: the kernel writes 0x, bpftrace and gdb decimal numbers. Its length, or 0. */
static size_t take_count(const char *s, const char *end, uint64_t *value)
{
	bool is_hex = at(s, end, 0) == '0' && at(s, end, 1) == 'x';
	size_t start = is_hex ? 2 : 0, digits = span(s + start, end, is_hex ? HEX : DIGIT),
	       len = start + digits;
	char next = at(s, end, len);

	if (!(is_hex ? take_hex(s + 2, digits, value) : take_decimal(s, digits, value)))
		return 0;
	/* "1.5" and "2nd" are not numbers, but a full stop may end a sentence. */
	return (is(next, WORD) && next != '.') || (next == '.' && is(at(s, end, len + 1), WORD))
		       ? 0
		       : len;
}

/* The slash between OFF and SIZE, which some JSON writers escape. */
static size_t slash_len(const char *s, const char *end)
{
	size_t len = at(s, end, 0) == '\\' ? 2 : 1;

	return at(s, end, len - 1) == '/' ? len : 0;
}

static bool is_marked(const struct ksyms_words *words, const char *s, size_t len)
{
	return s - words->start >= 2 && s[-1] == '<' && s[-2] == '[' &&
	       at(s, words->end, len) == '>' && at(s, words->end, len + 1) == ']';
}

/* "c0100010-1234" is part of a UUID, or of a range of physical addresses. */
static bool is_part(const struct ksyms_words *words, const char *s, size_t len)
{
	return (s - words->start >= 2 && s[-1] == '-' && is(s[-2], WORD)) ||
	       (at(s, words->end, len) == '-' && is(at(s, words->end, len + 1), WORD));
}

bool kvet_ksyms_take_number(const struct ksyms_words *words, const char *s, size_t len,
			    uint64_t *number, size_t *number_len)
{
	size_t skip, digits;

	while (len && s[len - 1] == '.')
		len--;
	skip = len > 2 && s[0] == '0' && s[1] == 'x' ? 2 : 0;
	digits = len - skip;
	if (digits < DIGITS_LEAST || digits > DIGITS_MOST || span(s + skip, s + len, HEX) != digits)
		return false;
	if (digits < DIGITS_MOST && s[skip] == '0' && !is_marked(words, s, len))
		return false;
	if (digits == DIGITS_LEAST && is_part(words, s, len))
		return false;
	*number_len = len;
	return take_hex(s + skip, digits, number);
}

/* --- frames ---------------------------------------------------------------------------------- */

static bool in_module(char c)
{
	return is(c, WORD) ? c != '.' && c != '$' : c == '-';
}

static size_t module_span(const char *s, const char *end)
{
	const char *start = s;

	while (s < end && in_module(*s))
		s++;
	return (size_t)(s - start);
}

static bool starts(const char *s, const char *end, const char *word)
{
	return end - s >= (ptrdiff_t)strlen(word) && !memcmp(s, word, strlen(word));
}

static void set_module(struct ksyms_frame *frame, const char *module, size_t len)
{
	frame->module = module;
	frame->module_len = len;
}

static void set_kernel(struct ksyms_frame *frame)
{
	set_module(frame, "vmlinux", strlen("vmlinux"));
}

/* The closing c that follows s; NULL if it is not near. */
static const char *closing(const char *s, const char *end, char c)
{
	return memchr(s, c, (size_t)(end - s < PATH_MAX ? end - s : PATH_MAX));
}

/* Whether this is an absolute path or a shared library: a user-space file. */
static bool is_file(const char *s, const char *end)
{
	const char *so = memmem(s, (size_t)(end - s), ".so", 3);

	return at(s, end, 0) == '/' || (so && (so + 3 == end || so[3] == '.'));
}

/* Handles a file name: of a module, of the kernel, or of user space. */
static void take_file(struct ksyms_frame *frame, const char *s, const char *end)
{
	const char *slash = memrchr(s, '/', (size_t)(end - s)), *base = slash ? slash + 1 : s,
		   *dot = memmem(base, (size_t)(end - base), ".ko", 3);

	if (dot)
		set_module(frame, base, (size_t)(dot - base));
	else if (starts(base, end, "vmlinux") || starts(base, end, "kcore") ||
		 starts(base, end, "kallsyms"))
		set_kernel(frame);
	else
		/* After SIZE there may be the source line. */
		frame->foreign = is_file(s, end) || (slash && !frame->has_size);
}

/*
 * "[MODULE]", "[MODULE(TAINTS) BUILD-ID]" of the kernel and of bcc, "[kernel.kallsyms]" of perf,
 * "[/lib/libc.so.6]" of SystemTap, "[libc.so.6]" of bcc; s is after the bracket.
 */
static void take_module(struct ksyms_frame *frame, const char *s, const char *end)
{
	const char *module = s, *close = closing(s, end, ']');
	size_t len = module_span(s, end);

	if (starts(s, end, "kernel.") || starts(s, end, "guest.kernel")) {
		set_kernel(frame);
		return;
	}
	if (close && is_file(s, close)) {
		take_file(frame, s, close);
		return;
	}
	if (!len)
		return;
	s += len;
	if (at(s, end, 0) == '(') {
		close = closing(s, end, ')');
		if (!close || close - s > 32)
			return;
		s = close + 1;
	}
	if (at(s, end, 0) == ' ')
		s += 1 + span(s + 1, end, HEX);
	if (at(s, end, 0) == ']')
		set_module(frame, module, len);
}

/* What perf prints in parentheses: "[kernel.kallsyms]", "[ext4]", or the path of a file. */
static void take_owner(struct ksyms_frame *frame, const char *s, const char *end)
{
	const char *close = closing(s, end, ')');

	if (!close)
		return;
	if (*s == '[')
		take_module(frame, s + 1, close);
	else
		take_file(frame, s, close);
}

static void look_behind(const struct ksyms_words *words, struct ksyms_frame *frame)
{
	const char *s = frame->name + frame->len;

	if (at(s, words->end, 0) != ' ')
		return;
	if (at(s, words->end, 1) == '[')
		take_module(frame, s + 2, words->end);
	else if (at(s, words->end, 1) == '(' && words->end - s > 2)
		take_owner(frame, s + 2, words->end);
}

/*
 * backtrace_symbols(3) writes "FILE(SYM+0xOFF) [0xADDRESS]", Xorg and Android put a blank before
 * the parenthesis, and Java writes "[FILE+0xOFF]  SYM+0xOFF".
 */
static bool is_of_program(const struct ksyms_words *words, const struct ksyms_frame *frame)
{
	const char *s = frame->name, *after = s + frame->len, *file;
	char before;

	if (frame->has_size)
		return false;
	while (s > words->start && s[-1] == ' ')
		s--;
	before = s > words->start ? *--s : '\0';
	if (before == '(' && at(after, words->end, 0) == ')') {
		after += at(after, words->end, 1) == ' ' ? 2 : 1;
		if (after < words->end && starts(after, words->end, "[0x"))
			return true;
	} else if (before != ']') {
		return false;
	}
	while (s > words->start && s[-1] == ' ')
		s--;
	for (file = s;
	     file > words->start && file[-1] != ' ' && file[-1] != '[' && s - file < PATH_MAX;)
		file--;
	return before == '(' ? memchr(file, '/', (size_t)(s - file)) != NULL
			     : memmem(file, (size_t)(s - file), ".so", 3) != NULL;
}

/* Returns false if the name is only part of something: a path, core::fmt::write, or a glibc symbol
 * with its version. */
static bool look_before(const struct ksyms_words *words, struct ksyms_frame *frame)
{
	const char *s = frame->name, *label;

	if (s == words->start)
		return true;
	if (s[-1] == '/' || s[-1] == '@')
		return false;
	if (s[-1] != ':')
		return true;
	if (s - words->start >= 2 && s[-2] == ':')
		return false;
	for (label = s - 1; label > words->start && in_module(label[-1]);)
		label--;
	frame->label = label;
	frame->label_len = (size_t)(s - 1 - label);
	/* "0010:" is a code segment. */
	frame->has_label = frame->label_len && span(label, s - 1, DIGIT) < frame->label_len;
	return true;
}

bool kvet_ksyms_take_frame(const struct ksyms_words *words, const char *s, size_t len,
			   struct ksyms_frame *frame)
{
	const char *end = words->end, *after = s + len + 1;
	size_t count, slash;

	*frame = (struct ksyms_frame){ .name = s, .name_len = len };
	if (!len || is(*s, DIGIT) || at(s, end, len) != '+')
		return false;
	count = take_count(after, end, &frame->offset);
	if (!count)
		return false;
	after += count;
	slash = slash_len(after, end);
	count = slash ? take_count(after + slash, end, &frame->size) : 0;
	frame->has_size = count > 0;
	after += count ? slash + count : 0;
	frame->len = (size_t)(after - s);
	look_behind(words, frame);
	frame->foreign = frame->foreign || is_of_program(words, frame);
	return look_before(words, frame);
}
