/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The tables that scripts/kallsyms of the kernel's sources writes, each aligned to a word. Names
 * are made of 256 tokens: a length byte (two, since 6.1, for names of 128 tokens and more), then
 * the numbers of the tokens; the first letter is the type. The order of the tables has been
 *
 *	offsets, relative_base, num_syms, names, markers, token_table, token_index	(to 6.1)
 *	the same with seqs_of_names after markers					(6.2)
 *	num_syms, names, markers, token_table, token_index, offsets, relative_base	(6.4)
 *	the same without relative_base: offsets are from where they stand	(seen in 7.3)
 *
 * Nothing in the image says where they are. But token_table holds the ten digits as ten tokens in a
 * row, which a search finds. From there each step is checked against what the next table must hold,
 * and names and markers must agree to the byte.
 */
#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "ksyms/embedded.h"
#include "ksyms/little.h"

#define TOKENS      256
#define MARKED      256 /* one marker for so many names */
#define NAME_MOST   1024
#define SYMBOLS_MIN 256
#define SYMBOLS_MAX (16U << 20)

struct embedded {
	struct ksyms_source source; /* first: the one is cast to the other */
	char *image;
	size_t size;
	size_t tokens, index;          /* token_table, token_index */
	size_t number, names, markers; /* num_syms */
	size_t offsets;
	uint64_t base;
	uint64_t step; /* by which the base grows from one offset to the next */
	size_t align;
	uint32_t count;
	bool big;      /* the image is big-endian */
	bool absolute; /* an offset of 0 or more is an address (CONFIG_KALLSYMS_ABSOLUTE_PERCPU) */
	size_t next, at;
	char text[KSYMS_BATCH][NAME_MOST];
};

static uint16_t u16(const struct embedded *e, size_t at)
{
	uint16_t value = ksyms_little16(e->image + at);

	return e->big ? __builtin_bswap16(value) : value;
}

static uint32_t u32(const struct embedded *e, size_t at)
{
	uint32_t value = ksyms_little32(e->image + at);

	return e->big ? __builtin_bswap32(value) : value;
}

static uint64_t u64(const struct embedded *e, size_t at)
{
	uint64_t value = ksyms_little64(e->image + at);

	return e->big ? __builtin_bswap64(value) : value;
}

static size_t up(const struct embedded *e, size_t at)
{
	return (at + e->align - 1) / e->align * e->align;
}

/* Where a table of this size starts, if only padding lies between its end and the next table. */
static bool before(const struct embedded *e, size_t next, uint64_t size, size_t *start)
{
	if (size > next)
		return false;
	*start = (next - (size_t)size) / e->align * e->align;
	return true;
}

/* --- tokens ----------------------------------------------------------------------------------- */

/* Whether token_index holds the place of each token, right after the one before. */
static bool is_index(const struct embedded *e)
{
	if (u16(e, e->index))
		return false;
	for (size_t i = 0; i + 1 < TOKENS; i++) {
		size_t start = e->tokens + u16(e, e->index + 2 * i),
		       end = e->tokens + u16(e, e->index + 2 * (i + 1));

		if (end <= start || end > e->index || e->image[end - 1] ||
		    strlen(e->image + start) != end - start - 1)
			return false;
	}
	return true;
}

/* digits: the token "0" of a possible token_table. */
static bool find_index(struct embedded *e, size_t digits)
{
	size_t at = digits, first;

	for (int i = '0'; i < TOKENS; i++) {
		const char *end = memchr(e->image + at, '\0', e->size - at);

		if (!end || end - (e->image + at) > NAME_MOST)
			return false;
		at = (size_t)(end + 1 - e->image);
	}
	e->index = up(e, at);
	if (e->index + sizeof(uint16_t) * TOKENS > e->size)
		return false;
	first = u16(e, e->index + sizeof(uint16_t) * '0');
	if (first > digits || (digits - first) % e->align)
		return false;
	e->tokens = digits - first;
	return is_index(e);
}

/* --- names ------------------------------------------------------------------------------------ */

/* Returns how many tokens the name at *at has, and moves *at to the first; 0: not a name. */
static size_t name_length(const struct embedded *e, size_t *at, size_t end)
{
	size_t len;

	if (*at >= end)
		return 0;
	len = (unsigned char)e->image[(*at)++];
	if (len & 0x80) {
		if (*at >= end)
			return 0;
		len = (len & 0x7f) | (size_t)(unsigned char)e->image[(*at)++] << 7;
	}
	return len <= end - *at ? len : 0;
}

/* Whether names and markers agree: each marker is where its name is, and the names end where the
 * markers begin. */
static bool agree(const struct embedded *e)
{
	size_t at = e->names;

	for (uint32_t i = 0; i < e->count; i++) {
		size_t len;

		if (i % MARKED == 0 && u32(e, e->markers + 4 * (i / MARKED)) != at - e->names)
			return false;
		len = name_length(e, &at, e->markers);
		if (!len)
			return false;
		at += len;
	}
	return up(e, at) == e->markers;
}

/* Whether num_syms is here, with names and markers next to it. */
static bool try_number(struct embedded *e, size_t place, bool seqs)
{
	size_t next = e->tokens;

	e->number = place;
	e->count = u32(e, place);
	e->names = place + e->align;
	if (e->count < SYMBOLS_MIN || e->count > SYMBOLS_MAX ||
	    (seqs && !before(e, next, 3ULL * e->count, &next)) ||
	    !before(e, next, 4ULL * ((e->count + MARKED - 1) / MARKED), &e->markers) ||
	    e->markers <= e->names)
		return false;
	/* Checking two markers rules out nearly all wrong places. */
	return !u32(e, e->markers) && e->count > MARKED && u32(e, e->markers + 4) >= MARKED &&
	       u32(e, e->markers + 4) < e->markers - e->names && agree(e);
}

static bool find_names(struct embedded *e)
{
	for (size_t place = e->tokens; place >= e->align;) {
		place -= e->align;
		if (try_number(e, place, false) || try_number(e, place, true))
			return true;
	}
	return false;
}

/* --- addresses -------------------------------------------------------------------------------- */

static uint64_t address(const struct embedded *e, size_t nth)
{
	int32_t offset = (int32_t)u32(e, e->offsets + 4 * nth);

	if (e->step)
		return e->base + e->step * nth + (uint64_t)(int64_t)offset;
	if (!e->absolute)
		return e->base + (uint32_t)offset;
	return offset >= 0 ? (uint64_t)offset : e->base - 1 - (uint64_t)(int64_t)offset;
}

/* Whether these are offsets: their addresses ascend, and all but the absolute ones are in the
 * kernel's half. */
static bool ascend(const struct embedded *e)
{
	uint64_t last = 0;

	for (uint32_t i = 0; i < e->count; i++) {
		uint64_t here = address(e, i);

		if (here < last || (!e->absolute && here >> 63 != 1))
			return false;
		last = here;
	}
	return last >> 63 == 1;
}

static bool try_base(struct embedded *e, size_t offsets, size_t base)
{
	if (offsets + 4ULL * e->count > e->size || base + 8 > e->size || u64(e, base) >> 63 != 1)
		return false;
	e->offsets = offsets;
	e->base = u64(e, base);
	e->step = 0;
	e->absolute = false;
	for (uint32_t i = 0; i < e->count && !e->absolute; i++)
		e->absolute = u32(e, offsets + 4 * (size_t)i) >> 31;
	return ascend(e);
}

/* The address that a byte of the file is loaded to; 0: none, or not a 64-bit ELF file. */
static uint64_t loaded(const struct embedded *e, size_t at)
{
	const size_t entry = sizeof(Elf64_Phdr);
	uint64_t first, count;

	if (e->size < sizeof(Elf64_Ehdr) || memcmp(e->image, ELFMAG, SELFMAG) != 0 ||
	    e->image[EI_CLASS] != ELFCLASS64 ||
	    e->image[EI_DATA] != (e->big ? ELFDATA2MSB : ELFDATA2LSB))
		return 0;
	first = u64(e, offsetof(Elf64_Ehdr, e_phoff));
	count = u16(e, offsetof(Elf64_Ehdr, e_phnum));
	if (first > e->size || count > (e->size - first) / entry)
		return 0;
	for (size_t i = first; i < first + count * entry; i += entry) {
		uint64_t offset = u64(e, i + offsetof(Elf64_Phdr, p_offset));

		if (u32(e, i + offsetof(Elf64_Phdr, p_type)) == PT_LOAD && at >= offset &&
		    at - offset < u64(e, i + offsetof(Elf64_Phdr, p_filesz)))
			return u64(e, i + offsetof(Elf64_Phdr, p_vaddr)) + (at - offset);
	}
	return 0;
}

static bool try_place(struct embedded *e, size_t offsets)
{
	if (offsets + 4ULL * e->count > e->size)
		return false;
	e->offsets = offsets;
	e->base = loaded(e, offsets);
	e->step = 4;
	e->absolute = false;
	return e->base && ascend(e);
}

static bool find_offsets(struct embedded *e)
{
	size_t behind = up(e, e->index + sizeof(uint16_t) * TOKENS), in_front;

	return try_base(e, behind, up(e, behind + 4ULL * e->count)) ||
	       (before(e, e->number, 8 + 4ULL * e->count, &in_front) &&
		try_base(e, in_front, e->number - 8)) ||
	       try_place(e, behind);
}

/* --- rows ------------------------------------------------------------------------------------- */

/* Expands a name with its type in front; returns the length, or 0. */
static size_t expand(const struct embedded *e, size_t at, size_t tokens, char text[NAME_MOST])
{
	size_t used = 0;

	for (size_t i = 0; i < tokens; i++) {
		unsigned char number = (unsigned char)e->image[at + i];
		const char *token = e->image + e->tokens + u16(e, e->index + 2 * number);
		size_t len = strlen(token);

		if (len >= NAME_MOST - used)
			return 0;
		memcpy(text + used, token, len);
		used += len;
	}
	return used;
}

static int next(struct ksyms_source *source, struct ksyms_row rows[KSYMS_BATCH], size_t *count,
		struct kvet_cause *err)
{
	struct embedded *e = (struct embedded *)source;

	(void)err;
	for (*count = 0; *count < KSYMS_BATCH && e->next < e->count; e->next++) {
		size_t tokens = name_length(e, &e->at, e->markers);
		char *text = e->text[*count];
		size_t len = expand(e, e->at, tokens, text);

		e->at += tokens;
		if (len < 2)
			continue;
		rows[(*count)++] = (struct ksyms_row){
			.address = address(e, e->next),
			.name = text + 1,
			.name_len = len - 1,
			.type = text[0],
		};
	}
	return 0;
}

static void embedded_close(struct ksyms_source *source)
{
	struct embedded *e = (struct embedded *)source;

	free(e->image);
	free(e);
}

static bool find_tables(struct embedded *e)
{
	static const char digits[] = "0\0001\0002\0003\0004\0005\0006\0007\0008\0009";
	const char *at = e->image;

	while ((at = memmem(at, e->size - (size_t)(at - e->image), digits, sizeof(digits)))) {
		for (int way = 0; way < 4; way++) {
			e->align = way & 1 ? 4 : 8;
			e->big = way & 2;
			if (find_index(e, (size_t)(at - e->image)) && find_names(e) &&
			    find_offsets(e))
				return true;
		}
		at++;
	}
	return false;
}

int kvet_ksyms_embedded_open(struct ksyms_source **source, char *image, size_t size)
{
	struct embedded *e = malloc(sizeof(*e));

	if (!e)
		return -ENOMEM;
	e->source = (struct ksyms_source){ .next = next, .close = embedded_close };
	e->image = image;
	e->size = size;
	if (!find_tables(e)) {
		free(e);
		return -ENODATA;
	}
	e->source.expected = e->count;
	e->next = 0;
	e->at = e->names;
	*source = &e->source;
	return 0;
}
