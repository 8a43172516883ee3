/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is read ahead is what is read. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>

#include "ksyms/ahead.h"

/* Bytes that are told apart by their place, in reads of odd sizes, and what comes then. */
struct source {
	size_t size, used, step;
	int errnum;
	bool closed;
};

static char byte_at(size_t place)
{
	return (char)(place * 2654435761U >> 13);
}

static ssize_t read_some(void *ctx, char *buf, size_t size)
{
	struct source *source = ctx;
	size_t rest = source->size - source->used, i;

	ck_assert(!source->closed);
	size = size < source->step ? size : source->step;
	for (i = 0; i < size && i < rest; i++)
		buf[i] = byte_at(source->used++);
	return i || !size ? (ssize_t)i : -source->errnum;
}

static void note_close(void *ctx)
{
	((struct source *)ctx)->closed = true;
}

static struct ksyms_bytes open_ahead(struct source *source)
{
	struct ksyms_bytes bytes = { .read = read_some, .close = note_close, .ctx = source };

	kvet_ksyms_ahead(&bytes);
	ck_assert_msg(bytes.ctx != source, "no thread was started");
	return bytes;
}

static void arrives_whole(struct source *source, size_t step)
{
	struct ksyms_bytes bytes = open_ahead(source);
	char *buf = malloc(step);
	ssize_t got;
	size_t place = 0, wrong = 0;

	while ((got = bytes.read(bytes.ctx, buf, step)) > 0)
		for (ssize_t i = 0; i < got; i++)
			wrong += buf[i] != byte_at(place++);
	ck_assert_uint_eq(wrong, 0);
	ck_assert_uint_eq(place, source->size);
	ck_assert_int_eq(got, -source->errnum);
	/* The end stays the end. */
	ck_assert_int_eq(bytes.read(bytes.ctx, buf, step), -source->errnum);
	bytes.close(bytes.ctx);
	ck_assert(source->closed);
	free(buf);
}

START_TEST(every_byte_arrives_in_order)
{
	static const size_t sizes[] = { 0, 1, 4096, 65535, 65536, 65537, 8 * 65536, 3000000 };
	static const size_t steps[] = { 100, 4096, 65536, 100000 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		for (size_t s = 0; s < sizeof(steps) / sizeof(*steps); s++) {
			struct source source = { .size = sizes[i], .step = 4093 };

			arrives_whole(&source, steps[s]);
		}
}
END_TEST

START_TEST(an_error_comes_after_the_bytes_before_it)
{
	struct source early = { .size = 0, .step = 10, .errnum = EIO };
	struct source late = { .size = 70000, .step = 1000, .errnum = EPERM };

	arrives_whole(&early, 64);
	arrives_whole(&late, 64);
}
END_TEST

START_TEST(who_closes_early_does_not_wait_for_the_rest)
{
	struct source source = { .size = SIZE_MAX, .step = 65536 };
	struct ksyms_bytes bytes = open_ahead(&source);
	char buf[100];

	ck_assert_int_eq(bytes.read(bytes.ctx, buf, sizeof(buf)), sizeof(buf));
	bytes.close(bytes.ctx);
	ck_assert(source.closed);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ksyms ahead");
	TCase *tcase = tcase_create("ahead");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, every_byte_arrives_in_order);
	tcase_add_test(tcase, an_error_comes_after_the_bytes_before_it);
	tcase_add_test(tcase, who_closes_early_does_not_wait_for_the_rest);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
