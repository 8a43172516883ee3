/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One table and many threads: nothing is locked, since nothing changes. ThreadSanitizer
 * watches when this is built as tests/threads/threads. */
#include <check.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/ksyms.h>

#define ROWS    20000
#define THREADS 8
#define QUERIES 1000

static struct kvet_ksyms *generate(void)
{
	struct kvet_ksyms *table = NULL;
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	for (unsigned int i = 0; i < ROWS; i++)
		fprintf(stream, "%016" PRIx64 " t f%u\n",
			UINT64_C(0xffffffff81000000) + i / 2 * UINT64_C(16), i % 5000);
	fclose(stream);
	stream = fmemopen(text, size, "r");
	ck_assert_int_eq(kvet_ksyms_parse(&table, stream, "text", NULL), 0);
	fclose(stream);
	free(text);
	return table;
}

struct work {
	const struct kvet_ksyms *table;
	unsigned int first;
	size_t found;
};

static size_t ask(const struct kvet_ksyms *table, unsigned int number)
{
	struct kvet_ksyms_query query;
	struct kvet_ksyms_search search;
	struct kvet_ksyms_match match;
	char text[40];
	size_t found = 0;

	if (number % 100 == 0)
		snprintf(text, sizeof(text), "f%u?", number % 100);
	else if (number % 2)
		snprintf(text, sizeof(text), "f%u", number % 5000);
	else
		snprintf(text, sizeof(text), "0x%" PRIx64,
			 UINT64_C(0xffffffff81000000) + number * UINT64_C(16) + 3);
	if (kvet_ksyms_query_parse(&query, text, false, NULL))
		return 0;
	kvet_ksyms_search_init(&search, table, &query, NULL);
	while (kvet_ksyms_search_next(&search, &match)) {
		struct kvet_symbol symbol = kvet_ksyms_row(table, match.row);

		found += *symbol.name == 'f';
	}
	kvet_ksyms_query_deinit(&query);
	return found;
}

static void *work(void *opaque)
{
	struct work *part = opaque;

	for (unsigned int i = 0; i < QUERIES; i++)
		part->found += ask(part->table, part->first + i);
	return NULL;
}

START_TEST(many_threads_find_what_one_finds)
{
	struct kvet_ksyms *table = generate();
	struct work parts[THREADS] = { 0 };
	pthread_t threads[THREADS];

	for (unsigned int t = 0; t < THREADS; t++) {
		parts[t] = (struct work){ .table = table, .first = t * 37 };
		ck_assert_int_eq(pthread_create(&threads[t], NULL, work, &parts[t]), 0);
	}
	for (unsigned int t = 0; t < THREADS; t++) {
		struct work alone = { .table = table, .first = t * 37 };

		pthread_join(threads[t], NULL);
		work(&alone);
		ck_assert_uint_gt(alone.found, QUERIES);
		ck_assert_uint_eq(parts[t].found, alone.found);
	}
	kvet_ksyms_free(table);
}
END_TEST

START_TEST(two_tables_know_nothing_of_each_other)
{
	struct kvet_ksyms *one = generate(), *other = generate();
	struct kvet_ksyms_range range;

	kvet_ksyms_free(one);
	range = kvet_ksyms_by_name(other, "f7");
	ck_assert_uint_eq(range.count, ROWS / 5000);
	kvet_ksyms_free(other);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ksyms threads");
	TCase *tc = tcase_create("threads");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, many_threads_find_what_one_finds);
	tcase_add_test(tc, two_tables_know_nothing_of_each_other);
	suite_add_tcase(suite, tc);
	/* A sanitizer's report ends the process that it is about: no fork hides it. */
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
