/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* BTF from a file: the kernel's, a module's on top of it, and what is no BTF. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/btf.h"
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

static struct kvet_btf *btf;

static int read_kernel(void)
{
	return kvet_btf_read(&btf, &tree_host, KVET_BTF_KERNEL, NULL, &err);
}

START_TEST(functions_and_members_are_found)
{
	struct kvet_btf_member member;
	uint32_t words[256];

	write_bytes(words, make(words));
	ck_assert_int_eq(read_kernel(), 0);
	ck_assert_uint_eq(kvet_btf_find(btf, BTF_KIND_FUNC, "bpf_iter_ksym"), 4);
	ck_assert_uint_eq(kvet_btf_find(btf, BTF_KIND_STRUCT, "kallsym_iter"), 2);
	ck_assert(kvet_btf_member(btf, 2, "name", &member));
	ck_assert_uint_eq(member.offset, 128);
	kvet_btf_free(btf);
}
END_TEST

/* The ids and strings of a module go on where the kernel's end. */
START_TEST(a_module_stands_on_the_kernel)
{
	const struct btf_header header = { .magic = BTF_MAGIC,
					   .version = 1,
					   .hdr_len = sizeof(header),
					   .type_len = 12,
					   .str_off = 12,
					   .str_len = 6 };
	const uint32_t type[] = { sizeof(strings) + 1, BTF_KIND_FUNC << 24, 3 };
	struct kvet_btf *kernel;
	uint32_t words[256];
	FILE *file;

	write_bytes(words, make(words));
	ck_assert_int_eq(read_kernel(), 0);
	kernel = btf;
	file = fopen(tree_place("/sys/kernel/btf/dummy"), "w");
	fwrite(&header, sizeof(header), 1, file);
	fwrite(type, sizeof(type), 1, file);
	fwrite("\0init", 6, 1, file);
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_int_eq(kvet_btf_read(&btf, &tree_host, "dummy", kernel, &err), 0);
	ck_assert_uint_eq(kvet_btf_find(btf, BTF_KIND_FUNC, "init"), 5);
	ck_assert_uint_eq(kvet_btf_find(btf, BTF_KIND_FUNC, "xname"), 0);
	ck_assert_str_eq(kvet_btf_string(btf, kvet_btf_type(btf, 3)->name_off), "xname");
	kvet_btf_free(btf);
	ck_assert_int_eq(kvet_btf_read(&btf, &tree_host, "gone", kernel, &err), -ENOENT);
	ck_assert_ptr_nonnull(strstr(err.evidence, "/sys/kernel/btf/gone"));
	kvet_btf_free(kernel);
}
END_TEST

START_TEST(what_is_cut_is_refused)
{
	uint32_t words[256];
	size_t size = make(words);

	for (size_t cut = 1; cut < size; cut++) {
		write_bytes(words, cut);
		ck_assert_int_eq(read_kernel(), -EINVAL);
	}
	write_bytes("no BTF at all, but long enough to hold a header", 47);
	ck_assert_int_eq(read_kernel(), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.evidence, VMLINUX));
}
END_TEST

/* Below a sysroot anything may have the name: none of it is waited for, or read without end. */
START_TEST(what_is_no_plain_file_is_refused)
{
	ck_assert_int_eq(mkfifo(tree_place(VMLINUX), 0600), 0);
	ck_assert_int_eq(read_kernel(), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.evidence, "not a regular file"));
	ck_assert_int_eq(unlink(tree_place(VMLINUX)), 0);
	ck_assert_int_eq(symlink("/dev/zero", tree_place(VMLINUX)), 0);
	ck_assert_int_eq(read_kernel(), -EINVAL);
	ck_assert_int_eq(unlink(tree_place(VMLINUX)), 0);
	tree_write_unreadable(VMLINUX);
	ck_assert_int_eq(read_kernel(), -EINVAL);
	ck_assert_int_eq(rmdir(tree_place(VMLINUX)), 0);
	write_bytes("", 0);
	ck_assert_int_eq(read_kernel(), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err.evidence, "empty"));
	ck_assert_int_eq(truncate(tree_place(VMLINUX), 1L << 40), 0);
	ck_assert_int_eq(read_kernel(), -EFBIG);
}
END_TEST

START_TEST(a_kernel_without_it_is_named)
{
	ck_assert_int_eq(read_kernel(), -ENOENT);
	ck_assert_str_eq(err.source, "open");
}
END_TEST

/* open(2) went well: its errno, whatever it is, tells nothing. */
START_TEST(a_file_whose_size_is_not_told_is_an_error)
{
	uint32_t words[256];
	int ret;

	write_bytes(words, make(words));
	btf = NULL;
	fstat_fails = true;
	errno = 0;
	ret = read_kernel();
	fstat_fails = false;
	ck_assert_int_eq(ret, -EIO);
	ck_assert_ptr_null(btf);
	ck_assert_int_eq(err.errnum, EIO);
	ck_assert_str_eq(err.source, "fstat");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("host btf_read");
	TCase *tc = tcase_create("btf");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, tree_make, tree_drop);
	tcase_add_test(tc, functions_and_members_are_found);
	tcase_add_test(tc, a_module_stands_on_the_kernel);
	tcase_add_test(tc, what_is_cut_is_refused);
	tcase_add_test(tc, what_is_no_plain_file_is_refused);
	tcase_add_test(tc, a_kernel_without_it_is_named);
	tcase_add_test(tc, a_file_whose_size_is_not_told_is_an_error);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
