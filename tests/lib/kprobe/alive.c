/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which armed probes never fire, and why. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <kvet/kprobe.h>

static const struct kvet_kprobe_armed unknown,
	plain = { .known = true }, ftrace = { .known = true, .ftrace = true },
	disabled = { .known = true, .disabled = true },
	gone = { .known = true, .gone = true, .ftrace = true };

/* Each switch: 0 off, 1 on, -1 not readable. words NULL: it is alive. */
static const struct {
	int kprobes, ftrace;
	enum kvet_kprobe_backend backend;
	uint64_t offset;
	const struct kvet_kprobe_armed *armed;
	const char *words, *remedy;
} cases[] = {
	{ 1, 1, KVET_KPROBE_PMU, 0, &ftrace, NULL, NULL },
	{ -1, -1, KVET_KPROBE_PMU, 0, &ftrace, NULL, NULL },
	{ -1, -1, KVET_KPROBE_MULTI, 0, &unknown, NULL, NULL },
	{ 1, 1, KVET_KPROBE_TRACEFS, 0, &unknown, NULL, NULL },
	/* What hangs on ftrace. */
	{ 1, 0, KVET_KPROBE_PMU, 0, &ftrace, "ftrace_enabled=0", "sysctl kernel.ftrace_enabled=1" },
	{ 1, 0, KVET_KPROBE_TRACEFS, 0, &ftrace, "ftrace_enabled=0", "sysctl" },
	{ -1, 0, KVET_KPROBE_PMU, 4, &ftrace, "ftrace_enabled=0", "sysctl" },
	{ 1, 0, KVET_KPROBE_MULTI, 0, &unknown, "ftrace_enabled=0", "sysctl" },
	{ 1, 0, KVET_KPROBE_FENTRY, 0, &unknown, "ftrace_enabled=0", "sysctl" },
	/* A breakpoint or a jump does not, nor does the entry of a function without the call. */
	{ 1, 0, KVET_KPROBE_PMU, 9, &plain, NULL, NULL },
	{ 1, 0, KVET_KPROBE_PMU, 0, &plain, NULL, NULL },
	{ 1, 0, KVET_KPROBE_PMU, 9, &unknown, NULL, NULL },
	/* Where it is not told, an entry may. */
	{ 1, 0, KVET_KPROBE_PMU, 0, &unknown, "ftrace_enabled=0", "sysctl" },
	{ 1, 0, KVET_KPROBE_TRACEFS, 4, &unknown, "ftrace_enabled=0", "sysctl" },
	/* The switch of kprobes is not that of multi. */
	{ 0, 1, KVET_KPROBE_PMU, 9, &plain, "globally disabled", "echo 1" },
	{ 0, 1, KVET_KPROBE_TRACEFS, 0, &unknown, "globally disabled", "echo 1" },
	{ 0, 1, KVET_KPROBE_MULTI, 0, &unknown, NULL, NULL },
	{ 0, 1, KVET_KPROBE_FENTRY, 0, &unknown, NULL, NULL },
	{ 0, 0, KVET_KPROBE_PMU, 0, &ftrace, "globally disabled", "echo 1" },
	{ 0, 0, KVET_KPROBE_MULTI, 0, &unknown, "ftrace_enabled=0", "sysctl" },
	/* And what the list says. */
	{ 1, 1, KVET_KPROBE_PMU, 0, &disabled, "has disabled the probe", "" },
	{ 1, 1, KVET_KPROBE_PMU, 0, &gone, "fn is gone: its module was unloaded", "" },
	{ 0, 0, KVET_KPROBE_PMU, 0, &gone, "fn is gone: its module was unloaded", "" },
};

START_TEST(a_probe_is_alive_or_has_a_cause)
{
	const struct kvet_kprobe_switches switches = { cases[_i].kprobes, cases[_i].ftrace };
	const struct kvet_kprobe_site site = { .symbol = "fn", .offset = cases[_i].offset };
	struct kvet_cause cause = { .evidence = "untouched" };
	enum kvet_verdict verdict =
		kvet_kprobe_alive(&switches, cases[_i].backend, &site, cases[_i].armed, &cause);

	if (!cases[_i].words) {
		ck_assert_int_eq(verdict, KVET_YES);
		ck_assert_str_eq(cause.evidence, "untouched");
		return;
	}
	ck_assert_int_eq(verdict, KVET_UNDETERMINED);
	ck_assert_msg(strstr(cause.evidence, cases[_i].words) != NULL, "%s", cause.evidence);
	ck_assert_msg(strstr(cause.remedy, cases[_i].remedy) != NULL, "%s", cause.remedy);
	ck_assert_str_ne(cause.source, "");
	ck_assert_int_eq(cause.errnum, 0); /* no call failed */
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kprobe alive");
	TCase *tc = tcase_create("alive");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, a_probe_is_alive_or_has_a_cause, 0, sizeof(cases) / sizeof(*cases));
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
