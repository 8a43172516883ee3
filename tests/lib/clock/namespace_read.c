/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <kvet/clock.h>

#define INITIAL "time:[4026531834]"
#define OTHER   "time:[4026532500]"
#define FURTHER "time:[4026532501]"
#define MOUNTS  "mnt:[4026531841]"

static char root[] = "/tmp/kvet-namespace-XXXXXX";
static const struct kvet_host host = { .sysroot = root };
static const char *const directories[] = { "/proc", "/proc/self", "/proc/self/ns" };
static const char *const files[] = { "/proc/self/ns/time", "/proc/self/ns/time_for_children",
				     "/proc/self/timens_offsets", "/proc/self/ns/mnt",
				     "/proc/timer_list" };
#define FILES (sizeof(files) / sizeof(*files))

static const char *path(const char *name)
{
	static char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s%s", root, name);
	return full;
}

static void make_root(void)
{
	snprintf(root, sizeof(root), "/tmp/kvet-namespace-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
	for (size_t i = 0; i < 3; i++)
		ck_assert_int_eq(mkdir(path(directories[i]), 0700), 0);
}

static void remove_root(void)
{
	for (size_t i = 0; i < FILES; i++)
		unlink(path(files[i]));
	for (size_t i = 3; i > 0; i--)
		rmdir(path(directories[i - 1]));
	rmdir(root);
}

/* The process's links and file; NULL leaves one out. */
static void given(const char *own, const char *children, const char *offsets)
{
	if (own)
		ck_assert_int_eq(symlink(own, path(files[0])), 0);
	if (children)
		ck_assert_int_eq(symlink(children, path(files[1])), 0);
	if (offsets) {
		FILE *file = fopen(path(files[2]), "w");

		ck_assert_ptr_nonnull(file);
		fputs(offsets, file);
		fclose(file);
	}
}

static void reads(bool known, bool inside, int64_t monotonic, int64_t boottime)
{
	struct kvet_clock_namespace ns = { .monotonic_ns = 4711, .boottime_ns = 4711 };

	ck_assert_int_eq(kvet_clock_namespace_read(&host, &ns, NULL), 0);
	ck_assert_int_eq(ns.known, known);
	ck_assert_int_eq(ns.inside, inside);
	ck_assert_int_eq(ns.monotonic_ns, monotonic);
	ck_assert_int_eq(ns.boottime_ns, boottime);
}

/* called: the errno is that of a call, and not of kvet's own finding. */
static void fails(int errnum, bool called, const char *source)
{
	struct kvet_clock_namespace ns = { .monotonic_ns = 4711 };
	struct kvet_cause err = { 0 };

	ck_assert_int_eq(kvet_clock_namespace_read(&host, &ns, &err), -errnum);
	ck_assert_int_eq(err.errnum, called ? errnum : 0);
	ck_assert_str_eq(err.source, source);
	ck_assert_int_eq(ns.monotonic_ns, 4711);
	ck_assert_int_eq(kvet_clock_namespace_read(&host, &ns, NULL), -errnum);
}

static const char zero[] = "monotonic 0 0\nboottime 0 0\n";
static const char shifted[] = "monotonic        5000         0\n"
			      "boottime           -1 500000000\n";

START_TEST(the_initial_namespace_is_outside)
{
	given(INITIAL, INITIAL, zero);
	reads(true, false, 0, 0);
}
END_TEST

START_TEST(another_namespace_shows_its_offsets)
{
	given(OTHER, OTHER, shifted);
	reads(true, true, 5000000000000, -500000000);
}
END_TEST

START_TEST(a_namespace_may_add_nothing)
{
	given(OTHER, OTHER, zero);
	reads(true, true, 0, 0);
}
END_TEST

START_TEST(the_offsets_of_the_children_are_not_ours)
{
	given(OTHER, FURTHER, shifted);
	reads(false, true, 0, 0);
}
END_TEST

START_TEST(the_initial_namespace_adds_nothing_whatever_the_children_get)
{
	given(INITIAL, OTHER, shifted);
	reads(true, false, 0, 0);
}
END_TEST

START_TEST(a_kernel_without_time_namespaces_leaves_it_unknown)
{
	given(NULL, NULL, NULL);
	ck_assert_int_eq(symlink(MOUNTS, path(files[3])), 0);
	reads(false, false, 0, 0);
}
END_TEST

/* A chroot, a container whose /proc is another PID namespace's, a mask. */
START_TEST(an_absent_proc_says_nothing)
{
	fails(ENOENT, false, "readlink");
	for (size_t i = 3; i > 0; i--) {
		ck_assert_int_eq(rmdir(path(directories[i - 1])), 0);
		fails(ENOENT, false, "readlink");
	}
}
END_TEST

START_TEST(absent_offsets_of_a_namespace_are_an_error)
{
	given(OTHER, OTHER, NULL);
	fails(ENOENT, true, "open");
}
END_TEST

START_TEST(an_absent_link_of_the_children_is_an_error)
{
	given(OTHER, NULL, shifted);
	fails(ENOENT, true, "readlink");
}
END_TEST

START_TEST(malformed_offsets_are_an_error)
{
	given(OTHER, OTHER, "monotonic zero\n");
	fails(EINVAL, false, "/proc/self/timens_offsets");
}
END_TEST

START_TEST(this_process_has_a_namespace_or_the_kernel_has_none)
{
	struct kvet_host here = { 0 };
	struct kvet_clock_namespace ns;

	ck_assert_int_eq(kvet_clock_namespace_read(&here, &ns, NULL), 0);
	if (!ns.inside) {
		ck_assert_int_eq(ns.monotonic_ns, 0);
		ck_assert_int_eq(ns.boottime_ns, 0);
	}
}
END_TEST

/* What is converted or compared rests on the shift: where that is not known, nothing is. */
START_TEST(a_shift_that_is_not_known_leaves_nothing_to_convert)
{
	static const struct kvet_clock_effort effort = { .samples = 100 };
	struct kvet_clock_table table;
	struct kvet_clock_map map;
	struct kvet_cause err;

	given(OTHER, FURTHER, shifted);
	ck_assert_int_eq(kvet_clock_map_read(&host, &effort, &map, &err), -ENODATA);
	ck_assert_str_eq(err.source, "/proc/self/timens_offsets");
	ck_assert_int_eq(kvet_clock_table_read(&host, &effort, &table, &err), 0);
	ck_assert_int_eq(table.space.verdict, KVET_UNDETERMINED);
	ck_assert_str_eq(table.space.cause.source, "/proc/self/timens_offsets");
}
END_TEST

/* A copy of /proc may be of another machine: the clocks themselves say more. */
START_TEST(a_timer_list_that_contradicts_the_clocks_is_left_aside)
{
	static const struct kvet_clock_effort effort = { .samples = 100 };
	struct kvet_clock_map map;
	FILE *file;

	given(INITIAL, INITIAL, NULL);
	file = fopen(path("/proc/timer_list"), "w");
	ck_assert_ptr_nonnull(file);
	fputs("  .index:      1\n  .offset:     9 nsecs\n"
	      "  .index:      2\n  .offset:     999999999999999999 nsecs\n"
	      "  .index:      3\n  .offset:     9 nsecs\n",
	      file);
	fclose(file);
	ck_assert_int_eq(kvet_clock_map_read(&host, &effort, &map, NULL), 0);
	ck_assert_int_lt(map.offset[KVET_CLOCK_BOOTTIME].high_ns, 999999999999999999);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clock namespace read");
	TCase *tc = tcase_create("read");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, make_root, remove_root);
	tcase_add_test(tc, the_initial_namespace_is_outside);
	tcase_add_test(tc, another_namespace_shows_its_offsets);
	tcase_add_test(tc, a_namespace_may_add_nothing);
	tcase_add_test(tc, the_offsets_of_the_children_are_not_ours);
	tcase_add_test(tc, the_initial_namespace_adds_nothing_whatever_the_children_get);
	tcase_add_test(tc, a_kernel_without_time_namespaces_leaves_it_unknown);
	tcase_add_test(tc, an_absent_proc_says_nothing);
	tcase_add_test(tc, absent_offsets_of_a_namespace_are_an_error);
	tcase_add_test(tc, an_absent_link_of_the_children_is_an_error);
	tcase_add_test(tc, malformed_offsets_are_an_error);
	tcase_add_test(tc, a_shift_that_is_not_known_leaves_nothing_to_convert);
	tcase_add_test(tc, a_timer_list_that_contradicts_the_clocks_is_left_aside);
	tcase_add_test(tc, this_process_has_a_namespace_or_the_kernel_has_none);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
