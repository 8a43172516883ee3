/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a system call takes, from the text that tracefs has of it. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kprobe/expression.h"
#include "kprobe/prototype.h"
#include "kprobe/syscall.h"

static struct kvet_btf *kernel;
static char *bytes;
static char listed[1024];

static void setup(void)
{
	struct btf *made = btf__new_empty();
	__u32 size;
	const void *raw;

	btf__add_int(made, "int", 4, BTF_INT_SIGNED);
	btf__add_int(made, "long int", 8, BTF_INT_SIGNED);
	btf__add_int(made, "long unsigned int", 8, 0);
	btf__add_int(made, "char", 1, BTF_INT_SIGNED);
	btf__add_typedef(made, "size_t", 3);
	btf__add_struct(made, "open_how", 8);
	btf__add_field(made, "flags", 3, 0, 0);
	raw = btf__raw_data(made, &size);
	bytes = malloc(size);
	memcpy(bytes, raw, size);
	btf__free(made);
	ck_assert_int_eq(kvet_btf_new(&kernel, NULL, bytes, size, "made here", NULL), 0);
}

static void teardown(void)
{
	kvet_btf_free(kernel);
	free(bytes);
}

static void add(void *context, const struct kvet_kprobe_field *field)
{
	size_t used = strlen(listed);

	(void)context;
	snprintf(listed + used, sizeof(listed) - used, "%s: %s\n", field->text, field->type);
}

static const char *list_of(const char *format, const char *prefix)
{
	struct kvet_kprobe_prototype places;
	struct kvet_kprobe_wrong wrong;
	struct kvet_btf *btf;
	size_t size;
	char *made = kvet_syscall_btf(kernel, format, &size);
	uint32_t id;

	ck_assert_ptr_nonnull(made);
	ck_assert_int_eq(kvet_btf_new(&btf, kernel, made, size, "a call", NULL), 0);
	id = kvet_btf_find(btf, BTF_KIND_FUNC, KVET_SYSCALL_FUNCTION);
	ck_assert_int_eq(kvet_prototype_find(btf, KVET_SYSCALL_FUNCTION, &places), 1);
	*listed = '\0';
	ck_assert(kvet_fields_list(btf, kvet_btf_prototype(btf, id), &places, prefix, add, NULL,
				   &wrong));
	kvet_btf_free(btf);
	free(made);
	return listed;
}

#define HEAD                                                                     \
	"name: sys_enter_x\nID: 1\nformat:\n"                                    \
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"   \
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n\n" \
	"\tfield:int __syscall_nr;\toffset:8;\tsize:4;\tsigned:1;\n"
#define ARG(text) "\tfield:" text ";\toffset:16;\tsize:8;\tsigned:0;\n"

START_TEST(each_argument_has_its_name_and_type)
{
	ck_assert_str_eq(list_of(HEAD ARG("int dfd") ARG("const char * filename")
					 ARG("struct open_how * how") ARG("size_t usize")
						 ARG("unsigned long flags") ARG("char ** argv"),
				 ""),
			 "dfd: int\n"
			 "filename: const char *\n"
			 "how: struct open_how *\n"
			 "usize: size_t\n"
			 "flags: long unsigned int\n"
			 "argv: char **\n"
			 "ret: long int\n");
	ck_assert_str_eq(list_of(HEAD ARG("struct open_how * how"), "how"),
			 "how->flags: long unsigned int\n");
}
END_TEST

START_TEST(what_the_kernel_does_not_describe_is_void_or_long)
{
	ck_assert_str_eq(list_of(HEAD ARG("struct nothing * gone") ARG("nothing_t number"), ""),
			 "gone: void *\n"
			 "number: long int\n"
			 "ret: long int\n");
}
END_TEST

START_TEST(a_call_may_take_nothing)
{
	ck_assert_str_eq(list_of(HEAD, ""), "ret: long int\n");
	ck_assert_str_eq(list_of("", ""), "ret: long int\n");
}
END_TEST

/* Newer kernels add the text at a pointer; and nobody has more than six arguments. */
START_TEST(only_arguments_are_taken)
{
	ck_assert_str_eq(list_of(HEAD ARG("const char * path") "\tfield:__data_loc char[] "
							       "__path_val;\toffset:24;\n",
				 ""),
			 "path: const char *\nret: long int\n");
	ck_assert_str_eq(list_of(ARG("int a") ARG("int b") ARG("int c") ARG("int d") ARG("int e")
					 ARG("int f") ARG("int g"),
				 ""),
			 "a: int\nb: int\nc: int\nd: int\ne: int\nf: int\nret: long int\n");
	ck_assert_str_eq(list_of("\tfield:int a\n\tfield:;\n\tfield:***;\nfield:int b;\n", ""),
			 "ret: long int\n");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kprobe syscall");
	TCase *tc = tcase_create("syscall");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, each_argument_has_its_name_and_type);
	tcase_add_test(tc, what_the_kernel_does_not_describe_is_void_or_long);
	tcase_add_test(tc, a_call_may_take_nothing);
	tcase_add_test(tc, only_arguments_are_taken);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
