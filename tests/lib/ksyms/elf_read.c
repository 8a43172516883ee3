/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Symbols of an ELF file: this program's own, which changes while it is read. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ksyms/bytes_read.h"
#include "ksyms/elf_read.h"

static char path[] = "/tmp/kvet-elf-XXXXXX";
static int fd;
static off_t size;
static struct kvet_cause err;

static void setup(void)
{
	int own = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct stat st;

	strcpy(path + sizeof(path) - 7, "XXXXXX");
	fd = mkstemp(path);
	ck_assert(own >= 0 && fd >= 0 && !fstat(own, &st));
	size = st.st_size;
	for (off_t left = size; left;) {
		ssize_t sent = sendfile(fd, own, NULL, (size_t)left);

		ck_assert_int_gt(sent, 0);
		left -= sent;
	}
	ck_assert(!lseek(fd, 0, SEEK_SET));
	close(own);
}

static void teardown(void)
{
	close(fd);
	unlink(path);
}

static int open_file(struct ksyms_source **source, bool regular)
{
	struct ksyms_bytes bytes;
	struct ksyms_head head;

	kvet_ksyms_bytes_fd(&bytes, fd);
	ck_assert_int_eq(kvet_ksyms_head_read(&bytes, path, &head, &err), 0);
	if (!regular)
		return kvet_ksyms_elf_open(source, &bytes, path, &head, -1, &err);
	ck_assert_int_eq(kvet_ksyms_bytes_regular(&bytes, head.len), fd);
	return kvet_ksyms_elf_open(source, &bytes, path, &head, fd, &err);
}

/* How many rows there are, this program's own functions among them; or a negative errno. */
static int drain(struct ksyms_source *source)
{
	static struct ksyms_row rows[KSYMS_BATCH];
	size_t count = 1, total = 0;
	bool found = false;

	while (count) {
		int ret = source->next(source, rows, &count, &err);

		if (ret)
			return ret;
		for (size_t i = 0; i < count; i++)
			found |= rows[i].name_len == 5 && !memcmp(rows[i].name, "drain", 5) &&
				 rows[i].type == 't' && rows[i].size;
		total += count;
	}
	ck_assert(found);
	return (int)total;
}

START_TEST(read_as_a_file_and_as_a_stream_it_is_the_same)
{
	struct ksyms_source *source;
	int count;

	ck_assert_int_eq(open_file(&source, true), 0);
	count = drain(source);
	ck_assert_int_gt(count, 100);
	ksyms_source_free(source);
	ck_assert(!lseek(fd, 0, SEEK_SET));
	ck_assert_int_eq(open_file(&source, false), 0);
	ck_assert_int_eq(drain(source), count);
	ksyms_source_free(source);
}
END_TEST

/* A mapped file that shrinks is SIGBUS. */
START_TEST(a_file_may_shrink_while_it_is_read)
{
	struct ksyms_source *source;

	ck_assert_int_eq(open_file(&source, true), 0);
	ck_assert_int_eq(ftruncate(fd, 0), 0);
	ck_assert_int_gt(drain(source), 100);
	ksyms_source_free(source);
}
END_TEST

START_TEST(a_file_that_was_cut_is_called_so)
{
	struct ksyms_source *source;

	for (off_t cut = size - 1; cut > 64; cut -= size / 50) {
		ck_assert_int_eq(ftruncate(fd, cut), 0);
		for (int regular = 0; regular < 2; regular++) {
			ck_assert(!lseek(fd, 0, SEEK_SET));
			ck_assert_int_eq(open_file(&source, regular), -EINVAL);
			ck_assert_msg(strstr(err.evidence, "is truncated") != NULL, "%s",
				      err.evidence);
		}
	}
}
END_TEST

START_TEST(a_file_read_from_its_middle_is_no_regular_one)
{
	struct ksyms_bytes bytes;

	kvet_ksyms_bytes_fd(&bytes, fd);
	ck_assert_int_eq(kvet_ksyms_bytes_regular(&bytes, 0), fd);
	ck_assert_int_eq(kvet_ksyms_bytes_regular(&bytes, 1024), -1);
	ck_assert_int_eq(lseek(fd, 1024, SEEK_SET), 1024);
	ck_assert_int_eq(kvet_ksyms_bytes_regular(&bytes, 1024), fd);
	ck_assert_int_eq(kvet_ksyms_bytes_regular(&bytes, 0), -1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ksyms elf");
	TCase *tc = tcase_create("elf");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, read_as_a_file_and_as_a_stream_it_is_the_same);
	tcase_add_test(tc, a_file_may_shrink_while_it_is_read);
	tcase_add_test(tc, a_file_that_was_cut_is_called_so);
	tcase_add_test(tc, a_file_read_from_its_middle_is_no_regular_one);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
