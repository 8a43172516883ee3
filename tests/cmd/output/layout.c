/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Tables in a terminal's lines: which columns leave, where values are cut, and that a pipe gets
 * all. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/output/layout.h"
#include "cmd/output/output.h"
#include "cmd/output/width.h"

/* --- the layout alone ------------------------------------------------------------------------- */

static struct layout_column column(size_t natural, size_t least, unsigned int priority)
{
	return (struct layout_column){
		.shown = true, .natural = natural, .least = least, .priority = priority
	};
}

START_TEST(a_line_of_any_length_has_all_as_they_are)
{
	struct layout_column columns[] = { column(50, 8, 1), column(60, 60, 7), column(70, 8, 0) };

	layout_fit(columns, 3, 0, false);
	for (size_t i = 0; i < 3; i++)
		ck_assert(columns[i].shown && columns[i].width == columns[i].natural);
}
END_TEST

START_TEST(the_largest_priority_leaves_first_and_no_more_than_have_to)
{
	struct layout_column columns[] = {
		column(10, 10, 0), column(10, 10, 1), column(10, 10, 3),
		column(10, 10, 2), column(10, 10, 3), column(10, 10, 0)
	};

	/* 6 * 10 + 5 * 2 = 70. */
	layout_fit(columns, 6, 70, false);
	ck_assert(columns[4].shown);
	layout_fit(columns, 6, 69, false);
	ck_assert(!columns[4].shown && columns[2].shown && columns[3].shown);
	layout_fit(columns, 6, 57, false);
	ck_assert(!columns[2].shown && columns[3].shown);
	layout_fit(columns, 6, 45, false);
	ck_assert(!columns[3].shown && columns[1].shown);
	layout_fit(columns, 6, 22, false);
	ck_assert(!columns[1].shown && columns[0].shown && columns[5].shown);
}
END_TEST

START_TEST(a_long_value_is_cut_before_a_column_leaves)
{
	struct layout_column columns[] = { column(200, 8, 0), column(10, 10, 1),
					   column(10, 10, 0) };

	layout_fit(columns, 3, 80, false);
	ck_assert(columns[1].shown);
	ck_assert_uint_eq(columns[0].width, 80 - 2 * (10 + LAYOUT_GAP));
}
END_TEST

START_TEST(the_widest_is_cut_and_none_below_its_least)
{
	struct layout_column columns[] = { column(40, 12, 0), column(30, 8, 0), column(9, 8, 0),
					   column(20, 20, 0) };

	layout_fit(columns, 4, 66, false);
	/* 66 - 20 - 3 * 2 = 40: 15 or 16 of each of the long ones, the short one whole. */
	ck_assert_uint_eq(columns[2].width, 9);
	ck_assert_uint_eq(columns[0].width + columns[1].width, 31);
	ck_assert_uint_ge(columns[0].width, 15);
	ck_assert_uint_le(columns[0].width, 16);
}
END_TEST

START_TEST(one_column_stays_in_the_narrowest_line)
{
	struct layout_column columns[] = { column(40, 40, 6), column(30, 30, 0), column(3, 3, 0) };

	layout_fit(columns, 3, 2, false);
	ck_assert(!columns[0].shown && columns[1].shown && !columns[2].shown);
	columns[0] = column(40, 40, 6);
	layout_fit(columns, 1, 2, false);
	ck_assert(columns[0].shown);
}
END_TEST

START_TEST(columns_that_were_asked_for_stay)
{
	struct layout_column columns[] = { column(40, 8, 6), column(30, 30, 7), column(30, 30, 0) };

	layout_fit(columns, 3, 40, true);
	for (size_t i = 0; i < 3; i++)
		ck_assert(columns[i].shown);
	ck_assert_uint_eq(columns[0].width, 8);
}
END_TEST

/* --- tables of any schema --------------------------------------------------------------------- */

#define FIELDS_MOST 12
#define ROWS        20

static uint64_t seed;

static size_t any(size_t below)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (size_t)(seed >> 33) % below;
}

struct sample {
	struct field fields[FIELDS_MOST];
	char names[FIELDS_MOST][24];
	struct schema schema;
	char texts[ROWS][FIELDS_MOST][64];
	struct value values[ROWS][FIELDS_MOST];
};

/* A word of letters, some of which are two columns wide, with its row and field at its start: no
 * value stands in another. */
static void make_word(char *text, size_t row, size_t field)
{
	size_t wide = any(4) ? 0 : any(6), letters = any(3) ? any(8) : any(30);

	text += sprintf(text, "r%zuf%zu", row, field);
	for (size_t i = 0; i < letters; i++)
		*text++ = (char)('a' + (char)any(26));
	for (size_t i = 0; i < wide; i++)
		text = stpcpy(text, "\xe4\xb8\xad");
	*text = '\0';
}

static void make_sample(struct sample *sample)
{
	size_t count = 1 + any(FIELDS_MOST);

	for (size_t f = 0; f < count; f++) {
		snprintf(sample->names[f], sizeof(sample->names[f]), "f%zu_%.*s", f, (int)any(12),
			 "longer_names");
		sample->fields[f] =
			(struct field){ sample->names[f], any(2) ? FIELD_STRING : FIELD_INTEGER, "",
					FIELD_LEAVES(any(7)) };
		for (size_t r = 0; r < ROWS; r++) {
			char *text = sample->texts[r][f];

			if (sample->fields[f].type == FIELD_STRING) {
				make_word(text, r, f);
				sample->values[r][f] = value_string(text);
			} else {
				int64_t number =
					(int64_t)(1000 + r * 20 + f) * (any(9) ? 1 : 1000000000000);

				snprintf(text, sizeof(sample->texts[r][f]), "%lld",
					 (long long)number);
				sample->values[r][f] = value_integer(number);
			}
		}
	}
	sample->schema =
		(struct schema){ .record = "any", .fields = sample->fields, .count = count };
}

/* The sample as text; the caller frees it. */
static char *render(const struct sample *sample, const struct output_options *options, bool live)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	struct output *output = output_new(stream, options, "any");

	if (live)
		output_live(output);
	for (size_t r = 0; r < ROWS; r++)
		output_record(output, &sample->schema, sample->values[r]);
	ck_assert_int_eq(output_close(output, "yes"), 0);
	output_free(output);
	fclose(stream);
	return text;
}

static bool ends_with(const char *line, size_t len, const char *end)
{
	return len >= strlen(end) && !memcmp(line + len - strlen(end), end, strlen(end));
}

/* A line is no wider than the terminal, or else it ends with a field's whole value, and that began
 * where the terminal's line still was. */
static void check_line(const struct sample *sample, size_t row, const char *line, size_t len,
		       size_t width)
{
	bool runs_over = false;

	if (width_of(line, len) <= width)
		return;
	for (size_t f = 0; f < sample->schema.count && !runs_over; f++) {
		char heading[24];
		const char *text = row == SIZE_MAX ? heading : sample->texts[row][f];

		if (row == SIZE_MAX) {
			snprintf(heading, sizeof(heading), "%s", sample->names[f]);
			for (char *c = heading; *c; c++)
				*c = *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c;
		}
		runs_over =
			ends_with(line, len, text) && width_of(line, len - strlen(text)) < width;
		/* A number is set to the right of its column. */
		for (size_t blanks = strlen(text); !runs_over && ends_with(line, len, text) &&
						   blanks < len && line[len - blanks - 1] == ' ';
		     blanks++)
			runs_over = width_of(line, len - blanks) < width;
	}
	ck_assert_msg(runs_over, "%zu columns: %.*s", width, (int)len, line);
}

static void check_terminal(const struct sample *sample, size_t width, bool live, bool unicode)
{
	const struct output_options options = {
		.format = OUTPUT_TEXT, .terminal = true, .unicode = unicode, .width = width
	};
	char *text = render(sample, &options, live), *line = text;

	for (size_t row = SIZE_MAX; *line; row++) {
		size_t len = strcspn(line, "\n");

		check_line(sample, row, line, len, width);
		line += len + 1;
	}
	free(text);
}

/* Each line has each of its record's values, in the schema's order. */
static void check_pipe(const struct sample *sample, bool live)
{
	const struct output_options options = { .format = OUTPUT_TEXT };
	char *text = render(sample, &options, live), *line = strchr(text, '\n') + 1;

	for (size_t r = 0; r < ROWS; r++) {
		char *end = strchr(line, '\n');

		*end = '\0';
		for (size_t f = 0; f < sample->schema.count; f++) {
			char *place = strstr(line, sample->texts[r][f]);

			ck_assert_msg(place, "no %s in %s", sample->texts[r][f], line);
			line = place + strlen(sample->texts[r][f]);
		}
		ck_assert_ptr_eq(line, end);
		line = end + 1;
	}
	ck_assert_str_eq(line, "");
	free(text);
}

START_TEST(no_line_is_too_long_but_for_its_last_column_and_a_pipe_gets_all)
{
	struct sample *sample = malloc(sizeof(*sample));

	for (int i = 0; i < 400; i++) {
		seed = (uint64_t)i * 977;
		make_sample(sample);
		check_terminal(sample, 1 + any(200), any(2), any(2));
		check_pipe(sample, any(2));
	}
	free(sample);
}
END_TEST

/* --- what people see -------------------------------------------------------------------------- */

static const struct field fields[] = {
	{ "name", FIELD_STRING, "", 0 },
	{ "extra", FIELD_STRING, "", FIELD_LEAVES(1) },
	{ "aside", FIELD_INTEGER, "", FIELD_ASIDE },
	{ "note", FIELD_STRING, "", 0 },
};
static const struct schema schema = SCHEMA("thing", fields);

/* A row of a name of 26 letters on a terminal of so many columns. */
static void shows(struct output_options options, const char *expected)
{
	const struct value values[] = { value_string("abcdefghijklmnopqrstuvwxyz"),
					value_string("extra"), value_integer(7),
					value_string("a note that is rather long") };
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	struct output *output;

	options.format = OUTPUT_TEXT;
	output = output_new(stream, &options, "thing");
	output_record(output, &schema, values);
	ck_assert_int_eq(output_close(output, "yes"), 0);
	output_free(output);
	fclose(stream);
	ck_assert_str_eq(text, expected);
	free(text);
}

START_TEST(a_value_is_cut_with_an_ellipsis)
{
	shows((struct output_options){ .terminal = true, .unicode = true, .width = 40 },
	      "NAME                    NOTE\n"
	      "abcdefghijklmnopqrstu\xe2\x80\xa6  a note that is rather long\n");
	shows((struct output_options){ .terminal = true, .width = 40 },
	      "NAME                    NOTE\n"
	      "abcdefghijklmnopqrs...  a note that is rather long\n");
}
END_TEST

START_TEST(what_is_aside_is_for_verbose_and_for_its_name_and_for_a_pipe)
{
	shows((struct output_options){ .terminal = true, .width = 200 },
	      "NAME                        EXTRA  NOTE\n"
	      "abcdefghijklmnopqrstuvwxyz  extra  a note that is rather long\n");
	shows((struct output_options){ .terminal = true, .width = 20, .verbose = true },
	      "NAME                        EXTRA  ASIDE  NOTE\n"
	      "abcdefghijklmnopqrstuvwxyz  extra      7  a note that is rather long\n");
	shows((struct output_options){ .width = 0 },
	      "NAME                        EXTRA  ASIDE  NOTE\n"
	      "abcdefghijklmnopqrstuvwxyz  extra      7  a note that is rather long\n");
	shows((struct output_options){ .terminal = true, .width = 200, .columns = "aside,NAME" },
	      "ASIDE  NAME\n"
	      "    7  abcdefghijklmnopqrstuvwxyz\n");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("output layout");
	TCase *tc = tcase_create("layout");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, a_line_of_any_length_has_all_as_they_are);
	tcase_add_test(tc, the_largest_priority_leaves_first_and_no_more_than_have_to);
	tcase_add_test(tc, a_long_value_is_cut_before_a_column_leaves);
	tcase_add_test(tc, the_widest_is_cut_and_none_below_its_least);
	tcase_add_test(tc, one_column_stays_in_the_narrowest_line);
	tcase_add_test(tc, columns_that_were_asked_for_stay);
	tcase_add_test(tc, no_line_is_too_long_but_for_its_last_column_and_a_pipe_gets_all);
	tcase_add_test(tc, a_value_is_cut_with_an_ellipsis);
	tcase_add_test(tc, what_is_aside_is_for_verbose_and_for_its_name_and_for_a_pipe);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
