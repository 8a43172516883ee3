/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Maps in JSON: an object's key stands for one value. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/output/output.h"

static const struct field fields[] = { { "map", FIELD_MAP, "a map", 0 } };
static const struct schema schema = SCHEMA("thing", fields);

static void is(const struct named_value *items, size_t count, const char *wanted)
{
	const struct output_options options = { .format = OUTPUT_JSONL };
	const struct value value = value_map(items, count);
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);
	struct output *output = output_new(stream, &options, "test things");

	ck_assert_ptr_nonnull(output);
	output_record(output, &schema, &value);
	ck_assert_int_eq(output_close(output, "yes"), 0);
	output_free(output);
	fclose(stream);
	ck_assert_msg(strstr(text, wanted) != NULL, "no %s in %s", wanted, text);
	free(text);
}

START_TEST(entries_of_one_name_are_all_kept)
{
	const struct named_value items[] = {
		{ "x", FIELD_INTEGER, value_integer(1) }, { "y", FIELD_INTEGER, value_integer(2) },
		{ "x", FIELD_INTEGER, value_integer(3) }, { "x", FIELD_INTEGER, value_integer(4) },
		{ "", FIELD_INTEGER, value_integer(5) },  { "", FIELD_INTEGER, value_integer(6) },
	};

	is(items, 6, "\"map\":{\"x\":1,\"y\":2,\"x#2\":3,\"x#3\":4,\"\":5,\"#2\":6}");
}
END_TEST

START_TEST(a_name_that_looks_like_a_second_one_keeps_its_own)
{
	const struct named_value items[] = {
		{ "x#2", FIELD_INTEGER, value_integer(1) },
		{ "x", FIELD_INTEGER, value_integer(2) },
		{ "x", FIELD_INTEGER, value_integer(3) },
	};

	is(items, 3, "\"map\":{\"x#2\":1,\"x\":2,\"x#3\":3}");
}
END_TEST

/* What is no UTF-8 is written as one and the same character. */
START_TEST(names_that_are_no_utf8_are_all_kept)
{
	const struct named_value items[] = {
		{ "\xff", FIELD_INTEGER, value_integer(1) },
		{ "\xfe", FIELD_INTEGER, value_integer(2) },
	};

	is(items, 2, ":1,");
	is(items, 2, "#2\":2}");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("output map");
	TCase *tc = tcase_create("map");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, entries_of_one_name_are_all_kept);
	tcase_add_test(tc, a_name_that_looks_like_a_second_one_keeps_its_own);
	tcase_add_test(tc, names_that_are_no_utf8_are_all_kept);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
