/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <stdlib.h>

#include "trace/calls.h"

#define START  0xffffffff81000100ULL
#define CALLER 0xffffffff81770017ULL

/* The probe is 4 bytes in, as behind an ENDBR: what counts is the function. */
static const struct kvet_kprobe_site site = { .address = START + 4, .offset = 4, .extent = 0x40 };

static struct trace_fates place(uint32_t counted, enum trace_stack_state state,
				const uint64_t *frames, size_t count)
{
	const struct trace_calls calls = { .depth = counted, .counted = counted, .caller = CALLER };
	const struct trace_stack_view view = { state, frames, count };
	struct trace_fates fates = { 0 };

	kvet_trace_place(&calls, &site, &view, &fates);
	ck_assert_uint_eq(fates.inside + fates.unreturned + fates.unplaced, counted);
	return fates;
}

static const uint64_t elsewhere[] = { 0xffffffff81800000, 0xffffffff81900000 };

START_TEST(a_thread_that_is_gone_has_not_returned)
{
	ck_assert_uint_eq(place(3, TRACE_STACK_NONE, NULL, 0).unreturned, 3);
}
END_TEST

START_TEST(of_a_stack_that_nobody_saw_nothing_is_said)
{
	ck_assert_uint_eq(place(3, TRACE_STACK_UNKNOWN, NULL, 0).unplaced, 3);
	/* Not even if something is left there. */
	ck_assert_uint_eq(place(3, TRACE_STACK_UNKNOWN, (uint64_t[]){ START + 9 }, 1).unplaced, 3);
}
END_TEST

START_TEST(a_frame_in_the_function_is_a_call_that_is_inside)
{
	/* Where, and whether that is in the function: from behind its first byte to the first
	 * behind it, which a call at its very end returns to. */
	static const struct {
		uint64_t frame;
		bool in;
	} cases[] = {
		{ START - 1, false },   { START, false },       { START + 1, true },
		{ START + 0x3f, true }, { START + 0x40, true }, { START + 0x41, false },
		{ 0, false },           { UINT64_MAX, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint64_t frames[] = { elsewhere[0], cases[i].frame, elsewhere[1] };
		struct trace_fates fates = place(1, TRACE_STACK_SEEN, frames, 3);

		ck_assert_uint_eq(fates.inside, cases[i].in);
		ck_assert_uint_eq(fates.unreturned, !cases[i].in);
	}
}
END_TEST

START_TEST(a_stack_without_the_function_is_of_calls_that_are_over)
{
	ck_assert_uint_eq(place(2, TRACE_STACK_SEEN, elsewhere, 2).unreturned, 2);
	ck_assert_uint_eq(place(2, TRACE_STACK_SEEN, NULL, 0).unreturned, 2);
}
END_TEST

/* One call that is lost, and then two of which one is in the other. */
START_TEST(each_frame_is_one_call)
{
	const uint64_t frames[] = { START + 8, elsewhere[0], START + 16, CALLER };
	struct trace_fates fates = place(3, TRACE_STACK_SEEN, frames, 4);

	ck_assert_uint_eq(fates.inside, 2);
	ck_assert_uint_eq(fates.unreturned, 1);
	/* More than were counted: those began before tracing did. */
	ck_assert_uint_eq(place(1, TRACE_STACK_SEEN, frames, 4).inside, 1);
	ck_assert_uint_eq(place(0, TRACE_STACK_SEEN, frames, 4).inside, 0);
}
END_TEST

/* The function has jumped into another one, or its caller calls from the same place again. */
START_TEST(a_return_address_alone_leaves_one_call_open)
{
	const uint64_t frames[] = { elsewhere[0], CALLER };
	struct trace_fates fates = place(3, TRACE_STACK_SEEN, frames, 2);

	ck_assert_uint_eq(fates.unplaced, 1);
	ck_assert_uint_eq(fates.unreturned, 2);
	ck_assert_uint_eq(fates.inside, 0);
}
END_TEST

START_TEST(an_unknown_return_address_is_no_frame)
{
	const uint64_t frames[] = { 0, elsewhere[0] };
	const struct trace_calls calls = { .depth = 1, .counted = 1 };
	const struct trace_stack_view view = { TRACE_STACK_SEEN, frames, 2 };
	struct trace_fates fates = { 0 };

	kvet_trace_place(&calls, &site, &view, &fates);
	ck_assert_uint_eq(fates.unreturned, 1);
}
END_TEST

START_TEST(threads_add_up)
{
	const struct trace_calls calls = { .depth = 1, .counted = 1 };
	const struct trace_stack_view gone = { TRACE_STACK_NONE, NULL, 0 };
	struct trace_fates fates = { .unreturned = 5, .inside = 2 };

	kvet_trace_place(&calls, &site, &gone, &fates);
	ck_assert_uint_eq(fates.unreturned, 6);
	ck_assert_uint_eq(fates.inside, 2);
}
END_TEST

START_TEST(the_account_is_closed)
{
	static const struct trace_returns cpus[] = {
		{ .entered = 10, .returned = 4, .drained = 1, .unseen = 1 },
		{ .entered = 3, .returned = 3, .unkept = 1 }, /* some entered on the other */
	};
	struct trace_fates fates = { .inside = 1, .unreturned = 1 };

	kvet_trace_close_account(cpus, 2, &fates);
	ck_assert_uint_eq(fates.entered, 13);
	ck_assert_uint_eq(fates.returned, 7);
	ck_assert_uint_eq(fates.inside, 2);
	ck_assert_uint_eq(fates.unreturned, 2);
	/* The one that was not kept, and one that nobody knows of. */
	ck_assert_uint_eq(fates.unplaced, 2);
}
END_TEST

START_TEST(an_account_that_is_even_has_nothing_open)
{
	static const struct trace_returns one = { .entered = 3, .returned = 2 };
	struct trace_fates fates = { .inside = 1 };

	kvet_trace_close_account(&one, 1, &fates);
	ck_assert_uint_eq(fates.unplaced, 0);
	fates = (struct trace_fates){ .inside = 2 };
	kvet_trace_close_account(&one, 1, &fates);
	ck_assert_uint_eq(fates.unplaced, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("trace calls");
	TCase *place_case = tcase_create("place"), *account = tcase_create("account");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(place_case, a_thread_that_is_gone_has_not_returned);
	tcase_add_test(place_case, of_a_stack_that_nobody_saw_nothing_is_said);
	tcase_add_test(place_case, a_frame_in_the_function_is_a_call_that_is_inside);
	tcase_add_test(place_case, a_stack_without_the_function_is_of_calls_that_are_over);
	tcase_add_test(place_case, each_frame_is_one_call);
	tcase_add_test(place_case, a_return_address_alone_leaves_one_call_open);
	tcase_add_test(place_case, an_unknown_return_address_is_no_frame);
	tcase_add_test(place_case, threads_add_up);
	suite_add_tcase(suite, place_case);
	tcase_add_test(account, the_account_is_closed);
	tcase_add_test(account, an_account_that_is_even_has_nothing_open);
	suite_add_tcase(suite, account);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
