/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which symbols the numbers of a log can point into, on tables of all kinds. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "ksyms/areas.h"

static struct kvet_ksyms *parse(const char *text)
{
	FILE *stream = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	struct kvet_ksyms *table = NULL;

	ck_assert_int_eq(kvet_ksyms_parse(&table, stream, "test", NULL), 0);
	fclose(stream);
	return table;
}

/* In each table the symbols whose names begin with "in" are in its areas, and no others. */
static const char *const tables[] = {
	/* x86-64 in System.map: per-CPU variables from 0 up */
	"0000000000000000 D __per_cpu_start\n0000000000012345 D out_per_cpu\n"
	"0000000000034000 D __per_cpu_end\n0000000001000000 A out_absolute\n"
	"ffffffff80000000 d out_below\nffffffff81000000 T in_text\nffffffff81000100 t in_function\n"
	"ffffffff82000000 D in_data\nffffffff82c00000 t in_init\nffffffff83000000 B _end\n"
	"ffffffff83200000 d out_scratch\n",
	/* the same, running: they are absolute, and there are modules and BPF */
	"0000000000000000 A out_percpu\n0000000000012345 A out_other\nffffffff9e000000 T in_text\n"
	"ffffffffc0000000 t in_module\t[ext4]\nffffffffc0100000 t in_prog\t[bpf]\n"
	"ffffffffc0200000 t in_trampoline\t[__builtin__ftrace]\nffffffffc0300000 d "
	"in_data\t[ext4]\n",
	/* Linux 6.15, arm64: the template stands in the image, and nobody uses it */
	"ffffffff81000000 T in_text\nffffffff82a00000 D __per_cpu_start\n"
	"ffffffff82a01000 d out_per_cpu\nffffffff82a30000 D __per_cpu_end\n"
	"ffffffff82a31000 t in_init\n",
	/* arm64: modules below the kernel */
	"ffff80007a000000 t in_module\t[m]\nffff800080000000 T in_text\n",
	/* 32-bit Arm: vectors in the first pages */
	"00000000 t out_vectors\n00000024 A out_size\n00001004 t out_vector\nbf000000 t "
	"in_module\t[m]\n"
	"c0004000 A out_swapper\nc0008000 T in_text\nc0100000 t in_function\n",
	/* s390: the text begins at 0 */
	"0000000000000000 T out_text\n0000000000000100 t out_low\n0000000000100000 T in_startup\n"
	"0000000000123400 t in_function\n",
	/* no _text at all, and weak functions first */
	"ffff800080000000 W in_weak\nffff800080000100 V in_object\nffff800080000200 t "
	"in_function\n",
	/* nothing but data */
	"ffffffff82000000 D out_data\nffffffffc0000000 d in_module\t[m]\n",
};

START_TEST(areas_are_those_of_the_kind_of_table)
{
	struct kvet_ksyms *table = parse(tables[_i]);
	struct ksyms_areas areas;
	size_t named = 0;

	kvet_ksyms_areas(table, &areas);
	for (uint32_t row = 0; row < kvet_ksyms_count(table); row++) {
		const char *name = kvet_ksyms_row(table, row).name;
		bool in = kvet_ksyms_in_areas(table, &areas, row);

		if (*name == '_')
			continue;
		ck_assert_msg(in == !strncmp(name, "in_", 3), "%s is %s", name, in ? "in" : "out");
		ck_assert(!in || kvet_ksyms_row(table, row).address >= areas.lowest);
		named++;
	}
	ck_assert_uint_ge(named, 2);
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(where_addresses_are_hidden_there_is_no_area)
{
	struct kvet_ksyms *table = parse("0 T _text\n0 t f\n0 t g\t[m]\n");
	struct ksyms_areas areas;

	kvet_ksyms_areas(table, &areas);
	for (uint32_t row = 0; row < 3; row++)
		ck_assert(!kvet_ksyms_in_areas(table, &areas, row));
	kvet_ksyms_free(table);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ksyms areas");
	TCase *tc = tcase_create("areas");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, areas_are_those_of_the_kind_of_table, 0,
			    sizeof(tables) / sizeof(*tables));
	tcase_add_test(tc, where_addresses_are_hidden_there_is_no_area);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
