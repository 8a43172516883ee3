/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The ways that a probe takes into the kernel: which are tried, in which order, and what they come
 * to. A session and a plan both go by these. */
#include <check.h>
#include <stdlib.h>

#include "kprobe/ways.h"

#define AUTO_    KVET_KPROBE_AUTO
#define PMU      KVET_KPROBE_PMU
#define TRACEFS  KVET_KPROBE_TRACEFS
#define MULTI    KVET_KPROBE_MULTI
#define FENTRY   KVET_KPROBE_FENTRY
#define REFUSED  true
#define NO_PMU   (-1)
#define SOME_PMU 6

static const struct row {
	struct kvet_kprobe_wish wish;
	int pmu_type;
	bool refused;
	struct kvet_kprobe_route route;
} rows[] = {
	/* One, and a few: the PMU, by which each has its place. */
	{ { .sites = 1 }, SOME_PMU, false, { false, false, PMU, false } },
	{ { .sites = 31 }, SOME_PMU, false, { false, false, PMU, false } },
	{ { .sites = 0 }, SOME_PMU, false, { false, false, PMU, false } },
	{ { .sites = 1, .returns = true }, SOME_PMU, false, { false, false, PMU, false } },
	/* Many. */
	{ { .sites = 32 }, SOME_PMU, false, { false, true, PMU, false } },
	{ { .sites = 32, .returns = true }, SOME_PMU, false, { false, true, PMU, false } },
	{ { .sites = 32, .registers = true }, SOME_PMU, false, { false, false, PMU, false } },
	/* Refused. */
	{ { .sites = 1 }, SOME_PMU, REFUSED, { false, true, TRACEFS, true } },
	{ { .sites = 32 }, SOME_PMU, REFUSED, { false, true, TRACEFS, true } },
	{ { .sites = 1, .registers = true }, SOME_PMU, REFUSED, { false, false, TRACEFS, true } },
	/* There is none, and so nothing was refused. */
	{ { .sites = 1 }, NO_PMU, false, { false, false, TRACEFS, false } },
	{ { .sites = 1 }, NO_PMU, REFUSED, { false, false, TRACEFS, false } },
	{ { .sites = 32 }, NO_PMU, false, { false, true, TRACEFS, false } },
	/* What was wished for is taken, whatever it comes to. */
	{ { .backend = PMU, .sites = 32 }, SOME_PMU, REFUSED, { false, false, PMU, false } },
	{ { .backend = PMU, .sites = 1 }, NO_PMU, false, { false, false, PMU, false } },
	{ { .backend = TRACEFS, .sites = 32 }, SOME_PMU, false, { false, false, TRACEFS, false } },
	{ { .backend = MULTI, .sites = 1 }, SOME_PMU, REFUSED, { false, true, AUTO_, false } },
	{ { .backend = MULTI, .sites = 1 }, NO_PMU, false, { false, true, AUTO_, false } },
	{ { .backend = FENTRY, .sites = 1 }, SOME_PMU, false, { true, false, AUTO_, false } },
	{ { .backend = FENTRY, .returns = true, .sites = 32 },
	  SOME_PMU,
	  REFUSED,
	  { true, false, AUTO_, false } },
	/* A number of slots is for tracefs alone. */
	{ { .slots = 20, .returns = true, .sites = 1 },
	  SOME_PMU,
	  false,
	  { false, false, TRACEFS, false } },
	{ { .slots = 20, .returns = true, .sites = 32 },
	  SOME_PMU,
	  REFUSED,
	  { false, false, TRACEFS, false } },
};

START_TEST(each_wish_has_its_route)
{
	const struct row *row = &rows[_i];
	const struct kvet_kprobe_facts facts = { .pmu_type = row->pmu_type };
	struct kvet_kprobe_route route = kvet_kprobe_route(&row->wish, &facts, row->refused);

	ck_assert_int_eq(route.fentry, row->route.fentry);
	ck_assert_int_eq(route.multi, row->route.multi);
	ck_assert_int_eq(route.single, row->route.single);
	ck_assert_int_eq(route.fallback, row->route.fallback);
}
END_TEST

START_TEST(a_route_leads_somewhere)
{
	static const enum kvet_kprobe_backend backends[] = { AUTO_, PMU, TRACEFS, MULTI, FENTRY };

	for (int i = 0; i < 5 * 2 * 2 * 2 * 2 * 2; i++) {
		const struct kvet_kprobe_wish wish = { .backend = backends[i % 5],
						       .returns = i / 5 & 1,
						       .registers = i / 5 & 2,
						       .sites = i / 5 & 4 ? 40 : 1 };
		const struct kvet_kprobe_facts facts = { .pmu_type =
								 i / 5 & 8 ? SOME_PMU : NO_PMU };
		struct kvet_kprobe_route route = kvet_kprobe_route(&wish, &facts, i / 5 & 16);

		ck_assert(route.fentry || route.multi || route.single != AUTO_);
		ck_assert_int_ne(route.single, MULTI);
		ck_assert_int_ne(route.single, FENTRY);
		/* What is no choice is obeyed. */
		if (wish.backend != AUTO_)
			ck_assert(!route.fallback && route.multi == (wish.backend == MULTI) &&
				  route.fentry == (wish.backend == FENTRY));
		/* All registers are never left to what does not keep them. */
		ck_assert(!(route.multi && wish.registers) || wish.backend == MULTI);
		ck_assert(!(route.fentry && wish.registers) || wish.backend == FENTRY);
	}
}
END_TEST

START_TEST(ways_come_to_the_best_that_is_certain)
{
	static const enum kvet_verdict yes = KVET_YES, no = KVET_NO, open = KVET_UNDETERMINED;
	static const struct {
		const enum kvet_verdict *multi, *single;
		enum kvet_verdict sum;
	} sums[] = {
		{ NULL, &yes, KVET_YES },
		{ NULL, &no, KVET_NO },
		{ NULL, &open, KVET_UNDETERMINED },
		{ &yes, NULL, KVET_YES },
		{ &no, NULL, KVET_NO },
		{ &open, NULL, KVET_UNDETERMINED },
		/* One that takes it is enough, */
		{ &no, &yes, KVET_YES },
		{ &open, &yes, KVET_YES },
		{ &yes, &open, KVET_YES },
		/* and it is a no only where each says so. */
		{ &no, &no, KVET_NO },
		{ &no, &open, KVET_UNDETERMINED },
		{ &open, &no, KVET_UNDETERMINED },
		{ &open, &open, KVET_UNDETERMINED },
	};

	for (size_t i = 0; i < sizeof(sums) / sizeof(*sums); i++)
		ck_assert_msg(kvet_kprobe_ways_sum(sums[i].multi, sums[i].single) == sums[i].sum,
			      "row %zu", i);
}
END_TEST

/* tracefs has a lock of its own beside its events. */
START_TEST(descriptors_are_as_many_as_probes_and_the_lock)
{
	static const size_t probes[] = { 0, 1, 1024 };

	for (size_t i = 0; i < sizeof(probes) / sizeof(*probes); i++) {
		ck_assert_uint_eq(kvet_kprobe_descriptors(KVET_KPROBE_PMU, probes[i]), probes[i]);
		ck_assert_uint_eq(kvet_kprobe_descriptors(KVET_KPROBE_MULTI, probes[i]), probes[i]);
		ck_assert_uint_eq(kvet_kprobe_descriptors(KVET_KPROBE_FENTRY, probes[i]),
				  probes[i]);
		ck_assert_uint_eq(kvet_kprobe_descriptors(KVET_KPROBE_TRACEFS, probes[i]),
				  probes[i] + 1);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kprobe ways");
	TCase *tc = tcase_create("ways");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, each_wish_has_its_route, 0, sizeof(rows) / sizeof(*rows));
	tcase_add_test(tc, a_route_leads_somewhere);
	tcase_add_test(tc, descriptors_are_as_many_as_probes_and_the_lock);
	tcase_add_test(tc, ways_come_to_the_best_that_is_certain);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
