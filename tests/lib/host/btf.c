/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A BTF with every kind of type, made by libbpf: found, followed, damaged. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/btf.h"

/* Every kind of type. */
static void add_all(struct btf *btf)
{
	int number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int pointer = btf__add_ptr(btf, 0);
	int proto = btf__add_func_proto(btf, number);
	int other, name;

	ck_assert_int_eq(btf__add_func_param(btf, "first", pointer), 0);
	ck_assert_int_gt(btf__add_func(btf, "function", BTF_FUNC_STATIC, proto), 0);
	ck_assert_int_gt(btf__add_array(btf, number, number, 3), 0);
	ck_assert_int_gt(btf__add_struct(btf, "structure", 8), 0);
	ck_assert_int_eq(btf__add_field(btf, "member", pointer, 0, 0), 0);
	ck_assert_int_gt(btf__add_union(btf, "union", 4), 0);
	ck_assert_int_eq(btf__add_field(btf, "member", number, 0, 0), 0);
	ck_assert_int_gt(btf__add_enum(btf, "enum", 4), 0);
	ck_assert_int_eq(btf__add_enum_value(btf, "VALUE", 1), 0);
	ck_assert_int_gt(btf__add_enum64(btf, "enum64", 8, false), 0);
	ck_assert_int_eq(btf__add_enum64_value(btf, "VALUE64", 1), 0);
	ck_assert_int_gt(btf__add_fwd(btf, "forward", BTF_FWD_STRUCT), 0);
	ck_assert_int_gt(btf__add_float(btf, "float", 4), 0);
	name = btf__add_typedef(btf, "name", btf__add_const(btf, number));
	ck_assert_int_gt(btf__add_volatile(btf, name), 0);
	ck_assert_int_gt(btf__add_restrict(btf, pointer), 0);
	ck_assert_int_gt(btf__add_type_tag(btf, "tag", name), 0);
	other = btf__add_var(btf, "variable", BTF_VAR_STATIC, number);
	ck_assert_int_gt(btf__add_datasec(btf, "section", 4), 0);
	ck_assert_int_eq(btf__add_datasec_var_info(btf, other, 0, 4), 0);
	ck_assert_int_gt(btf__add_decl_tag(btf, "mark", other, -1), 0);
}

static void *raw_of(struct btf *btf, __u32 *size)
{
	const void *raw = btf__raw_data(btf, size);
	void *copy = malloc(*size);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, raw, *size);
	return copy;
}

static struct btf *made;
static struct kvet_btf *btf;
static void *raw;

static void setup(void)
{
	made = btf__new_empty();
	ck_assert_ptr_nonnull(made);
	btf = NULL;
	raw = NULL;
}

static void teardown(void)
{
	kvet_btf_free(btf);
	btf__free(made);
	free(raw);
}

/* Reads what was made, with an index if the loop's test says so. */
static void make(int indexed)
{
	__u32 size;

	raw = raw_of(made, &size);
	ck_assert_int_eq(kvet_btf_new(&btf, NULL, raw, size, "made here", NULL), 0);
	if (indexed)
		ck_assert_int_eq(kvet_btf_index(btf, NULL), 0);
}

/* libbpf is the oracle. */
START_TEST(every_type_is_found_under_its_name_and_kind)
{
	size_t named = 0;

	add_all(made);
	make(_i);
	ck_assert_uint_eq(btf->end, btf__type_cnt(made));
	for (__u32 id = 1; id < btf->end; id++) {
		const struct btf_type *want = btf__type_by_id(made, id);
		const struct btf_type *type = kvet_btf_type(btf, id);
		const char *name = btf__name_by_offset(made, want->name_off);

		ck_assert_uint_eq(type->info, want->info);
		ck_assert_str_eq(kvet_btf_string(btf, type->name_off), name);
		if (!*name)
			continue;
		named++;
		ck_assert_uint_eq(kvet_btf_find(btf, btf_kind(want), name), id);
		ck_assert_uint_eq(kvet_btf_next(btf, id), 0);
		/* No other kind has the name. */
		ck_assert_uint_eq(
			kvet_btf_find(btf,
				      btf_kind(want) == BTF_KIND_INT ? BTF_KIND_FUNC : BTF_KIND_INT,
				      name),
			0);
	}
	ck_assert_uint_gt(named, 10);
	ck_assert_uint_eq(kvet_btf_find(btf, BTF_KIND_FUNC, "functio"), 0);
	ck_assert_uint_eq(kvet_btf_find(btf, BTF_KIND_FUNC, ""), 0);
	ck_assert_ptr_null(kvet_btf_type(btf, 0));
	ck_assert_ptr_null(kvet_btf_type(btf, btf->end));
}
END_TEST

/* Both are found, as they are among all types; what follows the last one is not. */
START_TEST(a_search_ends_at_the_last_type_that_is_asked_for)
{
	struct kvet_btf_goal items[] = { { BTF_KIND_FUNC, "twice", 0 },
					 { BTF_KIND_STRUCT, "twice", 0 } };
	struct kvet_btf_goals goals = { items, 2, 0 };
	int proto = btf__add_func_proto(made, 0), function, last;
	__u32 size;

	ck_assert_int_gt(btf__add_func(made, "twic", BTF_FUNC_STATIC, proto), 0);
	function = btf__add_func(made, "twice", BTF_FUNC_STATIC, proto);
	ck_assert_int_gt(btf__add_func(made, "twice", BTF_FUNC_STATIC, proto), 0);
	last = btf__add_struct(made, "twice", 4);
	ck_assert_int_gt(btf__add_struct(made, "later", 4), 0);
	raw = raw_of(made, &size);
	ck_assert_int_eq(kvet_btf_new_for(&btf, NULL, raw, size, &goals, "made here", NULL), 0);
	ck_assert_uint_eq(goals.reached, 2);
	ck_assert_uint_eq(items[0].id, (uint32_t)function);
	ck_assert_uint_eq(items[1].id, (uint32_t)last);
	ck_assert_uint_eq(btf->end, (uint32_t)last + 1);
	ck_assert_ptr_null(kvet_btf_type(btf, (uint32_t)last + 1));
}
END_TEST

START_TEST(a_type_that_does_not_exist_is_searched_for_to_the_end)
{
	struct kvet_btf_goal items[] = { { BTF_KIND_FUNC, "absent", 0 },
					 { BTF_KIND_STRUCT, "there", 0 } };
	struct kvet_btf_goals goals = { items, 2, 0 };
	__u32 size;

	ck_assert_int_gt(btf__add_struct(made, "there", 4), 0);
	ck_assert_int_gt(btf__add_struct(made, "later", 4), 0);
	raw = raw_of(made, &size);
	ck_assert_int_eq(kvet_btf_new_for(&btf, NULL, raw, size, &goals, "made here", NULL), 0);
	ck_assert_uint_eq(goals.reached, 1);
	ck_assert_uint_eq(items[0].id, 0);
	ck_assert_uint_eq(btf->end, btf__type_cnt(made));
}
END_TEST

/* Structs and functions may have one name, and several functions too: those of all files. */
START_TEST(all_types_of_a_name_are_found_in_their_order)
{
	int proto = btf__add_func_proto(made, 0), ids[50];
	uint32_t id;

	for (int i = 0; i < 50; i++) {
		ids[i] = btf__add_func(made, "name", BTF_FUNC_STATIC, proto);
		ck_assert_int_gt(btf__add_struct(made, "name", 4), 0);
		ck_assert_int_gt(btf__add_func(made, "other", BTF_FUNC_STATIC, proto), 0);
	}
	make(_i);
	id = kvet_btf_find(btf, BTF_KIND_FUNC, "name");
	for (int i = 0; i < 50; i++, id = kvet_btf_next(btf, id))
		ck_assert_uint_eq(id, (uint32_t)ids[i]);
	ck_assert_uint_eq(id, 0);
}
END_TEST

/* A module, of which libbpf again says what it should be. */
START_TEST(a_module_has_its_own_types_and_follows_the_bases)
{
	struct kvet_btf *module = NULL;
	struct btf *split;
	int number, own, alias;
	__u32 size;
	void *bytes;

	add_all(made);
	number = btf__find_by_name(made, "int");
	make(1);
	split = btf__new_empty_split(made);
	alias = btf__add_typedef(split, "alias", btf__add_const(split, number));
	own = btf__add_func(split, "function", BTF_FUNC_STATIC, btf__add_func_proto(split, alias));
	bytes = raw_of(split, &size);
	btf__free(split);
	ck_assert_int_eq(kvet_btf_new(&module, btf, bytes, size, "a module", NULL), 0);
	if (_i)
		ck_assert_int_eq(kvet_btf_index(module, NULL), 0);
	ck_assert_uint_eq(module->first, btf->end);
	/* Its name is among the base's strings, and its type is its own. */
	ck_assert_uint_eq(kvet_btf_find(module, BTF_KIND_FUNC, "function"), (uint32_t)own);
	ck_assert_uint_eq(kvet_btf_find(module, BTF_KIND_TYPEDEF, "alias"), (uint32_t)alias);
	ck_assert_uint_eq(kvet_btf_find(module, BTF_KIND_INT, "int"), 0);
	ck_assert_uint_eq(kvet_btf_resolve(module, (uint32_t)alias), (uint32_t)number);
	ck_assert_uint_eq(kvet_btf_prototype(module, (uint32_t)own)->type, (uint32_t)alias);
	ck_assert_uint_eq(kvet_btf_find(btf, BTF_KIND_TYPEDEF, "alias"), 0);
	kvet_btf_free(module);
	free(bytes);
}
END_TEST

START_TEST(a_prototype_is_a_functions_alone)
{
	int number = btf__add_int(made, "int", 4, 0), proto = btf__add_func_proto(made, number);
	int function = btf__add_func(made, "f", BTF_FUNC_STATIC, proto);
	int pointer = btf__add_ptr(made, proto);

	make(0);
	ck_assert_ptr_eq(kvet_btf_prototype(btf, (uint32_t)function),
			 kvet_btf_type(btf, (uint32_t)proto));
	ck_assert_ptr_null(kvet_btf_prototype(btf, (uint32_t)proto));
	ck_assert_ptr_null(kvet_btf_prototype(btf, (uint32_t)pointer));
	ck_assert_ptr_null(kvet_btf_prototype(btf, 0));
}
END_TEST

START_TEST(members_are_found_in_structs_without_a_name_too)
{
	struct kvet_btf_member member;
	int number = btf__add_int(made, "int", 4, 0), inner, constant, middle, outer;

	/* libbpf adds members to the type that came last. */
	inner = btf__add_struct(made, "", 8);
	btf__add_field(made, "deep", number, 32, 0);
	constant = btf__add_const(made, inner);
	middle = btf__add_union(made, "", 8);
	btf__add_field(made, "first", number, 0, 0);
	btf__add_field(made, "", constant, 0, 0);
	outer = btf__add_struct(made, "outer", 24);
	btf__add_field(made, "named", inner, 0, 0);
	btf__add_field(made, "", middle, 64, 0);
	btf__add_field(made, "bits", number, 130, 3);
	make(0);
	ck_assert(kvet_btf_member(btf, (uint32_t)outer, "first", &member));
	ck_assert_uint_eq(member.offset, 64);
	ck_assert_uint_eq(member.bits, 0);
	ck_assert_uint_eq(member.type, (uint32_t)number);
	ck_assert(kvet_btf_member(btf, (uint32_t)outer, "deep", &member));
	ck_assert_uint_eq(member.offset, 96);
	ck_assert(kvet_btf_member(btf, (uint32_t)outer, "bits", &member));
	ck_assert_uint_eq(member.offset, 130);
	ck_assert_uint_eq(member.bits, 3);
	ck_assert(!kvet_btf_member(btf, (uint32_t)outer, "none", &member));
	ck_assert(!kvet_btf_member(btf, (uint32_t)outer, "", &member));
	ck_assert(!kvet_btf_member(btf, (uint32_t)number, "first", &member));
	ck_assert(!kvet_btf_member(btf, 0, "first", &member));
}
END_TEST

/* All that a user may ask, of every type. */
static void follow_all(void)
{
	struct kvet_btf_member member;

	for (uint32_t id = 1; id < btf->end; id++) {
		const struct btf_type *type = kvet_btf_type(btf, id);
		const char *name = kvet_btf_string(btf, type->name_off);
		uint32_t to = kvet_btf_resolve(btf, id);

		ck_assert(!to || kvet_btf_type(btf, to));
		ck_assert(!to || !btf_is_typedef(kvet_btf_type(btf, to)));
		kvet_btf_prototype(btf, id);
		kvet_btf_member(btf, id, "member", &member);
		if (name && *name)
			ck_assert_uint_le(kvet_btf_find(btf, btf_kind(type), name), id);
		ck_assert(kvet_btf_next(btf, id) == 0 || kvet_btf_next(btf, id) > id);
	}
}

/* A loop that reads past its bytes is the sanitizers' to find. */
START_TEST(what_is_damaged_is_refused_or_can_be_followed)
{
	static const __u32 values[] = { 0xffffffff, 0x7fffffff, 0x00ffffff, 1000, 0 };
	size_t refused = 0, followed = 0;
	__u32 size, *words;

	add_all(made);
	words = raw = raw_of(made, &size);
	for (size_t at = 0; at < size / 4; at++)
		for (size_t v = 0; v < sizeof(values) / sizeof(*values); v++) {
			__u32 before = words[at];
			struct kvet_cause err = { 0 };

			words[at] = values[v];
			if (kvet_btf_new(&btf, NULL, raw, size, "here", &err)) {
				refused++;
				ck_assert_ptr_null(btf);
				ck_assert_str_eq(err.source, "BTF");
				ck_assert(!strncmp(err.evidence, "here: ", 6));
			} else {
				followed++;
				follow_all();
				ck_assert_int_eq(kvet_btf_index(btf, NULL), 0);
				follow_all();
				kvet_btf_free(btf);
				btf = NULL;
			}
			words[at] = before;
		}
	ck_assert_uint_gt(refused, 50);
	ck_assert_uint_gt(followed, 50);
}
END_TEST

START_TEST(strings_without_an_end_are_refused)
{
	__u32 size;

	ck_assert_int_gt(btf__add_int(made, "int", 4, 0), 0);
	raw = raw_of(made, &size);
	((char *)raw)[size - 1] = 't';
	ck_assert_int_eq(kvet_btf_new(&btf, NULL, raw, size, "here", NULL), -EINVAL);
}
END_TEST

START_TEST(a_circle_has_no_end)
{
	int number = btf__add_int(made, "int", 4, 0);
	int name = btf__add_typedef(made, "name", btf__add_const(made, number));

	make(0);
	ck_assert_uint_eq(kvet_btf_resolve(btf, (uint32_t)name), (uint32_t)number);
	/* Its first use is as the constant's type. */
	((struct btf_type *)(uintptr_t)kvet_btf_type(btf, (uint32_t)name - 1))->type =
		(uint32_t)name;
	ck_assert_uint_eq(kvet_btf_resolve(btf, (uint32_t)name), 0);
}
END_TEST

/* What a later kernel may add: its size is not known, so that what follows cannot be found. */
START_TEST(an_unknown_kind_is_named)
{
	struct kvet_cause err;
	__u32 size, *words;

	ck_assert_int_gt(btf__add_int(made, "int", 4, 0), 0);
	ck_assert_int_gt(btf__add_ptr(made, 1), 0);
	words = raw = raw_of(made, &size);
	words[sizeof(struct btf_header) / 4 + 4 + 1] = 31u << 24;
	ck_assert_int_eq(kvet_btf_new(&btf, NULL, raw, size, "vmlinux", &err), -EINVAL);
	ck_assert_int_eq(err.errnum, 0);
	ck_assert_str_eq(err.evidence, "vmlinux: type 2 is of kind 31, which kvet does not know");
}
END_TEST

/* A thousand structs, each with the next one twice and without a name: 2^1000 ways. */
START_TEST(a_search_of_members_ends)
{
	struct kvet_btf_member member;

	for (int i = 0; i < 1000; i++) {
		btf__add_struct(made, "", 8);
		btf__add_field(made, "", i + 2, 0, 0);
		btf__add_field(made, "", i + 2, 0, 0);
	}
	make(0);
	ck_assert(!kvet_btf_member(btf, 1, "member", &member));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("host btf");
	TCase *tc = tcase_create("btf");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, every_type_is_found_under_its_name_and_kind, 0, 2);
	tcase_add_loop_test(tc, all_types_of_a_name_are_found_in_their_order, 0, 2);
	tcase_add_loop_test(tc, a_module_has_its_own_types_and_follows_the_bases, 0, 2);
	tcase_add_test(tc, a_search_ends_at_the_last_type_that_is_asked_for);
	tcase_add_test(tc, a_type_that_does_not_exist_is_searched_for_to_the_end);
	tcase_add_test(tc, a_prototype_is_a_functions_alone);
	tcase_add_test(tc, members_are_found_in_structs_without_a_name_too);
	tcase_add_test(tc, what_is_damaged_is_refused_or_can_be_followed);
	tcase_add_test(tc, strings_without_an_end_are_refused);
	tcase_add_test(tc, a_circle_has_no_end);
	tcase_add_test(tc, an_unknown_kind_is_named);
	tcase_add_test(tc, a_search_of_members_ends);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
