/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What an event of `trace` holds beside the hit itself, in names and values. */
#ifndef CMD_TRACE_VALUES_H
#define CMD_TRACE_VALUES_H

#include <kvet/trace.h>

#include "output/schema.h"
#include "plan.h"

/* Prototypes of the sites of a plan; of some there may be none. Start from all zeros. */
struct trace_prototypes {
	struct kvet_kprobe_prototypes *all;
	struct trace_prototype {
		bool known;
		struct kvet_kprobe_prototype prototype;
	} * sites;
	uint32_t *string_args; /* which of them are strings, a bit each */
};

/* Looks them up, and notes of which sites there are none, and why: arguments are those of entries.
 */
enum status trace_prototypes_read(struct trace_prototypes *prototypes, struct context *context,
				  struct trace_plan *plan);
void trace_prototypes_deinit(struct trace_prototypes *prototypes);

/* What there is room for. */
struct trace_values {
	struct named_value items[KVET_TRACE_REGISTERS];
	char texts[KVET_TRACE_ARGS][KVET_TRACE_STRING + 4];
	size_t count;
};

/* The arguments of an event, as far as the prototype tells; all registers of one. */
void trace_values_args(struct trace_values *values, const struct kvet_kprobe_prototype *prototype,
		       const struct kvet_trace_event *event);
void trace_values_registers(struct trace_values *values, const struct kvet_trace_event *event);

#endif
