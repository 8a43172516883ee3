/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace/decode.h"

static const struct trace_event wire = {
	.boot_ns = 0x1122334455667788,
	.mono_ns = 0x99aabbccddeeff00,
	.ip = 0xffffffff81000101,
	.site = 2,
	.cpu = 7,
	.pid = 4194304,
	.tid = 4294967295,
	.uid = 4294967294,
	.cgroup = 0x123456789abcdef,
	.comm = "kvet",
};

START_TEST(a_record_gives_its_event)
{
	struct kvet_trace_event event;

	ck_assert_int_eq(kvet_trace_decode(&wire, sizeof(wire), 3, 0, &event), 0);
	ck_assert_uint_eq(event.boot_ns, 0x1122334455667788);
	ck_assert_uint_eq(event.mono_ns, 0x99aabbccddeeff00);
	ck_assert_uint_eq(event.ip, 0xffffffff81000101);
	ck_assert_uint_eq(event.site, 2);
	ck_assert_uint_eq(event.cpu, 7);
	ck_assert_uint_eq(event.pid, 4194304);
	ck_assert_uint_eq(event.tid, 4294967295);
	ck_assert_uint_eq(event.uid, 4294967294);
	ck_assert_uint_eq(event.cgroup, 0x123456789abcdef);
	ck_assert_str_eq(event.comm, "kvet");
}
END_TEST

START_TEST(a_task_of_another_namespace_has_no_number)
{
	struct trace_event other = wire;
	struct kvet_trace_event event;

	ck_assert_int_eq(kvet_trace_decode(&wire, sizeof(wire), 3, TRACE_NUMBERS, &event), 0);
	ck_assert(!event.unnumbered);
	other.pid = other.tid = 0;
	ck_assert_int_eq(kvet_trace_decode(&other, sizeof(other), 3, TRACE_NUMBERS, &event), 0);
	ck_assert(event.unnumbered);
	/* The idle task's own number. */
	ck_assert_int_eq(kvet_trace_decode(&other, sizeof(other), 3, 0, &event), 0);
	ck_assert(!event.unnumbered);
}
END_TEST

START_TEST(a_record_may_stand_at_any_address)
{
	unsigned char bytes[sizeof(wire) + 1];
	struct kvet_trace_event event;

	memcpy(bytes + 1, &wire, sizeof(wire));
	ck_assert_int_eq(kvet_trace_decode(bytes + 1, sizeof(wire), 3, 0, &event), 0);
	ck_assert_uint_eq(event.boot_ns, wire.boot_ns);
	ck_assert_uint_eq(event.tid, wire.tid);
}
END_TEST

/* The record is refused, and the event stays as it was. */
static void refused_with(uint32_t flags, const void *data, size_t size, size_t sites)
{
	struct kvet_trace_event event, before;

	memset(&event, 0xa5, sizeof(event));
	memcpy(&before, &event, sizeof(event));
	ck_assert_int_eq(kvet_trace_decode(data, size, sites, flags, &event), -EPROTO);
	ck_assert_mem_eq(&event, &before, sizeof(event));
}

static void refused(const void *data, size_t size, size_t sites)
{
	refused_with(0, data, size, sites);
}

START_TEST(a_short_record_is_refused)
{
	for (size_t size = 0; size < sizeof(wire); size++)
		refused(&wire, size, 3);
}
END_TEST

START_TEST(a_long_record_is_refused)
{
	unsigned char bytes[sizeof(wire) + 8] = { 0 };

	memcpy(bytes, &wire, sizeof(wire));
	refused(bytes, sizeof(wire) + 1, 3);
	refused(bytes, sizeof(wire) + 8, 3);
}
END_TEST

START_TEST(a_site_that_does_not_exist_is_refused)
{
	struct trace_event marked = wire;

	refused(&wire, sizeof(wire), 2);
	refused(&wire, sizeof(wire), 0);
	marked.site = UINT32_MAX;
	refused(&marked, sizeof(marked), 3);
	marked.site = TRACE_SITE_MARK; /* the template's, never patched */
	refused(&marked, sizeof(marked), 3);
}
END_TEST

START_TEST(a_task_name_without_nul_is_ended)
{
	struct trace_event full = wire;
	struct kvet_trace_event event;

	memset(full.comm, 'x', sizeof(full.comm));
	memset(&event, 0xa5, sizeof(event));
	ck_assert_int_eq(kvet_trace_decode(&full, sizeof(full), 3, 0, &event), 0);
	ck_assert_str_eq(event.comm, "xxxxxxxxxxxxxxx");
}
END_TEST

START_TEST(a_task_name_keeps_any_bytes)
{
	struct trace_event odd = wire;
	struct kvet_trace_event event;

	memcpy(odd.comm, "\033[2J\n\xff\x80", 8);
	ck_assert_int_eq(kvet_trace_decode(&odd, sizeof(odd), 3, 0, &event), 0);
	ck_assert_str_eq(event.comm, "\033[2J\n\xff\x80");
}
END_TEST

START_TEST(frames_come_with_a_record_that_has_them)
{
	struct trace_stack_event stack = { .event = wire, .frames = { 0xffffffff81000000, 7 } };
	static struct kvet_trace_event event;

	stack.event.stack_size = 16;
	ck_assert_int_eq(kvet_trace_decode(&stack, sizeof(stack), 3, TRACE_STACK, &event), 0);
	ck_assert_uint_eq(event.frame_count, 2);
	ck_assert_uint_eq(event.frames[0], 0xffffffff81000000);
	ck_assert_uint_eq(event.frames[1], 7);
	/* The kernel could not walk the stack: there are none. */
	stack.event.stack_size = -EFAULT;
	ck_assert_int_eq(kvet_trace_decode(&stack, sizeof(stack), 3, TRACE_STACK, &event), 0);
	ck_assert_uint_eq(event.frame_count, 0);
	stack.event.stack_size = sizeof(stack.frames);
	ck_assert_int_eq(kvet_trace_decode(&stack, sizeof(stack), 3, TRACE_STACK, &event), 0);
	ck_assert_uint_eq(event.frame_count, KVET_TRACE_STACK_MOST);
}
END_TEST

/* Of the process's stack: with a file, with an address only. */
static void put_user_stack(struct trace_user_stack *user)
{
	user->size = 2 * sizeof(user->frames[0]);
	user->frames[0] = (struct bpf_stack_build_id){ .status = BPF_STACK_BUILD_ID_VALID,
						       .build_id = { 1, 2, [19] = 3 },
						       .offset = 0x1234 };
	user->frames[1] = (struct bpf_stack_build_id){ .status = BPF_STACK_BUILD_ID_IP,
						       .ip = 0x7f0000000000 };
}

static void require_user_stack(const struct kvet_trace_event *event)
{
	static const uint8_t id[KVET_BUILD_ID_SIZE] = { 1, 2, [19] = 3 };

	ck_assert_uint_eq(event->user_frame_count, 2);
	ck_assert(event->user_frames[0].in_file);
	ck_assert_mem_eq(event->user_frames[0].build_id, id, sizeof(id));
	ck_assert_uint_eq(event->user_frames[0].at, 0x1234);
	ck_assert(!event->user_frames[1].in_file);
	ck_assert_uint_eq(event->user_frames[1].at, 0x7f0000000000);
}

START_TEST(a_stack_of_the_process_is_the_end_of_the_record)
{
	static struct trace_user_event stack;
	static struct trace_full_user_event full;
	static struct kvet_trace_event event;
	const uint32_t flags = TRACE_USER_STACK | TRACE_ARGUMENTS;

	stack.event.event = full.full.event = wire;
	put_user_stack(&stack.user);
	put_user_stack(&full.user);
	ck_assert_int_eq(kvet_trace_decode(&stack, sizeof(stack), 3, TRACE_USER_STACK, &event), 0);
	require_user_stack(&event);
	ck_assert_int_eq(kvet_trace_decode(&full, sizeof(full), 3, flags, &event), 0);
	require_user_stack(&event);
	ck_assert(event.has_args);
	stack.user.size = -EFAULT;
	ck_assert_int_eq(kvet_trace_decode(&stack, sizeof(stack), 3, TRACE_USER_STACK, &event), 0);
	ck_assert_uint_eq(event.user_frame_count, 0);
	stack.user.size = sizeof(stack.user.frames) + 1;
	ck_assert_int_eq(kvet_trace_decode(&stack, sizeof(stack), 3, TRACE_USER_STACK, &event),
			 -EPROTO);
}
END_TEST

START_TEST(more_frames_than_a_record_holds_are_refused)
{
	struct trace_stack_event stack = { .event = wire };
	struct trace_event plain = wire;

	stack.event.stack_size = sizeof(stack.frames) + 1;
	refused_with(TRACE_STACK, &stack, sizeof(stack), 3);
	stack.event.stack_size = INT32_MAX;
	refused_with(TRACE_STACK, &stack, sizeof(stack), 3);
	plain.stack_size = 8;
	refused(&plain, sizeof(plain), 3);
}
END_TEST

START_TEST(a_return_has_its_value_and_its_duration_if_the_entry_was_seen)
{
	struct trace_event hit = wire;
	static struct kvet_trace_event event;

	hit.value = (uint64_t)-2;
	hit.duration_ns = 1500;
	ck_assert_int_eq(kvet_trace_decode(&hit, sizeof(hit), 3, 0, &event), 0);
	ck_assert_uint_eq(event.value, (uint64_t)-2);
	ck_assert(event.has_duration);
	ck_assert_uint_eq(event.duration_ns, 1500);
	hit.duration_ns = UINT64_MAX;
	ck_assert_int_eq(kvet_trace_decode(&hit, sizeof(hit), 3, 0, &event), 0);
	ck_assert(!event.has_duration);
	ck_assert_uint_eq(event.duration_ns, 0);
}
END_TEST

#define ALL (TRACE_STACK | TRACE_ARGUMENTS | TRACE_STRINGS | TRACE_REGS | TRACE_PRINT)

START_TEST(arguments_registers_and_strings_come_with_a_record_that_has_them)
{
	static struct trace_full_event full;
	static struct kvet_trace_event event;

	full = (struct trace_full_event){ .event = wire,
					  .registers = { [0] = 15, [20] = 0x2b },
					  .arguments = { .values = { 1, 2, 3, 4, 5, 6 },
							 .string_sizes = { 0, 5, -EFAULT,
									   TRACE_STRING } } };
	memcpy(full.arguments.strings[1], "/etc", 5);
	memset(full.arguments.strings[3], 'x', TRACE_STRING);
	ck_assert_int_eq(kvet_trace_decode(&full, sizeof(full), 3, ALL, &event), 0);
	ck_assert(event.has_args && event.has_registers);
	ck_assert_uint_eq(event.args[5], 6);
	ck_assert_uint_eq(event.registers[20], 0x2b);
	ck_assert_int_eq(event.string_sizes[0], 0);
	ck_assert_str_eq(event.strings[1], "/etc");
	ck_assert_int_eq(event.string_sizes[2], -EFAULT);
	ck_assert_uint_eq(strlen(event.strings[3]), TRACE_STRING - 1);
	/* What was not asked for is not looked at, whatever stands there. */
	ck_assert_int_eq(kvet_trace_decode(&full, TRACE_FULL_WITHOUT_PRINTS, 3, TRACE_REGS, &event),
			 0);
	ck_assert(!event.has_args && event.has_registers);
	ck_assert_int_eq(event.string_sizes[1], 0);
}
END_TEST

START_TEST(a_string_longer_than_its_room_is_refused)
{
	static struct trace_full_event full;

	full = (struct trace_full_event){ .event = wire,
					  .arguments.string_sizes = { TRACE_STRING + 1 } };
	refused_with(ALL, &full, sizeof(full), 3);
	full.arguments.string_sizes[0] = 0;
	full.arguments.string_sizes[5] = INT32_MAX;
	refused_with(ALL, &full, sizeof(full), 3);
}
END_TEST

START_TEST(what_expressions_led_to_comes_with_a_record_that_has_it)
{
	static struct trace_full_event full;
	static struct kvet_trace_event event;
	struct trace_print *prints = full.arguments.prints;

	full = (struct trace_full_event){ .event = wire };
	prints[0] = (struct trace_print){ .value = 7 };
	prints[1] = (struct trace_print){ .value = 0x18, .failed = 1 };
	prints[2] = (struct trace_print){ .size = 3, .text = "ab" };
	prints[7] = (struct trace_print){ .size = TRACE_STRING };
	memset(prints[7].text, 'x', TRACE_STRING);
	ck_assert_int_eq(kvet_trace_decode(&full, sizeof(full), 3, ALL, &event), 0);
	ck_assert(!event.prints[0].failed && event.prints[1].failed);
	ck_assert_uint_eq(event.prints[0].value, 7);
	ck_assert_uint_eq(event.prints[1].value, 0x18);
	ck_assert_str_eq(event.prints[2].text, "ab");
	ck_assert_uint_eq(strlen(event.prints[7].text), TRACE_STRING - 1);
	/* What is returned is known without the entry. */
	full.entry = TRACE_ENTRY_UNSEEN;
	event.prints[0].value = 0;
	ck_assert_int_eq(kvet_trace_decode(&full, sizeof(full), 3, ALL, &event), 0);
	ck_assert(!event.has_args && event.prints[0].value == 7);
	full.entry = TRACE_ENTRY_SEEN;
	prints[7].size++;
	refused_with(ALL, &full, sizeof(full), 3);
	event.prints[0].value = 0;
	ck_assert_int_eq(
		kvet_trace_decode(&full, TRACE_FULL_WITHOUT_PRINTS, 3, TRACE_ARGUMENTS, &event), 0);
	ck_assert_uint_eq(event.prints[0].value, 0);
	refused_with(TRACE_ARGUMENTS, &full, sizeof(full), 3);
}
END_TEST

/* What stands in the record then is of whatever was there before. */
START_TEST(a_call_whose_entry_is_not_known_has_no_arguments)
{
	static struct trace_full_event full;
	static struct kvet_trace_event event;

	for (uint64_t entry = TRACE_ENTRY_UNSEEN; entry < TRACE_ENTRY_COUNT; entry++) {
		full = (struct trace_full_event){
			.event = wire,
			.entry = entry,
			.arguments = { .values = { 1, 2 }, .string_sizes = { 5, TRACE_STRING + 1 } }
		};
		ck_assert_int_eq(kvet_trace_decode(&full, sizeof(full), 3, ALL, &event), 0);
		ck_assert(!event.has_args);
		ck_assert_uint_eq(event.entry, entry);
		ck_assert_uint_eq(event.args[0], 0);
		ck_assert_int_eq(event.string_sizes[0], 0);
	}
	full.entry = TRACE_ENTRY_COUNT;
	refused_with(ALL, &full, sizeof(full), 3);
	full.entry = UINT64_MAX;
	refused_with(ALL, &full, sizeof(full), 3);
}
END_TEST

START_TEST(a_record_of_another_session_is_refused)
{
	static struct trace_full_event full;

	full.event = wire;
	refused_with(ALL, &full, sizeof(full.event), 3);
	refused_with(TRACE_STACK, &full, sizeof(full), 3);
	refused_with(0, &full, sizeof(struct trace_stack_event), 3);
}
END_TEST

/* Any bytes give an event whose parts are within their bounds, or none. */
START_TEST(hostile_bytes_do_no_harm)
{
	static struct trace_full_event full;
	static struct kvet_trace_event event;
	uint64_t seed = 1;

	for (int round = 0; round < 2000; round++) {
		unsigned char *bytes = (unsigned char *)&full;

		for (size_t i = 0; i < sizeof(full); i++) {
			seed = seed * 6364136223846793005 + 1442695040888963407;
			bytes[i] = (unsigned char)(seed >> 56);
		}
		/* Every other one gets past the first look. */
		if (round % 2) {
			full.event.site %= 3;
			full.event.stack_size %= 1024;
			for (int i = 0; i < TRACE_ARGS; i++)
				full.arguments.string_sizes[i] %= 2 * TRACE_STRING;
			full.entry %= TRACE_ENTRY_COUNT + 1;
			for (int i = 0; i < TRACE_PRINTS; i++)
				full.arguments.prints[i].size %= 2 * TRACE_STRING;
		}
		if (kvet_trace_decode(&full, sizeof(full), 3, ALL, &event))
			continue;
		ck_assert_uint_lt(event.site, 3);
		ck_assert_uint_le(event.frame_count, KVET_TRACE_STACK_MOST);
		ck_assert_uint_lt(strlen(event.comm), KVET_TRACE_COMM_SIZE);
		for (int i = 0; i < TRACE_ARGS; i++)
			ck_assert(event.string_sizes[i] <= 0 ||
				  strlen(event.strings[i]) < KVET_TRACE_STRING);
	}
}
END_TEST

/* --- counters ------------------------------------------------------------------------------ */

START_TEST(counters_add_up_over_cpus)
{
	static const struct trace_counters cpus[] = {
		{ .hits = 5,
		  .counted = 1,
		  .filtered = 2,
		  .limited = 1,
		  .lost = 1,
		  .own = 2,
		  .unread = 1 },
		{ .hits = 0, .unread = 0x100000000, .lost = 0 },
		{ .hits = 0x100000000, .lost = 0x80000000 },
		{ .hits = 7, .lost = 0x80000000, .own = 0x100000000 },
	};
	struct kvet_trace_site site = { .hits = 99, .lost = 99 };

	kvet_trace_sum(cpus, 4, &site);
	ck_assert_uint_eq(site.hits, 0x10000000c);
	ck_assert_uint_eq(site.lost, 0x100000001);
	ck_assert_uint_eq(site.counted, 1);
	ck_assert_uint_eq(site.filtered, 2);
	ck_assert_uint_eq(site.limited, 1);
	ck_assert_uint_eq(site.own, 0x100000002);
	ck_assert_uint_eq(site.unread, 0x100000001);
}
END_TEST

START_TEST(no_cpus_have_no_hits)
{
	struct kvet_trace_site site = { .hits = 99, .lost = 99 };

	kvet_trace_sum(NULL, 0, &site);
	ck_assert_uint_eq(site.hits, 0);
	ck_assert_uint_eq(site.lost, 0);
}
END_TEST

START_TEST(adding_up_leaves_the_verdict_alone)
{
	static const struct trace_counters one = { .hits = 1 };
	struct kvet_trace_site site = { .verdict = KVET_NO, .cause = { .errnum = EINVAL } };

	kvet_trace_sum(&one, 1, &site);
	ck_assert_int_eq(site.verdict, KVET_NO);
	ck_assert_int_eq(site.cause.errnum, EINVAL);
}
END_TEST

/* A trampoline and its program are on the stack before the function. */
START_TEST(a_stack_begins_in_the_function)
{
	const struct kvet_kprobe_site site = { .address = 0x1000, .extent = 0x80 };
	static const struct {
		uint64_t frames[4];
		size_t count, left;
		uint64_t first;
	} stacks[] = {
		{ { 0xa000, 0xb000, 0x1005, 0x2000 }, 4, 2, 0x1005 },
		{ { 0x1000, 0x2000 }, 2, 2, 0x1000 },
		{ { 0xa000, 0x1080, 0x2000 }, 3, 2, 0x1080 },
		/* It is not there: all of it is left. */
		{ { 0xa000, 0xfff, 0x1081, 0x2000 }, 4, 4, 0xa000 },
		{ { 0 }, 0, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(stacks) / sizeof(*stacks); i++) {
		uint64_t frames[4];
		size_t count = stacks[i].count;

		memcpy(frames, stacks[i].frames, sizeof(frames));
		kvet_trace_trim(&site, frames, &count);
		ck_assert_uint_eq(count, stacks[i].left);
		ck_assert_uint_eq(frames[0], stacks[i].first);
		ck_assert(!count || frames[count - 1] == stacks[i].frames[stacks[i].count - 1]);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("trace decode");
	TCase *decode = tcase_create("decode"), *sum = tcase_create("sum");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(decode, a_record_gives_its_event);
	tcase_add_test(decode, a_stack_begins_in_the_function);
	tcase_add_test(decode, a_record_may_stand_at_any_address);
	tcase_add_test(decode, a_task_of_another_namespace_has_no_number);
	tcase_add_test(decode, a_short_record_is_refused);
	tcase_add_test(decode, a_long_record_is_refused);
	tcase_add_test(decode, a_site_that_does_not_exist_is_refused);
	tcase_add_test(decode, a_task_name_without_nul_is_ended);
	tcase_add_test(decode, a_task_name_keeps_any_bytes);
	tcase_add_test(decode, frames_come_with_a_record_that_has_them);
	tcase_add_test(decode, a_stack_of_the_process_is_the_end_of_the_record);
	tcase_add_test(decode, more_frames_than_a_record_holds_are_refused);
	tcase_add_test(decode, arguments_registers_and_strings_come_with_a_record_that_has_them);
	tcase_add_test(decode, a_string_longer_than_its_room_is_refused);
	tcase_add_test(decode, what_expressions_led_to_comes_with_a_record_that_has_it);
	tcase_add_test(decode, a_call_whose_entry_is_not_known_has_no_arguments);
	tcase_add_test(decode, a_record_of_another_session_is_refused);
	tcase_add_test(decode, hostile_bytes_do_no_harm);
	tcase_add_test(decode, a_return_has_its_value_and_its_duration_if_the_entry_was_seen);
	suite_add_tcase(suite, decode);
	tcase_add_test(sum, counters_add_up_over_cpus);
	tcase_add_test(sum, no_cpus_have_no_hits);
	tcase_add_test(sum, adding_up_leaves_the_verdict_alone);
	suite_add_tcase(suite, sum);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
