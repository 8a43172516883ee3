/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which SYM+OFF/SIZE the kernel prints for a symbol, in tables with sizes and without. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "ksyms/table.h"

struct rows {
	struct ksyms_source source; /* first: the one is cast to the other */
	const struct ksyms_row *rows;
	size_t count;
};

static int next(struct ksyms_source *source, struct ksyms_row rows[KSYMS_BATCH], size_t *count,
		struct kvet_cause *err)
{
	struct rows *all = (struct rows *)source;

	(void)err;
	*count = all->count;
	memcpy(rows, all->rows, all->count * sizeof(*rows));
	all->count = 0;
	return 0;
}

/* of: "" is the kernel proper. */
#define ROW(at, letter, symbol, of, bytes)                                              \
	{                                                                               \
		.address = (at), .type = (letter), .name = (symbol),                    \
		.name_len = sizeof(symbol) - 1, .module = sizeof(of) > 1 ? (of) : NULL, \
		.module_len = sizeof(of) - 1, .size = (bytes),                          \
	}

static struct kvet_ksyms *build(const struct ksyms_row *rows, size_t count, bool sizes)
{
	struct rows source = { .source = { .next = next, .sizes = sizes },
			       .rows = rows,
			       .count = count };
	struct kvet_ksyms *table = NULL;

	ck_assert_int_eq(kvet_ksyms_build(&table, &source.source, NULL), 0);
	return table;
}

/* The tables: what kallsyms says, what an ELF file says, and programs with a module between them.
 */
static const struct ksyms_row kallsyms[] = {
	ROW(0xffffffff81000000, 't', "f", "", 0),
	ROW(0xffffffff81000040, 't', "g", "", 0),
	ROW(0x1000, 'A', "absolute", "", 0),
	ROW(0xffffffffc0000e00, 't', "last", "m", 0),
	ROW(0xffffffffc0003010, 'd', "data", "m", 0),
	ROW(0xffffffffc0100000, 't', "bpf_prog_1_x", "bpf", 0),
	ROW(0xffffffffc0100800, 't', "bpf_prog_2_x", "bpf", 0),
};
static const struct ksyms_row sized[] = {
	ROW(0xffffffff81000000, 't', "one", "", 5),
	ROW(0xffffffff81000010, 't', "two", "", 16),
};
static const struct ksyms_row programs[] = {
	ROW(0xffffffffc0100000, 't', "bpf_prog_1_x", "bpf", 0),
	ROW(0xffffffffc0100800, 't', "f", "m", 0),
	ROW(0xffffffffc0100900, 't', "bpf_prog_2_x", "bpf", 0),
};

enum source {
	KALLSYMS,
	SIZED,
	PROGRAMS,
	SOURCE_COUNT
};

static const struct {
	const struct ksyms_row *rows;
	size_t count;
	bool sizes;
} sources[SOURCE_COUNT] = {
	[KALLSYMS] = { kallsyms, sizeof(kallsyms) / sizeof(*kallsyms), false },
	[SIZED] = { sized, sizeof(sized) / sizeof(*sized), true },
	[PROGRAMS] = { programs, sizeof(programs) / sizeof(*programs), false },
};

#define NO_SIZE ((uint64_t)-1)

static const struct {
	enum source source;
	uint32_t row;
	uint64_t offset, size; /* NO_SIZE: none is printed */
	bool agrees;
} frames[] = {
	/* 0: in the kernel proper, 0x40 to the next */
	{ KALLSYMS, 0, 0, 0x40, true },
	{ KALLSYMS, 0, 0x3f, 0x40, true },
	{ KALLSYMS, 0, 0x40, 0x40, true }, /* %pB */
	{ KALLSYMS, 0, 0x41, 0x40, false },
	{ KALLSYMS, 0, 0, 0x3f, false },
	{ KALLSYMS, 0, 0, 0x80, false },
	{ KALLSYMS, 0, 0x3f, NO_SIZE, true },
	{ KALLSYMS, 0, 0x40, NO_SIZE, false },
	/* 2: absolute */
	{ KALLSYMS, 2, 0, NO_SIZE, true },
	{ KALLSYMS, 2, 1, NO_SIZE, false },
	{ KALLSYMS, 2, 0, 0x1000, false },
	/* 3: the last function of a module, with data after its text */
	{ KALLSYMS, 3, 0x10, 0x200, true },
	{ KALLSYMS, 3, 0x10, 0x1200, true },
	{ KALLSYMS, 3, 0x10, 0x1100, false },
	{ KALLSYMS, 3, 0x10, 0x2210, true },
	{ KALLSYMS, 3, 0x10, 0x3200, false }, /* after the data */
	{ KALLSYMS, 3, 0x300, 0x200, true },  /* no symbol of its own there */
	{ KALLSYMS, 3, 0x2300, 0x200, false },
	/* 4: the data; the text ends 0x10 before or pages before */
	{ KALLSYMS, 4, 0x4, (uint64_t)-0x10, true },
	{ KALLSYMS, 4, 0x4, (uint64_t)-0x1010, true },
	{ KALLSYMS, 4, 0x4, (uint64_t)-0x14, false },
	/* 5: a BPF program */
	{ KALLSYMS, 5, 0x4, 0xcd, true },
	{ KALLSYMS, 5, 0xcd, 0xcd, true },
	{ KALLSYMS, 5, 0xce, 0xcd, false },
	{ KALLSYMS, 5, 0x4, 0x800, true },
	{ KALLSYMS, 5, 0x4, 0x801, false },
	{ KALLSYMS, 5, 0x4, 0, false },
	/* Both the true size and the extent, which is the kernel's SIZE, agree; an address in the
	 * padding is in no function. */
	{ SIZED, 0, 1, 5, true },
	{ SIZED, 0, 1, 16, true },
	{ SIZED, 0, 1, 6, false },
	{ SIZED, 0, 4, NO_SIZE, true },
	{ SIZED, 0, 5, NO_SIZE, false },
	/* A BPF program ends before the next symbol, whose ever that is. */
	{ PROGRAMS, 0, 4, 0x800, true },
	{ PROGRAMS, 0, 4, 0x801, false },
	{ PROGRAMS, 0, 4, 0x900, false },
};

START_TEST(sizes_are_what_the_kernel_prints)
{
	enum source source = frames[_i].source;
	bool has_size = frames[_i].size != NO_SIZE;
	struct kvet_ksyms *table =
		build(sources[source].rows, sources[source].count, sources[source].sizes);

	ck_assert_int_eq(kvet_ksyms_printed(table, frames[_i].row, frames[_i].offset, has_size,
					    has_size ? frames[_i].size : 0),
			 frames[_i].agrees);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(an_address_in_the_padding_is_in_no_function)
{
	struct kvet_ksyms *table = build(sized, 2, true);

	ck_assert_uint_eq(kvet_ksyms_containing(table, 0xffffffff81000004).count, 1);
	ck_assert_uint_eq(kvet_ksyms_containing(table, 0xffffffff81000005).count, 0);
	kvet_ksyms_free(table);
}
END_TEST

/* Which rows have their distance from _text, and which do not: one of each kind. */
START_TEST(what_moves_with_the_kernel_has_its_distance_from_text)
{
	static const struct ksyms_row rows[] = {
		ROW(0xffffffff81000000, 'T', "_text", "", 0),
		ROW(0xffffffff81000040, 't', "f", "", 0),
		ROW(0x1000, 'A', "absolute", "", 0),
		ROW(0xffffffffc0000000, 't', "g", "m", 0),
		ROW(0xffffffffc0000100, 'T', "_text", "m", 0),
	};
	static const bool relative[] = { true, true, false, false, false };
	struct kvet_ksyms *table = build(rows, 5, false);

	for (uint32_t row = 0; row < 5; row++)
		ck_assert_int_eq(kvet_ksyms_row(table, row).has_relative, relative[row]);
	ck_assert_int_eq(kvet_ksyms_row(table, 1).relative, 0x40);
	kvet_ksyms_free(table);
}
END_TEST

/* An absolute symbol reaches nothing, and is at its own address. */
START_TEST(what_contains_an_address_and_what_is_at_it)
{
	static const struct ksyms_row rows[] = {
		ROW(0x1000, 'A', "absolute", "", 0),
		ROW(0xffffffff81000000, 't', "f", "", 0),
		ROW(0xffffffff81000040, 't', "g", "", 0),
	};
	struct kvet_ksyms *table = build(rows, 3, false);

	ck_assert_uint_eq(kvet_ksyms_containing(table, 0x1000).count, 0);
	ck_assert_uint_eq(kvet_ksyms_around(table, 0x1000).count, 1);
	ck_assert_uint_eq(kvet_ksyms_around(table, 0x1001).count, 0);
	ck_assert_uint_eq(kvet_ksyms_containing(table, 0xfff).count, 0);
	ck_assert_uint_eq(*kvet_ksyms_containing(table, 0xffffffff8100003f).rows, 1);
	ck_assert_uint_eq(*kvet_ksyms_containing(table, 0xffffffff81000040).rows, 2);
	/* The last one ends with its page. */
	ck_assert_uint_eq(kvet_ksyms_containing(table, 0xffffffff81000fff).count, 1);
	ck_assert_uint_eq(kvet_ksyms_containing(table, 0xffffffff81001000).count, 0);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(no_symbol_fills_4_gib)
{
	static const struct ksyms_row rows[] = {
		ROW(0xffff800010000010, 't', "f", "", 0),
		ROW(0xffff800110000020, 't', "g", "", 0),
	};
	struct kvet_ksyms *table = build(rows, 2, false);

	ck_assert_uint_eq(kvet_ksyms_row(table, 0).extent, 0xff0);
	ck_assert_uint_eq(kvet_ksyms_containing(table, 0xffff800010000fff).count, 1);
	ck_assert_uint_eq(kvet_ksyms_containing(table, 0xffff800010001000).count, 0);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(marks_of_assemblers_end_nothing_and_contain_nothing)
{
	static const struct ksyms_row rows[] = {
		ROW(0xffff800080000000, 't', "f", "", 0),
		ROW(0xffff800080000010, 't', "$d.1", "", 0),
		ROW(0xffff800080000020, 't', ".LC1", "", 0),
		ROW(0xffff80007a000000, 't', "f", "m", 0),
		ROW(0xffff80007a000010, 'r', ".LC1", "m", 0),
		ROW(0xffff80007a000018, 'r', "L0\001x", "m", 0),
		ROW(0xffff80007a000040, 't', "g", "m", 0),
	};
	struct kvet_ksyms *table = build(rows, sizeof(rows) / sizeof(*rows), false);
	struct kvet_ksyms_range range = kvet_ksyms_containing(table, 0xffff800080000011);

	/* In the kernel's own table, ".LC1" is what the kernel finds. */
	ck_assert_uint_eq(kvet_ksyms_row(table, 0).extent, 0x20);
	ck_assert_uint_eq(range.count, 1);
	ck_assert_uint_eq(*range.rows, 0);
	ck_assert_uint_eq(kvet_ksyms_row(table, 1).extent, 0);
	ck_assert_uint_eq(kvet_ksyms_row(table, 3).extent, 0x40);
	range = kvet_ksyms_containing(table, 0xffff80007a000019);
	ck_assert_uint_eq(range.count, 1);
	ck_assert_uint_eq(*range.rows, 3);
	ck_assert(kvet_ksyms_printed(table, 3, 0x18, true, 0x40));
	kvet_ksyms_free(table);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ksyms printed");
	TCase *tc = tcase_create("printed");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, sizes_are_what_the_kernel_prints, 0,
			    sizeof(frames) / sizeof(*frames));
	tcase_add_test(tc, an_address_in_the_padding_is_in_no_function);
	tcase_add_test(tc, what_moves_with_the_kernel_has_its_distance_from_text);
	tcase_add_test(tc, what_contains_an_address_and_what_is_at_it);
	tcase_add_test(tc, no_symbol_fills_4_gib);
	tcase_add_test(tc, marks_of_assemblers_end_nothing_and_contain_nothing);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
