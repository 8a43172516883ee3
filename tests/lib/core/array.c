/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <stdint.h>

#include "core/text.h"
#include "core/time.h"

START_TEST(one_by_one_all_are_kept)
{
	uint32_t *items = NULL;
	size_t count = 0;

	for (uint32_t i = 0; i < 1000; i++) {
		ck_assert(ARRAY_MORE(items, count));
		items[count++] = i;
		for (uint32_t j = 0; j < count; j++)
			ck_assert_uint_eq(items[j], j);
	}
	free(items);
}
END_TEST

/* What is taken off again is put on again, at each length about a power of two. */
START_TEST(fewer_and_more_again)
{
	uint64_t *items = NULL;
	size_t count = 0;

	for (size_t most = 1; most <= 130; most++) {
		for (; count < most; count++) {
			ck_assert(ARRAY_MORE(items, count));
			items[count] = count * 7;
		}
		for (size_t i = 0; i < count; i++)
			ck_assert_uint_eq(items[i], i * 7);
		count -= count > 3 ? 3 : count;
	}
	free(items);
}
END_TEST

START_TEST(no_memory_leaves_all_as_it_was)
{
	volatile size_t most = SIZE_MAX; /* the compiler need not know that there is none */
	char *items = NULL;
	size_t room = 0;

	ck_assert(ARRAY_RESERVE(items, room, 3));
	ck_assert_uint_ge(room, 3);
	for (size_t wanted = most; wanted > most - 3; wanted--) {
		char *before = items;
		size_t had = room;

		ck_assert(!ARRAY_RESERVE(items, room, wanted));
		ck_assert_ptr_eq(items, before);
		ck_assert_uint_eq(room, had);
		ck_assert(!ARRAY_RESIZE(items, wanted));
		ck_assert_ptr_eq(items, before);
	}
	free(items);
}
END_TEST

START_TEST(room_grows_by_more_than_is_asked)
{
	uint16_t *items = NULL;
	size_t room = 0, moves = 0;

	for (size_t wanted = 1; wanted <= 100000; wanted++) {
		size_t had = room;

		ck_assert(ARRAY_RESERVE(items, room, wanted));
		ck_assert_uint_ge(room, wanted);
		items[wanted - 1] = 1;
		moves += room != had;
	}
	ck_assert_uint_lt(moves, 20);
	free(items);
}
END_TEST

START_TEST(text_is_all_that_was_added)
{
	struct text text = { 0 };

	ck_assert(text_add(&text, NULL, 0));
	ck_assert_uint_eq(text.used, 0);
	for (int i = 0; i < 100; i++)
		ck_assert(text_add_words(&text, "ab") && text_add(&text, "\0c", 2));
	ck_assert_uint_eq(text.used, 400);
	for (size_t i = 0; i < text.used; i++)
		ck_assert_int_eq(text.bytes[i], "ab\0c"[i % 4]);
	text_free(&text);
	ck_assert_ptr_null(text.bytes);
	ck_assert_uint_eq(text.used, 0);
}
END_TEST

START_TEST(time_is_the_same_both_ways)
{
	static const uint64_t spans[] = { 0,          1,          999999999,
					  1000000000, 1000000001, (uint64_t)INT64_MAX };

	for (size_t i = 0; i < sizeof(spans) / sizeof(*spans); i++) {
		struct timespec time = timespec_of(spans[i]);

		ck_assert_int_ge(time.tv_nsec, 0);
		ck_assert_int_lt(time.tv_nsec, 1000000000);
		ck_assert_uint_eq(ns_of(&time), spans[i]);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("core array");
	TCase *tc = tcase_create("array, text, time");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, one_by_one_all_are_kept);
	tcase_add_test(tc, fewer_and_more_again);
	tcase_add_test(tc, no_memory_leaves_all_as_it_was);
	tcase_add_test(tc, room_grows_by_more_than_is_asked);
	tcase_add_test(tc, text_is_all_that_was_added);
	tcase_add_test(tc, time_is_the_same_both_ways);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
