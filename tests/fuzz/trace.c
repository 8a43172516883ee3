/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Fuzzes the decoder of ring buffer records: the first four bytes are the flags, the rest is the
 * record. Whatever it says, an event keeps its bounds, and a refusal leaves the event alone.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "trace/decode.h"

#define SITES 4

static void require(int condition)
{
	if (!condition)
		abort();
}

static void check(const struct kvet_trace_event *event, uint32_t flags)
{
	require(event->site < SITES);
	require(event->frame_count <= KVET_TRACE_STACK_MOST);
	require(!event->frame_count || (flags & TRACE_STACK));
	require(event->user_frame_count <= KVET_TRACE_STACK_MOST);
	require(!event->user_frame_count || (flags & TRACE_USER_STACK));
	require(strnlen(event->comm, sizeof(event->comm)) < sizeof(event->comm));
	require(event->has_registers == !!(flags & TRACE_REGS));
	require(event->entry < KVET_TRACE_ENTRY_COUNT);
	require(event->has_args ==
		((flags & TRACE_ARGUMENTS) && event->entry == KVET_TRACE_ENTRY_SEEN));
	for (size_t i = 0; event->has_args && (flags & TRACE_PRINT) && !(flags & TRACE_NEST) &&
			   i < KVET_TRACE_PRINTS;
	     i++) {
		require(event->prints[i].size <= KVET_TRACE_STRING);
		require(strnlen(event->prints[i].text, KVET_TRACE_STRING) < KVET_TRACE_STRING);
	}
	for (size_t i = 0; event->has_args && i < KVET_TRACE_ARGS; i++) {
		require(event->string_sizes[i] <= KVET_TRACE_STRING);
		require(!event->string_sizes[i] ||
			strnlen(event->strings[i], KVET_TRACE_STRING) < KVET_TRACE_STRING);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kvet_trace_event event, before;
	uint32_t flags;

	if (size < sizeof(flags))
		return 0;
	memcpy(&flags, data, sizeof(flags));
	memset(&event, 0xa5, sizeof(event));
	memcpy(&before, &event, sizeof(event));
	if (kvet_trace_decode(data + sizeof(flags), size - sizeof(flags), SITES, flags, &event))
		require(!memcmp(&event, &before, sizeof(event)));
	else
		check(&event, flags);
	return 0;
}
