/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A table of numbers, whose items are the strings "0" to "N". */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"

#define COUNT 5000

typedef char item[16];

static item items[COUNT];
static bool all_alike;

static uint32_t value_of(const void *owner, uint32_t number)
{
	const item *all = owner;

	return all_alike ? 7 : kvet_hash_string(all[number], strlen(all[number]));
}

static bool is_item(const void *owner, uint32_t number, const void *key)
{
	const item *all = owner;

	return !strcmp(all[number], key);
}

static void add(struct hash *hash, uint32_t number)
{
	uint32_t value = value_of(items, number);
	size_t place = hash_find(hash, value, is_item, items, items[number]);

	ck_assert_uint_eq(hash_number(hash, place), HASH_NONE);
	hash_put(hash, place, value, number);
}

static uint32_t number_of(const struct hash *hash, const char *key)
{
	uint32_t value = all_alike ? 7 : kvet_hash_string(key, strlen(key));

	return hash_number(hash, hash_find(hash, value, is_item, items, key));
}

static void fill(struct hash *hash, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		snprintf(items[i], sizeof(items[i]), "%u", i);
		if (!hash_has_room(hash, i + 1))
			ck_assert_int_eq(kvet_hash_resize(hash, hash->bits ? hash->bits + 1 : 2, i,
							  value_of, items),
					 0);
		add(hash, i);
	}
}

/* Also where all items have one hash. */
START_TEST(a_copy_has_the_first_items_and_takes_others)
{
	struct hash hash = { 0 }, copy = { 0 };
	uint32_t count = _i ? 200 : COUNT, first = count / 3;

	all_alike = _i;
	fill(&hash, count);
	ck_assert_int_eq(kvet_hash_first(&copy, &hash, first), 0);
	for (uint32_t i = 0; i < count; i++)
		ck_assert_uint_eq(number_of(&copy, items[i]), i < first ? i : HASH_NONE);
	for (uint32_t i = first; i < count; i++)
		add(&copy, i);
	for (uint32_t i = 0; i < count; i++)
		ck_assert_uint_eq(number_of(&copy, items[i]), i);
	kvet_hash_free(&copy);
	kvet_hash_free(&hash);
}
END_TEST

/* Also where all items have one hash. */
START_TEST(what_was_added_is_found_however_the_table_grew)
{
	struct hash hash = { 0 };
	uint32_t count = _i ? 200 : COUNT;

	all_alike = _i;
	fill(&hash, count);
	for (uint32_t i = 0; i < count; i++)
		ck_assert_uint_eq(number_of(&hash, items[i]), i);
	ck_assert_uint_eq(number_of(&hash, "nothing"), HASH_NONE);
	ck_assert_uint_eq(number_of(&hash, ""), HASH_NONE);
	kvet_hash_free(&hash);
	ck_assert_ptr_null(hash.slots);
}
END_TEST

START_TEST(a_guess_is_the_number_or_none)
{
	struct hash hash = { 0 };
	size_t right = 0;

	all_alike = false;
	ck_assert_uint_eq(hash_guess(&hash, 1), HASH_NONE);
	fill(&hash, COUNT);
	for (uint32_t i = 0; i < COUNT; i++) {
		uint32_t guess = hash_guess(&hash, value_of(items, i));

		ck_assert(guess == HASH_NONE || guess < COUNT);
		right += guess == i;
	}
	/* The others' first slots were taken. */
	ck_assert_uint_gt(right, COUNT / 2);
	kvet_hash_free(&hash);
}
END_TEST

/* Each length has its own way through the words; every byte of it counts. */
START_TEST(every_byte_of_a_string_counts)
{
	char text[64];

	memset(text, 'a', sizeof(text));
	for (size_t len = 1; len <= sizeof(text); len++) {
		uint32_t value = kvet_hash_string(text, len);

		ck_assert_uint_ne(value, kvet_hash_string(text, len - 1));
		for (size_t i = 0; i < len; i++) {
			text[i] = 'b';
			ck_assert_uint_ne(value, kvet_hash_string(text, len));
			text[i] = 'a';
		}
		ck_assert_uint_eq(value, kvet_hash_string(text, len));
	}
}
END_TEST

START_TEST(a_table_is_full_at_three_quarters)
{
	struct hash hash = { 0 };

	ck_assert(!hash_has_room(&hash, 0));
	ck_assert_int_eq(kvet_hash_resize(&hash, 4, 0, NULL, NULL), 0);
	ck_assert(hash_has_room(&hash, 9));
	ck_assert(!hash_has_room(&hash, 12));
	kvet_hash_free(&hash);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("core hash");
	TCase *tc = tcase_create("hash");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, what_was_added_is_found_however_the_table_grew, 0, 2);
	tcase_add_loop_test(tc, a_copy_has_the_first_items_and_takes_others, 0, 2);
	tcase_add_test(tc, a_guess_is_the_number_or_none);
	tcase_add_test(tc, every_byte_of_a_string_counts);
	tcase_add_test(tc, a_table_is_full_at_three_quarters);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
