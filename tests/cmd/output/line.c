/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Lines of text that are copied through: to a file as they are, to a terminal harmless. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/output/output.h"

static const struct field fields[] = {
	{ "line", FIELD_LINE, "text", 0 },
	{ "more", FIELD_INTEGER, "not in text", 0 },
};
static const struct schema schema = SCHEMA("line", fields);

/* Writes the lines of bytes, the last of which may be open; the caller frees *written. */
static size_t write_lines(const struct output_options *options, const char *bytes, size_t size,
			  char **written)
{
	size_t len;
	FILE *stream = open_memstream(written, &len);
	struct output *output = output_new(stream, options, "test lines");

	while (size) {
		const char *newline = memchr(bytes, '\n', size);
		size_t line = newline ? (size_t)(newline - bytes) : size;
		struct value values[] = { value_line(bytes, line, !newline), value_integer(3) };

		output_record(output, &schema, values);
		line += newline != NULL;
		bytes += line;
		size -= line;
	}
	ck_assert_int_eq(output_close(output, "yes"), 0);
	output_free(output);
	fclose(stream);
	return len;
}

START_TEST(a_file_gets_the_bytes_that_came)
{
	const struct output_options options = { .format = OUTPUT_TEXT };
	char bytes[400], *written;

	for (unsigned int seed = 1; seed <= 200; seed++) {
		srand(seed);
		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = rand() % 8 ? (char)rand() : "\0\n\r\033"[rand() % 4];
		ck_assert_uint_eq(write_lines(&options, bytes, sizeof(bytes), &written),
				  sizeof(bytes));
		ck_assert_mem_eq(written, bytes, sizeof(bytes));
		free(written);
	}
}
END_TEST

static void shows(bool color, const char *bytes, size_t size, const char *expected)
{
	const struct output_options options = { .format = OUTPUT_TEXT,
						.terminal = true,
						.color = color };
	char *written;
	size_t len = write_lines(&options, bytes, size, &written);

	ck_assert_uint_eq(len, strlen(expected));
	ck_assert_str_eq(written, expected);
	free(written);
}

#define SHOWS(color, bytes, expected) shows(color, bytes, sizeof(bytes) - 1, expected)

START_TEST(a_terminal_gets_no_control_bytes_but_tabs_and_line_breaks)
{
	SHOWS(true, "\ta\x1b[2J\tb\n\n", "\ta\\x1b[2J\tb\n\n");
	SHOWS(true, "a\0b\n", "a\\x00b\n");
	SHOWS(true, "dos\r\nover\rwritten\n", "dos\r\nover\\x0dwritten\n");
	SHOWS(true, "no end", "no end");
	SHOWS(true, "\xff\x80\n", "\\xff\\x80\n");
}
END_TEST

START_TEST(a_terminal_gets_colours_that_hide_nothing_and_they_end_with_the_line)
{
	SHOWS(true, "\x1b[31mred\x1b[0m\n", "\x1b[31mred\x1b[0m\x1b[0m\n");
	SHOWS(true, "\x1b[01;31m\x1b[Kgrep\x1b[m\x1b[K\n",
	      "\x1b[01;31m\x1b[Kgrep\x1b[m\x1b[K\x1b[0m\n");
	SHOWS(false, "\x1b[31mred\n", "\\x1b[31mred\n");
	/* Hidden, black, white, a background, a colour of 256, a cursor that moves. */
	SHOWS(true, "\x1b[8mx\n", "\\x1b[8mx\n");
	SHOWS(true, "\x1b[30mx\n", "\\x1b[30mx\n");
	SHOWS(true, "\x1b[97mx\n", "\\x1b[97mx\n");
	SHOWS(true, "\x1b[37mx\n", "\\x1b[37mx\n");
	SHOWS(true, "\x1b[90mx\n", "\\x1b[90mx\n");
	SHOWS(true, "\x1b[91mx\n", "\x1b[91mx\x1b[0m\n");
	SHOWS(true, "\x1b[96mx\n", "\x1b[96mx\x1b[0m\n");
	SHOWS(true, "\x1b[31;41mx\n", "\\x1b[31;41mx\n");
	SHOWS(true, "\x1b[38;5;1mx\n", "\\x1b[38;5;1mx\n");
	SHOWS(true, "\x1b[1A\x1b[2Kx\n", "\\x1b[1A\\x1b[2Kx\n");
	SHOWS(true, "\x1b[31", "\\x1b[31");
	SHOWS(true, "\x1b[0000031mx\n", "\\x1b[0000031mx\n");
}
END_TEST

START_TEST(json_has_the_line_with_its_nul_bytes_and_no_line_break)
{
	const struct output_options options = { .format = OUTPUT_JSONL };
	char *written;

	write_lines(&options, "a\0b\xff\n", 5, &written);
	ck_assert_ptr_nonnull(strstr(written, "\"line\":\"a\\u0000b\xef\xbf\xbd\""));
	free(written);
	write_lines(&options, "\n", 1, &written);
	ck_assert_ptr_nonnull(strstr(written, "\"line\":\"\""));
	free(written);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("output line");
	TCase *tc = tcase_create("line");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, a_file_gets_the_bytes_that_came);
	tcase_add_test(tc, a_terminal_gets_no_control_bytes_but_tabs_and_line_breaks);
	tcase_add_test(tc, a_terminal_gets_colours_that_hide_nothing_and_they_end_with_the_line);
	tcase_add_test(tc, json_has_the_line_with_its_nul_bytes_and_no_line_break);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
