/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One pass over BTF: a function's id, the members of a struct, and what is no BTF. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/btf_read.h"
#include "tests/lib/tree.h"

#define VMLINUX "/sys/kernel/btf/vmlinux"

static struct kvet_cause err;

/* In libc's place: a call that fails when it is told to. */
static bool fstat_fails;

int fstat(int fd, struct stat *st)
{
	if (!fstat_fails)
		return fstatat(fd, "", st, AT_EMPTY_PATH);
	errno = EIO;
	return -1;
}

static const char strings[] = "\0long\0value\0name\0kallsym_iter\0bpf_iter_ksym\0xname";

static uint32_t at(const char *word)
{
	for (size_t i = 0; i + 1 < sizeof(strings); i++)
		if ((!i || !strings[i - 1]) && !strcmp(strings + i, word))
			return (uint32_t)i;
	ck_abort_msg("no string %s", word);
}

/* An integer, a struct of two members, and two functions. */
static size_t make(uint32_t *words)
{
	uint32_t *type = words + sizeof(struct btf_header) / 4, *start = type;
	struct btf_header header = { .magic = BTF_MAGIC, .version = 1, .hdr_len = sizeof(header) };
	const uint32_t types[] = {
		at("long"), BTF_KIND_INT << 24,  8,
		64,         at("kallsym_iter"),  BTF_KIND_STRUCT << 24 | 2,
		24,         at("value"),         1,
		0,          at("name"),          1,
		128,        at("xname"),         BTF_KIND_FUNC << 24,
		1,          at("bpf_iter_ksym"), BTF_KIND_FUNC << 24,
		1,
	};

	memcpy(type, types, sizeof(types));
	type += sizeof(types) / 4;
	header.type_len = header.str_off = (uint32_t)((type - start) * 4);
	header.str_len = sizeof(strings);
	memcpy(words, &header, sizeof(header));
	memcpy(type, strings, sizeof(strings));
	return (size_t)((char *)type - (char *)words) + sizeof(strings);
}

static void write_bytes(const void *bytes, size_t size)
{
	FILE *file = fopen(tree_place(VMLINUX), "w");

	ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
	ck_assert_int_eq(fclose(file), 0);
}

START_TEST(functions_and_members_are_found)
{
	struct kvet_btf_member members[] = { { .name = "name" }, { .name = "gone" } };
	uint32_t words[256];
	struct kvet_btf btf;

	write_bytes(words, make(words));
	ck_assert_int_eq(kvet_btf_read(&tree_host, &btf, &err), 0);
	ck_assert_uint_eq(kvet_btf_function(&btf, "bpf_iter_ksym"), 4);
	/* The end of another string is no string. */
	ck_assert_uint_eq(kvet_btf_function(&btf, "iter_ksym"), 0);
	ck_assert_uint_eq(kvet_btf_function(&btf, "kallsym_iter"), 0);
	ck_assert(kvet_btf_struct(&btf, "kallsym_iter", members, 2));
	ck_assert(members[0].found && members[0].offset == 16);
	ck_assert(!members[1].found);
	ck_assert(!kvet_btf_struct(&btf, "bpf_iter_ksym", members, 2));
	kvet_btf_deinit(&btf);
}
END_TEST

START_TEST(what_is_cut_is_refused_or_finds_nothing)
{
	uint32_t words[256];
	size_t size = make(words);

	for (size_t cut = 1; cut < size; cut++) {
		struct kvet_btf btf;

		write_bytes(words, cut);
		ck_assert_int_eq(kvet_btf_read(&tree_host, &btf, &err), -EINVAL);
	}
	write_bytes("no BTF at all, but long enough to hold a header", 47);
	ck_assert_int_eq(kvet_btf_read(&tree_host, &(struct kvet_btf){ 0 }, &err), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.evidence, VMLINUX));
}
END_TEST

/* Below a sysroot anything may have the name: none of it is waited for, or read without end. */
START_TEST(what_is_no_plain_file_is_refused)
{
	struct kvet_btf btf;

	ck_assert_int_eq(mkfifo(tree_place(VMLINUX), 0600), 0);
	ck_assert_int_eq(kvet_btf_read(&tree_host, &btf, &err), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.evidence, "not a regular file"));
	ck_assert_int_eq(unlink(tree_place(VMLINUX)), 0);
	ck_assert_int_eq(symlink("/dev/zero", tree_place(VMLINUX)), 0);
	ck_assert_int_eq(kvet_btf_read(&tree_host, &btf, &err), -EINVAL);
	ck_assert_int_eq(unlink(tree_place(VMLINUX)), 0);
	tree_write_unreadable(VMLINUX);
	ck_assert_int_eq(kvet_btf_read(&tree_host, &btf, &err), -EINVAL);
	ck_assert_int_eq(rmdir(tree_place(VMLINUX)), 0);
	write_bytes("", 0);
	ck_assert_int_eq(kvet_btf_read(&tree_host, &btf, &err), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.evidence, "empty"));
	ck_assert_int_eq(truncate(tree_place(VMLINUX), 1L << 40), 0);
	ck_assert_int_eq(kvet_btf_read(&tree_host, &btf, &err), -EFBIG);
}
END_TEST

START_TEST(a_kernel_without_it_is_named)
{
	struct kvet_btf btf;

	ck_assert_int_eq(kvet_btf_read(&tree_host, &btf, &err), -ENOENT);
	ck_assert_str_eq(err.source, "open");
}
END_TEST

/* open(2) went well: its errno, whatever it is, tells nothing. */
START_TEST(a_file_whose_size_is_not_told_is_an_error)
{
	uint32_t words[256];
	struct kvet_btf btf = { 0 };
	int ret;

	write_bytes(words, make(words));
	fstat_fails = true;
	errno = 0;
	ret = kvet_btf_read(&tree_host, &btf, &err);
	fstat_fails = false;
	ck_assert_int_eq(ret, -EIO);
	ck_assert_ptr_null(btf.bytes);
	ck_assert_int_eq(err.errnum, EIO);
	ck_assert_str_eq(err.source, "fstat");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("host btf");
	TCase *tc = tcase_create("btf");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, tree_make, tree_drop);
	tcase_add_test(tc, functions_and_members_are_found);
	tcase_add_test(tc, what_is_cut_is_refused_or_finds_nothing);
	tcase_add_test(tc, what_is_no_plain_file_is_refused);
	tcase_add_test(tc, a_kernel_without_it_is_named);
	tcase_add_test(tc, a_file_whose_size_is_not_told_is_an_error);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
