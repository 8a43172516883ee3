/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The record of a group of events in tracefs. */
#include "records.h"

enum {
	GROUP,
	GROUP_PID,
	ALIVE,
	GROUP_EVENTS,
	REMOVED,
	GROUP_CAUSE,
	GROUP_COUNT
};

static const struct field group_fields[] = {
	[GROUP] = { "group", FIELD_STRING, "group of events that a kvet made in tracefs", 0 },
	[GROUP_PID] = { "pid", FIELD_INTEGER, "process of that kvet", FIELD_LEAVES(1) },
	[ALIVE] = { "alive", FIELD_BOOLEAN, "whether that process still runs", FIELD_LEAVES(1) },
	[GROUP_EVENTS] = { "events", FIELD_INTEGER, "number of events in the group", 0 },
	[REMOVED] = { "removed", FIELD_BOOLEAN, "whether the events were removed", FIELD_VERDICT },
	[GROUP_CAUSE] = { "cause", FIELD_STRING, "why they were not removed", 0 },
};

const struct schema trace_group_schema = SCHEMA_FLAGGED("group", group_fields, SCHEMA_AT_END);

void trace_put_group(struct context *context, const char *group, uint32_t pid, bool alive,
		     size_t events, const struct kvet_cause *failure)
{
	const struct value values[GROUP_COUNT] = {
		[GROUP] = value_string(group),
		[GROUP_PID] = value_integer(pid),
		[ALIVE] = value_boolean(alive),
		[GROUP_EVENTS] = value_integer((int64_t)events),
		[REMOVED] = value_boolean(!alive && !failure),
		[GROUP_CAUSE] = value_string(failure ? failure->evidence
					     : alive ? "its process is alive"
						     : NULL),
	};

	output_record(context->output, &trace_group_schema, values);
}
