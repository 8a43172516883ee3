/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Recognizes symbols and addresses in text, as kernels and tools write them. Pure; a text may hold
 * any byte, including NUL. */
#ifndef KVET_KSYMS_WORDS_H
#define KVET_KSYMS_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A text from start to end; functions look at places in it. */
struct ksyms_words {
	const char *start;
	const char *end;
};

/* A place in a function: [MODULE:]NAME+OFF[/SIZE] [MODULE]. */
struct ksyms_frame {
	const char *name;
	size_t name_len;
	const char *module; /* NULL: none is named; "vmlinux" is the kernel proper */
	size_t module_len;
	uint64_t offset;
	uint64_t size;
	bool has_size;
	bool has_label; /* a word and a colon come first, which may be a module */
	const char *label;
	size_t label_len;
	size_t len;   /* from the name to the end of OFF or SIZE */
	bool foreign; /* of a program or a library, not of the kernel */
};

bool kvet_ksyms_in_word(char c);

/*
 * The length of a control character or a colour at s, or 0: the bytes themselves, or how syslog
 * daemons, JSON and "cat -v" write them ("#011", "\n", "\x1b[31m", "^I"). A word begins after it.
 */
size_t kvet_ksyms_escape_len(const char *s, const char *end);

/* The length of the word at s. */
size_t kvet_ksyms_word_len(const char *s, const char *end);

/* Whether a frame stands at s, where a word of len bytes begins. */
bool kvet_ksyms_take_frame(const struct ksyms_words *words, const char *s, size_t len,
			   struct ksyms_frame *frame);

/*
 * Whether the word at s is written like an address: 8 to 16 hexadecimal digits, with or without 0x.
 * A number padded with zeros to less than 16 digits is flags or a counter, unless it is in "[<" and
 * ">]", which the kernel puts around addresses. *number_len receives the length of the number.
 */
bool kvet_ksyms_take_number(const struct ksyms_words *words, const char *s, size_t len,
			    uint64_t *number, size_t *number_len);

#endif
