/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Calls of a root, as they come from the kernel. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>

#include "trace/decode.h"

static const struct trace_event wire = { .site = 2, .tid = 4294967295, .duration_ns = 5 };

START_TEST(a_call_of_a_nest_has_its_place)
{
	const uint32_t flags = TRACE_RETURN | TRACE_NEST;
	struct trace_nest_event call = { .event = wire,
					 .root = 0x123456789a,
					 .depth = 3,
					 .order = 17,
					 .calls = 40,
					 .cut = 2,
					 .arguments = { 1, 2, 3, 4, 5, 6 } };
	struct kvet_trace_event event;

	ck_assert_int_eq(kvet_trace_decode(&call, sizeof(call), 3, flags, &event), 0);
	ck_assert_uint_eq(event.tid, 4294967295);
	ck_assert_uint_eq(event.root, 0x123456789a);
	ck_assert_uint_eq(event.depth, 3);
	ck_assert_uint_eq(event.order, 17);
	ck_assert_uint_eq(event.calls, 40);
	ck_assert_uint_eq(event.cut, 2);
	ck_assert(!event.has_args);
	ck_assert_int_eq(kvet_trace_decode(&call, sizeof(call), 3, flags | TRACE_ARGUMENTS, &event),
			 0);
	ck_assert(event.has_args);
	for (size_t i = 0; i < KVET_TRACE_ARGS; i++)
		ck_assert_uint_eq(event.args[i], i + 1);
	ck_assert_int_eq(kvet_trace_decode(&call, sizeof(call) - 1, 3, flags, &event), -EPROTO);
	ck_assert_int_eq(kvet_trace_decode(&call, sizeof(call), 2, flags, &event), -EPROTO);
	ck_assert_int_eq(kvet_trace_decode(&call, sizeof(call), 3, flags | TRACE_REGS, &event),
			 -EPROTO);
	ck_assert_int_eq(
		kvet_trace_decode(&call, sizeof(call), 3, flags | TRACE_USER_STACK, &event),
		-EPROTO);
	call.event.stack_size = 8;
	ck_assert_int_eq(kvet_trace_decode(&call, sizeof(call), 3, flags, &event), -EPROTO);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("trace nest");
	TCase *tc = tcase_create("nest");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, a_call_of_a_nest_has_its_place);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
