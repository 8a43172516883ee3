/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the outcome of a try means: a table. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/map_shape.h"
#include "feature/insns.h"
#include "feature/judge.h"
#include "feature/map.h"

#define CALL .call = "bpf(BPF_MAP_CREATE)"

static const struct row {
	struct kvet_feature_evidence evidence;
	enum kvet_verdict verdict;
	const char *reason;
	const char *words; /* part of the cause's evidence */
} rows[] = {
	{ { CALL }, KVET_YES, "tried", "" },
	{ { CALL, .errnum = EBADF, .meaning_supported = EBADF },
	  KVET_YES,
	  "known to the kernel",
	  "" },
	{ { CALL, .errnum = EINVAL, .meaning_supported = EBADF, .named = KVET_UNDETERMINED },
	  KVET_NO,
	  "refused by the kernel",
	  "" },
	{ { CALL, .errnum = EINVAL, .named = KVET_NO },
	  KVET_NO,
	  "unknown to this kernel",
	  "the kernel's BTF does not name it" },
	{ { CALL, .errnum = EINVAL, .named = KVET_YES }, KVET_NO, "refused by the kernel", "" },
	{ { CALL, .errnum = EINVAL, .named = KVET_YES, .unknown = true },
	  KVET_UNDETERMINED,
	  "newer than this kvet",
	  "does not know what it requires" },
	{ { CALL, .errnum = EINVAL, .named = KVET_NO, .reference = EINVAL },
	  KVET_UNDETERMINED,
	  "the kernel refuses others too",
	  "" },
	{ { CALL, .errnum = EINVAL, .log = "unknown opcode 8d\n", .named = KVET_UNDETERMINED },
	  KVET_NO,
	  "refused by the verifier",
	  "unknown opcode 8d" },
	{ { CALL, .errnum = E2BIG, .named = KVET_UNDETERMINED },
	  KVET_NO,
	  "refused by the kernel",
	  "" },
	{ { CALL, .errnum = 524, .named = KVET_YES }, KVET_NO, "refused by the kernel", "" },
	{ { CALL, .errnum = EPERM, .reference = EPERM }, KVET_UNDETERMINED, "not permitted", "" },
	{ { CALL, .errnum = EPERM }, KVET_UNDETERMINED, "not permitted", "" },
	{ { CALL, .errnum = EPERM, .option = "CONFIG_X", .unbuilt = "# CONFIG_X is not set" },
	  KVET_NO,
	  "not built in",
	  "# CONFIG_X is not set" },
	{ { CALL, .errnum = EINVAL, .option = "CONFIG_X", .unbuilt = "# CONFIG_X is not set" },
	  KVET_NO,
	  "not built in",
	  "this kernel is built without it" },
	{ { CALL, .errnum = EMFILE }, KVET_UNDETERMINED, "the call failed", "Too many open files" },
	{ { CALL, .errnum = EBUSY }, KVET_UNDETERMINED, "the call failed", "busy" },
};

#define ROWS (sizeof(rows) / sizeof(*rows))

START_TEST(an_outcome_means_what_the_table_says)
{
	const struct row *row = &rows[_i];
	struct kvet_feature_answer answer;

	memset(&answer, 0xff, sizeof(answer));
	kvet_feature_judge(&row->evidence, &answer);
	ck_assert_int_eq((int)answer.verdict, (int)row->verdict);
	ck_assert_str_eq(answer.reason, row->reason);
	ck_assert_int_eq(answer.errnum, row->evidence.errnum);
	ck_assert_msg(strstr(answer.cause.evidence, row->words), "%s", answer.cause.evidence);
	if (row->verdict == KVET_YES)
		ck_assert_str_eq(answer.cause.source, "");
	else
		ck_assert_str_eq(answer.cause.source, row->evidence.call);
}
END_TEST

START_TEST(every_map_type_has_its_place)
{
	for (uint32_t type = 1; type < kvet_map_types_end; type++)
		ck_assert_uint_eq(kvet_map_specs[type - 1].type, type);
	for (size_t i = 0; i < kvet_map_spec_count; i++) {
		ck_assert_uint_lt(kvet_map_specs[i].type, kvet_map_types_end);
		ck_assert_int_eq(!strchr(kvet_map_specs[i].name, ':'), i < kvet_map_types_end - 1);
	}
}
END_TEST

START_TEST(every_program_ends_with_an_exit)
{
	static struct bpf_insn insns[KVET_INSNS_MOST];

	for (int which = KVET_INSNS_EMPTY; which <= KVET_INSNS_ATOMIC; which++) {
		size_t count = kvet_insns_make((enum kvet_insns)which, insns);

		ck_assert_uint_gt(count, 1);
		ck_assert_uint_le(count, KVET_INSNS_MOST);
		ck_assert_int_eq(insns[count - 1].code, BPF_JMP | BPF_EXIT);
	}
	ck_assert_uint_gt(kvet_insns_make(KVET_INSNS_LARGE, insns), BPF_MAXINSNS);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("feature judge");
	TCase *tc = tcase_create("judge");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, an_outcome_means_what_the_table_says, 0, (int)ROWS);
	tcase_add_test(tc, every_map_type_has_its_place);
	tcase_add_test(tc, every_program_ends_with_an_exit);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
