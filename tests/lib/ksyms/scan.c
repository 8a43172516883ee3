/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The scanner against a slow, obvious reader of the same text, wherever its chunks end. */
#include <check.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ksyms/scan.h"
#include "ksyms/table.h"

struct input {
	const char *text;
	size_t size, used, step;
	size_t first; /* size of the first read; 0: as all others */
};

static ssize_t read_some(void *ctx, char *buf, size_t size)
{
	struct input *input = ctx;
	size_t rest = input->size - input->used, step = input->step;

	if (!input->used && input->first)
		step = input->first;
	size = size < step ? size : step;
	size = size < rest ? size : rest;
	memcpy(buf, input->text + input->used, size);
	input->used += size;
	return (ssize_t)size;
}

static struct kvet_ksyms *build(struct input *input)
{
	struct ksyms_bytes bytes = { .read = read_some, .ctx = input };
	struct ksyms_source *source;
	struct kvet_ksyms *table = NULL;
	struct kvet_cause err = { 0 };

	ck_assert_int_eq(kvet_ksyms_scan_open(&source, &bytes, "text", NULL, 0, &err), 0);
	ck_assert_msg(kvet_ksyms_build(&table, source, &err) == 0, "%s", err.evidence);
	ksyms_source_free(source);
	return table;
}

/* Whether the line has a symbol. */
static bool has_symbol(const char *line)
{
	line += strspn(line, " ");
	return *line != '\n' && *line != '#' && strncmp(line, "U ", 2) != 0;
}

/* The reference: sscanf(3), a line at a time. */
static void agrees(const struct kvet_ksyms *table, const char *text)
{
	char name[600], module[64], type;
	uint64_t address;
	uint32_t row = 0;

	for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
		struct kvet_symbol symbol;
		int len = 0;

		if (!has_symbol(line))
			continue;
		symbol = kvet_ksyms_row(table, row++);
		ck_assert_int_eq(
			sscanf(line, "%" SCNx64 " %c %599s%n", &address, &type, name, &len), 3);
		ck_assert_uint_eq(symbol.address, address);
		ck_assert_int_eq(symbol.type, type);
		ck_assert_str_eq(symbol.name, name);
		if (line[len] == '\n') {
			ck_assert_ptr_null(symbol.module);
			continue;
		}
		ck_assert_int_eq(sscanf(line + len, " [%63[^]]", module), 1);
		ck_assert_str_eq(symbol.module, module);
	}
	ck_assert_uint_eq(kvet_ksyms_count(table), row);
}

static const char sample[] = "0000000000000000 A fixed_percpu_data\n"
			     "ffffffff81000000 T _text\n"
			     "ffffffff81000000 T _stext\n"
			     "FFFFFFFF81000010 t upper\n"
			     "\n"
			     "                 U undefined\n"
			     "# a comment\n"
			     "1 a short\n"
			     "   \n"
			     "ffffffff81000020 t name.constprop.0\n"
			     "ffffffffc0000000 t type_show\t[ext4]\n"
			     "ffffffffc0000040 T x\t[m]\n"
			     "ffffffffc0000080 t blank [n]\n"
			     "ffffffff82000000 d eight888\n"
			     "ffffffff82000008 d seven77\n"
			     "ffffffff82000010 d nine99999\n"
			     "ffffffff82000018 d \xc3\xa4\xff\n";

START_TEST(a_chunk_may_end_at_any_byte)
{
	for (size_t first = 1; first < sizeof(sample); first++) {
		struct input input = { .text = sample,
				       .size = sizeof(sample) - 1,
				       .step = sizeof(sample),
				       .first = first };
		struct kvet_ksyms *table = build(&input);

		agrees(table, sample);
		kvet_ksyms_free(table);
	}
}
END_TEST

START_TEST(chunks_may_have_any_size)
{
	for (size_t step = 1; step < 100; step++) {
		struct input input = { .text = sample, .size = sizeof(sample) - 1, .step = step };
		struct kvet_ksyms *table = build(&input);

		agrees(table, sample);
		kvet_ksyms_free(table);
	}
}
END_TEST

/* As many bytes as are asked for, of lines of this size. */
static ssize_t read_endless(void *ctx, char *buf, size_t size)
{
	static const char line[] = "1 a x\n";
	size_t *given = ctx;

	for (size_t i = 0; i < size; i++)
		buf[i] = line[(*given + i) % (sizeof(line) - 1)];
	*given += size;
	return (ssize_t)size;
}

static ssize_t read_letters(void *ctx, char *buf, size_t size)
{
	(void)ctx;
	memset(buf, 'a', size);
	return (ssize_t)size;
}

static int drain(ssize_t (*read)(void *ctx, char *buf, size_t size), struct kvet_cause *err)
{
	static struct ksyms_row rows[KSYMS_BATCH];
	size_t given = 0, count = 1;
	struct ksyms_bytes bytes = { .read = read, .ctx = &given };
	struct ksyms_source *source;
	int ret = kvet_ksyms_scan_open(&source, &bytes, "text", NULL, 0, err);

	ck_assert_int_eq(ret, 0);
	while (!ret && count)
		ret = source->next(source, rows, &count, err);
	ksyms_source_free(source);
	return ret;
}

START_TEST(what_has_no_end_is_refused)
{
	struct kvet_cause err = { 0 };

	ck_assert_int_eq(drain(read_endless, &err), -E2BIG);
	ck_assert_str_eq(err.evidence, "text: larger than 256 MiB: not a symbol table");
	ck_assert_int_eq(drain(read_letters, &err), -E2BIG);
	ck_assert_str_eq(err.evidence, "text:1: the line is longer than 16 MiB");
}
END_TEST

START_TEST(a_long_line_is_read)
{
	size_t size = (8U << 20) + 19;
	char *text = malloc(size);
	struct input input = { .text = text, .size = size, .step = 1U << 16 };
	struct kvet_ksyms *table;

	memset(text, 'n', size);
	memcpy(text, "1 a ", 4);
	text[size - 1] = '\n';
	table = build(&input);
	ck_assert_uint_eq(kvet_ksyms_count(table), 1);
	ck_assert_uint_eq(strlen(kvet_ksyms_row(table, 0).name), size - 5);
	kvet_ksyms_free(table);
	free(text);
}
END_TEST

START_TEST(a_table_of_many_chunks_is_read_whole)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	struct input input;
	struct kvet_ksyms *table;

	for (unsigned int i = 0; i < 20000; i++)
		fprintf(stream, "%016" PRIx64 " %c name_%0*u%s\n",
			UINT64_C(0xffffffff81000000) + i * UINT64_C(16), "tTdD"[i % 4],
			i % 97 ? 1 : (int)(i % 500) + 1, i, i % 5 ? "" : "\t[module]");
	fclose(stream);
	input = (struct input){ .text = text, .size = size, .step = 4096 };
	table = build(&input);
	agrees(table, text);
	kvet_ksyms_free(table);
	free(text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ksyms scan");
	TCase *tc = tcase_create("scan");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_chunk_may_end_at_any_byte);
	tcase_add_test(tc, chunks_may_have_any_size);
	tcase_add_test(tc, what_has_no_end_is_refused);
	tcase_add_test(tc, a_long_line_is_read);
	tcase_add_test(tc, a_table_of_many_chunks_is_read_whole);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
