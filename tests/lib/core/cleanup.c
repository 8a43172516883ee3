/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/cleanup.h"

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static int zero_fd(void)
{
	return open("/dev/zero", O_RDONLY | O_CLOEXEC);
}

START_TEST(a_descriptor_is_closed_with_its_scope)
{
	int seen;

	{
		AUTO_CLOSE int fd = zero_fd();

		seen = fd;
		ck_assert(is_open(seen));
	}
	ck_assert(!is_open(seen));
}
END_TEST

START_TEST(descriptor_zero_is_closed_too)
{
	int saved = dup(0), seen;

	close(0);
	{
		AUTO_CLOSE int fd = zero_fd();

		seen = fd;
	}
	ck_assert_int_eq(seen, 0);
	ck_assert(!is_open(0));
	dup2(saved, 0);
	close(saved);
}
END_TEST

START_TEST(what_was_never_opened_is_not_closed)
{
	errno = 0;
	{
		AUTO_CLOSE int fd = -1;
		AUTO_FCLOSE FILE *stream = NULL;
		AUTO_FREE char *memory = NULL;

		(void)fd;
		(void)stream;
		(void)memory;
	}
	ck_assert_int_eq(errno, 0);
}
END_TEST

static int handed_on(int *left)
{
	AUTO_CLOSE int fd = zero_fd();
	int taken = TAKE_FD(fd);

	*left = fd;
	return taken;
}

START_TEST(a_descriptor_that_was_taken_stays_open)
{
	int left = 7, fd = handed_on(&left);

	ck_assert(is_open(fd));
	ck_assert_int_eq(left, -1);
	close(fd);
}
END_TEST

static char *string_handed_on(char **left)
{
	AUTO_FREE char *memory = strdup("owned");
	char *taken = TAKE(memory);

	*left = memory;
	return taken;
}

START_TEST(memory_that_was_taken_stays)
{
	char *left = (char *)"", *memory = string_handed_on(&left);

	ck_assert_str_eq(memory, "owned");
	ck_assert_ptr_null(left);
	free(memory);
}
END_TEST

START_TEST(a_stream_is_closed_with_its_scope)
{
	int seen;

	{
		AUTO_FCLOSE FILE *stream = fopen("/dev/zero", "re");

		seen = fileno(stream);
		ck_assert(is_open(seen));
	}
	ck_assert(!is_open(seen));
}
END_TEST

struct thing {
	int *freed;
};

static void thing_free(struct thing *thing)
{
	if (thing)
		++*thing->freed;
}
AUTO_DEFINE(thing)

START_TEST(a_type_is_freed_by_its_own_function_once)
{
	int freed = 0;
	struct thing one = { &freed };

	{
		AUTO(thing) *kept = &one;
		AUTO(thing) *none = NULL;

		(void)kept;
		(void)none;
	}
	ck_assert_int_eq(freed, 1);
	{
		AUTO(thing) *kept = &one;

		ck_assert_ptr_eq(TAKE(kept), &one);
		ck_assert_ptr_null(kept);
	}
	ck_assert_int_eq(freed, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("core cleanup");
	TCase *tc = tcase_create("cleanup");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, a_descriptor_is_closed_with_its_scope);
	tcase_add_test(tc, descriptor_zero_is_closed_too);
	tcase_add_test(tc, what_was_never_opened_is_not_closed);
	tcase_add_test(tc, a_descriptor_that_was_taken_stays_open);
	tcase_add_test(tc, memory_that_was_taken_stays);
	tcase_add_test(tc, a_stream_is_closed_with_its_scope);
	tcase_add_test(tc, a_type_is_freed_by_its_own_function_once);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
