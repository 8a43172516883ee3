/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Conditions, parsed, and resolved in a BTF made by libbpf. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kprobe/condition.h"
#include "tests/lib/kprobe/expression.h"

static struct kvet_btf *btf;
static struct kvet_condition condition;
static struct kvet_condition_term term;
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

static bool take(const char *text)
{
	struct kvet_kprobe_prototype places;
	uint32_t id = kvet_btf_find(btf, BTF_KIND_FUNC, "f");

	ck_assert_int_eq(kvet_prototype_find(btf, "f", &places), 1);
	if (!kvet_condition_parse(text, &condition, &wrong))
		return false;
	term = condition.term;
	return !kvet_condition_typed(&condition) ||
	       kvet_condition_resolve(btf, kvet_btf_prototype(btf, id), &places, &condition, &term,
				      &wrong);
}

START_TEST(each_condition_asks_what_it_says)
{
	static const struct {
		const char *text;
		enum kvet_condition_subject subject;
		enum kvet_condition_operation operation;
		bool reads;
		int64_t value;
	} cases[] = {
		{ "n == 3", KVET_CONDITION_EXPRESSION, KVET_CONDITION_EQUAL, false, 3 },
		{ "  n!=-3 ", KVET_CONDITION_EXPRESSION, KVET_CONDITION_UNEQUAL, false, -3 },
		{ "n<0x10", KVET_CONDITION_EXPRESSION, KVET_CONDITION_LESS, false, 16 },
		{ "n <=1", KVET_CONDITION_EXPRESSION, KVET_CONDITION_MOST, false, 1 },
		{ "n>1", KVET_CONDITION_EXPRESSION, KVET_CONDITION_GREATER, false, 1 },
		{ "n>= 1", KVET_CONDITION_EXPRESSION, KVET_CONDITION_LEAST, false, 1 },
		{ "args.n & 6", KVET_CONDITION_EXPRESSION, KVET_CONDITION_BITS, false, 6 },
		{ "o->port>80", KVET_CONDITION_EXPRESSION, KVET_CONDITION_GREATER, true, 80 },
		{ "n == 0xffffffff", KVET_CONDITION_EXPRESSION, KVET_CONDITION_EQUAL, false, -1 },
		{ "n == -ENOENT", KVET_CONDITION_EXPRESSION, KVET_CONDITION_EQUAL, false, -ENOENT },
		{ "c == GREEN", KVET_CONDITION_EXPRESSION, KVET_CONDITION_EQUAL, false, 1 },
		{ "o->color != NONE", KVET_CONDITION_EXPRESSION, KVET_CONDITION_UNEQUAL, true, -1 },
		{ "o->flag == true", KVET_CONDITION_EXPRESSION, KVET_CONDITION_EQUAL, true, 1 },
		{ "o->flag == false", KVET_CONDITION_EXPRESSION, KVET_CONDITION_EQUAL, true, 0 },
		{ "o->next == NULL", KVET_CONDITION_EXPRESSION, KVET_CONDITION_EQUAL, true, 0 },
		{ "o == 0xffffffffffffffff", KVET_CONDITION_EXPRESSION, KVET_CONDITION_EQUAL, false,
		  -1 },
		{ "o->by_value.b == -16", KVET_CONDITION_EXPRESSION, KVET_CONDITION_EQUAL, true,
		  -16 },
		{ "o->by_value.a == 7", KVET_CONDITION_EXPRESSION, KVET_CONDITION_EQUAL, true, 7 },
		{ "o->in[2].x >= -9223372036854775808", KVET_CONDITION_EXPRESSION,
		  KVET_CONDITION_LEAST, true, INT64_MIN },
		{ "ret < 0", KVET_CONDITION_RETURN, KVET_CONDITION_LESS, false, 0 },
		{ "errno == ENOENT", KVET_CONDITION_ERRNO, KVET_CONDITION_EQUAL, false, ENOENT },
		{ "errno != 0", KVET_CONDITION_ERRNO, KVET_CONDITION_UNEQUAL, false, 0 },
		{ "errno == 4095", KVET_CONDITION_ERRNO, KVET_CONDITION_EQUAL, false, 4095 },
		{ "duration > 3ms", KVET_CONDITION_DURATION, KVET_CONDITION_GREATER, false,
		  3000000 },
		{ "duration > 3", KVET_CONDITION_DURATION, KVET_CONDITION_GREATER, false, 3 },
		{ "pid == 4294967295", KVET_CONDITION_PID, KVET_CONDITION_EQUAL, false,
		  4294967295 },
		{ "uid == 0", KVET_CONDITION_UID, KVET_CONDITION_EQUAL, false, 0 },
		{ "cpu < 2", KVET_CONDITION_CPU, KVET_CONDITION_LESS, false, 2 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ck_assert_msg(take(cases[i].text), "%s: %s", cases[i].text, wrong.why);
		ck_assert_msg(condition.subject == cases[i].subject, "%s", cases[i].text);
		ck_assert_msg(condition.operation == cases[i].operation, "%s", cases[i].text);
		ck_assert_msg(condition.reads == cases[i].reads, "%s", cases[i].text);
		ck_assert_msg((int64_t)term.value == cases[i].value, "%s: %lld", cases[i].text,
			      (long long)term.value);
		ck_assert(!condition.is_text);
	}
}
END_TEST

START_TEST(a_text_is_in_quotes)
{
	static const struct {
		const char *text, *value;
		enum kvet_kprobe_form form;
		bool reads;
	} cases[] = {
		{ "comm == \"sh\"", "sh", KVET_KPROBE_FORM_TEXT, false },
		{ "comm~'k*'", "k*", KVET_KPROBE_FORM_TEXT, false },
		{ "o->path ~ \"/etc/*\" ", "/etc/*", KVET_KPROBE_FORM_STRING, true },
		{ "o->uname != \"\"", "", KVET_KPROBE_FORM_STRING, true },
		{ "o->in->name == \"it's\"", "it's", KVET_KPROBE_FORM_TEXT, true },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ck_assert_msg(take(cases[i].text), "%s: %s", cases[i].text, wrong.why);
		ck_assert(condition.is_text);
		ck_assert_uint_eq(condition.value_size, strlen(cases[i].value));
		ck_assert(!memcmp(condition.value, cases[i].value, condition.value_size));
		ck_assert_int_eq(term.expression.form, cases[i].form);
		ck_assert_msg(condition.reads == cases[i].reads, "%s", cases[i].text);
	}
	/* A pointer to text is a pointer, too. */
	ck_assert(take("o->path != NULL"));
	ck_assert(!condition.is_text);
}
END_TEST

START_TEST(what_is_wrong_has_its_place)
{
	static const struct {
		const char *text;
		size_t at;
		const char *why, *nearest;
	} cases[] = {
		{ "", 0, "begins with an expression", "" },
		{ " == 3", 1, "begins with an expression", "" },
		{ "n", 1, "an operator is expected here", "" },
		{ "n = 3", 2, "an operator is expected here", "" },
		{ "n + 3", 2, "an operator is expected here", "" },
		{ "n == ", 5, "is missing", "" },
		{ " m == 3", 1, "no argument 'm'", "" },
		{ "o->colour == 3", 3, "no member 'colour'", "color" },
		{ "n == three", 5, "'three' is not a number", "" },
		{ "n == ENOENT", 5, "write -ENOENT", "" },
		{ "n == -ENOEND", 5, "not a number", "-ENOENT" },
		{ "c == GREE", 5, "a name that the enum has", "GREEN" },
		{ "n == 2147483648", 5, "from -2147483648 to 2147483647", "" },
		{ "n == -2147483649", 5, "from -2147483648 to 2147483647", "" },
		{ "n == 0x100000000", 5, "out of range", "" },
		{ "o->port == -1", 11, "from 0 to 65535", "" },
		{ "o->port == 65536", 11, "from 0 to 65535", "" },
		{ "o->by_value.a == 8", 17, "from 0 to 7", "" },
		{ "o == 99999999999999999999", 5, "out of range", "" },
		{ "errno == ENOENX", 9, "not an errno's name or number", "ENOENT" },
		{ "errno == 4096", 9, "from 1 to 4095", "" },
		{ "errno == -2", 9, "from 1 to 4095", "" },
		{ "comm == sh", 8, "in quotes", "" },
		{ "comm ~ sh*", 7, "in quotes", "" },
		{ "comm < \"sh\"", 8, "with ==, != or ~", "" },
		{ "comm == \"sh", 11, "second \" is missing", "" },
		{ "comm == \"", 9, "second \" is missing", "" },
		{ "comm ~ \"a[\"", 9, "']' is missing", "" },
		{ "n == \"3\"", 6, "'n' is not text", "" },
		{ "pid == \"3\"", 8, "'pid' is not text", "" },
		{ "o->in->name == 3", 15, "in quotes", "" },
		{ "duration > 3x", 11, "ns, us, ms or s", "" },
		{ "duration > ms", 11, "ns, us, ms or s", "" },
		{ "duration > -1", 11, "ns, us, ms or s", "" },
		{ "uid == 4294967296", 7, "from 0 to 4294967295", "" },
		{ "ret.x == 1", 3, "not a struct", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ck_assert_msg(!take(cases[i].text), "%s", cases[i].text);
		ck_assert_msg(wrong.at == cases[i].at, "%s: at %zu", cases[i].text, wrong.at);
		ck_assert_msg(strstr(wrong.why, cases[i].why) != NULL, "%s: %s", cases[i].text,
			      wrong.why);
		ck_assert_str_eq(wrong.nearest, cases[i].nearest);
	}
}
END_TEST

START_TEST(a_function_of_another_type_has_no_errno)
{
	struct btf *made = btf__new_empty();
	int number = btf__add_int(made, "unsigned int", 4, 0);
	int types[] = { 0, number, btf__add_ptr(made, 0), btf__add_int(made, "long", 8, 0) };
	static const char *const why[] = { "returns nothing", "no negative numbers", NULL, NULL };
	struct kvet_kprobe_prototype places;

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		btf__add_func(made, (const char *[]){ "a", "b", "c", "d" }[i], BTF_FUNC_STATIC,
			      btf__add_func_proto(made, types[i]));
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		struct kvet_btf *types_of;
		__u32 size;
		const char *raw = btf__raw_data(made, &size);
		uint32_t id;
		bool good;

		ck_assert_int_eq(kvet_btf_new(&types_of, NULL, raw, size, "made here", NULL), 0);
		id = kvet_btf_find(types_of, BTF_KIND_FUNC,
				   (const char *[]){ "a", "b", "c", "d" }[i]);
		ck_assert(kvet_condition_parse(" errno != 0", &condition, &wrong));
		places = (struct kvet_kprobe_prototype){ 0 };
		good = kvet_condition_resolve(types_of, kvet_btf_prototype(types_of, id), &places,
					      &condition, &term, &wrong);
		ck_assert(good == !why[i]);
		ck_assert(good || (strstr(wrong.why, why[i]) && wrong.at == 1));
		kvet_btf_free(types_of);
	}
	btf__free(made);
}
END_TEST

START_TEST(only_what_is_returned_is_asked_at_the_return)
{
	static const struct {
		const char *text;
		bool at_return, typed;
	} cases[] = {
		{ "ret == 0", true, true },        { "errno == 0", true, true },
		{ "duration > 1", true, false },   { "n == 0", false, true },
		{ "comm == \"a\"", false, false }, { "returned == 0", false, true },
		{ "ret->x == 0", true, true },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ck_assert(kvet_condition_parse(cases[i].text, &condition, &wrong));
		ck_assert(kvet_condition_at_return(&condition) == cases[i].at_return);
		ck_assert(kvet_condition_typed(&condition) == cases[i].typed);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kprobe condition");
	TCase *tc = tcase_create("condition");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, each_condition_asks_what_it_says);
	tcase_add_test(tc, a_text_is_in_quotes);
	tcase_add_test(tc, what_is_wrong_has_its_place);
	tcase_add_test(tc, a_function_of_another_type_has_no_errno);
	tcase_add_test(tc, only_what_is_returned_is_asked_at_the_return);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
