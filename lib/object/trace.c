/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "object/trace.h"

/* "12: (85) call bpf_ktime_get_ns#5        ; R0_w=scalar()"; newer kernels write the state there.
 * Returns where the instruction is, after its number. */
static const char *instruction_of(const char *line, size_t len, uint32_t *index)
{
	size_t digits = strspn(line, "0123456789");

	if (!digits || digits + 4 > len || strncmp(line + digits, ": (", 3) != 0)
		return NULL;
	*index = (uint32_t)strtoul(line, NULL, 10);
	return line + digits + 2;
}

static void keep(char *to, size_t size, const char *from, size_t len)
{
	while (len && isspace((unsigned char)from[len - 1]))
		len--;
	snprintf(to, size, "%.*s", (int)len, from);
}

/* "R0=inv(id=0) R1=ctx(...)", perhaps after "12: ". */
static const char *state_of(const char *line, size_t len)
{
	size_t digits = strspn(line, "0123456789");
	const char *at = digits && !strncmp(line + digits, ": ", 2) ? line + digits + 2 : line;
	size_t number;

	if (at >= line + len || *at != 'R')
		return NULL;
	number = strspn(at + 1, "0123456789");
	return number && (at[1 + number] == '=' || at[1 + number] == '_') ? at : NULL;
}

bool kvet_trace_end_read(const char *log, struct kvet_trace_end *end)
{
	bool found = false;

	*end = (struct kvet_trace_end){ 0 };
	for (const char *line = log; *line;) {
		size_t len = strcspn(line, "\n");
		const char *text = instruction_of(line, len, &end->index), *state;

		if (text) {
			size_t rest = len - (size_t)(text - line);
			const char *comment = memmem(text, rest, " ; R", 4);

			found = true;
			keep(end->instruction, sizeof(end->instruction), text,
			     comment ? (size_t)(comment - text) : rest);
			if (comment)
				keep(end->state, sizeof(end->state), comment + 3,
				     rest - (size_t)(comment + 3 - text));
		} else if ((state = state_of(line, len))) {
			keep(end->state, sizeof(end->state), state, len - (size_t)(state - line));
		}
		line += len + (line[len] == '\n');
	}
	return found;
}

uint32_t kvet_trace_processed(const char *log)
{
	const char *at = strstr(log, "processed ");

	return at ? (uint32_t)strtoul(at + strlen("processed "), NULL, 10) : 0;
}
