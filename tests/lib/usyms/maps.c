/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "usyms/maps.h"

static const struct {
	const char *line;
	bool parsed, executable;
	uint64_t start, end, offset, inode;
	const char *name;
} lines[] = {
	{ "55d0c8a00000-55d0c8a02000 r-xp 00002000 fe:01 1234                       /usr/bin/cat\n",
	  true, true, 0x55d0c8a00000, 0x55d0c8a02000, 0x2000, 1234, "/usr/bin/cat" },
	{ "7f00-7f10 r--p 00000000 00:19 7 /a b (deleted)\n", true, false, 0x7f00, 0x7f10, 0, 7,
	  "/a b" },
	{ "7f00-7f10 r-xs 00000000 00:19 7 /deleted\n", true, true, 0x7f00, 0x7f10, 0, 7,
	  "/deleted" },
	{ "7ffd0-7ffd2 r-xp 00000000 00:00 0                          [vdso]\n", true, true,
	  0x7ffd0, 0x7ffd2, 0, 0, "[vdso]" },
	{ "7ffd0-7ffd2 rwxp 00000000 00:00 0 \n", true, true, 0x7ffd0, 0x7ffd2, 0, 0, "" },
	{ "7ffd0-7ffd2 rwxp 00000000 00:00 0", true, true, 0x7ffd0, 0x7ffd2, 0, 0, "" },
	{ "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0  [vsyscall]\n", true, true,
	  0xffffffffff600000, 0xffffffffff601000, 0, 0, "[vsyscall]" },
	{ "7ffd2-7ffd0 rwxp 00000000 00:00 0 \n", false, false, 0, 0, 0, 0, "" },
	{ "7ffd0-7ffd0 rwxp 00000000 00:00 0 \n", false, false, 0, 0, 0, 0, "" },
	{ "7ffd0-7ffd2 rw 00000000 00:00 0 \n", false, false, 0, 0, 0, 0, "" },
	{ "Size:                  8 kB\n", false, false, 0, 0, 0, 0, "" },
	{ "\n", false, false, 0, 0, 0, 0, "" },
	{ "", false, false, 0, 0, 0, 0, "" },
};

START_TEST(a_line_gives_its_mapping)
{
	struct usyms_mapping mapping;

	ck_assert_int_eq(kvet_usyms_mapping_parse(lines[_i].line, &mapping), lines[_i].parsed);
	if (!lines[_i].parsed)
		return;
	ck_assert_uint_eq(mapping.start, lines[_i].start);
	ck_assert_uint_eq(mapping.end, lines[_i].end);
	ck_assert_uint_eq(mapping.offset, lines[_i].offset);
	ck_assert_uint_eq(mapping.inode, lines[_i].inode);
	ck_assert_int_eq(mapping.executable, lines[_i].executable);
	ck_assert_int_eq(mapping.name_len, (int)strlen(lines[_i].name));
	ck_assert_mem_eq(mapping.name, lines[_i].name, strlen(lines[_i].name));
}
END_TEST

START_TEST(a_device_is_hexadecimal)
{
	struct usyms_mapping mapping;

	ck_assert(kvet_usyms_mapping_parse("7f00-7f10 r-xp 0 fe:1b 7 /a\n", &mapping));
	ck_assert_uint_eq(mapping.major, 0xfe);
	ck_assert_uint_eq(mapping.minor, 0x1b);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("usyms/maps");
	TCase *tests = tcase_create("maps");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, a_line_gives_its_mapping, 0, sizeof(lines) / sizeof(*lines));
	tcase_add_test(tests, a_device_is_hexadecimal);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
