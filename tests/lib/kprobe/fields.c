/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What can be asked of a function, listed from a BTF made by libbpf. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/kprobe/expression.h"

static struct kvet_kprobe_wrong wrong;
static char listed[4096];

static void add(void *context, const struct kvet_kprobe_field *field)
{
	size_t used = strlen(listed);

	(void)context;
	ck_assert((field->form == KVET_KPROBE_FORM_NONE) == (*field->why != '\0'));
	snprintf(listed + used, sizeof(listed) - used, "%s: %s%s\n", field->text, field->type,
		 *field->why ? " -" : "");
}

static bool list_of(const char *function, const char *prefix)
{
	struct kvet_kprobe_prototype places;
	struct kvet_btf *btf;
	size_t size = 0;
	char *bytes = expression_fixture(&size);
	uint32_t id;
	bool good;

	ck_assert_int_eq(kvet_btf_new(&btf, NULL, bytes, size, "made here", NULL), 0);
	id = kvet_btf_find(btf, BTF_KIND_FUNC, function);
	ck_assert_int_eq(kvet_prototype_find(btf, function, &places), 1);
	*listed = '\0';
	good = kvet_fields_list(btf, kvet_btf_prototype(btf, id), &places, prefix, add, NULL,
				&wrong);
	kvet_btf_free(btf);
	free(bytes);
	return good;
}

START_TEST(arguments_and_what_is_returned)
{
	ck_assert(list_of("f", ""));
	ck_assert_str_eq(listed, "o: struct outer *\n"
				 "n: int\n"
				 "c: enum color\n"
				 "b: struct outer -\n"
				 "ret: int\n");
	/* As a condition tells it from the task's. */
	ck_assert(list_of("g", ""));
	ck_assert_str_eq(listed, "args.pid: int\nret: int\n");
}
END_TEST

START_TEST(members_of_what_an_expression_leads_to)
{
	static const char *const prefixes[] = { "o->in", "o->in->" };

	for (size_t i = 0; i < 2; i++) {
		ck_assert(list_of("f", prefixes[i]));
		ck_assert_str_eq(listed, "o->in->a: unsigned int : 3\n"
					 "o->in->b: int : 5\n"
					 "o->in->x: long\n"
					 "o->in->name: char [16]\n"
					 "o->in->end: long\n");
	}
	ck_assert(list_of("f", "o->by_value."));
	ck_assert_str_eq(listed, "o->by_value.a: unsigned int : 3\n"
				 "o->by_value.b: int : 5\n"
				 "o->by_value.x: long\n"
				 "o->by_value.name: char [16]\n"
				 "o->by_value.end: long\n");
	ck_assert(list_of("f", "o"));
	ck_assert_str_eq(listed, "o->in: struct inner *\n"
				 "o->by_value: struct inner -\n"
				 "o->path: const char *\n"
				 "o->uname: const unsigned char *\n"
				 "o->bytes: u8 *\n"
				 "o->color: enum color\n"
				 "o->flag: _Bool\n"
				 "o->port: unsigned short\n"
				 "o->fn: void (*)(void)\n"
				 "o->list: int [4] -\n"
				 "o->next: struct outer *\n"
				 "o->gone: struct fwd *\n");
}
END_TEST

START_TEST(what_has_no_members_says_so)
{
	static const struct {
		const char *prefix, *why;
		size_t at;
	} cases[] = {
		{ "n", "this has no members", 1 },
		{ "o->list", "this has no members", 7 },
		{ "o->fn->", "this has no members", 5 },
		{ "ret->", "this has no members", 3 },
		{ "m->", "no argument 'm'", 0 },
		{ "o->colour", "no member 'colour'", 3 },
		{ "returned", "no argument 'returned'", 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ck_assert_msg(!list_of("f", cases[i].prefix), "%s", cases[i].prefix);
		ck_assert_msg(strstr(wrong.why, cases[i].why) != NULL, "%s: %s", cases[i].prefix,
			      wrong.why);
		ck_assert_uint_eq(wrong.at, cases[i].at);
		ck_assert_str_eq(listed, "");
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kprobe fields");
	TCase *tc = tcase_create("fields");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, arguments_and_what_is_returned);
	tcase_add_test(tc, members_of_what_an_expression_leads_to);
	tcase_add_test(tc, what_has_no_members_says_so);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
