/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd/output/output.h"

static const struct field fields[] = { { "name", FIELD_STRING, "", 0 },
				       { "hits", FIELD_INTEGER, "", 0 } };
static const struct schema schema = SCHEMA("row", fields);

static void fill(struct output *draft, void *context)
{
	const struct value values[] = { value_string("a-name-that-is-long"),
					value_integer(++*(int *)context) };

	output_record(draft, &schema, values);
}

/* What a terminal of 12 columns has been sent after two drafts and a record; the caller frees. */
static char *drafts_on_terminal(int *calls)
{
	struct winsize size = { .ws_row = 10, .ws_col = 12 };
	const struct output_options options = { .format = OUTPUT_TEXT };
	int terminal = posix_openpt(O_RDWR | O_NOCTTY), slave;
	char *sent = calloc(1, 4096);
	struct output *output;
	size_t used = 0;
	ssize_t got;
	FILE *stream;

	ck_assert_int_ge(terminal, 0);
	ck_assert_int_eq(grantpt(terminal), 0);
	ck_assert_int_eq(unlockpt(terminal), 0);
	slave = open(ptsname(terminal), O_RDWR | O_NOCTTY);
	ck_assert_int_ge(slave, 0);
	ck_assert_int_eq(ioctl(slave, TIOCSWINSZ, &size), 0);
	stream = fdopen(slave, "w");
	ck_assert_ptr_nonnull(stream);
	output = output_new(stream, &options, "test");
	ck_assert_ptr_nonnull(output);
	output_draft(output, fill, calls);
	output_draft(output, fill, calls);
	output_record(output, &schema, (struct value[]){ value_string("last"), value_integer(9) });
	output_close(output, "yes");
	output_free(output);
	fclose(stream);
	/* Up to the hangup, an error. */
	while (used < 4095 && (got = read(terminal, sent + used, 4095 - used)) > 0)
		used += (size_t)got;
	close(terminal);
	return sent;
}

START_TEST(a_draft_is_written_over_by_the_next_and_by_the_answer)
{
	int calls = 0;
	char *sent, *second;

	setenv("TERM", "xterm", 1);
	sent = drafts_on_terminal(&calls);
	ck_assert_int_eq(calls, 2);
	/* Two lines each, the heading and the row. */
	second = strstr(sent, "\033[2A\033[J");
	ck_assert_ptr_nonnull(second);
	second = strstr(second + 1, "\033[2A\033[J");
	ck_assert_ptr_nonnull(second);
	ck_assert_ptr_nonnull(strstr(second, "last"));
	ck_assert_ptr_null(strstr(second, "a-name"));
	/* Cut before it would wrap. */
	ck_assert_ptr_nonnull(strstr(sent, "a-name-that\r\n"));
	free(sent);
}
END_TEST

START_TEST(a_dumb_terminal_shows_no_draft)
{
	int calls = 0;
	char *sent;

	setenv("TERM", "dumb", 1);
	sent = drafts_on_terminal(&calls);
	ck_assert_int_eq(calls, 0);
	ck_assert_ptr_null(strchr(sent, '\033'));
	free(sent);
}
END_TEST

START_TEST(what_is_no_terminal_gets_no_draft)
{
	const struct output_options options = { .format = OUTPUT_TEXT };
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);
	struct output *output = output_new(stream, &options, "test");
	int calls = 0;

	setenv("TERM", "xterm", 1);
	output_draft(output, fill, &calls);
	output_draft_clear(output);
	output_close(output, "yes");
	output_free(output);
	fclose(stream);
	ck_assert_int_eq(calls, 0);
	ck_assert_uint_eq(size, 0);
	free(text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("output draft");
	TCase *tc = tcase_create("draft");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, a_draft_is_written_over_by_the_next_and_by_the_answer);
	tcase_add_test(tc, a_dumb_terminal_shows_no_draft);
	tcase_add_test(tc, what_is_no_terminal_gets_no_draft);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
