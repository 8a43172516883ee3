/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Types as C has them. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "host/btf_text.h"

static struct btf *made;
static char text[128];

static void is(int id, const char *wanted)
{
	struct kvet_btf *btf;
	__u32 size;
	const char *raw = btf__raw_data(made, &size);

	ck_assert_int_eq(kvet_btf_new(&btf, NULL, raw, size, "made here", NULL), 0);
	ck_assert_str_eq(kvet_btf_type_text(btf, (uint32_t)id, text, sizeof(text)), wanted);
	kvet_btf_free(btf);
}

START_TEST(each_type_is_written_as_in_c)
{
	int integer, character, both, proto, nested;

	made = btf__new_empty();
	integer = btf__add_int(made, "int", 4, BTF_INT_SIGNED);
	character = btf__add_int(made, "char", 1, BTF_INT_SIGNED);
	is(0, "void");
	is(btf__add_ptr(made, 0), "void *");
	is(btf__add_ptr(made, btf__add_ptr(made, btf__add_const(made, character))),
	   "const char **");
	is(btf__add_const(made, btf__add_ptr(made, character)), "char *const");
	is(btf__add_volatile(made, integer), "volatile int");
	is(btf__add_restrict(made, btf__add_ptr(made, integer)), "int *");
	is(btf__add_array(made, integer, btf__add_ptr(made, character), 3), "char * [3]");
	is(btf__add_struct(made, "s", 0), "struct s");
	is(btf__add_union(made, NULL, 0), "union {...}");
	is(btf__add_enum(made, "e", 4), "enum e");
	is(btf__add_fwd(made, "f", BTF_FWD_UNION), "union f");
	is(btf__add_fwd(made, "f", BTF_FWD_STRUCT), "struct f");
	is(btf__add_typedef(made, "u32", integer), "u32");
	both = btf__add_func_proto(made, integer);
	btf__add_func_param(made, "a", character);
	btf__add_func_param(made, "", 0);
	is(btf__add_ptr(made, both), "int (*)(char, ...)");
	is(btf__add_ptr(made, btf__add_func_proto(made, 0)), "void (*)(void)");
	/* One that takes itself, as the kernel has them. */
	proto = btf__add_func_proto(made, 0);
	btf__add_func_param(made, "again", proto + 1);
	nested = btf__add_ptr(made, proto);
	is(nested,
	   "void (*)(void (*)(void (*)(void (*)(void (*)(void (*)(void (*)(void (*)(...))))))))");
	btf__free(made);
}
END_TEST

START_TEST(what_does_not_fit_is_cut)
{
	struct kvet_btf *btf;
	const char *raw;
	__u32 size;
	int id;

	made = btf__new_empty();
	id = btf__add_ptr(made, btf__add_struct(made, "somewhat_long", 0));
	raw = btf__raw_data(made, &size);
	ck_assert_int_eq(kvet_btf_new(&btf, NULL, raw, size, "made here", NULL), 0);
	ck_assert_str_eq(kvet_btf_type_text(btf, (uint32_t)id, text, 10), "struct so");
	kvet_btf_free(btf);
	btf__free(made);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("host btf_text");
	TCase *tc = tcase_create("text");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, each_type_is_written_as_in_c);
	tcase_add_test(tc, what_does_not_fit_is_cut);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
