/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A BTF with every kind of type, whole and with each of its words damaged. */
#include <check.h>
#include <errno.h>
#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>

#include "host/btf_check.h"

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

START_TEST(what_is_whole_is_sound)
{
	struct btf *btf = btf__new_empty();

	add_all(btf);
	ck_assert_int_eq(kvet_btf_check(btf, NULL), 0);
	btf__free(btf);
	btf = btf__new_empty();
	ck_assert_int_eq(kvet_btf_check(btf, NULL), 0);
	btf__free(btf);
}
END_TEST

/* The reference: every name and type that any type refers to, asked for as users would. */
static bool can_be_followed(const struct btf *btf)
{
	for (__u32 id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);
		bool good = btf__name_by_offset(btf, type->name_off);

		for (__u16 i = 0; i < btf_vlen(type) && good; i++)
			switch (btf_kind(type)) {
			case BTF_KIND_STRUCT:
			case BTF_KIND_UNION:
				good = btf__name_by_offset(btf, btf_members(type)[i].name_off) &&
				       btf__type_by_id(btf, btf_members(type)[i].type);
				break;
			case BTF_KIND_FUNC_PROTO:
				good = btf__name_by_offset(btf, btf_params(type)[i].name_off) &&
				       btf__type_by_id(btf, btf_params(type)[i].type);
				break;
			case BTF_KIND_ENUM:
				good = btf__name_by_offset(btf, btf_enum(type)[i].name_off);
				break;
			case BTF_KIND_ENUM64:
				good = btf__name_by_offset(btf, btf_enum64(type)[i].name_off);
				break;
			case BTF_KIND_DATASEC:
				good = btf__type_by_id(btf, btf_var_secinfos(type)[i].type);
				break;
			default:
				break;
			}
		if (btf_is_array(type))
			good = good && btf__type_by_id(btf, btf_array(type)->type) &&
			       btf__type_by_id(btf, btf_array(type)->index_type);
		if (btf_is_mod(type) || btf_is_typedef(type) || btf_is_ptr(type) ||
		    btf_is_func(type) || btf_is_var(type) || btf_is_func_proto(type) ||
		    btf_kind(type) == BTF_KIND_TYPE_TAG || btf_kind(type) == BTF_KIND_DECL_TAG)
			good = good && btf__type_by_id(btf, type->type);
		if (!good)
			return false;
	}
	return true;
}

START_TEST(no_damage_passes)
{
	static const __u32 values[] = { 0xffffffff, 0x7fffffff, 0x00ffffff, 1000, 0 };
	struct btf *btf = btf__new_empty();
	size_t refused = 0, by_libbpf = 0;
	__u32 size, *words;

	add_all(btf);
	words = raw_of(btf, &size);
	btf__free(btf);
	for (size_t at = sizeof(struct btf_header) / 4; at < size / 4; at++)
		for (size_t v = 0; v < sizeof(values) / sizeof(*values); v++) {
			__u32 before = words[at];
			struct kvet_cause err = { 0 };

			words[at] = values[v];
			btf = btf__new(words, size);
			words[at] = before;
			if (!btf) {
				by_libbpf++;
				continue;
			}
			if (kvet_btf_check(btf, &err)) {
				refused++;
				ck_assert_ptr_nonnull(strstr(err.evidence, "damaged: type "));
			} else {
				ck_assert(can_be_followed(btf));
			}
			btf__free(btf);
		}
	/* libbpf 1.5 leaves it few. */
	ck_assert_uint_gt(refused, 0);
	ck_assert_uint_gt(refused + by_libbpf, 50);
	free(words);
}
END_TEST

START_TEST(a_circle_is_refused)
{
	struct btf *btf = btf__new_empty();
	int number = btf__add_int(btf, "int", 4, 0);
	int name = btf__add_typedef(btf, "name", btf__add_const(btf, number));
	__u32 size, *words = raw_of(btf, &size);
	/* The first type has four words, the second three, and what it qualifies is in the third.
	 */
	size_t at = sizeof(struct btf_header) / 4 + 4 + 2;

	btf__free(btf);
	ck_assert_uint_eq(words[at], (__u32)number);
	words[at] = (__u32)name;
	btf = btf__new(words, size);
	ck_assert_ptr_nonnull(btf);
	ck_assert_int_eq(kvet_btf_check(btf, NULL), -EINVAL);
	btf__free(btf);
	free(words);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("host btf check");
	TCase *tc = tcase_create("check");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, what_is_whole_is_sound);
	tcase_add_test(tc, no_damage_passes);
	tcase_add_test(tc, a_circle_is_refused);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
