/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>

#include "stack.h"

/* Writes "vfs_read+0x2a [ext4]", with all names of the address, separated by "|". */
static void describe_frame(const struct kvet_ksyms *table, uint64_t address, char *buf, size_t size)
{
	struct kvet_ksyms_range range = kvet_ksyms_containing(table, address);
	size_t used = 0;

	snprintf(buf, size, "0x%" PRIx64, address);
	for (size_t i = 0; i < range.count && used < size; i++) {
		struct kvet_symbol symbol = kvet_ksyms_row(table, range.rows[i]);

		used += (size_t)snprintf(
			buf + used, size - used, "%s%s+0x%" PRIx64 "%s%s%s", used ? "|" : "",
			symbol.name, address - symbol.address, symbol.module ? " [" : "",
			symbol.module ? symbol.module : "", symbol.module ? "]" : "");
	}
}

const char *const *trace_describe_stack(struct trace_stack_words *words,
					const struct kvet_ksyms *table, const uint64_t *frames,
					size_t count)
{
	for (size_t i = 0; i < count; i++) {
		describe_frame(table, frames[i], words->texts[i], sizeof(words->texts[i]));
		words->items[i] = words->texts[i];
	}
	return words->items;
}
