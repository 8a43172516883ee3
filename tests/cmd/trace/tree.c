/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Trees of calls, from events in the order of the returns. */
#include <check.h>
#include <stdlib.h>

#include "trace/tree.h"

static struct trace_forest forest;
static struct trace_tree tree;

static void setup(void)
{
	forest = (struct trace_forest){ 0 };
	tree = (struct trace_tree){ 0 };
}

static void teardown(void)
{
	free(tree.calls);
	trace_forest_deinit(&forest);
}

/* A call of this root in thread 1, that was entered at this place. */
static void returns(uint32_t tid, uint64_t root, uint32_t order, uint32_t depth, int error)
{
	const struct trace_tree_call call = { .tid = tid,
					      .root = root,
					      .order = order,
					      .depth = depth,
					      .site = order,
					      .error = error,
					      .calls = 4 };

	free(tree.calls);
	ck_assert(trace_forest_add(&forest, &call, &tree));
	ck_assert_int_eq(tree.count > 0, depth == 0);
}

/* a(b(c) d): c, b, d and a return in this order. */
static void grow(uint32_t tid, uint64_t root)
{
	returns(tid, root, 2, 2, 0);
	returns(tid, root, 1, 1, 0);
	returns(tid, root, 3, 1, 0);
	returns(tid, root, 0, 0, 0);
}

START_TEST(a_tree_is_in_the_order_of_the_entries)
{
	static const uint32_t depths[] = { 0, 1, 2, 1 };

	grow(1, 7);
	ck_assert_uint_eq(tree.count, 4);
	ck_assert_uint_eq(tree.lost, 0);
	for (size_t i = 0; i < 4; i++) {
		ck_assert_uint_eq(tree.calls[i].order, i);
		ck_assert_uint_eq(tree.calls[i].depth, depths[i]);
	}
	ck_assert_uint_eq(forest.count, 0);
}
END_TEST

START_TEST(threads_and_roots_are_told_apart)
{
	returns(2, 7, 1, 1, 0);
	returns(3, 8, 1, 1, 0);
	grow(1, 7);
	ck_assert_uint_eq(tree.count, 4);
	ck_assert_uint_eq(forest.count, 2);
	ck_assert_uint_eq(forest.dropped, 0);
	returns(2, 7, 0, 0, 0);
	ck_assert_uint_eq(tree.count, 2);
	ck_assert_uint_eq(forest.count, 1);
}
END_TEST

/* The thread has a newer root: the one before it did not return. */
START_TEST(calls_of_a_root_that_is_over_are_dropped)
{
	returns(1, 6, 1, 1, 0);
	returns(1, 6, 2, 1, 0);
	grow(1, 7);
	ck_assert_uint_eq(tree.count, 4);
	ck_assert_uint_eq(forest.count, 0);
	ck_assert_uint_eq(forest.dropped, 2);
}
END_TEST

START_TEST(what_did_not_arrive_is_lost)
{
	returns(1, 7, 2, 2, 0);
	returns(1, 7, 0, 0, 0);
	ck_assert_uint_eq(tree.count, 2);
	ck_assert_uint_eq(tree.lost, 2);
}
END_TEST

/* a(b(c) d(e f) g): errors of each, and which are marked. */
START_TEST(the_path_of_the_roots_error_is_marked)
{
	static const uint32_t depths[] = { 0, 1, 2, 1, 2, 2, 1 };
	static const struct {
		int errors[7];
		const char *marked;
	} paths[] = {
		{ { 0, 2, 2, 2, 2, 2, 2 }, "       " },
		{ { 2, 0, 0, 0, 0, 0, 0 }, "!      " },
		{ { 2, 2, 2, 0, 0, 0, 0 }, "!!!    " },
		/* The last one to return it is what the root returned. */
		{ { 2, 2, 2, 2, 2, 2, 0 }, "!  ! ! " },
		{ { 2, 2, 2, 2, 2, 0, 13 }, "!  !!  " },
		{ { 2, 2, 2, 2, 2, 2, 2 }, "!     !" },
		/* An error that was dealt with. */
		{ { 13, 2, 2, 0, 13, 2, 0 }, "!      " },
	};

	for (size_t row = 0; row < sizeof(paths) / sizeof(*paths); row++) {
		struct trace_tree_call calls[7] = { 0 };
		struct trace_tree of = { .calls = calls, .count = 7 };

		for (size_t i = 0; i < 7; i++) {
			calls[i].depth = depths[i];
			calls[i].error = paths[row].errors[i];
		}
		trace_tree_mark(&of);
		for (size_t i = 0; i < 7; i++)
			ck_assert_msg(calls[i].failing == (paths[row].marked[i] == '!'),
				      "row %zu, call %zu", row, i);
	}
}
END_TEST

START_TEST(seconds_are_what_two_probes_take)
{
	ck_assert_uint_eq(trace_tree_seconds(0), 0);
	ck_assert_uint_eq(trace_tree_seconds(1), 1);
	ck_assert_uint_eq(trace_tree_seconds(100), 40);
	ck_assert_uint_eq(trace_tree_seconds(40000), 16000);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("trace tree");
	TCase *tc = tcase_create("tree");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_tree_is_in_the_order_of_the_entries);
	tcase_add_test(tc, threads_and_roots_are_told_apart);
	tcase_add_test(tc, calls_of_a_root_that_is_over_are_dropped);
	tcase_add_test(tc, what_did_not_arrive_is_lost);
	tcase_add_test(tc, the_path_of_the_roots_error_is_marked);
	tcase_add_test(tc, seconds_are_what_two_probes_take);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
