/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which trees are shown, and what becomes of the calls in the others. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/trace/tree_put.h"
#include "tests/cmd/context.h"

static const struct kvet_kprobe_site one = { .symbol = "one" };
static const struct kvet_kprobe_site *sites[] = { &one };
static const struct trace_plan plan = { .sites = sites, .site_count = 1, .roots = 1 };
static const struct trace_prototypes prototypes;
static struct context context;
static struct trace_trees trees;
static FILE *stream;
static char *text;
static size_t size;

static void setup(void)
{
	const struct output_options options = { .format = OUTPUT_JSONL };

	stream = open_memstream(&text, &size);
	context.output = output_new(stream, &options, "test");
	ck_assert_ptr_nonnull(context.output);
	trees = (struct trace_trees){ .context = &context,
				      .plan = &plan,
				      .prototypes = &prototypes };
}

static void teardown(void)
{
	trace_trees_end(&trees);
	output_free(context.output);
	fclose(stream);
	free(text);
}

/* A call that returns; calls: of a root, how many are in it. */
static void returns(uint64_t root, uint32_t depth, uint32_t calls)
{
	const struct kvet_trace_event event = {
		.tid = 7, .root = root, .depth = depth, .order = depth, .calls = calls
	};

	ck_assert_int_eq(trace_trees_add(&trees, &event), STATUS_YES);
}

START_TEST(a_root_that_the_kernel_turned_away_has_no_tree_and_its_calls_do_not_wait)
{
	returns(1, 2, 2);
	returns(1, 1, 3);
	returns(1, 0, 0);
	ck_assert_uint_eq(trees.count, 0);
	ck_assert_uint_eq(trees.received, 2);
	ck_assert_uint_eq(trees.passed, 2);
	ck_assert_uint_eq(trees.forest.count, 0);
	returns(2, 1, 2);
	returns(2, 0, 2);
	ck_assert_uint_eq(trees.count, 1);
	ck_assert_uint_eq(trees.shown, 2);
	ck_assert_uint_eq(trees.received, 4);
	ck_assert_uint_eq(trees.lost, 0);
	fflush(stream);
	ck_assert_ptr_null(strstr(text, "\"depth\":2"));
	ck_assert_ptr_nonnull(strstr(text, "\"root\":1,"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("trace trees");
	TCase *tcase = tcase_create("trees");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase,
		       a_root_that_the_kernel_turned_away_has_no_tree_and_its_calls_do_not_wait);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
