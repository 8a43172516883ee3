/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/text.h"
#include "stacks.h"

/* In a PID namespace, /proc may be that of another one. */
static bool proc_has_our_numbers(void)
{
	char own[16] = "", self[16] = "";

	snprintf(own, sizeof(own), "%d", (int)getpid());
	return readlink("/proc/self", self, sizeof(self) - 1) > 0 && !strcmp(self, own);
}

struct trace_stacks *trace_stacks_new(const struct context *context, const struct kvet_ksyms *table)
{
	struct trace_stacks *stacks = malloc(sizeof(*stacks));

	if (!stacks)
		return NULL;
	stacks->table = table;
	stacks->usyms = NULL;
	stacks->by_pid = proc_has_our_numbers();
	stacks->kernel.count = stacks->user.count = 0;
	if (!kvet_usyms_new(&stacks->usyms, &context->host, NULL))
		return stacks;
	free(stacks);
	return NULL;
}

void trace_stacks_free(struct trace_stacks *stacks)
{
	if (stacks)
		kvet_usyms_free(stacks->usyms);
	free(stacks);
}

/*
 * Writes "vfs_read+0x2a [ext4]", with all names of the address, separated by "|". A return address
 * belongs to the function of the byte before it: a call that does not return may be a function's
 * last instruction (kernel: sprint_backtrace()).
 */
static void describe_frame(const struct kvet_ksyms *table, uint64_t address, bool returned,
			   char *buf, size_t size)
{
	struct kvet_ksyms_range range = kvet_ksyms_containing(table, address - returned);
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

const struct trace_stack_words *trace_stacks_kernel(struct trace_stacks *stacks,
						    const uint64_t *frames, size_t count)
{
	struct trace_stack_words *words = &stacks->kernel;

	for (size_t i = 0; i < count; i++) {
		describe_frame(stacks->table, frames[i], i > 0, words->texts[i],
			       sizeof(words->texts[i]));
		words->items[i] = words->texts[i];
	}
	words->count = count;
	return words;
}

const struct trace_stack_words *trace_stacks_user(struct trace_stacks *stacks, uint32_t pid,
						  const char *comm,
						  const struct kvet_user_frame *frames,
						  size_t count)
{
	const struct kvet_usyms_task task = { stacks->by_pid ? pid : 0, comm };
	struct trace_stack_words *words = &stacks->user;

	for (size_t i = 0; i < count; i++) {
		kvet_usyms_describe(stacks->usyms, &task, &frames[i], i == 0, words->texts[i],
				    sizeof(words->texts[i]));
		words->items[i] = words->texts[i];
	}
	words->count = count;
	return words;
}

/* --- folded ---------------------------------------------------------------------------------- */

/* With named, a frame without its offsets, which would make each call of a function a stack of its
 * own; ";" and line breaks would end it. */
static bool add_frame(struct text *line, const char *frame, bool named)
{
	while (*frame) {
		size_t len = named ? strcspn(frame, "+") : strlen(frame);

		for (size_t i = 0; i < len; i++) {
			char byte = frame[i];

			if (byte == ';' || byte == '\n' || byte == '\r')
				byte = '_';
			if (!text_add(line, &byte, 1))
				return false;
		}
		frame += len;
		if (*frame == '+')
			frame += strcspn(frame, " |");
	}
	return true;
}

static bool add_stack(struct text *line, const struct trace_stack_words *words)
{
	for (size_t i = words->count; i; i--)
		if (!text_add_words(line, ";") ||
		    !add_frame(line, words->items[i - 1], *words->items[i - 1] != '['))
			return false;
	return true;
}

char *trace_stacks_fold(const struct trace_stacks *stacks, const char *comm)
{
	struct text line = { 0 };

	if ((!*comm || add_frame(&line, comm, false)) && add_stack(&line, &stacks->user) &&
	    add_stack(&line, &stacks->kernel) && text_add(&line, "", 1)) {
		/* Without a task, the first frame is the root. */
		if (*line.bytes == ';')
			memmove(line.bytes, line.bytes + 1, line.used - 1);
		return line.bytes;
	}
	text_free(&line);
	return NULL;
}
