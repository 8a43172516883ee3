/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <stdlib.h>

#include <kvet/kprobe.h>

/* A register, and what a value of this size makes of it. */
static const struct {
	enum kvet_kprobe_value_kind kind;
	unsigned int size;
	uint64_t reg, bits;
} cases[] = {
	{ KVET_KPROBE_SIGNED, 1, 0x1234567890abcdff, UINT64_MAX },
	{ KVET_KPROBE_SIGNED, 1, 0xffffffffffffff7f, 0x7f },
	{ KVET_KPROBE_SIGNED, 2, 0x8000, 0xffffffffffff8000 },
	{ KVET_KPROBE_SIGNED, 4, 0x00000000ffffff9c, (uint64_t)-100 },
	{ KVET_KPROBE_SIGNED, 4, 0xffffffff7fffffff, 0x7fffffff },
	{ KVET_KPROBE_SIGNED, 8, 0x8000000000000000, 0x8000000000000000 },
	{ KVET_KPROBE_UNSIGNED, 1, 0x1234567890abcdff, 0xff },
	{ KVET_KPROBE_UNSIGNED, 2, 0xffffffffffff8000, 0x8000 },
	{ KVET_KPROBE_UNSIGNED, 4, 0xffffffffffffff9c, 0xffffff9c },
	{ KVET_KPROBE_UNSIGNED, 8, UINT64_MAX, UINT64_MAX },
	{ KVET_KPROBE_BOOLEAN, 1, 0xffffffffffffff00, 0 },
	{ KVET_KPROBE_BOOLEAN, 1, 0xffffffffffffff01, 1 },
	{ KVET_KPROBE_POINTER, 8, 0xffff888000000000, 0xffff888000000000 },
};

START_TEST(the_bits_of_a_value_are_those_of_its_type)
{
	const struct kvet_kprobe_value value = { .kind = cases[_i].kind, .size = cases[_i].size };

	ck_assert_uint_eq(kvet_kprobe_value_bits(&value, cases[_i].reg), cases[_i].bits);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kprobe value");
	TCase *tc = tcase_create("value");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, the_bits_of_a_value_are_those_of_its_type, 0,
			    sizeof(cases) / sizeof(*cases));
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
