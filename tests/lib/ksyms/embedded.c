/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Tables as scripts/kallsyms has written them over the years, made here, and found again. */
#include <check.h>
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ksyms/embedded.h"

#define COUNT 3000
#define ROOM  (1U << 20)
#define START 0x1000 /* of the tables in the image */
#define BASE  0xffffffff81000000ULL

struct layout {
	const char *name;
	size_t align;
	bool front; /* offsets come before all else */
	bool seqs;
	bool absolute;
	bool place; /* offsets from where they stand */
	bool big;   /* the most significant byte is the first */
};

static const struct layout layouts[] = {
	{ .name = "5.10", .align = 8, .front = true, .absolute = true },
	{ .name = "6.2", .align = 8, .front = true, .seqs = true, .absolute = true },
	{ .name = "6.12", .align = 8, .absolute = true },
	{ .name = "6.18", .align = 8 },
	{ .name = "7.3", .align = 4, .place = true },
	{ .name = "5.10, big-endian", .align = 8, .front = true, .big = true },
	{ .name = "7.3, big-endian", .align = 4, .place = true, .big = true },
};

#define LAYOUTS ((int)(sizeof(layouts) / sizeof(*layouts)))

static char *image;
static size_t used;

static void put(const void *bytes, size_t size)
{
	memcpy(image + used, bytes, size);
	used += size;
}

static void align(const struct layout *layout)
{
	used = (used + layout->align - 1) / layout->align * layout->align;
}

/* The last bytes of the number, in the layout's order. */
static void put_number(const struct layout *layout, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		image[used++] = (char)(value >> 8 * (layout->big ? size - 1 - i : i));
}

static void put_numbers(const struct layout *layout, const uint32_t *values, size_t count,
			size_t size)
{
	for (size_t i = 0; i < count; i++)
		put_number(layout, values[i], size);
}

/* Symbol n: those of a CPU's own area first, then functions; one name is a long one. */
static uint64_t address_of(const struct layout *layout, unsigned int n)
{
	return layout->absolute && n < 10 ? n * 8 : BASE + n / 2 * 16;
}

static void name_of(unsigned int n, char name[400])
{
	if (n == 100)
		sprintf(name, "%c%0300u", 'd', n);
	else
		sprintf(name, "%cvfs_read_%u", "tTdA"[n % 4], n);
}

/* Every byte is a token of its own, but for two that no name has. */
static const char *token(unsigned int number, char text[2])
{
	if (number == 1)
		return "vfs_";
	if (number == 2)
		return "read_";
	text[0] = (char)number;
	text[1] = '\0';
	/* A token is never empty. */
	return number ? text : "~";
}

static void put_name(const char *name)
{
	unsigned char tokens[400];
	size_t count = 0;

	while (*name) {
		if (!strncmp(name, "vfs_", 4)) {
			tokens[count++] = 1;
			name += 4;
		} else if (!strncmp(name, "read_", 5)) {
			tokens[count++] = 2;
			name += 5;
		} else {
			tokens[count++] = (unsigned char)*name++;
		}
	}
	if (count >= 0x80) {
		unsigned char len[2] = { (unsigned char)(0x80 | (count & 0x7f)),
					 (unsigned char)(count >> 7) };

		put(len, 2);
	} else {
		put(&(unsigned char){ (unsigned char)count }, 1);
	}
	put(tokens, count);
}

static void put_offsets(const struct layout *layout)
{
	uint64_t base = BASE;
	size_t start;

	align(layout);
	start = used;
	for (unsigned int n = 0; n < COUNT; n++) {
		uint64_t address = address_of(layout, n);

		/* The image is loaded to BASE. */
		if (layout->place)
			put_number(layout, address - (BASE + start + 4 * n), 4);
		else if (layout->absolute)
			put_number(layout, n < 10 ? address : base - 1 - address, 4);
		else
			put_number(layout, address - base, 4);
	}
	align(layout);
	if (!layout->place)
		put_number(layout, base, 8);
}

static void put_tokens(const struct layout *layout)
{
	uint32_t index[256];
	size_t start;
	char text[2];

	align(layout);
	start = used;
	for (unsigned int i = 0; i < 256; i++) {
		index[i] = (uint32_t)(used - start);
		put(token(i, text), strlen(token(i, text)) + 1);
	}
	align(layout);
	put_numbers(layout, index, 256, 2);
}

static void put_names(const struct layout *layout)
{
	uint32_t markers[COUNT / 256 + 1];
	size_t start;

	align(layout);
	put_number(layout, COUNT, 4);
	align(layout);
	start = used;
	for (unsigned int n = 0; n < COUNT; n++) {
		char name[400];

		if (n % 256 == 0)
			markers[n / 256] = (uint32_t)(used - start);
		name_of(n, name);
		put_name(name);
	}
	align(layout);
	put_numbers(layout, markers, COUNT / 256 + 1, 4);
	if (!layout->seqs)
		return;
	align(layout);
	for (unsigned int n = 0; n < 3 * COUNT; n++)
		put(&(unsigned char){ (unsigned char)n }, 1);
}

/* An ELF file of one segment, as far as it is read. */
static void put_file(const struct layout *layout)
{
	const unsigned char ident[] = { 0x7f, 'E',        'L',
					'F',  ELFCLASS64, layout->big ? ELFDATA2MSB : ELFDATA2LSB };

	put(ident, sizeof(ident));
	used = offsetof(Elf64_Ehdr, e_phoff);
	put_number(layout, sizeof(Elf64_Ehdr), 8);
	used = offsetof(Elf64_Ehdr, e_phnum);
	put_number(layout, 1, 2);
	used = sizeof(Elf64_Ehdr) + offsetof(Elf64_Phdr, p_type);
	put_number(layout, PT_LOAD, 4);
	used = sizeof(Elf64_Ehdr) + offsetof(Elf64_Phdr, p_vaddr);
	put_number(layout, BASE, 8);
	used = sizeof(Elf64_Ehdr) + offsetof(Elf64_Phdr, p_filesz);
	put_number(layout, ROOM, 8);
}

static void make(const struct layout *layout)
{
	image = calloc(1, ROOM);
	put_file(layout);
	used = START;
	if (layout->front)
		put_offsets(layout);
	put_names(layout);
	put_tokens(layout);
	if (!layout->front)
		put_offsets(layout);
	put("what follows", 12);
}

/* How many rows there are, each of which must be right. */
static unsigned int check(struct ksyms_source *source, const struct layout *layout)
{
	static struct ksyms_row rows[KSYMS_BATCH];
	unsigned int n = 0;
	size_t count = 1;

	while (count) {
		ck_assert_int_eq(source->next(source, rows, &count, NULL), 0);
		for (size_t i = 0; i < count; i++, n++) {
			char name[400];

			name_of(n, name);
			ck_assert_int_eq(rows[i].type, name[0]);
			ck_assert_uint_eq(rows[i].name_len, strlen(name) - 1);
			ck_assert_mem_eq(rows[i].name, name + 1, rows[i].name_len);
			ck_assert_msg(rows[i].address == address_of(layout, n), "%s: %u: %" PRIx64,
				      layout->name, n, rows[i].address);
		}
	}
	return n;
}

START_TEST(each_order_is_found)
{
	struct ksyms_source *source;

	make(&layouts[_i]);
	ck_assert_int_eq(kvet_ksyms_embedded_open(&source, image, ROOM), 0);
	ck_assert_uint_eq(check(source, &layouts[_i]), COUNT);
	ksyms_source_free(source);
}
END_TEST

START_TEST(what_is_cut_is_not_believed)
{
	struct ksyms_source *source;

	make(&layouts[_i]);
	for (size_t cut = 0; cut < used - 12; cut += 997)
		ck_assert_int_eq(kvet_ksyms_embedded_open(&source, image, cut), -ENODATA);
	free(image);
}
END_TEST

/* A byte of the names, the markers or the tokens' index that is another: then they disagree. A
 * letter of a token may be any. */
START_TEST(what_is_damaged_is_not_believed_or_read_to_its_end)
{
	static struct ksyms_row rows[KSYMS_BATCH];

	make(&layouts[_i]);
	for (size_t at = START; at < used - 12; at += 331) {
		struct ksyms_source *source;
		char *copy = malloc(ROOM);
		size_t count = 1;

		memcpy(copy, image, ROOM);
		copy[at] ^= 0x41;
		if (kvet_ksyms_embedded_open(&source, copy, ROOM)) {
			free(copy);
			continue;
		}
		while (count)
			ck_assert_int_eq(source->next(source, rows, &count, NULL), 0);
		ksyms_source_free(source);
	}
	free(image);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ksyms embedded");
	TCase *tc = tcase_create("embedded");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, each_order_is_found, 0, LAYOUTS);
	tcase_add_loop_test(tc, what_is_cut_is_not_believed, 0, LAYOUTS);
	tcase_add_loop_test(tc, what_is_damaged_is_not_believed_or_read_to_its_end, 0, LAYOUTS);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
