/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* CO-RE relocations of a small object against a small kernel. What libbpf makes of real ones is
 * compared in tests/root and tests/vm. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "object/core_relocation.h"
#include "object/core_resolve.h"
#include "object/core_types.h"

/* Two sets of types, of the object and of the kernel, as they are made; then read. */
static struct {
	struct btf *made;
	struct kvet_btf *btf;
	void *raw;
} local, target;
static struct kvet_core_roots roots;
static struct kvet_core_kernel kernel;
static struct kvet_core_value value;
static int number, wide, letter;

static int add_int(struct btf *btf, const char *name, int size, int encoding)
{
	int id = btf__add_int(btf, name, (size_t)size, encoding);

	ck_assert_int_gt(id, 0);
	return id;
}

/* Both have the same first three types. */
static void setup(void)
{
	local.made = btf__new_empty();
	target.made = btf__new_empty();
	memset(&value, 0, sizeof(value));
	for (int i = 0; i < 2; i++) {
		struct btf *btf = i ? target.made : local.made;

		number = add_int(btf, "int", 4, BTF_INT_SIGNED);
		wide = add_int(btf, "long unsigned int", 8, 0);
		letter = add_int(btf, "char", 1, 0);
	}
}

static void teardown(void)
{
	kvet_core_roots_deinit(&roots);
	kvet_btf_free(local.btf);
	kvet_btf_free(target.btf);
	btf__free(local.made);
	btf__free(target.made);
	free(local.raw);
	free(target.raw);
	memset(&local, 0, sizeof(local));
	memset(&target, 0, sizeof(target));
}

static void begin(struct btf *btf, const char *name, int size)
{
	ck_assert_int_gt(btf__add_struct(btf, name, (size_t)size), 0);
}

static void field(struct btf *btf, const char *name, int type, int bit, int bits)
{
	ck_assert_int_eq(btf__add_field(btf, name, type, (unsigned int)bit, (unsigned int)bits), 0);
}

/* A bit field sets a flag that btf__add_field() takes only from the first member that is one. */
static void read_types(void)
{
	const void *raw;
	__u32 size;

	raw = btf__raw_data(local.made, &size);
	local.raw = malloc(size);
	memcpy(local.raw, raw, size);
	ck_assert_int_eq(kvet_btf_new(&local.btf, NULL, local.raw, size, "object", NULL), 0);
	raw = btf__raw_data(target.made, &size);
	target.raw = malloc(size);
	memcpy(target.raw, raw, size);
	ck_assert_int_eq(kvet_btf_new(&target.btf, NULL, target.raw, size, "kernel", NULL), 0);
	kernel = (struct kvet_core_kernel){
		.btfs = (const struct kvet_btf *const *)&target.btf,
		.count = 1,
		.pointer = kvet_core_pointer_size(target.btf),
	};
}

/* Resolves one relocation; the object's text must have been added before its types were read. */
static int resolve(int type, int path, int kind)
{
	const struct bpf_core_relo relocation = { .type_id = (uint32_t)type,
						  .access_str_off = (uint32_t)path,
						  .kind = (enum bpf_core_relo_kind)kind };
	const uint32_t types[] = { (uint32_t)type };

	kvet_core_roots_deinit(&roots);
	ck_assert_int_eq(kvet_core_roots_find(&roots, local.btf, types, 1, &kernel, NULL), 0);
	return kvet_core_resolve(&roots, local.btf, &relocation, &kernel, &value);
}

static int text(const char *path)
{
	int offset = btf__add_str(local.made, path);

	ck_assert_int_gt(offset, 0);
	return offset;
}

#define STRUCT_ID 4

/* struct task { int pid; } of the object, with a flavor; the kernel's has a member before it. */
static int path;
static void add_tasks(void)
{
	begin(local.made, "task___mine", 4);
	field(local.made, "pid", number, 0, 0);
	begin(target.made, "task", 16);
	field(target.made, "state", wide, 0, 0);
	field(target.made, "flags", number, 64, 0);
	field(target.made, "pid", number, 96, 0);
	path = text("0:0");
}

START_TEST(a_member_is_found_where_the_kernel_has_it)
{
	add_tasks();
	read_types();
	ck_assert_int_eq(resolve(STRUCT_ID, path, BPF_CORE_FIELD_BYTE_OFFSET), 0);
	ck_assert(!value.missing && value.checked);
	ck_assert_uint_eq(value.was, 0);
	ck_assert_uint_eq(value.is, 12);
	ck_assert_int_eq(resolve(STRUCT_ID, path, BPF_CORE_FIELD_EXISTS), 0);
	ck_assert_uint_eq(value.is, 1);
	ck_assert_int_eq(resolve(STRUCT_ID, path, BPF_CORE_FIELD_BYTE_SIZE), 0);
	ck_assert_uint_eq(value.is, 4);
	ck_assert_int_eq(resolve(STRUCT_ID, path, BPF_CORE_FIELD_SIGNED), 0);
	ck_assert_uint_eq(value.is, 1);
	ck_assert_int_eq(resolve(STRUCT_ID, path, BPF_CORE_FIELD_RSHIFT_U64), 0);
	ck_assert_uint_eq(value.is, 32);
}
END_TEST

START_TEST(a_member_that_the_kernel_lacks_is_missing_and_its_guard_is_0)
{
	begin(local.made, "task", 4);
	field(local.made, "member_of_tomorrow", number, 0, 0);
	begin(target.made, "task", 4);
	field(target.made, "pid", number, 0, 0);
	path = text("0:0");
	read_types();
	ck_assert_int_eq(resolve(STRUCT_ID, path, BPF_CORE_FIELD_BYTE_OFFSET), 0);
	ck_assert(value.missing && value.candidates);
	ck_assert_int_eq(resolve(STRUCT_ID, path, BPF_CORE_FIELD_EXISTS), 0);
	ck_assert(!value.missing);
	ck_assert_uint_eq(value.is, 0);
}
END_TEST

START_TEST(a_member_of_another_kind_of_type_is_not_the_same)
{
	int pointer = btf__add_ptr(local.made, 0);

	begin(local.made, "task", 8);
	field(local.made, "name", pointer, 0, 0);
	btf__add_ptr(target.made, 0);
	begin(target.made, "task", 8);
	field(target.made, "name", wide, 0, 0);
	path = text("0:0");
	read_types();
	ck_assert_int_eq(resolve(STRUCT_ID + 1, path, BPF_CORE_FIELD_EXISTS), 0);
	ck_assert_uint_eq(value.is, 0);
}
END_TEST

START_TEST(members_without_a_name_are_searched)
{
	int inner;

	begin(local.made, "task", 4);
	field(local.made, "pid", number, 0, 0);
	begin(target.made, "", 16);
	field(target.made, "other", wide, 0, 0);
	field(target.made, "pid", number, 64, 0);
	inner = STRUCT_ID;
	begin(target.made, "task", 24);
	field(target.made, "first", wide, 0, 0);
	field(target.made, "", inner, 64, 0);
	path = text("0:0");
	read_types();
	ck_assert_int_eq(resolve(STRUCT_ID, path, BPF_CORE_FIELD_BYTE_OFFSET), 0);
	ck_assert_uint_eq(value.is, 16);
}
END_TEST

START_TEST(candidates_that_do_not_agree_are_refused)
{
	begin(local.made, "task", 4);
	field(local.made, "pid", number, 0, 0);
	begin(target.made, "task", 8);
	field(target.made, "pid", number, 0, 0);
	begin(target.made, "task___other", 8);
	field(target.made, "pid", number, 32, 0);
	path = text("0:0");
	read_types();
	ck_assert_int_eq(resolve(STRUCT_ID, path, BPF_CORE_FIELD_BYTE_OFFSET), -ENOTUNIQ);
}
END_TEST

START_TEST(candidates_that_agree_are_one)
{
	begin(local.made, "task", 4);
	field(local.made, "pid", number, 0, 0);
	for (int i = 0; i < 2; i++) {
		begin(target.made, i ? "task___other" : "task", 8);
		field(target.made, "pid", number, 32, 0);
	}
	path = text("0:0");
	read_types();
	ck_assert_int_eq(resolve(STRUCT_ID, path, BPF_CORE_FIELD_BYTE_OFFSET), 0);
	ck_assert_uint_eq(value.is, 4);
}
END_TEST

START_TEST(an_element_past_the_end_of_an_array_is_missing_but_not_of_a_flexible_one)
{
	int array = btf__add_array(local.made, number, wide, 8), fixed, open;

	begin(local.made, "task", 64);
	field(local.made, "fixed", array, 0, 0);
	field(local.made, "open", array, 0, 0);
	fixed = btf__add_array(target.made, number, wide, 2);
	open = btf__add_array(target.made, number, wide, 0);
	begin(target.made, "task", 16);
	field(target.made, "fixed", fixed, 0, 0);
	field(target.made, "open", open, 128, 0);
	path = text("0:0:3");
	int other = text("0:1:3");
	read_types();
	ck_assert_int_eq(resolve(STRUCT_ID + 1, path, BPF_CORE_FIELD_BYTE_OFFSET), 0);
	ck_assert(value.missing);
	ck_assert_int_eq(resolve(STRUCT_ID + 1, other, BPF_CORE_FIELD_BYTE_OFFSET), 0);
	ck_assert(!value.missing);
	ck_assert_uint_eq(value.is, 16 + 3 * 8);
}
END_TEST

START_TEST(a_bit_field_is_loaded_and_shifted)
{
	begin(local.made, "task", 4);
	field(local.made, "flag", number, 0, 3);
	begin(target.made, "task", 8);
	field(target.made, "before", number, 0, 32);
	field(target.made, "flag", number, 37, 3);
	path = text("0:0");
	read_types();
	ck_assert_int_eq(resolve(STRUCT_ID, path, BPF_CORE_FIELD_BYTE_OFFSET), 0);
	ck_assert_uint_eq(value.is, 4);
	ck_assert(!value.checked);
	ck_assert_int_eq(resolve(STRUCT_ID, path, BPF_CORE_FIELD_LSHIFT_U64), 0);
	ck_assert_uint_eq(value.is, 64 - 8);
	kernel.big_endian = true;
	ck_assert_int_eq(resolve(STRUCT_ID, path, BPF_CORE_FIELD_LSHIFT_U64), 0);
	ck_assert_uint_eq(value.is, 4 * 8 + 5);
	ck_assert_int_eq(resolve(STRUCT_ID, path, BPF_CORE_FIELD_RSHIFT_U64), 0);
	ck_assert_uint_eq(value.is, 61);
}
END_TEST

START_TEST(enumerators_have_their_values_and_their_guards)
{
	ck_assert_int_eq(btf__add_enum(local.made, "state", 4), STRUCT_ID);
	btf__add_enum_value(local.made, "RUNNING", 1);
	btf__add_enum_value(local.made, "OF_TOMORROW", 2);
	btf__add_enum(target.made, "state", 4);
	btf__add_enum_value(target.made, "SLEEPING", 0);
	btf__add_enum_value(target.made, "RUNNING", -7);
	path = text("0");
	int other = text("1");
	read_types();
	ck_assert_int_eq(resolve(STRUCT_ID, path, BPF_CORE_ENUMVAL_VALUE), 0);
	ck_assert_uint_eq(value.is, (uint64_t)-7);
	ck_assert_int_eq(resolve(STRUCT_ID, other, BPF_CORE_ENUMVAL_EXISTS), 0);
	ck_assert_uint_eq(value.is, 0);
	ck_assert_int_eq(resolve(STRUCT_ID, other, BPF_CORE_ENUMVAL_VALUE), 0);
	ck_assert(value.missing);
}
END_TEST

START_TEST(a_type_exists_has_a_size_and_may_not_match)
{
	begin(local.made, "task", 8);
	field(local.made, "pid", wide, 0, 0);
	begin(target.made, "task", 24);
	field(target.made, "pid", number, 0, 0);
	path = text("0");
	read_types();
	ck_assert_int_eq(resolve(STRUCT_ID, path, BPF_CORE_TYPE_EXISTS), 0);
	ck_assert_uint_eq(value.is, 1);
	ck_assert_int_eq(resolve(STRUCT_ID, path, BPF_CORE_TYPE_SIZE), 0);
	ck_assert_uint_eq(value.is, 24);
	ck_assert_int_eq(resolve(STRUCT_ID, path, KVET_CORE_TYPE_MATCHES), 0);
	ck_assert_uint_eq(value.is, 0);
	ck_assert_int_eq(resolve(STRUCT_ID, path, BPF_CORE_TYPE_ID_TARGET), 0);
	ck_assert_uint_eq(value.is, STRUCT_ID);
	ck_assert_int_eq(resolve(STRUCT_ID, path, BPF_CORE_TYPE_ID_LOCAL), 0);
	ck_assert_uint_eq(value.is, STRUCT_ID);
}
END_TEST

START_TEST(a_type_that_is_missing_has_size_0_and_is_no_failure)
{
	begin(local.made, "of_tomorrow", 8);
	path = text("0");
	read_types();
	ck_assert_int_eq(resolve(STRUCT_ID, path, BPF_CORE_TYPE_SIZE), 0);
	ck_assert(!value.missing && !value.candidates);
	ck_assert_uint_eq(value.is, 0);
	ck_assert_int_eq(resolve(STRUCT_ID, path, BPF_CORE_TYPE_EXISTS), 0);
	ck_assert_uint_eq(value.is, 0);
}
END_TEST

START_TEST(paths_that_make_no_sense_are_refused)
{
	const char *const paths[] = { "0:", "0:9", "x", "0:0:0", ":0", "0:-1" };
	int offsets[6];

	add_tasks();
	for (int i = 0; i < 6; i++)
		offsets[i] = text(paths[i]);
	read_types();
	for (int i = 1; i < 6; i++)
		ck_assert_msg(resolve(STRUCT_ID, offsets[i], BPF_CORE_FIELD_EXISTS) == -EINVAL,
			      "%s", paths[i]);
	ck_assert_int_eq(resolve(99, path, BPF_CORE_FIELD_EXISTS), -EINVAL);
	ck_assert_int_eq(resolve(STRUCT_ID, path, 99), -EINVAL);
}
END_TEST

/* --- instructions --------------------------------------------------------------------------- */

START_TEST(a_load_gets_its_offset_and_an_unsigned_one_its_size)
{
	struct bpf_insn insn = { .code = BPF_LDX | BPF_MEM | BPF_W, .off = 4 };
	bool invalid;

	value = (struct kvet_core_value){
		.was = 4, .is = 16, .checked = true, .was_size = 4, .is_size = 8
	};
	ck_assert_int_eq(kvet_core_patch(&value, &insn, NULL, &invalid), 0);
	ck_assert(!invalid && insn.off == 16 && insn.code == (BPF_LDX | BPF_MEM | BPF_DW));
	ck_assert_int_eq(kvet_core_patch(&value, &insn, NULL, &invalid), -EINVAL);
	insn.off = 4;
	value.other_size = true;
	ck_assert_int_eq(kvet_core_patch(&value, &insn, NULL, &invalid), 0);
	ck_assert(invalid);
	value.is = 40000;
	ck_assert_int_eq(kvet_core_patch(&value, &insn, NULL, &invalid), -ERANGE);
}
END_TEST

START_TEST(a_constant_of_64_bits_has_two_halves)
{
	struct bpf_insn insn[2] = { { .code = BPF_LD | BPF_IMM | BPF_DW, .imm = 1 } };
	bool invalid;

	value = (struct kvet_core_value){ .was = 1, .is = 0x1234567890, .checked = true };
	ck_assert_int_eq(kvet_core_patch(&value, insn, insn + 1, &invalid), 0);
	ck_assert_int_eq(insn[0].imm, 0x34567890);
	ck_assert_int_eq(insn[1].imm, 0x12);
	ck_assert_int_eq(kvet_core_patch(&value, insn, NULL, &invalid), -EINVAL);
}
END_TEST

/* --- names and sizes ------------------------------------------------------------------------ */

START_TEST(a_flavor_begins_with_exactly_three_underscores)
{
	ck_assert_uint_eq(kvet_core_name_length("task___old"), 4);
	ck_assert_uint_eq(kvet_core_name_length("task____old"), 11);
	ck_assert_uint_eq(kvet_core_name_length("task__old"), 9);
	ck_assert_uint_eq(kvet_core_name_length("___old"), 6);
	ck_assert_uint_eq(kvet_core_name_length("a___b___c"), 5);
	ck_assert_uint_eq(kvet_core_name_length("task___"), 7);
	ck_assert(kvet_core_same_name("task___a", "task___b"));
	ck_assert(!kvet_core_same_name("task", "tas"));
}
END_TEST

START_TEST(a_kernel_of_32_bits_has_short_pointers)
{
	struct btf *btf = btf__new_empty();
	struct kvet_btf *read;
	const void *raw;
	__u32 size;

	ck_assert_int_gt(btf__add_int(btf, "long unsigned int", 4, 0), 0);
	raw = btf__raw_data(btf, &size);
	ck_assert_int_eq(kvet_btf_new(&read, NULL, raw, size, "kernel", NULL), 0);
	ck_assert_uint_eq(kvet_core_pointer_size(read), 4);
	kvet_btf_free(read);
	btf__free(btf);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("object/core_resolve");
	TCase *group = tcase_create("core_resolve");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(group, setup, teardown);
	tcase_add_test(group, a_member_is_found_where_the_kernel_has_it);
	tcase_add_test(group, a_member_that_the_kernel_lacks_is_missing_and_its_guard_is_0);
	tcase_add_test(group, a_member_of_another_kind_of_type_is_not_the_same);
	tcase_add_test(group, members_without_a_name_are_searched);
	tcase_add_test(group, candidates_that_do_not_agree_are_refused);
	tcase_add_test(group, candidates_that_agree_are_one);
	tcase_add_test(group,
		       an_element_past_the_end_of_an_array_is_missing_but_not_of_a_flexible_one);
	tcase_add_test(group, a_bit_field_is_loaded_and_shifted);
	tcase_add_test(group, enumerators_have_their_values_and_their_guards);
	tcase_add_test(group, a_type_exists_has_a_size_and_may_not_match);
	tcase_add_test(group, a_type_that_is_missing_has_size_0_and_is_no_failure);
	tcase_add_test(group, paths_that_make_no_sense_are_refused);
	tcase_add_test(group, a_load_gets_its_offset_and_an_unsigned_one_its_size);
	tcase_add_test(group, a_constant_of_64_bits_has_two_halves);
	tcase_add_test(group, a_flavor_begins_with_exactly_three_underscores);
	tcase_add_test(group, a_kernel_of_32_bits_has_short_pointers);
	suite_add_tcase(suite, group);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
