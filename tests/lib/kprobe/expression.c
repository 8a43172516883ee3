/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Expressions on arguments, resolved in a BTF made by libbpf. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/kprobe/expression.h"

static struct kvet_btf *btf;
static struct kvet_kprobe_expression expression;
static struct kvet_kprobe_wrong wrong;
static char *bytes;

static void setup(void)
{
	size_t size;

	bytes = expression_fixture(&size);
	ck_assert_ptr_nonnull(bytes);
	ck_assert_int_eq(kvet_btf_new(&btf, NULL, bytes, size, "made here", NULL), 0);
}

static void teardown(void)
{
	kvet_btf_free(btf);
	free(bytes);
}

static bool resolve(const char *text)
{
	struct kvet_kprobe_prototype places;
	uint32_t id = kvet_btf_find(btf, BTF_KIND_FUNC, "f");

	ck_assert_int_eq(kvet_prototype_find(btf, "f", &places), 1);
	memset(&expression, 0xff, sizeof(expression));
	memset(&wrong, 0xff, sizeof(wrong));
	return kvet_expression_resolve(btf, kvet_btf_prototype(btf, id), &places, text, &expression,
				       &wrong);
}

START_TEST(ret_is_a_word_of_its_own_and_what_is_returned_can_be_followed)
{
	ck_assert(kvet_kprobe_expression_returned("ret"));
	ck_assert(kvet_kprobe_expression_returned("ret->in"));
	ck_assert(kvet_kprobe_expression_returned("ret.in"));
	ck_assert(kvet_kprobe_expression_returned("ret[1]"));
	ck_assert(!kvet_kprobe_expression_returned("return_value"));
	ck_assert(!kvet_kprobe_expression_returned("ret_"));
	ck_assert(!kvet_kprobe_expression_returned("args.ret"));
	ck_assert(!kvet_kprobe_expression_returned("o"));
}
END_TEST

START_TEST(each_expression_has_its_path)
{
	static const struct {
		const char *text;
		enum kvet_kprobe_form form;
		int place;
		unsigned int pointers, size;
		uint32_t offsets[4];
	} cases[] = {
		{ "o", KVET_KPROBE_FORM_POINTER, 0, 0, 0, { 0 } },
		{ "n", KVET_KPROBE_FORM_SIGNED, 1, 0, 0, { 0 } },
		{ "c", KVET_KPROBE_FORM_ENUM, 2, 0, 0, { 0 } },
		{ "o->color", KVET_KPROBE_FORM_ENUM, 0, 0, 4, { 64 } },
		{ "o->flag", KVET_KPROBE_FORM_BOOLEAN, 0, 0, 1, { 68 } },
		{ "o->port", KVET_KPROBE_FORM_UNSIGNED, 0, 0, 2, { 70 } },
		{ "o->fn", KVET_KPROBE_FORM_FUNCTION, 0, 0, 8, { 72 } },
		{ "o->list[0]", KVET_KPROBE_FORM_SIGNED, 0, 0, 4, { 80 } },
		{ "o->list[3]", KVET_KPROBE_FORM_SIGNED, 0, 0, 4, { 92 } },
		{ "o->path", KVET_KPROBE_FORM_STRING, 0, 0, 8, { 40 } },
		{ "o->uname", KVET_KPROBE_FORM_STRING, 0, 0, 8, { 48 } },
		{ "o->bytes", KVET_KPROBE_FORM_POINTER, 0, 0, 8, { 56 } },
		{ "o->path[2]", KVET_KPROBE_FORM_SIGNED, 0, 1, 1, { 40, 2 } },
		{ "o->by_value.x", KVET_KPROBE_FORM_SIGNED, 0, 0, 8, { 16 } },
		{ "o->by_value.name", KVET_KPROBE_FORM_TEXT, 0, 0, 0, { 16 } },
		{ "o->in->x", KVET_KPROBE_FORM_SIGNED, 0, 1, 8, { 0, 8 } },
		{ "o->next->next->in->name", KVET_KPROBE_FORM_TEXT, 0, 3, 0, { 96, 96, 0, 8 } },
		{ "o->in[2].x", KVET_KPROBE_FORM_SIGNED, 0, 1, 8, { 0, 72 } },
		{ "o[1].port", KVET_KPROBE_FORM_UNSIGNED, 0, 0, 2, { 112 + 70 } },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ck_assert_msg(resolve(cases[i].text), "%s: %s", cases[i].text, wrong.why);
		ck_assert_msg(expression.form == cases[i].form, "%s: form %d", cases[i].text,
			      expression.form);
		ck_assert_int_eq(expression.place, cases[i].place);
		ck_assert_uint_eq(expression.pointers, cases[i].pointers);
		ck_assert_uint_eq(expression.size, cases[i].size);
		ck_assert_uint_eq(expression.bits, 0);
		for (unsigned int n = 0; n <= expression.pointers; n++)
			ck_assert_msg(expression.offsets[n] == cases[i].offsets[n],
				      "%s: offset %u is %u", cases[i].text, n,
				      expression.offsets[n]);
	}
}
END_TEST

START_TEST(what_is_wrong_has_its_place)
{
	static const struct {
		const char *text;
		size_t at;
		const char *why, *nearest;
	} cases[] = {
		{ "", 0, "the name of an argument is missing", "" },
		{ "->in", 0, "the name of an argument is missing", "" },
		{ "0", 0, "the name of an argument is missing", "" },
		{ "m", 0, "no argument 'm'", "" },
		{ "b", 0, "not passed in one register", "" },
		{ "o->", 3, "the name of a member is missing", "" },
		{ "o->colour", 3, "struct outer has no member 'colour'", "color" },
		{ "o->in->nam", 7, "struct inner has no member 'nam'", "name" },
		{ "o.in", 1, "write '->'", "" },
		{ "o->by_value->x", 11, "write '.'", "" },
		{ "n.x", 1, "not a struct", "" },
		{ "n->x", 1, "write '.'", "" },
		{ "n[0]", 1, "not an array or a pointer", "" },
		{ "o->by_value", 11, "choose one of its members", "" },
		{ "o->list", 7, "choose one of its elements", "" },
		{ "o->list[4]", 7, "the array has 4 elements", "" },
		{ "o->list[x]", 8, "a decimal number", "" },
		{ "o->list[1", 9, "a decimal number", "" },
		{ "o->list[-1]", 8, "a decimal number", "" },
		{ "o->fn[0]", 5, "size of an element", "" },
		{ "o->path[99999999999999999999]", 7, "too far away", "" },
		{ "o->gone->x", 7, "only declares struct fwd", "" },
		{ "o->in->a.x", 8, "bit field", "" },
		{ "o + 1", 1, "is expected here", "" },
		{ "o->in ", 5, "is expected here", "" },
		{ "o->next->next->next->next->next->next->next->next->next->port", 55,
		  "at most 8 pointers", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ck_assert_msg(!resolve(cases[i].text), "%s", cases[i].text);
		ck_assert_msg(wrong.at == cases[i].at, "%s: at %zu", cases[i].text, wrong.at);
		ck_assert_msg(strstr(wrong.why, cases[i].why) != NULL, "%s: %s", cases[i].text,
			      wrong.why);
		ck_assert_str_eq(wrong.nearest, cases[i].nearest);
	}
}
END_TEST

START_TEST(as_many_pointers_as_there_are_steps)
{
	ck_assert(resolve("o->next->next->next->next->next->next->next->next->port"));
	ck_assert_uint_eq(expression.pointers, KVET_KPROBE_STEPS);
}
END_TEST

/* Bits of the number that is read, as the compiler of this machine places them. */
START_TEST(a_bit_field_is_its_bits)
{
	union {
		struct {
			unsigned int a : 3;
			int b : 5;
			unsigned int rest : 24;
		} bits;
		uint64_t word;
	} memory = { .word = 0 };

	memory.bits.a = 5;
	memory.bits.b = -3;
	memory.bits.rest = 0xffffff;
	ck_assert(resolve("o->by_value.a"));
	ck_assert_uint_eq(expression.bits, 3);
	ck_assert_int_eq(expression.form, KVET_KPROBE_FORM_UNSIGNED);
	ck_assert_uint_eq(kvet_kprobe_expression_bits(&expression, &memory.word), 5);
	ck_assert(resolve("o->in->b"));
	ck_assert_uint_eq(expression.pointers, 1);
	ck_assert_uint_eq(expression.size, 4);
	ck_assert_int_eq((int64_t)kvet_kprobe_expression_bits(&expression, &memory.word), -3);
}
END_TEST

START_TEST(a_value_has_the_size_and_the_sign_of_its_type)
{
	uint64_t memory = UINT64_MAX;

	ck_assert(resolve("o->list[1]"));
	ck_assert_int_eq((int64_t)kvet_kprobe_expression_bits(&expression, &memory), -1);
	ck_assert(resolve("o->port"));
	ck_assert_uint_eq(kvet_kprobe_expression_bits(&expression, &memory), UINT16_MAX);
	ck_assert(resolve("o->flag"));
	ck_assert_uint_eq(kvet_kprobe_expression_bits(&expression, &memory), UINT8_MAX);
	ck_assert(resolve("o->path"));
	ck_assert_uint_eq(kvet_kprobe_expression_bits(&expression, &memory), UINT64_MAX);
	/* The upper half of a register is undefined. */
	memory = 0xaaaaaaaafffffffe;
	ck_assert(resolve("n"));
	ck_assert_int_eq((int64_t)kvet_kprobe_expression_bits(&expression, &memory), -2);
}
END_TEST

START_TEST(an_enum_has_names)
{
	ck_assert(resolve("c"));
	ck_assert_str_eq(kvet_kprobe_enumerator(&expression, 1), "GREEN");
	ck_assert_str_eq(kvet_kprobe_enumerator(&expression, (uint64_t)-1), "NONE");
	ck_assert_ptr_null(kvet_kprobe_enumerator(&expression, 7));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kprobe expression");
	TCase *tc = tcase_create("expression");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, ret_is_a_word_of_its_own_and_what_is_returned_can_be_followed);
	tcase_add_test(tc, each_expression_has_its_path);
	tcase_add_test(tc, what_is_wrong_has_its_place);
	tcase_add_test(tc, as_many_pointers_as_there_are_steps);
	tcase_add_test(tc, a_bit_field_is_its_bits);
	tcase_add_test(tc, a_value_has_the_size_and_the_sign_of_its_type);
	tcase_add_test(tc, an_enum_has_names);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
