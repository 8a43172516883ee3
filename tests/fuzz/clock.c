/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the kernel says of its clocks in text: timer_list, timens_offsets and the log's records. */
#include <stdio.h>

#include "clock/context.h"
#include "clock/namespace.h"
#include "clock/timer_list.h"
#include "tests/fuzz/require.h"

static void read_timers(const char *text, size_t size)
{
	FILE *stream = size ? fmemopen((void *)(uintptr_t)text, size, "r") : NULL;
	struct kvet_clock_kernel kernel = { 0 };
	struct kvet_cause err = { 0 };

	if (!stream)
		return;
	if (kvet_clock_timer_list_parse(stream, &kernel, &err))
		require(*err.evidence);
	fclose(stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = as_text(data, size);
	int64_t monotonic_ns = 0, boottime_ns = 0;
	struct kvet_cause err = { 0 };

	read_timers(text, size);
	if (kvet_clock_namespace_parse(text, &monotonic_ns, &boottime_ns, &err))
		require(*err.evidence);
	kvet_clock_last_resume(text);
	free(text);
	return 0;
}
